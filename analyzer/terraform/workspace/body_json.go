package workspace

import (
	"bytes"
	"path"
	"strconv"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// parseJSONFile reads a file of Terraform's JSON syntax: everything in it is an
// attribute until someone asks for blocks. Which it is only a schema tells: {"a": {}}
// is an argument or a block.
// https://developer.hashicorp.com/terraform/language/syntax/json#nested-block-mapping
func parseJSONFile(f *source.File) *ParsedFile {
	p := &ParsedFile{File: f, Body: Body{Syntax: value.SyntaxTFJSON}}
	tree, gap := decodeJSONFile(f)
	if gap != nil {
		p.Gaps = []source.Gap{*gap}
		return p
	}
	if bytes.HasPrefix(f.Bytes, byteOrderMark) { // of hcl, only the native syntax steps over it
		p.Gaps = []source.Gap{{Kind: source.ErrorGap, Span: source.Span{File: f}, Reason: "a byte order mark begins the file, which Terraform refuses in JSON: save it without"}}
	}
	objects := []*value.Value{tree}
	if tree.Is(value.Tuple) {
		objects = tree.Elems
	}
	for _, o := range objects {
		p.Body.Attrs = append(p.Body.Attrs, jsonBody(o).Attrs...)
		if !o.Is(value.Object) {
			p.Gaps = append(p.Gaps, notAnObject("the file", o))
		}
	}
	_, ending := ConfigName(path.Base(f.Name))
	if ending == "" { // values of variables
		for _, o := range objects {
			p.Gaps = append(p.Gaps, setTwice(o, true)...)
		}
	}
	for _, a := range p.Body.Attrs {
		if labels, ok := jsonLabels[a.Name]; ok && ending != "" {
			p.Gaps = append(p.Gaps, misplaced(a.Name, a.Expr.JSON, labels)...)
		}
	}
	if len(p.Gaps) > maxSyntaxGaps {
		p.Gaps = p.Gaps[:maxSyntaxGaps]
	}
	return p
}

// jsonLabels are the blocks that are read, and how many labels they have.
var jsonLabels = map[string]int{"resource": 2, "data": 2, "module": 1, "variable": 1, "output": 1, "provider": 1, "locals": 0}

// misplaced are the values that stand where only an object makes a block.
func misplaced(what string, v *value.Value, labels int) (gaps []source.Gap) {
	switch {
	case v.Is(value.Null):
	case v.Is(value.Tuple):
		for _, e := range v.Elems {
			gaps = append(gaps, misplaced(what, e, labels)...)
		}
	case !v.Is(value.Object):
		return []source.Gap{notAnObject(what, v)}
	case labels > 0:
		for _, m := range v.Attrs {
			name, _ := m.Key()
			switch {
			case name != "//":
				gaps = append(gaps, misplaced(what+" "+name, m.Value, labels-1)...)
			case !m.Value.Is(value.Null):
				gaps = append(gaps, source.Gap{Kind: source.ErrorGap, Span: m.Name.Span, Reason: "\"//\" is a label here, no comment: comments stand inside of a block, or at the top of the file"})
			}
		}
	case what == "locals": // what is declared twice is said of both syntaxes
		for _, m := range v.Attrs {
			gaps = append(gaps, setTwice(m.Value, false)...)
		}
	default:
		return setTwice(v, false)
	}
	return gaps
}

// setTwice are the arguments that a body, or a block in it, sets more than once.
// Blocks of one type may stand there more than once; whether an object is a block
// or a value only a schema tells, except where all are values.
func setTwice(v *value.Value, values bool) (gaps []source.Gap) {
	seen := map[string]*value.Value{}
	for _, m := range v.Attrs {
		name, ok := m.Key()
		if !ok || name == "//" {
			continue
		}
		first := seen[name]
		if first != nil && (values || isScalar(first) || isScalar(m.Value)) {
			gaps = append(gaps, source.Gap{Kind: source.ErrorGap, Span: m.Name.Span, Reason: strconv.Quote(name) + " is set twice", Class: DeclaredTwice})
		}
		seen[name] = m.Value
		gaps = append(gaps, setTwice(m.Value, false)...)
	}
	for _, e := range v.Elems {
		gaps = append(gaps, setTwice(e, false)...)
	}
	return gaps
}

func isScalar(v *value.Value) bool {
	return v.Is(value.String) || v.Is(value.Number) || v.Is(value.Bool)
}

func notAnObject(what string, v *value.Value) source.Gap {
	return source.Gap{Kind: source.ErrorGap, Span: v.Span, Reason: what + " is a " + v.Kind.String() + ", an object is needed"}
}

// decodeJSONFile is the tree of a whole file of JSON, spans included.
func decodeJSONFile(f *source.File) (*value.Value, *source.Gap) {
	start := 0
	if bytes.HasPrefix(f.Bytes, byteOrderMark) {
		start = len(byteOrderMark)
	}
	return decodeJSON(source.Span{File: f, Start: start, End: len(f.Bytes)})
}

// decodeJSON is the tree of JSON text, spans included.
func decodeJSON(at source.Span) (*value.Value, *source.Gap) {
	v := value.StrAt(source.Literal(at))
	v.Syntax = value.SyntaxJSON
	tree, err := value.DecodeJSON(v)
	if err == nil {
		return tree, nil
	}
	gap := &source.Gap{Kind: source.ErrorGap, Span: v.Span, Reason: err.Error()}
	if je, ok := err.(*value.JSONError); ok {
		gap.Reason = "invalid JSON: " + je.What
		if !je.Span.IsZero() {
			gap.Span = je.Span
		}
	}
	return nil, gap
}

// jsonBody is an object as a body. Members named "//" are comments.
func jsonBody(o *value.Value) Body {
	out := Body{Syntax: value.SyntaxTFJSON}
	for _, m := range o.Attrs {
		name, ok := m.Key()
		if name == "//" {
			out.Construct = m.Value.Get("metadata").Get("path").TextOr("")
		}
		if !ok || name == "//" {
			continue
		}
		out.Attrs = append(out.Attrs, &Attribute{Name: name, NameSpan: m.Name.Span, Expr: Expression{JSON: m.Value}})
	}
	return out
}

// jsonBlocks are the blocks that a property stands for: an object, or an array
// of them, below one level of objects (or arrays) for each label.
func jsonBlocks(a *Attribute, labels int) []*Block {
	var out []*Block
	var descend func(v *value.Value, names []string, header source.Span, left int)
	descend = func(v *value.Value, names []string, header source.Span, left int) {
		switch {
		case v.Is(value.Tuple):
			for _, e := range v.Elems {
				descend(e, names, header, left)
			}
		case !v.Is(value.Object):
		case left == 0:
			content := jsonBody(v)
			out = append(out, &Block{Type: a.Name, Labels: names, TypeSpan: a.NameSpan, Header: header, Span: v.Span, content: &content})
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
	descend(a.Expr.JSON, nil, a.NameSpan, labels)
	return out
}
