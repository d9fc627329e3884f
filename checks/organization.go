package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// place is where accounts are or will be: an account, or a node of the tree
// for the accounts that are created in it later.
type place struct {
	node    *identity.Node
	account bool
}

func (p place) String() string {
	if p.account {
		return fmt.Sprintf("the account '%s'", p.node.Name)
	}
	if p.node.Kind == identity.OrganizationRoot {
		return "accounts directly in the root"
	}
	return fmt.Sprintf("accounts in the unit '%s'", p.node.Name)
}

// address is the resource of the place, for people who look it up.
func (p place) address() string {
	if p.node.Resource == nil {
		return ""
	}
	return p.node.Resource.Address
}

// places are the accounts of an organization, its units without accounts, and
// the root, where an account can be created at any time.
func places(o *identity.Organization) []place {
	out := []place{{node: o.Root}}
	if len(o.Root.Children) == 0 {
		return out
	}
	for _, n := range o.Root.Leaves() {
		out = append(out, place{node: n, account: n.Kind == identity.Account})
	}
	return out
}

// binding is what service control policies bind a place.
type binding struct {
	levels []proof.Level
	key    string // equal for places with equal policies
}

// bindings finds the policies of each place, and shares what is equal.
type bindings struct {
	org *identity.Organization
	// loose are policies whose target is not known: they may bind any place.
	loose []*identity.Attachment
	// foreign stands for a policy that is not at hand: it may deny anything.
	foreign map[*identity.Attachment]*policy.Document
	hidden  map[*identity.Node]*policy.Document
}

func newBindings(o *identity.Organization) *bindings {
	b := &bindings{org: o, foreign: map[*identity.Attachment]*policy.Document{}, hidden: map[*identity.Node]*policy.Document{}}
	for _, a := range o.Unplaced {
		if a.TargetID.Is(value.Unknown) || len(a.TargetID.AllWhy()) > 0 {
			b.loose = append(b.loose, a)
		}
	}
	return b
}

// of is the policies that certainly bind a node, and those that may: their
// attachment, or what they are attached to, is not known. Documents that are
// not known stand among the certain ones as open documents.
func (b *bindings) of(n *identity.Node) (certain, possible binding, why []value.Reason) {
	for _, step := range n.Path() {
		sure := proof.Level{FullAccess: value.Yes}
		maybe := proof.Level{FullAccess: value.Yes}
		for _, a := range step.Attachments {
			doc := b.document(a)
			if doc == nil {
				continue
			}
			maybe.Documents = append(maybe.Documents, doc)
			if a.Certain() == value.Yes && (a.Policy == nil || a.Policy.Resource.Exists == value.Yes && a.Policy.IsSCP() == value.Yes) {
				sure.Documents = append(sure.Documents, doc)
				continue
			}
			why = append(why, a.Resource.Why...)
			if a.Policy != nil {
				why = append(append(why, a.Policy.Resource.Why...), a.Policy.Type.AllWhy()...)
			}
		}
		if step.ParentUnknown {
			if b.hidden[step] == nil {
				b.hidden[step] = open(step.Why, source.Span{}, "the units above '"+step.Name+"' are not in this scan, nor is what is attached to them")
			}
			sure.Documents = append(sure.Documents, b.hidden[step])
			maybe.Documents = append(maybe.Documents, b.hidden[step])
		}
		certain.add(sure)
		possible.add(maybe)
	}
	loose := proof.Level{FullAccess: value.Yes}
	for _, a := range b.loose {
		if doc := b.document(a); doc != nil {
			loose.Documents = append(loose.Documents, doc)
			why = append(why, a.TargetID.AllWhy()...)
		}
	}
	if len(loose.Documents) > 0 {
		possible.add(loose)
	}
	return certain, possible, why
}

func (b *binding) add(l proof.Level) {
	b.levels = append(b.levels, l)
	for _, d := range l.Documents {
		b.key += fmt.Sprintf("%p,", d)
	}
	b.key += "/"
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
		b.foreign[a] = open(a.PolicyID.AllWhy(), attributeSpan(a.Resource, "policy_id"), what)
	}
	return b.foreign[a]
}

