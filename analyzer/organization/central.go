package organization

import (
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/value"
)

// CentralRootManagement says whether the organization can remove the root
// credentials of its accounts centrally: the feature is enabled and its service
// is trusted.
func CentralRootManagement(o *identity.Organization) (managed value.Tri, why []value.Reason) {
	if o.Features == nil {
		return value.No, nil
	}
	enabled := Enables(o.Features, "RootCredentialsManagement")
	trusted := trustsIAM(o.Resource)
	managed = o.Features.Exists.And(enabled).And(trusted)
	if managed == value.Maybe {
		why = value.Needs("what '"+o.Features.Address+"' enables", o.Features.Header,
			o.Features.Attr("enabled_features"), o.Resource.Attr("aws_service_access_principals"))
		why = append(why, o.Features.Why...)
	}
	return managed, why
}

// Enables says whether a feature of central root management is enabled.
func Enables(features *terraform.Resource, name string) value.Tri {
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
