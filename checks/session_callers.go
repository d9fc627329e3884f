package checks

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/value"
)

// A need is what a statement needs so that the session name says who calls.
type need struct {
	grade   analyzer.Grade
	message string
	names   []string // one of which the name has to be
}

// forBoth begins the message of a draft that has a name for every caller.
const forBoth = "require the session name to be the caller's user name or, of role and SSO sessions, which have none, their source identity, which they then have to carry"

// needOf asks who gets in through a statement now, in all roles that have its text,
// and has to get in afterwards. What sessions of roles do not have is required, so
// that they are refused, only where users are seen to be the callers and nobody else.
func (c *sessionNameCheck) needOf(s *policy.Statement) need {
	roles, statements := c.shared(c.role, s)
	both, in, kind := []string{ownUserName, ownIdentity}, c.result.Callers, callerOf(statements...)
	switch {
	case in.AllRoles || kind.of == policy.RolePrincipal && kind.alone:
		return need{analyzer.Draft, "require the session name to be the caller's source identity; the sessions that assume the role then have to carry one, and the role has to allow sts:SetSourceIdentity", both[1:]}
	case in.Anyone:
		return need{analyzer.Draft, forBoth + "; anyone's users may still assume the role, so name the accounts that may", both}
	case in.ExternalID:
		return need{analyzer.Draft, "require the session name to be the caller's user name; an external id says that somebody else's service assumes the role, and its sessions have none: then name its role as the principal, and require the name that it uses", both[:1]}
	case kind.of == policy.RolePrincipal:
		return need{analyzer.Draft, fmt.Sprintf("%s; %s is a role", forBoth, kind.name), both}
	case kind.of == policy.UnknownPrincipal && kind.soundsLikeRole():
		return need{analyzer.Draft, fmt.Sprintf("require the session name to be the caller's source identity, if %s is a role, as its name says; its sessions then have to carry one, and the role has to allow sts:SetSourceIdentity", kind.name), both[1:]}
	case onlyUsers(statements):
		return need{analyzer.Narrowing, "require the session name to be the caller's user name", both[:1]}
	case kind.of == policy.UnknownPrincipal:
		return need{analyzer.Draft, fmt.Sprintf("%s; what %s is is not known", forBoth, kind.name), both}
	}
	users := "" // "" as well where one of the roles has none
	for i, r := range roles {
		callers := c.pass.Model.CallersOf(r)
		if callers.Others != "" {
			return need{analyzer.Draft, fmt.Sprintf("%s; '%s' lets others than users assume '%s'", forBoth, callers.Others, r.Resource.Address), both}
		}
		if i == 0 || users != "" {
			users = callers.Users
		}
	}
	if users == "" {
		return need{analyzer.Draft, forBoth + "; nothing in the scan shows who assumes the role", both}
	}
	return need{analyzer.Narrowing, fmt.Sprintf("require the session name to be the caller's user name: '%s' shows users as the callers, and nothing shows others", users), both[:1]}
}

// sharing finds the roles whose trust policy has the text of a statement, and what
// the statement is in each: an edit changes all of them.
func sharing(m *identity.Model) func(*identity.Role, *policy.Statement) ([]*identity.Role, []*policy.Statement) {
	type use struct {
		role      *identity.Role
		statement *policy.Statement
	}
	type place struct {
		file  string
		start int
	}
	uses := sync.OnceValue(func() map[place][]use {
		out := map[place][]use{}
		for _, r := range m.Roles {
			if r.Trust == nil {
				continue
			}
			for _, s := range r.Trust.Statements {
				if span := s.Span(); !span.IsZero() {
					at := place{span.File.Name, span.Start}
					out[at] = append(out[at], use{r, s})
				}
			}
		}
		return out
	})
	return func(r *identity.Role, s *policy.Statement) (roles []*identity.Role, statements []*policy.Statement) {
		span := s.Span()
		if span.IsZero() {
			return []*identity.Role{r}, []*policy.Statement{s}
		}
		for _, u := range uses()[place{span.File.Name, span.Start}] {
			roles, statements = append(roles, u.role), append(statements, u.statement)
		}
		return roles, statements
	}
}

// callerKind is what decides how a statement can tell its callers apart.
type callerKind struct {
	of    policy.PrincipalClass // a role that is named, or a principal of which nothing is known; else AnyPrincipal
	name  string                // of it, quoted
	alone bool                  // nobody but roles
}

// callerOf looks for a role among the principals of statements, then for one of
// which nothing is known. Conditions on aws:PrincipalArn can leave only roles, too.
func callerOf(statements ...*policy.Statement) callerKind {
	if onlyRoles(statements) {
		return callerKind{of: policy.RolePrincipal, alone: true}
	}
	kind := callerKind{of: policy.AnyPrincipal}
	roles, all := 0, 0
	for _, s := range statements {
		all += len(s.Principals)
		for _, p := range s.Principals {
			switch p.Class {
			case policy.RolePrincipal, policy.AssumedRolePrincipal:
				if roles++; roles == 1 {
					kind.of, kind.name = policy.RolePrincipal, principalName(p)
				}
			case policy.UnknownPrincipal:
				if kind.of == policy.AnyPrincipal {
					kind.of, kind.name = policy.UnknownPrincipal, principalName(p)
				}
			}
		}
	}
	kind.alone = roles > 0 && roles == all
	return kind
}

func principalName(p policy.Principal) string {
	if p.Value != nil && p.Value.Ref != nil && p.Value.Is(value.Unknown) {
		return "'" + p.Value.Ref.Address + "'"
	}
	return "'" + p.Value.Printable() + "'"
}

var roleWord = regexp.MustCompile(`(?i)(?:^|[^a-z])roles?(?:_?(?:arns?|names?))?(?:$|[^a-z_])`)

// soundsLikeRole says that what is not known has a role in its name.
func (k callerKind) soundsLikeRole() bool { return roleWord.MatchString(k.name) }

// onlyUsers says that statements admit users and nobody else: they name them, or
// have a condition that only users meet. Sessions of roles carry no MFA.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html
func onlyUsers(statements []*policy.Statement) bool {
	return !slices.ContainsFunc(statements, func(s *policy.Statement) bool {
		named := !s.PrincipalsOpen && !slices.ContainsFunc(s.Principals, func(p policy.Principal) bool { return p.Class != policy.UserPrincipal })
		return !named && !slices.ContainsFunc(s.Conditions, ofUsers)
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
