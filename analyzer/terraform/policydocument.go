package terraform

import (
	"fmt"
	"sort"
	"strings"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// renderPolicyDocument is what the AWS provider makes of the body of a data
// "aws_iam_policy_document" block: the attributes json and minified_json, as
// strings whose tree is in their JSON field. Unknown parts stay where they are
// in the tree; the text is exact when nothing is unknown. Statements keep the
// span of their block, or of their node in the document they were merged from.
//
// What the provider refuses is a gap, and the result unknown.
//
// What it does is in policy_document_data_source.go and policy_model.go of
// https://github.com/hashicorp/terraform-provider-aws/tree/main/internal/service/iam
// The order of members and elements is the provider's, so that the text is that
// of a plan.
func renderPolicyDocument(block *value.Value, span source.Span) (json, minified *value.Value, gaps []source.Gap) {
	r := &policyRenderer{}
	doc := r.render(block, span)
	if len(r.gaps) > 0 {
		u := value.UnknownBecause(r.gaps[0].Reason, r.gaps[0].Span)
		return u, u, r.gaps
	}
	tree := doc.tree(span)
	var cases []value.Case
	for _, c := range documentCases(block) {
		one := &policyRenderer{}
		if doc := one.render(c.Value, span); len(one.gaps) == 0 { // the provider refuses the others
			cases = append(cases, value.Case{Value: doc.tree(span), When: c.When})
		}
	}
	if cases != nil {
		tree = value.OneOf(tree, cases)
	}
	return policyText(tree, "  ", span), policyText(tree, "", span), nil
}

// documentCases are what a block is one of, where its statements or the
// documents that are merged with them are one of several. What a statement
// itself is one of stays in it.
func documentCases(block *value.Value) []value.Case {
	own, sources, overrides := block.Get("statement"), block.Get("source_policy_documents"), block.Get("override_policy_documents")
	statements := own.Cases()
	documents := &value.Value{Kind: value.Object, Attrs: []value.Attr{member("sources", sources), member("overrides", overrides)}} // mostly one of them is not written
	merged := value.Combinations(documents, 3)
	if len(statements) == 0 && len(merged) == 0 {
		return nil
	}
	if len(statements) == 0 {
		statements = []value.Case{{Value: own}}
	}
	if len(merged) == 0 {
		merged = []value.Case{{Value: documents}}
	}
	var out []value.Case
	for _, s := range statements {
		for _, m := range merged {
			when, ok := s.When.And(m.When)
			if !ok {
				continue
			}
			// Rather none than some: cases have to be all that there may be.
			if len(out) == maxDocumentCases {
				return nil
			}
			one := value.Instead(block, own, s.Value)
			one = value.Instead(value.Instead(one, sources, m.Value.Get("sources")), overrides, m.Value.Get("overrides"))
			out = append(out, value.Case{Value: one, When: when})
		}
	}
	return out
}

// maxDocumentCases bounds the documents that a block may be rendered as.
const maxDocumentCases = 16

// policyText is the string that encodes the tree. A hole with the tree is enough
// for rules, which look into the tree.
func policyText(tree *value.Value, indent string, span source.Span) *value.Value {
	v := &value.Value{Kind: value.String, JSON: tree, Span: span}
	tree.Walk(func(w *value.Value) bool { v.Sensitive = v.Sensitive || w.Sensitive; return !v.Sensitive })
	if text, ok := value.EncodeJSON(tree, indent); ok {
		v.Parts = []value.Part{{Text: source.Computed(text, span)}}
	} else {
		hole := value.Of(value.Type{Kind: value.String}, span, tree.AllWhy()...)
		hole.JSON = tree
		v.Parts = []value.Part{{Hole: hole}}
	}
	return v
}

// policyDoc is a policy document while documents are merged.
type policyDoc struct {
	version    *value.Value // nil when there is none
	id         *value.Value // nil when there is none
	statements []*value.Value
	open       bool         // there may be more statements
	rest       *value.Value // what these are like; nil when nothing is known of them
	why        []value.Reason
}

// tree is the document as the provider prints it. Members come in the order of
// the provider's struct, and those that are empty are left out.
func (d *policyDoc) tree(span source.Span) *value.Value {
	v := &value.Value{Kind: value.Object, Span: span, Syntax: value.SyntaxBlock}
	if d.version != nil {
		v.Attrs = append(v.Attrs, member("Version", d.version))
	}
	if d.id != nil {
		v.Attrs = append(v.Attrs, member("Id", d.id))
	}
	if len(d.statements) > 0 || d.open {
		list := &value.Value{Kind: value.Tuple, Elems: d.statements, Open: d.open, Rest: d.rest, Why: d.why, Span: span, Syntax: value.SyntaxBlock}
		v.Attrs = append(v.Attrs, member("Statement", list))
	}
	return v
}

func member(name string, v *value.Value) value.Attr {
	return value.Attr{Name: value.Str(name), Value: v}
}

type policyRenderer struct{ gaps []source.Gap }

// refuse notes what the provider would not accept.
func (r *policyRenderer) refuse(span source.Span, format string, args ...any) {
	r.gaps = append(r.gaps, source.Gap{Kind: source.ErrorGap, Span: span, Reason: "aws_iam_policy_document: " + fmt.Sprintf(format, args...)})
}

// render merges in the provider's order: sources, the block's own statements,
// overrides. What comes later takes the place of what has its Sid.
func (r *policyRenderer) render(block *value.Value, span source.Span) *policyDoc {
	merged := &policyDoc{}
	if block.Is(value.Unknown) {
		return unknownDoc(span, block.AllWhy())
	}
	// https://github.com/hashicorp/terraform-provider-aws/issues/31637
	for _, name := range []string{"source_json", "override_json"} {
		if v := block.Get(name); v.Set() && v.TextOr("?") != "" {
			r.refuse(v.Span, "%s is not used since version 5 of the provider; use %s_policy_documents", name, strings.TrimSuffix(name, "_json"))
		}
	}
	for i, doc := range r.documents(block, "source_policy_documents", span) {
		r.duplicates(merged, doc, i)
		merged.merge(doc, false)
	}
	merged.merge(r.own(block, span), true)
	for _, doc := range r.documents(block, "override_policy_documents", span) {
		merged.merge(doc, true)
	}
	if n := len(merged.statements); n > maxStatements {
		r.refuse(span, "%d statements: more than %d are not evaluated, nor do they fit into a policy of AWS", n, maxStatements)
	}
	return merged
}

// maxStatements bounds documents that are made of each other: each may double
// what it is made of.
const maxStatements = 1_000

// own is the document of the block's own statements.
func (r *policyRenderer) own(block *value.Value, span source.Span) *policyDoc {
	doc := &policyDoc{version: r.text(block, "version"), id: r.text(block, "policy_id")}
	// The schema's default.
	if doc.version == nil {
		doc.version = value.Str("2012-10-17")
	}
	version := doc.version.TextOr("2012-10-17")
	if version != "2012-10-17" && version != "2008-10-17" {
		r.refuse(doc.version.Span, "version %q, expected 2008-10-17 or 2012-10-17", version)
	}
	if doc.id != nil && doc.id.Is(value.String) && len(doc.id.Parts) == 0 {
		doc.id = nil
	}
	blocks, open, why := nested(block.Get("statement"))
	doc.open, doc.why = open, why
	if open {
		doc.rest = likeEach(block.Get("statement"), func(b *value.Value) *value.Value {
			quiet := &policyRenderer{}
			return quiet.statement(b, version)
		})
	}
	// Within a block, as within the sources, the provider refuses a Sid that
	// comes twice.
	sids := map[string]bool{}
	for _, b := range blocks {
		if s := r.statement(b, version); s != nil {
			if sid := s.Get("Sid").TextOr(""); sid != "" {
				if sids[sid] {
					r.refuse(b.Get("sid").Span, "duplicate Sid (%s). Remove the Sid or ensure the Sid is unique.", sid)
				}
				sids[sid] = true
			}
			doc.statements = append(doc.statements, s)
		}
	}
	return doc
}

// likeEach is what is made of the blocks or statements that a list does not
// hold, of what these are like; nil when that is not known.
func likeEach(list *value.Value, f func(*value.Value) *value.Value) *value.Value {
	var out []*value.Value
	for _, e := range list.Unlisted() {
		if !e.IsMapping() {
			return nil
		}
		out = append(out, f(e))
	}
	return value.AnyOf(out...)
}

// nested is the blocks of a kind, whether there may be more, and why. One block
// in a JSON file may stand without a list around it.
func nested(v *value.Value) (blocks []*value.Value, open bool, why []value.Reason) {
	switch {
	case v.IsMapping():
		return []*value.Value{v}, false, nil
	case v.IsSequence():
		open, why = v.Open, v.Why
		for _, e := range v.Elems {
			switch {
			case e.IsMapping():
				blocks = append(blocks, e)
			case e.Is(value.Unknown):
				open, why = true, append(why[:len(why):len(why)], e.AllWhy()...)
			}
		}
		return blocks, open, why
	case v.Is(value.Unknown):
		return nil, true, v.AllWhy()
	}
	return nil, false, nil
}

// statement is the node of one statement block.
func (r *policyRenderer) statement(b *value.Value, version string) *value.Value {
	s := &value.Value{Kind: value.Object, Span: b.Span, Syntax: b.Syntax, Assumptions: b.Assumptions, Via: b.Via, Sensitive: b.Sensitive}
	if s.Syntax == value.SyntaxNone && !s.Span.IsZero() {
		s.Syntax = value.SyntaxBlock
	}
	// The name gets the place of the argument that it comes from, for fixes.
	add := func(name, written string, v *value.Value) {
		if v == nil {
			return
		}
		a := member(name, v)
		a.Name.Span = nameSpan(b, written)
		s.Attrs = append(s.Attrs, a)
	}
	if sid := r.text(b, "sid"); sid != nil && (len(sid.Parts) > 0 || sid.Is(value.Unknown)) {
		// Some releases of the provider refuse a sid with anything but letters
		// and digits; most render it, and key and bucket policies rely on that.
		add("Sid", "sid", sid)
	}
	effect := r.text(b, "effect")
	if effect == nil {
		effect = value.Str("Allow")
	}
	if text, ok := effect.Text(); ok && text != "Allow" && text != "Deny" {
		r.refuse(effect.Span, "effect %q, expected Allow or Deny", text)
	}
	add("Effect", "effect", effect)
	// The provider replaces &{ in resources, principals and conditions, and
	// leaves actions alone.
	add("Action", "actions", r.set(b, "actions", ""))
	add("NotAction", "not_actions", r.set(b, "not_actions", ""))
	add("Resource", "resources", r.set(b, "resources", version))
	add("NotResource", "not_resources", r.set(b, "not_resources", version))
	add("Principal", "principals", r.principals(b.Get("principals"), version))
	add("NotPrincipal", "not_principals", r.principals(b.Get("not_principals"), version))
	add("Condition", "condition", r.conditions(b.Get("condition"), version))
	return s
}

func nameSpan(b *value.Value, name string) source.Span {
	for _, a := range b.Attrs {
		if k, ok := a.Key(); ok && k == name {
			return a.Name.Span
		}
	}
	return source.Span{}
}

// text is a string attribute; nil when it is not set.
func (r *policyRenderer) text(b *value.Value, name string) *value.Value {
	v := b.Get(name)
	if v.Missing() {
		return nil
	}
	s, ok := stringOf(v)
	if !ok {
		r.refuse(v.Span, "%s is a %s, a string is required", name, v.Kind)
	}
	return s
}

// stringOf converts a value to a string as Terraform does. ok is false for what
// has no text, and the result is then any string.
func stringOf(v *value.Value) (*value.Value, bool) {
	if v.Is(value.String) {
		return v, true
	}
	if v.Is(value.Unknown) {
		if v == nil {
			return &value.Value{Type: value.Type{Kind: value.String}}, true
		}
		if v.Type.Kind == value.String {
			return v, true
		}
		c := *v
		c.Type = value.Type{Kind: value.String}
		return &c, true
	}
	c := *v
	c.Kind, c.Number, c.Bool = value.String, nil, false
	var text string
	switch {
	case v.Is(value.Bool):
		text = fmt.Sprint(v.Bool)
	case v.Is(value.Number) && v.Number != nil:
		text = v.Number.Text('f', -1)
	default:
		return &value.Value{Type: value.Type{Kind: value.String}, Span: v.Span}, false
	}
	c.Parts = []value.Part{{Text: source.Computed(text, v.Span)}}
	return &c, true
}

// list is the elements of an attribute that is a list or set of strings, as a
// list of strings that keeps what v has beside its elements; nil when it is not
// set, unknown when it is unknown.
func (r *policyRenderer) list(b *value.Value, name, version string) *value.Value {
	v := b.Get(name)
	return r.byCase(v, func(r *policyRenderer, v *value.Value) *value.Value { return r.listOf(v, name, version) })
}

func (r *policyRenderer) listOf(v *value.Value, name, version string) *value.Value {
	switch {
	case v.Missing():
		return nil
	case v.Is(value.Unknown):
		return v
	case !v.IsSequence():
		r.refuse(v.Span, "%s is a %s, a list of strings is required", name, v.Kind)
		return nil
	}
	out := *v
	out.Kind, out.Elems = value.Tuple, nil
	for _, e := range v.Elems {
		s, ok := stringOf(e)
		switch {
		case e.Is(value.Null):
			r.refuse(e.Span, "null in %s", name)
		case !ok:
			r.refuse(e.Span, "%s holds a %s, a string is required", name, e.Kind)
		default:
			out.Elems = append(out.Elems, r.replaceVars(s, version))
		}
	}
	return &out
}

// replaceVars turns &{ into ${, as the provider does where version is not "".
//
// ${aws:username} would be an interpolation of Terraform's, so that the provider
// lets people write &{aws:username}:
// https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document
func (r *policyRenderer) replaceVars(v *value.Value, version string) *value.Value {
	if version == "" || !v.Is(value.String) {
		return v
	}
	var parts []value.Part
	for i, p := range v.Parts {
		if p.Hole != nil || !strings.Contains(p.Text.String, "&{") {
			continue
		}
		if version == "2008-10-17" {
			r.refuse(v.Span, "found &{ sequence in (%s), which is not supported in document version 2008-10-17", p.Text.String)
			return v
		}
		if parts == nil {
			parts = append(parts, v.Parts...)
		}
		parts[i].Text = replaceAmpersands(p.Text)
	}
	if parts == nil {
		return v
	}
	c := *v
	c.Parts = parts
	return &c
}

func replaceAmpersands(t source.Text) source.Text {
	if !t.Mapped() {
		return source.Computed(strings.ReplaceAll(t.String, "&{", "${"), t.Span)
	}
	b := source.NewTextBuilder(t.Span.File)
	at := 0
	for {
		i := strings.Index(t.String[at:], "&{")
		if i < 0 {
			break
		}
		b.Append(t.Slice(at, at+i))
		s := t.SpanOf(at+i, at+i+2)
		b.Escape("${", s.Start, s.End)
		at += i + 2
	}
	if at < len(t.String) {
		b.Append(t.Slice(at, len(t.String)))
	}
	return b.Text()
}

// byCase is what f makes of v, with what it makes of each of the values that v is
// one of: absent for nothing. What is refused in a case is no gap: the case does
// not happen.
func (r *policyRenderer) byCase(v *value.Value, f func(*policyRenderer, *value.Value) *value.Value) *value.Value {
	out := f(r, v)
	if v == nil || len(v.Candidates) == 0 || out == nil {
		return out
	}
	var cases []value.Case
	for _, c := range v.Cases() {
		quiet := &policyRenderer{}
		w := f(quiet, c.Value)
		if len(quiet.gaps) > 0 {
			continue // the provider refuses it
		}
		if w == nil {
			w = &value.Value{Kind: value.Absent, Span: v.Span}
		}
		cases = append(cases, value.Case{Value: w, When: c.When})
	}
	return value.OneOf(out, cases)
}

// set is an attribute that is a set of strings, as the provider prints it:
// sorted descending, without duplicates, a single element by itself.
func (r *policyRenderer) set(b *value.Value, name, version string) *value.Value {
	list := r.list(b, name, version)
	if list == nil || list.Is(value.Unknown) {
		return list
	}
	list.Elems = descending(list.Elems)
	return single(list)
}

// descending sorts strings as the provider does, unknown ones last, each known
// one once.
func descending(elems []*value.Value) []*value.Value {
	var out []*value.Value
	seen := map[string]bool{}
	for _, e := range elems {
		if text, ok := e.Text(); ok {
			if seen[text] {
				continue
			}
			seen[text] = true
		}
		out = append(out, e)
	}
	return sortDescending(out)
}

// sortDescending sorts strings and keeps all of them.
func sortDescending(out []*value.Value) []*value.Value {
	sort.SliceStable(out, func(i, j int) bool {
		a, known := out[i].Text()
		b, other := out[j].Text()
		if known != other {
			return known
		}
		return known && a > b
	})
	return out
}

// single is the element of a list of one, and nil for a list of none. IAM takes
// either form; the provider prints the shorter.
func single(list *value.Value) *value.Value {
	switch {
	case list.Open || len(list.Elems) > 1:
		return list
	case len(list.Elems) == 0:
		return nil
	}
	e := list.Elems[0]
	if len(list.Assumptions) == 0 && !list.Sensitive {
		return e
	}
	c := *e
	c.Assumptions = value.MergeAssumptions(e.Assumptions, list.Assumptions)
	c.Sensitive = e.Sensitive || list.Sensitive
	return &c
}
