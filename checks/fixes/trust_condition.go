package fixes

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/edit"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/settings"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// TrustCondition is a role that can be assumed without a condition that the
// project's settings require.
type TrustCondition struct {
	Required *settings.TrustCondition
	Role     *identity.Role
	// Requires decides whether a trust policy requires it.
	Requires func(*policy.Document) (proof.RequiredResult, error)
}

// Fixes require the condition in every statement that lets somebody through
// without it.
func (c *TrustCondition) Fixes() []*analyzer.Fix {
	fix := &analyzer.Fix{Grade: analyzer.Narrowing, Message: fmt.Sprintf("require %s %s", c.Required.Key, strings.Join(c.Required.Values, " or "))}
	for _, s := range c.Role.Trust.Statements {
		if s.Effect != policy.Allow {
			continue
		}
		one := *c.Role.Trust
		one.Statements = []*policy.Statement{s}
		if r, err := c.Requires(&one); err != nil || r.Verdict != proof.Violated {
			continue
		}
		edits, grade, err := requireCondition(s, c.Required.Required)
		if err != nil {
			return nil
		}
		fix.Edits = append(fix.Edits, edits...)
		switch {
		case fix.Grade == analyzer.Draft:
		case grade == analyzer.Draft:
			fix.Grade = grade
			fix.Message += " instead of what is there; that may admit what is refused now"
		case mixed(s):
			fix.Grade = analyzer.Draft
			fix.Message += "; give the services and identity providers of this statement one of their own first"
		case c.admitsUnasked(s):
			fix.Grade = analyzer.Draft
			fix.Message += "; the statement also admits principals of whom it is not required: give them one of their own first"
		}
	}
	if len(fix.Edits) == 0 {
		return nil
	}
	return []*analyzer.Fix{fix}
}

// admitsUnasked says that a statement may admit AWS principals of whom the
// condition is not required, who would have to meet it as well.
func (c *TrustCondition) admitsUnasked(s *policy.Statement) bool {
	return slices.ContainsFunc(s.Principals, func(p policy.Principal) bool {
		if len(c.Required.ExceptAccounts) > 0 && (p.Account == "" || slices.Contains(c.Required.ExceptAccounts, p.Account)) {
			return true
		}
		switch p.Class {
		case policy.UserPrincipal:
			return c.Required.Principals != nil && !slices.Contains(c.Required.Principals, "user")
		case policy.RolePrincipal, policy.AssumedRolePrincipal:
			return c.Required.Principals != nil && !slices.Contains(c.Required.Principals, "role")
		}
		return len(c.Required.Principals) == 1
	})
}

// requireCondition makes a statement impose a condition, in the syntax at hand. One that
// only passes over an absent key is made strict, and one of the same operator and
// key stays where the condition can stand beside it.
func requireCondition(s *policy.Statement, r proof.Required) ([]source.Edit, analyzer.Grade, error) {
	if s.Value == nil || s.Span().IsZero() {
		return nil, 0, errors.New("the statement stands nowhere")
	}
	var same *policy.Condition
	operators := map[string]bool{}
	for i := range s.Conditions {
		c := &s.Conditions[i]
		if !strings.EqualFold(c.Key, r.Key) {
			continue
		}
		if c.Operator.Canonical == r.Operator+"IfExists" && sameTexts(c.Values, r.Values) && !objectOf(s, r.Operator) {
			edits, err := renameOperator(s, c, r.Operator)
			return edits, analyzer.Narrowing, err
		}
		operators[c.Operator.Canonical] = true
		if c.Operator.Canonical == r.Operator {
			same = c
		}
	}
	operator := r.Operator
	if same != nil { // conditions of one operator on one key would be alternatives
		other := map[string]string{"StringEquals": "StringLike", "StringLike": "StringEquals"}[operator]
		wild := slices.ContainsFunc(r.Values, func(v string) bool { return strings.ContainsAny(v, "*?") })
		if other == "" || wild || operators[other] {
			edits, err := writeValues(s, same, r.Values)
			return edits, analyzer.Draft, err
		}
		operator = other
	}
	edits, err := edit.AddCondition(s.Value, operator, r.Key, r.Values...)
	return edits, analyzer.Narrowing, err
}

// objectOf says that an operator stands in the object of a statement's conditions
// already, where no other can get its name.
func objectOf(s *policy.Statement, operator string) bool {
	blocks := s.Value.Syntax == value.SyntaxBlock || s.Value.Syntax == value.SyntaxTFJSON
	return !blocks && !s.Element("Condition").Get(operator).Missing()
}

func sameTexts(patterns []policy.Pattern, texts []string) bool {
	if len(patterns) != len(texts) {
		return false
	}
	for _, p := range patterns {
		if text, ok := p.Text(); !ok || !slices.Contains(texts, text) {
			return false
		}
	}
	return true
}
