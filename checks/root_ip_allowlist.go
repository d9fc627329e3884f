package checks

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/iamvet/iamvet/analyzer"
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
	held, failed, undetermined := organization.ByVerdict(c.question.Outcomes())
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
			c.reportNear(p, near, worst.Result)
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
			c.reportNear(p, r.Near, r)
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

func (c *rootIPCheck) missing(worst ipOutcome) {
	org := c.org.Resource
	severity := analyzer.Low
	if len(c.pass.Settings.AllowedCIDRs) > 0 {
		severity = analyzer.High
	}
	f := &analyzer.Finding{
		Verdict: analyzer.Violation, Severity: severity, Resource: org, Span: org.Header, Defect: "missing",
		Message: fmt.Sprintf("No service control policy of '%s' confines the root user of a member account to known networks: a stolen root credential works from everywhere.", org.Address),
		Witness: request(worst.Result.Witness), Assumptions: assumptions(org),
	}
	f.Fixes = fixes.DraftRootNetworks(c.org, c.pass.Settings.AllowedCIDRs)
	c.pass.Report(f)
}

func (c *rootIPCheck) reportNear(p *identity.OrganizationPolicy, near *proof.NearMiss, r proof.SourceIPResult) {
	severity := analyzer.Medium
	if near.Defect == proof.DefectOtherPrincipal { // a list for others than root is none for root
		severity = analyzer.Low
	}
	w := r.Witness
	why, open := near.Words, []analyzer.Related(nil)
	if near.Defect == proof.DefectOpenList {
		why, open = openList(near, w)
	}
	message := fmt.Sprintf("'%s' does not confine root to known networks: %s.", p.Resource.Address, why)
	if remedy := fixes.AddressRemedies[near.Defect]; remedy != "" {
		message = strings.TrimSuffix(message, ".") + "; " + remedy + "."
	}
	if near.Defect == proof.DefectMalformed && p.TooLong() {
		message = fmt.Sprintf("'%s' does not confine root to known networks: %s.", p.Resource.Address, tooLong(p))
	}
	if r.Contradicts == value.Yes && len(c.pass.Settings.AllowedCIDRs) > 0 {
		severity = analyzer.High
		if r.Contradiction != nil && r.Class.Verdict() == proof.Holds {
			w = r.Contradiction
			message = fmt.Sprintf("'%s' does not confine root to the networks of allowed_cidrs: %s.", p.Resource.Address, w.Because)
		}
	}
	c.pass.Report(&analyzer.Finding{
		Verdict: analyzer.Violation, Severity: severity, Resource: p.Resource, Span: near.Span().Or(p.Resource.Header),
		Defect: near.Defect, Statement: statementText(near.Statement), Message: message, Witness: request(w),
		Assumptions: assumptions(p.Resource, p.Content), Related: append(open, attachmentsOf(p)...), Fixes: fixes.ConfineRoot(near, c.pass.Settings.AllowedCIDRs),
	})
}

// openList says which elements of a list of networks the witness comes through,
// and where they are written.
func openList(near *proof.NearMiss, w *proof.Witness) (string, []analyzer.Related) {
	from, err := netip.ParseAddr(w.Context["aws:SourceIp"])
	if err != nil {
		return near.Words, nil
	}
	elements := near.Condition.Value.Elems
	if !near.Condition.Value.IsSequence() {
		elements = []*value.Value{near.Condition.Value}
	}
	for _, e := range elements {
		text, _ := e.Text()
		network, err := netip.ParsePrefix(text)
		if err != nil || !network.Contains(from) {
			continue
		}
		what := fmt.Sprintf("'%s', which '%s' is in", text, from)
		if network.Bits() == 0 {
			what = fmt.Sprintf("'%s', the whole Internet of IPv%d", text, map[bool]int{true: 4, false: 6}[network.Addr().Is4()])
		}
		related := []analyzer.Related{{Message: "'" + text + "' is listed here", Span: e.Span}}
		if e.Span.IsZero() {
			related = nil
		}
		return proof.StatementName(near.Statement) + " lists " + what, related
	}
	return near.Words, nil
}

