package value

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/iamvet/iamvet/analyzer/source"
)

// file is a string value that is the whole of a file.
func file(text string) *Value {
	f := source.NewFile("policy.json", []byte(text))
	v := StrAt(source.Literal(source.Span{File: f, End: len(text)}))
	v.Syntax = SyntaxJSON
	return v
}

// template is a string value made of text and holes: "…${name}…".
func template(text string) *Value {
	f := source.NewFile("main.tf", []byte(text))
	v := &Value{Kind: String, Span: source.Span{File: f, End: len(text)}}
	at := 0
	for {
		i := strings.Index(text[at:], "${")
		if i < 0 {
			break
		}
		end := at + i + strings.IndexByte(text[at+i:], '}') + 1
		if i > 0 {
			v.Parts = append(v.Parts, Part{Text: source.Literal(source.Span{File: f, Start: at, End: at + i})})
		}
		v.Parts = append(v.Parts, Part{Hole: UnknownBecause(text[at+i+2:end-1]+" is not known", source.Span{File: f, Start: at + i, End: end})})
		at = end
	}
	if at < len(text) {
		v.Parts = append(v.Parts, Part{Text: source.Literal(source.Span{File: f, Start: at, End: len(text)})})
	}
	return v
}

func TestDecodeJSONSpans(t *testing.T) {
	const text = "{\n  \"Sid\": \"a\\u0062\\n\",\n  \"List\": [1.5, true, null, {}],\n  \"Sid\": -0e3\n}\n"
	v, err := DecodeJSON(file(text))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := v.Span.Text(), strings.TrimSpace(text); got != want {
		t.Errorf("object at %q, want %q", got, want)
	}
	if len(v.Attrs) != 3 {
		t.Fatalf("%d members, want 3: duplicates are kept", len(v.Attrs))
	}
	sid := v.Attrs[0]
	if got := sid.Name.Span.Text(); got != `"Sid"` {
		t.Errorf("name at %q", got)
	}
	if got, _ := sid.Value.Text(); got != "ab\n" {
		t.Errorf("Sid = %q", got)
	}
	if got := sid.Value.Span.Text(); got != `"a\u0062\n"` {
		t.Errorf("Sid at %q", got)
	}
	if got := sid.Value.Parts[0].Text.SpanOf(1, 2).Text(); got != `\u0062` {
		t.Errorf("b of Sid at %q", got)
	}
	list := v.Get("List")
	var spans []string
	for _, e := range list.Elems {
		spans = append(spans, e.Kind.String()+" "+e.Span.Text())
		if e.Syntax != SyntaxJSON {
			t.Errorf("syntax of %s is %d", e.Span.Text(), e.Syntax)
		}
	}
	if want := []string{"number 1.5", "bool true", "null null", "object {}"}; !reflect.DeepEqual(spans, want) {
		t.Errorf("elements %q, want %q", spans, want)
	}
}

func TestDecodeJSONHoles(t *testing.T) {
	v, err := DecodeJSON(template(`{"Arn": "arn:aws:iam::${account}:root", "Effect": ${effect}, "N": 1${digits}, "L": ["a", ${more}], ${members}, "${key}": 1}`))
	if err != nil {
		t.Fatal(err)
	}
	if !v.Open {
		t.Error("a hole among members: the object is not open")
	}
	arn := v.Get("Arn")
	if len(arn.Parts) != 3 || arn.Parts[0].Text.String != "arn:aws:iam::" || arn.Parts[1].Hole == nil || arn.Parts[2].Text.String != ":root" {
		t.Errorf("Arn has parts %v", arn.Parts)
	}
	if got := arn.Parts[2].Text.Span.Text(); got != ":root" {
		t.Errorf("last part of Arn at %q", got)
	}
	if got := arn.Span.Text(); got != `"arn:aws:iam::${account}:root"` {
		t.Errorf("Arn at %q", got)
	}
	if e := v.Get("Effect"); !e.Is(Unknown) || len(e.Why) != 1 || e.Why[0].Text != "effect is not known" || e.Span.Text() != "${effect}" {
		t.Errorf("Effect is %+v", e)
	}
	if n := v.Get("N"); !n.Is(Unknown) || n.Span.Text() != "1${digits}" {
		t.Errorf("N is %+v", n)
	}
	l := v.Get("L")
	if !l.Open || len(l.Elems) != 1 || len(l.Why) != 1 {
		t.Errorf("L is %+v", l)
	}
	if v.Get("Arn").Syntax != SyntaxTemplateJSON {
		t.Errorf("syntax %d", v.Get("Arn").Syntax)
	}
}

