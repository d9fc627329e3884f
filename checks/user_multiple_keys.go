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

// UserMultipleKeys is IV302.
var UserMultipleKeys = &analyzer.Check{
	ID:         "IV302",
	Name:       "user-multiple-keys",
	Title:      "a user has more than one active access key",
	Severity:   analyzer.Medium,
	Severities: []analyzer.Severity{analyzer.Medium},
	Doc: `Two or more active access keys of one IAM user in one root module, whether they
are written as two resources, with count or for_each, or in two modules, and
whether they name the user by reference or by name in any case. A credential report
(--credential-report) shows it of deployed users.

A second key is one that nobody watches: it is not the one in use, so nobody
notices when it leaks, and it is not rotated with the first. Of 12,478 users
measured in 2021, 830 (6.7 %) had two active keys, and of those only 31 had one
newer than 30 days, as a rotation would.

It is fine when one of the two is Inactive, which is how a rotation ends, and
when only a plan makes a new key and removes the old one. Two active keys are
legitimate while a rotation is under way.`,
	Remediation: `Set the key that is no longer used to Inactive, and delete it once nothing has
missed it. Keep one active key per user; for programs in AWS, CI and data centres
use roles instead (OIDC, IAM Roles Anywhere).`,
	Mends: mendKey,
	References: []analyzer.Reference{
		{Title: "A Real-World Look at AWS Best Practices: IAM User Accounts (Netskope)", URL: "https://www.netskope.com/blog/a-real-world-look-at-aws-best-practices-iam-user-accounts"},
		{Title: "AWS: Manage access keys for IAM users", URL: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html"},
	},
	Controls: append(cis1("1.13"), controls("cis-5.0 1.12", "cis-6.0 2.12", "mitre-attack T1098.001")...),
	Tags:     []string{"user", "access-key"},
	Subjects: slices.Concat(userTypes, keyTypes),
	Tell:     tellMultipleKeys,
	Run:      userMultipleKeys,
	Deployed: eachUser(reportedMultipleKeys),
}

func userMultipleKeys(p *analyzer.Pass) error {
	groups := p.Model.KeysByUser()
	excess := map[source.Span][]*identity.AccessKey{} // by block, those that are too many
	for _, keys := range groups {
		if active, maybe := identity.ActiveKeys(keys); len(active) > 1 {
			for _, k := range slices.Concat(active[1:], maybe) {
				excess[k.Resource.Body] = append(excess[k.Resource.Body], k)
			}
		}
	}
	for _, keys := range groups {
		switch active, maybe := identity.ActiveKeys(keys); {
		case len(active) > 1:
			f := multipleKeys(active)
			if slices.ContainsFunc(active, (*identity.AccessKey).Forgotten) {
				p.Report(f) // it is out of the reach of any edit
				continue
			}
			f.Offer = func() []*analyzer.Fix { return fixes.SetInactive(p.Model, slices.Concat(active[1:], maybe), excess) }
			p.Report(f)
		case len(active)+len(maybe) > 1:
			p.Report(possiblyMultipleKeys(active, maybe))
		}
	}
	multipleAPIKeys(p)
	return nil
}

func multipleKeys(keys []*identity.AccessKey) *analyzer.Finding {
	later, first := keys[1], keys[0]
	f := &analyzer.Finding{
		Verdict: analyzer.Violation, Severity: analyzer.Medium, Resource: later.Resource, Span: keySpan(later),
		Defect: "two-active-keys", Assumptions: assumptions(later.Resource, later.User, first.User),
		Message: fmt.Sprintf("'%s' is the second active access key of %s, beside '%s'; set the one that is not in use Inactive.",
			later.Resource.Address, userWords(later), first.Resource.Address),
		Witness: &analyzer.Witness{
			Action: "sts:GetCallerIdentity",
			Words:  fmt.Sprintf("%d keys sign requests as %s: '%s' and '%s' are both Active", len(keys), userWords(later), first.Resource.Address, later.Resource.Address),
		},
	}
	if first.Forgotten() {
		f.Defect = "forgotten-key"
		f.Message = fmt.Sprintf("'%s' becomes the second active access key of %s: the plan forgets '%s', and does not delete it.", later.Resource.Address, userWords(later), first.Resource.Address)
		f.Witness.Words = fmt.Sprintf("%d keys sign requests as %s: the one that the plan forgets stays Active, and nobody sees it in the code or the state", len(keys), userWords(later))
	}
	for _, k := range keys {
		if k != later {
			f.Related = append(f.Related, analyzer.Related{Message: "another active key of the user", Span: k.Resource.Header, Address: k.Resource.Address})
		}
	}
	f.Related = append(f.Related, ownerOf(later)...)
	return f
}

func possiblyMultipleKeys(active, maybe []*identity.AccessKey) *analyzer.Finding {
	later := maybe[len(maybe)-1]
	f := &analyzer.Finding{
		Severity: analyzer.Medium, Resource: later.Resource, Span: keySpan(later), Defect: "two-active-keys",
		Message: fmt.Sprintf("Whether '%s' is a second active access key of %s depends on a value that is not known.", later.Resource.Address, userWords(later)),
	}
	for _, k := range maybe {
		f.Needs = append(f.Needs, k.Resource.Why...)
		if k.Active() == value.Maybe {
			f.Needs = append(f.Needs, value.Needs("the status of '"+k.Resource.Address+"'", k.Resource.AttributeSpan("status"), k.Resource.Attr("status"))...)
		}
	}
	if len(f.Needs) == 0 {
		f.Needs = value.Needs("whether '"+later.Resource.Address+"' exists", f.Span)
	}
	for _, k := range append(active, maybe[:len(maybe)-1]...) {
		f.Related = append(f.Related, analyzer.Related{Message: "another key of the user", Span: k.Resource.Header, Address: k.Resource.Address})
	}
	return f
}
