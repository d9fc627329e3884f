package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/iamvet/iamvet/checks"
)

// README.md lists the rules as the catalogue has them. With -update the test
// writes them there.
func TestReadmeListsTheRules(t *testing.T) {
	const path = "../../README.md"
	const head = "| rule | | severity | finds |\n|---|---|---|---|\n"
	var table strings.Builder
	for _, c := range checks.All {
		fmt.Fprintf(&table, "| [%s](docs/rules/%s.md) | `%s` | %s | %s |\n", c.ID, c.ID, c.Name, c.Severity, c.Title)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(b), head)
	shown, after, closed := strings.Cut(rest, "\n\n")
	if !found || !closed {
		t.Fatal("README.md has no table of rules")
	}
	if shown+"\n" == table.String() {
		return
	}
	if !*update {
		t.Fatalf("README.md lists other rules; go test ./cmd/iamvet -update writes these:\n%s", table.String())
	}
	if err := os.WriteFile(path, []byte(before+head+table.String()+"\n"+after), 0o644); err != nil {
		t.Fatal(err)
	}
}
