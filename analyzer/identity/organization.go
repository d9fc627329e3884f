package identity

import (
	"regexp"
	"slices"
	"sort"
	"strings"

	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Organization is an AWS organization as far as the scan shows it.
type Organization struct {
	// Resource is the managed organization; nil when the scan only attaches
	// policies in one that is declared elsewhere. Then absences say nothing.
	Resource *terraform.Resource
	Root     *Node
	// Policies are its SCPs: attached here, or declared beside it.
	Policies []*OrganizationPolicy
	// Unplaced are attachments whose target the scan does not declare or know.
	Unplaced []*Attachment
	// Features is aws_iam_organizations_features, nil when there is none.
	Features *terraform.Resource
	// DelegatedPolicies says that policies may be managed from elsewhere: a
	// delegated administrator or an organization resource policy is declared.
	DelegatedPolicies bool
	// ControlTower are the enabled controls that deploy SCPs about root.
	ControlTower []*terraform.Resource
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
	Kind     NodeKind
	Resource *terraform.Resource // nil for the root and for literal ids
	Name     string              // for people: the OU's or account's name, else its address or id
	ID       string              // "" when only known after apply
	Parent   *Node
	// ParentUnknown says that the node hangs somewhere below Parent (the root),
	// under units that the scan does not show; Why says what is missing.
	ParentUnknown bool
	Why           []value.Reason
	Children      []*Node
	Attachments   []*Attachment
}

// OrganizationPolicy is an aws_organizations_policy.
type OrganizationPolicy struct {
	Resource    *terraform.Resource
	Type        *value.Value // SERVICE_CONTROL_POLICY when not set
	Content     *value.Value
	Document    *policy.Document // nil when it is not a policy: a gap
	Attachments []*Attachment
}

// IsSCP says whether the policy is a service control policy.
func (p *OrganizationPolicy) IsSCP() value.Tri {
	if p.Type.Missing() {
		return value.Yes
	}
	t, ok := p.Type.Text()
	if !ok {
		return value.Maybe
	}
	return value.TriOf(t == "SERVICE_CONTROL_POLICY")
}

// Attachment is an aws_organizations_policy_attachment.
type Attachment struct {
	Resource *terraform.Resource
	Policy   *OrganizationPolicy // nil: declared elsewhere, or not known
	PolicyID *value.Value
	Target   *Node // nil: not in the scan, or not known
	TargetID *value.Value
	// Management says that the target is the management account, where no SCP
	// has any effect.
	Management bool
}

// Certain says whether the attachment is made at all.
func (a *Attachment) Certain() value.Tri { return a.Resource.Exists }

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
	if n.Kind == Account || len(n.Children) == 0 {
		return []*Node{n}
	}
	var out []*Node
	for _, c := range n.Children {
		out = append(out, c.Leaves()...)
	}
	return out
}

// Walk calls f for n and everything below it, parents first.
func (n *Node) Walk(f func(*Node)) {
	f(n)
	for _, c := range n.Children {
		c.Walk(f)
	}
}

// organizations joins the resources of all roots into organizations.
type organizations struct {
	m     *Model
	orgs  []*Organization
	byRef map[value.Ref]*Node // by Ref to the id of an OU or account
	byID  map[string]*Node
	orgOf map[*Node]*Organization
	// shared is the organization of resources that name none: the only one
	// there is, or one that is declared nowhere.
	shared *Organization
}

func (m *Model) addOrganizations() {
	b := &organizations{m: m, byRef: map[value.Ref]*Node{}, byID: map[string]*Node{}, orgOf: map[*Node]*Organization{}}
	for _, r := range m.Roots {
		for _, res := range m.resources(r, "aws_organizations_organization") {
			b.orgs = append(b.orgs, newOrganization(res))
		}
	}
	b.addNodes()
	b.addPolicies()
	b.addSettings()
	for _, o := range b.orgs {
		sortNodes(o.Root)
	}
	m.Organizations = b.orgs
}

func newOrganization(res *terraform.Resource) *Organization {
	return &Organization{Resource: res, Root: &Node{Kind: OrganizationRoot, Name: "root"}}
}

// of is the organization that a resource belongs to when nothing it refers to
// says so: the one of its own root, else the only managed one, else one that
// the scan does not declare.
func (b *organizations) of(res *terraform.Resource) *Organization {
	var managed []*Organization
	for _, o := range b.orgs {
		if o.Resource == nil {
			continue
		}
		if o.Resource.Root.Dir == res.Root.Dir {
			return o
		}
		managed = append(managed, o)
	}
	if len(managed) == 1 {
		return managed[0]
	}
	if b.shared == nil {
		b.shared = newOrganization(nil)
		b.orgs = append(b.orgs, b.shared)
	}
	return b.shared
}

func (b *organizations) addNodes() {
	type pending struct {
		node   *Node
		parent *value.Value
	}
	var all []pending
	for _, r := range b.m.Roots {
		for _, res := range b.m.resources(r, "aws_organizations_organizational_unit", "aws_organizations_account") {
			n := &Node{Kind: OrganizationalUnit, Resource: res, Name: res.Attr("name").TextOr(res.Address)}
			if res.Type == "aws_organizations_account" {
				n.Kind = Account
			}
			n.ID, _ = res.Attr("id").Text()
			b.byRef[idRef(res)] = n
			if n.ID != "" {
				b.byID[n.ID] = n
			}
			all = append(all, pending{n, res.Attr("parent_id")})
		}
	}
	for _, p := range all {
		b.place(p.node, p.parent)
	}
	// An organizational unit's parent may have been placed after it.
	for _, p := range all {
		top := p.node
		for hops := 0; top.Parent != nil && hops <= len(all); hops++ {
			top = top.Parent
		}
		if b.orgOf[top] == nil { // a cycle: Terraform would refuse it
			old := top.Parent
			old.Children = slices.DeleteFunc(old.Children, func(c *Node) bool { return c == top })
			top.Parent, top.ParentUnknown = b.of(top.Resource).Root, true
			top.Parent.Children = append(top.Parent.Children, top)
		}
	}
}

