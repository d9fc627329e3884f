package checks

import (
	"fmt"
	"time"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/credential"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/organization"
	"github.com/iamvet/iamvet/analyzer/proof"
)

func reportedRootKey(p *analyzer.Pass, r *identity.Reported) *analyzer.Finding {
	for i, k := range r.Row.Keys {
		if k.Active != credential.Yes {
			continue
		}
		f := deployedFinding(r, analyzer.Critical, "deployed-root-key",
			fmt.Sprintf("%s has an active access key (access key %d, %s): whoever holds it may do everything in the account, without MFA; delete it.", upperFirst(who(p, r)), i+1, history(k.Rotated, k.LastUsed)))
		f.Witness = &analyzer.Witness{
			Principal: r.ARN, Action: "iam:CreateUser", Absent: []string{"aws:MultiFactorAuthPresent"},
			Words: "the holder of the key, signing any request as root: no MFA, no IAM policy and no session limit stands in the way",
		}
		return f
	}
	if r.HasActiveKey() == credential.Unsaid {
		return unsaid(r, analyzer.Critical, "deployed-root-key", who(p, r)+" has an active access key", "access_key_1_active and access_key_2_active of the root row")
	}
	for i, k := range r.Row.Keys {
		if k.Exists() {
			return deployedFinding(r, analyzer.Low, "deployed-root-key-inactive",
				fmt.Sprintf("%s keeps an inactive access key (access key %d, %s); delete it, since setting it Active again is all it takes to use it.", upperFirst(who(p, r)), i+1, history(k.Rotated, k.LastUsed)))
		}
	}
	if certificates := activeCertificates(r); certificates != "" {
		return deployedFinding(r, analyzer.Low, "deployed-root-certificate",
			fmt.Sprintf("%s has no access key, but %s: a credential of root as well, which no MFA goes with; delete it.", upperFirst(who(p, r)), certificates))
	}
	return nil
}

func reportedRootMFA(p *analyzer.Pass, r *identity.Reported) *analyzer.Finding {
	if r.Password.Enabled == credential.No && r.HasActiveKey() == credential.No {
		return nil // root has nothing to sign in with: its credentials were removed centrally
	}
	switch r.WithoutMFA() {
	case credential.Yes:
		guard, bound := rootGuard(p, r)
		if guard == proof.MFAEnforced || guard == proof.RootDenied {
			return deployedFinding(r, analyzer.Medium, "deployed-without-device",
				fmt.Sprintf("%s has no MFA device: %s, but its password still signs in, and whoever has it may be the first to enrol a device; enrol one, or remove root's credentials centrally.", upperFirst(who(p, r)), bound))
		}
		f := deployedFinding(r, analyzer.High, "deployed-without-mfa",
			fmt.Sprintf("%s has no MFA device: its password alone opens the account; give it one, or remove root's credentials centrally.%s", upperFirst(who(p, r)), bound))
		f.Witness = &analyzer.Witness{
			Principal: r.ARN, Action: "iam:CreateUser", Context: map[string]string{"aws:MultiFactorAuthPresent": "false"},
			Words: "whoever knows or resets the password of root, in a console session without MFA",
		}
		return f
	case credential.Unsaid:
		return unsaid(r, analyzer.High, "deployed-without-mfa", who(p, r)+" has an MFA device", "mfa_active of the root row")
	}
	return nil
}

func reportedRootUsage(p *analyzer.Pass, r *identity.Reported) *analyzer.Finding {
	days := p.Settings.RootUsageLimit()
	if p.Now.IsZero() || r.UsedWithin(p.Now, time.Duration(days)*credential.Day) != credential.Yes {
		return nil
	}
	return deployedFinding(r, analyzer.Medium, "deployed-use",
		fmt.Sprintf("%s was used on %s, within the last %d days; root is for the few tasks that need it, not for administration.", upperFirst(who(p, r)), date(r.LastUsed()), days))
}

// rootGuard says what the service control policies of the scan make of root in
// the account of a row: the class where the scan shows that they bind it, and how,
// as a clause; else a sentence about what they would do, or "".
func rootGuard(p *analyzer.Pass, r *identity.Reported) (proof.RootClass, string) {
	for _, o := range p.Model.Organizations {
		if o.Resource == nil || organization.DisablingOf(o) != nil {
			continue
		}
		if o.Resource.Attr("master_account_id").TextOr("") == r.Account {
			return proof.RootNone, fmt.Sprintf(" It is the management account of '%s', which no service control policy binds.", o.Resource.Address)
		}
		outcomes := organization.RootMFA(o, termsOf(p)).Outcomes()
		for _, out := range outcomes {
			if !out.IsAccount() || out.Node.ID != r.Account || out.Verdict != proof.Holds {
				continue
			}
			if out.Result.Class == proof.RootDenied {
				return proof.RootDenied, fmt.Sprintf("the service control policies of '%s' deny it everything", o.Resource.Address)
			}
			return proof.MFAEnforced, fmt.Sprintf("the service control policies of '%s' deny it everything without MFA but what enrols a device", o.Resource.Address)
		}
		if held, failed, undetermined := organization.ByVerdict(outcomes); len(held) > 0 && len(failed)+len(undetermined) == 0 {
			return proof.RootNone, fmt.Sprintf(" In the member accounts of '%s' service control policies keep root from acting without MFA; this scan does not show whether this is one of them.", o.Resource.Address)
		}
	}
	return proof.RootNone, ""
}

// reportedRootDevice judges the lists of virtual MFA devices: root's is not among
// them where it is a thing that exists once.
func reportedRootDevice(p *analyzer.Pass) error {
	for _, d := range p.Model.Devices {
		if d.Root && !p.Settings.GovCloud(d.Account, d.Partition) && !knownDevice(p, d) {
			p.Report(&analyzer.Finding{
				Verdict: analyzer.Violation, Severity: analyzer.Medium, Defect: "deployed-virtual-device", Statement: d.Account, File: d.File.Name,
				Message: fmt.Sprintf("The MFA device of the root user of account '%s' is a virtual one, whose secret can be copied; use a FIDO2 key or a hardware token for root.", d.Account),
				Witness: &analyzer.Witness{
					Principal: "arn:" + d.Partition + ":iam::" + d.Account + ":root", Action: "iam:CreateUser", Context: map[string]string{"aws:MultiFactorAuthPresent": "true"},
					Words: "whoever has a copy of the device's seed, signing in as root with the password and a code of their own making",
				},
			})
		}
	}
	return nil
}

// knownDevice adds what a list says to the finding on the device that the code
// declares as root's.
func knownDevice(p *analyzer.Pass, d identity.Devices) bool {
	for _, code := range p.Found {
		account := identity.AccountOf(code.Resource)
		if code.Verdict == analyzer.Violation && (account == "" || account == d.Account) {
			code.Related = append(code.Related, analyzer.Related{Message: fmt.Sprintf("the list of the virtual devices of account %s shows it (%s)", d.Account, d.File.Name)})
			return true
		}
	}
	return false
}
