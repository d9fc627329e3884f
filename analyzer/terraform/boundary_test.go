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
)

// tree makes files and symlinks (name -> target) in a new directory.
func tree(t *testing.T, contents, links map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range contents {
		at := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, target := range links {
		at := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(strings.ReplaceAll(target, "DIR", dir), at); err != nil {
			t.Skip(err)
		}
	}
	return dir
}

// TestBoundary: nothing outside is read, whatever leads there.
func TestBoundary(t *testing.T) {
	dir := tree(t, map[string]string{"in/real.tf": "x", "in/sub/a.txt": "a", "secret": "s"}, map[string]string{
		"in/relative":     "sub/a.txt",
		"in/absolute":     "DIR/in/sub/a.txt",
		"in/up":           "sub/../sub/a.txt",
		"in/dir":          "sub",
		"in/escape":       "../secret",
		"in/escape-abs":   "DIR/secret",
		"in/loop":         "loop2",
		"in/loop2":        "loop",
		"in/sub/back":     "..",
		"in/dangling":     "nothing",
		"in/escape-chain": "escape",
	})
	b, err := OpenBoundary(filepath.Join(dir, "in"))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, file, gap string }{
		{"real.tf", "real.tf", ""},
		{"./sub//a.txt", "sub/a.txt", ""},
		{"sub/../sub/a.txt", "sub/a.txt", ""},
		{"relative", "sub/a.txt", ""},
		{"absolute", "sub/a.txt", ""},
		{"up", "sub/a.txt", ""},
		{"dir/a.txt", "sub/a.txt", ""},
		{"dir/back/dir/back/relative", "sub/a.txt", ""},
		{filepath.ToSlash(dir) + "/in/real.tf", "real.tf", ""},
		{"escape", "", "limit: escape lies outside"},
		{"escape-abs", "", "limit: escape-abs leads outside"},
		{"escape-chain", "", "limit: escape-chain lies outside"},
		{"../secret", "", "limit: ../secret lies outside"},
		{"sub/../../secret", "", "limit: ../secret lies outside"},
		{"/etc/passwd", "", "limit: /etc/passwd lies outside"},
		{"loop", "", "error: loop is a circle"},
		{"dangling", "", "limit: dangling is a link to nothing, which does not exist"},
		{"sub", "", "error: sub cannot be read: not a regular file"},
		{"a\x00b", "", "error: a path holds a NUL byte"},
	}
	for _, tt := range tests {
		f, gap := b.file(tt.name)
		switch {
		case tt.file != "" && (f == nil || f.Name != tt.file):
			t.Errorf("%s: got %v, %v, want %s", tt.name, f, gap, tt.file)
		case tt.gap != "" && (gap == nil || !strings.HasPrefix(gap.Kind.String()+": "+gap.Reason, tt.gap)):
			t.Errorf("%s: got %v, want gap %q", tt.name, gap, tt.gap)
		}
	}
	one, _ := b.file("relative")
	two, _ := b.file("sub/a.txt")
	if one != two {
		t.Error("one file is read twice")
	}
}