func idRef(res *terraform.Resource) value.Ref { return res.Ref("id") }

// place hangs a node under its parent. An account without parent_id is in the
// root; a parent that the scan does not declare is somewhere below the root.
func (b *organizations) place(n *Node, parent *value.Value) {
	target, org := b.target(n.Resource, parent)
	switch {
	case target != nil && target != n:
		n.Parent = target
	case parent.Missing() && n.Kind == Account:
		n.Parent = org.Root
	default:
		n.Parent, n.ParentUnknown, n.Why = org.Root, true, parent.AllWhy()
	}
	n.Parent.Children = append(n.Parent.Children, n)
	b.orgOf[org.Root] = org
}

var (
	rootID    = regexp.MustCompile(`^r-[0-9a-z]{4,32}$`)
	unitID    = regexp.MustCompile(`^ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}$`)
	accountID = regexp.MustCompile(`^[0-9]{12}$`)
)

// target is the node that an id names, and the organization it belongs to.
// The node is nil when it is not declared or not known.
func (b *organizations) target(res *terraform.Resource, id *value.Value) (*Node, *Organization) {
	org := b.of(res)
	if id.Ref != nil {
		ref := *id.Ref
		switch ref.Type {
		case "aws_organizations_organization":
			if !ref.Data {
				for _, o := range b.orgs {
					if o.Resource != nil && o.Resource.Address == ref.Address && o.Resource.Root.Dir == ref.Root {
						org = o
					}
				}
			}
			if strings.HasPrefix(ref.Attr, "roots") {
				return org.Root, org
			}
		case "aws_organizations_organizational_unit", "aws_organizations_account":
			ref.Attr = "id"
			if n := b.byRef[ref]; n != nil {
				top := n
				for hops := 0; top.Parent != nil && hops < 32; hops++ {
					top = top.Parent
				}
				if o := b.orgOf[top]; o != nil {
					org = o
				}
				return n, org
			}
		}
	}
	text, ok := id.Text()
	if !ok {
		return nil, org
	}
	if rootID.MatchString(text) {
		org.Root.ID = text
		return org.Root, org
	}
	return b.byID[text], org
}

func (b *organizations) addPolicies() {
	byRef := map[value.Ref]*OrganizationPolicy{}
	for _, r := range b.m.Roots {
		for _, res := range b.m.resources(r, "aws_organizations_policy", "awscc_organizations_policy") {
			p := &OrganizationPolicy{Resource: res, Type: res.Attr("type"), Content: res.Attr("content")}
			if p.IsSCP() != value.No {
				p.Document = b.m.document(res, p.Content, "content")
			}
			b.m.OrganizationPolicies = append(b.m.OrganizationPolicies, p)
			byRef[idRef(res)] = p
		}
	}
	for _, r := range b.m.Roots {
		for _, res := range b.m.resources(r, "aws_organizations_policy_attachment") {
			b.attach(&Attachment{Resource: res, PolicyID: res.Attr("policy_id"), TargetID: res.Attr("target_id")}, byRef)
		}
	}
	for _, p := range b.m.OrganizationPolicies {
		if p.Resource.Type == "awscc_organizations_policy" {
			for _, id := range p.Resource.Attr("target_ids").Elems {
				a := &Attachment{Resource: p.Resource, Policy: p, TargetID: id, PolicyID: &value.Value{Kind: value.Absent}}
				b.attach(a, byRef)
			}
		}
		b.adopt(p)
	}
}

func (b *organizations) attach(a *Attachment, byRef map[value.Ref]*OrganizationPolicy) {
	if ref := a.PolicyID.Ref; ref != nil && a.Policy == nil {
		want := *ref
		want.Attr = "id"
		a.Policy = byRef[want]
	}
	target, org := b.target(a.Resource, a.TargetID)
	a.Target = target
	if ref := a.TargetID.Ref; ref != nil && ref.Type == "aws_organizations_organization" && strings.HasPrefix(ref.Attr, "master_account") {
		a.Management = true
	}
	if a.Policy != nil {
		a.Policy.Attachments = append(a.Policy.Attachments, a)
	}
	switch {
	case target != nil:
		target.Attachments = append(target.Attachments, a)
	case !a.Management:
		org.Unplaced = append(org.Unplaced, a)
	}
	b.orgOf[org.Root] = org
}

// adopt gives a policy to the organization it is attached in, or else to the
// one beside it.
func (b *organizations) adopt(p *OrganizationPolicy) {
	if p.IsSCP() == value.No {
		return
	}
	org := b.of(p.Resource)
	for _, a := range p.Attachments {
		if a.Target != nil {
			path := a.Target.Path()
			if o := b.orgOf[path[0]]; o != nil {
				org = o
			}
			break
		}
	}
	org.Policies = append(org.Policies, p)
}

func (b *organizations) addSettings() {
	for _, r := range b.m.Roots {
		for _, res := range b.m.resources(r, "aws_iam_organizations_features", "aws_organizations_delegated_administrator",
			"aws_organizations_resource_policy", "aws_controltower_control") {
			if res.Type == "aws_controltower_control" && len(b.orgs) == 0 {
				continue
			}
			org := b.of(res)
			switch res.Type {
			case "aws_iam_organizations_features":
				org.Features = res
			case "aws_controltower_control":
				org.ControlTower = append(org.ControlTower, res)
			default:
				org.DelegatedPolicies = true
			}
		}
	}
}

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
