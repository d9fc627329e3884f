package comparison

import (
	"fmt"
	"path"
	"slices"

	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/value"
)

// compare is what became of a subject; nil where its policies are written the same.
func (p *pair) compare(opt Options) *Change {
	was, now := p.sides()
	if was.rules().Same(now.rules()) {
		return nil
	}
	ch := p.change()
	who := now.who
	if p.now == nil {
		who = p.was.who
	}
	if p.was != nil && p.now != nil && p.was.name != p.now.name {
		// It is another role now, for AWS: who it was may not be told from who it is.
		who.Name, who.Path = "", ""
	}
	for _, o := range newly(was, now, who) {
		if opening, ok := p.opening(o, was, now, false); ok {
			ch.Allows = append(ch.Allows, opening)
		}
	}
	if opt.Denied {
		for _, o := range newly(now, was, who) {
			if opening, ok := p.opening(o, now, was, true); ok {
				ch.Denies = append(ch.Denies, opening)
			}
		}
	}
	if opt.Compared != nil {
		opt.Compared(Compared{Kind: ch.Kind, Name: ch.Name, Before: was.rules(), After: now.rules(), Who: who, Change: ch})
	}
	return ch
}

// newly asks for what is newly allowed. Of an organization it is asked as if
// FullAWSAccess were attached everywhere, and where only a policy that allows less tells,
// that depends on whether it is.
func newly(was, now *subject, who proof.Requests) []proof.Opening {
	before, after := was.rules(), now.rules()
	out := proof.NewlyAllowed(before, after, who)
	if now.kind != SCP && was.kind != SCP {
		return out
	}
	strict := func(s *subject, r proof.Rules) proof.Rules {
		for i, l := range s.levels {
			r.Levels[i].Full = !restrains(l)
		}
		return r
	}
	before, after = strict(was, before), strict(now, after)
	for _, o := range proof.NewlyAllowed(before, after, who) {
		if o.Deny == nil && o.Hidden == nil {
			o.Opens, o.Needs = value.Maybe, []value.Reason{{Text: "whether FullAWSAccess is attached beside it"}}
			out = append(out, o)
		}
	}
	return out
}

// restrains says that a level of an organization may allow less than everything.
func restrains(l level) bool {
	for _, p := range l.parts {
		for _, s := range p.doc.Statements {
			if s.Effect == policy.Allow {
				return true
			}
		}
	}
	return false
}

// sides are the subject before and after, one that is not there with nothing: a new role
// had no policy, and what is gone has none.
func (p *pair) sides() (was, now *subject) {
	was, now = p.was, p.now
	switch {
	case was == nil:
		was = now.without()
	case now == nil:
		now = was.without()
	}
	// What may be there on both sides for the same reason is there on both or on none.
	if was.exists != now.exists || reasons(was.why) != reasons(now.why) {
		was, now = was.doubtful(), now.doubtful()
	}
	return was, now
}

// without is the subject with no policy: what has to be allowed is not.
func (s *subject) without() *subject {
	out := *s
	out.exists, out.why = value.Yes, nil
	out.levels = nil
	if s.kind == SCP || s.kind == RCP {
		return &out
	}
	out.levels = []level{{name: policies}}
	return &out
}

// doubtful is the subject where it is not known whether it is there.
func (s *subject) doubtful() *subject {
	if s.exists == value.Yes {
		return s
	}
	out := *s
	out.levels = slices.Clone(s.levels)
	for i, l := range out.levels {
		out.levels[i].parts = slices.Clone(l.parts)
		for j := range out.levels[i].parts {
			d := &out.levels[i].parts[j].doc
			*d = identity.Uncertain(*d, s.why)
		}
	}
	return &out
}

func reasons(why []value.Reason) string {
	out := ""
	for _, r := range why {
		out += r.Text + "\x00"
	}
	return out
}

