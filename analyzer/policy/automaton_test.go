package policy

import "testing"

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
