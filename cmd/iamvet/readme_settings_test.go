package main

import (
	"os"
	"strings"
	"testing"

	"github.com/iamvet/iamvet/analyzer/settings"
	"github.com/iamvet/iamvet/analyzer/source"
)

// docs/usage.md shows every setting, in a file that is taken.
func TestUsageShowsTheSettings(t *testing.T) {
	b, err := os.ReadFile("../../docs/usage.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(b), "\n## `.iamvet.hcl`\n")
	_, rest, found := strings.Cut(section, "```hcl\n")
	text, _, closed := strings.Cut(rest, "```\n")
	if !found || !closed {
		t.Fatal("docs/usage.md has no example of the settings")
	}
	s, errs := settings.Parse(source.NewFile("docs/usage.md", []byte(text)))
	if len(errs) > 0 {
		t.Error(errs)
	}
	for i, want := range settings.All {
		if i >= len(s.Given) || s.Given[i] != want.Name {
			t.Fatalf("docs/usage.md shows %v; %s is not among them", s.Given, want.Name)
		}
	}
}
