package comparison

import (
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
	"github.com/iamvet/iamvet/analyzer/value"
)

// A subject is whom or what policies bind, on one side.
type subject struct {
	kind Kind
	// family is the type of its resource, whichever provider has it.
	family, name, address string
	root                  *terraform.Root // nil where it is of no one root
	formerly              []string        // its addresses before
	label                 string          // of its block, with the key of the instance
	account               string
	exists                value.Tri
	why                   []value.Reason // of a Maybe
	at                    source.Span
	levels                []level
	who                   proof.Requests
	// unheld says that nobody here has the policies.
	unheld string
	group  *identity.Group
	user   *identity.User
}

// A level is policies of which one has to allow a request.
type level struct {
	name  string
	full  bool // all is allowed, unless it is denied
	parts []part
	at    source.Span // what sets it
}

// A part is a policy, and what makes it bind.
type part struct {
	doc   *policy.Document
	by    *terraform.Resource // holds or attaches it; nil where it is the subject's own
	at    source.Span         // of what makes it bind
	name  string
	group *identity.Group
}

// The names of levels.
const (
	policies = "policies"
	boundary = "boundary"
)

// rules are the subject's as a proof takes them.
func (s *subject) rules() proof.Rules {
	var out proof.Rules
	for _, l := range s.levels {
		r := proof.RuleLevel{Name: l.name, Full: l.full}
		for _, p := range l.parts {
			r.Documents = append(r.Documents, p.doc)
		}
		out.Levels = append(out.Levels, r)
	}
	return out
}

// newSubject is the subject of a resource.
func newSubject(kind Kind, r *terraform.Resource, name *value.Value) *subject {
	s := &subject{
		kind: kind, family: strings.Replace(r.Type, "awscc_", "aws_", 1), address: r.Address, root: r.Root,
		label: r.Type + "." + r.Name + r.Key, account: identity.AccountOf(r), exists: r.Exists, why: r.Why, at: r.Place(),
	}
	s.name, _ = name.Text()
	return s
}

// formerlyOf are the addresses that a resource had before.
func formerlyOf(files *workspace.Boundary, r *terraform.Resource) []string {
	var out []string
	for _, from := range r.Formerly(files) {
		out = append(out, joined(r.Module, from.Type+"."+from.Name+r.Key))
	}
	return out
}

func joined(module, name string) string {
	if module == "" {
		return name
	}
	return module + "." + name
}

