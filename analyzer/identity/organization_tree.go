package identity

import (
	"regexp"
	"strings"

	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/terraform/addrs"
	"github.com/iamvet/iamvet/analyzer/value"
)

// organizations joins the resources of all roots into organizations.
type organizations struct {
	m     *Model
	orgs  []*Organization
	nodes []*Node // in the order in which they were met
	// byAddress finds what a reference names, byID what a literal id does.
	byAddress map[address]*Node
	byID      map[string]*Node
	byName    map[string][]*Node // managed units
	policies  map[address]*OrganizationPolicy
	// policyByID finds the policies whose id a plan, a state or an import tells.
	policyByID map[string]*OrganizationPolicy
	// managed finds the organization of a root.
	managed map[*terraform.Root]*Organization
	// shared is the organization of resources that name none: one that is
	// declared nowhere.
	shared *Organization
}

// address is a resource instance. Two evaluations of one directory differ.
type address struct {
	root *terraform.Root
	text string
	data bool
}

func addressOf(r *terraform.Resource) address {
	return address{r.Root, r.Address, r.Mode == addrs.Data}
}

func (m *Model) addOrganizations() {
	b := &organizations{
		m: m, byAddress: map[address]*Node{}, byID: map[string]*Node{}, byName: map[string][]*Node{},
		policies: map[address]*OrganizationPolicy{}, policyByID: map[string]*OrganizationPolicy{}, managed: map[*terraform.Root]*Organization{},
	}
	for _, r := range m.Roots {
		for _, res := range m.resources(r, "aws_organizations_organization", "awscc_organizations_organization") {
			o := b.organization(res)
			if b.managed[r] == nil {
				b.managed[r] = o
			}
		}
	}
	b.addNodes()
	b.addPolicies()
	b.addSettings()
	for _, n := range b.nodes {
		n.Parent.Children = append(n.Parent.Children, n)
	}
	for _, o := range b.orgs {
		sortNodes(o.Root)
	}
	m.Organizations = b.orgs
}

func (b *organizations) organization(res *terraform.Resource) *Organization {
	o := &Organization{Resource: res, Root: &Node{Kind: OrganizationRoot, Name: "root"}}
	o.Root.organization = o
	b.orgs = append(b.orgs, o)
	return o
}

// of is the organization that a resource belongs to when nothing it refers to
// says so: the one of its own root, else the only managed one, else one that
// the scan does not declare.
func (b *organizations) of(res *terraform.Resource) *Organization {
	if o := b.managed[res.Root]; o != nil {
		return o
	}
	if len(b.managed) == 1 {
		for _, o := range b.managed {
			return o
		}
	}
	if b.shared == nil {
		b.shared = b.organization(nil)
	}
	return b.shared
}

// addNodes finds the units and accounts of all roots, and their parents.
func (b *organizations) addNodes() {
	for _, r := range b.m.Roots {
		for _, res := range b.m.resources(r, "aws_organizations_organizational_unit", "aws_organizations_account",
			"awscc_organizations_organizational_unit", "awscc_organizations_account") {
			b.addNode(res)
		}
	}
	for i := 0; i < len(b.nodes); i++ { // placing one may find others, in data sources
		b.place(b.nodes[i])
	}
}

func (b *organizations) addNode(res *terraform.Resource) {
	n := &Node{Kind: OrganizationalUnit, Resource: res, written: res.Attr("parent_id")}
	name, id := res.Attr("name"), "id"
	switch res.Type {
	case "aws_organizations_account":
		n.Kind = Account
	case "awscc_organizations_account":
		n.Kind, name, id = Account, res.Attr("account_name"), "account_id"
		if n.written = res.Attr("parent_ids"); n.written.IsSequence() {
			n.written = n.written.At(0)
		}
	}
	n.Name = name.ShownOr(res.Address)
	var known bool
	if n.ID, known = res.Attr(id).Text(); !known {
		n.ID = res.ImportID
	}
	b.byAddress[addressOf(res)] = n
	if n.ID != "" {
		b.byID[n.ID] = n
	}
	if n.Kind == OrganizationalUnit {
		b.byName[n.Name] = append(b.byName[n.Name], n)
	}
	b.nodes = append(b.nodes, n)
}

