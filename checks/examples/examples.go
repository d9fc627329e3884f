// Package examples holds the example of each rule: a fixture, what is found in
// it and the fix, as a section of the rule's page. They are made from
// testdata/checks; go test ./checks -update writes them anew.
package examples

import "embed"

//go:embed IV*.md
var sections embed.FS

// Of is the example of the rule of that id, in Markdown; "" when it has none.
func Of(id string) string {
	b, err := sections.ReadFile(id + ".md")
	if err != nil {
		return ""
	}
	return string(b)
}
