package main

import (
	"os"
	"strings"
	"testing"

	"github.com/iamvet/iamvet/analyzer/settings"
	"github.com/iamvet/iamvet/analyzer/source"
)

// README.md shows every setting, in a file that is taken.
func TestReadmeShowsTheSettings(t *testing.T) {
	b, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(b), "\n## `.iamvet.hcl`\n")
	_, rest, found := strings.Cut(section, "```hcl\n")
	text, _, closed := strings.Cut(rest, "```\n")
	if !found || !closed {
		t.Fatal("README.md has no example of the settings")
	}
	s, errs := settings.Parse(source.NewFile("README.md", []byte(text)))
	if len(errs) > 0 {
		t.Error(errs)
	}
	for i, want := range settings.All {
		if i >= len(s.Given) || s.Given[i] != want.Name {
			t.Fatalf("README.md shows %v; %s is not among them", s.Given, want.Name)
		}
	}
}