// people are the subjects in one model that are roles, users, groups, permission sets
// and policies.
func people(m *identity.Model, files *workspace.Boundary) (trust, holders, unheld []*subject) {
	for _, r := range m.Roles {
		s := newSubject(Trust, r.Resource, nameOf(r.Resource))
		s.formerly = formerlyOf(files, r.Resource)
		l := level{name: policies}
		if r.Trust != nil {
			l.parts = []part{{doc: r.Trust, at: r.Resource.AttributeSpan(r.TrustAttribute())}}
		}
		s.levels = []level{l}
		s.who = proof.Requests{Assume: true, Partition: r.Resource.Partition(),
			Kinds: []policy.CallerKind{policy.UserCaller, policy.RoleCaller, policy.ServiceCaller, policy.FederatedCaller}}
		trust = append(trust, s)
	}
	list, nobodys := m.Holders()
	groups := map[*terraform.Resource]*identity.Group{}
	for _, g := range m.Groups {
		groups[g.Resource] = g
	}
	for _, h := range list {
		s := newSubject(Permissions, h.Resource, h.Name)
		s.formerly, s.user, s.group = formerlyOf(files, h.Resource), h.User, groups[h.Resource]
		l := level{name: policies}
		for _, a := range h.Policies {
			l.parts = append(l.parts, part{doc: a.Document, by: a.Resource, at: attachedAt(a), name: a.Name, group: a.Group})
		}
		s.levels = []level{l}
		if h.Boundary != nil {
			s.levels = append(s.levels, level{name: boundary, at: h.BoundaryAt,
				parts: []part{{doc: h.Boundary, at: h.BoundaryAt, name: h.BoundaryName}}})
		}
		s.who = proof.Requests{Partition: h.Resource.Partition(), Account: s.account}
		switch {
		case h.User != nil:
			s.who.Kinds = []policy.CallerKind{policy.UserCaller}
		case s.group != nil:
			s.who.Kinds = []policy.CallerKind{policy.UserCaller}
		default:
			s.who.Kinds = []policy.CallerKind{policy.RoleCaller}
		}
		if s.group == nil && s.family != "aws_ssoadmin_permission_set" && s.name != "" {
			s.who.Name = s.name
			path := h.Resource.Attr("path")
			s.who.Path = path.TextOr("")
			if path.Missing() {
				s.who.Path = "/"
			}
		}
		if s.family == "aws_ssoadmin_permission_set" {
			s.who.Account = "" // it is assigned in any
		}
		holders = append(holders, s)
	}
	for _, a := range nobodys {
		s := newSubject(Policy, a.Resource, nameOf(a.Resource))
		s.formerly = formerlyOf(files, a.Resource)
		s.levels = []level{{name: policies, parts: []part{{doc: a.Document, at: a.Resource.Place(), name: a.Name}}}}
		s.who = proof.Requests{Partition: a.Resource.Partition(), Account: s.account, Kinds: []policy.CallerKind{policy.RoleCaller, policy.UserCaller}}
		s.unheld = "who has the policy: nobody in this scan"
		unheld = append(unheld, s)
	}
	return trust, holders, unheld
}

// declaredPolicies are all managed policies of a model, held or not.
func declaredPolicies(m *identity.Model) []*subject {
	var out []*subject
	for _, p := range m.ManagedPolicies() {
		s := newSubject(Policy, p.Resource, nameOf(p.Resource))
		s.levels = []level{{name: policies, parts: []part{{doc: p.Document, at: p.Resource.Place(), name: p.Name}}}}
		out = append(out, s)
	}
	return out
}

// nameOf is the name that IAM knows a resource by.
func nameOf(r *terraform.Resource) *value.Value {
	switch r.Type {
	case "awscc_iam_role":
		return r.Attr("role_name")
	case "awscc_iam_user":
		return r.Attr("user_name")
	case "awscc_iam_group":
		return r.Attr("group_name")
	case "awscc_iam_managed_policy":
		return r.Attr("managed_policy_name")
	}
	return r.Attr("name")
}

// attachedAt is what makes a policy bind.
func attachedAt(a *identity.AttachedPolicy) source.Span {
	for _, attribute := range []string{"policy_arn", "managed_policy_arn", "policy_arns", "policy", "inline_policy"} {
		if a.Resource.Attr(attribute).Set() {
			return a.Resource.AttributeSpan(attribute)
		}
	}
	return a.Resource.Place()
}

// A pair is a subject before and after; one of them may be nil.
type pair struct{ was, now *subject }

type pairs []*pair

func (p *pair) name() string { return p.either().address }

func (p *pair) either() *subject {
	if p.now != nil {
		return p.now
	}
	return p.was
}

// pairsOf finds the subjects of two models, each with what it was before.
func pairsOf(before, after *identity.Model, files *workspace.Boundary) pairs {
	trustWas, holdersWas, _ := people(before, nil)
	trustNow, holdersNow, unheldNow := people(after, files)
	var out pairs
	out = append(out, match(trustWas, trustNow)...)
	out = append(out, match(holdersWas, holdersNow)...)
	// Of a policy that nobody has it does not matter whether somebody had it.
	for _, p := range match(declaredPolicies(before), unheldNow) {
		if p.now != nil {
			out = append(out, p)
		}
	}
	return append(out, organizationPairs(before, after)...)
}

