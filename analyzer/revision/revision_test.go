package revision

import (
	"context"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

// repository is one with a first commit of some files, and a second without them.
func repository(t *testing.T, files map[string]string) string {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	dir := t.TempDir()
	run(t, dir, "init", "-q", "-b", "main")
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if target, link := strings.CutPrefix(text, "-> "); link {
			if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
				t.Skip("no symbolic links here")
			}
		} else if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	run(t, dir, "add", "-A")
	run(t, dir, "commit", "-q", "-m", "first")
	run(t, dir, "tag", "first")
	for name := range files {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "later.tf"), []byte("locals {}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	run(t, dir, "add", "-A")
	run(t, dir, "commit", "-q", "-m", "second")
	return dir
}

func run(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"}, args...)...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

func TestTree(t *testing.T) {
	dir := repository(t, map[string]string{"main.tf": "locals {}\n", "m/a.tf": "# a\n", "m/n/b.tf": "", "m/link": "-> a.tf"})
	tree, err := Open(context.Background(), dir, "first")
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	if target, err := tree.ReadLink("m/link"); err != nil || target != "a.tf" {
		t.Errorf("m/link leads to %q (%v)", target, err)
	}
	if info, err := tree.Lstat("m/a.tf"); err != nil || info.Size() != 4 || !info.Mode().IsRegular() {
		t.Errorf("m/a.tf is %v (%v)", info, err)
	}
	if _, err := fs.ReadFile(tree, "later.tf"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("later.tf is there: %v", err)
	}
	// As a directory of the repository, and without the link, which fstest follows.
	below, err := Open(context.Background(), filepath.Join(dir), "first")
	if err != nil {
		t.Fatal(err)
	}
	defer below.Close()
	delete(below.root.in["m"].in, "link")
	if err := fstest.TestFS(below, "main.tf", "m/a.tf", "m/n/b.tf"); err != nil {
		t.Error(err)
	}
}

func TestTreeOfADirectory(t *testing.T) {
	dir := repository(t, map[string]string{"infra/main.tf": "locals {}\n", "other/main.tf": ""})
	if err := os.MkdirAll(filepath.Join(dir, "infra"), 0o755); err != nil {
		t.Fatal(err)
	}
	tree, err := Open(context.Background(), filepath.Join(dir, "infra"), "first")
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	entries, err := fs.ReadDir(tree, ".")
	if err != nil || len(entries) != 1 || entries[0].Name() != "main.tf" {
		t.Errorf("%v (%v)", entries, err)
	}
}

func TestOpenSaysWhatHelps(t *testing.T) {
	dir := repository(t, map[string]string{"main.tf": ""})
	run(t, dir, "checkout", "-q", "--orphan", "apart")
	run(t, dir, "commit", "-q", "-m", "apart")
	run(t, dir, "checkout", "-q", "main")
	shallow := filepath.Join(t.TempDir(), "shallow")
	run(t, dir, "clone", "-q", "--depth", "1", "file://"+filepath.ToSlash(dir), shallow)
	for _, tt := range []struct{ dir, rev, want string }{
		{dir, "nowhere", "there is no revision nowhere in this clone: git fetch origin nowhere"},
		{dir, "--upload-pack=x", "is not a revision"},
		{dir, "", "is not a revision"},
		{dir, "apart", "have no common ancestor"},
		{shallow, "first", "is shallow: git fetch --unshallow"},
		{t.TempDir(), "main", "git finds no repository there"},
	} {
		tree, err := Open(context.Background(), tt.dir, tt.rev)
		if err == nil {
			tree.Close()
		}
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, not %q", tt.rev, err, tt.want)
		}
	}
}

// What a repository's configuration would have git start leaves no mark.
func TestNothingOfTheRepositoryIsStarted(t *testing.T) {
	dir := repository(t, map[string]string{"main.tf": "locals {}\n", ".gitattributes": "*.tf filter=mark diff=mark\n"})
	mark := filepath.Join(t.TempDir(), "mark")
	touch := "touch " + filepath.ToSlash(mark)
	hooks := t.TempDir()
	for _, name := range []string{"post-checkout", "reference-transaction", "post-index-change", "fsmonitor-watchman"} {
		if err := os.WriteFile(filepath.Join(hooks, name), []byte("#!/bin/sh\n"+touch+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for key, value := range map[string]string{
		"core.fsmonitor":                   touch,
		"core.hooksPath":                   hooks,
		"core.pager":                       touch,
		"core.sshCommand":                  touch,
		"diff.external":                    touch,
		"diff.mark.textconv":               touch,
		"filter.mark.smudge":               touch,
		"filter.mark.clean":                touch,
		"gpg.program":                      touch,
		"log.showSignature":                "true",
		"credential.helper":                "!" + touch,
		"alias.cat-file":                   "!" + touch,
		"alias.ls-tree":                    "!" + touch,
		"alias.rev-parse":                  "!" + touch,
		"pager.ls-tree":                    touch,
		"remote.origin.url":                "ext::" + touch,
		"protocol.ext.allow":               "always",
		"remote.origin.vcs":                "",
		"remote.origin.promisor":           "true",
		"remote.origin.partialclonefilter": "blob:none",
		"extensions.partialClone":          "origin",
		"core.repositoryformatversion":     "1",
	} {
		run(t, dir, "config", key, value)
	}
	tree, err := Open(context.Background(), dir, "first")
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	if text, err := fs.ReadFile(tree, "main.tf"); err != nil || string(text) != "locals {}\n" {
		t.Errorf("main.tf is %q (%v)", text, err)
	}
	// An object that is not there would be fetched.
	tree.root.in["gone.tf"] = &node{name: "gone.tf", mode: 0o444, oid: strings.Repeat("1", len(tree.Commit))}
	if _, err := fs.ReadFile(tree, "gone.tf"); err == nil {
		t.Error("gone.tf is there")
	}
	if _, err := os.Stat(mark); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the configuration of the repository started something (%v)", err)
	}
}

func TestOpenEndsWithItsContext(t *testing.T) {
	dir := repository(t, map[string]string{"main.tf": ""})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if tree, err := Open(ctx, dir, "first"); err == nil {
		tree.Close()
		t.Error("it opens after its context has ended")
	}
}

// A tree may have entries that git would not check out, and may hold itself many times.
func TestHostileTree(t *testing.T) {
	dir := repository(t, map[string]string{"main.tf": "locals {}\n"})
	object := func(kind string, text []byte) string {
		cmd := exec.Command("git", "hash-object", "-t", kind, "--stdin", "-w", "--literally")
		cmd.Dir, cmd.Stdin = dir, strings.NewReader(string(text))
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(string(out))
	}
	entry := func(mode, name, oid string) string {
		raw, err := hex.DecodeString(oid)
		if err != nil {
			t.Fatal(err)
		}
		return mode + " " + name + "\x00" + string(raw)
	}
	text := object("blob", []byte("locals {}\n"))
	inner := object("tree", []byte(entry("100644", "x.tf", text)))
	top := object("tree", []byte(entry("40000", ".", inner)+entry("40000", "..", inner)+entry("40000", "a", inner)+entry("100644", "main.tf", text)))
	commit := func(tree string) string {
		cmd := exec.Command("git", "-c", "user.name=a", "-c", "user.email=a@example.com", "commit-tree", "-m", "x", tree)
		cmd.Dir = dir
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(string(out))
	}
	run(t, dir, "update-ref", "HEAD", commit(top))
	tree, err := Open(context.Background(), dir, "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	var names []string
	if err := fs.WalkDir(tree, ".", func(name string, _ fs.DirEntry, err error) error {
		names = append(names, name)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(names, " "); got != ". a a/x.tf main.tf" {
		t.Errorf("the tree has %s", got)
	}

	defer func(was int64) { maxList = was }(maxList)
	maxList = 1 << 20
	for range 14 {
		inner = object("tree", []byte(entry("40000", "a", inner)+entry("40000", "b", inner)))
	}
	run(t, dir, "update-ref", "HEAD", commit(inner))
	if tree, err := Open(context.Background(), dir, "HEAD"); err == nil || !strings.Contains(err.Error(), "longer than 1 MiB together") {
		t.Errorf("a tree of 2^14 files is %v (%v)", tree, err)
	}
}

// What somebody commits may look like a repository: it is none that may be asked.
func TestFilesThatLookLikeARepository(t *testing.T) {
	dir := repository(t, map[string]string{"main.tf": "locals {}\n"})
	bare := filepath.Join(t.TempDir(), "code")
	run(t, dir, "clone", "-q", "--bare", ".", bare)
	if tree, err := Open(context.Background(), bare, "main"); err == nil {
		t.Errorf("%s is a repository: %v", bare, tree)
	}
}
