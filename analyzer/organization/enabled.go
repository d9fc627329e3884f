package organization

import (
	"fmt"

	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/value"
)

// PoliciesEnabled says whether service control policies have any effect in an
// organization that is declared here. Cloud Control's resource does not show it:
// there an attached policy shows that they do, because AWS refuses it otherwise.
func PoliciesEnabled(o *identity.Organization) (value.Tri, []value.Reason) {
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

// A Disabling is why no service control policy of an organization has any effect.
type Disabling struct {
	org *terraform.Resource
	// Attribute is the one of the organization that says so.
	Attribute      string
	words, instead string
}

// DisablingOf is why no policy of an organization that is declared here has any
// effect, whatever is attached; nil where one may have.
func DisablingOf(o *identity.Organization) *Disabling {
	org := o.Resource
	enabled, _ := PoliciesEnabled(o)
	switch {
	case enabled != value.No:
		return nil
	case org.Attr("feature_set").TextOr("") == "CONSOLIDATED_BILLING":
		return &Disabling{org, "feature_set", "has consolidated billing only", "set feature_set to ALL"}
	case org.Exists != value.Yes:
		return nil
	}
	return &Disabling{org, "enabled_policy_types", "does not enable service control policies", "add SERVICE_CONTROL_POLICY to enabled_policy_types"}
}

// So is a sentence: why, what follows from it, and what to do.
func (d *Disabling) So(what string) string {
	return fmt.Sprintf("'%s' %s, so %s; %s.", d.org.Address, d.words, what, d.instead)
}
