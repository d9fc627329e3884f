package edit

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// edgeFiles are files of one to three blocks with everything that may stand at
// the first and the last byte.
func edgeFiles() (files []*source.File) {
	blocks := []string{"locals {\n  a = 1\n}", "locals {\n  b = [\"x\"]\n}", "locals {\n  c = {}\n}"}
	for n := 1; n <= len(blocks); n++ {
		for _, between := range []string{"\n", "\n\n", "\n# about\n"} {
			for _, head := range []string{"", "\n", "# head\n", "/* head */ "} {
				for _, tail := range []string{"", "\n", "\n\n", " # tail", "\n# tail"} {
					text := head + strings.Join(blocks[:n], between) + tail
					for _, newline := range []string{"\n", "\r\n"} {
						for _, mark := range []string{"", bom} {
							files = append(files, source.NewFile("main.tf", []byte(mark+strings.ReplaceAll(text, "\n", newline))))
						}
					}
				}
			}
		}
	}
	return files
}

// At the very beginning and end of a file, edits leave a file that parses, with
// its byte order mark, its line endings and its other blocks.
func TestEditsAtTheEdgesOfFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("slow under the race detector, and nothing in it is concurrent")
	}
	var some []edited
	for i, f := range edgeFiles() {
		tree := at(t, parsed(t, f), "locals")
		last := len(tree.Elems) - 1
		span := func(i int) source.Span { return tree.Elems[i].Span }
		operations := []struct {
			name  string
			gone  int // the block that is
			fresh int // blocks that come
			do    func() ([]source.Edit, error)
		}{
			{"remove the first", 0, 0, func() ([]source.Edit, error) { return RemoveBlock(span(0)) }},
			{"remove the last", last, 0, func() ([]source.Edit, error) { return RemoveBlock(span(last)) }},
			{"set in the first", -1, 0, func() ([]source.Edit, error) { return SetAttribute(span(0), "z", String("y")) }},
			{"set in the last", -1, 0, func() ([]source.Edit, error) { return SetAttribute(span(last), "z", String("y")) }},
			{"insert after the first", -1, 1, func() ([]source.Edit, error) { return InsertAfterBlock(span(0), "locals {\nz = 1\n}") }},
			{"insert after the last", -1, 1, func() ([]source.Edit, error) { return InsertAfterBlock(span(last), "locals {\nz = 1\n}") }},
			{"append", -1, 1, func() ([]source.Edit, error) { return AppendToFile(f, "locals {\nz = 1\n}") }},
			{"remove all", -2, 0, func() ([]source.Edit, error) {
				return RemoveBlock(source.Span{File: f, Start: span(0).Start, End: span(last).End})
			}},
		}
		for _, op := range operations {
			edits, err := op.do()
			if err != nil {
				t.Errorf("%s of %q: %v", op.name, f.Bytes, err)
				continue
			}
			got, err := source.Apply(f, edits)
			if err != nil {
				t.Errorf("%s of %q: %v", op.name, f.Bytes, err)
				continue
			}
			checkEdges(t, f, got, func(k int) bool { return op.gone != -2 && k != op.gone }, len(tree.Elems), op.fresh)
			if t.Failed() {
				t.Fatalf("%s of %q made %q", op.name, f.Bytes, got)
			}
			if i%7 == 0 {
				some = append(some, edited{f, edits})
			}
		}
	}
	gitApplies(t, some)
}

// checkEdges looks at a file after an edit: the blocks that stay are there, in
// order, among those that are fresh.
func checkEdges(t *testing.T, before *source.File, got []byte, stays func(int) bool, blocks, fresh int) {
	t.Helper()
	if mark := strings.HasPrefix(string(before.Bytes), bom); strings.HasPrefix(string(got), bom) != mark || strings.Count(string(got), bom) > 1 {
		t.Error("the byte order mark is not where it was")
	}
	checkEndings(t, got, strings.Contains(string(before.Bytes), "\r\n"))
	file, diags := hclsyntax.ParseConfig(got, "main.tf", hcl.InitialPos)
	if diags.HasErrors() {
		t.Error(diags)
		return
	}
	body := file.Body.(*hclsyntax.Body)
	names := ""
	for _, b := range body.Blocks {
		for _, name := range []string{"a", "b", "c"} {
			if b.Body.Attributes[name] != nil {
				names += name
			}
		}
	}
	want := ""
	for k := range blocks {
		if stays(k) {
			want += string(rune('a' + k))
		}
	}
	if names != want || len(body.Blocks) != len(want)+fresh {
		t.Errorf("%d blocks, of them %q, not %d and %q", len(body.Blocks), names, len(want)+fresh, want)
	}
}

// A policy that is a whole file is edited up to its first and last byte.
func TestEditsAtTheEdgesOfJSON(t *testing.T) {
	for _, text := range []string{`{"a":"b"}`, "{\n  \"a\": \"b\"\n}", "{}"} {
		for _, tail := range []string{"", "\n", "\n\n"} {
			for _, newline := range []string{"\n", "\r\n"} {
				f := source.NewFile("p.json", []byte(strings.ReplaceAll(text+tail, "\n", newline)))
				v := jsonFileValue(t, f, value.SyntaxJSON)
				edits, err := SetMember(v, "z", String("y"))
				if err != nil {
					t.Fatalf("%q: %v", f.Bytes, err)
				}
				got, err := source.Apply(f, edits)
				if err != nil {
					t.Fatalf("%q: %v", f.Bytes, err)
				}
				if m := readJSON(t, got).(map[string]any); m["z"] != "y" || len(m) != 1+strings.Count(text, ":") {
					t.Errorf("%q became %q", f.Bytes, got)
				}
				if !strings.HasSuffix(string(got), strings.ReplaceAll(tail, "\n", newline)) {
					t.Errorf("%q became %q", f.Bytes, got)
				}
				if edits, err = RemoveMember(v, "a"); text != "{}" && err != nil {
					t.Errorf("%q: %v", f.Bytes, err)
				} else if got, err = source.Apply(f, edits); err != nil || fmt.Sprint(readJSON(t, got)) != "map[]" {
					t.Errorf("%q became %q", f.Bytes, got)
				}
			}
		}
	}
}
