package checks

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// eachTrust judges the roles that there will be, with their trust policies, on all
// cores: what is judged of one says nothing of others.
func eachTrust(p *analyzer.Pass, judge func(p *analyzer.Pass, role *identity.Role)) {
	p.Each(len(p.Model.Roles), func(p *analyzer.Pass, i int) {
		role := p.Model.Roles[i]
		if role.Trust != nil && !role.Resource.Deleted() && !role.Attribute.Missing() {
			judge(p, role)
		}
	})
}

// trustFinding is what findings about a trust policy share.
func trustFinding(role *identity.Role, statements []*policy.Statement, span source.Span) *analyzer.Finding {
	f := &analyzer.Finding{Resource: role.Resource, Span: span, Assumptions: assumptions(role.Resource, role.Attribute)}
	if len(statements) > 0 {
		f.Statement = statementText(statements[0])
	}
	if !span.IsZero() && !role.Resource.Body.IsZero() && !role.Resource.Body.Contains(span) {
		f.Related = append(f.Related, analyzer.Related{Message: "the role with this trust policy", Span: role.Resource.AttributeSpan(role.TrustAttribute()), Address: role.Resource.Address})
	}
	return f
}

// conditionOn is the first condition of a statement on a key, nil when there is
// none.
func conditionOn(s *policy.Statement, key string) *policy.Condition {
	for i := range s.Conditions {
		if c := &s.Conditions[i]; strings.EqualFold(c.Key, key) && !c.Span().IsZero() {
			return c
		}
	}
	return nil
}

// faultSpan is what a condition lets too much through by: its values, else the
// operator.
func faultSpan(statements []*policy.Statement, cond *policy.Condition) source.Span {
	if cond == nil {
		return source.Span{}
	}
	for _, s := range statements {
		for i := range s.Conditions {
			if &s.Conditions[i] != cond || !cond.Operator.Positive() {
				continue
			}
			if span := s.ValueSpan(cond); !span.IsZero() {
				return span
			}
		}
	}
	return cond.OperatorSpan().Or(cond.Span())
}

// unknownPlace is the condition on a key, or the statement, that holds what is not
// known, else the attribute.
func unknownPlace(role *identity.Role, key string, why []value.Reason, otherwise source.Span) source.Span {
	if role.Attribute.Is(value.Unknown) && role.Attribute.JSON == nil {
		return otherwise
	}
	for _, s := range role.Trust.Statements {
		if s.Value == nil || s.Span().IsZero() {
			continue
		}
		inside := slices.ContainsFunc(s.Value.AllWhy(), func(r value.Reason) bool { return slices.Contains(why, r) })
		if !inside {
			continue
		}
		if cond := conditionOn(s, key); cond != nil && slices.ContainsFunc(cond.Value.AllWhy(), func(r value.Reason) bool { return slices.Contains(why, r) }) {
			return cond.OperatorSpan().Or(cond.Span())
		}
		return s.Span().FirstLine()
	}
	return otherwise
}

// whoIn is whom the first of some statements admits. anyone says that "*" is not
// confined by anything.
func whoIn(statements []*policy.Statement, anyone bool) string {
	if len(statements) == 0 {
		return "AWS principals"
	}
	var names []string
	for _, p := range statements[0].Principals {
		switch {
		case p.Class == policy.ServicePrincipal || p.Class == policy.FederatedPrincipal:
			continue
		case p.Class == policy.AnyPrincipal && anyone:
			return "every AWS account"
		case p.Class == policy.AnyPrincipal:
			return "whoever meets its " + conditionsOf(statements[0])
		case p.Value == nil:
			continue
		}
		if name := principalWords(p); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	switch {
	case len(names) == 0:
		return "AWS principals"
	case len(names) > 3:
		names = append(names[:2:2], fmt.Sprintf("%d more", len(names)-2))
	}
	if len(names) == 1 {
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// principalWords is a principal as it is written, and where that is all there
// is to say of it, the line that it is written at.
func principalWords(p policy.Principal) string {
	switch name := p.Value.Printable(); {
	case name != "…":
		return "'" + name + "'"
	case p.Value.Sensitive:
		return "a principal that is sensitive"
	case !p.Value.Span.IsZero():
		return fmt.Sprintf("a principal that is not known (%s:%d)", path.Base(p.Value.Span.File.Name), p.Value.Span.StartPos().Line)
	}
	return "a principal that is not known"
}

// conditionsOf names the conditions that confine whom a statement admits.
func conditionsOf(s *policy.Statement) string {
	var keys []string
	for _, cond := range s.Conditions {
		if key := cond.Key; key != "" && !strings.EqualFold(key, proof.SessionNameKey) && !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	switch len(keys) {
	case 0:
		return "conditions"
	case 1:
		return "condition on " + keys[0]
	}
	return "conditions on " + strings.Join(keys[:len(keys)-1], ", ") + " and " + keys[len(keys)-1]
}
