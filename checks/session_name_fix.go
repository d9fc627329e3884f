package checks

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/edit"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

const (
	sessionNameKey = "sts:RoleSessionName"
	ownUserName    = "${aws:username}"
	ownIdentity    = "${aws:SourceIdentity}"
)

// fixes require the session name to be the caller's, in every statement that
// leaves it free.
func (c *sessionNameCheck) fixes() []*analyzer.Fix {
	if c.result.Class == proof.NameInvalid {
		return nil
	}
	fix := &analyzer.Fix{Grade: analyzer.Narrowing}
	name := ownUserName
	in := c.result.Callers
	switch {
	case in.AllRoles || onlyRoles(c.loose()):
		fix.Grade, name = analyzer.Draft, ownIdentity
		fix.Message = "require the session name to be the caller's source identity; the sessions that assume the role then have to carry one, and the role has to allow sts:SetSourceIdentity"
	case in.Anyone:
		fix.Grade = analyzer.Draft
		fix.Message = "require the session name to be the caller's user name; anyone's users may still assume the role, so name the accounts that may"
	case in.ExternalID:
		fix.Grade = analyzer.Draft
		fix.Message = "require the session name to be the caller's user name; an external id says that somebody else's service assumes the role, and its sessions have none: then name its role as the principal, and require the name that it uses"
	case c.pass.Model.AssumedByRole(c.role) != nil:
		p := c.pass.Model.AssumedByRole(c.role)
		fix.Grade = analyzer.Draft
		fix.Message = fmt.Sprintf("require the session name to be the caller's user name; '%s' lets a role assume this one, and role sessions have no aws:username: use sts:SourceIdentity for it", p.Address)
	case onlyUsers(c.loose()):
		fix.Message = "require the session name to be the caller's user name"
	default:
		fix.Message = "require the session name to be the caller's user name; role and SSO sessions have no aws:username and will be refused: for them require sts:SourceIdentity instead"
	}
	for _, s := range c.loose() {
		name, kind := name, callerOf(s)
		switch {
		case name != ownUserName || fix.Grade != analyzer.Narrowing && kind.of != policy.RolePrincipal:
		case kind.of == policy.RolePrincipal && kind.alone:
			fix.Grade, name = analyzer.Draft, ownIdentity
			fix.Message = "require the session name to be the caller's user name, and of roles, whose sessions have none, their source identity; these sessions then have to carry one, and the role has to allow sts:SetSourceIdentity"
		case kind.of == policy.RolePrincipal:
			fix.Grade = analyzer.Draft
			fix.Message = fmt.Sprintf("require the session name to be the caller's user name, and give %s, whose sessions have none, a statement of its own that requires ${aws:SourceIdentity}", kind.name)
		case kind.of == policy.UnknownPrincipal && kind.soundsLikeRole():
			fix.Grade, name = analyzer.Draft, ownIdentity
			fix.Message = fmt.Sprintf("require the session name to be the caller's source identity, if %s is a role, as its name says; its sessions then have to carry one, and the role has to allow sts:SetSourceIdentity", kind.name)
		case kind.of == policy.UnknownPrincipal:
			fix.Grade = analyzer.Draft
			fix.Message = fmt.Sprintf("require the session name to be the caller's user name, if %s is a user or an account; sessions of a role have none: of one require ${aws:SourceIdentity}, and allow sts:SetSourceIdentity", kind.name)
		}
		if mixed(s) {
			fix.Grade = analyzer.Draft
			fix.Message += "; give the services and identity providers of this statement one of their own first"
		}
		edits, err := requireName(s, name)
		if more := bindIdentity(s); len(more) > 0 && fix.Grade == analyzer.Narrowing && len(c.loose()) == 1 {
			edits, err = more, nil
			fix.Message = "require the source identity to be the caller's user name, which the session then carries wherever it goes"
		}
		if not := negatedName(s); not != nil {
			fix.Grade = analyzer.Draft
			fix.Message = "require the session name to be the caller's own, with the operator without Not; what it refused is then what it admits"
			edits, err = renameOperator(s, not, strings.Replace(not.Operator.Text, "Not", "", 1))
		}
		if err != nil {
			return nil
		}
		if name == ownIdentity {
			more, err := allowAction(s, "sts:SetSourceIdentity")
			if err != nil {
				return nil
			}
			edits = append(edits, more...)
		}
		fix.Edits = append(fix.Edits, edits...)
	}
	if len(fix.Edits) == 0 {
		return nil
	}
	return append([]*analyzer.Fix{fix}, c.instead(name)...)
}

