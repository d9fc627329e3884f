package terraform

import (
	"context"
	"encoding/json"
	"os"
	"testing"

	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
	"github.com/iamvet/iamvet/analyzer/value"
)

// plain is a known value as encoding/json would decode it.
func plain(t *testing.T, v *value.Value) any {
	switch {
	case v.Missing():
		return nil
	case v.Is(value.Bool):
		return v.Bool
	case v.Is(value.Number):
		f, _ := v.Number.Float64()
		return f
	case v.Is(value.String):
		s, ok := v.Text()
		if !ok {
			t.Errorf("%s is not known: %v", printed(v), v.AllWhy())
		}
		return s
	case v.IsSequence():
		out := []any{}
		for _, e := range v.Elems {
			out = append(out, plain(t, e))
		}
		return out
	case v.IsMapping():
		out := map[string]any{}
		for _, a := range v.Attrs {
			k, _ := a.Key()
			out[k] = plain(t, a.Value)
		}
		return out
	}
	t.Errorf("%s is not known: %v", printed(v), v.AllWhy())
	return nil
}

// TestLanguage compares outputs with what Terraform 1.11 planned for them.
func TestLanguage(t *testing.T) {
	data, err := os.ReadFile("testdata/language/want.json")
	if err != nil {
		t.Fatal(err)
	}
	var want map[string]any
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	b, err := workspace.OpenBoundary("testdata/language")
	if err != nil {
		t.Fatal(err)
	}
	root, err := LoadConfig(context.Background(), b, ".", Options{})
	if err != nil {
		t.Fatal(err)
	}
	top := root.loader.(*evaluator).top
	if len(top.mod.Outputs) != len(want) {
		t.Errorf("%d outputs, Terraform has %d", len(top.mod.Outputs), len(want))
	}
	for _, name := range sortedKeys(want) {
		v, problem := top.member(name, false)
		if problem != "" {
			t.Errorf("%s: %s", name, problem)
			continue
		}
		v = top.ev.whole(v, false)
		got, _ := json.Marshal(plain(t, v))
		expect, _ := json.Marshal(want[name])
		if string(got) != string(expect) {
			t.Errorf("%s:\n got %s\nwant %s", name, got, expect)
		}
	}
	for _, g := range root.Gaps() {
		t.Errorf("gap at %s: %s", g.Place(), g.Reason)
	}
}
