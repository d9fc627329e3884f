// Package rules holds the pages of the rules, as they stand in this directory:
// iamvet explain prints them. They are made from the rules and their fixtures;
// go test ./checks -update writes them anew.
package rules

import (
	"embed"
	"fmt"
)

//go:embed IV*.md
var pages embed.FS

// Page is the page of the rule of that id, as Markdown.
func Page(id string) (string, error) {
	b, err := pages.ReadFile(id + ".md")
	if err != nil {
		return "", fmt.Errorf("rule %s has no page", id)
	}
	return string(b), nil
}
