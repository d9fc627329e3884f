package checks

import (
	"fmt"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/value"
)

// centralRootManagement says whether the organization can remove the root
// credentials of its accounts centrally: the feature is enabled and its service
// is trusted.
func centralRootManagement(o *identity.Organization) (managed value.Tri, why []value.Reason) {
	if o.Features == nil {
		return value.No, nil
	}
	enabled := enables(o.Features, "RootCredentialsManagement")
	trusted := trustsIAM(o.Resource)
	managed = o.Features.Exists.And(enabled).And(trusted)
	if managed == value.Maybe {
		why = value.Needs("what '"+o.Features.Address+"' enables", o.Features.Header,
			o.Features.Attr("enabled_features"), o.Resource.Attr("aws_service_access_principals"))
		why = append(why, o.Features.Why...)
	}
	return managed, why
}

// enables says whether a feature of central root management is enabled.
func enables(features *terraform.Resource, name string) value.Tri {
	return contains(features.Attr("enabled_features"), name)
}

// trustsIAM says whether the organization lets IAM work in its accounts, which
// central root management needs. Only one provider's resource shows it.
func trustsIAM(org *terraform.Resource) value.Tri {
	if org.Type != "aws_organizations_organization" {
		return value.Yes
	}
	return contains(org.Attr("aws_service_access_principals"), "iam.amazonaws.com")
}

// contains says whether a list contains a text.
func contains(list *value.Value, text string) value.Tri {
	if list.Missing() {
		return value.No
	}
	found := value.TriOf(false)
	if list.Is(value.Unknown) || list.Open {
		found = value.Maybe
	}
	for _, e := range list.Elems {
		s, known := e.Text()
		switch {
		case known && s == text:
			return value.Yes
		case !known:
			found = value.Maybe
		}
	}
	return found
}

// reportCentral is the note for an organization that manages root access
// centrally and does not deny root everywhere.
func (c *rootMFACheck) reportCentral(covering *identity.OrganizationPolicy, failed []rootOutcome) {
	features := c.org.Features
	rest := "or also deny root by a service control policy"
	if covering != nil {
		rest = fmt.Sprintf("or deny root as '%s' does, which does not cover %s", covering.Resource.Address, listPlaces(gathered(c.org, placesOf(failed))))
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
		Witness: request(worst.result.Witness), Assumptions: assumptions(features, org.Attr("aws_service_access_principals")),
	}
	for _, fix := range listed(c.org, "aws_service_access_principals", "iam.amazonaws.com", "let IAM manage root access in the accounts of the organization") {
		f.Fixes = append(f.Fixes, fix.Leaves(analyzer.Note))
	}
	c.pass.Report(f)
}
