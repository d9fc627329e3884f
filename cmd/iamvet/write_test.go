package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/source"
)

// edited is a file on disk, and an edit of it that replaces its first byte.
func edited(t *testing.T, dir, name, text string, mode os.FileMode) analyzer.FileEdits {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	f := source.NewFile(name, []byte(text))
	return analyzer.FileEdits{File: f, Edits: []source.Edit{{Span: source.Span{File: f, Start: 0, End: 1}, New: "X"}}}
}

// holds says what the files of a directory have to be, and that there are no
// others.
func holds(t *testing.T, dir string, want map[string]string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if text, ok := want[e.Name()]; err != nil || !ok || string(b) != text {
			t.Errorf("%s holds %q (%v), want %q", e.Name(), b, err, text)
		}
	}
	if len(entries) != len(want) {
		t.Errorf("%d files, want %d", len(entries), len(want))
	}
}

func refused(t *testing.T, err error, because string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), because) {
		t.Errorf("got %v, want an error with %q", err, because)
	}
}

func TestWriteEditsKeepsModeAndLineEndings(t *testing.T) {
	dir := t.TempDir()
	edits := []analyzer.FileEdits{edited(t, dir, "a.tf", "a\r\nb\r\n", 0o640), edited(t, dir, "b.tf", "c\n", 0o444)}
	if err := writeEdits(dir, edits); err != nil {
		t.Fatal(err)
	}
	holds(t, dir, map[string]string{"a.tf": "X\r\nb\r\n", "b.tf": "X\n"})
	for name, mode := range map[string]os.FileMode{"a.tf": 0o640, "b.tf": 0o444} {
		if info, err := os.Stat(filepath.Join(dir, name)); runtime.GOOS != "windows" && (err != nil || info.Mode().Perm() != mode) {
			t.Errorf("%s: mode %v (%v), want %v", name, info.Mode(), err, mode)
		}
	}
}

// One file that is no longer what was read keeps all of them from being written.
func TestWriteEditsOfAChangedFile(t *testing.T) {
	dir := t.TempDir()
	edits := []analyzer.FileEdits{edited(t, dir, "a.tf", "a\n", 0o644), edited(t, dir, "b.tf", "b\n", 0o644)}
	if err := os.WriteFile(filepath.Join(dir, "b.tf"), []byte("b # mine\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	refused(t, writeEdits(dir, edits), "b.tf changed")
	holds(t, dir, map[string]string{"a.tf": "a\n", "b.tf": "b # mine\n"})
	if err := os.Remove(filepath.Join(dir, "b.tf")); err != nil {
		t.Fatal(err)
	}
	refused(t, writeEdits(dir, edits), "b.tf")
	holds(t, dir, map[string]string{"a.tf": "a\n"})
}

// What a killed process left is removed by the next that writes there, and what
// another writes just now is not.
func TestWriteEditsRemovesWhatWasLeft(t *testing.T) {
	ended := exec.Command(os.Args[0], "-test.run=^$")
	if err := ended.Run(); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	edits := []analyzer.FileEdits{edited(t, dir, "a.tf", "a\n", 0o644)}
	own := fmt.Sprintf(".iamvet-%d-1", os.Getpid())
	for _, name := range []string{fmt.Sprintf(".iamvet-%d-1", ended.Process.Pid), own, ".iamvet-notes", ".iamvet.hcl"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := writeEdits(dir, edits); err != nil {
		t.Fatal(err)
	}
	holds(t, dir, map[string]string{"a.tf": "X\n", own: "", ".iamvet-notes": "", ".iamvet.hcl": ""})
}

func TestWriteEditsInAReadOnlyDirectory(t *testing.T) {
	if os.Getuid() == 0 || runtime.GOOS == "windows" {
		t.Skip("root may write everywhere, and directories of Windows have no modes")
	}
	dir := t.TempDir()
	edits := []analyzer.FileEdits{edited(t, dir, "a.tf", "a\n", 0o644)}
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	err := writeEdits(dir, edits)
	os.Chmod(dir, 0o755)
	refused(t, err, "permission")
	holds(t, dir, map[string]string{"a.tf": "a\n"})
}

func TestWriteEditsThroughLinks(t *testing.T) {
	top := t.TempDir()
	dir, outside := filepath.Join(top, "in"), filepath.Join(top, "out")
	for _, d := range []string{dir, outside} {
		if err := os.Mkdir(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	inner := edited(t, dir, "real.tf", "a\n", 0o644)
	outer := edited(t, outside, "far.tf", "b\n", 0o644)
	if os.Symlink("real.tf", filepath.Join(dir, "link.tf")) != nil || os.Symlink("../out/far.tf", filepath.Join(dir, "far.tf")) != nil {
		t.Skip("no symbolic links here")
	}
	refused(t, writeEdits(dir, []analyzer.FileEdits{inner, outer}), "outside")
	linked := inner
	linked.File = source.NewFile("link.tf", inner.File.Bytes)
	linked.Edits = []source.Edit{{Span: source.Span{File: linked.File, Start: 0, End: 1}, New: "X"}}
	refused(t, writeEdits(dir, []analyzer.FileEdits{inner, linked}), "another name")
	holds(t, dir, map[string]string{"real.tf": "a\n", "link.tf": "a\n", "far.tf": "b\n"})
	if err := writeEdits(dir, []analyzer.FileEdits{linked}); err != nil {
		t.Fatal(err)
	}
	holds(t, dir, map[string]string{"real.tf": "X\n", "link.tf": "X\n", "far.tf": "b\n"})
	if info, err := os.Lstat(filepath.Join(dir, "link.tf")); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is none any more: %v, %v", info.Mode(), err)
	}
}
