package checks

import (
	"fmt"
	"slices"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/organization"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/value"
)

// What checks tell of resources that they find nothing wrong with, for iamvet why:
// the same proofs are asked, and asked again without the parts that they rest on.

// inapplicable is what a rule says that has nothing to decide.
func inapplicable(format string, args ...any) *analyzer.Told {
	return &analyzer.Told{Message: fmt.Sprintf(format, args...)}
}

// compliant is what a rule says that decided.
func compliant(format string, args ...any) *analyzer.Told {
	return &analyzer.Told{Standing: analyzer.Compliant, Message: fmt.Sprintf(format, args...)}
}

// answered is what a rule says of a resource for which another one's finding speaks.
func answered(by *analyzer.Finding, format string, args ...any) *analyzer.Told {
	return &analyzer.Told{By: by, Message: fmt.Sprintf(format, args...)}
}

// at adds a place that the message rests on; a plan alone has none.
func at(t *analyzer.Told, what string, span source.Span, address string) *analyzer.Told {
	if span.IsZero() && address == "" {
		return t
	}
	t.Decisive = append(t.Decisive, analyzer.Related{Message: what, Span: span, Address: address})
	return t
}

// closest adds the case that came closest, and what refuses it.
func closest(t *analyzer.Told, k proof.Keeper, w *proof.Witness, found bool) *analyzer.Told {
	if !found {
		return t
	}
	t.Closest = request(w)
	t.Refused, t.RefusedBy = keeperWords(k), keeperSpan(k)
	return t
}

// keeperWords name what keeps a request out: "the condition on aws:PrincipalOrgID of
// statement 1 of roles.tf:14".
func keeperWords(k proof.Keeper) string {
	if k.Condition == nil {
		return "the Deny of " + proof.StatementName(k.Statement)
	}
	return fmt.Sprintf("the condition %s on %s of %s", k.Condition.Operator.Text, k.Condition.Key, proof.StatementName(k.Statement))
}

func keeperSpan(k proof.Keeper) source.Span {
	if k.Condition != nil {
		if span := k.Condition.OperatorSpan().Or(k.Condition.Span()); !span.IsZero() {
			return span
		}
	}
	return k.Statement.Span()
}

// roleOf is the role that a resource declares.
func roleOf(m *identity.Model, r *terraform.Resource) *identity.Role {
	i := slices.IndexFunc(m.Roles, func(role *identity.Role) bool { return role.Resource == r })
	if i < 0 {
		return nil
	}
	return m.Roles[i]
}

// untrusting tells of a role without a trust policy that could be read; nil of others.
func untrusting(role *identity.Role) *analyzer.Told {
	switch {
	case role == nil || role.Attribute.Missing():
		return inapplicable("No trust policy is written here.")
	case role.Trust == nil:
		return at(inapplicable("Its trust policy is none that AWS would accept; a gap says why."), "the trust policy", role.Resource.AttributeSpan(role.TrustAttribute()), "")
	}
	return nil
}

// trustOf adds the statements of a trust policy that allow something, and whom.
func trustOf(t *analyzer.Told, role *identity.Role) *analyzer.Told {
	for _, s := range role.Trust.Statements {
		if s.Effect == policy.Deny {
			continue
		}
		t.Decisive = append(t.Decisive, analyzer.Related{Message: fmt.Sprintf("statement %d admits %s", s.Index+1, principalsWords(s)), Span: s.Span().FirstLine()})
	}
	return t
}

// principalsWords are the principals of a statement as they are written.
func principalsWords(s *policy.Statement) string {
	if s.NotPrincipal {
		return "all but those of its NotPrincipal"
	}
	var names []string
	for _, pr := range s.Principals {
		if pr.Value == nil {
			continue
		}
		if name := principalWords(pr); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	switch {
	case len(names) == 0:
		return "principals that are not known"
	case len(names) > 3:
		names = append(names[:2:2], fmt.Sprintf("%d more", len(names)-2))
	}
	return and(names)
}

// and joins words as a sentence does.
func and(words []string) string {
	out := ""
	for i, w := range words {
		switch {
		case i == 0:
		case i == len(words)-1:
			out += " and "
		default:
			out += ", "
		}
		out += w
	}
	return out
}

// underPolicies tells of a role whose trust policy alone would be a violation: what
// binds its account refuses it.
func underPolicies(p *analyzer.Pass, role *identity.Role, message string, w *proof.Witness) *analyzer.Told {
	t := compliant("%s", message)
	t.Closest = request(w)
	for _, g := range organization.ResourceGuards(p.Model) {
		if !g.IsOf(role.Account()) {
			continue
		}
		t.Refused = "the resource control policies that bind account " + role.Account()
		for _, d := range g.Documents {
			if owner := organization.PolicyIn(p.Model, d); owner != nil {
				t = at(t, "the resource control policy", owner.Resource.Header, owner.Resource.Address)
			}
		}
	}
	return t
}

// unexplained is for a proof that decided what no finding says: a fault of the check,
// which a test looks for.
func unexplained(verdict proof.Verdict, needs []value.Reason) *analyzer.Told {
	t := &analyzer.Told{Standing: analyzer.Open, Message: "What was found of this resource is told with another.", Needs: needs}
	if verdict == proof.Violated {
		t.Standing = analyzer.Violating
	}
	return t
}
