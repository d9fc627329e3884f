package checks

import (
	"fmt"
	"slices"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
	"github.com/iamvet/iamvet/checks/fixes"
)

// UserKeyAtCreation is IV301.
var UserKeyAtCreation = &analyzer.Check{
	ID:         "IV301",
	Name:       "user-key-at-creation",
	Title:      "a user is provisioned together with an access key",
	Severity:   analyzer.Medium,
	Severities: []analyzer.Severity{analyzer.Medium, analyzer.High, analyzer.Low},
	Doc: `An aws_iam_user and an aws_iam_access_key for it that the same apply makes: both
declared in one root module (joined by reference or by name), or both created by
the plan at hand. It is worse for a user with a console password, who was given
two ways in before asking for one, and low where the key is Inactive: that lets
nobody in. A credential report (--credential-report) shows
it of deployed users: a key from the first ten seconds, or one that a user with a
console password never used.

A key that exists from the first minute is rarely one that somebody asked for:
it stays unused, unrotated and in the Terraform state. Of 12,478 users measured
in 2021, 1,331 (10.7 %) had been given a key within ten seconds of their
creation. A long-term API key of a service (aws_iam_service_specific_credential of
Amazon Bedrock or CloudWatch Logs) is a key like any other.

It is fine when the user exists already (the plan creates only the key), when
user or key are imported, and when the settings call the user a program
(machine_users in .iamvet.hcl) and it has no password.`,
	Remediation: `Prefer a role: IAM Identity Center for people, OIDC or IAM Roles Anywhere for
machines. Where a key is needed, let its owner ask for it, and create it in a
change of its own, with a rotation.`,
	Mends: mendKey,
	References: []analyzer.Reference{
		{Title: "A Real-World Look at AWS Best Practices: IAM User Accounts", URL: "https://www.netskope.com/blog/a-real-world-look-at-aws-best-practices-iam-user-accounts"},
		{Title: "AWS: Security best practices in IAM", URL: "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html"},
	},
	Controls: append(cis1("1.11"), controls("cis-5.0 1.10", "cis-6.0 2.10", "mitre-attack T1098.001")...),
	Settings: []string{"machine_users"},
	Tags:     []string{"user", "access-key"},
	Subjects: slices.Concat(userTypes, keyTypes),
	Tell:     tellKeyAtCreation,
	Run:      userKeyAtCreation,
	Deployed: eachUser(reportedKeyAtCreation),
}

func userKeyAtCreation(p *analyzer.Pass) error {
	console := map[source.Span][]*identity.AccessKey{} // by block, active keys of users with a password
	for _, key := range p.Model.Keys {
		if p.Over() {
			break
		}
		if key.Resource.Deleted() {
			continue
		}
		if key.Owner == nil {
			if u := possibleOwner(p.Model, key); u != nil {
				p.Report(whoseKey(key, u))
			}
			continue
		}
		if key.Owner.Resource.Deleted() || isMachine(p, key.Owner) {
			continue
		}
		together, why := identity.CreatedTogether(key.Resource, key.Owner.Resource)
		if together == value.No {
			continue
		}
		f := keyAtCreation(p.Model, key, together, why)
		switch body := key.Resource.Body; {
		case f.Verdict != analyzer.Violation:
		case f.Severity == analyzer.High:
			console[body] = append(console[body], key)
			f.Offer = func() []*analyzer.Fix { return fixes.WithdrawKey(p.Model, key, console[body]) }
		default:
			f.Offer = func() []*analyzer.Fix { return fixes.ReplaceKey(p.Model, key) }
		}
		p.Report(f)
	}
	apiKeysAtCreation(p)
	return nil
}

// possibleOwner is a declared user whose key it may be, when the name that the
// key is for is not known.
func possibleOwner(m *identity.Model, key *identity.AccessKey) *identity.User {
	if key.User.Ref != nil || key.User.Known() {
		return nil
	}
	for _, u := range m.Users {
		if u.Resource.Root != key.Resource.Root {
			continue
		}
		name, ok := u.Name.Text()
		if !ok || identity.MayNameRoot(key.User, name) != value.No {
			return u
		}
	}
	return nil
}

func whoseKey(key *identity.AccessKey, u *identity.User) *analyzer.Finding {
	span := key.Resource.AttributeSpan("user")
	return &analyzer.Finding{
		Severity: analyzer.Medium, Resource: key.Resource, Span: span, Defect: "same-apply",
		Message: fmt.Sprintf("Whether '%s' is for a user that the same apply creates ('%s') depends on a value that is not known.", key.Resource.Address, u.Resource.Address),
		Needs:   value.Needs("the name of the key's user", span, key.User),
	}
}

func keyAtCreation(m *identity.Model, key *identity.AccessKey, together value.Tri, why []value.Reason) *analyzer.Finding {
	k, u := key.Resource, key.Owner.Resource
	f := &analyzer.Finding{
		Resource: k, Span: k.AttributeSpan("user"), Defect: "same-apply", Severity: analyzer.Medium,
		Related: []analyzer.Related{{Message: "the user is created here", Span: u.Header, Address: u.Address}},
	}
	if f.Span.IsZero() {
		f.Span = k.Header
	}
	f.Assumptions = value.MergeAssumptions(assumptions(k, key.User), u.Assumptions)
	with := ""
	if login := m.LoginOf(key.Owner); login != nil {
		with = ", and with a console password"
		f.Severity = analyzer.High
		f.Related = append(f.Related, analyzer.Related{Message: "the console password is created here", Span: login.Resource.Header, Address: login.Resource.Address})
	}
	inactive := key.Active() == value.No
	if inactive { // it is no way in
		f.Severity, f.Defect = analyzer.Low, "same-apply-inactive"
	}
	f.Related = append(f.Related, credentialsBeside(m, key.Owner, "is created as well")...)
	if together == value.Maybe {
		f.Needs = why
		if len(why) == 0 {
			f.Needs = value.Needs("whether both are created", f.Span)
		}
		f.Message = fmt.Sprintf("Whether '%s' is created together with the user '%s' depends on a value that is not known.", k.Address, u.Address)
		return f
	}
	f.Verdict = analyzer.Violation
	if inactive {
		f.Message = fmt.Sprintf("'%s' gives the user '%s' an Inactive access key in the same apply that creates the user%s; delete the key, and let its owner ask for one.", k.Address, u.Address, with)
		f.Witness = &analyzer.Witness{
			Action: "iam:CreateAccessKey", Resource: u.Address,
			Words: "one apply calls iam:CreateUser and iam:CreateAccessKey for the user within seconds; the key lets nobody in while it is Inactive, but setting it Active is all it takes, and it stands in the Terraform state",
		}
		return f
	}
	f.Message = fmt.Sprintf("'%s' gives the user '%s' an access key in the same apply that creates the user%s; use a role instead, or create the key in a later change, when its owner asks for it.", k.Address, u.Address, with)
	f.Witness = &analyzer.Witness{
		Action: "iam:CreateAccessKey", Resource: u.Address,
		Words: "one apply calls iam:CreateUser and iam:CreateAccessKey for the user within seconds; the key is valid before anyone has asked for it, and stands in the Terraform state",
	}
	return f
}
