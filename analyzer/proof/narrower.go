package proof

import (
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Comparison is the answer of Narrower.
type Comparison struct {
	// Narrower is Yes when changed policies allow no more than those before, No when
	// they do, and Maybe when that cannot be told.
	Narrower value.Tri
	// Request, of a No, is one that the changed policies allow and those before do
	// not, or that only those before deny.
	Request *policy.Request
	Needs   []value.Reason // of a Maybe
}

// Narrower decides whether changed policies allow no more than before, to anybody,
// with any action on anything: each Allow covers no request that the Allows before
// do not cover between them, and each Deny before none that the Denies now do not.
//
// That is enough, and more than need be: an Allow of something that a Deny stops all the
// same counts as wider. A fix that is refused for that does no harm.
//
// What both write the same, and nobody knows, is the same in both: the changed
// policies stand where those before stood.
func Narrower(before, after []*policy.Document) Comparison {
	out := Comparison{Narrower: value.Yes}
	if hidden := hiddenIn(after); hidden != "" && hidden != hiddenIn(before) {
		return Comparison{Needs: []value.Reason{{Text: hidden}}}
	}
	c := comparer{docs: slices.Concat(before, after)}
	try := func(all []*policy.Statement, except policy.Effect, within []*policy.Statement, effect policy.Effect) {
		within = slices.DeleteFunc(slices.Clone(within), func(s *policy.Statement) bool { return s.Effect != effect })
		for _, s := range all {
			if s.Effect == except || out.Narrower == value.No {
				continue
			}
			switch a := c.covered(s, within); {
			case a.stopped == value.No:
				out = Comparison{Narrower: value.No, Request: a.request}
			case a.stopped == value.Maybe:
				out.Narrower, out.Needs = value.Maybe, addReasons(out.Needs, a.needs...)
			}
		}
	}
	was, now := statementsOf(before), statementsOf(after)
	try(now, policy.Deny, was, policy.Allow)
	try(was, policy.Allow, now, policy.Deny)
	return out
}

func statementsOf(docs []*policy.Document) []*policy.Statement {
	var out []*policy.Statement
	for _, d := range docs {
		out = append(out, d.Statements...)
	}
	return out
}

// hiddenIn is why documents may have statements that are not listed; "" when they
// have none.
func hiddenIn(docs []*policy.Document) string {
	var why []string
	for _, d := range docs {
		if d.Open {
			for _, r := range documentReasons(d) {
				why = append(why, r.Text)
			}
		}
	}
	return strings.Join(why, "; ")
}

// A comparer compares statements of documents.
type comparer struct {
	docs     []*policy.Document
	callers  []*policy.Caller // who can make requests that the documents tell apart
	complete bool
}

// covered says whether every request that a statement matches is matched by one of
// others: stopped is Yes when it is, and request one that is not.
func (c *comparer) covered(s *policy.Statement, by []*policy.Statement) answer {
	var others []*policy.Statement
	for _, o := range by {
		o = given(o, s)
		if matchesAll(o) {
			return answer{stopped: value.Yes}
		}
		others = append(others, o)
	}
	// Coverage is asked as every other question is: s alone allows, the others deny, and a
	// request that gets through is one that they do not cover.
	wider, exact := loosened(s)
	f := &formula{denies: others, levels: []allowLevel{{allows: []*policy.Statement{wider}, full: value.No}}}
	if c.callers == nil {
		c.callers, c.complete = requesters(c.docs)
	}
	out := answer{stopped: value.Yes}
	for _, caller := range c.callers {
		q := &question{
			formula:    f,
			base:       &policy.Request{Caller: caller, Context: map[string]policy.ContextValue{}, Unlisted: policy.Either},
			anyAccount: true, services: true,
		}
		a := q.ask(false)
		// It got past what s may match at most. Whether s does match it is not known.
		if a.stopped == value.No && !exact {
			a = answer{stopped: value.Maybe, needs: openReasons(s)}
		}
		switch {
		case a.stopped == value.No:
			return a
		case a.stopped == value.Maybe:
			out.stopped, out.needs = value.Maybe, addReasons(out.needs, a.needs...)
		}
	}
	if !c.complete && out.stopped == value.Yes {
		return answer{stopped: value.Maybe, needs: []value.Reason{testsOfCallers(c.docs).tooMany("callers")}}
	}
	return out
}

// given is a statement without what another says too, under which it is looked at:
// it matters only for requests that the other matches.
func given(s, other *policy.Statement) *policy.Statement {
	c := *s
	c.Effect = policy.Deny
	// Of a document that AWS refuses it counts what is written.
	was := s.Document
	c.Document, c.Malformed = nil, false
	// Policy variables came with the version 2012-10-17.
	// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
	if was != nil && other.Document != nil && was.Version != other.Document.Version {
		return &c // a variable of one is text in the other
	}
	same := func(elements ...string) bool {
		return !slices.ContainsFunc(elements, func(e string) bool { return value.Key(s.Element(e)) != value.Key(other.Element(e)) })
	}
	if same("Action", "NotAction") {
		c.Actions, c.ActionsOpen, c.NotAction = []policy.Pattern{policy.Glob("*")}, false, false
	}
	if same("Resource", "NotResource") {
		c.HasResource, c.Resources, c.ResourcesOpen = false, nil, false
	}
	if same("Principal", "NotPrincipal") || principalsCover(s, other) {
		c.HasPrincipal, c.Principals, c.PrincipalsOpen = false, nil, false
	}
	tests := conditionTexts(other)
	c.Conditions = slices.DeleteFunc(slices.Clone(s.Conditions), func(cond policy.Condition) bool {
		return slices.Contains(tests, conditionText(&cond))
	})
	if s.Optional == other.Optional && s.Open == other.Open && s.Index == other.Index {
		return c.Certain()
	}
	return &c
}

// principalsCover says that everybody is among the principals of a statement whom
// those of another can stand for. Whether services are among all of AWS nobody
// knows, but then they are in both.
func principalsCover(s, other *policy.Statement) bool {
	if s.NotPrincipal || other.NotPrincipal || !other.HasPrincipal {
		return false
	}
	element := other.Element("Principal")
	alone := element.IsMapping() && !element.Open && !slices.ContainsFunc(element.Attrs, func(a value.Attr) bool {
		name, known := a.Key()
		return !known || name != "AWS"
	})
	return slices.ContainsFunc(s.Principals, func(p policy.Principal) bool {
		return p.Class == policy.AnyPrincipal && (p.Type == "*" || alone)
	})
}

// matchesAll says that a statement matches every request.
func matchesAll(s *policy.Statement) bool {
	return !s.HasPrincipal && len(s.Conditions) == 0 && !s.Uncertain() && coversResources(s) &&
		!s.NotAction && slices.ContainsFunc(s.Actions, policy.Pattern.MatchesAll)
}

// loosened is a statement without what of it is not known, so that it matches at
// least what it may match; exact says that it is the same.
func loosened(s *policy.Statement) (out *policy.Statement, exact bool) {
	c := *s.Certain()
	c.Effect = policy.Allow
	exact = !s.Uncertain() && s.Effect != policy.EffectUnknown
	holes := func(list []policy.Pattern) bool { return slices.ContainsFunc(list, policy.Pattern.HasHole) }
	if c.ActionsOpen || holes(c.Actions) {
		c.Actions, c.ActionsOpen, c.NotAction, exact = []policy.Pattern{policy.Glob("*")}, false, false, false
	}
	if c.ResourcesOpen || holes(c.Resources) {
		c.HasResource, c.Resources, c.ResourcesOpen, exact = false, nil, false, false
	}
	if c.HasPrincipal && (c.PrincipalsOpen || slices.ContainsFunc(c.Principals, func(p policy.Principal) bool { return p.Pattern.HasHole() })) {
		c.HasPrincipal, c.Principals, c.PrincipalsOpen, exact = false, nil, false, false
	}
	c.Conditions = slices.DeleteFunc(slices.Clone(c.Conditions), func(cond policy.Condition) bool {
		unknown := cond.Operator.Base == "" || cond.Key == "" || cond.ValuesOpen || holes(cond.Values)
		exact = exact && !unknown
		return unknown
	})
	return &c, exact
}

func conditionTexts(s *policy.Statement) []string {
	var out []string
	for i := range s.Conditions {
		out = append(out, conditionText(&s.Conditions[i]))
	}
	return out
}

func conditionText(c *policy.Condition) string {
	name := func(text string, v *value.Value) string {
		if text != "" {
			return strings.ToLower(text)
		}
		return value.Key(v)
	}
	return name(c.Operator.Text, c.OperatorValue) + " " + name(c.Key, c.KeyValue) + " " + value.Key(c.Value)
}

// requesters are callers of every kind whom documents can tell apart. Services,
// providers and people who do not sign their requests are among them where a
// document says who calls.
func requesters(docs []*policy.Document) (out []*policy.Caller, complete bool) {
	tests := testsOfCallers(docs)
	complete = true
	for _, kind := range []policy.CallerKind{policy.UserCaller, policy.RoleCaller, policy.RootCaller, policy.FederatedUserCaller} {
		c := casting{callerTests: tests, kind: kind}
		found, all := c.cast()
		out, complete = append(out, found...), complete && all
	}
	names := map[policy.CallerKind][]string{
		policy.ServiceCaller:   {"other.amazonaws.com"},
		policy.FederatedCaller: {"arn:aws:iam::" + exampleAccountIDs[1] + ":oidc-provider/other.example.com"},
	}
	principals := false
	for _, s := range statementsOf(docs) {
		principals = principals || s.HasPrincipal
		for _, p := range s.Principals {
			switch p.Class {
			case policy.ServicePrincipal:
				names[policy.ServiceCaller] = append(names[policy.ServiceCaller], p.Name)
			case policy.FederatedPrincipal:
				names[policy.FederatedCaller] = append(names[policy.FederatedCaller], p.Name)
			}
		}
	}
	if !principals {
		return out, complete
	}
	for _, kind := range []policy.CallerKind{policy.ServiceCaller, policy.FederatedCaller} {
		for _, name := range dedupe(names[kind]) {
			out = append(out, &policy.Caller{Kind: kind, Name: name})
		}
	}
	return append(out, &policy.Caller{Kind: policy.AnonymousCaller}), complete
}
