package certificate

import (
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer/policy"
)

// covers is when a statement covers an action, which is in lower case.
func (e *encoder) covers(s *policy.Statement, action []piece) tri {
	out := e.exactly(e.no)
	if s.ActionsOpen {
		out = e.unknown()
	}
	for _, p := range s.Actions {
		list := lowered(e.read(p, spelling{wildcards: true}))
		out = e.triOr(out, e.resolved(list, func(list []element) *formula { return e.match(list, action, false) }))
	}
	if s.NotAction {
		return e.triNot(out)
	}
	return out
}

// lowered is a pattern in lower case: that of an action counts for nothing.
func lowered(list []element) []element {
	for i := range list {
		list[i].letter = lower(list[i].letter)
	}
	return list
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
		list := bound(e.read(p, spelling{wildcards: true, variables: s.Document.VariablesWork() == policy.True}))
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
	standing := e.standing(s)
	for i := range s.Conditions {
		if c := &s.Conditions[i]; !standing || !timeKeys[strings.ToLower(c.Key)] {
			out = e.triAnd(out, e.condition(c, s.Document.VariablesWork()))
		}
	}
	if s.Open || s.Optional || s.Malformed || s.Uncertain() {
		out.sure = e.no
	}
	return out
}

// standing says that a statement is a Deny whose conditions on time all hold now: it
// counts for as long as it stands. What an Allow admits from a later day on, it
// admits.
func (e *encoder) standing(s *policy.Statement) bool {
	if e.now.IsZero() || s.Effect != policy.Deny {
		return false
	}
	m := &model{numbers: map[*variable]*big.Rat{e.clock(): new(big.Rat).SetInt64(e.now.Unix())}}
	tests := false
	for i := range s.Conditions {
		c := &s.Conditions[i]
		if !timeKeys[strings.ToLower(c.Key)] {
			continue
		}
		tests = true
		if !e.holds(e.condition(c, s.Document.VariablesWork()).sure, m) {
			return false
		}
	}
	return tests
}

// A Level is documents of which one has to allow the request, and none may deny it.
type Level struct {
	Documents []*policy.Document
	// Everything says that another document allows everything beside them:
	// FullAWSAccess. NoNeed of levels that only deny.
	Everything policy.Tri
}

// number is that of a document, by which the certificate calls it.
func (e *encoder) number(d *policy.Document) int {
	if i := slices.Index(e.seen, d); i >= 0 {
		return i + 1
	}
	e.seen = append(e.seen, d)
	return len(e.seen)
}

// passes is when the documents let the request through.
func (e *encoder) passes(levels []Level, action []piece) tri {
	out := e.exactly(e.yes)
	for _, l := range levels {
		granted := e.exactly(e.no)
		switch l.Everything {
		case policy.True:
			granted = e.exactly(e.yes)
		case policy.Unknown:
			granted = e.unknown()
		}
		for _, d := range l.Documents {
			number := e.number(d)
			if d.Open {
				granted = e.triOr(granted, e.unknown())
				out = e.triAnd(out, e.unknown())
			}
			for _, s := range d.Statements {
				t := e.matches(s, action)
				label := fmt.Sprintf("document %d, statement %d", number, s.Index+1)
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
