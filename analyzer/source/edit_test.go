package source

import (
	"bytes"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func at(f *File, start, end int, text string) Edit {
	return Edit{Span{f, start, end}, text}
}

func TestApply(t *testing.T) {
	f := NewFile("a.tf", []byte("abcdef"))
	other := NewFile("b.tf", []byte("abcdef"))
	for _, tt := range []struct {
		name  string
		edits []Edit
		want  string
		err   string
	}{
		{"nothing", nil, "abcdef", ""},
		{"any order", []Edit{at(f, 4, 5, "E"), at(f, 0, 1, "A")}, "AbcdEf", ""},
		{"insertions keep their order", []Edit{at(f, 2, 2, "1"), at(f, 2, 2, "2"), at(f, 0, 0, "0")}, "0ab12cdef", ""},
		{"identical edits count once", []Edit{at(f, 2, 2, "1"), at(f, 2, 2, "2"), at(f, 2, 2, "1"), at(f, 3, 4, "D"), at(f, 3, 4, "D")}, "ab12cDef", ""},
		{"insertion before a replacement", []Edit{at(f, 2, 4, "X"), at(f, 2, 2, "<"), at(f, 4, 4, ">")}, "ab<X>ef", ""},
		{"both ends", []Edit{at(f, 6, 6, "!"), at(f, 0, 0, "?")}, "?abcdef!", ""},
		{"overlap", []Edit{at(f, 1, 3, "x"), at(f, 2, 4, "y")}, "", "overlap"},
		{"two texts for one span", []Edit{at(f, 1, 3, "x"), at(f, 1, 3, "y")}, "", "overlap"},
		{"insertion inside a replacement", []Edit{at(f, 1, 4, "x"), at(f, 2, 2, "y")}, "", "overlap"},
		{"past the end", []Edit{at(f, 6, 7, "")}, "", "out of range"},
		{"negative", []Edit{at(f, -1, 0, "")}, "", "out of range"},
		{"backwards", []Edit{at(f, 3, 2, "")}, "", "out of range"},
		{"another file", []Edit{at(other, 0, 0, "x")}, "", "another file"},
		{"nowhere", []Edit{{New: "x"}}, "", "another file"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Apply(f, tt.edits)
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Fatalf("error %v, want %q", err, tt.err)
				}
				return
			}
			if err != nil || string(got) != tt.want {
				t.Fatalf("%q, %v; want %q", got, err, tt.want)
			}
		})
	}
	if string(f.Bytes) != "abcdef" {
		t.Errorf("the file changed: %q", f.Bytes)
	}
}

func TestMerge(t *testing.T) {
	f, g := NewFile("a.tf", []byte("abcdef")), NewFile("b.tf", []byte("abcdef"))
	for _, tt := range []struct {
		name      string
		sets      [][]Edit
		want      []Edit
		conflicts []int
	}{
		{"apart", [][]Edit{{at(f, 4, 5, "E")}, {at(f, 0, 1, "A")}}, []Edit{at(f, 0, 1, "A"), at(f, 4, 5, "E")}, nil},
		{"side by side", [][]Edit{{at(f, 0, 2, "")}, {at(f, 2, 4, "")}, {at(f, 4, 4, "x")}}, []Edit{at(f, 0, 2, ""), at(f, 2, 4, ""), at(f, 4, 4, "x")}, nil},
		{"dropped whole", [][]Edit{{at(f, 0, 2, "x")}, {at(f, 1, 3, "y"), at(f, 4, 5, "z")}, {at(f, 4, 5, "w")}}, []Edit{at(f, 0, 2, "x"), at(f, 4, 5, "w")}, []int{1}},
		{"shared edit", [][]Edit{{at(f, 0, 2, "x")}, {at(f, 0, 2, "x"), at(f, 4, 5, "z")}}, []Edit{at(f, 0, 2, "x"), at(f, 4, 5, "z")}, nil},
		{"two insertions in one set", [][]Edit{{at(f, 2, 2, "2"), at(f, 2, 2, "1")}}, []Edit{at(f, 2, 2, "2"), at(f, 2, 2, "1")}, nil},
		{"different insertions", [][]Edit{{at(f, 2, 2, "1")}, {at(f, 2, 2, "2")}}, []Edit{at(f, 2, 2, "1")}, []int{1}},
		{"files", [][]Edit{{at(g, 0, 2, "x")}, {at(f, 1, 3, "y")}}, []Edit{at(f, 1, 3, "y"), at(g, 0, 2, "x")}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, conflicts := Merge(tt.sets...)
			if !reflect.DeepEqual(got, tt.want) || !reflect.DeepEqual(conflicts, tt.conflicts) {
				t.Errorf("%v, %v; want %v, %v", got, conflicts, tt.want, tt.conflicts)
			}
		})
	}
}

