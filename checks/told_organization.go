package checks

import (
	"fmt"
	"slices"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/organization"
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

// findingOn is the finding that a rule has on an organization, whichever resource of
// it that names.
func findingOn(p *analyzer.Pass, o *identity.Organization) *analyzer.Finding {
	for _, f := range p.Found {
		e, ok := organization.EstateOf(p.Model, f.Resource)
		if ok && e.Org == o && f.Verdict != analyzer.Advice {
			return f
		}
	}
	return nil
}

// property is what IV102 and IV105 ask of an organization's nodes.
type property[R any] struct {
	question *organization.Question[R]
	witness  func(R) *proof.Witness
	holds    func(R) string // of a node, behind its name
	unlike   string         // what a policy of another kind does not do
}

// tell says of a resource of an organization how a property stands there.
func (q property[R]) tell(p *analyzer.Pass, r *terraform.Resource) *analyzer.Told {
	e, found := organization.EstateOf(p.Model, r)
	if !found {
		return inapplicable("It belongs to no organization of this scan, or is no service control policy: this rule asks those.")
	}
	by := findingOn(p, e.Org)
	switch {
	case e.Org.Resource == nil:
		return inapplicable("The organization is not declared in this scan, so that what else binds its accounts is not known.")
	case e.Node != nil && e.Node.Kind == identity.Account && p.Settings.GovCloud(e.Node.ID, ""):
		return inapplicable("The account is in GovCloud, which has no root user.")
	case e.Node != nil:
		return q.node(p, e, by)
	}
	return q.policy(p, e, by)
}

func (q property[R]) node(p *analyzer.Pass, e organization.Estate, by *analyzer.Finding) *analyzer.Told {
	if by != nil && (e.Node.Kind == identity.OrganizationRoot || organization.DisablingOf(e.Org) != nil) {
		return answered(by, "The finding names '%s', which decides.", by.Resource.Address)
	}
	where := organization.Place{Node: e.Node}
	bound := organization.BindingsOf(e.Org).Of(e.Node)
	outcome := q.question.At(bound)
	switch {
	case outcome.Verdict == proof.Holds:
	case by != nil && outcome.Verdict == proof.Violated:
		return answered(by, "The finding on '%s' is true of %s.", by.Resource.Address, where)
	case outcome.Verdict == proof.Undetermined:
		return &analyzer.Told{Standing: analyzer.Open, Needs: outcome.Needs, Message: fmt.Sprintf("What binds %s is not wholly known.", where)}
	default:
		return inapplicable("No policy that binds %s decides it, and the rule has no finding on '%s': what else this rule says of it is a note at most.", where, e.Org.Resource.Address)
	}
	if e.Node.Kind == identity.OrganizationRoot {
		t := compliant("In every member account of '%s' %s.", e.Org.Resource.Address, q.holds(outcome.Result))
		return q.kept(t, e, bound)
	}
	return q.kept(compliant("In %s %s.", where, q.holds(outcome.Result)), e, bound)
}

// kept adds what keeps root from it at a place, the attachment that brings it there,
// and the case that came closest.
func (q property[R]) kept(t *analyzer.Told, e organization.Estate, bound *organization.Binding) *analyzer.Told {
	k, w, found := q.keeping(bound)
	if !found {
		return t
	}
	owner := organization.PolicyOf(e.Org, k.Statement.Document)
	if owner == nil {
		return closest(t, k, w, found)
	}
	t = at(t, "the policy that decides", owner.Resource.Header, owner.Resource.Address)
	for _, n := range e.Node.Path() {
		for _, a := range n.Attachments {
			if a.Policy == owner {
				t = at(t, "it is attached to "+nodeWords(n), a.Resource.AttributeSpan(organization.TargetAttribute(a)), a.Resource.Address)
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
	return organization.Place{Node: n}.String()
}

// keeping asks again without the parts of the policies at a place.
func (q property[R]) keeping(bound *organization.Binding) (proof.Keeper, *proof.Witness, bool) {
	var docs []*policy.Document
	for _, l := range bound.Certain {
		docs = append(docs, l.Documents...)
	}
	return proof.Keeping(docs, func(docs []*policy.Document) *proof.Witness {
		var levels []proof.Level
		for _, l := range bound.Certain {
			levels = append(levels, proof.Level{Documents: docs[:len(l.Documents)], FullAccess: l.FullAccess})
			docs = docs[len(l.Documents):]
		}
		r := q.question.Ask(levels)
		if q.question.Verdict(r) != proof.Violated {
			return nil
		}
		return q.witness(r)
	})
}

// policy tells of a policy, or of what attaches one.
func (q property[R]) policy(p *analyzer.Pass, e organization.Estate, by *analyzer.Finding) *analyzer.Told {
	scp := e.Policy.IsSCP()
	switch {
	case scp == value.No:
		return inapplicable("'%s' is no service control policy: %s.", e.Policy.Resource.Address, e.Policy.Type.TextOr("its type is not known"))
	case e.Policy.Document == nil:
		return inapplicable("'%s' is no policy that AWS would accept; a gap says why.", e.Policy.Resource.Address)
	}
	if organization.BindsNothing(e.Org, e.Policy) {
		t := inapplicable("'%s' binds no member account: it is attached to nothing, or to the management account alone.", e.Policy.Resource.Address)
		return besides(t, by)
	}
	if q.question.Verdict(q.question.Ask(organization.Alone(e.Policy.Document))) != proof.Holds {
		t := inapplicable("'%s' by itself %s.", e.Policy.Resource.Address, q.unlike)
		return besides(t, by)
	}
	var at []string
	var here organization.Estate
	e.Org.Root.Walk(func(n *identity.Node) {
		for _, a := range n.Attachments {
			if a.Policy == e.Policy && (e.Attachment == nil || a == e.Attachment) {
				at, here = append(at, nodeWords(n)), organization.Estate{Org: e.Org, Node: n}
			}
		}
	})
	if here.Node == nil {
		return besides(inapplicable("It is not known where '%s' is attached.", e.Policy.Resource.Address), by)
	}
	bound := organization.BindingsOf(e.Org).Of(here.Node)
	outcome := q.question.At(bound)
	if outcome.Verdict != proof.Holds {
		return &analyzer.Told{Standing: analyzer.Open, By: by, Needs: outcome.Needs, Message: fmt.Sprintf("What binds %s beside '%s' is not wholly known.", and(at), e.Policy.Resource.Address)}
	}
	t := compliant("Where '%s' is attached (%s) %s.", e.Policy.Resource.Address, and(at), q.holds(outcome.Result))
	return besides(q.kept(t, here, bound), by)
}

// besides points at the finding that the rule has on the same organization.
func besides(t *analyzer.Told, by *analyzer.Finding) *analyzer.Told {
	if by == nil {
		return t
	}
	return at(t, "what the rule finds in the organization is said of '"+by.Resource.Address+"'", by.Span, by.Resource.Address)
}
