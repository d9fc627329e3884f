package value

import "testing"

func texts(list []Case) (out []string) {
	for _, c := range list {
		s := ""
		for i, e := range c.Value.Elems {
			if i > 0 {
				s += " "
			}
			s += e.TextOr("?")
		}
		out = append(out, s)
	}
	return out
}

// either is one of two texts: the first if a test holds.
func either(test, a, b string) *Value {
	return OneOf(&Value{}, []Case{{Str(a), Givens{{test, true}}}, {Str(b), Givens{{test, false}}}})
}

func TestCombinations(t *testing.T) {
	for _, test := range []struct {
		name string
		of   []*Value
		want []string
	}{
		{"known", []*Value{Str("a")}, nil},
		{"not known", []*Value{{}}, nil},
		{"one", []*Value{Str("a"), either("t", "b", "c")}, []string{"a b", "a c"}},
		{"two tests", []*Value{either("t", "a", "b"), either("u", "c", "d")}, []string{"a c", "a d", "b c", "b d"}},
		{"one test twice", []*Value{either("t", "a", "b"), either("t", "c", "d")}, []string{"a c", "b d"}},
		{"one in another", []*Value{OneOf(&Value{}, []Case{
			{either("t", "a", "b"), Givens{{"u", true}}}, {Str("c"), Givens{{"u", false}}},
		}), either("u", "d", "e")}, []string{"a d", "b d", "c e"}},
		{"the same text either way", []*Value{either("t", "a", "a"), Str("b")}, nil},
	} {
		got := texts(Combinations(ListOf(test.of...), 1))
		if len(got) != len(test.want) {
			t.Errorf("%s: %q, not %q", test.name, got, test.want)
			continue
		}
		for i := range got {
			if got[i] != test.want[i] {
				t.Errorf("%s: %q, not %q", test.name, got, test.want)
			}
		}
	}
}

func TestCombinationsAreBounded(t *testing.T) {
	var many []*Value
	for _, test := range "abcdef" {
		many = append(many, either(string(test), "x", "y"))
	}
	if got := Combinations(ListOf(many...), 1); got != nil {
		t.Errorf("%d combinations", len(got))
	}
}

func TestOptionalMembers(t *testing.T) {
	open := &Value{Kind: Tuple, Elems: []*Value{Str("a")}, Open: true, Rest: AnyOf(Str("b"), Str("c"))}
	if got := texts(open.Alternatives()); len(got) != 2 || got[0] != "a b" || got[1] != "a" {
		t.Errorf("%q", got)
	}
	for _, alternative := range open.Alternatives() {
		for _, last := range alternative.Value.Alternatives() {
			if last.Value.Open {
				t.Error("with all that is optional decided there may still be more")
			}
		}
	}
	open.Rest = &Value{}
	if open.Alternatives() != nil {
		t.Error("alternatives of members that are not known")
	}
}

func TestInstead(t *testing.T) {
	hole := either("t", "a", "")
	v := ObjectOf(map[string]*Value{"k": {Kind: String, Parts: []Part{Str("x").Parts[0], {Hole: hole}}}, "l": Str("l")})
	if got := Instead(v, hole, Str("a")).Get("k").TextOr("?"); got != "xa" {
		t.Errorf("%q", got)
	}
	if got := Instead(v, hole, Str("")).Get("k").TextOr("?"); got != "x" {
		t.Errorf("%q", got)
	}
	if got := Instead(v, v.Get("l"), &Value{Kind: Absent}).Get("l"); !got.Is(Absent) {
		t.Errorf("%v is left", got)
	}
	if Instead(v, Str("elsewhere"), Str("a")) != v {
		t.Error("a value without the part was copied")
	}
}
