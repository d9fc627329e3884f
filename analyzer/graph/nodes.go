package graph

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/organization"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/value"
)

// builder makes nodes.
type builder struct {
	model  *identity.Model
	now    time.Time
	guards []organization.ResourceGuard
	nodes  map[string]*Node
	roles  map[*identity.Role]*Node
	users  map[*identity.User]*Node
	// callers are the users and roles that may assume some role, by their account, and
	// all of them.
	callers map[string][]*Node
	all     []*Node
	// unnamed are accounts that are not known, by accountKey.
	unnamed map[string]string
}

func newBuilder(m *identity.Model, now time.Time) *builder {
	b := &builder{
		model: m, now: now, guards: organization.ResourceGuards(m),
		nodes: map[string]*Node{}, roles: map[*identity.Role]*Node{}, users: map[*identity.User]*Node{},
		callers: map[string][]*Node{}, unnamed: map[string]string{},
	}
	for _, r := range m.Roles {
		n := b.declared(Role, policy.RoleCaller, r.Resource, r.Name())
		b.roles[r] = n
		b.bind(n, m.RolePermissionsOf(r))
	}
	groups := map[*identity.Group]*Node{}
	for _, u := range m.Users {
		n := b.declared(User, policy.UserCaller, u.Resource, u.Name)
		b.users[u] = n
		b.bind(n, m.PermissionsOf(u))
		for _, g := range u.Groups() {
			if groups[g] == nil {
				groups[g] = b.declared(Group, policy.UnknownCaller, g.Resource, g.Name)
			}
			n.Groups = append(n.Groups, groups[g])
		}
	}
	return b
}

// declared is the node of a resource.
func (b *builder) declared(kind Kind, caller policy.CallerKind, r *terraform.Resource, name *value.Value) *Node {
	root := "."
	if r.Root != nil {
		root = cmp.Or(r.Root.Dir, ".")
	}
	n := &Node{Kind: kind, Name: r.Address, Resource: r, ID: string(kind) + ":" + root + "#" + r.Address}
	n.Account = identity.AccountOf(r)
	n.accountKey = cmp.Or(n.Account, accountIn(r.Reference("arn")), r.Root.ID())
	text, known := name.Text()
	if !known || text == "" {
		// Its name is not known: one that stands for it, and for nothing else.
		text = "name-of-" + strings.Map(func(c rune) rune {
			if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c == '_' || c == '-' || c == '.' {
				return c
			}
			return '-'
		}, r.Address)
	}
	n.who = proof.Who{Kind: caller, Name: text, Path: r.Attr("path").TextOr("/"), Partition: cmp.Or(r.Partition(), "aws"), ID: proof.ExampleID(r.Ref("unique_id"))}
	for i := 2; b.nodes[n.ID] != nil; i++ { // of two states of one root
		n.ID = fmt.Sprintf("%s:%s#%s#%d", kind, root, r.Address, i)
	}
	b.nodes[n.ID] = n
	return n
}

// accountIn is the account in an ARN, or what it is called where it is not known.
func accountIn(arn *value.Value) string {
	parts, _ := arn.AsParts()
	colons := 0
	for _, p := range parts {
		if p.Hole != nil && colons == 4 {
			return p.Hole.Same
		}
		colons += strings.Count(p.Text.String, ":")
	}
	return ""
}

// bind gives a node its policies, and notes that it may assume roles.
func (b *builder) bind(n *Node, p identity.Permissions) {
	asks := false
	for _, a := range p.Policies {
		doc, more := a.Listed()
		if more && !slices.Contains(n.Unseen, a.Name) {
			n.Unseen = append(n.Unseen, a.Name)
		}
		name := a.Name
		if a.Group != nil {
			name += " of " + a.Group.Resource.Address
		}
		n.documents = append(n.documents, permission{name, a.Resource.Header, doc})
		asks = asks || slices.ContainsFunc(doc.Statements, func(s *policy.Statement) bool {
			return s.Effect != policy.Deny && s.AdmitsAction("sts:AssumeRole") != value.No
		})
	}
	n.boundary = p.Boundary
	if asks {
		b.callers[n.accountKey] = append(b.callers[n.accountKey], n)
		b.all = append(b.all, n)
	}
}

