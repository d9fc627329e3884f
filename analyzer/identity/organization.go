package identity

import (
	"sort"

	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/terraform/addrs"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Organization is an AWS organization as far as the scan shows it.
type Organization struct {
	// Resource is the managed organization; nil when the scan only attaches
	// policies in one that is declared elsewhere. Then absences say nothing.
	Resource *terraform.Resource
	Root     *Node
	// Policies are its SCPs: attached here, or declared beside it. Those that
	// Control Tower deploys are among them.
	Policies []*OrganizationPolicy
	// Unplaced are attachments whose target is not known. MayTarget says which
	// nodes they may be at.
	Unplaced []*Attachment
	// Management are attachments to the management account, where no SCP has
	// any effect.
	Management []*Attachment
	// Features is aws_iam_organizations_features, nil when there is none.
	Features *terraform.Resource
	// Delegated is a delegated administrator or the organization's resource
	// policy: policies may be managed from elsewhere. nil when there is none.
	Delegated *terraform.Resource
	// Unread are calls of modules that are not at hand and may attach policies.
	Unread []terraform.UnreadModule
}

// NodeKind is what a node of the organization's tree is.
type NodeKind int8

// The kinds of nodes.
const (
	OrganizationRoot NodeKind = iota
	OrganizationalUnit
	Account
)

// Node is the root, an organizational unit or an account.
type Node struct {
	Kind NodeKind
	// Resource is nil for the root, and for a node that the scan knows by its
	// id alone.
	Resource *terraform.Resource
	Name     string // for people: the unit's or account's name, else its address or id
	ID       string // "" when only known after apply
	Parent   *Node
	// ParentUnknown says that the node hangs somewhere below Parent (the root),
	// under units that the scan does not show; Why says what is missing.
	ParentUnknown bool
	Why           []value.Reason
	Children      []*Node
	Attachments   []*Attachment

	organization *Organization // of the root alone
	written      *value.Value  // the parent as written
	placing      bool
}

// Managed says that the scan declares the node: what is attached to one that is
// only read, or only named by its id, may be declared elsewhere as well.
func (n *Node) Managed() bool {
	return n.Kind == OrganizationRoot || n.Resource != nil && n.Resource.Mode == addrs.Managed
}

// Exists says whether the node is there at all, which count may decide.
func (n *Node) Exists() value.Tri {
	if n.Resource == nil {
		return value.Yes
	}
	return n.Resource.Exists
}

// OrganizationPolicy is an aws_organizations_policy, or the SCP that a Control
// Tower control deploys.
type OrganizationPolicy struct {
	Resource    *terraform.Resource
	Type        *value.Value // SERVICE_CONTROL_POLICY when not set
	Content     *value.Value
	Document    *policy.Document // nil when it is not a policy: a gap
	Attachments []*Attachment

	length int
}

// IsSCP says whether the policy is a service control policy.
func (p *OrganizationPolicy) IsSCP() value.Tri { return p.is("SERVICE_CONTROL_POLICY") }

// IsRCP says whether the policy is a resource control policy.
func (p *OrganizationPolicy) IsRCP() value.Tri { return p.is("RESOURCE_CONTROL_POLICY") }

func (p *OrganizationPolicy) is(kind string) value.Tri {
	if p.Type.Missing() {
		return value.TriOf(kind == "SERVICE_CONTROL_POLICY")
	}
	t, ok := p.Type.Text()
	if !ok {
		return value.Maybe
	}
	return value.TriOf(t == kind)
}

// Exists says whether the policy is there at all.
func (p *OrganizationPolicy) Exists() value.Tri { return p.Resource.Exists }

// Attachment binds a policy to a node.
type Attachment struct {
	// Resource is the attachment's own; for policies that list their targets
	// themselves, and for Control Tower, the policy's.
	Resource *terraform.Resource
	Policy   *OrganizationPolicy // nil: declared elsewhere, or not known
	PolicyID *value.Value
	Target   *Node // nil: not known, or the management account
	TargetID *value.Value
}

// Certain says whether the attachment is made at all.
func (a *Attachment) Certain() value.Tri { return a.Resource.Exists }

// MayTarget says that an attachment whose target is not known may be at n.
func (a *Attachment) MayTarget(n *Node) bool {
	if a.Target != nil {
		return a.Target != n && a.Target.Resource == nil && a.Target.Kind == n.Kind && n.Kind != OrganizationRoot && n.ID == ""
	}
	if ref := a.TargetID.Ref; ref != nil {
		switch ref.Type {
		case "aws_organizations_organization": // its roots are known
			return n.Kind == Account
		case "aws_organizations_organizational_unit", "aws_organizations_organizational_units",
			"aws_organizations_organizational_unit_descendant_organizational_units":
			return n.Kind == OrganizationalUnit
		case "aws_organizations_account", "aws_organizations_organizational_unit_child_accounts",
			"aws_organizations_organizational_unit_descendant_accounts":
			return n.Kind == Account
		}
	}
	return true
}

// Path is the nodes from the root of the organization to n, both included.
func (n *Node) Path() []*Node {
	if n == nil {
		return nil
	}
	return append(n.Parent.Path(), n)
}

// Leaves are the accounts below n, and the organizational units without any,
// which stand for accounts to come. A root without children is its own leaf.
func (n *Node) Leaves() []*Node {
	var out []*Node
	n.Walk(func(m *Node) {
		if m.Kind == Account || len(m.Children) == 0 {
			out = append(out, m)
		}
	})
	return out
}

// Walk calls f for n and everything below it, parents first.
func (n *Node) Walk(f func(*Node)) {
	f(n)
	for _, c := range n.Children {
		c.Walk(f)
	}
}

// sortNodes puts units before accounts, each in the order of their names.
func sortNodes(n *Node) {
	sort.SliceStable(n.Children, func(i, j int) bool {
		a, b := n.Children[i], n.Children[j]
		if a.Kind != b.Kind {
			return a.Kind < b.Kind
		}
		return a.Name < b.Name
	})
	for _, c := range n.Children {
		sortNodes(c)
	}
}
