package checks

import (
	"fmt"
	"slices"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/value"
	"github.com/iamvet/iamvet/checks/fixes"
)

// RootAccessKey is IV101.
var RootAccessKey = &analyzer.Check{
	ID:         "IV101",
	Name:       "root-access-key",
	Title:      "an access key belongs to the root user",
	Severity:   analyzer.Critical,
	Severities: []analyzer.Severity{analyzer.Critical, analyzer.High, analyzer.Low},
	Doc: `An aws_iam_access_key whose user resolves to the account's root user: the
name "root" or "<root_account>" in any case, or a root ARN in any partition,
written out or reached through locals, variables, functions, modules, count or
for_each. Names that merely contain "root" are not meant.

Whoever holds an access key of root holds the account: no IAM policy limits it,
a long-term key carries no MFA, and it does not expire. Of 1,143 accounts
measured in 2021, 49 (4.3 %) had one.

An Inactive key is reported as low: it lets nobody in, but anyone who may update
keys can bring it back. An IAM user that is declared with the name root is not
the root user; it is reported as high, because everyone who reads logs and
policies will take it for root. With a credential report (--credential-report) an
active key of root is reported as it is deployed, the strongest evidence there is;
where there is none, an active signing certificate of root is reported as low.`,
	Remediation: `Delete the key. Where that has to wait, set status = "Inactive". Use IAM
roles, or central root access (sts:AssumeRoot), for the few tasks that need root.`,
	Mends: mendRootKey,
	References: []analyzer.Reference{
		{Title: "A Real-World Look at AWS Best Practices: Root Accounts", URL: "https://www.netskope.com/blog/a-real-world-look-at-aws-best-practices-root-accounts"},
		{Title: "AWS: Root user best practices", URL: "https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-best-practices.html"},
		{Title: "aws_iam_access_key", URL: "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_access_key"},
	},
	Controls: append(cis1("1.4"), controls("cis-1.2 1.12", "cis-5.0 1.3", "cis-6.0 2.3", "cis-7.0 2.4", "fsbp IAM.4", "control-tower AWS-GR_RESTRICT_ROOT_USER_ACCESS_KEYS",
		"aws-config iam-root-access-key-check", "nist-800-53-r5 AC-2(1) AC-3(15) AC-3(7) AC-6 AC-6(10) AC-6(2)",
		"pci-dss-3.2.1 2.1 2.2 7.2.1", "mitre-attack T1078.004")...),
	Settings: []string{"govcloud_accounts"},
	Tags:     []string{"root", "access-key"},
	Subjects: keyTypes,
	Tell:     tellRootKey,
	Run:      rootAccessKey,
	Deployed: eachRoot(reportedRootKey),
}

func rootAccessKey(p *analyzer.Pass) error {
	for _, key := range p.Model.Keys {
		if p.Over() {
			break
		}
		if key.Resource.Deleted() {
			continue
		}
		name, span := key.User, key.Resource.AttributeSpan("user")
		if key.Owner != nil {
			name = key.Owner.Name
		}
		is := identity.NamesRoot(name)
		if is == value.No || inGovCloud(p, key.Resource) {
			continue
		}
		f := &analyzer.Finding{
			Resource: key.Resource, Span: span, Defect: "root-key",
			Assumptions: assumptions(key.Resource, key.User, name),
		}
		if is = is.And(key.Resource.Exists); is == value.Maybe {
			whose := "the root user"
			if key.Owner != nil {
				whose = "an IAM user named root"
			}
			f.Message = fmt.Sprintf("Whether '%s' is an access key of %s depends on a value that is not known.", key.Resource.Address, whose)
			f.Severity, f.Needs = atWorst(key), append(value.Needs("the name of the key's user", span, key.User, name), key.Resource.Why...)
			p.Report(f)
			continue
		}
		f.Verdict = analyzer.Violation
		rootKeyFinding(p.Model, f, key, name)
		p.Report(f)
	}
	return nil
}

// atWorst is the severity of a key that may be root's: the user of one that is declared
// is an IAM user, whatever it is called.
func atWorst(key *identity.AccessKey) analyzer.Severity {
	switch {
	case key.Active() == value.No:
		return analyzer.Low
	case key.Owner != nil:
		return analyzer.High
	}
	return analyzer.Critical
}

func rootKeyFinding(m *identity.Model, f *analyzer.Finding, key *identity.AccessKey, name *value.Value) {
	address := key.Resource.Address
	subject := "the account root user"
	f.Severity = atWorst(key)
	if key.Owner != nil {
		subject = "an IAM user named root, '" + key.Owner.Resource.Address + "'"
		f.Related = append(f.Related, analyzer.Related{Message: "the user is declared here", Span: key.Owner.Resource.Header, Address: key.Owner.Resource.Address})
	}
	if key.Active() == value.No {
		f.Defect = "root-key-inactive"
		f.Message = fmt.Sprintf("'%s' keeps an inactive access key of %s; delete it, since setting it Active again is all it takes to use it.", address, subject)
		f.Offer = func() []*analyzer.Fix { return there(fixes.RemoveKey(m, key)) }
		return
	}
	if key.Owner != nil {
		f.Message = fmt.Sprintf("'%s' is an access key of %s: whoever reads logs and policies takes it for root, and its holder for the account's; rename the user, and delete the key or at least set it Inactive.", address, subject)
		f.Witness = &analyzer.Witness{
			Principal: "the IAM user root", Action: "iam:CreateUser", Absent: []string{"aws:MultiFactorAuthPresent"},
			Words: "the holder of the key, signing requests as an IAM user that is called root: it may do what the user's policies allow, without MFA where they do not ask for it",
		}
		offerRemoval(m, f, key)
		return
	}
	f.Message = fmt.Sprintf("'%s' resolves to an access key of %s (by its name, '%s'): whoever holds it may do everything in the account, without MFA; delete it, or at least set it Inactive.",
		address, subject, name.Printable())
	f.Witness = &analyzer.Witness{
		Principal: "the root user of the account", Action: "iam:CreateUser", Absent: []string{"aws:MultiFactorAuthPresent"},
		Words: "the holder of the key, signing any request as root: no MFA, no IAM policy and no session limit stands in the way",
	}
	offerRemoval(m, f, key)
}

// offerRemoval sets a key Inactive, or removes it.
func offerRemoval(m *identity.Model, f *analyzer.Finding, key *identity.AccessKey) {
	f.Offer = func() []*analyzer.Fix { return there(fixes.Deactivate(m, key), fixes.RemoveKey(m, key)) }
}

// there are the fixes that there are.
func there(all ...*analyzer.Fix) []*analyzer.Fix {
	return slices.DeleteFunc(all, func(f *analyzer.Fix) bool { return f == nil })
}
