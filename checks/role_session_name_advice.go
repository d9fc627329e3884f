package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/value"
)

func (c *sessionNameCheck) dead() {
	f := c.finding()
	f.Verdict, f.Severity = analyzer.Advice, analyzer.Note
	f.Message = fmt.Sprintf("Nobody can assume '%s' through %s: no AWS principal can meet its conditions%s.", c.role.Resource.Address, c.statement(), c.deadBecause())
	c.pass.Report(f)
}

// deadBecause says what makes a condition on the name impossible to meet.
func (c *sessionNameCheck) deadBecause() string {
	for _, s := range c.result.Statements {
		for i := range s.Conditions {
			cond := &s.Conditions[i]
			for _, p := range cond.Values {
				text, _ := p.Text()
				switch {
				case cond.Operator.Base == "DateLessThan" || cond.Operator.Base == "DateLessThanEquals":
					if end, ok := policy.ParseDate(text); ok && !end.After(c.pass.Now) {
						return "; they ended on " + moment(end)
					}
				case strings.Contains(text, "&{"):
					return "; &{…} is a variable only in the data source aws_iam_policy_document, elsewhere write $${…}"
				case strings.Contains(text, "$${"):
					return "; $${…} is one $ too many in a file that is not a template"
				case strings.Contains(text, "${") && s.Document.VariablesWork() == value.No:
					return "; policy variables need \"Version\": \"2012-10-17\""
				case strings.EqualFold(text, "${aws:username}") && c.result.Callers.AllRoles:
					return "; role sessions have no aws:username, use ${aws:SourceIdentity} or a principal tag"
				}
			}
		}
	}
	return ""
}

// trustActions are what a trust policy allows.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
var trustActions = []string{
	"sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity", "sts:TagSession", "sts:SetSourceIdentity", "sts:SetContext",
}

// idle reports what admits nobody because it names no such action, or because
// there is nothing.
func (c *sessionNameCheck) idle() {
	trust := c.role.Trust
	if len(trust.Statements) == 0 && !trust.Open {
		f := c.finding()
		f.Verdict, f.Severity, f.Defect = analyzer.Advice, analyzer.Note, "no-statements"
		f.Message = fmt.Sprintf("Nobody can assume '%s': its trust policy has no statements.", c.role.Resource.Address)
		c.pass.Report(f)
		return
	}
	for _, s := range trust.Statements {
		assumes := func(action string) bool { return s.AdmitsAction(action) != value.No }
		if s.Effect != policy.Allow || len(s.Actions) == 0 || slices.ContainsFunc(trustActions, assumes) {
			continue
		}
		c.result.Statements = []*policy.Statement{s}
		f := c.finding()
		f.Verdict, f.Severity, f.Defect, f.Span = analyzer.Advice, analyzer.Note, "no-action", s.Actions[0].Span()
		f.Message = fmt.Sprintf("Nobody can assume '%s' through %s: '%s' is no action that assumes a role%s.",
			c.role.Resource.Address, c.statement(), s.Actions[0], blanks(s.Actions[0].String()))
		c.pass.Report(f)
		return
	}
}

// blanks says that an action is written with blanks.
func blanks(action string) string {
	if strings.ContainsAny(action, " \t\r\n") {
		return "; no action has a blank"
	}
	return ""
}
