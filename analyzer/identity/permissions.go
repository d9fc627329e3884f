package identity

import (
	"fmt"
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Permissions are what binds a user, as far as the scan tells.
type Permissions struct {
	// Policies are the user's own and those of its groups.
	Policies []*AttachedPolicy
	// Boundary is the permissions boundary; nil when there is none. It is open
	// where it is not known.
	Boundary *policy.Document
	// BoundaryName is what people call the boundary.
	BoundaryName string
}

// Documents are the policies' documents.
func (p *Permissions) Documents() []*policy.Document {
	out := make([]*policy.Document, 0, len(p.Policies))
	for _, a := range p.Policies {
		out = append(out, a.Document)
	}
	return out
}

// PermissionsOf is what binds a user. Policies and groups are joined by
// reference and by name, in the user's root first; a name that only one other
// root of the scan declares is that one.
func (m *Model) PermissionsOf(u *User) Permissions {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.bind()
	p := Permissions{Policies: slices.Clone(u.policies)}
	for _, g := range u.groups {
		for _, a := range m.groupPolicies(g) {
			if g.sure != value.Yes {
				a = a.uncertain(g.why)
			}
			p.Policies = append(p.Policies, a)
		}
	}
	p.Policies = append(p.Policies, m.unreadPolicies(u)...)
	if b := u.Resource.Attr("permissions_boundary"); !b.Missing() && b.TextOr("?") != "" {
		doc := m.policyAt(u.Resource, b)
		p.Boundary, p.BoundaryName = doc.document, doc.name
	}
	return p
}

// unreadPolicies stand for what modules that are not at hand may attach to a
// user that they are given.
func (m *Model) unreadPolicies(u *User) []*AttachedPolicy {
	root := u.Resource.Root
	calls, ok := m.unread[root]
	if !ok {
		calls = root.UnreadModules()
		m.unread[root] = calls
	}
	var out []*AttachedPolicy
	for _, call := range calls {
		given := false
		call.Arguments.Walk(func(v *value.Value) bool {
			given = given || u.Resource.Is(v, "") || v.Is(value.String) && mayName(v, u.Name) == value.Yes
			return !given
		})
		if given {
			out = append(out, &AttachedPolicy{Resource: u.Resource, Name: call.Address, Document: unseen([]value.Reason{call.Why}), Unseen: true})
		}
	}
	return out
}

// groupPolicies are the policies of a group; of one that is not declared, a
// policy of which nothing is known.
func (m *Model) groupPolicies(g membership) []*AttachedPolicy {
	if g.group != nil {
		return g.group.policies
	}
	name := "a group"
	why := g.name.AllWhy()
	if text, ok := g.name.Text(); ok {
		name = fmt.Sprintf("group '%s'", text)
	}
	if len(why) == 0 {
		why = []value.Reason{{Text: "the policies of " + name + ", which the scan does not declare", Span: g.name.Span}}
	}
	return []*AttachedPolicy{{Resource: g.by, Name: name, Document: unseen(why), Unseen: true}}
}

// unseen is a document of which nothing is known.
func unseen(why []value.Reason) *policy.Document {
	return &policy.Document{Open: true, Value: &value.Value{Why: why}}
}

// uncertain is the policy where it is not known whether it binds: what it
// allows may be allowed, and what it denies may be denied.
func (a *AttachedPolicy) uncertain(why []value.Reason) *AttachedPolicy {
	out, doc := *a, *a.Document
	doc.Statements = make([]*policy.Statement, len(a.Document.Statements))
	for i, s := range a.Document.Statements {
		maybe := *s
		maybe.Open = true
		v := value.Value{}
		if s.Value != nil {
			v = *s.Value
		}
		v.Why = slices.Concat(why, v.Why)
		maybe.Value = &v
		doc.Statements[i] = &maybe
	}
	out.Document, out.certain = &doc, a.of()
	return &out
}

// A found is a policy that an ARN names.
type found struct {
	document *policy.Document
	name     string
	unseen   bool
}

// policyAt is the managed policy that an ARN, written in a resource, names.
func (m *Model) policyAt(by *terraform.Resource, arn *value.Value) found {
	if p := m.declaredPolicy(by, arn); p != nil {
		return found{m.policyDocument(p), p.Address, false}
	}
	if text := arnText(arn); text != "" {
		name := text[strings.LastIndexByte(text, '/')+1:]
		if strings.Contains(text, ":iam::aws:policy/") {
			return found{managedPolicy(name), name, false}
		}
		why := value.Reason{Text: "the policy " + name + ", which the scan does not declare", Span: arn.Span}
		return found{unseen([]value.Reason{why}), name, true}
	}
	why := arn.AllWhy()
	if len(why) == 0 {
		why = []value.Reason{{Text: "the policy that '" + by.Address + "' attaches is not known", Span: arn.Span}}
	}
	return found{unseen(why), "a policy that is not known", true}
}

// declaredPolicy is the policy of the scan that an ARN names; nil when there is
// none.
func (m *Model) declaredPolicy(by *terraform.Resource, arn *value.Value) *terraform.Resource {
	if x := m.policyIndexes.of[by.Root.ID()]; x != nil {
		if p := x.find(arn); p != nil {
			return p
		}
	}
	text := arnText(arn)
	if text == "" || strings.Contains(text, ":iam::aws:policy/") {
		return nil
	}
	return m.policyNamed(by.Root, text[strings.Index(text, ":policy/")+len(":policy/"):])
}

// arnText is the ARN of a policy, with an unknown partition or account as *;
// "" when its name is not known.
func arnText(arn *value.Value) string {
	parts, ok := arn.AsParts()
	if !ok {
		return ""
	}
	var b strings.Builder
	for _, p := range parts {
		if p.Hole == nil {
			b.WriteString(p.Text.String)
		} else if strings.Contains(b.String(), ":policy/") {
			return ""
		} else {
			b.WriteString("*")
		}
	}
	if text := b.String(); strings.HasPrefix(text, "arn:") && strings.Contains(text, ":policy/") {
		return text
	}
	return ""
}

// policyNamed is the declared policy of that path and name: in the root, else
// the only one in the scan.
func (m *Model) policyNamed(r *terraform.Root, path string) *terraform.Resource {
	name := value.Str(path)
	if x := m.policyIndexes.of[r.ID()]; x != nil {
		if p := x.find(name); p != nil {
			return p
		}
	}
	return m.policyIndexes.elsewhere(name)
}

// policyDocument is the document of an aws_iam_policy, parsed once.
func (m *Model) policyDocument(p *terraform.Resource) *policy.Document {
	if d, ok := m.documents[p]; ok {
		return d
	}
	d := m.document(p, policyText(p), "policy")
	if d != nil && p.Exists == value.Maybe {
		d = (&AttachedPolicy{Document: d}).uncertain(p.Why).Document
	}
	m.documents[p] = d
	return d
}

// LeaveOut tells the model of the one of all roots, of which it has some: see Crossed.
func (m *Model) LeaveOut(all *Model) {
	m.userIndexes.beyond, m.groupIndexes.beyond, m.policyIndexes.beyond = &all.userIndexes, &all.groupIndexes, &all.policyIndexes
}

// Crossed says that a user, group or policy of one root is named in another, so that
// what binds users cannot be told root by root.
func (m *Model) Crossed() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.bind()
	return m.userIndexes.crossed || m.groupIndexes.crossed || m.policyIndexes.crossed
}

