package checks

import (
	"fmt"
	"slices"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Resources of organizations: the organization itself, and what stands in it.
var (
	organizationTypes = []string{"aws_organizations_organization", "awscc_organizations_organization"}
	estateTypes       = append(slices.Clone(organizationTypes),
		"aws_organizations_organizational_unit", "awscc_organizations_organizational_unit",
		"aws_organizations_account", "awscc_organizations_account",
		"aws_organizations_policy", "awscc_organizations_policy", "aws_organizations_policy_attachment",
		"aws_controltower_control", "aws_iam_organizations_features")
)

// estate is what a resource is in an organization: the organization or a node of it
// (node), a policy, or what attaches one.
type estate struct {
	org        *identity.Organization
	node       *identity.Node
	policy     *identity.OrganizationPolicy
	attachment *identity.Attachment
}

func estateOf(m *identity.Model, r *terraform.Resource) (out estate, found bool) {
	for _, o := range m.Organizations {
		out = estate{org: o}
		if r != nil && (o.Resource == r || o.Features == r) {
			out.node = o.Root
			return out, true
		}
		o.Root.Walk(func(n *identity.Node) {
			if r != nil && n.Resource == r {
				out.node = n
			}
		})
		if out.node != nil {
			return out, true
		}
		for _, p := range o.Policies {
			if p.Resource == r {
				out.policy = p
				return out, true
			}
		}
		for _, p := range m.OrganizationPolicies {
			for _, a := range p.Attachments {
				if a.Resource == r && slices.Contains(o.Policies, p) {
					out.policy, out.attachment = p, a
					return out, true
				}
			}
		}
	}
	return estate{}, false
}

// findingOn is the finding that a rule has on an organization, whichever resource of
// it that names.
func findingOn(p *analyzer.Pass, o *identity.Organization) *analyzer.Finding {
	for _, f := range p.Found {
		e, ok := estateOf(p.Model, f.Resource)
		if ok && e.org == o && f.Verdict != analyzer.Advice {
			return f
		}
	}
	return nil
}

// property is what IV102 and IV105 ask of an organization's nodes.
type property[R any] struct {
	question *question[R]
	witness  func(R) *proof.Witness
	holds    func(R) string // of a node, behind its name
	unlike   string         // what a policy of another kind does not do
}

// tell says of a resource of an organization how a property stands there.
func (q property[R]) tell(p *analyzer.Pass, r *terraform.Resource) *analyzer.Told {
	e, found := estateOf(p.Model, r)
	if !found {
		return inapplicable("It belongs to no organization of this scan, or is no service control policy: this rule asks those.")
	}
	by := findingOn(p, e.org)
	switch {
	case e.org.Resource == nil:
		return inapplicable("The organization is not declared in this scan, so that what else binds its accounts is not known.")
	case e.node != nil && e.node.Kind == identity.Account && p.Settings.GovCloud(e.node.ID, ""):
		return inapplicable("The account is in GovCloud, which has no root user.")
	case e.node != nil:
		return q.node(p, e, by)
	}
	return q.policy(p, e, by)
}

func (q property[R]) node(p *analyzer.Pass, e estate, by *analyzer.Finding) *analyzer.Told {
	if by != nil && (e.node.Kind == identity.OrganizationRoot || disabled(e.org, "") != nil) {
		return answered(by, "The finding names '%s', which decides.", by.Resource.Address)
	}
	where := place{node: e.node}
	bound := newBindings(e.org).of(e.node)
	outcome := q.question.of(bound)
	switch {
	case outcome.verdict == proof.Holds:
	case by != nil && outcome.verdict == proof.Violated:
		return answered(by, "The finding on '%s' is true of %s.", by.Resource.Address, where)
	case outcome.verdict == proof.Undetermined:
		return &analyzer.Told{Standing: analyzer.Open, Needs: outcome.needs, Message: fmt.Sprintf("What binds %s is not wholly known.", where)}
	default:
		return inapplicable("No policy that binds %s decides it, and the rule has no finding on '%s': what else this rule says of it is a note at most.", where, e.org.Resource.Address)
	}
	if e.node.Kind == identity.OrganizationRoot {
		t := compliant("In every member account of '%s' %s.", e.org.Resource.Address, q.holds(outcome.result))
		return q.kept(t, e, bound)
	}
	return q.kept(compliant("In %s %s.", where, q.holds(outcome.result)), e, bound)
}

// kept adds what keeps root from it at a place, the attachment that brings it there,
// and the case that came closest.
func (q property[R]) kept(t *analyzer.Told, e estate, bound *binding) *analyzer.Told {
	k, w, found := q.keeping(bound)
	if !found {
		return t
	}
	owner := policyOf(e.org, k.Statement.Document)
	if owner == nil {
		return closest(t, k, w, found)
	}
	t = at(t, "the policy that decides", owner.Resource.Header, owner.Resource.Address)
	for _, n := range e.node.Path() {
		for _, a := range n.Attachments {
			if a.Policy == owner {
				t = at(t, "it is attached to "+nodeWords(n), a.Resource.AttributeSpan(targetAttribute(a)), a.Resource.Address)
			}
		}
	}
	t = closest(t, k, w, found)
	t.Refused += " in '" + owner.Resource.Address + "'"
	return t
}

func nodeWords(n *identity.Node) string {
	if n.Kind == identity.OrganizationRoot {
		return "the root of the organization"
	}
	return place{node: n}.String()
}

// keeping asks again without the parts of the policies at a place.
func (q property[R]) keeping(bound *binding) (proof.Keeper, *proof.Witness, bool) {
	var docs []*policy.Document
	for _, l := range bound.certain {
		docs = append(docs, l.Documents...)
	}
	return proof.Keeping(docs, func(docs []*policy.Document) *proof.Witness {
		var levels []proof.Level
		for _, l := range bound.certain {
			levels = append(levels, proof.Level{Documents: docs[:len(l.Documents)], FullAccess: l.FullAccess})
			docs = docs[len(l.Documents):]
		}
		r := q.question.ask(levels)
		if q.question.verdict(r) != proof.Violated {
			return nil
		}
		return q.witness(r)
	})
}

// policy tells of a policy, or of what attaches one.
func (q property[R]) policy(p *analyzer.Pass, e estate, by *analyzer.Finding) *analyzer.Told {
	scp := e.policy.IsSCP()
	switch {
	case scp == value.No:
		return inapplicable("'%s' is no service control policy: %s.", e.policy.Resource.Address, e.policy.Type.TextOr("its type is not known"))
	case e.policy.Document == nil:
		return inapplicable("'%s' is no policy that AWS would accept; a gap says why.", e.policy.Resource.Address)
	}
	if bindsNothing(e.org, e.policy) {
		t := inapplicable("'%s' binds no member account: it is attached to nothing, or to the management account alone.", e.policy.Resource.Address)
		return besides(t, by)
	}
	if q.question.verdict(q.question.ask(alone(e.policy.Document))) != proof.Holds {
		t := inapplicable("'%s' by itself %s.", e.policy.Resource.Address, q.unlike)
		return besides(t, by)
	}
	var at []string
	var here estate
	e.org.Root.Walk(func(n *identity.Node) {
		for _, a := range n.Attachments {
			if a.Policy == e.policy && (e.attachment == nil || a == e.attachment) {
				at, here = append(at, nodeWords(n)), estate{org: e.org, node: n}
			}
		}
	})
	if here.node == nil {
		return besides(inapplicable("It is not known where '%s' is attached.", e.policy.Resource.Address), by)
	}
	bound := newBindings(e.org).of(here.node)
	outcome := q.question.of(bound)
	if outcome.verdict != proof.Holds {
		return &analyzer.Told{Standing: analyzer.Open, By: by, Needs: outcome.needs, Message: fmt.Sprintf("What binds %s beside '%s' is not wholly known.", and(at), e.policy.Resource.Address)}
	}
	t := compliant("Where '%s' is attached (%s) %s.", e.policy.Resource.Address, and(at), q.holds(outcome.result))
	return besides(q.kept(t, here, bound), by)
}

// besides points at the finding that the rule has on the same organization.
func besides(t *analyzer.Told, by *analyzer.Finding) *analyzer.Told {
	if by == nil {
		return t
	}
	return at(t, "what the rule finds in the organization is said of '"+by.Resource.Address+"'", by.Span, by.Resource.Address)
}

func tellRootMFA(p *analyzer.Pass, r *terraform.Resource) *analyzer.Told {
	var opt proof.RootOptions
	e, found := estateOf(p.Model, r)
	if found {
		opt = rootOptions(e.org, p.Settings, p.Now)
	}
	return property[proof.RootResult]{
		question: rootMFAQuestion(e.org, opt),
		witness:  func(r proof.RootResult) *proof.Witness { return r.Witness },
		holds: func(r proof.RootResult) string {
			if r.Class == proof.RootDenied {
				return "root can do nothing at all"
			}
			return "root can do nothing without MFA but enrol a device"
		},
		unlike: "does not keep root from acting without MFA",
	}.tell(p, r)
}

func tellRootIP(p *analyzer.Pass, r *terraform.Resource) *analyzer.Told {
	allowed, err := allowedNetworks(p)
	if err != nil {
		return inapplicable("%s.", upperFirst(err.Error()))
	}
	c := rootIPCheck{pass: p}
	if e, found := estateOf(p.Model, r); found {
		c.org, c.opt = e.org, networkOptions(e.org, allowed, p.Now)
	}
	return property[proof.SourceIPResult]{
		question: c.question(),
		witness: func(r proof.SourceIPResult) *proof.Witness {
			if r.Witness == nil {
				return r.Contradiction
			}
			return r.Witness
		},
		holds: func(r proof.SourceIPResult) string {
			if r.Denied {
				return "root can do nothing at all"
			}
			return "root can act from the networks that are listed, at most"
		},
		unlike: "does not confine root to networks",
	}.tell(p, r)
}

func tellRootUsage(p *analyzer.Pass, r *terraform.Resource) *analyzer.Told {
	e, found := estateOf(p.Model, r)
	if !found {
		return inapplicable("The organization is not declared in this scan.")
	}
	if disabled(e.org, "") != nil {
		return inapplicable("No service control policy has any effect here, and IV102 says so.")
	}
	allowed, err := allowedNetworks(p)
	if err != nil {
		return inapplicable("%s.", upperFirst(err.Error()))
	}
	c := rootUsageCheck{pass: p, org: e.org, networks: rootIPCheck{pass: p, org: e.org, opt: networkOptions(e.org, allowed, p.Now)}}
	mfa := rootMFAQuestion(e.org, rootOptions(e.org, p.Settings, p.Now)).outcomes(p.Settings)
	_, failed, undetermined := sorted(mfa)
	managed, _ := centralRootManagement(e.org)
	free, needs := c.free(mfa)
	watched, _ := p.Model.WatchesRoot()
	switch {
	case managed == value.Yes:
		return at(compliant("Root access is managed centrally."), "the features that are enabled", e.org.Features.Header, e.org.Features.Address)
	case len(failed) > 0:
		return inapplicable("Root may even act without MFA, and IV102 says so.")
	case watched == value.Yes:
		return compliant("Something in the scan notices what root does: an alarm on a metric filter, or an EventBridge rule with a target.")
	case len(free)+len(needs) == 0:
		return compliant("Everywhere in '%s' service control policies deny root, or confine it to known networks.", e.org.Resource.Address)
	case len(undetermined) > 0:
		return unexplained(proof.Undetermined, needs)
	}
	return unexplained(proof.Violated, needs)
}
