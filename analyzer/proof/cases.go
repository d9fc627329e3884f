package proof

import (
	"slices"

	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/value"
)

// A policy with parts that are one of several things is a set of policies. What
// holds whatever the parts are is decided without looking at them; else each
// case is decided by itself, and what holds in all of them is proven.

// maxDecisions bounds the cases that one question is decided for.
// Every case on the way is decided as well, in case what is left makes no difference:
// four choices of two that all matter take 31 decisions, five would take 63.
const maxDecisions = 48

// A caseSplit decides a question about documents by cases.
type caseSplit[R any] struct {
	kind   func(document int) policy.Kind
	decide func([]*policy.Document) R
	// class is how a result is told from others: 0 for one that is not decided.
	class func(R) int
	needs func(R) []value.Reason
	// undecided is a result that depends on what is given, of documents that
	// were decided as they are.
	undecided func([]value.Reason, R) R
	// both is what two results of one class say together.
	both func(a, b R) R

	left  int
	local *localized
}

// whole is the answer for documents, any of which may be nil: not known.
func (s *caseSplit[R]) whole(docs []*policy.Document) R { return s.of(docs, nil) }

// of is the answer for documents under what is given.
func (s *caseSplit[R]) of(docs []*policy.Document, given value.Givens) R {
	// left counts for the whole question and not for each branch: n choices of two have 2ⁿ
	// cases.
	s.left--
	r := s.decide(docs)
	choices := choicesOf(docs)
	// What is decided without the choices holds whatever they are, unless one of them makes
	// AWS refuse a document: then none of it counts.
	if len(choices) == 0 || s.class(r) != 0 && !s.refusedInSome(docs, choices) {
		return r
	}
	choice := decisive(choices, s.needs(r))
	var out R
	first := true
	for _, by := range choice.Alternatives() {
		if s.left <= 0 {
			return s.undecided(addReasons(slices.Clone(s.needs(r)), choice.AllWhy()...), r)
		}
		now, possible := given.And(by.When)
		// Two choices may hang on one variable: then not every pair of alternatives can be.
		if !possible {
			continue
		}
		one := s.of(s.instead(docs, choice, by.Value, now), now)
		switch {
		// One case that is not decided is enough not to decide the whole: the others need
		// not be looked at.
		case s.class(one) == 0:
			return one
		case first:
			out, first = one, false
		case s.class(one) != s.class(out):
			return s.undecided(addReasons(nil, whyOf(choice)...), r)
		default:
			out = s.both(out, one)
		}
	}
	if first { // no case can be: what is known of all is all there is
		return r
	}
	return out
}

// whyOf is why it is not known which of its alternatives a choice is.
func whyOf(choice *value.Value) []value.Reason {
	if len(choice.Why) > 0 {
		return choice.Why
	}
	return choice.AllWhy()
}

// choicesOf are the parts of documents that are one of several things.
func choicesOf(docs []*policy.Document) []*value.Value {
	var out []*value.Value
	for _, d := range docs {
		if d == nil {
			continue
		}
		for _, c := range value.Choices(d.Value, maxDepth) {
			if !slices.Contains(out, c) {
				out = append(out, c)
			}
		}
	}
	return out
}

// settled is the class of a verdict: what does not apply is as good as what
// holds, as there is nobody to confine.
func settled(v Verdict) int {
	switch v {
	case Violated:
		return 1
	case Holds, NotApplicable:
		return 2
	}
	return 0
}

// levelsOf are levels with other documents in the place of theirs.
func levelsOf(levels []Level, docs []*policy.Document) []Level {
	out := make([]Level, len(levels))
	for i, l := range levels {
		out[i] = Level{Documents: docs[:len(l.Documents)], FullAccess: l.FullAccess}
		docs = docs[len(l.Documents):]
	}
	return out
}

// lesser is which of two results of one class says less: the one whose own
// class is the first.
func lesser[R any, C ~int8](class func(R) C) func(a, b R) R {
	return func(a, b R) R {
		if class(b) < class(a) {
			return b
		}
		return a
	}
}

// maxDepth is deeper than any part of a policy.
const maxDepth = 50

// decisive is the choice that an answer hangs on, as far as its needs tell.
func decisive(choices []*value.Value, needs []value.Reason) *value.Value {
	for _, c := range choices {
		for _, why := range whyOf(c) {
			if slices.Contains(needs, why) {
				return c
			}
		}
	}
	return choices[0]
}

// instead are the documents with one of its alternatives for a choice, under
// what is given.
func (s *caseSplit[R]) instead(docs []*policy.Document, choice, by *value.Value, given value.Givens) []*policy.Document {
	out := slices.Clone(docs)
	for i, d := range docs {
		if d == nil {
			continue
		}
		tree := value.Under(value.Instead(d.Value, choice, by), given)
		if tree == d.Value {
			continue
		}
		if at := slices.Index(docs, d); at < i { // it is there twice
			out[i] = out[at]
			continue
		}
		now, err := policy.Parse(tree)
		if err != nil {
			now = &policy.Document{Value: tree, Problems: []policy.Problem{{Text: err.Error(), Span: tree.Span}}}
		}
		s.local.reparsed(d, now)
		out[i] = now
	}
	return out
}

// refusedInSome says that AWS refuses a document in a case in which it does not
// refuse what is known of all: then it stops and allows nothing.
func (s *caseSplit[R]) refusedInSome(docs []*policy.Document, choices []*value.Value) bool {
	for _, c := range choices {
		for _, by := range c.Alternatives() {
			for i, d := range s.instead(docs, c, by.Value, by.When) {
				if d != docs[i] && refused(d, s.kind(i)) != nil && refused(docs[i], s.kind(i)) == nil {
					return true
				}
			}
		}
	}
	return false
}

// reparsed notes which statements and conditions of a document are those of
// another, from which it was made.
func (l *localized) reparsed(was, now *policy.Document) {
	if l.statements == nil {
		l.statements, l.conditions = map[*policy.Statement]*policy.Statement{}, map[*policy.Condition]*policy.Condition{}
	}
	for _, s := range now.Statements {
		given := sameStatement(was.Statements, s, len(was.Statements) == len(now.Statements))
		if given == nil {
			continue
		}
		l.statements[s] = l.statement(given)
		for j := range s.Conditions {
			c := &s.Conditions[j]
			for k := range given.Conditions {
				if o := &given.Conditions[k]; o.KeyValue == c.KeyValue && o.OperatorValue == c.OperatorValue || len(given.Conditions) == len(s.Conditions) && j == k {
					l.conditions[c] = l.condition(o)
					break
				}
			}
		}
	}
}

// sameStatement is the one of the statements that s was made from: the same
// value, in the same place of the source, or (aligned) with the same number.
func sameStatement(list []*policy.Statement, s *policy.Statement, aligned bool) *policy.Statement {
	same := func(o *policy.Statement) bool { return o.Value == s.Value }
	there := func(o *policy.Statement) bool { return !o.Span().IsZero() && o.Span() == s.Span() }
	if aligned && (same(list[s.Index]) || there(list[s.Index])) {
		return list[s.Index]
	}
	for _, is := range []func(*policy.Statement) bool{same, there} {
		if i := slices.IndexFunc(list, is); i >= 0 {
			return list[i]
		}
	}
	if aligned {
		return list[s.Index]
	}
	return nil
}
