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

// docs/quickstart.md shows what its command prints. With -update the test writes it there.
func TestQuickstartShowsTheRealOutput(t *testing.T) {
	top, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(top, "docs", "quickstart.md")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	p := &program{stdin: strings.NewReader(""), stdout: &stdout, stderr: &stderr, dir: top, now: time.Now}
	if status := p.run(context.Background(), []string{"scan", "testdata/quickstart"}); status != exitViolations || stderr.Len() > 0 {
		t.Fatalf("status %d\n%s", status, &stderr)
	}
	want := string(b)
	for begin, text := range map[string]string{
		"```console\n$ go run ./cmd/iamvet scan testdata/quickstart\n": stdout.String(),
	} {
		before, rest, found := strings.Cut(want, begin)
		_, after, closed := strings.Cut(rest, "```\n")
		if !found || !closed {
			t.Fatalf("docs/quickstart.md has no block that begins with %q", begin)
		}
		want = before + begin + text + "```\n" + after
	}
	if want == string(b) {
		return
	}
	if !*update {
		t.Fatalf("docs/quickstart.md shows other output; go test ./cmd/iamvet -update writes this:\n%s", &stdout)
	}
	if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}

// docs/README.md lists every page, and README.md stays one.
func TestDocsAreListed(t *testing.T) {
	index, err := os.ReadFile("../../docs/README.md")
	if err != nil {
		t.Fatal(err)
	}
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil || len(pages) == 0 {
		t.Fatal(err)
	}
	for _, page := range pages {
		if name := filepath.Base(page); name != "README.md" && !bytes.Contains(index, []byte("]("+name+")")) {
			t.Errorf("docs/README.md does not list %s", name)
		}
	}
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	if lines := bytes.Count(readme, []byte("\n")); lines > 100 {
		t.Errorf("README.md has %d lines", lines)
	}
}
