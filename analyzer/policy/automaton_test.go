package policy

import (
	"math/rand"
	"strings"
	"testing"

	"github.com/iamvet/iamvet/analyzer/value"
)

func TestAccepts(t *testing.T) {
	for _, tt := range []struct {
		patterns []string
		want     Tri
	}{
		{[]string{"*"}, True},
		{[]string{"??*"}, True},
		{[]string{"?*"}, True},
		{[]string{"*?*?*"}, True},
		{[]string{"???*"}, False},
		{[]string{"???*", "??"}, True},
		{[]string{"[a-z]*"}, False},
		{[]string{"a*", "b*"}, False},
		{[]string{strings.Repeat("?", 64) + "*", "??*"}, True},
		{[]string{strings.Repeat("?", 65) + "*"}, False},
		{nil, False},
	} {
		var ps []Pattern
		for _, s := range tt.patterns {
			ps = append(ps, Glob(s))
		}
		all, witness := SessionNames.Accepts(ps...)
		if all != tt.want {
			t.Errorf("%q: %v, witness %q", tt.patterns, all, witness)
		}
		if all == False && !SessionNames.Contains(witness) {
			t.Errorf("%q: witness %q is no session name", tt.patterns, witness)
		}
		for _, p := range ps {
			if all == False && p.Matches(witness) != False {
				t.Errorf("%q: witness %q is matched", tt.patterns, witness)
			}
		}
	}
}

func TestWitness(t *testing.T) {
	none := []Pattern{Glob("ab*"), Glob("*b")}
	s, found := SessionNames.Witness([]Pattern{Glob("a*"), Glob("*c")}, none)
	if found != True || s != "ac" {
		t.Errorf("%q, %v", s, found)
	}
	if s, found := SessionNames.Witness([]Pattern{Glob("a")}, nil); found != False {
		t.Errorf("a session name of one character: %q, %v", s, found)
	}
	open := compile(withHoles("a‹›"), syntax{wildcards: true, variables: True})
	if _, found := SessionNames.Witness([]Pattern{open}, nil); found != Unknown {
		t.Errorf("in a pattern with a hole: %v", found)
	}
	if s, found := SessionNames.Witness([]Pattern{Glob("b*")}, []Pattern{open}); found != True || s[0] != 'b' {
		t.Errorf("outside a pattern with a hole: %q, %v", s, found)
	}
	if _, found := SessionNames.Witness([]Pattern{Glob("ab*")}, []Pattern{open}); found != Unknown {
		t.Errorf("perhaps in a pattern with a hole: %v", found)
	}
}

func TestCovers(t *testing.T) {
	like := func(s string) Pattern {
		return compile(withHoles(s), syntax{wildcards: true, variables: True})
	}
	arn := func(s string) Pattern {
		return compile(withHoles(s), syntax{wildcards: true, variables: True, arn: true})
	}
	action := func(s string) Pattern { return compileText(s, syntax{wildcards: true, variables: False, fold: true}) }
	for _, tt := range []struct {
		p, q             Pattern
		covers, overlaps Tri
	}{
		{like("a*"), like("ab"), True, True},
		{like("ab"), like("a*"), False, True},
		{like("a*b"), like("a*c"), False, False},
		{like("*a*"), like("?a?"), True, True},
		{like("é*"), like("é"), True, True},
		{like("?"), like("é"), True, True},
		{action("IAM:*"), action("iam:CreateUser"), True, True},
		{action("iam:create*"), action("iam:CREATEUSER"), True, True},
		{like("iam:create*"), like("iam:CREATEUSER"), False, False},
		{arn("arn:aws:iam::*:root"), arn("arn:aws:iam::111122223333:root"), True, True},
		{arn("arn:aws:iam::*:*"), arn("arn:aws:iam::*:user/*"), True, True},
		{arn("arn:aws:*:*"), arn("arn:aws:iam::1:root"), Unknown, Unknown}, // four segments: no ARN
		{like("arn:aws:*"), arn("arn:aws:iam::*:root"), True, True},
		{arn("arn:aws:iam::*:root"), like("arn:aws:iam::*:root"), False, True},
		// Variables: the same one has the same value in both.
		{like("${aws:username}*"), like("${aws:UserName}"), True, Unknown},
		{like("*"), like("${aws:username}"), True, Unknown},
		{like("?*"), like("${aws:username}"), Unknown, Unknown},
		{like("${aws:username}"), like("alice"), Unknown, Unknown},
		{like("x${aws:username}"), like("alice"), False, False},
		// Holes stand for anything.
		{like("*"), like("a‹›"), True, Unknown},
		{like("a*"), like("a‹›"), True, Unknown},
		{like("b*"), like("a‹›"), False, False},
		{like("a‹›"), like("ab"), Unknown, Unknown},
		{like("a‹›"), like("b"), False, False},
	} {
		if got := tt.p.Covers(tt.q); got != tt.covers {
			t.Errorf("%s covers %s: %v, want %v", tt.p, tt.q, got, tt.covers)
		}
		if got := tt.p.Intersects(tt.q); got != tt.overlaps {
			t.Errorf("%s intersects %s: %v, want %v", tt.p, tt.q, got, tt.overlaps)
		}
	}
}

