package terraform

import (
	"strings"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// merge takes the statements of other as the provider does: one with a Sid that
// d has replaces it in place, everything else is appended. A document of
// source_policy_documents replaces nothing: equal Sids are refused there.
func (d *policyDoc) merge(other *policyDoc, replaces bool) {
	if other.id != nil {
		d.id = other.id
	}
	// A document may raise the version and not lower it.
	d.version = laterVersion(d.version, other.version)
	before := len(d.statements)
	for _, s := range other.statements {
		if replaces && d.replace(s) {
			continue
		}
		d.statements = append(d.statements, s)
	}
	if !other.open {
		return
	}
	rest := other.rest
	if d.open {
		rest = value.AnyOf(d.rest, other.rest)
	}
	d.open, d.rest = true, rest
	d.why = reasons(&value.Value{Why: d.why}, &value.Value{Why: other.why})
	if !replaces {
		return
	}
	unlisted := (&value.Value{Rest: other.rest}).Unlisted()
	// A statement without a Sid is appended whatever it is, and replaces nothing.
	for _, s := range unlisted {
		if sid, known := sidOf(s); !known || sid != "" {
			d.mayReplace(s.Get("Sid"), s, before)
		}
	}
	if unlisted == nil {
		d.mayReplace(value.Of(value.Type{Kind: value.String}, source.Span{}, other.why...), nil, before)
	}
}

// replace puts s where a statement with its Sid is. Where one of the two Sids is
// not known, a statement that may be meant becomes an unknown statement. false:
// it is to be appended (as well).
func (d *policyDoc) replace(s *value.Value) bool {
	sid, known := sidOf(s)
	if known && sid == "" {
		return false
	}
	if !known {
		v := s.Get("Sid")
		if s.Is(value.Unknown) {
			v = s
		}
		d.mayReplace(v, nil, len(d.statements))
		return false
	}
	for i, e := range d.statements {
		if have, ok := sidOf(e); ok && have == sid {
			d.statements[i] = s
			return true
		}
	}
	for i, e := range d.statements {
		if _, ok := sidOf(e); !ok && mayEqual(e.Get("Sid"), sid) {
			d.statements[i] = value.Of(value.Type{}, e.Span, append(e.AllWhy(), s.AllWhy()...)...)
		}
	}
	return false
}

// mayReplace makes the first n statements whose Sid may be that of sid unknown:
// they are what they were, or by, where that is known.
func (d *policyDoc) mayReplace(sid, by *value.Value, n int) {
	for i, e := range d.statements[:max(n, 0)] {
		have, known := sidOf(e)
		if known && (have == "" || !mayEqual(sid, have)) {
			continue
		}
		why := sid.AllWhy()
		if len(why) == 0 {
			why = e.AllWhy()
		}
		d.statements[i] = value.Of(value.Type{}, e.Span, why...)
		if by != nil {
			d.statements[i] = value.OneOf(d.statements[i], []value.Case{{Value: e}, {Value: by}})
		}
	}
}

// sidOf is the Sid of a statement, "" without one, and whether it is known.
func sidOf(s *value.Value) (string, bool) {
	v := s.Get("Sid")
	if v.Missing() {
		return "", true
	}
	return v.Text()
}

// mayEqual says that v may turn out to be text: its known ends fit. It may say
// yes too often: what stands between the ends is not compared.
func mayEqual(v *value.Value, text string) bool {
	parts, ok := v.AsParts()
	if !ok || len(parts) == 0 {
		return ok && text == ""
	}
	if p := parts[0]; p.Hole == nil {
		if !strings.HasPrefix(text, p.Text.String) {
			return false
		}
		text = text[len(p.Text.String):]
		if len(parts) == 1 {
			return text == ""
		}
	}
	if p := parts[len(parts)-1]; p.Hole == nil {
		return strings.HasSuffix(text, p.Text.String)
	}
	return true
}

// laterVersion is the lexically larger of two versions.
func laterVersion(a, b *value.Value) *value.Value {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	x, xKnown := a.Text()
	y, yKnown := b.Text()
	// So that one side decides alone where the other one is not known.
	const last = "2012-10-17" // AWS knows no later one
	switch {
	case xKnown && x >= last:
		if yKnown && y > x {
			return b
		}
		return a
	case yKnown && y >= last:
		return b
	case !xKnown || !yKnown:
		return value.Of(value.Type{Kind: value.String}, a.Span, append(a.AllWhy(), b.AllWhy()...)...)
	case y > x:
		return b
	}
	return a
}

// duplicates refuses a source document that brings a Sid for the second time. It
// is refused for good reason: of two statements the provider would keep one,
// without a word.
func (r *policyRenderer) duplicates(merged, doc *policyDoc, index int) {
	seen := map[string]bool{}
	for _, s := range merged.statements {
		if sid, ok := sidOf(s); ok && sid != "" {
			seen[sid] = true
		}
	}
	for i, s := range doc.statements {
		sid, ok := sidOf(s)
		if !ok || sid == "" {
			continue
		}
		if seen[sid] {
			r.refuse(s.Get("Sid").Span, "merging source document %d: duplicate Sid (%s) in source_policy_documents (statement %d). Remove the Sid or ensure Sids are unique.", index, sid, i)
		}
		seen[sid] = true
	}
}

// unknownDoc is a document of which nothing is known.
func unknownDoc(span source.Span, why []value.Reason) *policyDoc {
	u := value.Of(value.Type{Kind: value.String}, span, why...)
	return &policyDoc{version: u, id: u, open: true, why: why}
}

// documents reads the documents of source_policy_documents or
// override_policy_documents.
func (r *policyRenderer) documents(block *value.Value, name string, span source.Span) []*policyDoc {
	v := block.Get(name)
	unknown := func(v *value.Value) *policyDoc {
		why := v.AllWhy()
		// Who reads the document is told why some of it is not known.
		if len(why) == 0 {
			why = []value.Reason{{Text: name + " is not known", Span: span}}
		}
		return unknownDoc(v.Span, why)
	}
	switch {
	case v.Missing():
		return nil
	case v.Is(value.Unknown):
		return []*policyDoc{unknown(v)}
	case !v.IsSequence():
		r.refuse(v.Span, "%s is a %s, a list of strings is required", name, v.Kind)
		return nil
	}
	var docs []*policyDoc
	for i, e := range v.Elems {
		text, ok := stringOf(e)
		switch {
		case e.Is(value.Null):
			r.refuse(v.Span, "null in %s", name)
			continue
		case !ok:
			r.refuse(e.Span, "%s holds a %s, a string is required", name, e.Kind)
			continue
		case text.Is(value.Unknown) && text.JSON == nil:
			docs = append(docs, unknown(text))
			continue
		case text.Is(value.String) && len(text.Parts) == 0:
			continue // "" is ignored
		}
		tree, err := value.DecodeJSON(text)
		switch {
		case err != nil:
			r.refuse(e.Span, "%q (element %d) contains an invalid JSON: %v", name, i, err)
		case tree.Is(value.Unknown):
			docs = append(docs, unknown(tree))
		default:
			docs = append(docs, r.unmarshal(tree, name))
		}
	}
	if v.Open {
		docs = append(docs, unknown(value.Of(value.Type{}, v.Span, v.Why...)))
	}
	return docs
}

// field is a member as Go's encoding/json finds it for a struct field: the last
// whose name is equal without regard to case. It is nil when there is none, and
// for null.
func field(v *value.Value, name string) *value.Value {
	var found *value.Value
	for _, a := range v.Attrs {
		if k, ok := a.Key(); ok && strings.EqualFold(k, name) {
			found = a.Value
		}
	}
	if found.Is(value.Null) {
		return nil
	}
	if found == nil && v.Open {
		return value.Of(value.Type{}, v.Span, v.Why...)
	}
	return found
}

// unmarshal reads a document as the provider does when it merges it, which is
// not without loss.
//
// It decodes into Go structs: members with other names are lost, and a Statement
// that is an object and no list is an error.
func (r *policyRenderer) unmarshal(tree *value.Value, name string) *policyDoc {
	doc := &policyDoc{}
	if tree.Is(value.Null) {
		return doc
	}
	if !tree.IsMapping() {
		r.refuse(tree.Span, "a document of %s is a %s, an object is required", name, tree.Kind)
		return doc
	}
	doc.version = r.stringField(tree, "Version")
	if doc.id = r.stringField(tree, "Id"); doc.id.Is(value.String) && len(doc.id.Parts) == 0 {
		doc.id = nil
	}
	list := field(tree, "Statement")
	switch {
	case list == nil:
	case list.Is(value.Unknown):
		doc.open, doc.why = true, list.AllWhy()
	case !list.IsSequence():
		r.refuse(list.Span, "Statement of a document of %s is a %s; the provider merges only lists of statements", name, list.Kind)
	default:
		doc.open, doc.why = list.Open, list.Why
		if list.Open {
			doc.rest = likeEach(list, func(s *value.Value) *value.Value { return (&policyRenderer{}).unmarshalStatement(s) })
		}
		for _, s := range list.Elems {
			switch {
			case s.Is(value.Unknown):
				doc.statements = append(doc.statements, s)
			case !s.IsMapping():
				r.refuse(s.Span, "a statement of a document of %s is a %s, an object is required", name, s.Kind)
			default:
				doc.statements = append(doc.statements, r.unmarshalStatement(s))
			}
		}
	}
	return doc
}

func (r *policyRenderer) stringField(v *value.Value, name string) *value.Value {
	f := field(v, name)
	if f != nil && !f.Is(value.String) && !f.Is(value.Unknown) {
		r.refuse(f.Span, "%s is a %s, a string is required", name, f.Kind)
		return nil
	}
	if f.Is(value.Unknown) && f != nil && v.Open && !written(v, name) {
		return nil // an object with unknown members: the member may be missing, and v.Open says so
	}
	return f
}

// written says that a member is there, known or not: an open object may have it
// without that.
func written(v *value.Value, name string) bool {
	for _, a := range v.Attrs {
		if k, ok := a.Key(); ok && strings.EqualFold(k, name) {
			return true
		}
	}
	return false
}

// unmarshalStatement keeps the spans of what it keeps: findings in a document
// that was merged stand where that is written.
func (r *policyRenderer) unmarshalStatement(s *value.Value) *value.Value {
	out := *s
	out.Kind, out.Attrs = value.Object, nil
	add := func(name string, v *value.Value) {
		if v == nil {
			return
		}
		a := member(name, v)
		for _, have := range s.Attrs {
			if k, ok := have.Key(); ok && strings.EqualFold(k, name) {
				a.Name.Span, a.Name.Syntax = have.Name.Span, have.Name.Syntax
			}
		}
		out.Attrs = append(out.Attrs, a)
	}
	if sid := r.stringField(s, "Sid"); sid != nil && (sid.Is(value.Unknown) || len(sid.Parts) > 0) {
		add("Sid", sid)
	}
	if effect := r.stringField(s, "Effect"); effect != nil && (effect.Is(value.Unknown) || len(effect.Parts) > 0) {
		add("Effect", effect)
	}
	for _, name := range []string{"Action", "NotAction", "Resource", "NotResource"} {
		if written(s, name) {
			add(name, field(s, name))
		}
	}
	for _, name := range []string{"Principal", "NotPrincipal"} {
		if written(s, name) {
			add(name, r.unmarshalPrincipals(field(s, name)))
		}
	}
	if written(s, "Condition") {
		add("Condition", r.unmarshalConditions(field(s, "Condition")))
	}
	return &out
}

// unmarshalPrincipals: any string is "*", whatever it says. The provider's
// UnmarshalJSON does not look at the text. A list is sorted and keeps what comes
// twice.
func (r *policyRenderer) unmarshalPrincipals(v *value.Value) *value.Value {
	switch {
	case v == nil || v.Is(value.Unknown):
		return v
	case v.Is(value.String):
		if v.TextOr("") == "*" {
			return v
		}
		star := *v
		star.Parts = []value.Part{{Text: source.Computed("*", v.Span)}}
		star.JSON, star.Syntax = nil, value.SyntaxNone
		return &star
	case !v.IsMapping():
		r.refuse(v.Span, "Principal is a %s; the provider merges only strings and objects", v.Kind)
		return nil
	// An empty list of principals is left out (omitempty).
	case len(v.Attrs) == 0 && !v.Open:
		return nil
	}
	out := *v
	out.Kind, out.Attrs = value.Object, nil
	for _, a := range lastMembers(v) {
		list := a.Value
		switch {
		case list.IsSequence():
			sorted := *list
			for _, e := range list.Elems {
				if !e.Is(value.String) && !e.Is(value.Unknown) {
					r.refuse(e.Span, "a principal is a %s, a string is required", e.Kind)
				}
			}
			sorted.Elems = sortDescending(append([]*value.Value(nil), list.Elems...))
			a.Value = &sorted
		case !list.Is(value.String) && !list.Is(value.Unknown):
			r.refuse(list.Span, "a principal is a %s, a string is required", list.Kind)
		}
		out.Attrs = append(out.Attrs, a)
	}
	if k, _ := out.Attrs[0].Key(); len(out.Attrs) == 1 && !out.Open && k == "*" {
		v := out.Attrs[0].Value
		if v.IsSequence() && len(v.Elems) == 1 && !v.Open {
			v = v.Elems[0]
		}
		if v.TextOr("") == "*" {
			return v
		}
	}
	sortMembers(&out)
	return &out
}

// unmarshalConditions: booleans become strings, numbers vanish.
func (r *policyRenderer) unmarshalConditions(v *value.Value) *value.Value {
	if v == nil || v.Is(value.Unknown) {
		return v
	}
	if !v.IsMapping() {
		r.refuse(v.Span, "Condition is a %s, an object is required", v.Kind)
		return nil
	}
	out := *v
	out.Kind, out.Attrs = value.Object, nil
	for _, operator := range lastMembers(v) {
		keys := operator.Value
		if keys.Is(value.Unknown) {
			out.Attrs = append(out.Attrs, operator)
			continue
		}
		if !keys.IsMapping() {
			// null decodes into no map at all, and is dropped.
			if !keys.Is(value.Null) {
				r.refuse(keys.Span, "a condition operator holds a %s, an object is required", keys.Kind)
			}
			continue
		}
		kept := *keys
		kept.Kind, kept.Attrs = value.Object, nil
		for _, a := range lastMembers(keys) {
			if a.Value = r.unmarshalCondition(a.Value); a.Value != nil {
				kept.Attrs = append(kept.Attrs, a)
			}
		}
		if len(kept.Attrs) > 0 || kept.Open {
			out.Attrs = append(out.Attrs, value.Attr{Name: operator.Name, Value: &kept})
		}
	}
	if len(out.Attrs) == 0 && !out.Open {
		return nil
	}
	return flattenConditions(&out)
}

// unmarshalCondition is the values of one key; nil for none.
func (r *policyRenderer) unmarshalCondition(v *value.Value) *value.Value {
	switch {
	case v.Is(value.String), v.Is(value.Unknown):
		return v
	case v.Is(value.Bool):
		s, _ := stringOf(v)
		return s
	case v.IsSequence():
		// The provider asserts that they are strings, and panics for others.
		for _, e := range v.Elems {
			if !e.Is(value.String) && !e.Is(value.Unknown) {
				r.refuse(e.Span, "a list of condition values holds a %s; the provider merges only strings", e.Kind)
			}
		}
		return v
	}
	return nil // a number: the provider drops it without a word
}

// lastMembers is the members of an object as a Go map has them: of equal names
// the last counts.
func lastMembers(v *value.Value) []value.Attr {
	var out []value.Attr
	at := map[string]int{}
	for _, a := range v.Attrs {
		k, known := a.Key()
		if i, dup := at[k]; dup && known {
			out[i] = a
			continue
		}
		if known {
			at[k] = len(out)
		}
		out = append(out, a)
	}
	return out
}
