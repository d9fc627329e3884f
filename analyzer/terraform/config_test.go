package terraform

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"

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

func TestSmoke(t *testing.T) {
	base := "/work/shared/plans/terraform-1.11"
	ents, _ := os.ReadDir(base)
	for _, e := range ents {
		b, err := OpenBoundary(base + "/" + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		root, err := LoadConfig(context.Background(), b, ".", Options{})
		if err != nil {
			t.Fatal(err)
		}
		fmt.Println("=====", e.Name())
		for _, r := range root.Resources() {
			fmt.Println(r.Address, printed(r.Block))
		}
		for _, g := range root.Gaps() {
			fmt.Println("GAP", g.Place(), g.Reason)
		}
	}
}

var _ = fstest.MapFS{}