// words are all texts over the characters up to a length.
func words(characters string, length int) []string {
	out := []string{""}
	for from := 0; length > 0; length-- {
		to := len(out)
		for _, w := range out[from:to] {
			for _, c := range characters {
				out = append(out, w+string(c))
			}
		}
		from = to
	}
	return out
}

// slowGlob is a glob by its definition.
func slowGlob(p, s string) bool {
	switch {
	case p == "":
		return s == ""
	case p[0] == '*':
		return slowGlob(p[1:], s) || s != "" && slowGlob(p, s[1:])
	case s == "":
		return false
	}
	return (p[0] == '?' || p[0] == s[0]) && slowGlob(p[1:], s[1:])
}

// TestInclusionByEnumeration compares Matches, Covers and Intersects with
// every text that is long enough to tell small patterns apart.
func TestInclusionByEnumeration(t *testing.T) {
	g := rand.New(rand.NewSource(4))
	texts := words("abx", 6)
	pattern := func() string {
		var b strings.Builder
		for range g.Intn(5) {
			b.WriteByte("ab*?*"[g.Intn(5)])
		}
		return b.String()
	}
	count := map[Tri]int{}
	for range 1_500 {
		ps, qs := pattern(), pattern()
		p, q := Glob(ps), Glob(qs)
		covers, overlaps := True, False
		for _, s := range texts {
			inP, inQ := slowGlob(ps, s), slowGlob(qs, s)
			if (p.Matches(s) == True) != inP {
				t.Fatalf("%q matches %q: %v", ps, s, !inP)
			}
			if inQ && !inP {
				covers = False
			}
			if inQ && inP {
				overlaps = True
			}
		}
		count[covers]++
		if got := p.Covers(q); got != covers {
			t.Errorf("%q covers %q: %v", ps, qs, got)
		}
		if got := p.Intersects(q); got != overlaps {
			t.Errorf("%q intersects %q: %v", ps, qs, got)
		}
	}
	if count[True] < 100 || count[False] < 100 {
		t.Errorf("a dull sample: %v", count)
	}
}

// FuzzPattern: matching agrees with the definition, and inclusion with
// matching.
func FuzzPattern(f *testing.F) {
	for _, s := range [...][3]string{{"a*b", "*", "ab"}, {"??*", "?*", "x"}, {"*a*a*", "aa*", "aba"}, {"iam:*", "iam:Create*", "iam:CreateUser"}} {
		f.Add(s[0], s[1], s[2])
	}
	f.Fuzz(func(t *testing.T, ps, qs, s string) {
		if len(ps)+len(qs)+len(s) > 60 || strings.Count(ps, "*") > 6 || strings.Count(qs, "*") > 6 || !ascii(ps+qs+s) {
			t.Skip()
		}
		p, q := Glob(ps), Glob(qs)
		inP, inQ := p.Matches(s), q.Matches(s)
		if inP != value.TriOf(slowGlob(ps, s)) {
			t.Fatalf("%q matches %q: %v", ps, s, inP)
		}
		if p.Covers(q) == True && inQ == True && inP != True {
			t.Fatalf("%q covers %q, but not %q", ps, qs, s)
		}
		if p.Intersects(q) == False && inQ == True && inP == True {
			t.Fatalf("%q and %q have %q in common", ps, qs, s)
		}
		if p.Covers(p) != True {
			t.Fatalf("%q does not cover itself", ps)
		}
		texts := Language{" -~", 1, 0}
		if w, found := texts.Witness([]Pattern{q}, []Pattern{p}); found == True && (q.Matches(w) != True || p.Matches(w) != False) {
			t.Fatalf("%q is no witness for %q without %q", w, qs, ps)
		}
	})
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
