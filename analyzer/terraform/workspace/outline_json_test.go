package workspace

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/iamvet/iamvet/analyzer/source"
)

// soundJSON holds what headingsJSON finds in a text to what decoding all of it
// finds. It says whether headingsJSON was sure of it.
func soundJSON(t *testing.T, src []byte) bool {
	t.Helper()
	found, ok := headingsJSON(src)
	if !ok {
		return false
	}
	f := source.NewFile("x.tf.json", src)
	whole := parseJSONFile(f)
	for _, g := range whole.Gaps {
		if !strings.HasSuffix(g.Reason, " is set twice") { // in one block
			t.Fatalf("%s\n%q", g.Reason, src)
		}
	}
	var want []*Block
	for typ := range jsonTypes {
		want = append(want, whole.Body.Nested(typ, jsonLabels[typ])...)
	}
	if len(found) != len(want) {
		t.Fatalf("%d blocks, of %d\n%q", len(found), len(want), src)
	}
	for _, w := range want {
		h := found[slices.IndexFunc(found, func(h heading) bool { return h.whole.start == w.Span.Start && h.header == spanOf(w.Header) })]
		got := Block{Type: h.typ, Labels: h.labels, TypeSpan: h.typeAt.in(f), Header: h.header.in(f), Span: h.whole.in(f)}
		content, gaps := decodeBlock(got.Type, got.Span)
		got.content = &content
		if len(gaps) > 0 && len(whole.Gaps) == 0 {
			t.Fatalf("%s\n%q", gaps[0].Reason, src)
		}
		if !reflect.DeepEqual(&got, w) {
			t.Fatalf("%+v\nis %+v\n%q", got, w, src)
		}
		type argument struct{ name, value span }
		var args, written []argument
		for _, a := range w.Body().Attrs {
			quoted := spanOf(a.NameSpan)
			written = append(written, argument{span{quoted.start + 1, quoted.end - 1}, spanOf(a.Expr.Span())})
		}
		if h.argumentsJSON(src, func(name, v span) { args = append(args, argument{name, v}) }) && !slices.Equal(args, written) {
			t.Fatalf("%v, of %v\n%q", args, written, src)
		}
	}
	return true
}

func spanOf(s source.Span) span { return span{s.Start, s.End} }

func TestOutlineJSON(t *testing.T) {
	for _, src := range []string{
		`{}`, " {\r\n\t}\n",
		`{"//": "x", "resource": {"a": {"b": {"c": 1, "//": {"metadata": {"path": "p"}}}, "d": [{"e": {}}, {"e": []}]}}}`,
		`{"resource": [{"a": {"b": {}}}, {"a": [{"b": {}}, {"c": {}}]}], "data": {"a": {"b": null}}, "resource": null}`,
		`{"locals": {"a": "${b}", "c": [1, -0.5e+3, 1E9, true, false, null, "\u00e9\"\\"]}, "variable": {"a": {"default": {}}}}`,
		`{"terraform": [{"required_providers": {"aws": {}}}], "import": [{"to": "a.b"}], "moved": {"from": 1}, "x": 1}`,
		`{"module": {"a": {"source": "./b"}}, "output": {"é": {"value": 1}}, "provider": {"aws": [{"alias": "x"}, {}]}}`,
		`{"locals": {"a": 1, "a": 2}, "resource": {"a": {"b": {"c": 1, "c": 2}}}}`,
	} {
		if !soundJSON(t, []byte(src)) {
			t.Errorf("not sure of %s", src)
		}
	}
	for _, src := range []string{
		``, `[]`, `[{}]`, `1`, `{`, `{"a"}`, `{"a": }`, `{"a": 1,}`, `{} {}`, "\uFEFF{}", `{"a": 01}`, `{"a": 1.}`, `{"a": .5}`, `{"a": +1}`,
		`{"a": tru}`, `{"a": "\x"}`, `{"a": "\u12"}`, "{\"a\": \"\n\"}", "{\"a\": \"\xff\"}", `{"a": [1,]}`, `{'a': 1}`, `{"a" 1}`, `{"a": 1 "b": 2}`,
		`{"resource": 1}`, `{"resource": {"a": 1}}`, `{"resource": {"a": {"b": "c"}}}`, `{"resource": {"//": {}}}`, `{"resource": {"\u0061": {"b": {}}}}`,
		`{"resou\u0072ce": {}}`, `{"a": ` + strings.Repeat("[", 600) + strings.Repeat("]", 600) + `}`,
		`{"resource": {"a": {"b": ` + strings.Repeat(`{"a":`, 600) + "1" + strings.Repeat("}", 600) + `}}}`,
	} {
		if soundJSON(t, []byte(src)) {
			t.Errorf("sure of %s", src)
		}
	}
}

func FuzzOutlineJSON(f *testing.F) {
	f.Add([]byte(`{"resource": {"a": {"b": {"c": [1, {"d": "\u00e9"}], "//": null}}}, "locals": [{"e": -1.5e3}]}`))
	f.Add([]byte(`{"module": {"a": [{"source": "./b"}]}, "terraform": {"x": {}}, "//": true, "x": [[]]}`))
	f.Fuzz(func(t *testing.T, src []byte) {
		if len(src) < 1<<14 {
			soundJSON(t, src)
		}
	})
}
