package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/iamvet/iamvet/checks"
)

// docs/rules.md lists the rules as the catalogue has them. With -update the test
// writes them there.
func TestReadmeOfRulesListsThem(t *testing.T) {
	const path = "../../docs/rules.md"
	const head = "| rule | | severity | finds |\n|---|---|---|---|\n"
	var table strings.Builder
	for _, c := range checks.All {
		fmt.Fprintf(&table, "| [%s](rules/%s.md) | `%s` | %s | %s |\n", c.ID, c.ID, c.Name, c.Severity, c.Title)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(b), head)
	shown := strings.TrimSuffix(rest, "\n")
	if !found {
		t.Fatal("docs/rules.md has no table of rules")
	}
	if shown+"\n" == table.String() {
		return
	}
	if !*update {
		t.Fatalf("docs/rules.md lists other rules; go test ./cmd/iamvet -update writes these:\n%s", table.String())
	}
	if err := os.WriteFile(path, []byte(before+head+table.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
