package terraform

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/iamvet/iamvet/analyzer/terraform/lang"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
)

// TestModuleOutside: a module and a file outside the boundary are gaps.
func TestModuleOutside(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, fstest.MapFS{
		"in/main.tf":   {Data: []byte("module \"m\" {\n  source = \"../out\"\n}\nresource \"aws_iam_user\" \"u\" {\n  name = file(\"../out/secret\")\n}\n")},
		"out/main.tf":  {Data: []byte("resource \"aws_iam_user\" \"outside\" {}\n")},
		"out/secret":   {Data: []byte("s3cret")},
		"wide/main.tf": {},
	}); err != nil {
		t.Fatal(err)
	}
	narrow, err := workspace.OpenBoundary(filepath.Join(dir, "in"))
	if err != nil {
		t.Fatal(err)
	}
	root, err := LoadConfig(context.Background(), narrow, ".", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if r := root.Resources(); len(r) != 1 || r[0].Attr("name").Known() {
		t.Errorf("resources %v", r)
	}
	if g := strings.Join(gapsOf(root), "\n"); strings.Count(g, "limit") != 2 {
		t.Errorf("gaps %s", g)
	}
	wide, _ := workspace.OpenBoundary(dir)
	root, err = LoadConfig(context.Background(), wide, "in", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if root.Resource("module.m.aws_iam_user.outside") == nil || root.Resource("aws_iam_user.u").Attr("name").TextOr("") != "s3cret" {
		t.Errorf("gaps %v", gapsOf(root))
	}
	var read []string
	for _, f := range root.Files() {
		read = append(read, f.Name)
	}
	if want := []string{"in/main.tf", "out/main.tf", "out/secret"}; !slices.Equal(read, want) {
		t.Errorf("files %v, want %v", read, want)
	}
}

// TestWith: replaced files are seen, others keep their identity.
func TestWith(t *testing.T) {
	b := workspace.OverFS(fstest.MapFS{
		"main.tf":   {Data: []byte("resource \"aws_iam_user\" \"u\" {\n  name = \"old\"\n}\n")},
		"other.tf":  {Data: []byte("resource \"aws_iam_user\" \"o\" {\n  name = \"o\"\n}\n")},
		"m/main.tf": {Data: []byte("")},
	})
	before, err := LoadConfig(context.Background(), b, ".", Options{})
	if err != nil {
		t.Fatal(err)
	}
	edited := b.With(map[string][]byte{"main.tf": []byte("resource \"aws_iam_user\" \"u\" {\n  name = \"new\"\n}\n")})
	after, err := LoadConfig(context.Background(), edited, ".", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := before.Resource("aws_iam_user.u").Attr("name").TextOr(""); got != "old" {
		t.Errorf("before: %s", got)
	}
	if got := after.Resource("aws_iam_user.u").Attr("name").TextOr(""); got != "new" {
		t.Errorf("after: %s", got)
	}
	if before.Resource("aws_iam_user.o").Body.File != after.Resource("aws_iam_user.o").Body.File {
		t.Error("a file that was not replaced was read again")
	}
	data, err := fs.ReadFile(workspace.Overlay(b.FS, map[string][]byte{"m/main.tf": []byte("x")}), "m/main.tf")
	if err != nil || string(data) != "x" {
		t.Errorf("overlay: %q, %v", data, err)
	}
}

// TestComputedSources: a call whose source is worked out is one like any other.
func TestComputedSources(t *testing.T) {
	const modules = "-- mods/a/main.tf --\n-- mods/b/main.tf --\n"
	for _, tt := range []struct {
		name, archive, vars, want string
	}{
		{"a local", "-- main.tofu --\nlocals {\n  base = \"./mods\"\n}\nmodule \"m\" {\n  source = \"${local.base}/a\"\n}\n", "", ". mods/b"},
		{"in JSON", `-- main.tf.json --
{"locals": {"base": "./mods"}, "module": {"m": {"source": "${local.base}/a"}}}
`, "", ". mods/b"},
		{"a constant variable", "-- main.tf --\nvariable \"which\" {\n  const   = true\n  default = \"a\"\n}\nmodule \"m\" {\n  source = \"./mods/${var.which}\"\n}\n", "", ". mods/b"},
		{"that is set", "-- main.tf --\nvariable \"which\" {\n  const   = true\n  default = \"a\"\n}\nmodule \"m\" {\n  source = \"./mods/${var.which}\"\n}\n", "which=b", ". mods/a"},
		{"by a file", "-- main.tf --\nvariable \"which\" {\n}\nmodule \"m\" {\n  source = \"./mods/${var.which}\"\n}\n-- terraform.tfvars --\nwhich = \"b\"\n", "", ". mods/a"},
		{"by who calls it",
			"-- main.tf --\nmodule \"m\" {\n  source = \"./between\"\n  which  = \"b\"\n}\n-- between/main.tf --\nvariable \"which\" {}\nmodule \"m\" {\n  source = \"../mods/${var.which}\"\n}\n",
			"", ". mods/a"},
		{"one that nobody knows", "-- main.tf --\nvariable \"which\" {\n}\nmodule \"m\" {\n  source = \"./mods/${var.which}\"\n}\n", "", ". mods/a mods/b"},
		{"that only an example works out", "-- main.tf --\n-- examples/x/main.tf --\nlocals {\n  mods = \"../../mods\"\n}\nmodule \"m\" {\n  source = \"${local.mods}/a\"\n}\n", "", ". examples/x mods/a mods/b"},
	} {
		opt := Options{Vars: map[string]string{}}
		if name, v, ok := strings.Cut(tt.vars, "="); ok {
			opt.Vars[name] = v
		}
		found, gaps := FindRoots(context.Background(), workspace.OverFS(files(tt.archive+modules)), opt, []string{"."}, nil, nil)
		var got []string
		for _, r := range found {
			got = append(got, r.Dir)
		}
		if s := strings.Join(got, " "); s != tt.want || len(gaps) > 0 {
			t.Errorf("%s: the roots are %s, want %s (%v)", tt.name, s, tt.want, gaps)
		}
	}
}

// TestSourcesOfOldTools: before Terraform 1.15 and OpenTofu 1.8 a source is literal.
func TestSourcesOfOldTools(t *testing.T) {
	const archive = "-- main.tf --\nlocals {\n  m = \"./m\"\n}\nmodule \"m\" {\n  source = local.m\n}\n-- m/main.tf --\nresource \"aws_iam_user\" \"u\" {\n}\n"
	for _, tt := range []struct {
		opt Options
		gap string
	}{
		{Options{}, ""},
		{Options{Language: lang.Terraform}, ""},
		{Options{Language: lang.OpenTofu, ToolVersion: "1.8.0"}, ""},
		{Options{Language: lang.Terraform, ToolVersion: "1.14.2"}, "error: module.m: Terraform 1.14.2 takes a literal source alone"},
		{Options{Language: lang.OpenTofu, ToolVersion: "1.7.3"}, "error: module.m: OpenTofu 1.7.3 takes a literal source alone"},
	} {
		root := load(t, ".", archive, tt.opt)
		if n := len(root.Resources()); n != 1 {
			t.Errorf("%v: %d resources", tt.opt, n)
		}
		if got := strings.Join(gapsOf(root), "; "); got != tt.gap {
			t.Errorf("%v: gaps %q, want %q", tt.opt, got, tt.gap)
		}
	}
}