// bind joins users, groups and policies, when someone asks: a scan without
// console passwords needs none of them. Half of it would be wrong: after a panic it
// panics for whoever asks again.
func (m *Model) bind() {
	switch {
	case m.bound:
		return
	case m.broken:
		panic("what binds users was not worked out to its end")
	}
	m.bound, m.broken = true, true
	defer func() { m.bound = !m.broken }()
	m.usersOf = map[*terraform.Root][]*User{}
	for _, u := range m.Users {
		m.usersOf[u.Resource.Root] = append(m.usersOf[u.Resource.Root], u)
	}
	m.documents, m.unread = map[*terraform.Resource]*policy.Document{}, map[*terraform.Root][]terraform.UnreadModule{}
	for _, r := range m.Roots {
		m.addGroups(r)
		m.addPolicies(r)
	}
	m.addOutsiders()
	for _, r := range m.Roots {
		m.bindMemberships(r)
		m.bindInline(r)
		m.bindManaged(r)
		m.bindExclusive(r)
	}
	for _, r := range m.Roots {
		m.takeAway(r)
	}
	m.broken = false
}

// addOutsiders makes users of the names that logins give and no root declares.
func (m *Model) addOutsiders() {
	m.outsiders = map[*Login]*User{}
	for _, l := range m.Logins {
		if l.Owner != nil {
			continue
		}
		if name, ok := l.User.Text(); !ok || name == "" {
			continue
		}
		u := m.userIndexes.elsewhere(l.User)
		if u == nil {
			if x := m.userIndexes.of[l.Resource.Root.ID()]; x != nil {
				if u = x.find(l.User); u == nil {
					u = &User{Resource: l.Resource, Name: l.User}
					x.add(u, l.Resource, l.User)
				}
			}
		}
		m.outsiders[l] = u
	}
}

