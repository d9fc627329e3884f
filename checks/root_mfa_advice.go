package checks

import (
	"fmt"
	"strings"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/organization"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/value"
	"github.com/iamvet/iamvet/checks/fixes"
)

// advise is for an organization where root cannot act without MFA: what breaks
// by it, and what AWS will refuse.
func (c *rootMFACheck) advise(held []rootOutcome) {
	f := c.overblocking(held)
	if f == nil {
		f = c.ending(held)
	}
	if f == nil {
		f = c.signsIn(held)
	}
	if f == nil {
		f = limits(c.pass.Model, c.org)
	}
	if f != nil {
		c.pass.Report(f)
	}
}

// ending is advice about a proof that ends soon.
func (c *rootMFACheck) ending(held []rootOutcome) *analyzer.Finding {
	for _, v := range held {
		if v.Result.Until.IsZero() {
			continue
		}
		for _, s := range v.Result.Deciding {
			if p := organization.PolicyOf(c.org, s.Document); p != nil {
				return &analyzer.Finding{
					Verdict: analyzer.Advice, Severity: analyzer.Note, Resource: p.Resource, Span: s.Span().Or(p.Resource.Header), Defect: "ends-soon",
					Statement: statementText(s),
					Message:   fmt.Sprintf("'%s' keeps root from acting without MFA until %s only: %s tests the time.", p.Resource.Address, moment(v.Result.Until), proof.StatementName(s)),
				}
			}
		}
	}
	return nil
}

// signsIn is advice about a proof that leaves sign-in itself.
func (c *rootMFACheck) signsIn(held []rootOutcome) *analyzer.Finding {
	for _, v := range held {
		if len(v.Result.SignsIn) == 0 {
			continue
		}
		for _, s := range v.Result.Deciding {
			if p := organization.PolicyOf(c.org, s.Document); p != nil && s.NotAction {
				return &analyzer.Finding{
					Verdict: analyzer.Advice, Severity: analyzer.Note, Resource: p.Resource, Span: s.Span().Or(p.Resource.Header), Defect: "signs-in",
					Statement: statementText(s),
					Message:   fmt.Sprintf("'%s' keeps root from acting without MFA, and %s leaves %s, which only sign in: root may get a session without MFA, which may do nothing.", p.Resource.Address, proof.StatementName(s), strings.Join(v.Result.SignsIn, ", ")),
				}
			}
		}
	}
	return nil
}

// overblocking is advice about a policy that holds and breaks something.
func (c *rootMFACheck) overblocking(held []rootOutcome) *analyzer.Finding {
	for _, v := range held {
		s, text := v.Result.BlocksRoles, "also denies every role session, because none carries MFA: what runs in the accounts (functions, instances, pipelines), federated people and the roles of services stop working; add a condition on aws:PrincipalArn for arn:*:iam::*:root"
		defect := "blocks-roles"
		if s == nil && c.org.Features != nil && organization.Enables(c.org.Features, "RootSessions") == value.Yes {
			s, defect = v.Result.BlocksAssumedRoot, "blocks-central-root"
			text = "also denies the central root sessions that '" + c.org.Features.Address + "' enables: nobody can delete root credentials or repair a bucket or queue policy from the management account; add \"Null\": {\"aws:AssumedRoot\": \"true\"}"
		}
		if s == nil {
			continue
		}
		p := organization.PolicyOf(c.org, s.Document)
		if p == nil {
			continue
		}
		if p.Resource.Type == "aws_controltower_control" {
			text = strings.Replace(text, "add \"Null\": {\"aws:AssumedRoot\": \"true\"}", "give the control the parameter ExemptAssumeRoot", 1)
		}
		mend := fixes.BindRoot(s)
		if defect == "blocks-central-root" {
			mend = fixes.AlsoRequire(s, "Null", "aws:AssumedRoot", "true", "leave the central root sessions alone, which are then no longer denied by this")
		}
		return &analyzer.Finding{
			Verdict: analyzer.Advice, Severity: analyzer.Note, Resource: p.Resource, Span: s.Span().Or(p.Resource.Header), Defect: defect,
			Statement: statementText(s), Fixes: mend,
			Message: fmt.Sprintf("'%s' keeps root from acting without MFA, but %s %s.", p.Resource.Address, proof.StatementName(s), text),
		}
	}
	return nil
}
