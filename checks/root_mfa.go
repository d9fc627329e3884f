package checks

import (
	"fmt"
	"strings"
	"time"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/organization"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/value"
	"github.com/iamvet/iamvet/checks/fixes"
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
	held, failed, undetermined := organization.ByVerdict(c.question.Outcomes())
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
			c.reportNear(p, near, worst.Result, severityOf(worst.Result.Class))
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
	default:
		c.reportMissing(held, worst)
	}
}

func (c *rootMFACheck) reportMissing(held []rootOutcome, worst rootOutcome) {
	org := c.org.Resource
	f := &analyzer.Finding{
		Verdict: analyzer.Violation, Severity: severityOf(worst.Result.Class), Resource: org, Span: org.Header, Defect: "missing",
		Message: fmt.Sprintf("No service control policy of '%s' keeps the root user of a member account from acting without MFA; attach one to the root of the organization that denies it.", org.Address),
		Witness: request(worst.Result.Witness), Assumptions: assumptions(org),
	}
	if len(held) > 0 {
		f.Message = strings.TrimSuffix(f.Message, ".") + fmt.Sprintf(" (everything is denied in %s).", organization.InWords(organization.Gathered(c.org, organization.Where(held))))
	}
	f.Fixes = fixes.DraftRootMFA(c.org, c.pass.Settings.RootExemptActions, "draft a service control policy that denies root without MFA, attached to the root of the organization; test it on one unit first")
	c.pass.Report(f)
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

func (c *rootMFACheck) reportNear(p *identity.OrganizationPolicy, near *proof.NearMiss, r proof.RootResult, severity analyzer.Severity) {
	f := &analyzer.Finding{
		Verdict: analyzer.Violation, Severity: severity, Resource: p.Resource, Span: near.Span().Or(p.Resource.Header),
		Defect: near.Defect, Statement: statementText(near.Statement), Witness: request(r.Witness),
		Assumptions: assumptions(p.Resource, p.Content),
	}
	verb := "does not keep root from acting without MFA"
	if r.Class == proof.RootPartial {
		verb = "keeps root from acting without MFA only in part"
	}
	f.Message = fmt.Sprintf("'%s' %s: %s; %s.", p.Resource.Address, verb, near.Words, fixes.Remedies[near.Defect])
	if near.Defect == proof.DefectMalformed && p.TooLong() {
		f.Span, f.Defect = p.Resource.AttributeSpan("content"), "too-long"
		f.Message = fmt.Sprintf("'%s' %s: %s.", p.Resource.Address, verb, tooLong(p))
	}
	if len(r.Exempt) > 0 {
		f.Message = strings.TrimSuffix(f.Message, ".") + fmt.Sprintf(" (it leaves %s).", strings.Join(r.Exempt, ", "))
	}
	f.Related = append(f.Related, attachmentsOf(p)...)
	f.Fixes = fixes.Repairs(near)
	if c.org.Resource != nil && organization.BindsNothing(c.org, p) {
		f.Message = strings.TrimSuffix(f.Message, ".") + "; and it binds no account: attach it to the root of the organization."
		f.Fixes = fixes.AndAttach(c.org, p, f.Fixes)
	}
	c.pass.Report(f)
}

func attachmentsOf(p *identity.OrganizationPolicy) []analyzer.Related {
	var out []analyzer.Related
	for _, a := range p.Attachments {
		if a.Resource != p.Resource {
			out = append(out, analyzer.Related{Message: "attached here", Span: a.Resource.Header, Address: a.Resource.Address})
		}
	}
	return out
}

// reportCoverage is for a policy that does it, where it is attached.
func (c *rootMFACheck) reportCoverage(p *identity.OrganizationPolicy, held, failed []rootOutcome) {
	bare := organization.Gathered(c.org, organization.Where(failed))
	f := &analyzer.Finding{
		Verdict: analyzer.Violation, Severity: coverageSeverity(failed), Resource: p.Resource, Span: p.Resource.Header, Defect: "coverage",
		Message: fmt.Sprintf("'%s' keeps root from acting without MFA where it is attached, but not in %s: attach it to the root of the organization.", p.Resource.Address, organization.InWords(bare)),
		Witness: request(failed[0].Result.Witness), Related: append(attachmentsOf(p), related(bare)...),
		Assumptions: assumptions(p.Resource, p.Content),
	}
	if p.Resource.Type == "aws_controltower_control" {
		f.Message = fmt.Sprintf("'%s' keeps root from acting where it is enabled, but not in %s: enable it there, or attach a policy of the kind to the root of the organization.", p.Resource.Address, organization.InWords(bare))
	}
	f.Fixes = fixes.AttachToRoot(c.org, p)
	c.pass.Report(f)
}

// coverageSeverity is high where an account is known that is not covered.
func coverageSeverity[R any](failed []organization.Outcome[R]) analyzer.Severity {
	for _, v := range failed {
		if v.IsAccount() {
			return analyzer.High
		}
	}
	return analyzer.Medium
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
	c.reportNear(near, nearResult.Near, nearResult, analyzer.High)
	return true
}

func (c *rootMFACheck) reportUnattached(p *identity.OrganizationPolicy, worst rootOutcome) {
	f := &analyzer.Finding{
		Verdict: analyzer.Violation, Severity: analyzer.High, Resource: p.Resource, Span: p.Resource.Header, Defect: "detached",
		Message: fmt.Sprintf("'%s' would keep root from acting without MFA, but it is attached to nothing; attach it to the root of the organization.", p.Resource.Address),
		Witness: request(worst.Result.Witness), Assumptions: assumptions(p.Resource, p.Content),
	}
	if len(p.Attachments) > 0 {
		a := p.Attachments[0]
		f.Span, f.Defect = a.Resource.AttributeSpan(organization.TargetAttribute(a)), "management-account"
		f.Message = fmt.Sprintf("'%s' would keep root from acting without MFA, but '%s' attaches it to the management account, where no service control policy has any effect; attach it to the root of the organization.", p.Resource.Address, a.Resource.Address)
	} else if d := c.org.Delegated; d != nil {
		f.Verdict = analyzer.Undetermined
		f.Message = fmt.Sprintf("'%s' would keep root from acting without MFA; nothing here attaches it, but '%s' lets policies be attached from elsewhere.", p.Resource.Address, d.Address)
		f.Needs = []value.Reason{{Text: "the attachments of '" + p.Resource.Address + "' that a delegated administrator made", Span: d.Header}}
	}
	f.Fixes = fixes.AttachToRoot(c.org, p)
	c.pass.Report(f)
}

// advise is for an organization where root cannot act without MFA: what breaks
// by it, and what AWS will refuse.
func (c *rootMFACheck) advise(held []rootOutcome) {
	f := c.overblocking(held)
	if f == nil {
		f = c.ending(held)
	}
	if f == nil {
		f = c.signsIn(held)
	}
	if f == nil {
		f = limits(c.pass.Model, c.org)
	}
	if f != nil {
		c.pass.Report(f)
	}
}

// ending is advice about a proof that ends soon.
func (c *rootMFACheck) ending(held []rootOutcome) *analyzer.Finding {
	for _, v := range held {
		if v.Result.Until.IsZero() {
			continue
		}
		for _, s := range v.Result.Deciding {
			if p := organization.PolicyOf(c.org, s.Document); p != nil {
				return &analyzer.Finding{
					Verdict: analyzer.Advice, Severity: analyzer.Note, Resource: p.Resource, Span: s.Span().Or(p.Resource.Header), Defect: "ends-soon",
					Statement: statementText(s),
					Message:   fmt.Sprintf("'%s' keeps root from acting without MFA until %s only: %s tests the time.", p.Resource.Address, moment(v.Result.Until), proof.StatementName(s)),
				}
			}
		}
	}
	return nil
}

// signsIn is advice about a proof that leaves sign-in itself.
func (c *rootMFACheck) signsIn(held []rootOutcome) *analyzer.Finding {
	for _, v := range held {
		if len(v.Result.SignsIn) == 0 {
			continue
		}
		for _, s := range v.Result.Deciding {
			if p := organization.PolicyOf(c.org, s.Document); p != nil && s.NotAction {
				return &analyzer.Finding{
					Verdict: analyzer.Advice, Severity: analyzer.Note, Resource: p.Resource, Span: s.Span().Or(p.Resource.Header), Defect: "signs-in",
					Statement: statementText(s),
					Message:   fmt.Sprintf("'%s' keeps root from acting without MFA, and %s leaves %s, which only sign in: root may get a session without MFA, which may do nothing.", p.Resource.Address, proof.StatementName(s), strings.Join(v.Result.SignsIn, ", ")),
				}
			}
		}
	}
	return nil
}

// moment is a time as messages tell it.
func moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// overblocking is advice about a policy that holds and breaks something.
func (c *rootMFACheck) overblocking(held []rootOutcome) *analyzer.Finding {
	for _, v := range held {
		s, text := v.Result.BlocksRoles, "also denies every role session, because none carries MFA: what runs in the accounts (functions, instances, pipelines), federated people and the roles of services stop working; add a condition on aws:PrincipalArn for arn:*:iam::*:root"
		defect := "blocks-roles"
		if s == nil && c.org.Features != nil && organization.Enables(c.org.Features, "RootSessions") == value.Yes {
			s, defect = v.Result.BlocksAssumedRoot, "blocks-central-root"
			text = "also denies the central root sessions that '" + c.org.Features.Address + "' enables: nobody can delete root credentials or repair a bucket or queue policy from the management account; add \"Null\": {\"aws:AssumedRoot\": \"true\"}"
		}
		if s == nil {
			continue
		}
		p := organization.PolicyOf(c.org, s.Document)
		if p == nil {
			continue
		}
		if p.Resource.Type == "aws_controltower_control" {
			text = strings.Replace(text, "add \"Null\": {\"aws:AssumedRoot\": \"true\"}", "give the control the parameter ExemptAssumeRoot", 1)
		}
		mend := fixes.BindRoot(s)
		if defect == "blocks-central-root" {
			mend = fixes.AlsoRequire(s, "Null", "aws:AssumedRoot", "true", "leave the central root sessions alone, which are then no longer denied by this")
		}
		return &analyzer.Finding{
			Verdict: analyzer.Advice, Severity: analyzer.Note, Resource: p.Resource, Span: s.Span().Or(p.Resource.Header), Defect: defect,
			Statement: statementText(s), Fixes: mend,
			Message: fmt.Sprintf("'%s' keeps root from acting without MFA, but %s %s.", p.Resource.Address, proof.StatementName(s), text),
		}
	}
	return nil
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
				c.reportNear(p, r.Near, r, severityOf(r.Class))
				found = true
			}
		}
	}
	return found
}
