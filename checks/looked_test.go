package checks_test

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/iamvet/iamvet/analyzer/engine"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
	"github.com/iamvet/iamvet/checks"
)

// usersApart is a root module of so many users in one file, each with a key and a password.
func usersApart(n int) fstest.MapFS {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "resource \"aws_iam_user\" \"u%[1]d\" {\n  name = \"u%[1]d\"\n}\n\nresource \"aws_iam_user_login_profile\" \"u%[1]d\" {\n  user = aws_iam_user.u%[1]d.name\n}\n\nresource \"aws_iam_access_key\" \"u%[1]d\" {\n  user = aws_iam_user.u%[1]d.name\n}\n\n", i)
	}
	return fstest.MapFS{"main.tf": {Data: []byte(b.String())}}
}

// A file is looked through a number of times that does not hang on how much is found in
// it: a search for each role or user allocates nothing, so that no count of allocations
// shows it, and is a square.
func TestFilesAreLookedThroughOnce(t *testing.T) {
	for name, files := range map[string]func(int) fstest.MapFS{"roles": roles, "users": usersApart} {
		looked := func(n int) float64 {
			fsys := files(n)
			in := engine.Input{Boundary: workspace.OverFS(fsys), Paths: []string{"."}, ScanRoot: ".", WorkDir: "."}
			if _, err := engine.Analyze(context.Background(), in, checks.All); err != nil {
				t.Fatal(err)
			}
			f, gap := in.Boundary.File("main.tf")
			if gap != nil {
				t.Fatal(gap.Reason)
			}
			return float64(f.Looked()) / float64(len(f.Bytes))
		}
		few, many := looked(10), looked(60)
		if few == 0 || many > few {
			t.Errorf("%s: a file of 10 is looked through %.0f times, one of 60 %.0f times", name, few, many)
		}
	}
}

// What rules and their fixes look through is counted: they take a whole text by File.All,
// and of File.Bytes only a part, between two ends.
func TestWholeTextsAreCounted(t *testing.T) {
	for _, glob := range []string{"*.go", "fixes/*.go", "../analyzer/identity/*.go", "../analyzer/organization/*.go"} {
		names, err := filepath.Glob(glob)
		if err != nil || len(names) == 0 {
			t.Fatal(glob, err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			fset := token.NewFileSet()
			file, err := parser.ParseFile(fset, name, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, at := range wholeTexts(file) {
				t.Errorf("%s: a whole text, which File.All counts", fset.Position(at))
			}
		}
	}
}

// wholeTexts are where the bytes of a file are taken otherwise than between two ends.
func wholeTexts(file *ast.File) (out []token.Pos) {
	bounded := map[ast.Expr]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SliceExpr:
			bounded[n.X] = n.Low != nil && n.High != nil
		case *ast.IndexExpr:
			bounded[n.X] = true
		case *ast.CallExpr:
			if f, ok := n.Fun.(*ast.Ident); ok && f.Name == "len" && len(n.Args) == 1 {
				bounded[n.Args[0]] = true
			}
		case *ast.KeyValueExpr: // Span{End: len(f.Bytes)} is all of it, by another name
			call, ok := n.Value.(*ast.CallExpr)
			if key, named := n.Key.(*ast.Ident); ok && named && key.Name == "End" && len(call.Args) == 1 {
				if s, ok := call.Args[0].(*ast.SelectorExpr); ok && s.Sel.Name == "Bytes" {
					out = append(out, s.Pos())
				}
			}
		case *ast.SelectorExpr:
			if n.Sel.Name == "Bytes" && !bounded[n] {
				out = append(out, n.Pos())
			}
		}
		return true
	})
	return out
}
