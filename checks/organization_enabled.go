package checks

import (
	"fmt"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/value"
)

// policiesEnabled says whether service control policies have any effect in an
// organization that is declared here. Cloud Control's resource does not show it:
// there an attached policy shows that they do, because AWS refuses it otherwise.
func policiesEnabled(o *identity.Organization) (value.Tri, []value.Reason) {
	return typeEnabled(o, "SERVICE_CONTROL_POLICY")
}

// typeEnabled says the same of policies of some type.
func typeEnabled(o *identity.Organization, kind string) (value.Tri, []value.Reason) {
	org := o.Resource
	if org == nil || org.Type != "aws_organizations_organization" {
		return value.Yes, nil
	}
	all := value.Yes
	if features := org.Attr("feature_set"); !features.Missing() {
		text, known := features.Text()
		if all = value.Maybe; known {
			all = value.TriOf(text != "CONSOLIDATED_BILLING")
		}
	}
	enabled := all.And(contains(org.Attr("enabled_policy_types"), kind))
	if enabled != value.Maybe {
		return enabled, nil
	}
	return enabled, value.Needs("which policy types '"+org.Address+"' enables", org.Header, org.Attr("feature_set"), org.Attr("enabled_policy_types"))
}

// disabled is the finding that the organization has no service control
// policies at all: then nothing that is attached has any effect.
func disabled(o *identity.Organization, so string) *analyzer.Finding {
	org := o.Resource
	f := &analyzer.Finding{Verdict: analyzer.Violation, Severity: analyzer.High, Resource: org}
	enabled, _ := policiesEnabled(o)
	if features := org.Attr("feature_set"); enabled == value.No && features.TextOr("") == "CONSOLIDATED_BILLING" {
		f.Span, f.Defect = org.AttributeSpan("feature_set"), "consolidated-billing"
		f.Assumptions = assumptions(org, features)
		f.Message = fmt.Sprintf("'%s' has consolidated billing only, so %s; set feature_set to ALL.", org.Address, so)
		f.Witness = rootWithoutMFA()
		return f
	}
	if enabled != value.No || org.Exists != value.Yes {
		return nil
	}
	f.Span, f.Defect = org.AttributeSpan("enabled_policy_types"), "type-disabled"
	f.Assumptions = assumptions(org, org.Attr("enabled_policy_types"))
	f.Message = fmt.Sprintf("'%s' does not enable service control policies, so %s; add SERVICE_CONTROL_POLICY to enabled_policy_types.", org.Address, so)
	f.Witness = rootWithoutMFA()
	f.Fixes = listed(o, "enabled_policy_types", "SERVICE_CONTROL_POLICY", "enable service control policies, and with them what is attached")
	if len(o.Policies) == 0 && len(f.Fixes) > 0 { // there is nothing that would be
		sessions := o.Features != nil && enables(o.Features, "RootSessions") != value.No
		message := "enable service control policies, and draft one that denies root without MFA, attached to the root of the organization; test it on one unit first"
		if more := missingSCP(o, "require-root-mfa", rootMFAPolicy(nil, sessions), message); len(more) > 0 {
			more[0].Edits = append(f.Fixes[0].Edits, more[0].Edits...)
			f.Fixes = more
		}
	}
	return f
}

func rootWithoutMFA() *analyzer.Witness {
	return &analyzer.Witness{
		Principal: "arn:aws:iam::111122223333:root", Action: "iam:CreateUser", Absent: []string{"aws:MultiFactorAuthPresent"},
		Words: "root of any member account calling iam:CreateUser with an access key (aws:MultiFactorAuthPresent absent)",
	}
}
