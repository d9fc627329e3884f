package terraform

import (
	"encoding/json"
	"fmt"
	"math/big"
	"math/rand"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// leaves are the literals of an expression: scalars and whole strings. The
// text of heredocs and the names of members are not among them.
func leaves(e hclsyntax.Expression) []hclsyntax.Expression {
	switch e := e.(type) {
	case *hclsyntax.LiteralValueExpr, *hclsyntax.TemplateExpr:
		return []hclsyntax.Expression{e}
	case *hclsyntax.FunctionCallExpr:
		if e.ExpandFinal {
			return nil // the evaluator's
		}
		return leavesOf(e.Args)
	case *hclsyntax.TupleConsExpr:
		return append(leavesOf(e.Exprs), e)
	case *hclsyntax.ObjectConsExpr:
		out := []hclsyntax.Expression{e}
		for _, item := range e.Items {
			out = append(out, leaves(item.ValueExpr)...)
		}
		return out
	}
	return nil
}

func leavesOf(es []hclsyntax.Expression) []hclsyntax.Expression {
	var out []hclsyntax.Expression
	for _, e := range es {
		out = append(out, leaves(e)...)
	}
	return out
}

// weaker are values that know less than v does.
func weaker(v *value.Value) []*value.Value {
	why := value.Reason{Text: "withheld"}
	typed := value.Of(valueType(typeOf(v)), v.Span, why)
	out := []*value.Value{value.Of(value.Type{}, v.Span, why)}
	if !v.Missing() {
		out = append(out, typed)
	}
	if s, ok := v.Text(); ok {
		hole := value.Part{Hole: value.Of(value.Type{Kind: value.String}, v.Span, why)}
		for i := 0; i <= len(s); i = i*2 + 1 {
			j := min(i+i/2, len(s))
			if !utf8.ValidString(s[:i]) || !utf8.ValidString(s[j:]) {
				continue
			}
			out = append(out, &value.Value{Kind: value.String, Span: v.Span, Parts: []value.Part{
				{Text: source.Computed(s[:i], v.Span)}, hole, {Text: source.Computed(s[j:], v.Span)}}})
		}
	}
	for i := range v.Elems {
		w := *v
		w.Elems, w.Open, w.Why = v.Elems[:i], true, []value.Reason{why}
		out = append(out, &w)
	}
	for i := range v.Attrs {
		w := *v
		w.Attrs, w.Open, w.Why = append(append([]value.Attr(nil), v.Attrs[:i]...), v.Attrs[i+1:]...), true, []value.Reason{why}
		out = append(out, &w)
		renamed := *v
		renamed.Attrs = append([]value.Attr(nil), v.Attrs...)
		renamed.Attrs[i].Name = value.Of(value.Type{Kind: value.String}, v.Span, why)
		out = append(out, &renamed)
	}
	return out
}

// refines says whether full may be what partial turns out to be.
func refines(full, partial *value.Value) error {
	bad := func(why string) error {
		return fmt.Errorf("%s: %s may not become %s", why, sketch(partial), sketch(full))
	}
	switch {
	case partial.Is(value.Unknown):
		return nil
	case partial.Missing() || full.Missing():
		if partial.Missing() != full.Missing() {
			return bad("null")
		}
		return nil
	case partial.Is(value.String):
		s, ok := full.Text()
		if !ok || !holesMatch(partial.Parts, s) {
			return bad("text")
		}
		return nil
	case partial.IsSequence() && full.IsSequence():
		return refinesSequence(full, partial, bad)
	case partial.IsMapping() && full.IsMapping():
		return refinesMapping(full, partial, bad)
	}
	if equal(full, partial) != value.Yes {
		return bad("value")
	}
	return nil
}

func refinesSequence(full, partial *value.Value, bad func(string) error) error {
	if !positioned(partial) {
		for _, e := range partial.Elems {
			found := false
			for _, f := range full.Elems {
				found = found || refines(f, e) == nil
			}
			if !found {
				return bad("member")
			}
		}
		if !partial.Open {
			for _, f := range full.Elems {
				found := false
				for _, e := range partial.Elems {
					found = found || refines(f, e) == nil
				}
				if !found {
					return bad("missing member")
				}
			}
		}
		return nil
	}
	if len(partial.Elems) > len(full.Elems) || !partial.Open && len(partial.Elems) != len(full.Elems) {
		return bad("length")
	}
	for i, e := range partial.Elems {
		if err := refines(full.Elems[i], e); err != nil {
			return err
		}
	}
	return nil
}

func refinesMapping(full, partial *value.Value, bad func(string) error) error {
	for _, a := range full.Attrs {
		k, _ := a.Key()
		m := partial.Get(k)
		if m.Is(value.Absent) && !hasKey(partial, k) {
			return bad("missing member")
		}
		if err := refines(a.Value, m); err != nil {
			return err
		}
	}
	for _, a := range partial.Attrs {
		if k, ok := a.Key(); ok && !hasKey(full, k) {
			return bad("member " + k)
		}
	}
	return nil
}

// holesMatch says that s is the text of the parts with something in the holes.
func holesMatch(parts []value.Part, s string) bool {
	if len(parts) == 0 {
		return s == ""
	}
	if parts[0].Hole == nil {
		rest, ok := strings.CutPrefix(s, parts[0].Text.String)
		return ok && holesMatch(parts[1:], rest)
	}
	for i := range len(s) + 1 {
		if holesMatch(parts[1:], s[i:]) {
			return true
		}
	}
	return false
}

// TestRefinement: what is said of a call whose arguments are not all known
// holds once they are known, and no such call is refused that Terraform would
// accept in the end.
func TestRefinement(t *testing.T) {
	calls := 0
	for _, text := range expressions(t) {
		e, s, err := parseTest(text)
		if err != nil {
			t.Fatal(err)
		}
		full, err := s.evaluate(e)
		if err != nil || !full.Known() {
			continue
		}
		for _, leaf := range leaves(e) {
			v, err := s.evaluate(leaf)
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range weaker(v) {
				if strings.Contains(text, "jsondecode(\"") && w.Is(value.String) {
					continue // a hole in JSON text is taken to be part of one string or one value
				}
				s.instead = map[hclsyntax.Expression]*value.Value{leaf: w}
				calls++
				got, err := s.evaluate(e)
				if err != nil {
					t.Errorf("%s with %s for %s fails: %v", text, sketch(w), sketch(v), err)
				} else if err := refines(full, got); err != nil {
					t.Errorf("%s with %s for %s: %v", text, sketch(w), sketch(v), err)
				} else if !got.Known() && len(got.AllWhy()) == 0 {
					t.Errorf("%s with %s for %s: nothing says why %s is not known", text, sketch(w), sketch(v), sketch(got))
				}
			}
			s.instead = nil
		}
	}
	if calls < 3000 {
		t.Errorf("only %d calls were tried", calls)
	}
}

// another is a value of the type of v that is not v.
func another(v *value.Value) *value.Value {
	switch v.Kind {
	case value.String:
		s, _ := v.Text()
		return value.Str(s + "x")
	case value.Bool:
		return value.BoolOf(!v.Bool)
	case value.Number:
		return &value.Value{Kind: value.Number, Number: new(big.Float).Add(v.Number, big.NewFloat(1))}
	}
	return nil
}

// TestCarry: a result that would be another with another argument rests on what
// that argument rests on, and is as sensitive.
func TestCarry(t *testing.T) {
	checked := 0
	for _, text := range expressions(t) {
		if strings.Contains(text, "sensitive(") || strings.Contains(text, "ephemeralasnull(") { // they look at it
			continue
		}
		e, s, err := parseTest(text)
		if err != nil {
			t.Fatal(err)
		}
		full, err := s.evaluate(e)
		if err != nil {
			continue
		}
		for _, leaf := range leaves(e) {
			s.instead = nil
			v, err := s.evaluate(leaf)
			if err != nil {
				t.Fatal(err)
			}
			other := another(v)
			if other == nil {
				continue
			}
			s.instead = map[hclsyntax.Expression]*value.Value{leaf: other}
			changed, err := s.evaluate(e)
			if err != nil || sketch(changed) == sketch(full) {
				continue
			}
			a := &value.Assumption{Text: "assumed"}
			s.instead[leaf] = burden(v, []*value.Assumption{a}, true)
			got, err := s.evaluate(e)
			if err != nil {
				t.Fatal(err)
			}
			checked++
			if len(got.AllAssumptions()) != 1 || !sensitiveDeep(got) {
				t.Errorf("%s: the result does not rest on %s", text, sketch(v))
			}
			if sketch(got) != sketch(full) {
				t.Errorf("%s: %s when assumed, %s when not", text, sketch(got), sketch(full))
			}
		}
	}
	if checked < 500 {
		t.Errorf("only %d arguments were checked", checked)
	}
}

// randomValue is any value, known or not.
func randomValue(r *rand.Rand, depth int) *value.Value {
	why := value.Reason{Text: "random"}
	texts := []string{"", "a", "b", "arn:aws:iam::1:root", "10.0.0.0/8", "[1]", "{\"a\":1}", "%s", "/a/", "é\u0301", "true", "-1", "UTF-8", "../x", "1e9", "\xff"}
	kinds := 12
	if depth <= 0 {
		kinds = 7
	}
	list := func() []*value.Value {
		out := make([]*value.Value, r.Intn(4))
		for i := range out {
			out[i] = randomValue(r, depth-1)
		}
		return out
	}
	open := r.Intn(4) == 0
	switch r.Intn(kinds) {
	case 0:
		return value.Of([]value.Type{{}, {Kind: value.String}, {Kind: value.List}, {Kind: value.Map}}[r.Intn(4)], source.Span{}, why)
	case 1:
		return &value.Value{Kind: []value.Kind{value.Null, value.Absent}[r.Intn(2)]}
	case 2:
		return value.BoolOf(r.Intn(2) == 0)
	case 3:
		return value.Int(r.Intn(20) - 5)
	case 4, 5:
		return value.Str(texts[r.Intn(len(texts))])
	case 6:
		return &value.Value{Kind: value.String, Parts: []value.Part{
			{Text: source.Computed(texts[r.Intn(len(texts))], source.Span{})},
			{Hole: value.Of(value.Type{Kind: value.String}, source.Span{}, why)},
			{Text: source.Computed(texts[r.Intn(len(texts))], source.Span{})}}}
	case 7, 8, 9:
		return &value.Value{Kind: []value.Kind{value.Tuple, value.List, value.Set}[r.Intn(3)], Elems: list(), Open: open, Why: []value.Reason{why}}
	}
	v := &value.Value{Kind: []value.Kind{value.Object, value.Map}[r.Intn(2)], Open: open, Why: []value.Reason{why}}
	for _, m := range list() {
		name := value.Str(texts[r.Intn(len(texts))])
		if r.Intn(6) == 0 {
			name = value.Of(value.Type{Kind: value.String}, source.Span{}, why)
		}
		v.Attrs = append(v.Attrs, value.Attr{Name: name, Value: m})
	}
	if r.Intn(8) == 0 {
		v = &value.Value{}
		if r.Intn(2) == 0 {
			return nil
		}
	}
	return v
}

// callRandom calls a function with arguments made of seed, and what it gets
// back must be a value that everything else can work with.
func callRandom(t *testing.T, names []string, seed int64) {
	r := rand.New(rand.NewSource(seed))
	_, s, err := parseTest("x")
	if err != nil {
		t.Fatal(err)
	}
	name := names[r.Intn(len(names))]
	args := make([]*value.Value, r.Intn(4))
	for i := range args {
		args[i] = randomValue(r, 3)
	}
	v := callFunction(name, args, s.scope)
	if v == nil {
		t.Fatalf("%s of seed %d gives nil", name, seed)
	}
	if v.Is(value.Unknown) && len(v.AllWhy()) == 0 && !anyNil(args) {
		t.Errorf("%s of seed %d: nothing says why it is not known", name, seed)
	}
	if v.Is(value.Absent) {
		t.Errorf("%s of seed %d gives an absent value", name, seed)
	}
	toCty(v)
	fromCty(toCty(v), source.Span{})
	if text := show(v); text != "?" && !json.Valid([]byte(text)) {
		t.Errorf("%s of seed %d: %s is no JSON", name, seed, text)
	}
	for _, to := range []cty.Type{cty.String, cty.List(cty.String), cty.Map(cty.DynamicPseudoType), cty.Set(cty.Number)} {
		if w, err := convertTo(v, to); err == nil && w == nil {
			t.Errorf("%s of seed %d converts to nil", name, seed)
		}
	}
}

func anyNil(vs []*value.Value) bool {
	found := false
	for _, v := range vs {
		v.Walk(func(w *value.Value) bool {
			found = found || w.Is(value.Unknown) && len(w.Why) == 0
			return true
		})
		found = found || v == nil
	}
	return found
}

func allFunctions() []string {
	names := append(sortedKeys(builtins), sortedKeys(libraryFunctions)...)
	return append(names, sortedKeys(unpredictable)...)
}

// TestAnyArguments: no function panics, whatever it is given.
func TestAnyArguments(t *testing.T) {
	names := allFunctions()
	for seed := range int64(20_000) {
		callRandom(t, names, seed)
	}
}

func FuzzFunctions(f *testing.F) {
	names := allFunctions()
	for seed := range int64(50) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed int64) { callRandom(t, names, seed) })
}

