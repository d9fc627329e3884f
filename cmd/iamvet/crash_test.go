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

// crashingInput is standard input that nobody survives.
type crashingInput struct{}

func (crashingInput) Read([]byte) (int, error) { panic("hunter2") }

// A crash is no trace of Go, whatever the command: it asks for a report. With --debug
// it passes through.
func TestCrashesOfCommands(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "p.json"), []byte(`{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}`), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, args := range []string{"scan --plan -", "fix --yes --plan - .", "inspect --plan -", "org --plan -", "eval --policy p.json", "audit -"} {
		var out, errs bytes.Buffer
		p := &program{stdin: crashingInput{}, stdout: &out, stderr: &errs, dir: dir, now: time.Now}
		if status := p.run(context.Background(), strings.Fields(args)); status != exitBroken {
			t.Errorf("%s: exit status %d", args, status)
		}
		if text := errs.String(); !strings.Contains(text, "crashingInput.Read, crash_test.go:") || strings.Contains(text, "goroutine") || strings.Contains(text, "hunter2") {
			t.Errorf("%s: %s", args, text)
		}
		func() {
			defer func() {
				if recover() != "hunter2" {
					t.Errorf("%s --debug does not let the crash through", args)
				}
			}()
			p.run(context.Background(), strings.Fields(args+" --debug"))
		}()
	}
}
