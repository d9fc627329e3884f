package glob_test

import (
	"math/rand"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/iamvet/iamvet/analyzer/glob"
)

// naive tries everything.
func naive(pattern, name []string) bool {
	switch {
	case len(pattern) == 0:
		return len(name) == 0
	case pattern[0] == "**":
		return naive(pattern[1:], name) || len(name) > 0 && naive(pattern, name[1:])
	case len(name) == 0:
		return false
	}
	ok, err := path.Match(pattern[0], name[0])
	return err == nil && ok && naive(pattern[1:], name[1:])
}

// naiveBelow says that a longer name may match.
func naiveBelow(pattern, dir []string) bool {
	if len(pattern) == 0 {
		return false
	}
	if len(dir) == 0 || pattern[0] == "**" {
		return true
	}
	ok, err := path.Match(pattern[0], dir[0])
	return err == nil && ok && naiveBelow(pattern[1:], dir[1:])
}

func TestMatchesAsTryingEverythingDoes(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	pick := func(from []string, most int) []string {
		out := make([]string, 1+r.Intn(most))
		for i := range out {
			out[i] = from[r.Intn(len(from))]
		}
		return out
	}
	for range 200_000 {
		pattern := pick([]string{"**", "**", "a", "b", "*", "?", "a*", "[ab]", "["}, 6)
		name := pick([]string{"a", "b", "ab", "c"}, 6)
		if got, want := glob.Steps(pattern, name), naive(pattern, name); got != want {
			t.Fatalf("%v of %v: %v, want %v", pattern, name, got, want)
		}
		if got, want := glob.Below(pattern, name), naiveBelow(pattern, name); got != want {
			t.Fatalf("%v below %v: %v, want %v", pattern, name, got, want)
		}
	}
}

// FuzzMatch: whatever the pattern, a name of the length of a path takes no time.
func FuzzMatch(f *testing.F) {
	f.Add("**/a/**/b/**/*", "a/b/c/a/b")
	f.Add(strings.Repeat("**/a/", 500), strings.Repeat("a/", 500)+"b")
	f.Add("[", "[")
	f.Fuzz(func(t *testing.T, pattern, name string) {
		if len(pattern)+len(name) > 10_000 {
			return
		}
		begin := time.Now()
		glob.Match(pattern, name)
		glob.Below(strings.Split(pattern, "/"), strings.Split(name, "/"))
		if took := time.Since(begin); took > 2*time.Second {
			t.Errorf("took %v", took)
		}
	})
}