// node is one that nothing declares.
func (b *builder) node(kind Kind, key, name string) *Node {
	id := string(kind) + ":" + key
	if b.nodes[id] == nil {
		b.nodes[id] = &Node{ID: id, Kind: kind, Name: name}
	}
	return b.nodes[id]
}

// account is the node of an account: an id, or what one is called that is not known.
func (b *builder) account(key string, known bool, root *terraform.Root) *Node {
	if known {
		n := b.node(Account, key, "account "+key)
		n.Account, n.accountKey = key, key
		return n
	}
	if b.unnamed[key] == "" {
		dir := cmp.Or(root.Dir, ".")
		name := "the account of " + dir
		if dir == "." {
			name = "this account"
		}
		taken := func(name string) bool {
			return slices.Contains(slices.Collect(maps.Values(b.unnamed)), name)
		}
		own := name
		for i := 2; taken(own); i++ {
			own = name + " (" + strconv.Itoa(i) + ")"
		}
		b.unnamed[key] = own
	}
	name := b.unnamed[key]
	n := b.node(Account, name, name)
	n.accountKey = key
	return n
}

// A candidate is somebody who may assume a role.
type candidate struct {
	from       *Node
	action     string
	statements []*policy.Statement
	// permitted says that a policy of the caller has to allow it too.
	permitted bool
	// mayDirectly says that it is not known whether one has to, for the reason directly.
	mayDirectly bool
	directly    value.Reason
	session     string // of a role: only this one
	provider    string // its name, as the statement writes it
	needs       []value.Reason
}

// candidates are who may assume a role, as its trust policy names them.
func (b *builder) candidates(r *identity.Role) []candidate {
	c := &naming{builder: b, role: r, node: b.roles[r], at: map[string]int{}}
	if r.Trust == nil || r.Resource.Deleted() || r.Attribute.Missing() {
		return nil // a gap: AWS refuses it; or there is nothing to become
	}
	for _, s := range r.Trust.Statements {
		if s.Effect == policy.Deny {
			continue
		}
		if s.NotPrincipal {
			c.anyone(s)
			continue
		}
		c.said = false
		for _, p := range s.Principals {
			c.principal(s, p)
		}
		if s.PrincipalsOpen && !c.said || !s.HasPrincipal && s.Open || s.Effect == policy.EffectUnknown {
			c.unknown(s, "somebody whom '"+r.Resource.Address+"' trusts", value.Needs("who is trusted", s.Span(), s.Element("Principal")))
		}
	}
	if r.Trust.Open {
		c.unknown(nil, "somebody whom '"+r.Resource.Address+"' trusts", value.Needs("the trust policy of "+r.Resource.Address, r.Resource.Header, r.Attribute))
	}
	return c.found
}

// naming finds whom the trust policy of one role names.
type naming struct {
	*builder
	role  *identity.Role
	node  *Node
	found []candidate
	at    map[string]int // in found, by node, action and session
	said  bool           // a principal that is not known stands for what the statement does not list
}

// add takes a candidate in; whoever is named by several statements is one, and needs no
// permission where one of them names him himself.
func (c *naming) add(s *policy.Statement, n candidate) {
	if s != nil && s.AdmitsAction(n.action) == value.No {
		return
	}
	if s != nil {
		n.statements = []*policy.Statement{s}
	}
	key := strings.Join([]string{n.from.ID, n.action, n.session, n.provider}, " ")
	i, known := c.at[key]
	if !known {
		c.at[key] = len(c.found)
		c.found = append(c.found, n)
		return
	}
	have := &c.found[i]
	have.statements = append(have.statements, n.statements...)
	have.permitted = have.permitted && n.permitted
	if n.mayDirectly {
		have.mayDirectly, have.directly = true, n.directly
	}
	have.needs = append(have.needs, n.needs...)
}

