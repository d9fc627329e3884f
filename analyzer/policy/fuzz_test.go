package policy

import (
	"math/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// seeds are policies of the vectors and of AWS's published SCPs.
func seeds(t testing.TB) []string {
	t.Helper()
	var out []string
	for _, name := range []string{"trust_rolesessionname.json", "scp_root_mfa.json", "scp_source_ip.json", "user_mfa.json"} {
		for _, v := range vectors(t, name) {
			for _, doc := range append(v.Docs, v.Doc) {
				if doc != nil {
					out = append(out, string(doc))
				}
			}
		}
	}
	files, err := filepath.Glob(filepath.Join(testdata, "scps", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(b))
	}
	return out
}

// FuzzParse: any text gives a document or an error, with every span in range
// and inside that of its statement.
func FuzzParse(f *testing.F) {
	for _, s := range seeds(f) {
		f.Add(s)
	}
	f.Add(`{"Statement": [{"Effect": "Deny", "Action": "‹›", "Resource": ["‹›", "arn:aws:s3:::${‹›}"], "Condition": {"StringLike": {"a:b": "${aws:username‹›}"}}}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		file := source.NewFile("p.json", []byte(text))
		d, err := Parse(value.StrAt(source.Literal(source.Span{File: file, Start: 0, End: len(text)})))
		if err == nil {
			for _, p := range d.Problems {
				if !p.Span.IsZero() && (p.Span.Start < 0 || p.Span.End > len(text) || p.Span.Start > p.Span.End) {
					t.Fatalf("%s at %d to %d of %d", p.Text, p.Span.Start, p.Span.End, len(text))
				}
			}
			for _, s := range d.Statements {
				for i := range s.Conditions {
					if c := &s.Conditions[i]; !c.Span().IsZero() && !s.Span().Contains(c.Span()) {
						t.Fatalf("condition %+v lies outside its statement %+v", c.Span(), s.Span())
					}
				}
			}
			d.Validate(SCP)
			d.Validate(Trust)
		}
		if strings.Contains(text, "‹›") {
			if d, err := Parse(withHoles(text)); err == nil {
				d.Decide(&Request{Action: "iam:CreateUser", Resource: "*", Unlisted: Either})
			}
		}
	})
}

// FuzzDecide: a decision is the same twice; what is decided with everything
// about the request unknown is decided so for a request; and a malformed
// document decides nothing.
func FuzzDecide(f *testing.F) {
	for i, s := range seeds(f) {
		f.Add(s, int64(i))
	}
	f.Fuzz(func(t *testing.T, text string, seed int64) {
		d, err := Parse(value.Str(text))
		if err != nil {
			t.Skip()
		}
		r, _ := generator{rand.New(rand.NewSource(seed))}.request()
		a, b := d.Decide(r), d.Decide(r)
		if a.Outcome() != b.Outcome() || len(a.Deciding) != len(b.Deciding) {
			t.Fatalf("%+v, then %+v", a, b)
		}
		any := d.Decide(&Request{Unlisted: Either})
		if any.Denied != Unknown && any.Denied != a.Denied || any.Granted != Unknown && any.Granted != a.Granted {
			t.Fatalf("for every request %+v, for this one %+v", any, a)
		}
		if d.Malformed() && (a.Denied == True || a.Granted == True) {
			t.Fatalf("malformed, and yet %+v", a)
		}
		for _, s := range d.Statements {
			if m := s.MatchesDetail(r); m.Result != s.Matches(r) || m.Why == "" {
				t.Fatalf("%+v", m)
			}
		}
	})
}

// cases are requests for benchmarks.
func cases(n int) []*Request {
	g := generator{rand.New(rand.NewSource(9))}
	out := make([]*Request, n)
	for i := range out {
		out[i], _ = g.request()
	}
	return out
}

func BenchmarkDecide(b *testing.B) {
	var docs []*Document
	for _, s := range seeds(b) {
		docs = append(docs, mustParse(b, s))
	}
	list := cases(1000)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		docs[i%len(docs)].Decide(list[i%len(list)])
		i++
	}
}

func BenchmarkParse(b *testing.B) {
	list := seeds(b)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		if _, err := Parse(value.Str(list[i%len(list)])); err != nil {
			b.Fatal(err)
		}
		i++
	}
}

func BenchmarkAccepts(b *testing.B) {
	patterns := []Pattern{Glob("?*@example.com"), Glob("*-admin-*"), Glob("???*")}
	b.ReportAllocs()
	for b.Loop() {
		if all, _ := SessionNames.Accepts(patterns...); all != False {
			b.Fatal(all)
		}
	}
}
