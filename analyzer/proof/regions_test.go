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
