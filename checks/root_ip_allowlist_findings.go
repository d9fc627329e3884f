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

func (c *rootIPCheck) reportNear(p *identity.OrganizationPolicy, near *proof.NearMiss, r proof.SourceIPResult, failed []ipOutcome) {
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
			message = fmt.Sprintf("'%s' does not confine root to the networks of allowed_cidrs: %s; leave other networks out.", p.Resource.Address, w.Because)
		}
	}
	mend, places := fixes.ConfineRoot(near, c.pass.Settings.AllowedCIDRs), append(open, attachmentsOf(p)...)
	if bare := beyond(c.org, p, failed); len(bare) > 0 && !organization.BindsNothing(c.org, p) {
		message += notReached(bare)
		places = append(places, related(bare)...)
		mend = inPart(mend, analyzer.Medium)
	}
	c.pass.Report(&analyzer.Finding{
		Verdict: analyzer.Violation, Severity: severity, Resource: p.Resource, Span: near.Span().Or(p.Resource.Header),
		Defect: near.Defect, Statement: statementText(near.Statement), Message: message, Witness: request(w),
		Assumptions: assumptions(p.Resource, p.Content), Related: places, Fixes: mend,
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