func (m *Model) addGroups(r *terraform.Root) {
	groups := &index[*Group]{root: r}
	for _, res := range m.resources(r, "aws_iam_group", "awscc_iam_group") {
		name := res.Attr("name")
		if res.Type == "awscc_iam_group" {
			name = res.Attr("group_name")
		}
		g := &Group{Resource: res, Name: name}
		m.Groups = append(m.Groups, g)
		groups.add(g, res, name)
	}
	m.groupIndexes.join(groups)
}

// addPolicies finds customer managed policies, under path and name.
func (m *Model) addPolicies(r *terraform.Root) {
	policies := &index[*terraform.Resource]{root: r}
	for _, res := range m.resources(r, "aws_iam_policy", "awscc_iam_managed_policy") {
		name := res.Attr("name")
		if text, ok := name.Text(); ok {
			path := strings.Trim(res.Attr("path").TextOr("/"), "/")
			name = value.StrAt(source.Computed(strings.TrimPrefix(path+"/"+text, "/"), name.Span))
		}
		if arn, ok := res.Attr("arn").Text(); ok && arn != "" {
			policies.alias(res, arn)
			if strings.Contains(arn, ":iam::aws:policy/") {
				continue // of AWS's own, as an account shows it: no name of the account's
			}
		}
		policies.add(res, res, name)
	}
	m.policyIndexes.join(policies)
}

// targets are the users or groups that a value names: surely, or (sure Maybe)
// possibly, in the root of the resource or the only one elsewhere. identified
// says that it names one that the scan declares.
func targets[T comparable](all *indexes[T], by *terraform.Resource, v *value.Value, f func(t T, sure value.Tri, why []value.Reason)) (identified bool) {
	var zero T
	if x := all.of[by.Root.ID()]; x != nil {
		if t := x.find(v); t != zero {
			f(t, by.Exists, by.Why)
			return true
		}
		for _, t := range x.possible(v) {
			f(t, value.Maybe, slices.Concat(v.AllWhy(), by.Why))
		}
	}
	if t := all.elsewhere(v); t != zero {
		f(t, by.Exists, by.Why)
		return true
	}
	return false
}

// each calls f for every member of a list, and with an unknown value for what
// may be in it without being listed.
func each(list *value.Value, f func(*value.Value)) {
	if list.Missing() {
		return
	}
	for _, e := range list.Elems {
		f(e)
	}
	if list.Open || list.Is(value.Unknown) {
		f(&value.Value{Type: value.Type{Kind: value.String}, Why: list.AllWhy(), Span: list.Span})
	}
}

func (m *Model) bindMemberships(r *terraform.Root) {
	join := func(by *terraform.Resource, user, group *value.Value) {
		targets(&m.userIndexes, by, user, func(u *User, sure value.Tri, why []value.Reason) {
			identified := targets(&m.groupIndexes, by, group, func(g *Group, inGroup value.Tri, more []value.Reason) {
				u.groups = append(u.groups, membership{g, group, by, sure.And(inGroup), slices.Concat(why, more)})
			})
			if !identified {
				u.groups = append(u.groups, membership{nil, group, by, sure, why})
			}
		})
	}
	for _, res := range m.resources(r, "aws_iam_user_group_membership") {
		each(res.Attr("groups"), func(g *value.Value) { join(res, res.Attr("user"), g) })
	}
	for _, res := range m.resources(r, "aws_iam_group_membership") {
		each(res.Attr("users"), func(u *value.Value) { join(res, u, res.Attr("group")) })
	}
	for _, res := range r.Resources("awscc_iam_user") {
		each(res.Attr("groups"), func(g *value.Value) { join(res, res.Attr("user_name"), g) })
	}
}