func (c *naming) unknown(s *policy.Statement, name string, needs []value.Reason) {
	n := c.builder.node(Unknown, name, name)
	for _, action := range []string{"sts:AssumeRole", "sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML"} {
		if s == nil || s.AdmitsAction(action) != value.No {
			c.add(s, candidate{from: n, action: action, needs: needs})
			return
		}
	}
}

const assume = "sts:AssumeRole"

func (c *naming) principal(s *policy.Statement, p policy.Principal) {
	switch p.Class {
	case policy.AnyPrincipal:
		c.anyone(s)
	case policy.ServicePrincipal:
		if name, known := p.Pattern.Literal(); known {
			n := c.builder.node(Service, name, name)
			n.who = proof.Who{Kind: policy.ServiceCaller, Name: name}
			c.add(s, candidate{from: n, action: assume})
			return
		}
		c.unlisted(s, p)
	case policy.FederatedPrincipal:
		c.provider(s, p)
	case policy.AccountPrincipal:
		c.account(s, p)
	case policy.UserPrincipal, policy.RolePrincipal, policy.AssumedRolePrincipal:
		c.named(s, p)
	case policy.UnknownPrincipal:
		c.unlisted(s, p)
	}
	// Ids are of whoever was deleted, a federated user cannot assume roles, and a
	// canonical user is none of STS.
}

// unlisted is a principal that is not known.
func (c *naming) unlisted(s *policy.Statement, p policy.Principal) {
	name := "somebody"
	if p.Value != nil {
		name = p.Value.Printable()
		c.said = c.said || p.Value.Is(value.Unknown)
	}
	c.unknown(s, name, value.Needs("a principal of "+c.role.Resource.Address, s.Span(), p.Value))
}

func (c *naming) provider(s *policy.Statement, p policy.Principal) {
	name, known := p.Pattern.Literal()
	shown := p.Pattern.String()
	for _, kind := range []string{":oidc-provider/", ":saml-provider/"} {
		if _, after, ok := strings.Cut(shown, kind); ok && !strings.Contains(after, "${") {
			shown, known = after, true
		}
	}
	if !known {
		c.unlisted(s, p)
		return
	}
	if name == "" {
		name = p.Pattern.String()
	}
	key := shown
	if strings.Contains(name, "saml-provider") {
		key = cmp.Or(p.Account, c.node.accountKey) + "/" + shown
		shown = "SAML provider " + shown
	}
	n := c.builder.node(Provider, key, shown)
	n.who = proof.Who{Kind: policy.FederatedCaller, Name: name}
	action := federatedAction(name)
	// A saml-provider that is named by one who does not know it is.
	if s.AdmitsAction(action) == value.No {
		return
	}
	c.add(s, candidate{from: n, action: action, provider: name})
}

// account is everybody of an account whom its own policies let: the account itself, and
// those of the code.
func (c *naming) account(s *policy.Statement, p policy.Principal) {
	key := cmp.Or(p.Account, sameIn(p.Value))
	if key == "" {
		c.unlisted(s, p)
		return
	}
	if key == c.node.accountKey && c.node.Account != "" {
		key = c.node.Account
	}
	c.add(s, candidate{from: c.builder.account(key, p.Account != "", c.role.Resource.Root), action: assume})
	for _, n := range c.callers[key] {
		if n != c.node && n.mayAsk(c.example()) {
			c.add(s, candidate{from: n, action: assume, permitted: true})
		}
	}
}

// sameIn is what an account that is not known is called, in an id or an ARN.
func sameIn(v *value.Value) string {
	if v == nil {
		return ""
	}
	if v.Same != "" {
		return v.Same
	}
	if parts, ok := v.AsParts(); ok && len(parts) == 1 && parts[0].Hole != nil {
		return parts[0].Hole.Same
	}
	return accountIn(v)
}

