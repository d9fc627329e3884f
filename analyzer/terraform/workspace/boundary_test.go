package workspace

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/iamvet/iamvet/analyzer/source"
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
		f, gap := b.File(tt.name)
		switch {
		case tt.file != "" && (f == nil || f.Name != tt.file):
			t.Errorf("%s: got %v, %v, want %s", tt.name, f, gap, tt.file)
		case tt.gap != "" && (gap == nil || !strings.HasPrefix(gap.Kind.String()+": "+gap.Reason, tt.gap)):
			t.Errorf("%s: got %v, want gap %q", tt.name, gap, tt.gap)
		}
	}
	one, _ := b.File("relative")
	two, _ := b.File("sub/a.txt")
	if one != two {
		t.Error("one file is read twice")
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
		found, gaps := OverFS(fsys).FindRoots(context.Background(), Search{Paths: strings.Fields(tt.paths), Exclude: strings.Fields(tt.exclude)})
		var got []string
		for _, r := range found {
			got = append(got, r.Dir)
		}
		if want := strings.Fields(tt.want); !slices.Equal(got, want) {
			t.Errorf("%s without %q:\n got %v\nwant %v", tt.paths, tt.exclude, got, want)
		}
		// What .gitignore hides is told.
		if tt.paths == "." && (len(gaps) != 1 || !strings.Contains(gaps[0].Reason, "not searched, by .gitignore: build, ignored")) || tt.paths != "." && len(gaps) > 0 {
			t.Errorf("%s: gaps %v", tt.paths, gaps)
		}
	}
	if _, gaps := OverFS(fsys).FindRoots(context.Background(), Search{Paths: []string{"nowhere"}}); len(gaps) != 1 || gaps[0].Kind != source.ErrorGap {
		t.Errorf("a missing path: %v", gaps)
	}
	for paths, nothing := range map[string]string{
		"docs": "docs", "docs docs/readme.md": "docs", "envs docs": "docs", "envs envs/prod": "", "envs/prod envs": "", "docs/readme.md": "", "examples": "examples, not searched, by exclude: full",
	} {
		_, gaps := OverFS(fsys).FindRoots(context.Background(), Search{Paths: strings.Fields(paths), Exclude: []string{"full"}})
		dir, hidden, _ := strings.Cut(nothing, ", ")
		if nothing == "" && len(gaps) > 0 || nothing != "" && (len(gaps) != 1 || gaps[0].Class != NothingThere || gaps[0].Kind != source.ErrorGap || gaps[0].File != dir || !strings.Contains(gaps[0].Reason, hidden)) {
			t.Errorf("%s: %v", paths, gaps)
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
		found, gaps := b.FindRoots(context.Background(), Search{Paths: []string{path}})
		if len(found) != 1 || found[0].Dir != "shared/stack" || len(gaps) > 0 {
			t.Errorf("%s: %v, %v", path, found, gaps)
		}
	}
}
