package terraform

import (
	"strings"
	"testing"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// documentBody makes the value of a policy document's body from JSON: the names are
// the arguments and blocks of the data source, "?" is an unknown value.
func documentBody(t *testing.T, text string) *value.Value {
	t.Helper()
	f := source.NewFile("body.json", []byte(text))
	s := value.StrAt(source.Literal(source.Span{File: f, End: len(text)}))
	s.Syntax = value.SyntaxJSON
	v, err := value.DecodeJSON(s)
	if err != nil {
		t.Fatal(err)
	}
	return unknowns(v)
}

func unknowns(v *value.Value) *value.Value {
	c := *v
	if v.TextOr("") == "?" {
		return value.UnknownBecause("? is not known", v.Span)
	}
	c.Elems, c.Attrs = nil, nil
	for _, e := range v.Elems {
		if e.TextOr("") == "?…" { // more elements
			c.Open = true
			c.Why = []value.Reason{{Text: "… is not known"}}
			continue
		}
		c.Elems = append(c.Elems, unknowns(e))
	}
	for _, a := range v.Attrs {
		c.Attrs = append(c.Attrs, value.Attr{Name: a.Name, Value: unknowns(a.Value)})
	}
	return &c
}

const (
	docA = `"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"a:1\",\"Resource\":\"*\"},{\"Sid\":\"one\",\"Effect\":\"Allow\",\"Action\":\"a:2\",\"Resource\":\"*\"}]}"`
	docB = `"{\"Statement\":[{\"Sid\":\"two\",\"Effect\":\"Deny\",\"Action\":\"b:1\",\"Resource\":\"*\"}]}"`
	docC = `"{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"c:1\",\"Resource\":\"*\"}]}"`
	docD = `"{\"Statement\":[{\"Sid\":\"one\",\"Effect\":\"Deny\",\"Action\":\"d:1\",\"Resource\":\"*\"}]}"`
)

// The pairs P1 to P18 of the provider's acceptance tests (own minimal
// versions), and the facts that they leave open.
func TestRenderPolicyDocument(t *testing.T) {
	for _, test := range []struct{ name, body, want string }{
		{"P1 actions sorted descending, policy_id", `{"policy_id":"policy_id","statement":[{"sid":"1","actions":["s3:GetBucketLocation","s3:ListAllMyBuckets"],"resources":["arn:P:s3:::*"]}]}`,
			`{"Version":"2012-10-17","Id":"policy_id","Statement":[{"Sid":"1","Effect":"Allow","Action":["s3:ListAllMyBuckets","s3:GetBucketLocation"],"Resource":"arn:P:s3:::*"}]}`},
		{"P2 condition values keep order and empty strings", `{"statement":[{"condition":[{"test":"StringLike","variable":"s3:prefix","values":["home/","","home/&{aws:username}/"]}]}]}`,
			`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Condition":{"StringLike":{"s3:prefix":["home/","","home/${aws:username}/"]}}}]}`},
		{"P3 policy variables in resources", `{"statement":[{"resources":["b/&{aws:username}","b/&{aws:username}/*","b/&{aws:username}"]}]}`,
			`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Resource":["b/${aws:username}/*","b/${aws:username}"]}]}`},
		{"P4 not_actions and not_resources", `{"statement":[{"effect":"Deny","not_actions":["s3:*"],"not_resources":["arn:P:s3:::*"]}]}`,
			`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","NotAction":"s3:*","NotResource":"arn:P:s3:::*"}]}`},
		{"P5 AWS star", `{"statement":[{"principals":[{"type":"AWS","identifiers":["*"]}]}]}`,
			`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"}}]}`},
		{"P6 star star", `{"statement":[{"principals":[{"type":"*","identifiers":["*"]}]}]}`,
			`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*"}]}`},
		{"star star with another block", `{"statement":[{"not_principals":[{"type":"Service","identifiers":["x"]},{"type":"*","identifiers":["*"]}]}]}`,
			`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","NotPrincipal":{"*":"*","Service":"x"}}]}`},
		{"P7 a single condition value", `{"statement":[{"condition":[{"test":"Bool","variable":"aws:SecureTransport","values":[false]}]}]}`,
			`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}`},
		{"P8 two keys of one operator", `{"statement":[{"condition":[{"test":"StringEquals","variable":"s3:x-amz-acl","values":["b"]},{"test":"StringEquals","variable":"aws:SourceArn","values":["s"]}]}]}`,
			`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Condition":{"StringEquals":{"aws:SourceArn":"s","s3:x-amz-acl":"b"}}}]}`},
		{"P9 equal test and variable", `{"statement":[{"condition":[{"test":"StringEquals","variable":"s3:prefix","values":["one/","two/"]},{"test":"StringEquals","variable":"s3:prefix","values":["three/"]}]}]}`,
			`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Condition":{"StringEquals":{"s3:prefix":["one/","two/","three/"]}}}]}`},
		{"P10 blocks of one type", `{"statement":[{"principals":[{"type":"AWS","identifiers":["111"]},{"type":"AWS","identifiers":["222","333"]}]}]}`,
			`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":["111","333","222"]}}]}`},
		{"P11 source documents in order", `{"source_policy_documents":[` + docA + `,` + docB + `,` + docC + `]}`,
			`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"a:1","Resource":"*"},{"Sid":"one","Effect":"Allow","Action":"a:2","Resource":"*"},{"Sid":"two","Effect":"Deny","Action":"b:1","Resource":"*"},{"Effect":"Allow","Action":"c:1","Resource":"*"}]}`},
		{"P12 one Sid in two source documents", `{"source_policy_documents":[` + docA + `,` + docD + `]}`,
			`error: merging source document 1: duplicate Sid (one) in source_policy_documents (statement 0). Remove the Sid or ensure Sids are unique.`},
		{"P13 overrides in place", `{"override_policy_documents":[` + docA + `,` + docB + `,` + docD + `]}`,
			`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"a:1","Resource":"*"},{"Sid":"one","Effect":"Deny","Action":"d:1","Resource":"*"},{"Sid":"two","Effect":"Deny","Action":"b:1","Resource":"*"}]}`},
		{"P14 own statement wins over a source document", `{"source_policy_documents":[` + docB + `],"statement":[{"sid":"two","actions":["*"]}]}`,
			`{"Version":"2012-10-17","Statement":[{"Sid":"two","Effect":"Allow","Action":"*"}]}`},
		{"P15 &{ in version 2008-10-17", `{"version":"2008-10-17","statement":[{"resources":["a/&{aws:username}"]}]}`,
			`error: found &{ sequence in (a/&{aws:username}), which is not supported in document version 2008-10-17`},
		{"P15 in principals", `{"version":"2008-10-17","statement":[{"principals":[{"type":"AWS","identifiers":["&{x}"]}]}]}`,
			`error: found &{ sequence in (&{x}), which is not supported in document version 2008-10-17`},
		{"P15 in conditions", `{"version":"2008-10-17","statement":[{"condition":[{"test":"a","variable":"b","values":["&{x}"]}]}]}`,
			`error: found &{ sequence in (&{x}), which is not supported in document version 2008-10-17`},
		{"P16 booleans of a source document", `{"source_policy_documents":["{\"Statement\":[{\"Condition\":{\"Null\":{\"k\":false}}}]}"]}`,
			`{"Version":"2012-10-17","Statement":[{"Condition":{"Null":{"k":"false"}}}]}`},
		{"P17 empty Sids never collide", `{"statement":[{"sid":"","actions":["a"]},{"sid":"","actions":["b"]}]}`,
			`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"a"},{"Effect":"Allow","Action":"b"}]}`},
		{"P18 empty documents are ignored", `{"source_policy_documents":[""],"override_policy_documents":[""]}`, `{"Version":"2012-10-17"}`},
		{"fact 1: order of operators and elements", `{"statement":[{"condition":[{"test":"Z","variable":"k","values":["1","2"]},{"test":"A","variable":"k","values":["1"]}],"principals":[{"type":"Service","identifiers":["s"]},{"type":"AWS","identifiers":["a"]}],"actions":["x"],"sid":"S"}]}`,
			`{"Version":"2012-10-17","Statement":[{"Sid":"S","Effect":"Allow","Action":"x","Principal":{"AWS":"a","Service":"s"},"Condition":{"A":{"k":"1"},"Z":{"k":["1","2"]}}}]}`},
		{"fact 2: characters of HTML are escaped", `{"statement":[{"actions":["<&>"]}]}`,
			`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"\u003c\u0026\u003e"}]}`},
		{"&{ in actions stays", `{"statement":[{"actions":["&{x}"]}]}`,
			`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"\u0026{x}"}]}`},
		{"fact 6: effect", `{"statement":[{"effect":"allow"}]}`, `error: effect "allow", expected Allow or Deny`},
		{"a sid that only some releases refuse", `{"statement":[{"sid":"a b"}]}`, `{"Version":"2012-10-17","Statement":[{"Sid":"a b","Effect":"Allow"}]}`},
		{"fact 5: version", `{"version":"2012"}`, `error: version "2012", expected 2008-10-17 or 2012-10-17`},
		{"fact 10: the later version and the last id win", `{"version":"2008-10-17","policy_id":"own","override_policy_documents":["{\"Version\":\"2012-10-17\",\"Id\":\"other\"}"]}`,
			`{"Version":"2012-10-17","Id":"other"}`},
		{"fact 10: version 2008-10-17 alone", `{"version":"2008-10-17"}`, `{"Version":"2008-10-17"}`},
		{"fact 11: duplicate Sid", `{"statement":[{"sid":"x"},{"sid":"x"}]}`, `error: duplicate Sid (x). Remove the Sid or ensure the Sid is unique.`},
		{"fact 12: a document that is no JSON", `{"source_policy_documents":["{"]}`,
			`error: "source_policy_documents" (element 0) contains an invalid JSON: body.json:1:31: unexpected end of the JSON text, } is missing`},
		{"fact 13: source_json", `{"source_json":"{}"}`, `error: source_json is not used since version 5 of the provider; use source_policy_documents`},
		{"fact 14: numbers vanish", `{"source_policy_documents":["{\"Statement\":[{\"Effect\":\"Deny\",\"Condition\":{\"NumericGreaterThan\":{\"aws:MultiFactorAuthAge\":3600}}}]}"]}`,
			`{"Version":"2012-10-17","Statement":[{"Effect":"Deny"}]}`},
		{"fact 14: a scalar principal becomes star", `{"source_policy_documents":["{\"Statement\":[{\"Principal\":\"111122223333\",\"Foo\":1}]}"]}`,
			`{"Version":"2012-10-17","Statement":[{"Principal":"*"}]}`},
		{"fact 14: a single statement cannot be merged", `{"source_policy_documents":["{\"Statement\":{\"Effect\":\"Deny\"}}"]}`,
			`error: Statement of a document of source_policy_documents is a object; the provider merges only lists of statements`},
		{"names of members in any case", `{"source_policy_documents":["{\"statement\":[{\"effect\":\"Deny\",\"ACTION\":[\"b\",\"a\"],\"principal\":{\"AWS\":[\"a\",\"b\"]}}]}"]}`,
			`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":["b","a"],"Principal":{"AWS":["b","a"]}}]}`},
		{"fact 15: nothing", `{}`, `{"Version":"2012-10-17"}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			json, minified, gaps := renderPolicyDocument(documentBody(t, test.body), source.Span{})
			if msg, ok := strings.CutPrefix(test.want, "error: "); ok {
				if len(gaps) != 1 || gaps[0].Kind != source.ErrorGap || gaps[0].Reason != "aws_iam_policy_document: "+msg || !json.Is(value.Unknown) {
					t.Errorf("gaps %v\nwant %s", gaps, msg)
				}
				return
			}
			if len(gaps) > 0 {
				t.Fatal(gaps)
			}
			if got := minified.TextOr("unknown"); got != test.want {
				t.Errorf("%s\nwant %s", got, test.want)
			}
			again, err := value.DecodeJSON(value.Str(json.TextOr("")))
			if err != nil {
				t.Fatal(err)
			}
			if got, _ := value.EncodeJSON(again, ""); got != test.want {
				t.Errorf("json says %s\nwant %s", got, test.want)
			}
		})
	}
}

// The indentation is that of the provider.
func TestRenderPolicyDocumentIndent(t *testing.T) {
	json, _, _ := renderPolicyDocument(documentBody(t, `{"statement":[{"actions":["b","a"]}]}`), source.Span{})
	want := "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {\n      \"Effect\": \"Allow\",\n      \"Action\": [\n        \"b\",\n        \"a\"\n      ]\n    }\n  ]\n}"
	if got := json.TextOr("unknown"); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

// What is unknown stays where it is.
func TestRenderPolicyDocumentUnknown(t *testing.T) {
	// tree prints a tree: ? is unknown, … more.
	for _, test := range []struct{ name, body, want string }{
		{"an identifier", `{"statement":[{"actions":["b","?","c"],"principals":[{"type":"AWS","identifiers":["?"]}]}]}`,
			`{Version:2012-10-17 Statement:[{Effect:Allow Action:[c b ?] Principal:{AWS:?}}]}`},
		{"identifiers", `{"statement":[{"principals":[{"type":"AWS","identifiers":"?"},{"type":"AWS","identifiers":["1"]}]}]}`,
			`{Version:2012-10-17 Statement:[{Effect:Allow Principal:{AWS:[1 …]}}]}`},
		{"dynamic principals", `{"statement":[{"principals":"?"}]}`, `{Version:2012-10-17 Statement:[{Effect:Allow Principal:?}]}`},
		{"dynamic conditions", `{"statement":[{"condition":[{"test":"Bool","variable":"k","values":["true"]},"?…"]}]}`,
			`{Version:2012-10-17 Statement:[{Effect:Allow Condition:{Bool:{k:true} …}}]}`},
		{"dynamic statements", `{"statement":["?…",{"actions":["a"]}]}`, `{Version:2012-10-17 Statement:[{Effect:Allow Action:a} …]}`},
		{"effect", `{"statement":[{"effect":"?"}]}`, `{Version:2012-10-17 Statement:[{Effect:?}]}`},
		{"a source document adds statements", `{"source_policy_documents":["?"],"statement":[{"sid":"a"}]}`, `{Version:2012-10-17 Id:? Statement:[{Sid:a Effect:Allow} …]}`},
		{"an override may replace what has a Sid", `{"override_policy_documents":["?"],"statement":[{"sid":"a"},{"actions":["b"]}]}`, `{Version:2012-10-17 Id:? Statement:[? {Effect:Allow Action:b} …]}`},
		{"an unknown Sid may be that of another", `{"source_policy_documents":[` + docA + `],"statement":[{"sid":"?","actions":["b"]}]}`,
			`{Version:2012-10-17 Statement:[{Effect:Allow Action:a:1 Resource:*} ? {Sid:? Effect:Allow Action:b}]}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			json, _, gaps := renderPolicyDocument(documentBody(t, test.body), source.Span{})
			if len(gaps) > 0 {
				t.Fatal(gaps)
			}
			if got := printTree(json.JSON); got != test.want {
				t.Errorf("%s\nwant %s", got, test.want)
			}
			if _, known := json.Text(); known {
				t.Error("the text is known")
			}
			if len(json.AllWhy()) == 0 {
				t.Error("no reason")
			}
		})
	}
}

