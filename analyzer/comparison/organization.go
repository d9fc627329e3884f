package comparison

import (
	"cmp"
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/organization"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/value"
)

// What binds an account are the policies of all nodes from the root of the organization to
// it. Each node is compared, not only each account: what the scan does not declare hangs
// below units as well.

// organizationPairs are the nodes of organizations before and after, and policies that are
// attached to nothing here.
func organizationPairs(before, after *identity.Model) pairs {
	var out pairs
	for _, kind := range []Kind{SCP, RCP} {
		was, now := nodesOf(before, kind), nodesOf(after, kind)
		found := match(was, now)
		fresh := slices.ContainsFunc(found, func(p *pair) bool { return p.was == nil })
		for _, p := range found {
			switch {
			case p.now == nil:
				p.now = p.was.gone(now, fresh)
			case p.was == nil && p.now.family != unknownTarget:
				continue // nobody could do anything in an account that there was not
			case p.was == nil:
				p.was = p.now.before(was)
			}
			if p.now != nil && p.was != nil {
				out = append(out, p)
			}
		}
		for _, p := range match(unattached(before, kind, false), unattached(after, kind, true)) {
			if p.now != nil && p.was != nil {
				out = append(out, p)
			}
		}
	}
	return out
}

// The families of nodes. unknownTarget is one of which the scan knows no more than how a
// target is written.
const unknownTarget = "target"

var families = map[identity.NodeKind]string{
	identity.OrganizationRoot: "root", identity.OrganizationalUnit: "unit", identity.Account: "account",
}

func nodesOf(m *identity.Model, kind Kind) []*subject {
	var out []*subject
	for _, o := range m.Organizations {
		off := kind == SCP && organization.DisablingOf(o) != nil
		o.Root.Walk(func(n *identity.Node) {
			s := &subject{kind: kind, family: families[n.Kind], name: nodeName(o, n), address: nodeName(o, n), exists: n.Exists(), label: labelOf(n)}
			if n.Resource == nil && n.Kind != identity.OrganizationRoot {
				s.family = unknownTarget
			}
			if n.Resource != nil {
				s.root, s.why, s.at = n.Resource.Root, n.Resource.Why, n.Resource.Place()
				s.address = n.Resource.Address
			} else if o.Resource != nil && n.Kind == identity.OrganizationRoot {
				s.at = o.Resource.Place()
			}
			if n.Kind == identity.Account {
				s.account = n.ID
			}
			s.asks()
			if !off {
				for _, at := range n.Path() {
					s.levels = append(s.levels, levelOf(at.Name, kind, at.Attachments))
				}
			}
			out = append(out, s)
		})
		seen := map[string]*subject{}
		for _, a := range o.Unplaced {
			if a.Target != nil || off {
				continue
			}
			name := a.TargetID.Printable()
			if key := value.Key(a.TargetID); seen[key] == nil {
				s := &subject{kind: kind, family: unknownTarget, name: key, address: name, exists: value.Yes, root: a.Resource.Root, at: a.Resource.AttributeSpan("target_id")}
				s.asks()
				s.levels = []level{levelOf("root", kind, o.Root.Attachments), {name: name, full: true}}
				seen[key] = s
				out = append(out, s)
			}
			s := seen[value.Key(a.TargetID)]
			l := levelOf(name, kind, []*identity.Attachment{a})
			s.levels[1].parts = append(s.levels[1].parts, l.parts...)
		}
	}
	return out
}

// asks sets who makes the requests.
func (s *subject) asks() {
	if s.kind == RCP {
		s.who = proof.Requests{Own: true, Resources: s.account}
		return
	}
	s.who = proof.Requests{Account: s.account,
		Kinds: []policy.CallerKind{policy.RoleCaller, policy.UserCaller, policy.RootCaller, policy.FederatedUserCaller}}
}