func open(why []value.Reason, span source.Span, otherwise string) *policy.Document {
	if len(why) == 0 {
		why = []value.Reason{{Text: otherwise, Span: span}}
	}
	return &policy.Document{Open: true, Value: &value.Value{Span: span, Why: why}}
}

// policyOf is the policy that a document belongs to.
func policyOf(o *identity.Organization, d *policy.Document) *identity.OrganizationPolicy {
	for _, p := range o.Policies {
		if p.Document != nil && p.Document == d {
			return p
		}
	}
	return nil
}

// alone is the levels of a policy as if it were attached to the root.
func alone(d *policy.Document) []proof.Level {
	return []proof.Level{{Documents: []*policy.Document{d}, FullAccess: value.Yes}}
}

// witness is a proof's witness as a finding carries it.
func witness(w *proof.Witness) *analyzer.Witness {
	if w == nil {
		return nil
	}
	return &analyzer.Witness{Principal: w.Principal, Action: w.Action, Resource: w.Resource, Context: w.Context, Absent: w.Absent, Words: w.Words}
}

// statementText is a statement in canonical form, for fingerprints.
func statementText(s *policy.Statement) string {
	if s == nil {
		return ""
	}
	return value.Canonical(s.Value)
}

// nearSpan is the text at fault: the condition, the element, else the statement.
func nearSpan(near *proof.NearMiss) source.Span {
	switch near.Defect {
	case proof.DefectBool, proof.DefectForAny, proof.DefectAge, proof.DefectNullOnly, proof.DefectStringOnBool, proof.DefectWildcard, proof.DefectInverted:
		if span := operatorSpan(near.Condition); !span.IsZero() {
			return span
		}
	}
	if near.Condition != nil {
		if span := near.Condition.Span(); !span.IsZero() {
			return span
		}
	}
	element := ""
	switch near.Defect {
	case proof.DefectActions:
		element = "Action"
	case proof.DefectExempts:
		element = "NotAction"
	case proof.DefectResource:
		element = "Resource"
	}
	if element != "" && near.Statement.Value != nil {
		for _, a := range near.Statement.Value.Attrs {
			k, _ := a.Key()
			if (k == element || element == "Resource" && k == "NotResource") && !a.Value.Span.IsZero() {
				if a.Name.Span.IsZero() {
					return a.Value.Span
				}
				return a.Name.Span.To(a.Value.Span)
			}
		}
	}
	return near.Statement.Span()
}