// TestModuleOutside: a module and a file outside the boundary are gaps.
func TestModuleOutside(t *testing.T) {
	dir := tree(t, map[string]string{
		"in/main.tf":   "module \"m\" {\n  source = \"../out\"\n}\nresource \"aws_iam_user\" \"u\" {\n  name = file(\"../out/secret\")\n}\n",
		"out/main.tf":  "resource \"aws_iam_user\" \"outside\" {}\n",
		"out/secret":   "s3cret",
		"wide/main.tf": "",
	}, nil)
	narrow, err := OpenBoundary(filepath.Join(dir, "in"))
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
	wide, _ := OpenBoundary(dir)
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

func TestFindBoundary(t *testing.T) {
	dir := tree(t, map[string]string{"repo/.git/HEAD": "", "repo/a/b/main.tf": "", "alone/main.tf": ""}, nil)
	for path, want := range map[string]string{"repo/a/b": "repo", "repo/a/b/main.tf": "repo", "repo": "repo", "alone": "alone", "alone/main.tf": "alone"} {
		if got := FindBoundary(filepath.Join(dir, path)); got != filepath.Join(dir, want) {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
}

// TestWith: replaced files are seen, others keep their identity.
func TestWith(t *testing.T) {
	b := OverFS(fstest.MapFS{
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
	data, err := fs.ReadFile(Overlay(b.FS, map[string][]byte{"m/main.tf": []byte("x")}), "m/main.tf")
	if err != nil || string(data) != "x" {
		t.Errorf("overlay: %q, %v", data, err)
	}
}

// TestFindRoots: design.md, "What is a root".
func TestFindRoots(t *testing.T) {
	contents := map[string]string{
		"envs/prod/main.tf":                "module \"a\" {\n  source = \"../../modules/a\"\n}\n",
		"envs/dev/main.tf.json":            `{"module": {"a": {"source": "../../modules/a"}}}`,
		"modules/a/main.tf":                "module \"b\" {\n  source = \"../b\"\n}\n",
		"modules/b/main.tf":                "",
		"modules/shown/main.tf":            "",
		"modules/unused/main.tofu":         "",
		"examples/full/main.tf":            "module \"s\" {\n  source = \"../../modules/shown\"\n}\nmodule \"own\" {\n  source = \"./own\"\n}\n",
		"examples/full/own/main.tf":        "",
		"modules/tested/main.tf":           "",
		"modules/tested/test/case/main.tf": "module \"t\" {\n  source = \"../..\"\n}\n",
		"circle/x/main.tf":                 "module \"y\" {\n  source = \"../y\"\n}\n",
		"circle/y/main.tf":                 "module \"x\" {\n  source = \"../x\"\n}\n",
		".terraform/modules/z/main.tf":     "",
		"envs/prod/.terraform/q/main.tf":   "",
		"node_modules/n/main.tf":           "",
		".terragrunt-cache/c/main.tf":      "",
		"build/out/main.tf":                "",
		"keep/build/main.tf":               "",
		".gitignore":                       "/build/\n*.tfstate\nignored\n!keep/ignored\n",
		"ignored/main.tf":                  "",
		"keep/ignored/main.tf":             "",
		"docs/readme.md":                   "",
	}
	fsys := fstest.MapFS{}
	for name, text := range contents {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	tests := []struct {
		paths, exclude, want string
	}{
		{".", "", "circle/x envs/dev envs/prod examples/full keep/build keep/ignored modules/shown modules/tested modules/tested/test/case modules/unused"},
		{".", "examples modules/** circle/*", "envs/dev envs/prod keep/build keep/ignored"},
		{"modules", "", "modules/a modules/shown modules/tested modules/tested/test/case modules/unused"},
		{"modules/b", "", "modules/b"},
		{"modules/b/main.tf envs/prod", "", "envs/prod modules/b"},
		{"build", "", "build/out"},
		{"ignored .terraform", "", ".terraform/modules/z ignored"},
	}
	for _, tt := range tests {
		found, gaps := FindRoots(context.Background(), OverFS(fsys), Options{}, strings.Fields(tt.paths), strings.Fields(tt.exclude), nil)
		var got []string
		for _, r := range found {
			got = append(got, r.Dir)
		}
		if want := strings.Fields(tt.want); !slices.Equal(got, want) {
			t.Errorf("%s without %q:\n got %v\nwant %v", tt.paths, tt.exclude, got, want)
		}
		if len(gaps) > 0 {
			t.Errorf("%s: gaps %v", tt.paths, gaps)
		}
	}
	if _, gaps := FindRoots(context.Background(), OverFS(fsys), Options{}, []string{"nowhere"}, nil, nil); len(gaps) != 1 || gaps[0].Kind != ErrorGap {
		t.Errorf("a missing path: %v", gaps)
	}
	for paths, nothing := range map[string]string{
		"docs": "docs", "docs docs/readme.md": "docs", "envs docs": "docs", "envs envs/prod": "", "envs/prod envs": "", "docs/readme.md": "", "examples": "examples, not searched, by exclude: full",
	} {
		_, gaps := FindRoots(context.Background(), OverFS(fsys), Options{}, strings.Fields(paths), []string{"full"}, nil)
		dir, hidden, _ := strings.Cut(nothing, ", ")
		if nothing == "" && len(gaps) > 0 || nothing != "" && (len(gaps) != 1 || gaps[0].Class != NothingThere || gaps[0].Kind != ErrorGap || gaps[0].File != dir || !strings.Contains(gaps[0].Reason, hidden)) {
			t.Errorf("%s: %v", paths, gaps)
		}
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
		found, gaps := FindRoots(context.Background(), OverFS(files(tt.archive+modules)), opt, []string{"."}, nil, nil)
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
		{Options{Language: Terraform}, ""},
		{Options{Language: OpenTofu, ToolVersion: "1.8.0"}, ""},
		{Options{Language: Terraform, ToolVersion: "1.14.2"}, "error: module.m: Terraform 1.14.2 takes a literal source alone"},
		{Options{Language: OpenTofu, ToolVersion: "1.7.3"}, "error: module.m: OpenTofu 1.7.3 takes a literal source alone"},
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

// TestLinkedRoots: symlinked directories are searched once, and circles end.
func TestLinkedRoots(t *testing.T) {
	dir := tree(t, map[string]string{"shared/stack/main.tf": "module \"m\" {\n  source = \"./mods/m\"\n}\n", "mods/m/main.tf": "", "live/x.txt": ""}, map[string]string{
		"live/prod":         "../shared/stack",
		"live/up":           "..",
		"shared/stack/mods": "../../mods",
		"live/out":          "/",
	})
	b, err := OpenBoundary(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{".", "live"} {
		found, gaps := FindRoots(context.Background(), b, Options{}, []string{path}, nil, nil)
		if len(found) != 1 || found[0].Dir != "shared/stack" || len(gaps) > 0 {
			t.Errorf("%s: %v, %v", path, found, gaps)
		}
	}
}
