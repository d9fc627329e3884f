package checks

import (
	"fmt"
	"strings"

	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/settings"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/value"
)

// binding is the service control policies on the path to a node. Nodes with the
// same policies on their paths have the same binding: what is proven of one is
// proven of all, and an organization has far fewer bindings than accounts.
type binding struct {
	// certain are the policies that bind the node for sure, with an open
	// document for each that is not known; possible those that may, because it
	// is not known whether or where they are attached. Root first.
	certain, possible []proof.Level
	doubtful          bool // possible is more than certain
	why               []value.Reason
}

// bindings finds the bindings of an organization's nodes.
type bindings struct {
	org    *identity.Organization
	byNode map[*identity.Node]*binding
	shared map[bindingKey]*binding
	// foreign stands for a policy that is not at hand: it may deny anything;
	// hidden for what binds a node of which the scan sees only a part.
	foreign map[*identity.Attachment]*policy.Document
	hidden  map[*identity.Node]*policy.Document
}

type bindingKey struct {
	parent    *binding
	documents string
}

func newBindings(o *identity.Organization) *bindings {
	return &bindings{org: o, byNode: map[*identity.Node]*binding{}, shared: map[bindingKey]*binding{},
		foreign: map[*identity.Attachment]*policy.Document{}, hidden: map[*identity.Node]*policy.Document{}}
}

// step is what one node adds to the binding of its parent.
type step struct {
	sure, maybe []*policy.Document
	why         []value.Reason
}

func (b *bindings) of(n *identity.Node) *binding {
	if known := b.byNode[n]; known != nil {
		return known
	}
	var parent *binding
	if n.Parent != nil {
		parent = b.of(n.Parent)
	}
	s := b.step(n)
	if parent != nil && len(s.maybe) == 0 {
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

func (b *binding) with(s step) *binding {
	if b == nil {
		b = &binding{}
	}
	level := func(levels []proof.Level, docs []*policy.Document) []proof.Level {
		return append(levels[:len(levels):len(levels)], proof.Level{Documents: docs, FullAccess: value.Yes})
	}
	return &binding{
		certain: level(b.certain, s.sure), possible: level(b.possible, s.maybe),
		doubtful: b.doubtful || len(s.maybe) > len(s.sure),
		why:      append(b.why[:len(b.why):len(b.why)], s.why...),
	}
}

func (b *bindings) step(n *identity.Node) step {
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
func (b *bindings) unplaced(n *identity.Node, s *step) {
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
			s.maybe = append(s.maybe, open([]value.Reason{m.Why}, m.Why.Span, ""))
			s.why = append(s.why, m.Why)
		}
	}
}

// targetUnknown is why it is not known where an attachment is made.
func targetUnknown(a *identity.Attachment) []value.Reason {
	if why := a.TargetID.AllWhy(); len(why) > 0 {
		return why
	}
	return []value.Reason{{Text: "which node " + a.TargetID.TextOr("the target of "+a.Resource.Address) + " is", Span: a.Resource.AttributeSpan(targetAttribute(a))}}
}

// document is what an attachment attaches; nil when it is no SCP, or AWS's
// own FullAWSAccess, which every node has anyway.
func (b *bindings) document(a *identity.Attachment) *policy.Document {
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
		b.foreign[a] = open(a.PolicyID.AllWhy(), a.Resource.AttributeSpan("policy_id"), what)
	}
	return b.foreign[a]
}

// elsewhere stands for what is attached to a node outside of the scan.
func (b *bindings) elsewhere(n *identity.Node) *policy.Document {
	if b.hidden[n] == nil {
		what := "what is attached to '" + n.Name + "' elsewhere"
		if n.ParentUnknown {
			what = "the units above '" + n.Name + "' are not in this scan, nor is what is attached to them"
		}
		b.hidden[n] = open(n.Why, source.Span{}, what)
	}
	return b.hidden[n]
}

func open(why []value.Reason, span source.Span, otherwise string) *policy.Document {
	if len(why) == 0 {
		why = []value.Reason{{Text: otherwise, Span: span}}
	}
	return &policy.Document{Open: true, Value: &value.Value{Span: span, Why: why}}
}