// listPlaces names a few places, and how many more there are.
func listPlaces(list []place) string {
	var names []string
	for i, p := range list {
		if i == 5 && len(list) > 6 {
			names = append(names, fmt.Sprintf("%d more", len(list)-5))
			break
		}
		names = append(names, p.String())
	}
	switch len(names) {
	case 0:
		return "nothing"
	case 1:
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// operatorSpan is the operator of a condition: with what it stands over in an
// object, alone in a condition block.
func operatorSpan(c *policy.Condition) source.Span {
	if c == nil || c.OperatorValue == nil || c.OperatorValue.Span.IsZero() {
		return source.Span{}
	}
	operator := c.OperatorValue.Span
	if whole := operator.To(c.Span()); whole.File != nil && whole.File.Line(whole.Start) == whole.File.Line(whole.End) {
		return whole
	}
	return operator
}

// question asks for a property at every place of an organization, once for
// each distinct set of policies.
type question[R any] struct {
	org     *identity.Organization
	ask     func([]proof.Level) R
	verdict func(R) proof.Verdict
	needs   func(R) []value.Reason
	memo    map[string]R
}

// outcome is the answer for one place.
type outcome[R any] struct {
	place
	result R
	needs  []value.Reason // of an undetermined one
}

func (q *question[R]) of(b binding) R {
	if q.memo == nil {
		q.memo = map[string]R{}
	}
	r, done := q.memo[b.key]
	if !done {
		r = q.ask(b.levels)
		q.memo[b.key] = r
	}
	return r
}

// answers sorts the places by verdict: with what certainly binds a place, and
// where that does not do but what may bind it would, undetermined.
func (q *question[R]) answers() (held, failed, undetermined []outcome[R]) {
	bs := newBindings(q.org)
	for _, p := range places(q.org) {
		certain, possible, why := bs.of(p.node)
		r := q.of(certain)
		switch verdict := q.verdict(r); {
		case verdict == proof.Violated && possible.key != certain.key && q.verdict(q.of(possible)) != proof.Violated:
			undetermined = append(undetermined, outcome[R]{p, r, append(why[:len(why):len(why)], q.needs(q.of(possible))...)})
		case verdict == proof.Violated:
			failed = append(failed, outcome[R]{p, r, nil})
		case verdict == proof.Undetermined:
			undetermined = append(undetermined, outcome[R]{p, r, q.needs(r)})
		default:
			held = append(held, outcome[R]{p, r, nil})
		}
	}
	return held, failed, undetermined
}

// reportUndetermined points at what is not known: a policy's content, or where
// it is attached; else at the organization.
func reportUndetermined[R any](p *analyzer.Pass, o *identity.Organization, severity analyzer.Severity, what string, v outcome[R]) {
	f := &analyzer.Finding{
		Severity: severity, Resource: o.Resource, Span: o.Resource.Header, Defect: "unknown", Needs: v.needs,
		Message: fmt.Sprintf("Whether %s in %s depends on a value that is not known.", what, v.place),
	}
	if len(f.Needs) == 0 {
		f.Needs = []value.Reason{{Text: "the service control policies that bind " + v.place.String(), Span: o.Resource.Header}}
	}
	if policy := unknownPolicy(o, f.Needs); policy != nil {
		f.Resource, f.Span = policy.Resource, unknownSpan(policy)
		f.Message = fmt.Sprintf("Whether %s depends on a part of '%s' that cannot be decided.", what, policy.Resource.Address)
	} else if a := unknownTarget(o); a != nil {
		f.Resource, f.Span = a.Policy.Resource, attributeSpan(a.Resource, "target_id")
		f.Message = fmt.Sprintf("Whether %s depends on where '%s' attaches '%s', which is not known.", what, a.Resource.Address, a.Policy.Resource.Address)
	}
	p.Report(f)
}

// unknownPolicy is the policy that the reasons are about: they stand in it, or
// it holds what they explain.
func unknownPolicy(o *identity.Organization, needs []value.Reason) *identity.OrganizationPolicy {
	for _, p := range o.Policies {
		if p.Document == nil {
			continue
		}
		for _, n := range needs {
			if n.Span.IsZero() {
				continue
			}
			for _, s := range p.Document.Statements {
				if s.Span().Contains(n.Span) {
					return p
				}
			}
			if slices.Contains(p.Content.AllWhy(), n) || slices.Contains(p.Resource.Why, n) {
				return p
			}
		}
	}
	return nil
}

func unknownTarget(o *identity.Organization) *identity.Attachment {
	for _, a := range o.Unplaced {
		if a.Policy != nil && !a.TargetID.Known() {
			return a
		}
	}
	return nil
}

// unknownSpan is the first piece of a policy that is not known, where the
// policy's text stands.
func unknownSpan(p *identity.OrganizationPolicy) source.Span {
	if span := unknownMember(p.Content); !span.IsZero() {
		return span
	}
	return attributeSpan(p.Resource, "content")
}

// unknownMember is the innermost member whose name or value is not known.
func unknownMember(v *value.Value) source.Span {
	if v.JSON != nil {
		return unknownMember(v.JSON)
	}
	for _, e := range v.Elems {
		if span := unknownMember(e); !span.IsZero() {
			return span
		}
	}
	for _, a := range v.Attrs {
		if span := unknownMember(a.Value); !span.IsZero() {
			return span
		}
		if a.Name.Known() && a.Value.Known() {
			continue
		}
		switch {
		case a.Name.Known() && !a.Name.Span.IsZero():
			return a.Name.Span.To(a.Expr)
		case !a.Expr.IsZero():
			return a.Expr
		}
	}
	return source.Span{}
}

func spanOr(a, b source.Span) source.Span {
	if a.IsZero() {
		return b
	}
	return a
}
