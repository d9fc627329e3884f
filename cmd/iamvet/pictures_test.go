package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// The pictures of the documentation are what the commands draw of the quickstart.
func TestPictures(t *testing.T) {
	for file, args := range map[string][]string{
		"graph.svg": {"graph", "--format", "svg", "testdata/quickstart/identity", "--root", "testdata/quickstart"},
	} {
		dir, err := filepath.Abs("../..")
		if err != nil {
			t.Fatal(err)
		}
		var out, problems bytes.Buffer
		p := &program{stdin: new(bytes.Buffer), stdout: &out, stderr: &problems, dir: dir, now: func() time.Time { return time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC) }}
		if status := p.run(t.Context(), args); status != exitClean {
			t.Fatalf("%v: status %d: %s", args, status, &problems)
		}
		name := filepath.Join(dir, "docs", "pictures", file)
		if *update {
			if err := os.WriteFile(name, out.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		have, err := os.ReadFile(name)
		if err != nil || !bytes.Equal(have, out.Bytes()) {
			t.Errorf("docs/pictures/%s is not what iamvet draws: go test ./cmd/iamvet -run TestPictures -update", file)
		}
	}
}