// place finds a node's parent. An account without parent_id is in the root; a
// parent that is not known is somewhere below the root.
func (b *organizations) place(n *Node) {
	if n.Parent != nil || n.placing {
		return
	}
	n.placing = true
	defer func() { n.placing = false }()
	parent, org := b.target(n.Resource, n.written)
	if parent != nil && parent.Kind != OrganizationRoot {
		b.place(parent)
		if parent.placing { // a cycle: Terraform would refuse it
			parent = nil
		}
	}
	switch {
	case parent != nil && parent.Kind != Account:
		n.Parent = parent
	case n.written.Missing() && n.Kind == Account:
		n.Parent = org.Root
	default:
		n.Parent, n.ParentUnknown, n.Why = org.Root, true, n.written.AllWhy()
	}
}

var (
	rootID    = regexp.MustCompile(`^r-[0-9a-z]{4,32}$`)
	unitID    = regexp.MustCompile(`^ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}$`)
	accountID = regexp.MustCompile(`^[0-9]{12}$`)
)

// target is the node that an id or ARN names, and the organization it belongs
// to. The node is nil when it is not known.
func (b *organizations) target(res *terraform.Resource, id *value.Value) (*Node, *Organization) {
	org := b.of(res)
	if id.Ref != nil {
		n, o := b.referred(res, id.Ref)
		if o != nil {
			org = o
		}
		if n != nil {
			return n, org
		}
	}
	text, ok := id.Text()
	if !ok {
		return nil, org
	}
	if strings.HasPrefix(text, "arn:") {
		text = text[strings.LastIndexByte(text, '/')+1:]
	}
	if rootID.MatchString(text) {
		org.Root.ID = text
		return org.Root, org
	}
	if n := b.byID[text]; n != nil {
		return n, org
	}
	n := &Node{Name: text, ID: text, Parent: org.Root, ParentUnknown: true,
		Why: []value.Reason{{Text: text + " is not declared in this scan, nor what it hangs under", Span: id.Span}}}
	switch {
	case unitID.MatchString(text):
		n.Kind = OrganizationalUnit
	case accountID.MatchString(text):
		n.Kind = Account
	default:
		return nil, org
	}
	b.byID[text] = n
	b.nodes = append(b.nodes, n)
	return n, org
}

// referred is what a reference names: the root of an organization, a unit or an
// account, managed or read.
func (b *organizations) referred(res *terraform.Resource, ref *value.Ref) (*Node, *Organization) {
	root := res.Root
	if ref.Root != root.ID() {
		for _, r := range b.m.Roots {
			if r.ID() == ref.Root {
				root = r
				break
			}
		}
	}
	switch ref.Type {
	case "aws_organizations_organization", "awscc_organizations_organization":
		var org *Organization
		for _, o := range b.orgs {
			if o.Resource != nil && addressOf(o.Resource) == (address{root, ref.Address, ref.Data}) {
				org = o
			}
		}
		if org == nil {
			org = b.of(res)
		}
		if strings.HasPrefix(ref.Attr, "roots[") || ref.Attr == "root_id" {
			return org.Root, org
		}
		return nil, org
	case "aws_organizations_organizational_unit", "aws_organizations_account",
		"awscc_organizations_organizational_unit", "awscc_organizations_account":
		at := address{root, ref.Address, ref.Data}
		n := b.byAddress[at]
		if n == nil && ref.Data && ref.Type == "aws_organizations_organizational_unit" {
			n = b.read(at)
		}
		return n, nil
	}
	return nil, nil
}

// read is the unit that a data source finds by its parent and name. Where the
// scan declares that unit too, it is the same node.
func (b *organizations) read(at address) *Node {
	for _, res := range at.root.DataSources("aws_organizations_organizational_unit") {
		if res.Address != at.text {
			continue
		}
		n := &Node{Kind: OrganizationalUnit, Resource: res, Name: res.Attr("name").ShownOr(res.Address), written: res.Attr("parent_id")}
		b.byAddress[at] = n
		b.place(n)
		for _, same := range b.byName[n.Name] {
			if b.place(same); same.Parent == n.Parent && !same.ParentUnknown && !n.ParentUnknown {
				b.byAddress[at] = same
				return same
			}
		}
		b.byName[n.Name] = append(b.byName[n.Name], n)
		b.nodes = append(b.nodes, n)
		return n
	}
	return nil
}
