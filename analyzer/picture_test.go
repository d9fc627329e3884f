package analyzer_test

import (
	"flag"
	"fmt"
	"go/doc"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "draw the picture of the packages in CONTRIBUTING.md again")

const (
	contributing = "../CONTRIBUTING.md"
	pictureStart = "<!-- go test ./analyzer -run ImportsPicture -update draws what follows -->\n"
	pictureEnd   = "<!-- the end of the picture -->\n"
)

// CONTRIBUTING.md shows the packages as the table of imports has them.
func TestImportsPicture(t *testing.T) {
	text, err := os.ReadFile(contributing)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, there := strings.Cut(string(text), pictureStart)
	_, after, ends := strings.Cut(rest, pictureEnd)
	if !there || !ends {
		t.Fatalf("%s has no place for the picture: %q and %q", contributing, pictureStart, pictureEnd)
	}
	want := before + pictureStart + picture(t) + pictureEnd + after
	if string(text) == want {
		return
	}
	if !*update {
		t.Fatalf("%s shows other packages than there are: go test ./analyzer -run ImportsPicture -update", contributing)
	}
	if err := os.WriteFile(contributing, []byte(want), 0o666); err != nil {
		t.Fatal(err)
	}
}

// picture is the packages without the harnesses of tests, with an arrow to each
// that is imported by no other way, and what each is for.
func picture(t *testing.T) string {
	rooms := map[string][]string{}
	for room, may := range allowed {
		if room != "cmd/iamvet" && slices.Equal(may, []string{"*"}) {
			continue
		}
		rooms[room] = slices.DeleteFunc(slices.Clone(may), func(m string) bool {
			_, isRoom := allowed[m]
			return !isRoom
		})
	}
	rooms["cmd/iamvet"] = slices.DeleteFunc(slices.Collect(maps.Keys(rooms)), func(room string) bool { return room == "cmd/iamvet" })
	order := topDown(rooms)
	var b strings.Builder
	b.WriteString("```mermaid\nflowchart TD\n")
	for _, room := range order {
		fmt.Fprintf(&b, "  %s[%s]\n", node(room), room)
	}
	for _, room := range order {
		for _, next := range order {
			if slices.Contains(rooms[room], next) && !around(rooms, room, next) {
				fmt.Fprintf(&b, "  %s --> %s\n", node(room), node(next))
			}
		}
	}
	b.WriteString("```\n\n| package | what it does |\n|---|---|\n")
	for _, room := range order {
		fmt.Fprintf(&b, "| `%s` | %s |\n", room, purpose(t, room))
	}
	return b.String()
}

func node(room string) string { return strings.ReplaceAll(room, "/", "_") }

// topDown orders packages so that each stands before all that it imports: the one
// that the longest way leads to the bottom from comes first.
func topDown(rooms map[string][]string) []string {
	height := map[string]int{}
	var of func(string) int
	of = func(room string) int {
		if h, known := height[room]; known {
			return h
		}
		h := 0
		for _, next := range rooms[room] {
			h = max(h, of(next)+1)
		}
		height[room] = h
		return h
	}
	return slices.SortedFunc(maps.Keys(rooms), func(a, b string) int {
		if d := of(b) - of(a); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
}

// around says that one package reaches another through a third.
func around(rooms map[string][]string, from, to string) bool {
	return slices.ContainsFunc(rooms[from], func(next string) bool { return next != to && reaches(rooms, next, to) })
}

func reaches(rooms map[string][]string, from, to string) bool {
	return from == to || slices.ContainsFunc(rooms[from], func(next string) bool { return reaches(rooms, next, to) })
}

// purpose is the first sentence of a package's comment, without its first words.
func purpose(t *testing.T, room string) string {
	files, err := filepath.Glob(filepath.Join("..", room, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.PackageClauseOnly|parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		if f.Doc == nil || strings.HasSuffix(name, "_test.go") {
			continue
		}
		sentence := new(doc.Package).Synopsis(f.Doc.Text())
		_, what, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(sentence, "Package "), "Command "), " ")
		return strings.ReplaceAll(what, "|", "\\|")
	}
	t.Errorf("package %s says nowhere what it is for", room)
	return ""
}
