package fixes

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/edit"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/proof"
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
func (c *SessionName) needOf(s *policy.Statement) need {
	roles, statements := c.Sharing(c.Role, s)
	both, in, kind := []string{ownUserName, ownIdentity}, c.Result.Callers, proof.NamedCallerOf(statements...)
	switch {
	case in.AllRoles || kind.Class == policy.RolePrincipal && kind.OnlyRoles:
		return need{analyzer.Draft, "require the session name to be the caller's source identity; the sessions that assume the role then have to carry one, and the role has to allow sts:SetSourceIdentity", both[1:]}
	case in.Anyone:
		return need{analyzer.Draft, forBoth + "; anyone's users may still assume the role, so name the accounts that may", both}
	case in.ExternalID:
		return need{analyzer.Draft, "require the session name to be the caller's user name; an external id says that somebody else's service assumes the role, and its sessions have none: then name its role as the principal, and require the name that it uses", both[:1]}
	case kind.Class == policy.RolePrincipal:
		return need{analyzer.Draft, fmt.Sprintf("%s; %s is a role", forBoth, kind.Name), both}
	case kind.Class == policy.UnknownPrincipal && soundsLikeRole(kind.Name):
		return need{analyzer.Draft, fmt.Sprintf("require the session name to be the caller's source identity, if %s is a role, as its name says; its sessions then have to carry one, and the role has to allow sts:SetSourceIdentity", kind.Name), both[1:]}
	case c.terraform(roles) != "":
		return need{analyzer.Draft, fmt.Sprintf("require the session name to be the caller's user name; Terraform assumes the role for '%s': give it that name as session_name first", c.terraform(roles)), both[:1]}
	case c.said(roles) != "":
		return need{analyzer.Draft, fmt.Sprintf("require the session name to be the caller's user name; '%s' assumes the role under a name of its own: change that with it", c.said(roles)), both[:1]}
	case slices.ContainsFunc(statements, inDynamic):
		return need{analyzer.Draft, forBoth + "; the block makes a statement of each that it is given, and others may admit whom they like", both}
	case slices.ContainsFunc(statements, givenRoles):
		return need{analyzer.Draft, forBoth + "; by its name, what the statement is given may be roles", both}
	case c.program(roles, statements) != "":
		message, names := forBoth, both
		if proof.OnlyUsers(statements) {
			message, names = "require the session name to be the caller's user name", both[:1]
		}
		return need{analyzer.Draft, fmt.Sprintf("%s; %s: see that it gives that one first", message, c.program(roles, statements)), names}
	case proof.OnlyUsers(statements):
		return need{analyzer.Narrowing, "require the session name to be the caller's user name", both[:1]}
	case kind.Class == policy.UnknownPrincipal:
		return need{analyzer.Draft, fmt.Sprintf("%s; what %s is is not known", forBoth, kind.Name), both}
	}
	users := "" // "" as well where one of the roles has none
	for i, r := range roles {
		callers := c.Model.CallersOf(r)
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

// terraform is the provider for which Terraform assumes one of the roles, "" when it
// does so for none: the session has a name that it makes up, or that session_name gives.
func (c *SessionName) terraform(roles []*identity.Role) string {
	for _, r := range roles {
		if by := c.Model.CallersOf(r).Terraform; by != "" {
			return by
		}
	}
	return ""
}

// said is where something beside the code says how one of the roles is assumed.
func (c *SessionName) said(roles []*identity.Role) string {
	if c.Model.Said == nil {
		return ""
	}
	for _, r := range roles {
		if at := c.Model.Said(r); at != "" {
			return at
		}
	}
	return ""
}

// inDynamic says that a statement is one of those that a dynamic block makes.
func inDynamic(s *policy.Statement) bool {
	return s.Value != nil && s.Value.Syntax == value.SyntaxBlock && !edit.EnclosingBlock(s.Span(), "dynamic").IsZero()
}

// givenPrincipals are principals that come through a variable.
var givenPrincipals = regexp.MustCompile(`(?m)^\s*(?:identifiers|"?AWS"?)\s*[=:]\s*(var\.[\w-]+)\s*,?$`)

// givenRoles says that a statement admits what a variable says, whose name says that
// others may give it roles.
func givenRoles(s *policy.Statement) bool {
	m := givenPrincipals.FindStringSubmatch(s.Span().Text())
	return m != nil && soundsLikeRole(m[1])
}

var roleWord = regexp.MustCompile(`(?i)(?:^|[^a-z])roles?(?:_?(?:arns?|names?))?(?:$|[^a-z_])`)

// soundsLikeRole says that what is not known has a role in its name.
func soundsLikeRole(name string) bool { return roleWord.MatchString(name) }
