package checks

import (
	"fmt"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/certificate"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/organization"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/value"
)

// RootMFA is IV102.
var RootMFA = &analyzer.Check{
	ID:         "IV102",
	Name:       "root-mfa",
	Title:      "the root user may act without MFA",
	Severity:   analyzer.High,
	Severities: []analyzer.Severity{analyzer.High, analyzer.Medium, analyzer.Note},
	Doc: `Of an organization that is declared here: a member account whose root user is not
kept from acting without MFA by the service control policies on its path. The
policies are evaluated, all of them together, for a console session without MFA
(aws:MultiFactorAuthPresent is false) and for an access key (the key is absent),
for every action but the few that enrol a device. Operators that do not match an
absent key, principals that do not exist, lists of services, narrowing
conditions, policies attached to too little or to the management account alone:
each is found by the request that gets through, which the finding names.

IAM policies do not bind root; a service control policy does. Of 1,143 accounts
measured in 2021, 111 (9.7 %) had no MFA on root, and 737 had no MFA for it that
was in force at the account.

It is fine when the organization is not declared here (an absence would prove
nothing), and when root is denied altogether. Where central root access
management is on and no policy denies root, the finding is a note: it can remove
root's credentials, but does not show that it did. No service control policy
binds the management account: its root user needs MFA of its own. A credential
report (--credential-report) shows root without a device: high, and medium where the
scan shows policies that bind the account and keep root from acting all the same.`,
	Remediation: `Attach a service control policy to the root of the organization that denies
root everything but enrolling an MFA device, unless it has signed in with MFA. It
has effect where the organization has feature_set ALL and SERVICE_CONTROL_POLICY
among its enabled_policy_types.

The policy denies with

    StringLike   aws:PrincipalArn           arn:*:iam::*:root
    BoolIfExists aws:MultiFactorAuthPresent false

BoolIfExists also denies access keys, which carry no MFA key at all.`,
	Mends: mendPolicy,
	References: []analyzer.Reference{
		{Title: "A Real-World Look at AWS Best Practices: Root Accounts", URL: "https://www.netskope.com/blog/a-real-world-look-at-aws-best-practices-root-accounts"},
		{Title: "AWS: Service control policies", URL: "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html"},
		{Title: "AWS: IAM JSON policy elements: condition operators", URL: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html"},
	},
	Controls: append(cis1("1.5"), controls("cis-1.2 1.13", "cis-5.0 1.4", "cis-6.0 2.4", "cis-7.0 2.5", "fsbp IAM.9", "control-tower AWS-GR_RESTRICT_ROOT_USER AWS-GR_ROOT_ACCOUNT_MFA_ENABLED",
		"aws-config root-account-mfa-enabled", "nist-800-53-r5 AC-2(1) AC-3(15) IA-2(1) IA-2(2) IA-2(6) IA-2(8)",
		"pci-dss-3.2.1 8.3.1", "pci-dss-4.0.1 8.4.2", "mitre-attack T1078.004 T1556.006")...),
	Settings: []string{"root_exempt_actions", "govcloud_accounts"},
	Tags:     []string{"root", "mfa", "organization"},
	Subjects: estateTypes,
	Tell:     tellRootMFA,
	Estate:   true,
	Run:      rootMFA,
	Deployed: eachRoot(reportedRootMFA),
}

func rootMFA(p *analyzer.Pass) error {
	for _, o := range p.Model.Organizations {
		if p.Over() {
			break
		}
		p.About(p.Model.Key(o), func() {
			c := rootMFACheck{pass: p, org: o, question: organization.RootMFA(o, termsOf(p))}
			if o.Resource == nil {
				c.nearMissesAlone()
			} else if f := disabled(o, "no service control policy keeps root from acting without MFA"); f != nil {
				p.Report(f)
			} else {
				c.decide()
			}
		})
	}
	return nil
}

type rootMFACheck struct {
	pass     *analyzer.Pass
	org      *identity.Organization
	question *organization.Question[proof.RootResult]
}

type rootOutcome = organization.Outcome[proof.RootResult]

func (c *rootMFACheck) decide() {
	outcomes := c.question.Outcomes()
	certifyRoot(c.pass, c.org, certificate.OfRootMFA, c.pass.Settings.RootExemptActions, outcomes, func(r proof.RootResult) (proof.Verdict, *proof.Witness) { return r.Class.Verdict(), r.Witness })
	held, failed, undetermined := organization.ByVerdict(outcomes)
	switch {
	case len(failed) > 0:
		c.violated(held, failed)
	case len(undetermined) > 0:
		if len(c.org.Unread) > 0 && c.nearMissesAlone() {
			return
		}
		reportUndetermined(c.pass, c.org, analyzer.High, "root may act without MFA", undetermined[0])
	default:
		c.advise(held)
	}
}

// violated reports the weakest place once: the policy that comes near, or the
// one that is attached to too little, or none at all.
func (c *rootMFACheck) violated(held, failed []rootOutcome) {
	worst := failed[0]
	for _, v := range failed[1:] {
		if rank(v) > rank(worst) {
			worst = v
		}
	}
	if near := worst.Result.Near; near != nil {
		if p := organization.PolicyOf(c.org, near.Statement.Document); p != nil {
			c.reportNear(p, near, worst.Result, severityOf(worst.Result.Class), failed)
			return
		}
	}
	covering := c.covering(held)
	switch managed, why := organization.CentralRootManagement(c.org); {
	case managed == value.Yes:
		c.reportCentral(covering, failed)
	case managed == value.Maybe:
		features := c.org.Features
		c.pass.Report(&analyzer.Finding{
			Severity: analyzer.High, Resource: features, Span: features.Header, Defect: "unknown", Needs: why,
			Message: fmt.Sprintf("Whether root may act without MFA depends on what '%s' enables, which is not known.", features.Address),
		})
	case covering != nil:
		c.reportCoverage(covering, held, failed)
	case c.unattached(worst):
	case c.org.Features != nil && organization.Enables(c.org.Features, "RootCredentialsManagement") == value.Yes:
		c.reportUntrusted(worst)
	case c.nearElsewhere(worst, failed):
	default:
		c.reportMissing(held, worst)
	}
}

// nearElsewhere reports a policy that comes near where it is attached, which is not
// where it is worst: to mend it and to attach it to more is less than to write another.
func (c *rootMFACheck) nearElsewhere(worst rootOutcome, failed []rootOutcome) bool {
	for _, v := range failed {
		if v.Result.Near == nil {
			continue
		}
		// What AWS writes, nobody can mend.
		if p := organization.PolicyOf(c.org, v.Result.Near.Statement.Document); p != nil && p.Resource.Type != "aws_controltower_control" {
			c.reportNear(p, v.Result.Near, v.Result, severityOf(worst.Result.Class), failed)
			return true
		}
	}
	return false
}

// covering is the policy that keeps root from acting without MFA in the most
// places. One that stops roles as well is not meant for the whole organization.
func (c *rootMFACheck) covering(held []rootOutcome) *identity.OrganizationPolicy {
	count := map[*identity.OrganizationPolicy]int{}
	var best *identity.OrganizationPolicy
	for _, v := range held {
		for _, p := range organization.PoliciesOf(c.org, v.Result.Deciding) {
			if proof.StopsRoles(p.Document) != nil {
				continue
			}
			if count[p]++; best == nil || count[p] > count[best] {
				best = p
			}
		}
	}
	return best
}

// rank orders violations: nothing stops root, then part of it; a place with a
// policy that comes near tells more than one without.
func rank(v rootOutcome) int {
	r := 0
	if v.Result.Class != proof.RootPartial {
		r += 2
	}
	if v.Result.Near != nil {
		r++
	}
	return r
}

func severityOf(c proof.RootClass) analyzer.Severity {
	if c == proof.RootPartial {
		return analyzer.Medium
	}
	return analyzer.High
}

// unattached reports a policy that would do it, or nearly, and binds nothing:
// it has no attachment, or only one to the management account.
func (c *rootMFACheck) unattached(worst rootOutcome) bool {
	var near *identity.OrganizationPolicy
	var nearResult proof.RootResult
	for _, p := range c.org.Policies {
		if p.Document == nil || p.IsSCP() != value.Yes || p.Exists() != value.Yes || !organization.BindsNothing(c.org, p) {
			continue
		}
		r := c.question.Ask(organization.Alone(p.Document))
		if r.Class.Verdict() == proof.Holds && proof.StopsRoles(p.Document) == nil {
			c.reportUnattached(p, worst)
			return true
		}
		if near == nil && r.Class.Verdict() == proof.Violated && r.Near != nil {
			near, nearResult = p, r
		}
	}
	if near == nil {
		return false
	}
	c.reportNear(near, nearResult.Near, nearResult, analyzer.High, nil)
	return true
}

// nearMissesAlone is for policies of an organization that is declared
// elsewhere, or that depends on modules that are not at hand: an absence proves
// nothing, a policy that fails to do what it says does.
func (c *rootMFACheck) nearMissesAlone() bool {
	found := false
	for _, beside := range organization.PoliciesByRoot(c.org) {
		if r := c.question.Ask(organization.Together(beside)); r.Class.Verdict() != proof.Violated {
			continue
		}
		for _, p := range beside {
			r := c.question.Ask(organization.Alone(p.Document))
			if r.Class.Verdict() == proof.Violated && r.Near != nil {
				c.reportNear(p, r.Near, r, severityOf(r.Class), nil)
				found = true
			}
		}
	}
	return found
}