func (p *pair) change() *Change {
	s := p.either()
	ch := &Change{Kind: s.kind, State: Changed, Name: s.address, At: s.at}
	if s.root != nil {
		ch.Root = s.root.Dir
	}
	switch {
	case p.was == nil:
		ch.State = New
	case p.now == nil:
		ch.State = Gone
	case p.was.address != p.now.address:
		ch.Formerly = p.was.address
	}
	return ch
}

// undecided is a change of which it was not found out what it does.
func (p *pair) undecided(why string) *Change {
	ch := p.change()
	ch.Allows = []Opening{{Opens: value.Maybe, At: ch.At, Why: "it could not be compared", Needs: []value.Reason{{Text: why}}}}
	return ch
}

// opening is what a proof found, with its places. turned is what is newly denied: then
// was is how it is now, and now how it was.
func (p *pair) opening(o proof.Opening, was, now *subject, turned bool) (Opening, bool) {
	out := Opening{Opens: o.Opens, Witness: o.Witness, Needs: o.Needs}
	if p.either().kind == Trust && o.Witness != nil {
		w := *o.Witness
		w.Resource = "" // the role itself
		out.Witness = &w
	}
	switch {
	case o.Allow != nil:
		out.At, out.Why = now.lets(o.Allow, o.Request, was, verb(o.Opens, turned))
	case o.Deny != nil:
		out.Was = spanOf(o.Deny)
		out.At = now.instead(o.Deny, o.Request, was)
		out.Why = fmt.Sprintf("%s denied it", was.called(o.Deny))
		if turned {
			out.Why = fmt.Sprintf("%s denies it", was.called(o.Deny))
		}
	case o.Hidden != nil:
		out.At = now.at
		what := "a policy"
		for side, s := range []*subject{now, was} {
			for _, l := range s.levels {
				for _, part := range l.parts {
					if part.doc != o.Hidden {
						continue
					}
					if what = part.name; side == 0 {
						out.At = part.at
					} else {
						out.At, out.Was = source.Span{}, part.at
					}
				}
			}
		}
		out.Why = "what " + orThe(what) + " says is not known"
	default:
		for _, l := range was.levels {
			if l.name != o.Level {
				continue
			}
			out.Was = l.at
			name := o.Level
			if len(l.parts) > 0 && l.parts[0].name != "" {
				name += " " + l.parts[0].name
			}
			out.Why = "the " + name + " did not allow it, and is gone"
			if turned {
				out.Why = "the " + name + " does not allow it, and is new"
			}
		}
		out.At = now.at
	}
	if now.unheld != "" {
		out.Opens, out.Needs = value.Maybe, append(out.Needs, value.Reason{Text: now.unheld})
	}
	if turned {
		out.At, out.Was = out.Was, out.At
	}
	return out, true
}

// verb is what a statement does to a request.
func verb(opens value.Tri, turned bool) string {
	switch {
	case turned:
		return "allowed"
	case opens == value.Maybe:
		return "may allow"
	}
	return "allows"
}

func orThe(name string) string {
	if name == "" {
		return "a policy"
	}
	return name
}

// called is how people find a statement: by its place, else by its policy.
func (s *subject) called(st *policy.Statement) string {
	if span := spanOf(st); !span.IsZero() {
		return fmt.Sprintf("%s of %s:%d", st.Position(), path.Base(span.File.Name), span.StartPos().Line)
	}
	if p := s.partOf(st); p != nil && p.name != "" {
		return st.Position() + " of " + p.name
	}
	return st.Position()
}

func (s *subject) partOf(st *policy.Statement) *part {
	for i := range s.levels {
		for j := range s.levels[i].parts {
			for _, o := range s.levels[i].parts[j].doc.Statements {
				if o == st {
					return &s.levels[i].parts[j]
				}
			}
		}
	}
	return nil
}

func spanOf(s *policy.Statement) source.Span {
	if span := s.Span(); !span.IsZero() {
		return span
	}
	if s.Document != nil && s.Document.Value != nil {
		return s.Document.Value.Span
	}
	return source.Span{}
}

