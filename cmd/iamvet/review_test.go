package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/iamvet/iamvet/sarif/reviewtest"
	"github.com/iamvet/iamvet/sarif/sariftest"
)

// A pull request is scanned, its SARIF given to reviewdog, and what reviewdog
// posts committed as GitHub commits it: each suggestion makes of its file what
// the fix makes of it, all of them together what iamvet fix makes, and what must
// not be one click away is none. The comments are golden, for they are read.
func TestSuggestions(t *testing.T) {
	reviewdog := reviewtest.Find(t)
	cases, err := filepath.Glob("../../testdata/review/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatal(err)
	}
	for _, path := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			crlf := bytes.Contains(archive.Comment, []byte("(crlf)"))
			pr := reviewtest.Open(t, tree(archive, "base/", crlf), tree(archive, "head/", crlf))
			log := scanned(t, pr.Dir)
			comments := pr.Review(t, reviewdog, log)
			suggested(t, pr, log, comments)
			together(t, pr, comments)
			golden(t, path, archive, comments)
		})
	}
}

// Only what the diff shows can take a suggestion. Where it shows the finding and
// not the lines of the fix, reviewdog says that it could not suggest it.
func TestSuggestionOutsideOfTheDiff(t *testing.T) {
	reviewdog := reviewtest.Find(t)
	text := func(first string) map[string][]byte {
		return map[string][]byte{"main.tf": []byte(`resource "aws_iam_role" "deploy" {
  assume_role_policy = jsonencode({
    Statement = [{` + first + `
      Effect = "Allow"
      Action = "sts:AssumeRole"
      Sid    = "People"

      Principal = {
        AWS = "arn:aws:iam::111122223333:user/ops"
      }
    }]
    Version = "2012-10-17"
  })
}
`)}
	}
	pr := reviewtest.Open(t, text(""), text(" # people"))
	comments := pr.Review(t, reviewdog, scanned(t, pr.Dir))
	if len(comments) != 1 || comments[0].Line != 3 {
		t.Fatalf("posted was %+v", comments)
	}
	if got, err := comments[0].Suggestions(); err == nil {
		t.Errorf("suggested is %q", got)
	}
}

// tree is the files below a folder of an archive.
func tree(archive *txtar.Archive, folder string, crlf bool) map[string][]byte {
	out := map[string][]byte{}
	for _, f := range archive.Files {
		if name, ok := strings.CutPrefix(f.Name, folder); ok {
			out[name] = f.Data
			if crlf {
				out[name] = bytes.ReplaceAll(f.Data, []byte("\n"), []byte("\r\n"))
			}
		}
	}
	return out
}

// command runs iamvet in a directory.
func command(t *testing.T, dir string, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	p := &program{stdin: strings.NewReader(""), stdout: &stdout, stderr: &stderr, dir: dir, now: time.Now}
	if status := p.run(context.Background(), args); status == exitBroken {
		t.Fatalf("iamvet %s: status %d\n%s", strings.Join(args, " "), status, stderr.String())
	}
	return stdout.String()
}

func scanned(t *testing.T, dir string) []byte {
	t.Helper()
	return []byte(command(t, dir, "scan", "--format", "sarif", "."))
}

// suggested commits the suggestion of each comment alone, which has to come to what
// the fix of one result comes to, one of each.
func suggested(t *testing.T, pr *reviewtest.PullRequest, log []byte, comments []reviewtest.Comment) {
	t.Helper()
	parsed, err := sariftest.Parse(log)
	if err != nil {
		t.Fatal(err)
	}
	wanted := map[string]int{} // by file and text
	for _, result := range parsed.Runs[0].Results {
		one := &sariftest.Log{Runs: []sariftest.Run{{Results: []sariftest.Result{result}}}}
		files, err := sariftest.ApplyAll(one, func(name string) ([]byte, error) { return os.ReadFile(filepath.Join(pr.Dir, name)) })
		if err != nil {
			t.Fatal(err)
		}
		for name, text := range files {
			wanted[name+"\n"+string(text)]++
		}
	}
	for _, c := range comments {
		files, err := pr.Commit(c)
		if err != nil {
			t.Error(err)
		}
		for name, text := range files {
			if wanted[name+"\n"+string(text)] == 0 {
				t.Errorf("%s:%d: the suggestion makes of the file what no fix makes of it:\n%q", c.Path, c.Line, text)
			}
			wanted[name+"\n"+string(text)]--
		}
	}
	for text, n := range wanted {
		if n > 0 {
			t.Errorf("no suggestion for a fix that makes this: %s", text)
		}
	}
}

// together commits all suggestions in one batch, which has to come to what iamvet
// fix makes of the same files.
func together(t *testing.T, pr *reviewtest.PullRequest, comments []reviewtest.Comment) {
	t.Helper()
	files, err := pr.Commit(comments...)
	if err != nil {
		t.Error(err)
	}
	command(t, pr.Dir, "fix", "--yes", "--grade", "narrowing", ".")
	for name, text := range files {
		if fixed, err := os.ReadFile(filepath.Join(pr.Dir, name)); err != nil || !bytes.Equal(fixed, text) {
			t.Errorf("the suggestions make of %s\n%q\niamvet fix\n%q (%v)", name, text, fixed, err)
		}
	}
}

// golden holds what was posted to what the archive says, or writes it there.
func golden(t *testing.T, path string, archive *txtar.Archive, comments []reviewtest.Comment) {
	t.Helper()
	var b strings.Builder
	for _, c := range comments {
		at := fmt.Sprintf("%s:%d", c.Path, c.Line)
		if c.StartLine > 0 {
			at = fmt.Sprintf("%s:%d-%d", c.Path, c.StartLine, c.Line)
		}
		fmt.Fprintf(&b, "## %s\n\n%s\n", at, strings.ReplaceAll(c.Text(), "\r", "␍"))
	}
	for i, f := range archive.Files {
		if f.Name != "comments.md" {
			continue
		}
		if string(f.Data) == b.String() {
			return
		}
		if !*update {
			t.Errorf("posted was\n%s\nwant\n%s", b.String(), f.Data)
			return
		}
		archive.Files = append(archive.Files[:i], archive.Files[i+1:]...)
		break
	}
	if !*update {
		t.Fatalf("no comments.md; posted was\n%s", b.String())
	}
	archive.Files = append(archive.Files, txtar.File{Name: "comments.md", Data: []byte(b.String())})
	if err := os.WriteFile(path, txtar.Format(archive), 0o666); err != nil {
		t.Fatal(err)
	}
}