// instead drafts to write a condition on a part of the name anew, where no user
// may have such a name. It is a draft: names are admitted that were refused.
func (c *sessionNameCheck) instead(name string) []*analyzer.Fix {
	loose := c.loose()
	if len(loose) != 1 {
		return nil
	}
	for i := range loose[0].Conditions {
		cond := &loose[0].Conditions[i]
		constant := cond.Operator.Text == "StringEquals" && len(cond.Values) == 1 && len(cond.Values[0].Variables()) == 0
		if !strings.EqualFold(cond.Key, sessionNameKey) || cond.Operator.Text != "StringLike" && !constant || everyName(cond) || ownAndMore(cond, name) {
			continue
		}
		if edits, err := writeValues(loose[0], cond, []string{name}); err == nil {
			return []*analyzer.Fix{{Message: "require the session name to be the caller's own instead; that admits names which the condition refuses now", Edits: edits}}
		}
	}
	return nil
}

// loose are the statements that leave the name free when they stand alone.
func (c *sessionNameCheck) loose() []*policy.Statement {
	if c.judged {
		return c.freeing
	}
	c.judged = true
	for _, s := range c.role.Trust.Statements {
		if s.Effect != policy.Allow {
			continue
		}
		one := *c.role.Trust
		one.Statements = []*policy.Statement{s}
		r := proof.SessionName(&one, proof.SessionNameOptions{Account: accountOf(c.role), Now: c.pass.Now})
		if r.Class.Verdict() == proof.Violated {
			c.freeing = append(c.freeing, s)
		}
	}
	return c.freeing
}

// negatedName is a condition that excludes what it should require.
func negatedName(s *policy.Statement) *policy.Condition {
	for i := range s.Conditions {
		c := &s.Conditions[i]
		if strings.EqualFold(c.Key, sessionNameKey) && c.Operator.Negated && len(c.Values) == 1 && strings.HasPrefix(c.Values[0].String(), "${") {
			return c
		}
	}
	return nil
}

// callerKind is what decides how a statement can tell its callers apart.
type callerKind struct {
	of    policy.PrincipalClass // a role that is named, or a principal of which nothing is known; else AnyPrincipal
	name  string                // of it, quoted
	alone bool                  // nobody but roles
}

