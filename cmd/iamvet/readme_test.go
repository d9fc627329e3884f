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

// README.md shows what its first command prints. With -update the test writes
// it there.
func TestReadmeShowsTheRealOutput(t *testing.T) {
	top, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	const command = "```console\n$ go run ./cmd/iamvet scan testdata/quickstart\n"
	path := filepath.Join(top, "README.md")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(b), command)
	shown, after, closed := strings.Cut(rest, "```\n")
	if !found || !closed {
		t.Fatal("README.md does not show the command")
	}

	var stdout, stderr bytes.Buffer
	p := &program{stdin: strings.NewReader(""), stdout: &stdout, stderr: &stderr, dir: top, now: time.Now}
	if status := p.run(context.Background(), []string{"scan", "testdata/quickstart"}); status != exitViolations || stderr.Len() > 0 {
		t.Fatalf("status %d\n%s", status, &stderr)
	}
	if shown == stdout.String() {
		return
	}
	if !*update {
		t.Fatalf("README.md shows other output; go test ./cmd/iamvet -update writes this:\n%s", &stdout)
	}
	if err := os.WriteFile(path, []byte(before+command+stdout.String()+"```\n"+after), 0o644); err != nil {
		t.Fatal(err)
	}
}