func TestDecodeJSONNestedTree(t *testing.T) {
	v := template(`{"Statement": [${one}, ${two}], "Condition": ${c}}`)
	trees := []*Value{Int(1), Int(2), BoolOf(true)}
	for i, n := 0, 0; i < len(v.Parts); i++ {
		if v.Parts[i].Hole != nil {
			v.Parts[i].Hole.JSON, n = trees[n], n+1
		}
	}
	tree, err := DecodeJSON(v)
	if err != nil {
		t.Fatal(err)
	}
	if got, ok := EncodeJSON(tree, ""); !ok || got != `{"Statement":[1,2],"Condition":true}` {
		t.Errorf("%s, known %v", got, ok)
	}
}

func TestDecodeJSONUnknown(t *testing.T) {
	for _, v := range []*Value{nil, UnknownBecause("x", source.Span{}), template("${x}"), template(" ${x}\n${y} ")} {
		if got, err := DecodeJSON(v); err != nil || !got.Is(Unknown) {
			t.Errorf("%v: %v, %v; want unknown", v, got, err)
		}
	}
}

func TestDecodeJSONErrors(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"", "policy.json:1:1: unexpected end of the JSON text"},
		{"{\n  \"a\": 1,\n}", "policy.json:2:9: trailing comma before }"},
		{"[1,]", "policy.json:1:3: trailing comma before ]"},
		{"[1 2]", "policy.json:1:4: invalid character '2' after an element, where a comma or ] should be"},
		{`{"a" 1}`, "policy.json:1:6: invalid character '1' after a member name, where a colon should be"},
		{`{"a": 1`, "policy.json:1:8: unexpected end of the JSON text, } is missing"},
		{`{a: 1}`, "policy.json:1:2: invalid character 'a' where a member name in double quotes should be"},
		{`{'a': 1}`, `policy.json:1:2: invalid character '\'' where a member name in double quotes should be`},
		{`"abc`, "policy.json:1:1: string without a closing quote"},
		{"\"a\nb\"", `policy.json:1:3: invalid character '\n' in a string`},
		{`"\x"`, "policy.json:1:2: invalid escape sequence in a string"},
		{`"\u12"`, `policy.json:1:2: invalid \u escape in a string: four hexadecimal digits expected`},
		{"{} {}", "policy.json:1:4: invalid character '{' after the end of the JSON value"},
		{"01", "policy.json:1:1: invalid literal 01 where a value should be"},
		{"True", "policy.json:1:1: invalid literal True where a value should be"},
		{`{"a": }`, "policy.json:1:7: invalid character '}' where a value should be"},
		{"// x\n{}", "policy.json:1:1: invalid character '/' where a value should be"},
		{"\ufeff{}", "policy.json:1:1: byte order mark where a value should be"},
		{strings.Repeat("[", maxJSONDepth+1), "policy.json:1:501: JSON text nested deeper than 500"},
	} {
		_, err := DecodeJSON(file(test.text))
		if err == nil || err.Error() != test.want {
			t.Errorf("%.20q: %v\nwant %s", test.text, err, test.want)
		}
	}
	if _, err := DecodeJSON(Str("[\n1,]")); err == nil || err.Error() != "line 2, column 2 of the JSON text: trailing comma before ]" {
		t.Errorf("text that stands nowhere: %v", err)
	}
}

