package checks

import (
	"fmt"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/organization"
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
