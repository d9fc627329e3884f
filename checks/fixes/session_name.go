package fixes

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/edit"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/settings"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

const (
	ownUserName = "${aws:username}"
	ownIdentity = "${aws:SourceIdentity}"
)

// SessionName is a role that can be assumed under names that hide the caller, as
// what mends that needs to know it.
type SessionName struct {
	Model    *identity.Model
	Settings *settings.Settings
	Role     *identity.Role
	Result   proof.SessionNameResult
	Now      time.Time
	// Sharing is Model.SharedTrust, of all roles of a scan: it indexes them once.
	Sharing func(*identity.Role, *policy.Statement) ([]*identity.Role, []*policy.Statement)

	// freeing are the statements that loose found, once it has judged them.
	freeing []*policy.Statement
	judged  bool
}

// Fixes require the session name to be the caller's, in every statement that
// leaves it free.
func (c *SessionName) Fixes() []*analyzer.Fix {
	if c.Result.Class == proof.NameInvalid {
		return nil
	}
	fix := &analyzer.Fix{Grade: analyzer.Narrowing}
	var names []string
	for _, s := range c.loose() {
		need := c.needOf(s)
		if mixed(s) {
			need.grade = analyzer.Draft
			need.message += "; give the services and identity providers of this statement one of their own first"
		}
		edits, err := requireName(s, need.names...)
		if more := bindIdentity(s); len(more) > 0 && need.grade == analyzer.Narrowing && len(c.loose()) == 1 {
			edits, err = more, nil
			need.message = "require the source identity to be the caller's user name, which the session then carries wherever it goes"
		}
		if not := negatedName(s); not != nil {
			need.grade = analyzer.Draft
			need.message = "require the session name to be the caller's own, with the operator without Not; what it refused is then what it admits"
			edits, err = renameOperator(s, not, strings.Replace(not.Operator.Text, "Not", "", 1))
		}
		if err != nil {
			return nil
		}
		if slices.Contains(need.names, ownIdentity) {
			more, err := allowAction(s, "sts:SetSourceIdentity")
			if err != nil { // it is a draft: who completes it sees to that as well
				need.message += "; allow sts:SetSourceIdentity as well, where the actions of the statement come from"
			}
			edits = append(edits, more...)
		}
		fix.Edits = append(fix.Edits, edits...)
		if fix.Message == "" || need.grade < fix.Grade {
			fix.Grade, fix.Message, names = need.grade, need.message, need.names
		}
	}
	if len(fix.Edits) == 0 {
		return nil
	}
	return append([]*analyzer.Fix{fix}, c.instead(names)...)
}

// instead drafts to write a condition on a part of the name anew, where no user
// may have such a name. It is a draft: names are admitted that were refused.
func (c *SessionName) instead(names []string) []*analyzer.Fix {
	loose := c.loose()
	if len(loose) != 1 {
		return nil
	}
	for i := range loose[0].Conditions {
		cond := &loose[0].Conditions[i]
		constant := cond.Operator.Text == "StringEquals" && len(cond.Values) == 1 && len(cond.Values[0].Variables()) == 0
		if !strings.EqualFold(cond.Key, proof.SessionNameKey) || cond.Operator.Text != "StringLike" && !constant || everyName(cond) || ownAndMore(cond, names) {
			continue
		}
		if edits, err := writeValues(loose[0], cond, names); err == nil {
			return []*analyzer.Fix{{Message: "require the session name to be the caller's own instead; that admits names which the condition refuses now", Edits: edits}}
		}
	}
	return nil
}

// loose are the statements that leave the name free when they stand alone. Each of
// them has to be mended: one that is left lets the same caller in.
func (c *SessionName) loose() []*policy.Statement {
	if c.judged {
		return c.freeing
	}
	c.judged = true
	for _, s := range c.Role.Trust.Statements {
		if s.Effect != policy.Allow {
			continue
		}
		one := *c.Role.Trust
		one.Statements = []*policy.Statement{s}
		r := proof.SessionName(&one, proof.SessionNameOptions{Account: c.Role.Account(), Now: c.Now})
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
		if strings.EqualFold(c.Key, proof.SessionNameKey) && c.Operator.Negated && len(c.Values) == 1 && strings.HasPrefix(c.Values[0].String(), "${") {
			return c
		}
	}
	return nil
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
func requireName(s *policy.Statement, names ...string) ([]source.Edit, error) {
	if s.Value == nil || s.Span().IsZero() {
		return nil, errors.New("the statement stands nowhere")
	}
	equals, like := false, false
	for i := range s.Conditions {
		c := &s.Conditions[i]
		if !strings.EqualFold(c.Key, proof.SessionNameKey) {
			continue
		}
		if c.Operator.Set == policy.NoSet && (c.Operator.Base == "StringEquals" || c.Operator.Base == "StringLike") && !c.Operator.Negated && (everyName(c) || ownAndMore(c, names)) {
			return writeValues(s, c, names)
		}
		equals, like = equals || c.Operator.Text == "StringEquals", like || c.Operator.Text == "StringLike"
	}
	switch {
	case equals && like:
		return nil, errors.New("the statement tests the name in both ways already")
	case equals: // conditions of one operator on one key would be alternatives
		return edit.AddCondition(s.Value, "StringLike", proof.SessionNameKey, names...)
	}
	return edit.AddCondition(s.Value, "StringEquals", proof.SessionNameKey, names...)
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
func ownAndMore(c *policy.Condition, names []string) bool {
	return slices.ContainsFunc(c.Values, func(p policy.Pattern) bool {
		text := p.String()
		return slices.ContainsFunc(names, func(name string) bool {
			return c.Operator.Base == "StringLike" && text != name && strings.Trim(text, "*") == name ||
				strings.HasPrefix(text, strings.TrimSuffix(name, "}")+",")
		})
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
