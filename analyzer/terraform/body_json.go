package terraform

import (
	"bytes"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// parseJSONFile reads a file of Terraform's JSON syntax: everything in it is an
// attribute until someone asks for blocks.
func parseJSONFile(f *source.File) *parsedFile {
	p := &parsedFile{file: f, body: body{syntax: value.SyntaxTFJSON}}
	tree, gap := decodeJSONFile(f)
	if gap != nil {
		p.gaps = []Gap{*gap}
		return p
	}
	objects := []*value.Value{tree}
	if tree.Is(value.Tuple) {
		objects = tree.Elems
	}
	for _, o := range objects {
		p.body.attrs = append(p.body.attrs, jsonBody(o).attrs...)
	}
	return p
}

// decodeJSONFile is the tree of a whole file of JSON, spans included.
func decodeJSONFile(f *source.File) (*value.Value, *Gap) {
	start := 0
	if bytes.HasPrefix(f.Bytes, []byte("\xEF\xBB\xBF")) {
		start = 3
	}
	v := value.StrAt(source.Literal(source.Span{File: f, Start: start, End: len(f.Bytes)}))
	v.Syntax = value.SyntaxJSON
	tree, err := value.DecodeJSON(v)
	if err == nil {
		return tree, nil
	}
	gap := &Gap{Kind: ErrorGap, Span: v.Span, Reason: err.Error()}
	if je, ok := err.(*value.JSONError); ok {
		gap.Reason = "invalid JSON: " + je.What
		if !je.Span.IsZero() {
			gap.Span = je.Span
		}
	}
	return nil, gap
}

// jsonBody is an object as a body. Members named "//" are comments.
func jsonBody(o *value.Value) body {
	out := body{syntax: value.SyntaxTFJSON}
	for _, m := range o.Attrs {
		name, ok := m.Key()
		if name == "//" {
			out.construct = m.Value.Get("metadata").Get("path").TextOr("")
		}
		if !ok || name == "//" {
			continue
		}
		out.attrs = append(out.attrs, &attribute{name: name, nameSpan: m.Name.Span, expr: expression{json: m.Value}})
	}
	return out
}

// jsonBlocks are the blocks that a property stands for: an object, or an array
// of them, below one level of objects (or arrays) for each label.
func jsonBlocks(a *attribute, labels int) []*block {
	var out []*block
	var descend func(v *value.Value, names []string, header source.Span, left int)
	descend = func(v *value.Value, names []string, header source.Span, left int) {
		switch {
		case v.Is(value.Tuple):
			for _, e := range v.Elems {
				descend(e, names, header, left)
			}
		case !v.Is(value.Object):
		case left == 0:
			out = append(out, &block{typ: a.name, labels: names, typSpan: a.nameSpan, header: header, span: v.Span, body: jsonBody(v)})
		default:
			for _, m := range v.Attrs {
				name, ok := m.Key()
				if !ok || name == "//" {
					continue
				}
				descend(m.Value, append(names[:len(names):len(names)], name), m.Name.Span, left-1)
			}
		}
	}
	descend(a.expr.json, nil, a.nameSpan, labels)
	return out
}