// FuzzFunctionText calls the functions that parse text.
func FuzzFunctionText(f *testing.F) {
	for _, s := range []string{"%s %[2]d", "a: &x [*x]", `{"a":1}`, "a,b\n1,2", "/(a)/", "10.0.0.0/8", "{a,b}*/**", "arn:aws:iam::1:role/a/b", "2020-01-02T03:04:05Z", "YYYY"} {
		f.Add(s, "x")
	}
	names := []string{"format", "formatlist", "yamldecode", "jsondecode", "csvdecode", "regex", "regexall", "replace", "split", "join", "substr", "cidrhost", "cidrsubnet", "fileset", "file", "formatdate", "timeadd", "trim", "provider::aws::arn_parse", "provider::aws::trim_iam_role_path", "textdecodebase64", "base64decode", "parseint", "tonumber", "urlencode", "title", "indent", "rsadecrypt", "uuidv5"}
	f.Fuzz(func(t *testing.T, a, b string) {
		_, s, err := parseTest("x")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			for _, args := range [][]*value.Value{{value.Str(a)}, {value.Str(a), value.Str(b)}, {value.Str(a), value.Str(b), value.Str(a)}, {value.Str(a), value.Int(len(b))}} {
				if v := callFunction(name, args, s.scope); v == nil {
					t.Errorf("%s gives nil", name)
				}
			}
		}
	})
}

func BenchmarkFunctions(b *testing.B) {
	for _, text := range []string{
		`jsonencode({Version = "2012-10-17", Statement = [{Effect = "Allow", Action = ["sts:AssumeRole"], Principal = {AWS = unknown}}]})`,
		`format("arn:aws:iam::%s:role/%s", unknown, "x")`,
		`merge({a = 1, b = 2}, {c = unknown})`,
		`flatten([["a", "b"], [["c"]]])`,
		`toset(["c", "b", "a", "b"])`,
		`sha256("hello")`,
	} {
		e, s, err := parseTest(text)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(text[:strings.IndexByte(text, '(')], func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.evaluate(e); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
