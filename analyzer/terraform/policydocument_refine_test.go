package terraform

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// TestRenderRefinement takes random bodies, forgets some of their values, and
// requires that what is rendered without them leaves room for what is rendered
// with them: nothing is claimed that a value could make wrong.
func TestRenderRefinement(t *testing.T) {
	rendered := 0
	for seed := range uint64(1500) {
		g := &bodies{rand.New(rand.NewPCG(seed, 1))}
		whole := g.body()
		want, _, gaps := renderPolicyDocument(whole, source.Span{})
		if len(gaps) > 0 {
			continue
		}
		rendered++
		for range 5 {
			partial := g.forget(whole)
			got, _, gaps := renderPolicyDocument(partial, source.Span{})
			if len(gaps) > 0 {
				t.Fatalf("%s\nis refused: %v\nbut not with all values:\n%s", printTree(partial), gaps, printTree(whole))
			}
			if !covers(got.JSON, want.JSON) {
				t.Fatalf("%s\ngives %s\nbut with all values\n%s\ngives %s", printTree(partial), printTree(got.JSON), printTree(whole), printTree(want.JSON))
			}
		}
	}
	if rendered < 500 {
		t.Errorf("only %d bodies could be rendered", rendered)
	}
}

// bodies makes random bodies of policy documents.
type bodies struct{ *rand.Rand }

func (g *bodies) one(of ...string) *value.Value { return value.Str(of[g.IntN(len(of))]) }

func (g *bodies) some(of ...string) *value.Value {
	v := &value.Value{Kind: value.Set}
	for range 1 + g.IntN(3) {
		v.Elems = append(v.Elems, g.one(of...))
	}
	return v
}

func (g *bodies) body() *value.Value {
	m := map[string]*value.Value{}
	statements := value.ListOf()
	for range g.IntN(4) {
		statements.Elems = append(statements.Elems, g.statement())
	}
	m["statement"] = statements
	for _, name := range []string{"source_policy_documents", "override_policy_documents"} {
		if g.IntN(3) == 0 {
			m[name] = value.ListOf()
			for range 1 + g.IntN(2) {
				m[name].Elems = append(m[name].Elems, g.document())
			}
		}
	}
	if g.IntN(4) == 0 {
		m["version"] = g.one("2012-10-17", "2008-10-17")
	}
	if g.IntN(4) == 0 {
		m["policy_id"] = g.one("", "id")
	}
	return value.ObjectOf(m)
}

func (g *bodies) statement() *value.Value {
	m := map[string]*value.Value{
		"sid":       g.one("", "A", "B", "C"),
		"effect":    g.one("Allow", "Deny"),
		"actions":   g.some("a", "b", "c"),
		"resources": g.some("*", "r/x", "s"),
	}
	if g.IntN(2) == 0 {
		list := value.ListOf()
		for range 1 + g.IntN(2) {
			list.Elems = append(list.Elems, value.ObjectOf(map[string]*value.Value{"type": g.one("AWS", "*", "Service"), "identifiers": g.some("*", "1", "2")}))
		}
		m["principals"] = list
	}
	if g.IntN(2) == 0 {
		list := value.ListOf()
		for range 1 + g.IntN(3) {
			values := g.some("x", "y")
			values.Kind = value.List
			list.Elems = append(list.Elems, value.ObjectOf(map[string]*value.Value{"test": g.one("T", "U"), "variable": g.one("k", "l"), "values": values}))
		}
		m["condition"] = list
	}
	return value.ObjectOf(m)
}

func (g *bodies) document() *value.Value {
	json, _, gaps := renderPolicyDocument(value.ObjectOf(map[string]*value.Value{"statement": value.ListOf(g.statement(), g.statement())}), source.Span{})
	if len(gaps) > 0 {
		return value.Str("")
	}
	return minify(json)
}

