package organization

import (
	"fmt"
	"strings"

	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Binding is the service control policies on the path to a node. Nodes with the
// same policies on their paths have the same binding: what is proven of one is
// proven of all, and an organization has far fewer bindings than accounts.
type Binding struct {
	// Certain are the policies that bind the node for sure, with an open
	// document for each that is not known; possible those that may, because it
	// is not known whether or where they are attached. Root first.
	Certain, possible []proof.Level
	doubtful          bool // possible is more than certain
	why               []value.Reason
}

// Bindings finds the bindings of an organization's nodes.
type Bindings struct {
	org    *identity.Organization
	byNode map[*identity.Node]*Binding
	shared map[bindingKey]*Binding
	// foreign stands for a policy that is not at hand: it may deny anything;
	// hidden for what binds a node of which the scan sees only a part.
	foreign map[*identity.Attachment]*policy.Document
	hidden  map[*identity.Node]*policy.Document
}

type bindingKey struct {
	parent    *Binding
	documents string
}

// BindingsOf works out the bindings of an organization, node by node as they are
// asked for.
func BindingsOf(o *identity.Organization) *Bindings {
	return &Bindings{org: o, byNode: map[*identity.Node]*Binding{}, shared: map[bindingKey]*Binding{},
		foreign: map[*identity.Attachment]*policy.Document{}, hidden: map[*identity.Node]*policy.Document{}}
}

// step is what one node adds to the binding of its parent: what is sure to bind, and
// all that may, which is that and more. why is what would decide between the two.
type step struct {
	sure, maybe []*policy.Document
	why         []value.Reason
}

// Of is the binding of a node.
func (b *Bindings) Of(n *identity.Node) *Binding {
	if known := b.byNode[n]; known != nil {
		return known
	}
	var parent *Binding
	if n.Parent != nil {
		parent = b.Of(n.Parent)
	}
	s := b.step(n)
	if parent != nil && len(s.maybe) == 0 { // most accounts have nothing of their own
		b.byNode[n] = parent
		return parent
	}
	key := bindingKey{parent: parent, documents: s.key()}
	if b.shared[key] == nil {
		b.shared[key] = parent.with(s)
	}
	b.byNode[n] = b.shared[key]
	return b.shared[key]
}

// key tells steps apart by their documents, not by what these say: a policy has one
// document wherever it is attached, and comparing texts would cost more than asking
// twice of two policies with one text.
func (s step) key() string {
	var b strings.Builder
	for _, d := range s.sure {
		fmt.Fprintf(&b, "%p,", d)
	}
	b.WriteByte('/')
	for _, d := range s.maybe {
		fmt.Fprintf(&b, "%p,", d)
	}
	return b.String()
}

// with is the binding of a node below. AWS attaches FullAWSAccess to every node, and
// Terraform does not show where somebody took it away, so that it is taken to be
// there: then a service control policy restrains by what it denies alone, and nothing
// is safe for want of an Allow. Slices are clipped, since siblings add to the same.
func (b *Binding) with(s step) *Binding {
	if b == nil {
		b = &Binding{}
	}
	level := func(levels []proof.Level, docs []*policy.Document) []proof.Level {
		return append(levels[:len(levels):len(levels)], proof.Level{Documents: docs, FullAccess: value.Yes})
	}
	return &Binding{
		Certain: level(b.Certain, s.sure), possible: level(b.possible, s.maybe),
		doubtful: b.doubtful || len(s.maybe) > len(s.sure),
		why:      append(b.why[:len(b.why):len(b.why)], s.why...),
	}
}

// step collects what is attached to a node. A policy that certainly binds it and of
// which nothing is known counts as sure: it is an open document, under which a proof
// says that it does not know. One that may not even be attached is a possibility only,
// because more policies never allow more: where those that are sure hold, it holds.
func (b *Bindings) step(n *identity.Node) step {
	var s step
	for _, a := range n.Attachments {
		doc := b.document(a)
		if doc == nil {
			continue
		}
		s.maybe = append(s.maybe, doc)
		if a.Certain() == value.Yes && (a.Policy == nil || a.Policy.Exists() == value.Yes && a.Policy.IsSCP() == value.Yes) {
			s.sure = append(s.sure, doc)
			continue
		}
		s.why = append(s.why, a.Resource.Why...)
		if a.Policy != nil {
			s.why = append(append(s.why, a.Policy.Resource.Why...), a.Policy.Type.AllWhy()...)
		}
	}
	if n.ParentUnknown || !n.Managed() {
		doc := b.elsewhere(n)
		s.sure, s.maybe = append(s.sure, doc), append(s.maybe, doc)
	}
	b.unplaced(n, &s)
	return s
}

// unplaced adds what may be attached to the node though nobody can say so here.
// What may be attached anywhere is added at the root, once.
func (b *Bindings) unplaced(n *identity.Node, s *step) {
	for _, a := range b.org.Unplaced {
		if !a.MayTarget(n) || n.Parent != nil && a.MayTarget(b.org.Root) {
			continue
		}
		if doc := b.document(a); doc != nil {
			s.maybe = append(s.maybe, doc)
			s.why = append(s.why, targetUnknown(a)...)
		}
	}
	if n.Kind == identity.OrganizationRoot {
		for _, m := range b.org.Unread {
			s.maybe = append(s.maybe, openDocument([]value.Reason{m.Why}, m.Why.Span, ""))
			s.why = append(s.why, m.Why)
		}
	}
}

// document is what an attachment attaches; nil when it is no SCP, or AWS's
// own FullAWSAccess, which every node has anyway.
func (b *Bindings) document(a *identity.Attachment) *policy.Document {
	if a.Policy != nil {
		if a.Policy.IsSCP() == value.No {
			return nil
		}
		if a.Policy.Document != nil {
			return a.Policy.Document
		}
		return &policy.Document{Open: true} // not JSON: a gap says so
	}
	id, known := a.PolicyID.Text()
	if strings.HasPrefix(id, "p-FullAWSAccess") || strings.HasPrefix(id, "p-RCPFullAWSAccess") {
		return nil
	}
	if b.foreign[a] == nil {
		what := "the policy of '" + a.Resource.Address + "' is not in this scan"
		if known {
			what = "the policy " + id + ", attached by '" + a.Resource.Address + "', is not in this scan"
		}
		b.foreign[a] = openDocument(a.PolicyID.AllWhy(), a.Resource.AttributeSpan("policy_id"), what)
	}
	return b.foreign[a]
}

// elsewhere stands for what is attached to a node outside of the scan.
func (b *Bindings) elsewhere(n *identity.Node) *policy.Document {
	if b.hidden[n] == nil {
		what := "what is attached to '" + n.Name + "' elsewhere"
		if n.ParentUnknown {
			what = "the units above '" + n.Name + "' are not in this scan, nor is what is attached to them"
		}
		b.hidden[n] = openDocument(n.Why, source.Span{}, what)
	}
	return b.hidden[n]
}

// openDocument may say anything.
func openDocument(why []value.Reason, span source.Span, otherwise string) *policy.Document {
	if len(why) == 0 {
		why = []value.Reason{{Text: otherwise, Span: span}}
	}
	return &policy.Document{Open: true, Value: &value.Value{Span: span, Why: why}}
}