func printTree(v *value.Value) string {
	var parts []string
	switch {
	case v.Is(value.Unknown):
		return "?"
	case v.Is(value.String):
		return v.TextOr("?")
	case v.IsMapping():
		for _, a := range v.Attrs {
			parts = append(parts, printTree(a.Name)+":"+printTree(a.Value))
		}
	case v.IsSequence():
		for _, e := range v.Elems {
			parts = append(parts, printTree(e))
		}
	}
	if v.Open {
		parts = append(parts, "…")
	}
	if v.IsMapping() {
		return "{" + strings.Join(parts, " ") + "}"
	}
	return "[" + strings.Join(parts, " ") + "]"
}

// Statements keep the place of their block, replaced text that of its bytes.
func TestRenderPolicyDocumentSpans(t *testing.T) {
	json, _, gaps := renderPolicyDocument(documentBody(t, `{"source_policy_documents":[`+docB+`],"statement":[{"resources":["a/&{aws:username}/b"]}]}`), source.Span{})
	if len(gaps) > 0 {
		t.Fatal(gaps)
	}
	list := json.JSON.Get("Statement")
	if got := list.At(0).Span.Text(); !strings.HasPrefix(got, `{\"Sid\":\"two\"`) {
		t.Errorf("merged statement at %s", got)
	}
	own := list.At(1)
	if got := own.Span.Text(); got != `{"resources":["a/&{aws:username}/b"]}` {
		t.Errorf("own statement at %s", got)
	}
	res := own.Get("Resource")
	if got := res.Parts[0].Text.SpanOf(2, 4).Text(); got != "&{" {
		t.Errorf("${ of %s at %s", res.TextOr(""), got)
	}
	if got := res.Parts[0].Text.SpanOf(18, 19).Text(); got != "b" {
		t.Errorf("b of %s at %s", res.TextOr(""), got)
	}
}

func FuzzRenderPolicyDocument(f *testing.F) {
	f.Add(`{"statement":[{"sid":"?","actions":["a","?…"],"principals":[{"type":"*","identifiers":["*"]}],"condition":[{"test":"?","variable":"b","values":["&{c"]}]}]}`)
	f.Add(`{"source_policy_documents":[` + docA + `,"?"],"override_policy_documents":` + docB + `}`)
	f.Fuzz(func(t *testing.T, text string) {
		file := source.NewFile("body.json", []byte(text))
		v, err := value.DecodeJSON(value.StrAt(source.Literal(source.Span{File: file, End: len(text)})))
		if err != nil {
			return
		}
		json, _, gaps := renderPolicyDocument(unknowns(v), source.Span{})
		if json == nil || len(gaps) == 0 && !json.Is(value.String) {
			t.Fatalf("%v, %v", json, gaps)
		}
	})
}