// What Merge lets through can be applied, whatever the sets.
func FuzzMergeApply(f *testing.F) {
	f.Add(int64(1), "one\ntwo\r\nthree")
	f.Add(int64(2), "")
	f.Fuzz(func(t *testing.T, seed int64, text string) {
		r := rand.New(rand.NewSource(seed))
		file := NewFile("a.tf", []byte(text))
		var sets [][]Edit
		for range 1 + r.Intn(5) {
			set := randomEdits(r, file)
			if _, err := Apply(file, set); err == nil {
				sets = append(sets, set)
			}
		}
		merged, conflicts := Merge(sets...)
		if _, err := Apply(file, merged); err != nil {
			t.Fatalf("%v: %v", merged, err)
		}
		if len(sets) > 0 && len(conflicts) > 0 && conflicts[0] == 0 {
			t.Fatal("the first set conflicts with nothing")
		}
	})
}

// Merge drops the sets that comparing every edit with every other would drop.
func TestMergeOfManySets(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	files := []*File{NewFile("a.tf", bytes.Repeat([]byte("0123456789"), 20)), NewFile("b.tf", bytes.Repeat([]byte("x"), 90))}
	for range 300 {
		var sets [][]Edit
		for range 1 + r.Intn(40) {
			sets = append(sets, randomEdits(r, files[r.Intn(len(files))]))
		}
		var stand []Edit
		var want []int
		for i, set := range sets {
			conflict := false
			for _, e := range set {
				for _, m := range stand {
					conflict = conflict || m != e && overlap(m, e)
				}
			}
			if conflict {
				want = append(want, i)
				continue
			}
			for _, e := range set {
				if !slices.Contains(stand, e) {
					stand = append(stand, e)
				}
			}
		}
		got, conflicts := Merge(sets...)
		if !slices.Equal(conflicts, want) {
			t.Fatalf("%v: conflicts %v, want %v", sets, conflicts, want)
		}
		for _, e := range stand {
			if !slices.Contains(got, e) {
				t.Fatalf("%v is lost of %v", e, sets)
			}
		}
	}
}

func randomEdits(r *rand.Rand, f *File) []Edit {
	texts := []string{"", "x", "y\n", "\n", "\r\n", "two\nlines", "é"}
	var out []Edit
	at := 0
	for range r.Intn(5) {
		start := at + r.Intn(len(f.Bytes)-at+1)
		end := start + r.Intn(min(9, len(f.Bytes)-start+1))
		out = append(out, Edit{Span{f, start, end}, texts[r.Intn(len(texts))]})
		at = end
	}
	return out
}

