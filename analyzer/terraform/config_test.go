package terraform

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/tools/txtar"

	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
	"github.com/iamvet/iamvet/analyzer/value"
)

// printed prints a value with what is unknown in it, for comparison.
func printed(v *value.Value) string {
	switch {
	case v == nil:
		return "nil"
	case v.Kind == value.Unknown:
		s := "?"
		if v.Ref != nil {
			s += "(" + v.Ref.Address + "." + v.Ref.Attr + ")"
		}
		return s
	case v.Kind == value.Bool:
		return fmt.Sprint(v.Bool)
	case v.Kind == value.Number:
		return v.Number.Text('f', -1)
	case v.Kind == value.String:
		var b strings.Builder
		for _, p := range v.Parts {
			if p.Hole != nil {
				b.WriteString("{" + printed(p.Hole) + "}")
			} else {
				b.WriteString(p.Text.String)
			}
		}
		return fmt.Sprintf("%q", b.String())
	case v.IsSequence():
		var elems []string
		for _, e := range v.Elems {
			elems = append(elems, printed(e))
		}
		if v.Open {
			elems = append(elems, "...")
		}
		return "[" + strings.Join(elems, ", ") + "]"
	case v.IsMapping():
		var members []string
		for _, a := range v.Attrs {
			k, ok := a.Key()
			if !ok {
				k = printed(a.Name)
			}
			members = append(members, k+": "+printed(a.Value))
		}
		if v.Open {
			members = append(members, "...")
		}
		return "{" + strings.Join(members, ", ") + "}"
	}
	return v.Kind.String()
}

// load evaluates files given in txtar form, without the archive's comment.
func load(t testing.TB, dir, archive string, opt Options) *Root {
	t.Helper()
	root, err := LoadConfig(context.Background(), workspace.OverFS(files(archive)), dir, opt)
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func files(archive string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for _, f := range txtar.Parse([]byte(archive)).Files {
		fsys[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	return fsys
}

// gapsOf are the reasons of a root's gaps.
func gapsOf(r *Root) []string {
	var out []string
	for _, g := range r.Gaps() {
		out = append(out, g.Kind.String()+": "+g.Reason)
	}
	return out
}
