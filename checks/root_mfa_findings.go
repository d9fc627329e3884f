package checks

import (
	"fmt"
	"strings"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/organization"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/value"
	"github.com/iamvet/iamvet/checks/fixes"
)

// reportCentral is the note for an organization that manages root access
// centrally and does not deny root everywhere.
func (c *rootMFACheck) reportCentral(covering *identity.OrganizationPolicy, failed []rootOutcome) {
	features := c.org.Features
	rest := "or also deny root by a service control policy"
	if covering != nil {
		rest = fmt.Sprintf("or deny root as '%s' does, which does not cover %s", covering.Resource.Address, organization.InWords(organization.Gathered(c.org, organization.Where(failed))))
	}
	c.pass.Report(&analyzer.Finding{
		Verdict: analyzer.Advice, Severity: analyzer.Note, Resource: features, Span: features.Header, Defect: "central-root-management",
		Message: fmt.Sprintf("'%s' can remove the root credentials of member accounts, but does not show that it did: delete those that exist, %s.", features.Address, rest),
	})
}

// reportUntrusted is for central root management that AWS refuses to enable.
func (c *rootMFACheck) reportUntrusted(worst rootOutcome) {
	features, org := c.org.Features, c.org.Resource
	f := &analyzer.Finding{
		Verdict: analyzer.Violation, Severity: analyzer.High, Resource: features, Span: features.Header, Defect: "trusted-access",
		Message: fmt.Sprintf("No service control policy keeps root from acting without MFA, and '%s' cannot be applied, because '%s' does not trust iam.amazonaws.com; add it to aws_service_access_principals.", features.Address, org.Address),
		Related: []analyzer.Related{{Message: "the organization", Span: org.AttributeSpan("aws_service_access_principals"), Address: org.Address}},
		Witness: request(worst.Result.Witness), Assumptions: assumptions(features, org.Attr("aws_service_access_principals")),
	}
	for _, fix := range fixes.Listed(c.org, "aws_service_access_principals", "iam.amazonaws.com", "let IAM manage root access in the accounts of the organization") {
		f.Fixes = append(f.Fixes, fix.Leaves(analyzer.Note))
	}
	c.pass.Report(f)
}

// reportNear is for a policy that comes near; failed are the places where root gets
// through, of which it may reach a part.
func (c *rootMFACheck) reportNear(p *identity.OrganizationPolicy, near *proof.NearMiss, r proof.RootResult, severity analyzer.Severity, failed []rootOutcome) {
	f := &analyzer.Finding{
		Verdict: analyzer.Violation, Severity: severity, Resource: p.Resource, Span: near.Span().Or(p.Resource.Header),
		Defect: near.Defect, Statement: statementText(near.Statement), Witness: request(r.Witness),
		Assumptions: assumptions(p.Resource, p.Content),
	}
	verb := "does not keep root from acting without MFA"
	if r.Class == proof.RootPartial {
		verb = "keeps root from acting without MFA only in part"
	}
	f.Message = fmt.Sprintf("'%s' %s: %s; %s.", p.Resource.Address, verb, near.Words, fixes.Remedies[near.Defect])
	if near.Defect == proof.DefectMalformed && p.TooLong() {
		f.Span, f.Defect = p.Resource.AttributeSpan("content"), "too-long"
		f.Message = fmt.Sprintf("'%s' %s: %s.", p.Resource.Address, verb, tooLong(p))
	}
	if len(r.Exempt) > 0 {
		f.Message = strings.TrimSuffix(f.Message, ".") + fmt.Sprintf(" (it leaves %s).", strings.Join(r.Exempt, ", "))
	}
	f.Related = append(f.Related, attachmentsOf(p)...)
	f.Fixes = fixes.Repairs(near)
	if c.org.Resource != nil && organization.BindsNothing(c.org, p) {
		f.Message = strings.TrimSuffix(f.Message, ".") + "; and it binds no account: attach it to the root of the organization."
		f.Fixes = fixes.AndAttach(c.org, p, f.Fixes)
	} else if bare := beyond(c.org, p, failed); len(bare) > 0 {
		f.Message += notReached(bare)
		f.Related = append(f.Related, related(bare)...)
		f.Fixes = append(fixes.AndAttach(c.org, p, f.Fixes), inPart(f.Fixes, analyzer.High)...)
	}
	c.pass.Report(f)
}

