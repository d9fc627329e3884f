package identity

import (
	"fmt"
	"strings"

	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Some resources are all that there is of a kind: what a user, group or policy has
// beside what they list, they take away when they are applied. What another
// resource declares and they do not list comes and goes with every apply, so that
// nobody can tell whether it binds.
// https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_user_policies_exclusive

// bindExclusive adds the inline policies that a user or group is said to have
// but that nothing declares.
func (m *Model) bindExclusive(r *terraform.Root) {
	declared := map[string]bool{}
	for _, res := range r.Resources("aws_iam_user_policy", "aws_iam_group_policy") {
		declared[res.Type+" "+res.Attr("name").TextOr("?")] = true
	}
	add := func(res *terraform.Resource, typ string, name, user, group *value.Value) {
		text, known := name.Text()
		if known && declared[typ+" "+text] || !known && name.Ref != nil && name.Ref.Type == typ {
			return
		}
		why := name.AllWhy()
		if len(why) == 0 {
			why = []value.Reason{{Text: fmt.Sprintf("the inline policy '%s', which the scan does not declare", text), Span: name.Span}}
		}
		m.attachTo(res, user, group, &AttachedPolicy{Resource: res, Name: text, Document: unseen(why), Unseen: true})
	}
	for _, res := range m.resources(r, "aws_iam_user_policies_exclusive") {
		each(res.Attr("policy_names"), func(n *value.Value) { add(res, "aws_iam_user_policy", n, res.Attr("user_name"), nil) })
	}
	for _, res := range m.resources(r, "aws_iam_group_policies_exclusive") {
		each(res.Attr("policy_names"), func(n *value.Value) { add(res, "aws_iam_group_policy", n, nil, res.Attr("group_name")) })
	}
}

// takeAway makes uncertain what an exclusive resource takes away.
func (m *Model) takeAway(r *terraform.Root) {
	for _, res := range m.resources(r, "aws_iam_user_policies_exclusive", "aws_iam_group_policies_exclusive") {
		m.takePolicies(res, func(a *AttachedPolicy) value.Tri {
			switch a.Resource.Type {
			case "aws_iam_user_policy", "aws_iam_group_policy":
				return m.lists(res, res.Attr("policy_names"), a.Resource, a.Resource.Attr("name"))
			}
			return value.Yes
		})
	}
	for _, res := range m.resources(r, "aws_iam_user_policy_attachments_exclusive", "aws_iam_group_policy_attachments_exclusive") {
		m.takePolicies(res, func(a *AttachedPolicy) value.Tri {
			switch a.Resource.Type {
			case "aws_iam_user_policy_attachment", "aws_iam_group_policy_attachment", "aws_iam_policy_attachment":
				return m.lists(res, res.Attr("policy_arns"), a.Resource, a.Resource.Attr("policy_arn"))
			}
			return value.Yes
		})
	}
	attachments := m.resources(r, "aws_iam_policy_attachment")
	var attached map[any][]attachment
	if len(attachments) > 0 {
		attached = m.attachedIn(r)
	}
	for _, res := range attachments {
		if key := m.policyKey(res); key != nil {
			takeAttachments(res, attached[key])
		}
	}
	memberships := m.resources(r, "aws_iam_group_membership")
	if len(memberships) == 0 {
		return
	}
	members := membersIn(m.usersOf[r])
	for _, res := range memberships {
		targets(&m.groupIndexes, res, res.Attr("group"), func(g *Group, _ value.Tri, _ []value.Reason) { takeMembers(res, members[g]) })
	}
}

// takePolicies makes the policies uncertain that an exclusive resource of a user or
// group does not list.
func (m *Model) takePolicies(by *terraform.Resource, listed func(*AttachedPolicy) value.Tri) {
	take := func(policies []*AttachedPolicy) {
		for i, a := range policies {
			if a.Resource != by && listed(a) != value.Yes {
				policies[i] = a.uncertain(takenBy(by, a.Resource))
			}
		}
	}
	targets(&m.userIndexes, by, by.Attr("user_name"), func(u *User, _ value.Tri, _ []value.Reason) { take(u.policies) })
	targets(&m.groupIndexes, by, by.Attr("group_name"), func(g *Group, _ value.Tri, _ []value.Reason) { take(g.policies) })
}

// An attachment is one policy of a user or group, in the list of its policies.
type attachment struct {
	policies []*AttachedPolicy
	at       int
	of       *terraform.Resource // the user or group
	name     *value.Value        // of it
	list     string              // where aws_iam_policy_attachment lists such
}

// attachedIn are the policies that resources of a root attach, by policyKey.
func (m *Model) attachedIn(r *terraform.Root) map[any][]attachment {
	out := map[any][]attachment{}
	add := func(policies []*AttachedPolicy, of *terraform.Resource, name *value.Value, list string) {
		for i, a := range policies {
			if key := m.policyKey(a.Resource); key != nil {
				out[key] = append(out[key], attachment{policies, i, of, name, list})
			}
		}
	}
	for _, u := range m.usersOf[r] {
		add(u.policies, u.Resource, u.Name, "users")
	}
	for _, g := range m.groupIndexes.of[r.ID()].all {
		add(g.policies, g.Resource, g.Name, "groups")
	}
	return out
}

// policyKey is the policy that a resource attaches: as it is declared, else its
// ARN; nil when it attaches none, or which is not known.
func (m *Model) policyKey(by *terraform.Resource) any {
	switch by.Type {
	case "aws_iam_user_policy_attachment", "aws_iam_group_policy_attachment", "aws_iam_policy_attachment":
	default:
		return nil
	}
	if p := m.declaredPolicy(by, by.Attr("policy_arn")); p != nil {
		return p
	}
	if text := arnText(by.Attr("policy_arn")); text != "" {
		return text
	}
	return nil
}

// takeAttachments is for aws_iam_policy_attachment, which detaches its policy from
// all that it does not list.
func takeAttachments(by *terraform.Resource, attached []attachment) {
	for _, a := range attached {
		p := a.policies[a.at]
		if p.Resource != by && names(by.Attr(a.list), a.of, a.name) != value.Yes {
			a.policies[a.at] = p.uncertain(takenBy(by, p.Resource))
		}
	}
}

// A member is a user in a group, in the list of the user's groups.
type member struct {
	user *User
	at   int
}

func membersIn(users []*User) map[*Group][]member {
	out := map[*Group][]member{}
	for _, u := range users {
		for i, g := range u.groups {
			if g.group != nil {
				out[g.group] = append(out[g.group], member{u, i})
			}
		}
	}
	return out
}

// takeMembers is for aws_iam_group_membership, which removes from its group all
// that it does not list.
func takeMembers(by *terraform.Resource, members []member) {
	for _, in := range members {
		g := &in.user.groups[in.at]
		if g.by != by && names(by.Attr("users"), in.user.Resource, in.user.Name) != value.Yes {
			g.sure, g.why = value.Maybe, append(takenBy(by, g.by), g.why...)
		}
	}
}

func takenBy(by, what *terraform.Resource) []value.Reason {
	return []value.Reason{{Text: fmt.Sprintf("'%s' takes away what it does not list, and '%s' puts it back: which comes last is not known", by.Address, what.Address), Span: by.Header}}
}

// lists says whether a list of names or ARNs holds what a resource declares.
func (m *Model) lists(by *terraform.Resource, list *value.Value, declared *terraform.Resource, name *value.Value) value.Tri {
	out := value.No
	each(list, func(e *value.Value) {
		if by.Type == "aws_iam_user_policy_attachments_exclusive" || by.Type == "aws_iam_group_policy_attachments_exclusive" {
			out = out.Or(m.samePolicy(by, e, declared, name))
			return
		}
		out = out.Or(same(e, declared, name))
	})
	return out
}

// names says whether a list names a user or group.
func names(list *value.Value, of *terraform.Resource, name *value.Value) value.Tri {
	out := value.No
	each(list, func(e *value.Value) { out = out.Or(same(e, of, name)) })
	return out
}

// same says whether a value is the name that a resource has.
func same(v *value.Value, of *terraform.Resource, name *value.Value) value.Tri {
	a, knownA := v.Text()
	b, knownB := name.Text()
	switch {
	case of.Is(v, ""):
		return value.Yes
	case knownA && knownB && a != b && strings.EqualFold(a, b): // names of users and groups are one in any case
		return value.TriOf(of.Type == "aws_iam_user" || of.Type == "aws_iam_group" || of.Type == "awscc_iam_user" || of.Type == "awscc_iam_group").Or(value.Maybe)
	case knownA && knownB:
		return value.TriOf(a == b)
	case v.Ref != nil && v.Ref.Type == of.Type && v.Ref.Address != of.Address:
		return value.No
	}
	return value.Maybe
}

// samePolicy says whether two ARNs, each written in a resource, name one policy.
func (m *Model) samePolicy(by *terraform.Resource, a *value.Value, other *terraform.Resource, b *value.Value) value.Tri {
	p, q := m.declaredPolicy(by, a), m.declaredPolicy(other, b)
	if p != nil || q != nil {
		if p != nil && q != nil {
			return value.TriOf(p == q)
		}
		if arnText(a) != "" && arnText(b) != "" {
			return value.No
		}
		return value.Maybe
	}
	x, y := arnText(a), arnText(b)
	if x == "" || y == "" {
		return value.Maybe
	}
	return value.TriOf(x == y)
}