// callerOf looks for a role among the principals of a statement, then for one of
// which nothing is known. Conditions on aws:PrincipalArn can leave only roles, too.
func callerOf(s *policy.Statement) callerKind {
	if onlyRoles([]*policy.Statement{s}) {
		return callerKind{of: policy.RolePrincipal, alone: true}
	}
	kind := callerKind{of: policy.AnyPrincipal}
	roles := 0
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
	kind.alone = roles > 0 && roles == len(s.Principals)
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

// onlyUsers says that statements name users and nobody else.
func onlyUsers(statements []*policy.Statement) bool {
	return !slices.ContainsFunc(statements, func(s *policy.Statement) bool {
		return slices.ContainsFunc(s.Principals, func(p policy.Principal) bool { return p.Class != policy.UserPrincipal })
	})
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

// mixed says that a statement also admits services or identity providers,
// which have no user name.
func mixed(s *policy.Statement) bool {
	for _, p := range s.Principals {
		if p.Class == policy.ServicePrincipal || p.Class == policy.FederatedPrincipal {
			return true
		}
	}
	return false
}

// requireName makes a statement require the session name, in the syntax at
// hand: a condition on the name that accepts every name is made right, else one
// is added. What a condition refuses stays refused.
func requireName(s *policy.Statement, name string) ([]source.Edit, error) {
	if s.Value == nil || s.Span().IsZero() {
		return nil, errors.New("the statement stands nowhere")
	}
	equals, like := false, false
	for i := range s.Conditions {
		c := &s.Conditions[i]
		if !strings.EqualFold(c.Key, sessionNameKey) {
			continue
		}
		if c.Operator.Set == policy.NoSet && (c.Operator.Base == "StringEquals" || c.Operator.Base == "StringLike") && !c.Operator.Negated && (everyName(c) || ownAndMore(c, name)) {
			return writeValues(s, c, []string{name})
		}
		equals, like = equals || c.Operator.Text == "StringEquals", like || c.Operator.Text == "StringLike"
	}
	switch {
	case equals && like:
		return nil, errors.New("the statement tests the name in both ways already")
	case equals: // conditions of one operator on one key would be alternatives
		return edit.AddCondition(s.Value, "StringLike", sessionNameKey, name)
	}
	return edit.AddCondition(s.Value, "StringEquals", sessionNameKey, name)
}

// everyName says that a condition accepts every session name: those have two
// characters or more.
func everyName(c *policy.Condition) bool {
	return c.Operator.Base == "StringLike" && slices.ContainsFunc(c.Values, func(p policy.Pattern) bool {
		text := p.String()
		return strings.Contains(text, "*") && strings.Trim(text, "*?") == "" && strings.Count(text, "?") <= 2
	})
}

// ownAndMore says that a condition accepts the caller's own name, and others by a
// wildcard before or after it, or by a default: then the own name alone is less.
func ownAndMore(c *policy.Condition, name string) bool {
	return slices.ContainsFunc(c.Values, func(p policy.Pattern) bool {
		text := p.String()
		return c.Operator.Base == "StringLike" && text != name && strings.Trim(text, "*") == name ||
			strings.HasPrefix(text, strings.TrimSuffix(name, "}")+",")
	})
}

// bindIdentity makes a condition on the source identity that binds nobody require
// the caller's user name.
func bindIdentity(s *policy.Statement) []source.Edit {
	if s.AdmitsAction("sts:SetSourceIdentity") != value.Yes {
		return nil
	}
	for i := range s.Conditions {
		c := &s.Conditions[i]
		if !strings.EqualFold(c.Key, "sts:SourceIdentity") || c.Operator.Set != policy.NoSet || c.Operator.Negated || len(c.Values) != 1 {
			continue
		}
		text, known := c.Values[0].Text()
		equal := c.Operator.Base == "StringEquals" || c.Operator.Base == "StringLike"
		switch {
		case equal && known && c.Operator.IfExists && strings.EqualFold(text, ownUserName):
			if edits, err := renameOperator(s, c, strings.TrimSuffix(c.Operator.Text, "IfExists")); err == nil {
				return edits
			}
		case c.Operator.Text == "StringLike" && c.Values[0].MatchesAll():
			if edits, err := writeValues(s, c, []string{ownUserName}); err == nil {
				return edits
			}
		}
	}
	return nil
}

// allowAction adds an action to a statement that lists its actions.
func allowAction(s *policy.Statement, action string) ([]source.Edit, error) {
	if s.AdmitsAction(action) == value.Yes {
		return nil, nil
	}
	if s.NotAction {
		return nil, errors.New("the statement lists what it does not allow")
	}
	list := s.Element("Action")
	blocks := s.Value.Syntax == value.SyntaxBlock || s.Value.Syntax == value.SyntaxTFJSON
	if list.IsSequence() && !list.Span.IsZero() && !blocks {
		return edit.AppendElement(list, edit.String(action))
	}
	var actions []string
	for _, p := range s.Actions {
		text, ok := p.Text()
		if !ok {
			return nil, errors.New("the actions are not known")
		}
		actions = append(actions, text)
	}
	all := edit.Strings(append(actions, action)...)
	if blocks {
		return edit.SetMember(s.Value, "actions", all)
	}
	return edit.SetMember(s.Value, "Action", all)
}
