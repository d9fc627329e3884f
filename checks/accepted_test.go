package checks_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/checks"
	"github.com/iamvet/iamvet/checks/checktest"
)

// accepted reads testdata/accepted.txt: what blocks accept of what fixes write.
func accepted(t *testing.T) map[string][]string {
	t.Helper()
	b, err := os.ReadFile("testdata/accepted.txt")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	last, documented := "", false
	for line := range strings.Lines(string(b)) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "https://"):
			documented = true
		default:
			name, attributes, _ := strings.Cut(line, ":")
			if last != "" && !documented && !strings.HasPrefix(name, strings.Split(last, "/")[0]+"/") {
				t.Errorf("%s: no link to the documentation", last)
			}
			out[name], last, documented = strings.Fields(attributes), name, false
		}
	}
	if !documented {
		t.Errorf("%s: no link to the documentation", last)
	}
	return out
}

// Fixes write only what the provider accepts: attributes and blocks of a table
// that links to its documentation.
func TestFixesWriteWhatIsAccepted(t *testing.T) {
	table := accepted(t)
	var mu sync.Mutex
	used := map[string]bool{}
	checktest.Each(t, "../testdata/checks", func(t *testing.T, dir string) {
		for _, f := range checktest.Analyze(t, dir, checks.All).Findings {
			for _, fix := range f.Fixes {
				for block, names := range written(t, fix) {
					mu.Lock()
					used[block] = true
					mu.Unlock()
					for _, name := range names {
						// provider is Terraform's own, as count is: every resource has it.
						if name != "provider" && !slices.Contains(table[block], name) {
							t.Errorf("%s: %s: %s is not known to accept %s:\n%s", dir, f.Check.ID, block, name, fix.Diff)
						}
					}
				}
			}
		}
	}, func() {
		for block := range table {
			if !used[block] {
				t.Errorf("no fix writes %s: take it out of the table", block)
			}
		}
	})
}

// written are the attributes and blocks that stand, by the type of their block,
// only in the fixed files, or have another text there. Policies in files of their
// own have neither.
func written(t *testing.T, fix *analyzer.Fix) map[string][]string {
	t.Helper()
	files := map[*source.File][]source.Edit{}
	for _, e := range fix.Edits {
		files[e.Span.File] = append(files[e.Span.File], e)
	}
	out := map[string][]string{}
	for f, edits := range files {
		members := members
		switch {
		case strings.HasSuffix(f.Name, ".tf.json"):
			members = jsonMembers
		case !strings.HasSuffix(f.Name, ".tf"):
			continue
		}
		after, err := source.Apply(f, edits)
		if err != nil {
			t.Fatal(err)
		}
		old := map[string]bool{}
		members(t, f.Bytes, func(_, _, text string) { old[text] = true })
		members(t, after, func(block, name, text string) {
			if !old[text] && !slices.Contains(out[block], name) {
				out[block] = append(out[block], name)
			}
		})
	}
	return out
}

// members are the attributes and nested blocks of all blocks of a file, each
// with a text that tells it from all others.
func members(t *testing.T, b []byte, f func(block, name, text string)) {
	t.Helper()
	file, diags := hclsyntax.ParseConfig(b, "main.tf", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	var visit func(path, id string, body *hclsyntax.Body)
	visit = func(path, id string, body *hclsyntax.Body) {
		for name, a := range body.Attributes {
			if path == "module" || path == "locals" || name == "for_each" || name == "count" { // names of its own, and what every block accepts
				continue
			}
			f(path, name, id+"."+name+"="+string(a.Expr.Range().SliceBytes(b)))
		}
		for _, block := range body.Blocks {
			text := string(hcl.RangeBetween(block.Range(), block.CloseBraceRange).SliceBytes(b))
			inner := block.Type
			switch {
			case block.Type == "dynamic":
				inner = path + "/" + block.Labels[0]
				f(path, block.Labels[0], id+"{"+text)
			case block.Type == "content" && !strings.HasPrefix(path, "resource"):
				inner = path
			case path != "":
				inner = path + "/" + block.Type
				f(path, block.Type, id+"{"+text)
			}
			if len(block.Labels) > 0 && (block.Type == "resource" || block.Type == "data") {
				inner = block.Type + " " + block.Labels[0]
			}
			here := id + "/" + block.Type + " " + strings.Join(block.Labels, ".")
			if path != "" {
				here = id + "/" + text
			}
			visit(inner, here, block.Body)
		}
	}
	visit("", "", file.Body.(*hclsyntax.Body))
}

// jsonMembers are the members of the resources of a .tf.json file, as of members.
func jsonMembers(t *testing.T, b []byte, f func(block, name, text string)) {
	t.Helper()
	var file struct {
		Resource map[string]map[string]map[string]json.RawMessage `json:"resource"`
	}
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	for typ, blocks := range file.Resource {
		for label, block := range blocks {
			for name, text := range block {
				f("resource "+typ, name, label+"."+name+"="+string(text))
			}
		}
	}
}
