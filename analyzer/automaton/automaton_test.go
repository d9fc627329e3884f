package automaton

import (
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"
)

// matches is what a pattern means, read off it.
func matches(g []rune, s []rune) bool {
	switch {
	case len(g) == 0:
		return len(s) == 0
	case g[0] == '*':
		return matches(g[1:], s) || len(s) > 0 && matches(g, s[1:])
	case len(s) == 0:
		return false
	case g[0] == '?' || g[0] == s[0]:
		return matches(g[1:], s[1:])
	}
	return false
}

func matching(patterns []string, s string) []int {
	var out []int
	for i, p := range patterns {
		if matches([]rune(p), []rune(s)) {
			out = append(out, i)
		}
	}
	return out
}

// texts are all texts over the characters of the lengths.
func texts(characters string, least, most int) []string {
	var out []string
	var all func(prefix string, n int)
	all = func(prefix string, n int) {
		if n >= least {
			out = append(out, prefix)
		}
		if n < most {
			for _, r := range characters {
				all(prefix+string(r), n+1)
			}
		}
	}
	all("", 0)
	return out
}

func randomPatterns(r *rand.Rand, pieces ...string) (patterns []string, globs []Glob) {
	for range 1 + r.Intn(4) {
		var b strings.Builder
		for range 1 + r.Intn(4) {
			b.WriteString(pieces[r.Intn(len(pieces))])
		}
		patterns = append(patterns, b.String())
		globs = append(globs, Parse(b.String()))
	}
	return patterns, globs
}

// TestRegions: the regions are those that trying every string finds, each with a
// sample that is in it.
func TestRegions(t *testing.T) {
	r := rand.New(rand.NewSource(5))
	abc := Words("abç", 1, 6)
	every := texts("abç", 1, 6)
	for range 300 {
		patterns, globs := randomPatterns(r, "a", "b", "ç", "*", "?")
		want := map[string]bool{}
		for _, s := range every {
			want[fmt.Sprint(matching(patterns, s))] = true
		}
		got := map[string]bool{}
		regions, complete := Regions(globs, abc, []string{"abç", "nothing"})
		if !complete {
			t.Fatal("not complete")
		}
		for _, region := range regions {
			if m := matching(patterns, region.Sample); !slices.Equal(m, region.Matches) {
				t.Fatalf("%v: %q matches %v, not %v", patterns, region.Sample, m, region.Matches)
			}
			got[fmt.Sprint(region.Matches)] = true
		}
		if len(got) != len(want) {
			t.Fatalf("%v: %d regions, want %d", patterns, len(got), len(want))
		}
	}
}

// TestFind: what is found is a shortest string in some patterns and not in others,
// and nothing is found only where there is none.
func TestFind(t *testing.T) {
	r := rand.New(rand.NewSource(6))
	words := Words("ab:", 0, 5)
	every := texts("ab:", 0, 5)
	for range 500 {
		patterns, globs := randomPatterns(r, "a", "b", ":", "*", "?")
		var m Machine
		var in, out []int
		for i, g := range globs {
			m.Add(g)
			if r.Intn(2) == 0 {
				in = append(in, i)
			} else {
				out = append(out, i)
			}
		}
		best, any := "", false
		for _, s := range every {
			found := matching(patterns, s)
			ok := !slices.ContainsFunc(in, func(i int) bool { return !slices.Contains(found, i) }) &&
				!slices.ContainsFunc(out, func(i int) bool { return slices.Contains(found, i) })
			if ok && (!any || len(s) < len(best)) {
				best, any = s, true
			}
		}
		got, found := m.Find(words, in, out)
		if (found == Some) != any || found == TooMany || len(got) != len(best) {
			t.Fatalf("%q in %v, not in %v: %q (%v), want %q (%v)", patterns, in, out, got, found, best, any)
		}
	}
}

// TestSegments: a wildcard that keeps to its segment matches no colon, and letter
// case counts where it is not folded.
func TestSegments(t *testing.T) {
	segment := Glob{{Rune: 'a'}, {Rune: ':'}, {Kind: Many, Segment: true}, {Rune: ':'}, {Kind: One, Segment: true}}
	folded := FoldedText("aB:c")
	for _, tt := range []struct {
		g    Glob
		s    string
		want bool
	}{
		{segment, "a:xyz:x", true}, {segment, "a::x", true}, {segment, "a:x:y:x", false}, {segment, "a:x::", false},
		{folded, "ab:C", true}, {folded, "AB:c", true}, {folded, "aB-c", false}, {Text("aB"), "ab", false},
	} {
		var m Machine
		m.Add(tt.g)
		if got := m.Accepts(m.Read(m.Start(), tt.s), 0); got != tt.want {
			t.Errorf("%v accepts %q: %v, want %v", tt.g, tt.s, got, tt.want)
		}
	}
}