// Text that is not where it looks is not offered for editing.
func TestDecodeJSONSyntax(t *testing.T) {
	f := source.NewFile("main.tf", []byte(`policy = "{\"a\": \"$${x}\"}" # f(x)`))
	b := source.NewTextBuilder(f)
	b.Copy(10, 11)
	b.Escape(`"`, 11, 13)
	b.Copy(13, 14)
	b.Escape(`"`, 14, 16)
	b.Copy(16, 18)
	b.Escape(`"`, 18, 20)
	b.Escape(`${`, 20, 23)
	b.Copy(23, 25)
	b.Escape(`"`, 25, 27)
	b.Copy(27, 28)
	v := StrAt(b.Text())
	v.Span = source.Span{File: f, Start: 9, End: 29}
	tree, err := DecodeJSON(v)
	if err != nil {
		t.Fatal(err)
	}
	a := tree.Get("a")
	if s, _ := a.Text(); s != "${x}" || a.Syntax != SyntaxQuotedJSON || a.Span.Text() != `\"$${x}\"` {
		t.Errorf("a is %q, syntax %d, at %q", s, a.Syntax, a.Span.Text())
	}
	if got := a.Parts[0].Text.SpanOf(0, 2).Text(); got != "$${" {
		t.Errorf("${ of a at %q", got)
	}
	tree, err = DecodeJSON(StrAt(source.Computed(`{"a": "computed"}`, source.Span{File: f, Start: 32, End: 36})))
	if err != nil {
		t.Fatal(err)
	}
	if a := tree.Get("a"); a.Syntax != SyntaxNone || a.Span.Text() != "f(x)" {
		t.Errorf("computed: syntax %d at %q", a.Syntax, a.Span.Text())
	}
}

func TestEncodeJSON(t *testing.T) {
	v, err := DecodeJSON(file(`{"b": [1, 2.50, -3e2, "<é&\u0001>"], "a": {}, "c": []}`))
	if err != nil {
		t.Fatal(err)
	}
	got, ok := EncodeJSON(v, "  ")
	want := "{\n  \"b\": [\n    1,\n    2.5,\n    -300,\n    \"\\u003cé\\u0026\\u0001\\u003e\"\n  ],\n  \"a\": {},\n  \"c\": []\n}"
	if !ok || got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	for _, v := range []*Value{nil, {Kind: Tuple, Open: true}, template(`${x}`)} {
		if text, ok := EncodeJSON(v, ""); ok {
			t.Errorf("%v has text %s", v, text)
		}
	}
}

// FuzzDecodeJSON: what encoding/json accepts, DecodeJSON accepts, with the
// same meaning, and spans stay inside the text.
func FuzzDecodeJSON(f *testing.F) {
	for _, s := range []string{`{"a":[1,"b\u00e9\ud83d\ude00",{"c":null}]}`, `[1,]`, `"${x}"`, `{"a":1,"a":2}`, `{${x}"a":1}`, `[${x}${y},1]`, "\ufeff{}", `1e400`, `"\ud800"`, "[\"\xff\"]"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if v, err := DecodeJSON(template(strings.ReplaceAll(text, "${", "${}"))); err == nil {
			v.Known()
		}
		v, err := DecodeJSON(file(text))
		if (err == nil) != json.Valid([]byte(text)) && !tooDeepOrLarge(err) {
			t.Fatalf("%q: %v, encoding/json says otherwise", text, err)
		}
		if err != nil {
			e := err.(*JSONError)
			if !e.Span.IsZero() && (e.Span.Start > e.Span.End || e.Span.End > len(text)) {
				t.Fatalf("%q: error at %d-%d", text, e.Span.Start, e.Span.End)
			}
			return
		}
		v.Walk(func(v *Value) bool {
			if v.Span.Start > v.Span.End || v.Span.End > len(text) || v.Span.Start == v.Span.End {
				t.Fatalf("%q: %v at %d-%d", text, v.Kind, v.Span.Start, v.Span.End)
			}
			return true
		})
		var want any
		if err := json.Unmarshal([]byte(text), &want); err != nil {
			return // a number that is no float64
		}
		encoded, ok := EncodeJSON(v, "")
		if !ok {
			t.Fatalf("%q: not known", text)
		}
		var got any
		if err := json.Unmarshal([]byte(encoded), &got); err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("%q: encoded as %s (%v)", text, encoded, err)
		}
	})
}

func tooDeepOrLarge(err error) bool {
	return err != nil && (strings.Contains(err.Error(), "nested deeper") || strings.Contains(err.Error(), "invalid literal"))
}