// reportCoverage is for a policy that does it, where it is attached.
func (c *rootMFACheck) reportCoverage(p *identity.OrganizationPolicy, held, failed []rootOutcome) {
	bare := organization.Gathered(c.org, organization.Where(failed))
	f := &analyzer.Finding{
		Verdict: analyzer.Violation, Severity: coverageSeverity(failed), Resource: p.Resource, Span: p.Resource.Header, Defect: "coverage",
		Message: fmt.Sprintf("'%s' keeps root from acting without MFA where it is attached, but not in %s: attach it to the root of the organization.", p.Resource.Address, organization.InWords(bare)),
		Witness: request(failed[0].Result.Witness), Related: append(attachmentsOf(p), related(bare)...),
		Assumptions: assumptions(p.Resource, p.Content),
	}
	if p.Resource.Type == "aws_controltower_control" {
		f.Message = fmt.Sprintf("'%s' keeps root from acting where it is enabled, but not in %s: enable it there, or attach a policy of the kind to the root of the organization.", p.Resource.Address, organization.InWords(bare))
	}
	f.Fixes = fixes.AttachToRoot(c.org, p)
	c.pass.Report(f)
}

// coverageSeverity is high where an account is known that is not covered.
func coverageSeverity[R any](failed []organization.Outcome[R]) analyzer.Severity {
	for _, v := range failed {
		if v.IsAccount() {
			return analyzer.High
		}
	}
	return analyzer.Medium
}

func (c *rootMFACheck) reportUnattached(p *identity.OrganizationPolicy, worst rootOutcome) {
	f := &analyzer.Finding{
		Verdict: analyzer.Violation, Severity: analyzer.High, Resource: p.Resource, Span: p.Resource.Header, Defect: "detached",
		Message: fmt.Sprintf("'%s' would keep root from acting without MFA, but it is attached to nothing; attach it to the root of the organization.", p.Resource.Address),
		Witness: request(worst.Result.Witness), Assumptions: assumptions(p.Resource, p.Content),
	}
	if len(p.Attachments) > 0 {
		a := p.Attachments[0]
		f.Span, f.Defect = a.Resource.AttributeSpan(organization.TargetAttribute(a)), "management-account"
		f.Message = fmt.Sprintf("'%s' would keep root from acting without MFA, but '%s' attaches it to the management account, where no service control policy has any effect; attach it to the root of the organization.", p.Resource.Address, a.Resource.Address)
	} else if d := c.org.Delegated; d != nil {
		f.Verdict = analyzer.Undetermined
		f.Message = fmt.Sprintf("'%s' would keep root from acting without MFA; nothing here attaches it, but '%s' lets policies be attached from elsewhere.", p.Resource.Address, d.Address)
		f.Needs = []value.Reason{{Text: "the attachments of '" + p.Resource.Address + "' that a delegated administrator made", Span: d.Header}}
	}
	f.Fixes = fixes.AttachToRoot(c.org, p)
	c.pass.Report(f)
}

func (c *rootMFACheck) reportMissing(held []rootOutcome, worst rootOutcome) {
	org := c.org.Resource
	f := &analyzer.Finding{
		Verdict: analyzer.Violation, Severity: severityOf(worst.Result.Class), Resource: org, Span: org.Header, Defect: "missing",
		Message: fmt.Sprintf("No service control policy of '%s' keeps the root user of a member account from acting without MFA; attach one to the root of the organization that denies it.", org.Address),
		Witness: request(worst.Result.Witness), Assumptions: assumptions(org),
	}
	if len(held) > 0 {
		f.Message = strings.TrimSuffix(f.Message, ".") + fmt.Sprintf(" (everything is denied in %s).", organization.InWords(organization.Gathered(c.org, organization.Where(held))))
	}
	f.Fixes = fixes.DraftRootMFA(c.org, c.pass.Settings.RootExemptActions, "draft a service control policy that denies root without MFA, attached to the root of the organization; test it on one unit first")
	c.pass.Report(f)
}
