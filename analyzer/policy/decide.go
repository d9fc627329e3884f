package policy

import "fmt"

// Match is why a statement does or does not match a request.
type Match struct {
	Statement *Statement
	Result    Tri
	// Element is the element that decided a False or kept it Unknown, as it
	// is written ("NotAction", "Condition"); "" when all match, or when too
	// little is known of the statement.
	Element   string
	Condition *Condition // when Element is Condition
	// Why is in words, to follow "statement 1": "tests aws:MultiFactorAuthPresent
	// with Bool, which does not match an absent key".
	Why string
}

// AdmitsAction says whether the Action or NotAction element covers the action;
// "" is an action that is not known.
func (s *Statement) AdmitsAction(action string) Tri {
	return admits(s.Actions, s.ActionsOpen, s.NotAction, action, nil)
}

// AdmitsResource says whether the Resource or NotResource element covers the
// resource; "" is one that is not known. It is True of a statement that has
// neither. The request, which may be nil, gives the values of variables.
func (s *Statement) AdmitsResource(resource string, r *Request) Tri {
	if !s.HasResource {
		return True
	}
	return admits(s.Resources, s.ResourcesOpen, s.NotResource, resource, r)
}

func admits(patterns []Pattern, open, negated bool, text string, r *Request) Tri {
	any := False
	if open || len(patterns) == 0 && negated {
		any = Unknown // AWS does not say what an empty NotAction means
	}
	for i := range patterns {
		switch p := &patterns[i]; {
		case p.matchesAll():
			any = True
		case text == "":
			any = any.Or(Unknown)
		default:
			any = any.Or(p.MatchesIn(text, r))
		}
		if any == True {
			break
		}
	}
	if negated {
		return any.Not()
	}
	return any
}

// Matches says whether the statement applies to the request. A statement of a
// document that AWS would refuse applies to none for certain.
func (s *Statement) Matches(r *Request) Tri {
	t := s.AdmitsAction(r.Action)
	if t != False && s.HasPrincipal {
		t = t.And(s.AdmitsCaller(r.Caller))
	}
	if t != False && s.HasResource {
		t = t.And(s.AdmitsResource(r.Resource, r))
	}
	for i := 0; t != False && i < len(s.Conditions); i++ {
		t = t.And(s.Conditions[i].Matches(r))
	}
	if t == True && s.uncertain() {
		return Unknown
	}
	return t
}

// uncertain says that the statement may be narrower than its elements.
func (s *Statement) uncertain() bool {
	return s.Optional || s.Open || s.conditionsOpen || s.Malformed || s.Document != nil && s.Document.malformed
}

// MatchesDetail is Matches with what decided: the first element that does not
// match, else the first of which it is not known.
func (s *Statement) MatchesDetail(r *Request) Match {
	m := Match{Statement: s, Result: s.Matches(r)}
	if m.Result == True {
		m.Why = "matches"
		return m
	}
	for _, want := range [...]Tri{False, Unknown} {
		if m.Result == False && want == Unknown {
			break
		}
		switch want {
		case s.AdmitsAction(r.Action):
			m.element("Action", s.NotAction, r.Action)
		case s.AdmitsCaller(r.Caller):
			m.element("Principal", s.NotPrincipal, r.Caller.ARN())
		case s.AdmitsResource(r.Resource, r):
			m.element("Resource", s.NotResource, r.Resource)
		default:
			m.condition(r, want)
		}
		if m.Element != "" {
			return m
		}
	}
	m.Why = "is not wholly known"
	switch {
	case s.Open || s.conditionsOpen:
	case s.Optional:
		m.Why = "may or may not be there"
	default:
		m.Why = "stands in a document that AWS refuses"
	}
	return m
}

// element says that Action, Principal or Resource decided, or its negation.
func (m *Match) element(name string, negated bool, what string) {
	m.Element = name
	if what = "'" + what + "'"; what == "''" {
		what = "it"
	}
	verb := "cover"
	if negated {
		m.Element, verb = "Not"+name, "exempt"
	}
	switch {
	case m.Result != False:
		m.Why = "may or may not " + verb + " " + what
	case negated:
		m.Why = "exempts " + what
	default:
		m.Why = "does not cover " + what
	}
	m.Why += " in its " + m.Element
}

func (m *Match) condition(r *Request, want Tri) {
	s := m.Statement
	for i := range s.Conditions {
		if t, why := s.Conditions[i].MatchesDetail(r); t == want {
			m.Element, m.Condition, m.Why = "Condition", &s.Conditions[i], why
			return
		}
	}
}

// Outcome is a decision in one word.
type Outcome string

// The outcomes. NotApplicable means that no statement matches.
const (
	Denied        Outcome = "denied"
	Allowed       Outcome = "allowed"
	NotApplicable Outcome = "not-applicable"
	Undecided     Outcome = "unknown"
)

// Outcomes are all of them.
var Outcomes = []Outcome{Denied, Allowed, NotApplicable, Undecided}

// Decision is what documents say about a request.
type Decision struct {
	Denied  Tri // an explicit Deny matches
	Granted Tri // an Allow matches, whatever the Denies do
	Allowed Tri // Granted and not Denied
	// Deciding are the statements that match or may match and bear on the
	// outcome, in order: of a True Denied the Denies that match, of a True
	// Allowed the Allows, else all that may.
	Deciding []*Statement
}

// Outcome is the decision in one word.
func (d Decision) Outcome() Outcome {
	switch {
	case d.Denied == True:
		return Denied
	case d.Allowed == True:
		return Allowed
	case d.Denied == False && d.Granted == False:
		return NotApplicable
	}
	return Undecided
}

// Decide is what the document says about a request.
func (d *Document) Decide(r *Request) Decision { return decide(r, d) }

// Decide is what several documents of one kind say together: any Deny denies,
// any Allow allows. (SCPs of different levels are not of one kind: each level
// must allow.)
func Decide(docs []*Document, r *Request) Decision { return decide(r, docs...) }

func decide(r *Request, docs ...*Document) Decision {
	out := Decision{Denied: False, Granted: False}
	for _, d := range docs {
		if d.Open {
			out.Denied, out.Granted = out.Denied.Or(Unknown), out.Granted.Or(Unknown)
		}
		for _, s := range d.Statements {
			t := s.Matches(r)
			if t == False {
				continue
			}
			out.Deciding = append(out.Deciding, s)
			switch s.Effect {
			case Deny:
				out.Denied = out.Denied.Or(t)
			case Allow:
				out.Granted = out.Granted.Or(t)
			default:
				out.Denied, out.Granted = out.Denied.Or(Unknown), out.Granted.Or(Unknown)
			}
		}
	}
	out.Allowed = out.Granted.And(out.Denied.Not())
	out.keepDeciding(r)
	return out
}

// keepDeciding drops the statements that do not bear on the outcome.
func (d *Decision) keepDeciding(r *Request) {
	effect := EffectUnknown
	switch {
	case d.Denied == True:
		effect = Deny
	case d.Allowed == True:
		effect = Allow
	default:
		return
	}
	kept := d.Deciding[:0]
	for _, s := range d.Deciding {
		if s.Effect == effect && s.Matches(r) == True {
			kept = append(kept, s)
		}
	}
	d.Deciding = kept
}

// Position names the statement in its document, from 1, for messages:
// "statement 2 (DenyRoot)".
func (s *Statement) Position() string {
	if s.Sid != "" {
		return fmt.Sprintf("statement %d (%s)", s.Index+1, s.Sid)
	}
	return fmt.Sprintf("statement %d", s.Index+1)
}
