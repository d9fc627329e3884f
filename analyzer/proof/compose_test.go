package proof

import (
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"

	"github.com/iamvet/iamvet/analyzer/automaton"
	"github.com/iamvet/iamvet/analyzer/policy"
)

// TestCompose: of all things that can be made, there is one for every way in which
// patterns of several keys tell them apart, and two of each that has two.
func TestCompose(t *testing.T) {
	g := generator{rand.New(rand.NewSource(5))}
	short := automaton.Words("ab", 1, 2)
	var words []string
	for _, a := range []string{"a", "b"} {
		words = append(words, a, a+"a", a+"b")
	}
	templates := [][]piece{
		{{part: "first"}, {text: "-"}, {part: "second"}},
		{{text: "x"}, {part: "second"}},
		{{part: "first"}},
	}
	for range 300 {
		not := g.pick("", "a", "bb")
		first := part{name: "first", language: short, seeds: []string{"ab"}}
		if not != "" {
			first.not = []automaton.Glob{automaton.Text(not)}
		}
		second := part{name: "second", language: short, seeds: []string{"ba", "ab"}, twice: g.Intn(2) == 0}
		var facets []facet
		patterns := make([][]string, len(templates))
		for i, pieces := range templates {
			f := facet{pieces: pieces}
			for range g.Intn(3) {
				var b strings.Builder
				for range 1 + g.Intn(4) {
					b.WriteString(g.pick("a", "b", "-", "x", "*", "?"))
				}
				patterns[i] = append(patterns[i], b.String())
				f.globs = append(f.globs, automaton.Parse(b.String()))
			}
			facets = append(facets, f)
		}
		kind := func(c composed) string {
			var matches []bool
			for i, pieces := range templates {
				var b strings.Builder
				for _, p := range pieces {
					b.WriteString(p.text + c[p.part])
				}
				for _, p := range patterns[i] {
					matches = append(matches, policy.Glob(p).Matches(b.String()) == policy.True)
				}
			}
			return fmt.Sprint(matches)
		}
		want := map[string]int{}
		for _, a := range words {
			for _, b := range words {
				if a != not {
					want[kind(composed{"first": a, "second": b})]++
				}
			}
		}
		got := map[string]int{}
		all, complete := compose([]part{first, second}, facets)
		if !complete {
			t.Fatal("not complete")
		}
		for _, c := range all {
			if c["first"] == not || !slices.Contains(words, c["first"]) || !slices.Contains(words, c["second"]) {
				t.Fatalf("%v is none of them", c)
			}
			got[kind(c)]++
		}
		for k, n := range want {
			if got[k] == 0 {
				t.Fatalf("%v: none of the %d of %s", patterns, n, k)
			}
		}
		if second.twice && len(all) < 2 {
			t.Fatalf("%v: only %v", patterns, all)
		}
	}
}

// TestComposeBound: too many things are said to be too many.
func TestComposeBound(t *testing.T) {
	var globs []automaton.Glob
	for _, a := range "abcdefghijkl" {
		globs = append(globs, automaton.Parse("*"+string(a)+"*"))
	}
	name := part{name: "name", language: automaton.AnyText}
	if all, complete := compose([]part{name}, []facet{{pieces: []piece{{part: "name"}}, globs: globs}}); complete || len(all) > maxComposed {
		t.Errorf("%d of 4,096 things, complete: %v", len(all), complete)
	}
}