// attachTo binds a policy to the users or groups that a value names.
func (m *Model) attachTo(by *terraform.Resource, users, groups *value.Value, p *AttachedPolicy) {
	maybe := func(sure value.Tri, why []value.Reason) *AttachedPolicy {
		if sure == value.Yes {
			copied := *p
			return &copied
		}
		return p.uncertain(why)
	}
	if users != nil {
		targets(&m.userIndexes, by, users, func(u *User, sure value.Tri, why []value.Reason) {
			u.policies = append(u.policies, maybe(sure, why))
		})
	}
	if groups != nil {
		targets(&m.groupIndexes, by, groups, func(g *Group, sure value.Tri, why []value.Reason) {
			a := maybe(sure, why)
			a.Group = g
			g.policies = append(g.policies, a)
		})
	}
}

func (m *Model) bindInline(r *terraform.Root) {
	add := func(res *terraform.Resource, text, user, group *value.Value) {
		doc := m.document(res, text, "policy")
		if doc == nil {
			return // a gap: AWS refuses it
		}
		m.attachTo(res, user, group, &AttachedPolicy{Resource: res, Name: res.Address, Document: doc})
	}
	for _, res := range m.resources(r, "aws_iam_user_policy") {
		add(res, res.Attr("policy"), res.Attr("user"), nil)
	}
	for _, res := range m.resources(r, "aws_iam_group_policy") {
		add(res, res.Attr("policy"), nil, res.Attr("group"))
	}
	for _, res := range r.Resources("awscc_iam_user") {
		each(res.Attr("policies"), func(p *value.Value) { add(res, p.Get("policy_document"), res.Attr("user_name"), nil) })
	}
	for _, res := range r.Resources("awscc_iam_group") {
		each(res.Attr("policies"), func(p *value.Value) { add(res, p.Get("policy_document"), nil, res.Attr("group_name")) })
	}
}

func (m *Model) bindManaged(r *terraform.Root) {
	add := func(res *terraform.Resource, arn, user, group *value.Value) {
		p := m.policyAt(res, arn)
		if p.document == nil {
			return // a gap: AWS refuses it
		}
		m.attachTo(res, user, group, &AttachedPolicy{Resource: res, Name: p.name, Document: p.document, Unseen: p.unseen})
	}
	for _, res := range m.resources(r, "aws_iam_user_policy_attachment") {
		add(res, res.Attr("policy_arn"), res.Attr("user"), nil)
	}
	for _, res := range m.resources(r, "aws_iam_group_policy_attachment") {
		add(res, res.Attr("policy_arn"), nil, res.Attr("group"))
	}
	for _, res := range m.resources(r, "aws_iam_policy_attachment") {
		each(res.Attr("users"), func(u *value.Value) { add(res, res.Attr("policy_arn"), u, nil) })
		each(res.Attr("groups"), func(g *value.Value) { add(res, res.Attr("policy_arn"), nil, g) })
	}
	for _, res := range m.resources(r, "aws_iam_user_policy_attachments_exclusive") {
		each(res.Attr("policy_arns"), func(arn *value.Value) { add(res, arn, res.Attr("user_name"), nil) })
	}
	for _, res := range m.resources(r, "aws_iam_group_policy_attachments_exclusive") {
		each(res.Attr("policy_arns"), func(arn *value.Value) { add(res, arn, nil, res.Attr("group_name")) })
	}
	for _, res := range r.Resources("awscc_iam_user") {
		each(res.Attr("managed_policy_arns"), func(arn *value.Value) { add(res, arn, res.Attr("user_name"), nil) })
	}
	for _, res := range r.Resources("awscc_iam_group") {
		each(res.Attr("managed_policy_arns"), func(arn *value.Value) { add(res, arn, nil, res.Attr("group_name")) })
	}
}
