package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// nextRule is where the findings of another rule begin.
var nextRule = regexp.MustCompile(`\nIV\d{3} `)

// README.md shows what its first command prints: one finding, and all of it.
// With -update the test writes it there.
func TestReadmeShowsTheRealOutput(t *testing.T) {
	top, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(top, "README.md")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	p := &program{stdin: strings.NewReader(""), stdout: &stdout, stderr: &stderr, dir: top, now: time.Now}
	if status := p.run(context.Background(), []string{"scan", "testdata/quickstart"}); status != exitViolations || stderr.Len() > 0 {
		t.Fatalf("status %d\n%s", status, &stderr)
	}
	_, finding, ok := strings.Cut(stdout.String(), "\nIV102 ")
	next := nextRule.FindStringIndex(finding)
	if !ok || next == nil {
		t.Fatal("the finding that README.md shows is not there, with another rule's behind it")
	}
	finding = finding[:next[0]]
	want := string(b)
	for begin, text := range map[string]string{
		"```console\nIV102 ": finding,
		"```console\n$ go run ./cmd/iamvet scan testdata/quickstart\n": stdout.String(),
	} {
		before, rest, found := strings.Cut(want, begin)
		_, after, closed := strings.Cut(rest, "```\n")
		if !found || !closed {
			t.Fatalf("README.md has no block that begins with %q", begin)
		}
		want = before + begin + text + "```\n" + after
	}
	if want == string(b) {
		return
	}
	if !*update {
		t.Fatalf("README.md shows other output; go test ./cmd/iamvet -update writes this:\n%s", &stdout)
	}
	if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}