// match pairs subjects: first those that are one for certain, by what they bind, then
// those that only one can be. Names of IAM come before addresses: a role is who it is
// called, wherever it is declared.
func match(was, now []*subject) pairs {
	old := map[*subject]*subject{} // by what it is now
	taken := map[*subject]bool{}
	root := func(s *subject) string {
		if s.root == nil {
			return ""
		}
		return s.root.ID()
	}
	for _, keys := range []func(s *subject, before bool) []string{
		func(s *subject, _ bool) []string { return only(s.name != "", root(s), strings.ToLower(s.name)) },
		func(s *subject, _ bool) []string { return only(s.address != "", root(s), s.address) },
		func(s *subject, before bool) []string {
			if before {
				return only(s.address != "", root(s), s.address)
			}
			var out []string
			for _, a := range s.formerly {
				out = append(out, only(true, root(s), a)...)
			}
			return out
		},
		func(s *subject, _ bool) []string { return only(s.name != "", s.account, strings.ToLower(s.name)) },
		func(s *subject, _ bool) []string { return only(s.name != "", strings.ToLower(s.name)) },
		func(s *subject, _ bool) []string { return only(s.name == "" && s.address != "", s.address) },
		func(s *subject, _ bool) []string { return only(s.name == "" && s.label != "", s.label) },
	} {
		byKey := map[string][]*subject{}
		for _, s := range was {
			if !taken[s] {
				for _, k := range keys(s, true) {
					byKey[s.family+"\x00"+k] = append(byKey[s.family+"\x00"+k], s)
				}
			}
		}
		wanted := map[string][]*subject{}
		var order []string
		for _, s := range now {
			if old[s] == nil {
				for _, k := range keys(s, false) {
					k = s.family + "\x00" + k
					if wanted[k] == nil {
						order = append(order, k)
					}
					wanted[k] = append(wanted[k], s)
				}
			}
		}
		for _, k := range order {
			a, b := byKey[k], wanted[k]
			if len(a) == 1 && len(b) == 1 && !taken[a[0]] && old[b[0]] == nil {
				old[b[0]], taken[a[0]] = a[0], true
			}
		}
	}
	var out pairs
	for _, s := range now {
		out = append(out, &pair{old[s], s})
	}
	for _, s := range was {
		if !taken[s] {
			out = append(out, &pair{s, nil})
		}
	}
	return out
}

func only(when bool, parts ...string) []string {
	if !when {
		return nil
	}
	return []string{strings.Join(parts, "\x00")}
}

// throughGroups leaves out of what users newly may what their groups newly may: it is told
// of these. Who joins a group newly may what the group did before.
func (ps pairs) throughGroups(changes []*Change) {
	now, was := map[*identity.Group]*Change{}, map[*identity.Group]*identity.Group{}
	for i, p := range ps {
		if p.now != nil && p.now.group != nil && p.was != nil && p.was.group != nil {
			was[p.now.group] = p.was.group
			if changes[i] != nil {
				now[p.now.group] = changes[i]
			}
		}
	}
	for i, p := range ps {
		ch := changes[i]
		if ch == nil || p.now == nil || p.was == nil || p.now.user == nil || p.was.user == nil {
			continue
		}
		told := func(list func(*Change) []Opening) func(Opening) bool {
			return func(o Opening) bool {
				for g, told := range now {
					if p.now.user.JoinedBy(g) == nil || p.was.user.JoinedBy(was[g]) == nil {
						continue
					}
					if slices.ContainsFunc(list(told), func(x Opening) bool {
						return x.Opens == o.Opens && x.At == o.At && x.Was == o.Was && x.Why == o.Why
					}) {
						return true
					}
				}
				return false
			}
		}
		ch.Allows = slices.DeleteFunc(ch.Allows, told(func(c *Change) []Opening { return c.Allows }))
		ch.Denies = slices.DeleteFunc(ch.Denies, told(func(c *Change) []Opening { return c.Denies }))
	}
}