// forget makes some of v unknown: values, pieces of strings, elements.
func (g *bodies) forget(v *value.Value) *value.Value {
	if g.IntN(12) == 0 {
		return value.UnknownBecause("forgotten", source.Span{})
	}
	out := *v
	switch {
	case v.Is(value.String):
		if text, _ := v.Text(); text != "" && g.IntN(8) == 0 {
			cut := g.IntN(len(text))
			hole := value.Of(value.Type{Kind: value.String}, source.Span{}, value.Reason{Text: "forgotten"})
			out.Parts = []value.Part{{Hole: hole}}
			if cut > 0 && text[0] != '{' {
				out.Parts = []value.Part{{Text: source.Computed(text[:cut], source.Span{})}, {Hole: hole}}
			}
		}
	case v.IsSequence():
		out.Elems = nil
		for _, e := range v.Elems {
			if g.IntN(15) == 0 {
				out.Open, out.Why = true, []value.Reason{{Text: "forgotten"}}
				continue
			}
			out.Elems = append(out.Elems, g.forget(e))
		}
	case v.IsMapping():
		out.Attrs = nil
		for _, a := range v.Attrs {
			out.Attrs = append(out.Attrs, value.Attr{Name: a.Name, Value: g.forget(a.Value)})
		}
	}
	return &out
}

// covers says that u may turn out to be k.
func covers(u, k *value.Value) bool {
	switch {
	case u.Is(value.Unknown):
		return true
	case u.IsMapping() && k.TextOr("") == "*": // {"*": …} is printed as "*" where that is all there is
		for _, a := range u.Attrs {
			if covers(a.Name, k) && covers(a.Value, k) {
				return true
			}
		}
		return false
	case u.IsMapping():
		return k.IsMapping() && coversMembers(u, k)
	case u.IsSequence() || k.IsSequence():
		return coversElements(u, k)
	}
	text, ok := k.Text()
	return ok && mayEqual(u, text)
}

func coversMembers(u, k *value.Value) bool {
	unnamed := u.Open
	for _, a := range u.Attrs {
		name, ok := a.Key()
		unnamed = unnamed || !ok
		if v := k.Get(name); ok && v.Is(value.Absent) && !a.Value.Is(value.Unknown) && !hasHole(a.Value) {
			if a.Value.Open && len(a.Value.Elems)+len(a.Value.Attrs) == 0 {
				continue // it may be empty, and then it is not there
			}
			return false
		}
	}
	for _, a := range k.Attrs {
		name, _ := a.Key()
		v := u.Get(name)
		if v.Is(value.Absent) && !unnamed || !v.Is(value.Absent) && !unnamed && !covers(v, a.Value) {
			return false
		}
	}
	return true
}

func hasHole(v *value.Value) bool {
	for _, p := range v.Parts {
		if p.Hole != nil {
			return true
		}
	}
	return false
}

func elements(v *value.Value) []*value.Value {
	if v.IsSequence() {
		return v.Elems
	}
	return []*value.Value{v}
}

// coversElements: each element of u is one of k, and what else k has is what u
// leaves open.
func coversElements(u, k *value.Value) bool {
	for _, e := range elements(u) {
		found := false
		for _, have := range elements(k) {
			found = found || covers(e, have)
		}
		if !found {
			return false
		}
	}
	if u.Open {
		return true
	}
	for _, have := range elements(k) {
		found := false
		for _, e := range elements(u) {
			found = found || covers(e, have)
		}
		if !found {
			return false
		}
	}
	return true
}

// The test above would notice a wrong claim.
func TestCoversNotices(t *testing.T) {
	for _, test := range []struct {
		u, k string
		want bool
	}{
		{`{"a":"?"}`, `{"a":"x"}`, true}, {`{"a":"y"}`, `{"a":"x"}`, false}, {`{}`, `{"a":"x"}`, false},
		{`{"a":["x","?…"]}`, `{"a":["x","y"]}`, true}, {`{"a":["x"]}`, `{"a":["x","y"]}`, false}, {`{"a":["z","?…"]}`, `{"a":["x"]}`, false},
		{`{"a":["x","?"]}`, `{"a":["x","y"]}`, true},
	} {
		if got := covers(documentBody(t, test.u), documentBody(t, test.k)); got != test.want {
			t.Errorf("%s may be %s: %v, want %v", test.u, test.k, got, strings.ToUpper(fmt.Sprint(test.want)))
		}
	}
}

func minify(json *value.Value) *value.Value {
	text, _ := value.EncodeJSON(json.JSON, "")
	return value.Str(text)
}