func TestUnifiedDiff(t *testing.T) {
	ten := "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n"
	for _, tt := range []struct {
		name, path, text string
		edits            func(*File) []Edit
		context          int
		want             string
	}{
		{"nothing", "a.tf", ten, func(f *File) []Edit { return []Edit{at(f, 0, 1, "1")} }, 3, ""},
		{"a word", "a.tf", ten, func(f *File) []Edit { return []Edit{at(f, 8, 9, "five")} }, 1,
			"--- a/a.tf\n+++ b/a.tf\n@@ -4,3 +4,3 @@\n 4\n-5\n+five\n 6\n"},
		{"a line inserted", "a.tf", ten, func(f *File) []Edit { return []Edit{at(f, 1, 1, "\n1a")} }, 1,
			"--- a/a.tf\n+++ b/a.tf\n@@ -1,2 +1,3 @@\n 1\n+1a\n 2\n"},
		{"a line removed", "a.tf", ten, func(f *File) []Edit { return []Edit{at(f, 2, 4, "")} }, 0,
			"--- a/a.tf\n+++ b/a.tf\n@@ -2 +1,0 @@\n-2\n"},
		{"two hunks", "a.tf", ten, func(f *File) []Edit { return []Edit{at(f, 0, 0, "0\n"), at(f, 16, 17, "nine")} }, 1,
			"--- a/a.tf\n+++ b/a.tf\n@@ -1 +1,2 @@\n+0\n 1\n@@ -8,3 +9,3 @@\n 8\n-9\n+nine\n 10\n"},
		{"one hunk", "a.tf", ten, func(f *File) []Edit { return []Edit{at(f, 2, 3, "two"), at(f, 6, 7, "four")} }, 1,
			"--- a/a.tf\n+++ b/a.tf\n@@ -1,5 +1,5 @@\n 1\n-2\n+two\n 3\n-4\n+four\n 5\n"},
		{"lines next to each other", "a.tf", ten, func(f *File) []Edit { return []Edit{at(f, 2, 3, "two"), at(f, 4, 5, "three")} }, 1,
			"--- a/a.tf\n+++ b/a.tf\n@@ -1,4 +1,4 @@\n 1\n-2\n-3\n+two\n+three\n 4\n"},
		{"appended", "a.tf", ten, func(f *File) []Edit { return []Edit{at(f, 21, 21, "11\n")} }, 1,
			"--- a/a.tf\n+++ b/a.tf\n@@ -10 +10,2 @@\n 10\n+11\n"},
		{"no newline", "a.tf", "1\n2", func(f *File) []Edit { return []Edit{at(f, 3, 3, "\n3\n")} }, 1,
			"--- a/a.tf\n+++ b/a.tf\n@@ -1,2 +1,3 @@\n 1\n-2\n\\ No newline at end of file\n+2\n+3\n"},
		{"newline taken away", "a.tf", "1\n2\n", func(f *File) []Edit { return []Edit{at(f, 3, 4, "")} }, 0,
			"--- a/a.tf\n+++ b/a.tf\n@@ -2 +2 @@\n-2\n+2\n\\ No newline at end of file\n"},
		{"CRLF", "a.tf", "1\r\n2\r\n", func(f *File) []Edit { return []Edit{at(f, 3, 4, "x")} }, 1,
			"--- a/a.tf\n+++ b/a.tf\n@@ -1,2 +1,2 @@\n 1\r\n-2\r\n+x\r\n"},
		{"empty file", "a.tf", "", func(f *File) []Edit { return []Edit{at(f, 0, 0, "1\n")} }, 3,
			"--- a/a.tf\n+++ b/a.tf\n@@ -0,0 +1 @@\n+1\n"},
		{"space in the path", "a b.tf", "1\n", func(f *File) []Edit { return []Edit{at(f, 0, 1, "x")} }, 3,
			"--- a/a b.tf\t\n+++ b/a b.tf\t\n@@ -1 +1 @@\n-1\n+x\n"},
		{"quoted path", "é\"\t.tf", "1\n", func(f *File) []Edit { return []Edit{at(f, 0, 1, "x")} }, 3,
			"--- \"a/\\303\\251\\\"\\t.tf\"\n+++ \"b/\\303\\251\\\"\\t.tf\"\n@@ -1 +1 @@\n-1\n+x\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := NewFile(tt.path, []byte(tt.text))
			edits := tt.edits(f)
			got := UnifiedDiff(f, edits, tt.context)
			if got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
			if got != "" {
				gitApply(t, f, edits, got, tt.context == 0)
			}
		})
	}
}

// gitApply checks that git makes of the patch what Apply makes of the edits.
func gitApply(t *testing.T, f *File, edits []Edit, patch string, unidiffZero bool) {
	t.Helper()
	git, err := exec.LookPath("git")
	if err != nil {
		t.Skip("git is not on this machine")
	}
	want, err := Apply(f, edits)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	path := filepath.Join(dir, filepath.FromSlash(f.Name))
	if err := os.WriteFile(path, f.Bytes, 0o666); err != nil {
		t.Skipf("the file system does not take the name %q", f.Name)
	}
	args := []string{"apply", "--whitespace=nowarn"}
	if unidiffZero {
		args = append(args, "--unidiff-zero")
	}
	cmd := exec.Command(git, append(args, "-")...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(dir), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1")
	cmd.Stdin = strings.NewReader(patch)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git apply: %v\n%s\n%s", err, out, patch)
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("git made %q, Apply %q, of\n%s", got, want, patch)
	}
}

func TestUnifiedDiffIsWhatGitApplies(t *testing.T) {
	r := rand.New(rand.NewSource(7))
	words := []string{"a", "b", "", "resource {", "}", "é😀"}
	for range 150 {
		var b strings.Builder
		for range r.Intn(20) {
			b.WriteString(words[r.Intn(len(words))])
			b.WriteString([]string{"\n", "\n", "\r\n"}[r.Intn(3)])
		}
		b.WriteString([]string{"", "end"}[r.Intn(2)])
		f := NewFile("main.tf", []byte(b.String()))
		edits := randomEdits(r, f)
		out, err := Apply(f, edits)
		if err != nil || len(out) == 0 || len(f.Bytes) == 0 {
			continue // git takes emptying a file for deleting it
		}
		context := r.Intn(4)
		patch := UnifiedDiff(f, edits, context)
		if (patch == "") != (string(out) == string(f.Bytes)) {
			t.Fatalf("patch %q for %q to %q", patch, f.Bytes, out)
		}
		if patch != "" {
			gitApply(t, f, edits, patch, context == 0)
		}
	}
}
