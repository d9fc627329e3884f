package checks_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/checks"
	"github.com/iamvet/iamvet/checks/checktest"
)

// docs/fix.md has the table of what the rules say of their fixes, as iamvet explain
// prints it. With -update the test writes it there.
func TestFixPageHasTheTable(t *testing.T) {
	const path = "../docs/fix.md"
	const head = "| rule | the fix | is `narrowing` where | else a `draft`, for example |\n|---|---|---|---|\n"
	var mends []analyzer.Mend
	rules := map[analyzer.Mend][]string{}
	for _, c := range checks.All {
		for _, m := range c.Mends {
			if rules[m] == nil {
				mends = append(mends, m)
			}
			rules[m] = append(rules[m], c.ID)
		}
	}
	var table strings.Builder
	for _, m := range mends {
		applied, draft := m.Applied, m.Draft
		if applied == "" {
			applied = "never"
		}
		if draft == "" {
			draft = "–"
		}
		fmt.Fprintf(&table, "| %s | %s | %s | %s |\n", strings.Join(rules[m], ", "), m.Does, applied, draft)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(b), head)
	_, after, closed := strings.Cut(rest, "\n\n")
	if !found || !closed {
		t.Fatal(path + " has no table of fixes")
	}
	golden(t, path, []byte(before+head+table.String()+"\n"+after))
}

// A rule says of its fixes what they are in the fixtures: none is applied of a kind
// that never is, or drafted of one that has no draft.
func TestMendsAreThoseOfTheFixtures(t *testing.T) {
	var mu sync.Mutex
	grades := map[*analyzer.Check]map[analyzer.Grade]bool{}
	checktest.Each(t, "../testdata/checks", func(t *testing.T, dir string) {
		for _, f := range checktest.Analyze(t, dir, checks.All).Findings {
			for _, fix := range f.Fixes {
				mu.Lock()
				if grades[f.Check] == nil {
					grades[f.Check] = map[analyzer.Grade]bool{}
				}
				grades[f.Check][fix.Grade] = true
				mu.Unlock()
			}
		}
	}, func() {
		for _, c := range checks.All {
			applied := slices.ContainsFunc(c.Mends, func(m analyzer.Mend) bool { return m.Applied != "" })
			drafted := slices.ContainsFunc(c.Mends, func(m analyzer.Mend) bool { return m.Draft != "" })
			if has := grades[c][analyzer.Narrowing] || grades[c][analyzer.Equivalent]; has != applied {
				t.Errorf("%s: a fix is applied: %t, and its page says %t", c.ID, has, applied)
			}
			if has := grades[c][analyzer.Draft]; has != drafted {
				t.Errorf("%s: a fix is drafted: %t, and its page says %t", c.ID, has, drafted)
			}
		}
	})
}
