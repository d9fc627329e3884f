package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

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
	_, finding, _ := strings.Cut(stdout.String(), "\nIV102 ")
	finding, _, ok := strings.Cut(finding, "\nIV105 ")
	if !ok {
		t.Fatal("the findings that README.md shows are not there")
	}
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
