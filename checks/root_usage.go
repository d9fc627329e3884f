package checks

import (
	"fmt"
	"slices"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/organization"
	"github.com/iamvet/iamvet/analyzer/value"
	"github.com/iamvet/iamvet/checks/fixes"
)

// RootUsage is IV104.
var RootUsage = &analyzer.Check{
	ID:         "IV104",
	Name:       "root-usage",
	Title:      "nothing restrains or watches everyday use of root",
	Severity:   analyzer.Medium,
	Severities: []analyzer.Severity{analyzer.Medium},
	Doc: `Of an organization that is declared here: a member account whose root user may be
used every day, with MFA, from anywhere, and nobody notices. No service control
policy denies root or confines it to known networks, its credentials are not
managed centrally, and nothing in the scan watches it: no alarm on a metric filter
about userIdentity.type Root, and no EventBridge rule with a target that matches
what root does or that it signs in.

Root can do everything, in every account, and what it does cannot be told from
what somebody else with its password does. It is needed for a handful of tasks.

It is fine when any of these is there. A GuardDuty detector alone is not: it notices
and tells nobody, unless a rule passes its finding on. Where root may even act
without MFA, root-mfa says so and this rule is silent. With a credential report
(--credential-report) any use of root in the last 7 days (root_usage_days) is reported.`,
	Remediation: `Deny root by a service control policy on the root of the organization, or manage
root access centrally (aws_iam_organizations_features), or at least have its use
told: an EventBridge rule on events of CloudTrail whose userIdentity.type is Root,
with a target that reaches people, in every account.`,
	Mends: mendUsage,
	References: []analyzer.Reference{
		{Title: "A Real-World Look at AWS Best Practices: Root Accounts", URL: "https://www.netskope.com/blog/a-real-world-look-at-aws-best-practices-root-accounts"},
		{Title: "AWS: Root user best practices", URL: "https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-best-practices.html"},
		{Title: "AWS: Centrally manage root access for member accounts", URL: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user-access-management.html"},
	},
	Controls: append(cis1("1.7"), controls("cis-1.2 1.1", "cis-5.0 1.6", "cis-6.0 2.6", "cis-7.0 2.7", "control-tower AWS-GR_RESTRICT_ROOT_USER", "mitre-attack T1078.004")...),
	Settings: []string{"root_usage_days", "root_exempt_actions", "allowed_cidrs", "govcloud_accounts"},
	Tags:     []string{"root", "monitoring", "organization"},
	Subjects: organizationTypes,
	Tell:     tellRootUsage,
	Behind:   "IV102",
	Estate:   true,
	Run:      rootUsage,
	Deployed: eachRoot(reportedRootUsage),
}

func rootUsage(p *analyzer.Pass) error {
	terms, err := networkTerms(p)
	if err != nil {
		return err
	}
	for _, o := range p.Model.Organizations {
		if p.Over() {
			break
		}
		p.About(p.Model.Key(o), func() {
			if o.Resource == nil || organization.DisablingOf(o) != nil {
				return // IV102 says so already
			}
			c := rootUsageCheck{pass: p, org: o, terms: terms}
			c.decide()
		})
	}
	return nil
}

type rootUsageCheck struct {
	pass  *analyzer.Pass
	org   *identity.Organization
	terms organization.Terms
}

func (c *rootUsageCheck) decide() {
	mfa := organization.RootMFA(c.org, c.terms).Outcomes()
	_, failed, undetermined := organization.ByVerdict(mfa)
	managed, why := organization.CentralRootManagement(c.org)
	if managed == value.Yes || len(failed) > 0 {
		return // IV102 says what there is to say
	}
	free, needs := organization.Unrestrained(c.org, c.terms, mfa)
	watched, unseen := c.pass.Model.WatchesRoot()
	if len(free) == 0 && len(needs) == 0 || watched == value.Yes {
		return
	}
	for _, u := range undetermined {
		needs = append(needs, u.Needs...)
	}
	// Where a policy is attached that denies a few actions decides nothing here.
	if wide := organization.WithoutNarrow(c.org, needs); len(wide)+len(why)+len(unseen) > 0 {
		needs = slices.Concat(wide, why, unseen)
	}
	if len(free) == 0 || managed == value.Maybe || watched == value.Maybe || len(undetermined) > 0 {
		c.undetermined(value.Distinct(needs))
		return
	}
	if rcp := organization.SignInPolicy(c.org); rcp != nil {
		c.undetermined([]value.Reason{{Text: "'" + rcp.Address + "' keeps root from signing in elsewhere where console authorization is enabled, which Terraform does not show", Span: rcp.Header}})
		return
	}
	c.violated(free, len(free) == len(mfa))
}

func (c *rootUsageCheck) undetermined(needs []value.Reason) {
	org := c.org.Resource
	f := &analyzer.Finding{
		Severity: analyzer.Medium, Resource: org, Span: org.Header, Defect: "unknown", Needs: needs,
		Message: fmt.Sprintf("Whether anything restrains or watches the use of root in '%s' depends on something that this scan does not show.", org.Address),
	}
	if len(needs) > 0 && !needs[0].Span.IsZero() {
		f.Related = []analyzer.Related{{Message: needs[0].Text, Span: needs[0].Span}}
	}
	c.pass.Report(f)
}

func (c *rootUsageCheck) violated(free []organization.Place, everywhere bool) {
	org := c.org.Resource
	where := "its member accounts"
	if list := organization.Gathered(c.org, free); !everywhere {
		where = organization.InWords(list)
	}
	f := &analyzer.Finding{
		Verdict: analyzer.Violation, Severity: analyzer.Medium, Resource: org, Span: org.Header, Defect: "unwatched",
		Message: fmt.Sprintf("Nothing restrains or watches root in '%s': in %s no service control policy denies it or confines it to known networks, root access is not managed centrally, and no alarm or rule here notices its use.", org.Address, where),
		Witness: &analyzer.Witness{
			Principal: "arn:aws:iam::111122223333:root", Action: "s3:ListAllMyBuckets", Context: map[string]string{"aws:MultiFactorAuthPresent": "true"},
			Words: "root of a member account at its daily work, with MFA and from anywhere: no policy stops it and nobody is told",
		},
		Assumptions: assumptions(org),
	}
	f.Fixes = fixes.WatchRoot(org)
	c.pass.Report(f)
}
