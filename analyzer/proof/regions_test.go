package proof

import (
	"math/rand"
	"slices"
	"strings"
	"testing"

	"github.com/iamvet/iamvet/analyzer/policy"
)

// abc is every string of a and b and c of one to six letters.
var abc = language{
	alphabet: "abc",
	step: func(s int, b byte) int {
		if b < 'a' || b > 'c' || s >= 6 {
			return -1
		}
		return s + 1
	},
	accepts: func(s int) bool { return s > 0 },
}

// TestRegions: the regions are those that trying every string finds.
func TestRegions(t *testing.T) {
	g := generator{rand.New(rand.NewSource(5))}
	for range 300 {
		var patterns []string
		var globs []glob
		for range 1 + g.Intn(4) {
			var b strings.Builder
			for range 1 + g.Intn(4) {
				b.WriteString(g.pick("a", "b", "c", "*", "?"))
			}
			patterns = append(patterns, b.String())
			globs = append(globs, globOf(b.String()))
		}
		want := map[string]bool{}
		var all func(prefix string)
		all = func(prefix string) {
			if prefix != "" {
				want[vectorKey(matching(patterns, prefix))] = true
			}
			if len(prefix) < 6 {
				for _, c := range "abc" {
					all(prefix + string(c))
				}
			}
		}
		all("")
		got := map[string]bool{}
		regions, complete := regionsOf(globs, abc, []string{"abc", "nothing"})
		if !complete {
			t.Fatal("not complete")
		}
		for _, r := range regions {
			if m := matching(patterns, r.sample); !slices.Equal(m, r.matches) {
				t.Fatalf("%v: %q matches %v, not %v", patterns, r.sample, m, r.matches)
			}
			got[vectorKey(r.matches)] = true
		}
		if len(got) != len(want) {
			t.Fatalf("%v: %d regions, want %d", patterns, len(got), len(want))
		}
	}
}

// matching are the patterns that match, by the policy engine.
func matching(patterns []string, s string) []int {
	var out []int
	for i, p := range patterns {
		if policy.Glob(p).Matches(s) == policy.True {
			out = append(out, i)
		}
	}
	return out
}

// TestRegionsBound: too many regions are said to be too many.
func TestRegionsBound(t *testing.T) {
	var globs []glob
	for _, a := range "abcdefghijklmnop" {
		globs = append(globs, globOf("*"+string(a)+"*"))
	}
	if _, complete := regionsOf(globs, anyText, nil); complete {
		t.Error("65,536 regions were all found")
	}
}

// TestRegionsLargeStates: some hundred long patterns, which make few but large
// states, are said to be too many as well.
func TestRegionsLargeStates(t *testing.T) {
	var globs []glob
	for i := range 300 {
		globs = append(globs, globOf(strings.Repeat("*a?", 300)+strings.Repeat("b", i)))
	}
	m := machine{globs: globs, lang: anyText}
	if m.explore(func(string, []int) {}) {
		t.Error("all regions were found")
	}
	if most := maxNodes * 2; m.nodes > most {
		t.Errorf("%d nodes were looked at, more than %d", m.nodes, most)
	}
	if _, complete := regionsOf(globs, anyText, []string{strings.Repeat("a", 5000), "a"}); complete {
		t.Error("all regions were found behind a long seed")
	}
}

// TestRegionsLongPattern: a pattern of more than 65,536 characters is told from
// the one behind it.
func TestRegionsLongPattern(t *testing.T) {
	long := strings.Repeat("a", 1<<16+1)
	regions, _ := regionsOf([]glob{globOf(long), globOf("b")}, anyText, []string{long})
	if got := regions[0].matches; !slices.Equal(got, []int{0}) {
		t.Errorf("the long string matches %v, not the first pattern", got)
	}
}

// TestRegionsLongest: what only strings beyond the longest of a language match
// is no region of it, and nothing is missing then.
func TestRegionsLongest(t *testing.T) {
	for _, test := range []struct {
		length int
		want   [][]int
	}{
		{64, [][]int{nil, {0}}},
		{65, [][]int{nil}},
	} {
		regions, complete := regionsOf([]glob{globOf(strings.Repeat("a", test.length))}, sessionNames, nil)
		var got [][]int
		for _, r := range regions {
			got = append(got, r.matches)
		}
		if !complete || !slices.EqualFunc(got, test.want, slices.Equal[[]int]) {
			t.Errorf("%d characters: regions match %v (complete: %v), want %v", test.length, got, complete, test.want)
		}
	}
}
