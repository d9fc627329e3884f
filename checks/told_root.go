package checks

import (
	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/organization"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/value"
)

func tellRootMFA(p *analyzer.Pass, r *terraform.Resource) *analyzer.Told {
	e, _ := organization.EstateOf(p.Model, r)
	return property[proof.RootResult]{
		question: organization.RootMFA(e.Org, termsOf(p)),
		witness:  func(r proof.RootResult) *proof.Witness { return r.Witness },
		holds: func(r proof.RootResult) string {
			if r.Class == proof.RootDenied {
				return "root can do nothing at all"
			}
			return "root can do nothing without MFA but enrol a device"
		},
		unlike: "does not keep root from acting without MFA",
	}.tell(p, r)
}

func tellRootIP(p *analyzer.Pass, r *terraform.Resource) *analyzer.Told {
	terms, err := networkTerms(p)
	if err != nil {
		return inapplicable("%s.", upperFirst(err.Error()))
	}
	e, _ := organization.EstateOf(p.Model, r)
	return property[proof.SourceIPResult]{
		question: organization.RootNetworks(e.Org, terms),
		witness: func(r proof.SourceIPResult) *proof.Witness {
			if r.Witness == nil {
				return r.Contradiction
			}
			return r.Witness
		},
		holds: func(r proof.SourceIPResult) string {
			if r.Denied {
				return "root can do nothing at all"
			}
			return "root can act from the networks that are listed, at most"
		},
		unlike: "does not confine root to networks",
	}.tell(p, r)
}

func tellRootUsage(p *analyzer.Pass, r *terraform.Resource) *analyzer.Told {
	e, found := organization.EstateOf(p.Model, r)
	if !found {
		return inapplicable("The organization is not declared in this scan.")
	}
	if organization.DisablingOf(e.Org) != nil {
		return inapplicable("No service control policy has any effect here, and IV102 says so.")
	}
	terms, err := networkTerms(p)
	if err != nil {
		return inapplicable("%s.", upperFirst(err.Error()))
	}
	mfa := organization.RootMFA(e.Org, terms).Outcomes()
	_, failed, undetermined := organization.ByVerdict(mfa)
	managed, _ := organization.CentralRootManagement(e.Org)
	free, needs := organization.Unrestrained(e.Org, terms, mfa)
	watched, _ := p.Model.WatchesRoot()
	switch {
	case managed == value.Yes:
		return at(compliant("Root access is managed centrally."), "the features that are enabled", e.Org.Features.Header, e.Org.Features.Address)
	case len(failed) > 0:
		return inapplicable("Root may even act without MFA, and IV102 says so.")
	case watched == value.Yes:
		return compliant("Something in the scan notices what root does: an alarm on a metric filter, or an EventBridge rule with a target.")
	case len(free)+len(needs) == 0:
		return compliant("Everywhere in '%s' service control policies deny root, or confine it to known networks.", e.Org.Resource.Address)
	case len(undetermined) > 0:
		return unexplained(proof.Undetermined, needs)
	}
	return unexplained(proof.Violated, needs)
}

func tellRootDevice(p *analyzer.Pass, r *terraform.Resource) *analyzer.Told {
	if inGovCloud(p, r) {
		return inapplicable("Its account is in GovCloud, which has no root user.")
	}
	t := inapplicable("Its name is '%s', and not '%s', which the console gives the virtual device of root; nothing else shows whose it is.", r.Attr("virtual_mfa_device_name").ShownOr("not known"), rootDevice)
	return at(t, "the name of the device", r.AttributeSpan("virtual_mfa_device_name"), "")
}
