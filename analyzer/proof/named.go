package proof

import (
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/value"
)

// NamedCaller is what decides how a statement can tell its callers apart.
type NamedCaller struct {
	Class     policy.PrincipalClass // a role that is named, or a principal of which nothing is known; else AnyPrincipal
	Name      string                // of it, quoted
	OnlyRoles bool                  // nobody but roles
}

// NamedCallerOf looks for a role among the principals of statements, then for one of
// which nothing is known. Conditions on aws:PrincipalArn can leave only roles, too.
func NamedCallerOf(statements ...*policy.Statement) NamedCaller {
	if onlyRoles(statements) {
		return NamedCaller{Class: policy.RolePrincipal, OnlyRoles: true}
	}
	kind := NamedCaller{Class: policy.AnyPrincipal}
	roles, all := 0, 0
	for _, s := range statements {
		all += len(s.Principals)
		for _, p := range s.Principals {
			switch p.Class {
			case policy.RolePrincipal, policy.AssumedRolePrincipal:
				if roles++; roles == 1 {
					kind.Class, kind.Name = policy.RolePrincipal, principalName(p)
				}
			case policy.UnknownPrincipal:
				if kind.Class == policy.AnyPrincipal {
					kind.Class, kind.Name = policy.UnknownPrincipal, principalName(p)
				}
			}
		}
	}
	kind.OnlyRoles = roles > 0 && roles == all
	return kind
}

func principalName(p policy.Principal) string {
	if p.Value != nil && p.Value.Ref != nil && p.Value.Is(value.Unknown) {
		return "'" + p.Value.Ref.Address + "'"
	}
	return "'" + p.Value.Printable() + "'"
}

// OnlyUsers says that statements admit users and nobody else: they name them, or
// have a condition that only users meet. Sessions of roles carry no MFA.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html
// What the defaults of variables make of a module that others may call says nothing of
// those callers.
func OnlyUsers(statements []*policy.Statement) bool {
	return !slices.ContainsFunc(statements, func(s *policy.Statement) bool {
		named := !s.PrincipalsOpen && !slices.ContainsFunc(s.Principals, func(p policy.Principal) bool { return p.Class != policy.UserPrincipal || assumedPrincipal(s, p) })
		return !named && !slices.ContainsFunc(s.Conditions, func(c policy.Condition) bool { return ofUsers(c) && !assumedCondition(s, &c) })
	})
}

// assumed says that a value rests on the default of a variable.
func assumed(values ...*value.Value) bool {
	return slices.ContainsFunc(values, func(v *value.Value) bool { return v != nil && len(v.AllAssumptions()) > 0 })
}

// assumedPrincipal says that a principal is what the default of a variable says, and
// not only its account or its name: that it is a user then stands elsewhere.
func assumedPrincipal(s *policy.Statement, p policy.Principal) bool {
	return p.Value != nil && p.Value.Ref == nil && slices.ContainsFunc(s.Value.AllAssumptions(), func(a *value.Assumption) bool { return a.Span.Contains(p.Value.Span) })
}

// assumedCondition says that a condition, or that it is there, rests on the default of
// a variable.
func assumedCondition(s *policy.Statement, c *policy.Condition) bool {
	if assumed(c.OperatorValue, c.KeyValue, c.Value) {
		return true
	}
	conditions := s.Element("Condition")
	return slices.ContainsFunc([]*value.Value{s.Value, conditions, conditions.Get(c.Operator.Text)}, func(v *value.Value) bool {
		return v != nil && len(v.Assumptions) > 0
	})
}

// ofUsers says that a condition is one that only users meet.
func ofUsers(c policy.Condition) bool {
	var want func(text string) bool
	switch strings.ToLower(c.Key) {
	case "aws:principalarn":
		want = func(text string) bool { return strings.Contains(text, ":user/") }
	case "aws:principaltype":
		want = func(text string) bool { return text == "User" }
	case "aws:multifactorauthpresent":
		want = func(text string) bool { return c.Operator.Base == "Bool" && strings.EqualFold(text, "true") }
	default:
		return false
	}
	return !c.Operator.Negated && !c.Operator.IfExists && c.Operator.Set == policy.NoSet && c.Operator.Family != policy.NullFamily && len(c.Values) > 0 && !c.ValuesOpen &&
		!slices.ContainsFunc(c.Values, func(p policy.Pattern) bool { return !want(p.String()) })
}

// onlyRoles says that conditions on aws:PrincipalArn leave only roles.
func onlyRoles(statements []*policy.Statement) bool {
	return len(statements) > 0 && !slices.ContainsFunc(statements, func(s *policy.Statement) bool {
		return !slices.ContainsFunc(s.Conditions, func(c policy.Condition) bool {
			return strings.EqualFold(c.Key, "aws:PrincipalArn") && !c.Operator.Negated && !c.Operator.IfExists && len(c.Values) > 0 &&
				!slices.ContainsFunc(c.Values, func(p policy.Pattern) bool {
					text := p.String()
					return !strings.Contains(text, ":role/") && !strings.Contains(text, ":assumed-role/")
				})
		})
	})
}
