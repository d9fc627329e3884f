package terraform

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
	"github.com/iamvet/iamvet/analyzer/value"
)

// TestConfigBounds evaluates what is made to take for ever. Each comes to an end
// soon, in little memory, with a gap that says what was left out.
func TestConfigBounds(t *testing.T) {
	if testing.Short() {
		t.Skip("takes minutes under the race detector, and nothing in it is concurrent")
	}
	doubling := func(first, step string) string {
		var b strings.Builder
		fmt.Fprintf(&b, "locals {\n  a0 = %s\n", first)
		for i := 1; i <= 60; i++ {
			fmt.Fprintf(&b, "  a%d = %s\n", i, strings.ReplaceAll(step, "@", fmt.Sprintf("local.a%d", i-1)))
		}
		b.WriteString("}\nresource \"aws_iam_user\" \"x\" {\n  name = local.a60\n}\n")
		return b.String()
	}
	modules := fstest.MapFS{}
	for i, dir := range []string{"a", "b", "c", "d"} {
		modules[dir+"/main.tf"] = &fstest.MapFile{Data: []byte(fmt.Sprintf("module \"n\" {\n  count = 100\n  source = \"../%c\"\n}\n", 'b'+i))}
	}
	modules["e/main.tf"] = &fstest.MapFile{Data: []byte("resource \"aws_iam_user\" \"x\" {\n  count = 10000\n  name = \"u\"\n}\n")}
	twice := fstest.MapFS{"main.tf": {Data: []byte("module \"m\" {\n  source = \"./m0\"\n}\n")}}
	for i := range 30 {
		twice[fmt.Sprintf("m%d/main.tf", i)] = &fstest.MapFile{Data: []byte(strings.ReplaceAll("module \"a\" {\n  source = \"@\"\n}\nmodule \"b\" {\n  source = \"@\"\n}\n", "@", fmt.Sprintf("../m%d", i+1)))}
	}
	twice["m30/main.tf"] = &fstest.MapFile{Data: []byte("resource \"aws_iam_user\" \"x\" {\n  name = \"u\"\n}\n")}
	documents := "data \"aws_iam_policy_document\" \"d0\" {\n  statement {\n    actions = [\"a:b\"]\n  }\n}\n"
	for i := range 40 {
		documents += strings.ReplaceAll(fmt.Sprintf("data \"aws_iam_policy_document\" \"d%d\" {\n  source_policy_documents = [@, @]\n}\n", i+1), "@", fmt.Sprintf("data.aws_iam_policy_document.d%d.json", i))
	}
	documents += "resource \"aws_iam_user\" \"x\" {\n  name = data.aws_iam_policy_document.d40.json\n}\n"
	var many strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&many, "\"u%d\", ", i)
	}
	modules["main.tf"] = &fstest.MapFile{Data: []byte("module \"m\" {\n  source = \"./a\"\n}\n")}
	single := func(text string) fstest.MapFS { return fstest.MapFS{"main.tf": {Data: []byte(text)}} }
	tests := []struct {
		name string
		fsys fstest.MapFS
		want string // in a gap
	}{
		{"count", single("resource \"aws_iam_user\" \"x\" {\n count = 1000000000\n name = \"u\"\n}"), "more than 10000 instances"},
		{"text", single(doubling(`"0123456789"`, `"${@}${@}"`)), "too l"},
		{"lists", single(doubling(`["x"]`, `[@, @]`)), "too large"},
		{"concat", single(doubling(`["x"]`, `concat(@, @)`)), "too large"},
		{"objects", single(doubling(`{a = 1}`, `{ a = @, b = @ }`)), "too large"},
		{"loops", single("locals {\n r = range(1000)\n}\nresource \"aws_iam_user\" \"x\" {\n name = [for a in local.r : [for b in local.r : [for c in local.r : c]]]\n}"), "steps"},
		{"modules", modules, "more than"},
		{"modules called twice", twice, "more than 10000 module instances"},
		{"replace", single(doubling(`"aaaaaaaaaaaaaaaa"`, `replace(@, "a", "aaaaaaaaaaaaaaaa")`)), "bytes"},
		{"policy documents", single(documents), "more than 1000"},
		{"set", single("resource \"aws_iam_user\" \"x\" {\n  for_each = toset([" + many.String() + "])\n  name     = each.key\n}\n"), "more than 10000 instances"},
		{"yaml", single("resource \"aws_iam_user\" \"x\" {\n  name = yamldecode(\"" + strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000) + "\")\n}\n"), ""},
		{"parentheses", single("locals {\n a = " + strings.Repeat("(", 1_000_000)), "nested deeper"},
		{"negations", single("locals {\n a = " + strings.Repeat("!", 1_000_000) + "true\n}\nresource \"aws_iam_user\" \"x\" {\n name = local.a\n}"), "in a row"},
		{"conditionals", single("locals {\n a = " + strings.Repeat("true ? 1 : ", 300_000) + "1\n}"), "conditionals"},
		{"sums", single("resource \"aws_iam_user\" \"x\" {\n name = 1" + strings.Repeat(" + 1", 300_000) + "\n}"), "too deep"},
		{"directives", single("resource \"aws_iam_user\" \"x\" {\n name = \"" + strings.Repeat("%{ if true }", 300_000) + "\"\n}"), "directives"},
		{"json", fstest.MapFS{"main.tf.json": {Data: []byte(strings.Repeat(`{"a":`, 1_000_000))}}, "nested deeper"},
		{"locals", single(doubling(`1`, `@ + 1`)), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			root, err := LoadConfig(context.Background(), workspace.OverFS(tt.fsys), ".", Options{})
			if err != nil {
				t.Fatal(err)
			}
			resources := root.Resources()
			runtime.ReadMemStats(&after)
			if grown := (after.TotalAlloc - before.TotalAlloc) >> 20; grown > 12<<10 {
				t.Errorf("allocated %d MiB", grown)
			}
			gaps := strings.Join(gapsOf(root), "\n")
			if tt.want == "" && gaps != "" || !strings.Contains(gaps, tt.want) {
				t.Errorf("gaps %q, want one with %q", gaps, tt.want)
			}
			for _, r := range resources {
				if v := r.Attr("name"); tt.want != "" && len(resources) == 1 && v.Is(value.Unknown) && len(v.Why) == 0 {
					t.Errorf("%s.name is unknown without a reason", r.Address)
				}
			}
		})
	}
}

// TestStopped: a cancelled run ends with a gap and unknown values.
func TestStopped(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	root, err := LoadConfig(ctx, workspace.OverFS(files("-- main.tf --\nresource \"aws_iam_user\" \"x\" {\n  name = [for i in range(100) : [for j in range(100) : j]]\n}\n")), ".", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if v := root.Resources()[0].Attr("name"); v.Known() {
		t.Errorf("name is %s", printed(v))
	}
	if g := gapsOf(root); len(g) != 1 || !strings.Contains(g[0], "stopped") {
		t.Errorf("gaps %q", g)
	}
}