// nodeName tells nodes apart that are called the same.
func nodeName(o *identity.Organization, n *identity.Node) string {
	if n.Kind == identity.OrganizationRoot {
		if o.Resource != nil {
			return "the root of " + o.Resource.Address
		}
		return "the root of the organization"
	}
	return cmp.Or(n.ID, n.Name)
}

func labelOf(n *identity.Node) string {
	if n.Kind == identity.OrganizationRoot {
		return "root"
	}
	var names []string
	for _, at := range n.Path() {
		names = append(names, at.Name)
	}
	return strings.Join(names, "/")
}

// levelOf is what is attached to a node. Everything is allowed there that is not denied:
// AWS attaches FullAWSAccess to each.
func levelOf(name string, kind Kind, attachments []*identity.Attachment) level {
	l := level{name: name, full: true}
	for _, a := range attachments {
		is := value.Maybe
		var doc *policy.Document
		var why []value.Reason
		p := part{by: a.Resource, at: a.Resource.AttributeSpan("policy_id"), name: a.Resource.Address}
		switch {
		case a.Policy != nil:
			is = a.Policy.IsSCP()
			if kind == RCP {
				is = a.Policy.IsRCP()
			}
			doc, why = a.Policy.Document, a.Policy.Type.AllWhy()
			p.name = a.Policy.Resource.Address
		default:
			id, known := a.PolicyID.Text()
			if strings.HasPrefix(id, "p-FullAWSAccess") || strings.HasPrefix(id, "p-RCPFullAWSAccess") || kind == RCP {
				continue // which of the two it is, is asked once
			}
			why = a.PolicyID.AllWhy()
			if known {
				why = []value.Reason{{Text: "the policy " + id + ", which is not in this scan", Span: a.Resource.AttributeSpan("policy_id")}}
			}
			is, doc = value.Yes, &policy.Document{Open: true, Value: &value.Value{Why: why}}
		}
		if is == value.No || doc == nil {
			continue
		}
		sure := is.And(a.Certain())
		if a.Policy != nil {
			sure = sure.And(a.Policy.Exists())
			why = append(append(why, a.Resource.Why...), a.Policy.Resource.Why...)
		}
		if sure != value.Yes {
			doc = identity.Uncertain(doc, why)
		}
		p.doc = doc
		l.parts = append(l.parts, p)
	}
	return l
}

// gone is what binds a node that is not declared or named any more: what is attached to
// the root. Nil where there is nobody left to bind. fresh says that there are nodes that
// were not there before: this may be one of them, under its name.
func (s *subject) gone(now []*subject, fresh bool) *subject {
	if s.family == "unit" { // AWS deletes none that is not empty
		return nil
	}
	out := *s
	out.levels = nil
	for _, r := range now {
		if r.family == "root" {
			out.levels = r.levels
			break
		}
	}
	switch {
	case s.family == unknownTarget && fresh:
		out.unheld = "whether '" + s.address + "', which is not named any more, is one of those that are now"
	case s.family == "account":
		out.unheld = "whether the account goes on to exist, which is no longer declared"
	}
	return &out
}

// before is what bound a target that was not named.
func (s *subject) before(was []*subject) *subject {
	out := *s
	out.levels = nil
	for _, r := range was {
		if r.family == "root" {
			out.levels = r.levels
			break
		}
	}
	return &out
}

// unattached are the policies of organizations that are attached to nothing here, or all.
func unattached(m *identity.Model, kind Kind, only bool) []*subject {
	var out []*subject
	for _, p := range m.OrganizationPolicies {
		is := p.IsSCP()
		if kind == RCP {
			is = p.IsRCP()
		}
		if is != value.Yes || p.Document == nil || only && len(p.Attachments) > 0 {
			continue
		}
		s := newSubject(kind, p.Resource, p.Resource.Attr("name"))
		s.asks()
		s.levels = []level{{name: policies, full: true, parts: []part{{doc: p.Document, by: p.Resource, at: p.Resource.Place(), name: p.Resource.Address}}}}
		s.unheld = "where the policy is attached: nowhere in this scan"
		out = append(out, s)
	}
	return out
}
