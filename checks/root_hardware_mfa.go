package checks

import (
	"fmt"
	"strings"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/value"
)

// RootHardwareMFA is IV103.
var RootHardwareMFA = &analyzer.Check{
	ID:         "IV103",
	Name:       "root-hardware-mfa",
	Title:      "the MFA device of the root user is virtual",
	Severity:   analyzer.Medium,
	Severities: []analyzer.Severity{analyzer.Medium},
	Doc: `An aws_iam_virtual_mfa_device that is the root user's: by the name that the
console gives root's virtual device, root-account-mfa-device, or because a state
says that the device belongs to root.

The secret of a virtual device can be copied: from the Terraform state that
holds its seed, from a backup of the phone, by whoever set it up. Root opens
everything in the account, so its second factor should be a thing that exists
once. Of 1,143 accounts measured in 2021, 868 (75.9 %) had no hardware MFA for
root.

It is fine when root has a hardware token or a passkey: Terraform knows neither,
so nothing is said. What aws iam list-virtual-mfa-devices prints decides it for an
account as it is deployed (--credential-report takes it too). Any other name of a device, "root-backup" say, proves nothing
and is not reported.`,
	Remediation: `Enrol a FIDO2 security key or a hardware token for root, and remove the virtual
device. In an organization, remove the root credentials of member accounts
altogether (centralized root access), and keep a hardware device for the
management account.`,
	References: []analyzer.Reference{
		{Title: "A Real-World Look at AWS Best Practices: Root Accounts (Netskope)", URL: "https://www.netskope.com/blog/a-real-world-look-at-aws-best-practices-root-accounts"},
		{Title: "AWS: Multi-factor authentication for the root user", URL: "https://docs.aws.amazon.com/IAM/latest/UserGuide/enable-mfa-for-root.html"},
	},
	Controls: append(cis1("1.6"), controls("cis-1.2 1.14", "cis-5.0 1.5", "cis-6.0 2.5", "cis-7.0 2.6", "fsbp IAM.6",
		"aws-config root-account-hardware-mfa-enabled", "nist-800-53-r5 AC-2(1) AC-3(15) IA-2(1) IA-2(2) IA-2(6) IA-2(8)",
		"pci-dss-3.2.1 8.3.1", "pci-dss-4.0.1 8.4.2", "mitre-attack T1556.006")...),
	Settings: []string{"govcloud_accounts"},
	Tags:     []string{"root", "mfa"},
	Subjects: []string{"aws_iam_virtual_mfa_device"},
	Tell:     tellRootDevice,
	Run:      rootHardwareMFA,

	Deployed: reportedRootDevice,
}

// rootDevice is what the console calls the virtual device of root.
const rootDevice = "root-account-mfa-device"

func rootHardwareMFA(p *analyzer.Pass) error {
	for _, d := range p.Model.MFADevices {
		if d.Resource.Deleted() {
			continue
		}
		is, because := ofRoot(d)
		is = is.And(d.Resource.Exists)
		if is == value.No || inGovCloud(p, d.Resource) {
			continue
		}
		span := d.Resource.AttributeSpan("virtual_mfa_device_name")
		f := &analyzer.Finding{
			Severity: analyzer.Medium, Resource: d.Resource, Span: span, Defect: "virtual-device",
			Assumptions: assumptions(d.Resource, d.Name),
		}
		if is == value.Maybe {
			f.Message = fmt.Sprintf("Whether '%s' is the MFA device of the root user depends on a value that is not known.", d.Resource.Address)
			f.Needs = append(value.Needs("the name of the device", span, d.Name), d.Resource.Why...)
			p.Report(f)
			continue
		}
		f.Verdict = analyzer.Violation
		f.Message = fmt.Sprintf("'%s' is a virtual MFA device of the root user (%s), whose secret can be copied and stands in the Terraform state; use a FIDO2 key or a hardware token for root.", d.Resource.Address, because)
		f.Witness = &analyzer.Witness{
			Principal: "the root user of the account", Action: "iam:CreateUser",
			Words: "whoever has read the device's seed, in the state or where it was set up, signing in as root with the password and a code of their own making",
		}
		p.Report(f)
	}
	return nil
}

// inGovCloud says that a resource is in an account that has no root user.
func inGovCloud(p *analyzer.Pass, r *terraform.Resource) bool {
	account := r.Account()
	if arn, ok := r.Attr("arn").Text(); ok && account == "" {
		if parts := strings.SplitN(arn, ":", 6); len(parts) == 6 {
			account = parts[4]
		}
	}
	return p.Settings.GovCloud(account, "")
}

// ofRoot says whether a device is root's, and how one can tell.
func ofRoot(d *identity.MFADevice) (value.Tri, string) {
	if user, ok := d.Resource.Attr("user_name").Text(); ok && identity.IsRootName(user) {
		return value.Yes, "the state names root as its user"
	}
	if arn, ok := d.Resource.Attr("arn").Text(); ok && strings.HasSuffix(arn, ":mfa/"+rootDevice) {
		return value.Yes, "by its ARN"
	}
	if identity.DerivedFrom(d.Name, "aws_iam_user", "random_") {
		return value.No, ""
	}
	if text, ok := d.Name.Text(); ok {
		return value.TriOf(text == rootDevice), "by the name that the console gives it"
	}
	return identity.MayNameRoot(d.Name, rootDevice), ""
}