func (c *rootIPCheck) reportCoverage(p *identity.OrganizationPolicy, failed []ipOutcome) {
	bare := organization.Gathered(c.org, organization.Where(failed))
	c.pass.Report(&analyzer.Finding{
		Verdict: analyzer.Violation, Severity: analyzer.Medium, Resource: p.Resource, Span: p.Resource.Header, Defect: "coverage",
		Message:     fmt.Sprintf("'%s' confines root to known networks where it is attached, but not in %s: attach it to the root of the organization.", p.Resource.Address, organization.InWords(bare)),
		Witness:     request(failed[0].Result.Witness),
		Related:     append(attachmentsOf(p), related(bare)...),
		Assumptions: assumptions(p.Resource, p.Content),
		Fixes:       fixes.AttachToRoot(c.org, p),
	})
}

// advise is for an organization where root is confined: what breaks by it.
func (c *rootIPCheck) advise(held []ipOutcome) {
	for _, v := range held {
		if v.Result.Denied {
			continue
		}
		f := c.lockout(v)
		if f == nil {
			f = c.overblocking(v)
		}
		if f != nil {
			c.pass.Report(f)
			return
		}
	}
}

// lockout is advice about a list that nobody can be in.
func (c *rootIPCheck) lockout(v ipOutcome) *analyzer.Finding {
	near := c.list("lists no address that a request can come from")
	if v.Result.Class != proof.IPLockout || near == nil {
		return nil
	}
	p := organization.PolicyOf(c.org, near.Statement.Document)
	who := "root"
	if s := proof.StopsRoles(p.Document); s == near.Statement {
		who = "root, and every role and user below it,"
	}
	return &analyzer.Finding{
		Verdict: analyzer.Advice, Severity: analyzer.Note, Resource: p.Resource, Span: near.Span().Or(p.Resource.Header), Defect: "lockout",
		Statement: statementText(near.Statement),
		Message:   fmt.Sprintf("'%s' locks %s out: %s, because aws:SourceIp is always a public address and a private network never matches; list the public addresses that your network goes out by, or the VPC in aws:SourceVpc.", p.Resource.Address, who, near.Words),
	}
}

// overblocking is advice about a list for root that confines everybody.
func (c *rootIPCheck) overblocking(v ipOutcome) *analyzer.Finding {
	var broken []string
	if v.Result.OverblockVia {
		broken = append(broken, "what services do for them (CloudFormation, Athena), whose addresses are not listed")
	}
	if v.Result.OverblockVPCE {
		broken = append(broken, "what comes through VPC endpoints, where aws:SourceIp is absent")
	}
	near := c.list("")
	if len(broken) == 0 || near == nil || proof.StopsRoles(near.Statement.Document) != near.Statement {
		return nil
	}
	p := organization.PolicyOf(c.org, near.Statement.Document)
	mend := fixes.BindRoot(near.Statement)
	if v.Result.OverblockVia && !v.Result.OverblockVPCE {
		mend = append(mend, fixes.AlsoRequire(near.Statement, "BoolIfExists", "aws:ViaAWSService", "false", "leave what services do for others alone, which is then no longer denied by this")...)
	}
	return &analyzer.Finding{
		Verdict: analyzer.Advice, Severity: analyzer.Note, Resource: p.Resource, Span: near.Statement.Span().Or(p.Resource.Header), Defect: "confines-roles",
		Statement: statementText(near.Statement), Fixes: mend,
		Message: fmt.Sprintf("'%s' confines root to known networks, and every role and user with it: of what they do, it also denies %s; add a condition on aws:PrincipalArn for arn:*:iam::*:root, or leave those calls out by aws:ViaAWSService and aws:SourceVpc.",
			p.Resource.Address, strings.Join(broken, ", and ")),
	}
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
				c.reportNear(p, r.Near, r)
				found = true
			}
		}
	}
	return found
}