// example is the role's ARN, in an account that stands for its own where that is not
// known.
func (c *naming) example() string {
	return c.node.arn(cmp.Or(c.node.Account, "111122223333"))
}

func (c *naming) anyone(s *policy.Statement) {
	c.add(s, candidate{from: c.builder.node(Anyone, "*", "anyone"), action: assume})
	own := value.Reason{Text: wildcardNeed}
	for _, n := range c.all {
		if n != c.node && n.mayAsk(c.example()) {
			c.add(s, candidate{from: n, action: assume, permitted: true, mayDirectly: n.accountKey == c.node.accountKey, directly: own})
		}
	}
}

// named is a user or role, or one session of it.
func (c *naming) named(s *policy.Statement, p policy.Principal) {
	session := ""
	if p.Class == policy.AssumedRolePrincipal {
		_, session, _ = strings.Cut(p.Name, "/")
	}
	if n := c.declaredAt(p); n != nil {
		if n == c.node {
			// A role that trusts itself lets nobody in who is not in already.
			return
		}
		known := n.Account != "" && c.node.Account != ""
		apart := value.Reason{Text: "whether '" + n.Name + "' and '" + c.node.Name + "' are of one account, where no policy of the former has to allow it", Span: s.Span()}
		unseen := value.Reason{Text: "whether " + strings.Join(n.Unseen, " or ") + " lets '" + n.Name + "' assume it"}
		add := candidate{from: n, action: assume, session: session}
		if n.accountKey != c.node.accountKey {
			add.permitted = true
			switch {
			case !known:
				add.mayDirectly, add.directly = true, apart
			case len(n.Unseen) > 0:
				add.mayDirectly, add.directly = true, unseen
			}
		}
		c.add(s, add)
		return
	}
	role, _, _ := strings.Cut(p.Name, "/")
	name := p.Name
	if p.Class == policy.AssumedRolePrincipal {
		name = role
	}
	key := cmp.Or(p.Account, sameIn(p.Value))
	if name == "" || key == "" || strings.Contains(name, "${") {
		c.unlisted(s, p)
		return
	}
	kind, caller, word := Role, policy.RoleCaller, "role"
	if p.Class == policy.UserPrincipal {
		kind, caller, word = User, policy.UserCaller, "user"
	}
	of := "account " + key
	if p.Account == "" {
		of = c.builder.account(key, false, c.role.Resource.Root).Name
	}
	n := c.builder.node(kind, of+"/"+name, word+" "+name+" of "+of)
	i := strings.LastIndexByte(name, '/') + 1
	n.who = proof.Who{Kind: caller, Path: "/" + name[:i], Name: name[i:], Partition: p.Partition}
	n.Account, n.accountKey = p.Account, key
	c.add(s, candidate{from: n, action: assume, session: session})
}

// declaredAt is the user or role of the scan that a principal names.
func (c *naming) declaredAt(p policy.Principal) *Node {
	by := c.role.Resource
	if p.Value != nil && p.Value.Ref != nil && !p.Value.Ref.Data {
		if r := c.model.RoleAt(by, p.Value); r != nil {
			return c.roles[r]
		}
		if u := c.model.UserAt(by, p.Value); u != nil {
			return c.users[u]
		}
	}
	name := p.Name
	if p.Class == policy.AssumedRolePrincipal {
		name, _, _ = strings.Cut(name, "/")
	}
	name = name[strings.LastIndexByte(name, '/')+1:]
	key := cmp.Or(p.Account, sameIn(p.Value))
	if name == "" || key == "" {
		return nil
	}
	var n *Node
	if p.Class == policy.UserPrincipal {
		if u := c.model.UserAt(by, value.Str(name)); u != nil {
			n = c.users[u]
		}
	} else if r := c.model.RoleAt(by, value.Str(name)); r != nil {
		n = c.roles[r]
	}
	if n == nil || n.accountKey != key {
		return nil
	}
	return n
}
