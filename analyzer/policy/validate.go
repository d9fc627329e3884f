package policy

import (
	"fmt"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Validate is what AWS would refuse or find odd about the document when it is
// attached as a policy of kind k: Problems, and what is wrong for the kind.
func (d *Document) Validate(k Kind) []Problem {
	v := validator{list: append([]Problem(nil), d.Problems...), kind: k}
	if (k == SCP || k == RCP) && d.VersionKnown && d.Version != "2012-10-17" && d.Value.IsMapping() {
		v.add(nil, d.Value.Get("Version").Span, "Version of an %s must be 2012-10-17", kindWords[k])
	}
	if (k == SCP || k == RCP) && d.Value.Get("Id").Set() {
		v.add(nil, d.Value.Get("Id").Span, "an %s has no Id", kindWords[k])
	}
	sids := map[string]bool{}
	for _, s := range d.Statements {
		if s.Optional {
			continue // it may not be there
		}
		if s.Value.IsMapping() {
			v.principal(s)
			v.resource(s)
			v.rcp(s)
		}
		if s.Sid != "" && sids[s.Sid] {
			v.list = append(v.list, Problem{Text: "Sid '" + s.Sid + "' is used twice", Span: s.Element("Sid").Span, Lint: true, Statement: s})
		}
		sids[s.Sid] = true
	}
	return v.list
}

// MalformedAs says that AWS would refuse the document as a policy of kind k.
func (d *Document) MalformedAs(k Kind) bool { return malformed(d.Validate(k)) }

// kindWords name the kinds in messages.
var kindWords = [...]string{"identity policy", "SCP", "RCP", "trust policy", "resource policy"}

type validator struct {
	list []Problem
	kind Kind
}

func (v *validator) add(s *Statement, span source.Span, format string, args ...any) {
	if span.IsZero() && s != nil {
		span = s.Span()
	}
	v.list = append(v.list, Problem{Text: fmt.Sprintf(format, args...), Span: span, Statement: s})
}

// principal: identity policies, SCPs and boundaries apply to whom they are
// attached to; trust policies and RCPs know no NotPrincipal.
func (v *validator) principal(s *Statement) {
	name := "Principal"
	if s.NotPrincipal {
		name = "NotPrincipal"
	}
	words := kindWords[v.kind]
	switch {
	case v.kind == Identity || v.kind == SCP:
		if s.HasPrincipal {
			v.add(s, s.Element(name).Span, "%s stands in an %s, which has none", name, words)
		}
	case !s.HasPrincipal && !s.Open:
		v.add(s, s.Span(), "statement of a %s has no Principal", words)
	case s.NotPrincipal && v.kind != Resource:
		v.add(s, s.Element(name).Span, "NotPrincipal is not allowed in a %s", words)
	case s.NotPrincipal && s.Effect == Allow:
		v.add(s, s.Element(name).Span, "NotPrincipal is not allowed with Allow")
	}
}

func (v *validator) resource(s *Statement) {
	switch {
	case v.kind == Trust && s.HasResource:
		v.add(s, s.Span(), "statement of a trust policy has a Resource, which is the role itself")
	case v.kind != Trust && !s.HasResource && !s.Open:
		v.add(s, s.Span(), "statement has neither Resource nor NotResource")
	}
}

// rcp: what customers write in an RCP is a Deny of everyone by actions that
// name a service.
func (v *validator) rcp(s *Statement) {
	if v.kind != RCP {
		return
	}
	if s.Effect == Allow {
		v.add(s, s.Element("Effect").Span, "an RCP only denies")
	}
	if s.NotAction {
		v.add(s, s.Element("NotAction").Span, "NotAction is not supported in an RCP")
	}
	for _, a := range s.Actions {
		if a.matchesAll() {
			v.add(s, a.Span(), "Action '*' is not supported in an RCP")
		}
	}
	for _, p := range s.Principals {
		if p.Class != AnyPrincipal && p.Value.Is(value.String) && p.Value.Known() {
			v.add(s, p.Value.Span, "Principal of an RCP must be \"*\"")
		}
	}
}
