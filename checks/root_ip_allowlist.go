package checks

import (
	"fmt"
	"strings"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/certificate"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/organization"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/value"
	"github.com/iamvet/iamvet/checks/fixes"
)

// RootIPAllowlist is IV105.
var RootIPAllowlist = &analyzer.Check{
	ID:         "IV105",
	Name:       "root-ip-allowlist",
	Title:      "no effective policy confines root to known networks",
	Severity:   analyzer.Medium,
	Severities: []analyzer.Severity{analyzer.Medium, analyzer.High, analyzer.Low, analyzer.Note},
	Doc: `Of an organization that is declared here: a member account whose root user may
act from any network, because no service control policy on its path denies it
elsewhere, or because the one that means to does not: it lists the whole
Internet, forgets IPv6, lets any VPC endpoint pass, blocks some networks instead
of allowing some, leaves services out, or tests the wrong key.

A stolen credential works from everywhere. A policy that denies root outside the
networks its holders use leaves a thief with nothing, and it binds root, which
IAM policies do not.

An allow-list that fails is medium, one that contradicts allowed_cidrs in
.iamvet.hcl is high, and none at all, where none is configured, is low. An
allow-list that no address of the Internet can meet (private ranges in
aws:SourceIp) is a note: it locks root out. Root that is denied altogether is
confined well enough.`,
	Remediation: `Attach a service control policy to the root of the organization that denies
root outside the networks you know. It has effect where the organization has
feature_set ALL and SERVICE_CONTROL_POLICY among its enabled_policy_types.

The policy denies with

    NotIpAddressIfExists    aws:SourceIp       [your ranges]
    StringNotEqualsIfExists aws:SourceVpc      your VPC, if root uses one
    BoolIfExists            aws:ViaAWSService  false

Try it on one unit first.`,
	Mends: mendPolicy,
	References: []analyzer.Reference{
		{Title: "A Real-World Look at AWS Best Practices: Root Accounts", URL: "https://www.netskope.com/blog/a-real-world-look-at-aws-best-practices-root-accounts"},
		{Title: "AWS: Data perimeter policy examples", URL: "https://github.com/aws-samples/data-perimeter-policy-examples"},
		{Title: "AWS: Global condition context keys", URL: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html"},
	},
	Controls: controls("cis-7.0 2.1.2", "mitre-attack T1078.004"),
	Settings: []string{"allowed_cidrs", "govcloud_accounts"},
	Tags:     []string{"root", "network", "organization"},
	Subjects: estateTypes,
	Tell:     tellRootIP,
	Behind:   "IV102",
	Estate:   true,
	Run:      rootIPAllowlist,
}

func rootIPAllowlist(p *analyzer.Pass) error {
	terms, err := networkTerms(p)
	if err != nil {
		return err
	}
	for _, o := range p.Model.Organizations {
		if p.Over() {
			break
		}
		p.About(p.Model.Key(o), func() {
			c := rootIPCheck{pass: p, org: o, question: organization.RootNetworks(o, terms)}
			if o.Resource == nil {
				c.nearMissesAlone()
			} else if organization.DisablingOf(o) == nil { // IV102 says so already
				c.decide()
			}
		})
	}
	return nil
}

type rootIPCheck struct {
	pass     *analyzer.Pass
	org      *identity.Organization
	question *organization.Question[proof.SourceIPResult]
}

type ipOutcome = organization.Outcome[proof.SourceIPResult]

func (c *rootIPCheck) decide() {
	outcomes := c.question.Outcomes()
	certifyRoot(c.pass, c.org, certificate.OfNetworks, nil, outcomes, func(r proof.SourceIPResult) (proof.Verdict, *proof.Witness) { return r.Class.Verdict(), r.Witness })
	held, failed, undetermined := organization.ByVerdict(outcomes)
	switch {
	case len(failed) > 0:
		c.violated(held, failed)
	case len(undetermined) > 0:
		if len(c.org.Unread) > 0 && c.nearMissesAlone() {
			return
		}
		reportUndetermined(c.pass, c.org, analyzer.Medium, "root is confined to known networks", undetermined[0])
	default:
		c.advise(held)
	}
}

func (c *rootIPCheck) violated(held, failed []ipOutcome) {
	worst := failed[0]
	for _, v := range failed[1:] {
		if worst.Result.Near == nil && v.Result.Near != nil {
			worst = v
		}
	}
	near := worst.Result.Near
	if near == nil && worst.Result.Contradicts == value.Yes {
		near = c.list("lists other networks")
	}
	if near != nil {
		if p := organization.PolicyOf(c.org, near.Statement.Document); p != nil {
			c.reportNear(p, near, worst.Result, failed)
			return
		}
	}
	if p := c.covering(held); p != nil {
		c.reportCoverage(p, failed)
		return
	}
	if c.unattached(worst) {
		return
	}
	c.missing(worst)
}

// covering is a policy that confines root to networks where it is attached.
// Root that is denied altogether somewhere is no list to spread.
func (c *rootIPCheck) covering(held []ipOutcome) *identity.OrganizationPolicy {
	for _, v := range held {
		if v.Result.Denied {
			continue
		}
		for _, n := range v.Node.Path() {
			for _, a := range n.Attachments {
				if a.Policy == nil || a.Policy.Document == nil {
					continue
				}
				if r := c.question.Ask(organization.Alone(a.Policy.Document)); c.question.Verdict(r) == proof.Holds && !r.Denied {
					return a.Policy
				}
			}
		}
	}
	return nil
}

// unattached reports a policy that would do it, or nearly, and binds nothing.
func (c *rootIPCheck) unattached(worst ipOutcome) bool {
	for _, p := range c.org.Policies {
		if p.Document == nil || p.IsSCP() != value.Yes || p.Exists() != value.Yes || !organization.BindsNothing(c.org, p) {
			continue
		}
		r := c.question.Ask(organization.Alone(p.Document))
		if r.Near != nil {
			c.reportNear(p, r.Near, r, nil)
			return true
		}
		if r.Class.Verdict() == proof.Holds && !r.Denied {
			f := &analyzer.Finding{
				Verdict: analyzer.Violation, Severity: analyzer.Medium, Resource: p.Resource, Span: p.Resource.Header, Defect: "detached",
				Message:     fmt.Sprintf("'%s' would confine root to known networks, but it binds no account; attach it to the root of the organization.", p.Resource.Address),
				Witness:     request(worst.Result.Witness),
				Assumptions: assumptions(p.Resource, p.Content), Fixes: fixes.AttachToRoot(c.org, p),
			}
			if d := c.org.Delegated; d != nil {
				f.Verdict = analyzer.Undetermined
				f.Needs = []value.Reason{{Text: "the attachments of '" + p.Resource.Address + "' that a delegated administrator made", Span: d.Header}}
				f.Message = fmt.Sprintf("'%s' would confine root to known networks; nothing here attaches it, but '%s' lets policies be attached from elsewhere.", p.Resource.Address, d.Address)
			}
			c.pass.Report(f)
			return true
		}
	}
	return false
}

// list is the condition that lists networks, of a policy that is attached:
// where the statements themselves do nothing wrong, the networks are what is.
func (c *rootIPCheck) list(words string) *proof.NearMiss {
	for _, p := range c.org.Policies {
		if p.Document == nil || len(p.Attachments) == 0 {
			continue
		}
		for _, s := range p.Document.Statements {
			for i := range s.Conditions {
				if key := s.Conditions[i].Key; strings.EqualFold(key, "aws:SourceIp") || strings.EqualFold(key, "aws:VpcSourceIp") {
					return &proof.NearMiss{Statement: s, Condition: &s.Conditions[i], Defect: "contradicts", Words: proof.StatementName(s) + " " + words}
				}
			}
		}
	}
	return nil
}

func (c *rootIPCheck) nearMissesAlone() bool {
	found := false
	for _, beside := range organization.PoliciesByRoot(c.org) {
		if r := c.question.Ask(organization.Together(beside)); c.question.Verdict(r) != proof.Violated {
			continue
		}
		for _, p := range beside {
			r := c.question.Ask(organization.Alone(p.Document))
			if c.question.Verdict(r) == proof.Violated && r.Near != nil {
				c.reportNear(p, r.Near, r, nil)
				found = true
			}
		}
	}
	return found
}
