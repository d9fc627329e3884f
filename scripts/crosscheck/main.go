// Command crosscheck type-checks the module and its tests for other systems, given as
// OS/ARCH, and asks go vet's question about shifts, which are as wide as an int is:
//
//	go run ./scripts/crosscheck linux/386 windows/amd64
//
// What go vet asks beside that is the same for all systems. But to ask anything of
// another one, go vet compiles the standard library and all dependencies for it, which
// takes minutes; here their declarations are read, and nothing is compiled.
package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/analysis/passes/shift"
	"golang.org/x/tools/go/packages"
)

func main() {
	here, err := os.Getwd()
	if err != nil {
		fail(err)
	}
	found := 0
	for _, target := range os.Args[1:] {
		problems, err := check(here+string(filepath.Separator), target)
		if err != nil {
			fail(fmt.Errorf("%s: %w", target, err))
		}
		for _, p := range problems {
			fmt.Fprintf(os.Stderr, "%s: %s\n", target, p)
		}
		found += len(problems)
	}
	if found > 0 {
		os.Exit(1)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "crosscheck:", err)
	os.Exit(2)
}

// check says what is wrong with the module in dir on a system.
func check(dir, target string) ([]string, error) {
	system, arch, ok := strings.Cut(target, "/")
	if !ok {
		return nil, fmt.Errorf("not of the form OS/ARCH")
	}
	list, err := packages.Load(&packages.Config{
		Dir:   dir,
		Mode:  packages.LoadAllSyntax,
		Tests: true,
		Env:   append(os.Environ(), "GOOS="+system, "GOARCH="+arch, "CGO_ENABLED=0"),
		ParseFile: func(fset *token.FileSet, name string, src []byte) (*ast.File, error) {
			file, err := parser.ParseFile(fset, name, src, parser.SkipObjectResolution|parser.ParseComments)
			if file != nil && !strings.HasPrefix(name, dir) {
				dropBodies(file)
			}
			return file, err
		},
	}, "./...")
	if err != nil {
		return nil, err
	}
	var problems []string
	seen := map[string]bool{} // a package is there once more for its tests
	add := func(text string) {
		if !seen[text] {
			seen[text] = true
			problems = append(problems, text)
		}
	}
	packages.Visit(list, nil, func(p *packages.Package) {
		p.IllTyped = false // those without bodies are, and all that import them
		for _, e := range p.Errors {
			if e.Kind != packages.TypeError || strings.HasPrefix(e.Pos, dir) {
				add(e.Error())
			}
		}
	})
	if len(problems) > 0 {
		return problems, nil
	}
	graph, err := checker.Analyze([]*analysis.Analyzer{shift.Analyzer}, list, nil)
	if err != nil {
		return nil, err
	}
	for _, root := range graph.Roots {
		if root.Err != nil {
			return nil, root.Err
		}
		for _, d := range root.Diagnostics {
			add(fmt.Sprintf("%s: %s", root.Package.Fset.Position(d.Pos), d.Message))
		}
	}
	return problems, nil
}

// dropBodies leaves declarations: what functions of other modules do is their matter.
func dropBodies(file *ast.File) {
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok {
			f.Body = nil
		}
	}
}
