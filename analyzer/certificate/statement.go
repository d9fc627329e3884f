package certificate

import (
	"fmt"

	"github.com/iamvet/iamvet/analyzer/policy"
)

// covers is when a statement covers an action, which is in lower case.
func (e *encoder) covers(s *policy.Statement, action []piece) tri {
	out := e.exactly(e.no)
	if s.ActionsOpen {
		out = e.unknown()
	}
	for _, p := range s.Actions {
		list := read(p, spelling{wildcards: true})
		out = e.triOr(out, e.resolved(list, func(list []element) *formula { return e.match(list, action, true) }))
	}
	if s.NotAction {
		return e.triNot(out)
	}
	return out
}

// actsOn is when a statement covers the resource.
func (e *encoder) actsOn(s *policy.Statement) tri {
	if !s.HasResource {
		return e.exactly(e.yes)
	}
	out := e.exactly(e.no)
	if s.ResourcesOpen {
		out = e.unknown()
	}
	for _, p := range s.Resources {
		list := bound(read(p, spelling{wildcards: true, variables: s.Document.VariablesWork() == policy.True}))
		for _, r := range e.resources {
			wide := e.resolved(plain(list), func(list []element) *formula { return e.match(list, r.pieces, false) })
			narrow := e.resolved(list, func(list []element) *formula { return e.match(list, r.pieces, false) })
			t := tri{narrow.sure, wide.may}
			if s.Document.VariablesWork() == policy.Unknown && has(list, letter) {
				t = tri{e.no, e.yes}
			}
			out = e.triOr(out, e.triAnd(e.exactly(r.when), t))
		}
	}
	if s.NotResource {
		return e.triNot(out)
	}
	return out
}

// bound keeps within their segments the wildcards of a resource of which AWS does
// not say that they go beyond: all but a * that ends a segment. Variables stand in
// the last part of an ARN alone.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
func bound(list []element) []element {
	out := make([]element, len(list))
	colons := 0
	for i, el := range list {
		switch el.kind {
		case letter:
			if el.letter == ':' {
				colons++
			}
		case anyLetter:
			el.inside = true
		case anyText:
			ends := i+1 == len(list) || list[i+1].kind == letter && list[i+1].letter == ':'
			el.inside = !ends
		case policyVariable:
			if colons < 5 {
				el = element{kind: gap}
			}
		}
		out[i] = el
	}
	return out
}

// plain is a pattern whose wildcards match all letters.
func plain(list []element) []element {
	out := make([]element, len(list))
	for i, el := range list {
		el.inside = false
		out[i] = el
	}
	return out
}

// matches is when a statement matches the request for an action.
func (e *encoder) matches(s *policy.Statement, action []piece) tri {
	out := e.triAnd(e.covers(s, action), e.admits(s), e.actsOn(s))
	for i := range s.Conditions {
		out = e.triAnd(out, e.condition(&s.Conditions[i], s.Document.VariablesWork()))
	}
	if s.Open || s.Optional || s.Malformed || s.Uncertain() {
		out.sure = e.no
	}
	return out
}

// A Level is documents of which one has to allow the request, and none may deny it.
type Level struct {
	Documents []*policy.Document
	// Everything says that another document allows everything beside them:
	// FullAWSAccess. NoNeed of levels that only deny.
	Everything policy.Tri
}

// passes is when the documents let the request through.
func (e *encoder) passes(levels []Level, action []piece) tri {
	out := e.exactly(e.yes)
	for n, l := range levels {
		granted := e.exactly(e.no)
		switch l.Everything {
		case policy.True:
			granted = e.exactly(e.yes)
		case policy.Unknown:
			granted = e.unknown()
		}
		for i, d := range l.Documents {
			if d.Open {
				granted = e.triOr(granted, e.unknown())
				out = e.triAnd(out, e.unknown())
			}
			for _, s := range d.Statements {
				t := e.matches(s, action)
				label := fmt.Sprintf("document %d.%d, statement %d", n+1, i+1, s.Index+1)
				t = tri{labelled(t.sure, label+" matches"), labelled(t.may, label+" may match")}
				if s.Effect == policy.EffectUnknown {
					t.sure = e.no
				}
				if s.Effect != policy.Allow {
					out = e.triAnd(out, e.triNot(t))
				}
				if s.Effect != policy.Deny {
					granted = e.triOr(granted, t)
				}
			}
		}
		out = e.triAnd(out, granted)
	}
	return out
}