// lets is the place that lets a request in, and what it does: the element of a statement
// that those before did not have, or what attaches its policy where that is new.
func (s *subject) lets(st *policy.Statement, r *policy.Request, was *subject, says string) (source.Span, string) {
	p := s.partOf(st)
	why := fmt.Sprintf("%s %s it", s.called(st), says)
	span := spanOf(st)
	if p != nil && (span.IsZero() || p.by != nil && !was.has(p)) && !p.at.IsZero() && !within(span, p.by) {
		if p.name != "" {
			why = fmt.Sprintf("%s, which '%s' attaches, %s it", p.name, p.by.Address, says)
		}
		return p.at, why
	}
	if span.IsZero() {
		span = s.at
	}
	if part := letting(st, r, was); !part.IsZero() {
		return part, why
	}
	return span, why
}

// has says that a subject had the policy of a part, whatever that says, so that it is its
// text that is new.
func (s *subject) has(p *part) bool {
	for _, l := range s.levels {
		for _, o := range l.parts {
			if o.name == p.name {
				return true
			}
		}
	}
	return false
}

// within says that a statement is written in a resource itself.
func within(span source.Span, r *terraform.Resource) bool {
	return r != nil && !span.IsZero() && r.Body.File == span.File && r.Body.Contains(span)
}

// letting is the element of a statement without which the statement nearest to it before
// would have matched: nowhere where that is more than one, or none that is written.
func letting(st *policy.Statement, r *policy.Request, was *subject) source.Span {
	if r == nil {
		return source.Span{}
	}
	near := nearest(st, was)
	if near == nil {
		return source.Span{}
	}
	m := near.MatchesDetail(r)
	switch m.Element {
	case "Action":
		for i := range st.Actions {
			if st.Actions[i].Matches(r.Action) == value.Yes {
				return oneLine(st.Actions[i].Span())
			}
		}
	case "Resource":
		for i := range st.Resources {
			if st.Resources[i].MatchesIn(r.Resource, r) == value.Yes {
				return oneLine(st.Resources[i].Span())
			}
		}
	case "Principal":
		for i := range st.Principals {
			if st.Principals[i].Matches(r.Caller) == value.Yes {
				return oneLine(st.Principals[i].Pattern.Span())
			}
		}
	case "Condition":
		if m.Condition == nil {
			break
		}
		for i := range st.Conditions {
			if c := &st.Conditions[i]; c.Key == m.Condition.Key && c.Operator.Text == m.Condition.Operator.Text {
				return oneLine(c.Span())
			}
		}
	}
	return source.Span{}
}

// oneLine is a span that stands on one line, else nowhere.
func oneLine(s source.Span) source.Span {
	if s.IsZero() || s.StartPos().Line != s.EndPos().Line {
		return source.Span{}
	}
	return s
}

var elements = []string{"Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"}

// nearest is the statement before that says most of what a statement says.
func nearest(st *policy.Statement, was *subject) *policy.Statement {
	var best *policy.Statement
	most := 0
	for _, l := range was.levels {
		for _, p := range l.parts {
			for _, o := range p.doc.Statements {
				if o.Effect != st.Effect {
					continue
				}
				same := 0
				for _, e := range elements {
					if value.Key(o.Element(e)) == value.Key(st.Element(e)) {
						same++
					}
				}
				if o.Sid != "" && o.Sid == st.Sid {
					same += len(elements)
				}
				if same > most {
					best, most = o, same
				}
			}
		}
	}
	if most < len(elements)-1 { // two of them differ: it is another statement
		return nil
	}
	return best
}

// instead is what stands now where a Deny was: the element that no longer matches, the
// statement, or nothing.
func (s *subject) instead(deny *policy.Statement, r *policy.Request, was *subject) source.Span {
	now := nearest(deny, s)
	if now == nil {
		return source.Span{}
	}
	if r != nil {
		if m := now.MatchesDetail(r); m.Condition != nil {
			if span := oneLine(m.Condition.Span()); !span.IsZero() {
				return span
			}
		}
	}
	return spanOf(now)
}
