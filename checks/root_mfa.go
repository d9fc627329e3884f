package checks

import (
	"fmt"
	"strings"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/policy"
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
binds the management account: its root user needs MFA of its own.`,
	Remediation: `Attach a service control policy to the root of the organization that denies
root everything but enrolling an MFA device, as long as it has none.

The policy denies with

    StringLike   aws:PrincipalArn           arn:*:iam::*:root
    BoolIfExists aws:MultiFactorAuthPresent false

BoolIfExists also denies access keys, which carry no MFA key at all.`,
	References: []analyzer.Reference{
		{Title: "A Real-World Look at AWS Best Practices: Root Accounts", URL: "https://www.netskope.com/blog/a-real-world-look-at-aws-best-practices-root-accounts"},
		{Title: "AWS: Service control policies", URL: "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html"},
		{Title: "AWS: IAM JSON policy elements: condition operators", URL: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html"},
	},
	Controls: []analyzer.Control{
		{Framework: "cis-1.2", ID: "1.13"}, {Framework: "cis-1.4", ID: "1.5"}, {Framework: "cis-5.0", ID: "1.4"},
		{Framework: "cis-6.0", ID: "2.4"}, {Framework: "cis-7.0", ID: "2.5"}, {Framework: "fsbp", ID: "IAM.9"},
		{Framework: "aws-config", ID: "root-account-mfa-enabled"}, {Framework: "mitre-attack", ID: "T1078.004"},
	},
	Tags: []string{"root", "mfa", "organization"},
	Run:  rootMFA,
}

func rootMFA(p *analyzer.Pass) error {
	opt := proof.RootOptions{Exempt: p.Settings.RootExemptActions}
	for _, o := range p.Model.Organizations {
		c := rootMFACheck{pass: p, org: o, opt: opt}
		if o.Resource == nil {
			c.nearMissesAlone()
			continue
		}
		if f := disabled(o, "no service control policy keeps root from acting without MFA"); f != nil {
			p.Report(f)
			continue
		}
		c.decide()
	}
	return nil
}

// disabled is the finding that the organization has no service control
// policies at all: then nothing that is attached has any effect.
func disabled(o *identity.Organization, so string) *analyzer.Finding {
	org := o.Resource
	f := &analyzer.Finding{Verdict: analyzer.Violation, Severity: analyzer.High, Resource: org}
	features := org.Attr("feature_set")
	if text, ok := features.Text(); ok && text == "CONSOLIDATED_BILLING" {
		f.Span, f.Defect = attributeSpan(org, "feature_set"), "consolidated-billing"
		f.Assumptions = assumptions(org, features)
		f.Message = fmt.Sprintf("'%s' has consolidated billing only, so %s; set feature_set to ALL.", org.Address, so)
		f.Witness = rootWithoutMFA("service control policies need all features")
		return f
	}
	types := org.Attr("enabled_policy_types")
	if types.Is(value.Unknown) || types.Open {
		return nil
	}
	for _, t := range types.Elems {
		if text, ok := t.Text(); !ok || text == "SERVICE_CONTROL_POLICY" {
			return nil
		}
	}
	f.Span, f.Defect = attributeSpan(org, "enabled_policy_types"), "type-disabled"
	f.Assumptions = assumptions(org, types)
	f.Message = fmt.Sprintf("'%s' does not enable service control policies, so %s; add SERVICE_CONTROL_POLICY to enabled_policy_types.", org.Address, so)
	f.Witness = rootWithoutMFA("service control policies are not enabled")
	return f
}

func rootWithoutMFA(because string) *analyzer.Witness {
	return &analyzer.Witness{
		Principal: "arn:aws:iam::111122223333:root", Action: "iam:CreateUser", Absent: []string{"aws:MultiFactorAuthPresent"},
		Words: "root of any member account calling iam:CreateUser with an access key (aws:MultiFactorAuthPresent absent): " + because,
	}
}

type rootMFACheck struct {
	pass *analyzer.Pass
	org  *identity.Organization
	opt  proof.RootOptions
}

type rootOutcome = outcome[proof.RootResult]

func (c *rootMFACheck) decide() {
	q := question[proof.RootResult]{
		org:     c.org,
		ask:     func(levels []proof.Level) proof.RootResult { return proof.RootMFA(levels, c.opt) },
		verdict: func(r proof.RootResult) proof.Verdict { return r.Class.Verdict() },
		needs:   func(r proof.RootResult) []value.Reason { return r.Needs },
	}
	held, failed, undetermined := q.answers()
	switch {
	case len(failed) > 0:
		c.violated(held, failed)
	case len(undetermined) > 0:
		reportUndetermined(c.pass, c.org, analyzer.High, "root may act without MFA", undetermined[0])
	default:
		c.overblocking(held)
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
	if near := worst.result.Near; near != nil {
		if p := policyOf(c.org, near.Statement.Document); p != nil {
			c.reportNear(p, near, worst.result, severityOf(worst.result.Class))
			return
		}
	}
	if len(held) > 0 {
		if p := policyOf(c.org, documentOf(held[0].result.Deciding)); p != nil {
			c.reportCoverage(p, held, failed)
			return
		}
	}
	if c.unattached(worst) {
		return
	}
	if f := c.centrally(); f != nil {
		c.pass.Report(f)
		return
	}
	org := c.org.Resource
	f := &analyzer.Finding{
		Verdict: analyzer.Violation, Severity: analyzer.High, Resource: org, Span: org.Header, Defect: "missing",
		Message: fmt.Sprintf("No service control policy of '%s' keeps the root user of a member account from acting without MFA; attach one to the root of the organization that denies it.", org.Address),
		Witness: witness(worst.result.Witness), Assumptions: assumptions(org),
	}
	f.Fixes = missingSCP(c.org, "require-root-mfa", rootMFAPolicy(c.opt.Exempt), "draft a service control policy that denies root without MFA, attached to the root of the organization; test it on one unit first")
	c.pass.Report(f)
}

// rank orders violations: nothing stops root, then part of it; a place with a
// policy that comes near tells more than one without.
func rank(v rootOutcome) int {
	r := 0
	if v.result.Class != proof.RootPartial {
		r += 2
	}
	if v.result.Near != nil {
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

func documentOf(statements []*policy.Statement) *policy.Document {
	if len(statements) == 0 {
		return nil
	}
	return statements[0].Document
}

func (c *rootMFACheck) reportNear(p *identity.OrganizationPolicy, near *proof.NearMiss, r proof.RootResult, severity analyzer.Severity) {
	f := &analyzer.Finding{
		Verdict: analyzer.Violation, Severity: severity, Resource: p.Resource, Span: spanOr(nearSpan(near), p.Resource.Header),
		Defect: near.Defect, Statement: statementText(near.Statement), Witness: witness(r.Witness),
		Assumptions: assumptions(p.Resource, p.Content),
	}
	verb := "does not keep root from acting without MFA"
	if r.Class == proof.RootPartial {
		verb = "keeps root from acting without MFA only in part"
	}
	f.Message = fmt.Sprintf("'%s' %s: %s; %s.", p.Resource.Address, verb, near.Words, remedies[near.Defect])
	if len(r.Exempt) > 0 {
		f.Message = strings.TrimSuffix(f.Message, ".") + fmt.Sprintf(" (it leaves %s).", strings.Join(r.Exempt, ", "))
	}
	f.Related = append(f.Related, attachmentsOf(p)...)
	f.Fixes = repairs(near)
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
	severity := analyzer.Medium
	var bare []place
	var related []analyzer.Related
	for _, v := range failed {
		bare = append(bare, v.place)
		if v.account {
			severity = analyzer.High
		}
		if v.node.Resource != nil && len(related) < 20 {
			related = append(related, analyzer.Related{Message: v.place.String() + " is not covered", Span: v.node.Resource.Header, Address: v.address()})
		}
	}
	var names []string
	for _, v := range failed {
		if v.address() != "" && len(names) < 5 {
			names = append(names, "'"+v.address()+"'")
		}
	}
	also := ""
	if len(names) > 0 {
		also = " (" + strings.Join(names, ", ") + ")"
	}
	f := &analyzer.Finding{
		Verdict: analyzer.Violation, Severity: severity, Resource: p.Resource, Span: p.Resource.Header, Defect: "coverage",
		Message: fmt.Sprintf("'%s' keeps root from acting without MFA, but not for %s%s: attach it to the root of the organization.", p.Resource.Address, listPlaces(bare), also),
		Witness: witness(failed[0].result.Witness), Related: append(attachmentsOf(p), related...),
		Assumptions: assumptions(p.Resource, p.Content),
	}
	f.Fixes = attachToRoot(c.org, p)
	c.pass.Report(f)
}

// unattached reports a policy that would do it, or nearly, and binds nothing:
// it has no attachment, or only one to the management account.
func (c *rootMFACheck) unattached(worst rootOutcome) bool {
	var near *identity.OrganizationPolicy
	var nearResult proof.RootResult
	for _, p := range c.org.Policies {
		if p.Document == nil || p.IsSCP() != value.Yes {
			continue
		}
		r := proof.RootMFA(alone(p.Document), c.opt)
		if r.Class.Verdict() == proof.Holds {
			c.reportUnattached(p, worst)
			return true
		}
		if near == nil && r.Near != nil {
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
		Witness: witness(worst.result.Witness), Assumptions: assumptions(p.Resource, p.Content),
	}
	for _, a := range p.Attachments {
		if a.Management {
			f.Span, f.Defect = attributeSpan(a.Resource, "target_id"), "management-account"
			f.Message = fmt.Sprintf("'%s' would keep root from acting without MFA, but '%s' attaches it to the management account, where no service control policy has any effect; attach it to the root of the organization.", p.Resource.Address, a.Resource.Address)
			break
		}
	}
	if f.Defect == "detached" && c.org.DelegatedPolicies {
		f.Verdict = analyzer.Undetermined
		f.Needs = []value.Reason{{Text: "policies of this organization may be attached by a delegated administrator, elsewhere"}}
	}
	f.Fixes = attachToRoot(c.org, p)
	c.pass.Report(f)
}

// centrally is the note for an organization that manages root access centrally
// and denies root nothing.
func (c *rootMFACheck) centrally() *analyzer.Finding {
	features := c.org.Features
	if features == nil || !holds(features.Attr("enabled_features"), "RootCredentialsManagement") {
		return nil
	}
	access := c.org.Resource.Attr("aws_service_access_principals")
	if !access.Is(value.Unknown) && !access.Open && !holds(access, "iam.amazonaws.com") {
		return nil // the apply fails
	}
	return &analyzer.Finding{
		Verdict: analyzer.Advice, Severity: analyzer.Note, Resource: features, Span: features.Header, Defect: "central-root-management",
		Message: fmt.Sprintf("'%s' can remove the root credentials of member accounts, but does not show that it did: delete those that exist, or also deny root by a service control policy.", features.Address),
	}
}

// overblocking is advice about a policy that holds and breaks something.
func (c *rootMFACheck) overblocking(held []rootOutcome) {
	for _, v := range held {
		s, text := v.result.BlocksRoles, "also denies every role session, which never carries MFA: workloads, federated people and service roles lose access; add a condition on aws:PrincipalArn for arn:*:iam::*:root"
		defect := "blocks-roles"
		if s == nil && c.org.Features != nil && holds(c.org.Features.Attr("enabled_features"), "RootSessions") {
			s, defect = v.result.BlocksAssumedRoot, "blocks-central-root"
			text = "also denies the central root sessions that the organization enables; add \"Null\": {\"aws:AssumedRoot\": \"true\"}"
		}
		if s == nil {
			continue
		}
		p := policyOf(c.org, s.Document)
		if p == nil {
			continue
		}
		c.pass.Report(&analyzer.Finding{
			Verdict: analyzer.Advice, Severity: analyzer.Note, Resource: p.Resource, Span: spanOr(s.Span(), p.Resource.Header), Defect: defect,
			Statement: statementText(s),
			Message:   fmt.Sprintf("'%s' keeps root from acting without MFA, but %s %s.", p.Resource.Address, proof.StatementName(s), text),
		})
		return
	}
}

// nearMissesAlone is for policies of an organization that is declared
// elsewhere: an absence proves nothing, a policy that fails to do what it says
// does.
func (c *rootMFACheck) nearMissesAlone() {
	for _, p := range c.org.Policies {
		if p.Document == nil || p.IsSCP() != value.Yes || p.Resource.Exists != value.Yes {
			continue
		}
		r := proof.RootMFA(alone(p.Document), c.opt)
		if r.Class.Verdict() == proof.Violated && r.Near != nil {
			c.reportNear(p, r.Near, r, severityOf(r.Class))
			return
		}
	}
}

// holds says that a list certainly contains a text.
func holds(list *value.Value, text string) bool {
	for _, e := range list.Elems {
		if s, ok := e.Text(); ok && s == text {
			return true
		}
	}
	return false
}