// TestForm: a form has the strings that are made of its pieces, and no others.
func TestForm(t *testing.T) {
	ab := Piece{Characters: "ab", Least: 1, Most: 2}
	form := Form([]Piece{ab, {Text: "-"}, ab}, []Piece{{Text: "a"}, {Characters: "abc", Least: 2, Most: 3}})
	is := func(s string) bool {
		before, after, dashed := strings.Cut(s, "-")
		run := func(s string) bool { return len(s) >= 1 && len(s) <= 2 && strings.Trim(s, "ab") == "" }
		return dashed && run(before) && run(after) || len(s) >= 3 && len(s) <= 4 && s[0] == 'a' && strings.Trim(s[1:], "abc") == ""
	}
	for _, s := range texts("abc-", 0, 6) {
		if got := form.Contains(s); got != is(s) {
			t.Errorf("%q: %v", s, got)
		}
	}
	// A walk meets a string for every way in which patterns tell its strings apart.
	r := rand.New(rand.NewSource(8))
	for range 300 {
		patterns, globs := randomPatterns(r, "a", "b", "c", "-", "*", "?")
		want := map[string]bool{}
		for _, s := range texts("abc-", 0, 5) {
			if is(s) {
				want[fmt.Sprint(matching(patterns, s))] = true
			}
		}
		regions, complete := Regions(globs, form, nil)
		if !complete || len(regions) != len(want) {
			t.Fatalf("%q: %d regions, want %d", patterns, len(regions), len(want))
		}
	}
}

// TestBound: too many regions are said to be too many.
func TestBound(t *testing.T) {
	var globs []Glob
	for _, a := range "abcdefghijklmnopqrst" {
		globs = append(globs, Parse("*"+string(a)+"*"))
	}
	if _, complete := Regions(globs, AnyText, nil); complete {
		t.Error("1,048,576 regions were all found")
	}
}

// TestLargeStates: some hundred long patterns, which make few but large states,
// are said to be too many as well.
func TestLargeStates(t *testing.T) {
	var m Machine
	var globs []Glob
	for i := range 300 {
		g := Parse(strings.Repeat("*a?", 300) + strings.Repeat("b", i))
		globs = append(globs, g)
		m.Add(g)
	}
	if m.Walk(m.Start(), AnyText, func(Visit, bool) (bool, bool) { return true, true }) {
		t.Error("all regions were found")
	}
	if most := MaxNodes * 2; m.looked > most {
		t.Errorf("%d nodes were looked at, more than %d", m.looked, most)
	}
	if _, complete := Regions(globs, AnyText, []string{strings.Repeat("a", 5000), "a"}); complete {
		t.Error("all regions were found behind a long seed")
	}
}

// TestLongPattern: a pattern of more than 65,536 characters is told from the one
// behind it.
func TestLongPattern(t *testing.T) {
	long := strings.Repeat("a", 1<<16+1)
	regions, _ := Regions([]Glob{Text(long), Text("b")}, AnyText, []string{long})
	if got := regions[0].Matches; !slices.Equal(got, []int{0}) {
		t.Errorf("the long string matches %v, not the first pattern", got)
	}
}

// TestLongest: what only strings beyond the longest of a language match is no
// region of it, and nothing is missing then.
func TestLongest(t *testing.T) {
	for _, test := range []struct {
		length int
		want   [][]int
	}{
		{64, [][]int{nil, {0}}},
		{65, [][]int{nil}},
	} {
		regions, complete := Regions([]Glob{Text(strings.Repeat("a", test.length))}, Words("abc", 2, 64), nil)
		var got [][]int
		for _, r := range regions {
			got = append(got, r.Matches)
		}
		if !complete || !slices.EqualFunc(got, test.want, slices.Equal[[]int]) {
			t.Errorf("%d characters: regions match %v (complete: %v), want %v", test.length, got, complete, test.want)
		}
	}
}

// TestSplit: a state parts into the patterns', and is put together again.
func TestSplit(t *testing.T) {
	var m Machine
	for _, p := range []string{"a*b", "*", "ab", "?b"} {
		m.Add(Parse(p))
	}
	s := m.Read(m.Start(), "a")
	own, rest := m.Split(s, map[int]bool{0: true, 3: true})
	if !slices.Equal(Join(own, rest), s) || m.Alive(own, 1) || m.Alive(rest, 0) || !m.Alive(own, 3) || !m.Alive(rest, 2) {
		t.Errorf("%v parts into %v and %v", s, own, rest)
	}
	if len(m.Matches(m.Read(own, "b"))) != 2 {
		t.Errorf("after ab: %v", m.Matches(m.Read(own, "b")))
	}
	m.Truncate(1)
	if m.Len() != 1 || !m.Accepts(m.Read(m.Start(), "axb"), 0) {
		t.Error("the first pattern is not what it was")
	}
}