// alone is the levels of a policy as if it were attached to the root.
func alone(d *policy.Document) []proof.Level {
	return []proof.Level{{Documents: []*policy.Document{d}, FullAccess: value.Yes}}
}

// together is the levels of policies as if all were attached to the root.
func together(policies []*identity.OrganizationPolicy) []proof.Level {
	level := proof.Level{FullAccess: value.Yes}
	for _, p := range policies {
		level.Documents = append(level.Documents, p.Document)
	}
	return []proof.Level{level}
}

// policiesByRoot are the SCPs that certainly exist, by the root module that
// declares them: what stands together is most likely attached together.
func policiesByRoot(o *identity.Organization) [][]*identity.OrganizationPolicy {
	var out [][]*identity.OrganizationPolicy
	at := map[*terraform.Root]int{}
	for _, p := range o.Policies {
		if p.Document == nil || p.IsSCP() != value.Yes || p.Exists() != value.Yes {
			continue
		}
		i, known := at[p.Resource.Root]
		if !known {
			i, at[p.Resource.Root] = len(out), len(out)
			out = append(out, nil)
		}
		out[i] = append(out[i], p)
	}
	return out
}

// question asks for a property at every place of an organization, once for
// each binding.
type question[R any] struct {
	org     *identity.Organization
	ask     func([]proof.Level) R
	verdict func(R) proof.Verdict
	needs   func(R) []value.Reason
}

// outcome is the answer for one place.
type outcome[R any] struct {
	place
	verdict proof.Verdict
	result  R
	needs   []value.Reason // of an undetermined one
}

// outcomes are the answers for all places, in their order: with what certainly
// binds a place, and where that does not do but what may bind it would,
// undetermined.
func (q *question[R]) outcomes(s *settings.Settings) []outcome[R] {
	bs := newBindings(q.org)
	memo := map[*binding]outcome[R]{}
	var out []outcome[R]
	for _, p := range places(q.org, s) {
		b := bs.of(p.node)
		answer, done := memo[b]
		if !done {
			answer = q.of(b)
			memo[b] = answer
		}
		answer.place = p
		if why, exists := p.exists(q.org); answer.verdict == proof.Violated && exists != value.Yes {
			answer.verdict, answer.needs = proof.Undetermined, why
		}
		out = append(out, answer)
	}
	return out
}

func (q *question[R]) of(b *binding) outcome[R] {
	r := q.ask(b.certain)
	switch verdict := q.verdict(r); {
	case verdict == proof.Violated && b.doubtful:
		perhaps := q.ask(b.possible)
		if q.verdict(perhaps) == proof.Violated {
			return outcome[R]{verdict: proof.Violated, result: r}
		}
		return outcome[R]{verdict: proof.Undetermined, result: r, needs: distinct(append(b.why[:len(b.why):len(b.why)], q.needs(perhaps)...))}
	case verdict == proof.Undetermined:
		return outcome[R]{verdict: verdict, result: r, needs: distinct(q.needs(r))}
	case verdict == proof.Holds:
		if enabled, why := policiesEnabled(q.org); enabled == value.Maybe {
			return outcome[R]{verdict: proof.Undetermined, result: r, needs: why}
		}
		return outcome[R]{verdict: verdict, result: r}
	default:
		return outcome[R]{verdict: verdict, result: r}
	}
}

// sorted are the outcomes by their verdict.
func sorted[R any](all []outcome[R]) (held, failed, undetermined []outcome[R]) {
	for _, o := range all {
		switch o.verdict {
		case proof.Violated:
			failed = append(failed, o)
		case proof.Undetermined:
			undetermined = append(undetermined, o)
		default:
			held = append(held, o)
		}
	}
	return held, failed, undetermined
}

// distinct is every reason once.
func distinct(list []value.Reason) []value.Reason {
	var out []value.Reason
	seen := map[value.Reason]bool{}
	for _, r := range list {
		if !seen[r] {
			seen[r] = true
			out = append(out, r)
		}
	}
	return out
}
