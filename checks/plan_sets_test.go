package checks_test

import (
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"sort"
	"testing"

	"github.com/iamvet/iamvet/checks/checktest"
)

// Blocks that are a set have no order: neither that of the source, which a
// plan's configuration section keeps, nor that of the planned values says which is
// which. Shuffled plans get the same verdicts.
func TestPlanSetsHaveNoOrder(t *testing.T) {
	var plans []string
	for _, pattern := range []string{"../testdata/checks/*/*/plan.json", "../testdata/plans/terraform-1.11/*/plan*.json"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		plans = append(plans, found...)
	}
	shuffled := 0
	for _, file := range plans {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		want := planVerdicts(t, b)
		for seed := range int64(4) {
			var plan map[string]any
			if err := json.Unmarshal(b, &plan); err != nil {
				t.Fatal(file, err)
			}
			s := shuffle{rand: rand.New(rand.NewSource(seed))}
			s.sets(plan["configuration"])
			for _, c := range s.objects(plan["resource_changes"]) {
				change, _ := c["change"].(map[string]any)
				s.sets(change["after"], change["after_unknown"], change["after_sensitive"])
			}
			shuffled += s.count
			text, err := json.Marshal(plan)
			if err != nil {
				t.Fatal(err)
			}
			if got := planVerdicts(t, text); got != want {
				t.Errorf("%s, seed %d:\n%s\nwant\n%s", file, seed, got, want)
				break
			}
		}
	}
	if shuffled == 0 {
		t.Error("no plan has a set of several blocks")
	}
}

// planVerdicts is what is found in a plan alone.
func planVerdicts(t *testing.T, plan []byte) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "plan.json"), plan, 0o644); err != nil {
		t.Fatal(err)
	}
	r := checktest.Analyze(t, dir, undecorated)
	var out []string
	for _, f := range r.All() {
		out = append(out, fmt.Sprintf("%s %s %s: %s", f.Check.ID, f.Verdict, f.Severity, f.Message))
	}
	sort.Strings(out)
	text := ""
	for _, line := range out {
		text += line + "\n"
	}
	return text
}

// shuffle changes the order of the blocks that are a set.
type shuffle struct {
	rand  *rand.Rand
	count int // of sets with several blocks
}

var setBlocks = map[string]bool{"principals": true, "not_principals": true, "condition": true, "inline_policy": true}

func (s *shuffle) objects(v any) []map[string]any {
	list, _ := v.([]any)
	var out []map[string]any
	for _, e := range list {
		if o, ok := e.(map[string]any); ok {
			out = append(out, o)
		}
	}
	return out
}

// sets shuffles below values of one shape, all in the same way.
func (s *shuffle) sets(vs ...any) {
	switch v := vs[0].(type) {
	case map[string]any:
		names := make([]string, 0, len(v))
		for name := range v {
			names = append(names, name)
		}
		sort.Strings(names)
		for _, name := range names {
			var members []any
			for _, w := range vs {
				o, _ := w.(map[string]any)
				members = append(members, o[name])
			}
			if list, ok := members[0].([]any); ok && setBlocks[name] && len(list) > 1 {
				s.count++
				order := s.rand.Perm(len(list))
				for _, m := range members {
					permute(m, order)
				}
			}
			s.sets(members...)
		}
	case []any:
		for i := range v {
			var elems []any
			for _, w := range vs {
				if list, _ := w.([]any); i < len(list) {
					elems = append(elems, list[i])
				} else {
					elems = append(elems, nil)
				}
			}
			s.sets(elems...)
		}
	}
}

func permute(v any, order []int) {
	list, ok := v.([]any)
	if !ok || len(list) != len(order) {
		return
	}
	was := append([]any(nil), list...)
	for i, j := range order {
		list[i] = was[j]
	}
}
