package baseline

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
)

func entry(rule, resource, root, fingerprint string) Entry {
	return Entry{rule, resource, root, fingerprint, false}
}

func TestWriteAndRead(t *testing.T) {
	entries := []Entry{entry("IV201", "b", ".", "f2"), entry("IV102", "", ".", "f3"), entry("IV201", "a<b>", "x", "f1"), entry("IV201", "a<b>", "x", "f1")}
	var first bytes.Buffer
	if err := Write(&first, entries); err != nil {
		t.Fatal(err)
	}
	want := `{
  "version": 1,
  "findings": [
    {"rule":"IV102","resource":"","root":".","fingerprint":"f3"},
    {"rule":"IV201","resource":"a<b>","root":"x","fingerprint":"f1"},
    {"rule":"IV201","resource":"a<b>","root":"x","fingerprint":"f1"},
    {"rule":"IV201","resource":"b","root":".","fingerprint":"f2"}
  ]
}
`
	if first.String() != want {
		t.Errorf("%s\nnot\n%s", first.String(), want)
	}
	back, err := Read(first.Bytes())
	if err != nil || len(back) != 4 {
		t.Fatalf("%v, %v", back, err)
	}
	rand.Shuffle(len(back), func(i, j int) { back[i], back[j] = back[j], back[i] })
	var again bytes.Buffer
	if err := Write(&again, back); err != nil || again.String() != want {
		t.Errorf("it is written otherwise: %s (%v)", again.String(), err)
	}
	var none bytes.Buffer
	if err := Write(&none, nil); err != nil {
		t.Fatal(err)
	}
	if back, err := Read(none.Bytes()); err != nil || len(back) != 0 {
		t.Errorf("of nothing comes %v, %v", back, err)
	}
}

func TestReadRefuses(t *testing.T) {
	for text, want := range map[string]string{
		``:                               "not what iamvet baseline writes",
		`[]`:                             "not what iamvet baseline writes",
		`{"version": 2, "findings": []}`: "a newer iamvet",
		`{"version": 1}`:                 "no version 1 and findings",
		`{"version": 1, "findings": [{"rule": "IV201"}]}`:              "finding 1 of it has no rule or no fingerprint",
		`{"version": 1, "findings": []}{"version": 1, "findings": []}`: "two baselines",
		`{"version": 1, "findings": [` + "\n<<<<<<< HEAD\n" + `]}`:     "not what iamvet baseline writes",
	} {
		if _, err := Read([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, not %q", text, err, want)
		}
	}
}

func TestMatch(t *testing.T) {
	a, b := entry("IV201", "module.a.aws_iam_role.this", ".", "f"), entry("IV201", "module.b.aws_iam_role.this", ".", "f")
	c := entry("IV201", "module.c.aws_iam_role.this", ".", "f")
	for name, tt := range map[string]struct {
		entries, found []Entry
		others         []string
		known, gone    []int
	}{
		"the same":                   {[]Entry{a, b}, []Entry{b, a}, nil, []int{1, 0}, nil},
		"one is new":                 {[]Entry{a, b}, []Entry{a, c, b}, nil, []int{0, -1, 1}, nil},
		"one is gone":                {[]Entry{a, b}, []Entry{b}, nil, []int{1}, []int{0}},
		"the module was renamed":     {[]Entry{a, b}, []Entry{c, b}, nil, []int{0, 1}, nil},
		"the root was moved":         {[]Entry{a}, []Entry{entry("IV201", a.Resource, "infra", "f")}, nil, []int{0}, nil},
		"another rule":               {[]Entry{a}, []Entry{entry("IV202", a.Resource, ".", "f")}, nil, []int{-1}, []int{0}},
		"twice as many":              {[]Entry{a}, []Entry{a, a}, nil, []int{0, -1}, nil},
		"the resource was renamed":   {[]Entry{a}, []Entry{entry("IV201", "module.a.aws_iam_role.that", ".", "g")}, []string{"f"}, []int{0}, nil},
		"what has the name now wins": {[]Entry{a}, []Entry{entry("IV201", "module.a.aws_iam_role.that", ".", "g"), a}, []string{"f"}, []int{-1, 0}, nil},
	} {
		known, gone := Match(tt.entries, tt.found, func(int) []string { return tt.others })
		if !reflect.DeepEqual(known, tt.known) || !reflect.DeepEqual(gone, tt.gone) {
			t.Errorf("%s: known by %v, %v gone; not %v and %v", name, known, gone, tt.known, tt.gone)
		}
	}
}
