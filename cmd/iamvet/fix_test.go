package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// However a file ends its lines, itself or its name, and whoever may read it: it is
// fixed in its own way, git makes the same of the diff, and a second run changes
// nothing.
func TestFixKeepsFilesAsTheyAre(t *testing.T) {
	git, err := exec.LookPath("git")
	if err != nil {
		t.Skip("git is not on this machine")
	}
	const block = "resource \"aws_iam_access_key\" \"root\" {\n  user = \"root\"\n}\n"
	const fixed = "resource \"aws_iam_access_key\" \"root\" {\n  user   = \"root\"\n  status = \"Inactive\"\n}\n"
	const json = `{"resource": {"aws_iam_access_key": {"root": {"user": "root"}}}}`
	crlf := func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }
	for _, test := range []struct {
		name, file, text, want string
		mode                   os.FileMode
	}{
		{"private", "main.tf", block, fixed, 0o600},
		{"read-only", "main.tf", block, fixed, 0o444},
		{"CRLF", "main.tf", crlf(block), crlf(fixed), 0o644},
		{"no final newline", "main.tf", strings.TrimSuffix(block, "\n"), strings.TrimSuffix(fixed, "\n"), 0o644},
		{"CRLF, no final newline", "main.tf", crlf(strings.TrimSuffix(block, "\n")), crlf(strings.TrimSuffix(fixed, "\n")), 0o644},
		{"one line", "main.tf", `resource "aws_iam_access_key" "root" { user = "root" }`, strings.TrimSuffix(fixed, "\n"), 0o644},
		{"byte order mark", "main.tf", "\ufeff" + block, "\ufeff" + fixed, 0o644},
		{"trailing blanks", "main.tf", block + " \n\t\n", fixed + " \n\t\n", 0o644},
		{"JSON", "main.tf.json", json, strings.Replace(json, `"root"}`, `"root", "status": "Inactive"}`, 1), 0o644},
		{"a blank in its name", "the root.tf", block, fixed, 0o644},
		{"more than ASCII in its name", "clés.tf", block, fixed, 0o644},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir, patched := t.TempDir(), t.TempDir()
			for _, d := range []string{dir, patched} {
				if err := os.WriteFile(filepath.Join(d, test.file), []byte(test.text), test.mode); err != nil {
					t.Fatal(err)
				}
			}
			cmd := exec.Command(git, "apply", "-")
			cmd.Dir = patched
			cmd.Env = append(os.Environ(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(patched), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1")
			cmd.Stdin = strings.NewReader(command(t, dir, "fix", "--diff", "--grade", "narrowing", "."))
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("git apply: %v\n%s", err, out)
			}
			holds(t, patched, map[string]string{test.file: test.want})
			for range 2 {
				command(t, dir, "fix", "--yes", "--grade", "narrowing", ".")
				holds(t, dir, map[string]string{test.file: test.want})
			}
			if info, err := os.Stat(filepath.Join(dir, test.file)); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != test.mode {
				t.Errorf("its mode is %v (%v), want %v", info.Mode(), err, test.mode)
			}
		})
	}
}

// Three roles, the first two of which share the text of their policy.
const roles = `resource "aws_iam_role" "shared" {
  for_each = toset(["a", "b"])

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = ["arn:aws:iam::111122223333:user/dev", "arn:aws:iam::111122223333:user/ops"] } }]
  })
}

resource "aws_iam_role" "last" {
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = ["arn:aws:iam::444455556666:user/dev", "arn:aws:iam::444455556666:user/ops"] } }]
  })
}
`

// asked runs fix on a terminal where stdin is typed, and is what it said there
// and what it left in the file.
func asked(t *testing.T, ctx context.Context, stdin io.Reader) (said, text string, status int) {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "main.tf")
	if err := os.WriteFile(path, []byte(roles), 0o644); err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	p := &program{stdin: stdin, stdout: io.Discard, stderr: &stderr, stdinTerminal: true, stderrTerminal: true, dir: dir, now: time.Now}
	status = p.run(ctx, []string{"fix", "--grade", "narrowing", "."})
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return stderr.String(), string(b), status
}

// One text is asked about once, though two roles have it.
func TestFixAsks(t *testing.T) {
	for _, test := range []struct {
		typed        string
		asked        int
		shared, last bool
		status       int
	}{
		{"y\ny\n", 2, true, true, exitClean},
		{"y\nn\n", 2, true, false, exitViolations},
		{"n\nY\n", 2, false, true, exitViolations},
		{"a\n", 1, true, true, exitClean},
		{"n\na\n", 2, false, true, exitViolations},
		{"y\nq\n", 2, true, false, exitViolations},
		{"q\n", 1, false, false, exitViolations},
		{"\nwhat\n", 2, false, false, exitViolations},
		{"y\n", 2, false, false, exitBroken}, // the input ends
	} {
		said, text, status := asked(t, t.Context(), strings.NewReader(test.typed))
		first, last, _ := strings.Cut(text, `"last"`)
		fixed := func(s string) bool { return strings.Contains(s, "RoleSessionName") }
		if n := strings.Count(said, "Apply?"); n != test.asked || fixed(first) != test.shared || fixed(last) != test.last || status != test.status {
			t.Errorf("%q: asked %d times, status %d, left\n%s\n%s", test.typed, n, status, text, said)
		}
	}
}

// editor is somebody who edits a file while a question stands, and then says yes.
type editor struct{ path, text string }

func (e *editor) Read(b []byte) (int, error) {
	if err := os.WriteFile(e.path, []byte(e.text), 0o644); err != nil {
		return 0, err
	}
	return copy(b, "a\n"), nil
}

func TestFixOfAFileThatChangesMeanwhile(t *testing.T) {
	dir := t.TempDir()
	mine := &editor{filepath.Join(dir, "main.tf"), "# mine\n" + roles}
	for name, text := range map[string]string{"main.tf": roles, "other.tf": strings.ReplaceAll(roles, "aws_iam_role\" \"", "aws_iam_role\" \"other_")} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var stderr bytes.Buffer
	p := &program{stdin: mine, stdout: io.Discard, stderr: &stderr, stdinTerminal: true, stderrTerminal: true, dir: dir, now: time.Now}
	if status := p.run(t.Context(), []string{"fix", "--grade", "narrowing", "."}); status != exitBroken || !strings.Contains(stderr.String(), "main.tf changed while iamvet ran: nothing was written") {
		t.Errorf("status %d: %s", status, stderr.String())
	}
	holds(t, dir, map[string]string{"main.tf": mine.text, "other.tf": strings.ReplaceAll(roles, "aws_iam_role\" \"", "aws_iam_role\" \"other_")})
}

// A question is no reason not to end.
func TestFixInterruptedWhileItAsks(t *testing.T) {
	typed, keyboard := io.Pipe()
	defer keyboard.Close()
	ctx, interrupt := context.WithCancel(t.Context())
	go func() {
		_, _ = keyboard.Write([]byte("y\n")) // read, so that the second question stands
		interrupt()
	}()
	said, text, status := asked(t, ctx, typed)
	if status != exitBroken || text != roles || !strings.HasSuffix(said, "iamvet: interrupted\n") {
		t.Errorf("status %d, left\n%s\n%s", status, text, said)
	}
}

// A question mark at the prompt is answered, and asked again.
func TestFixSaysWhatTheAnswersDo(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main.tf"), []byte("resource \"aws_iam_access_key\" \"root\" {\n  user = \"root\"\n}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	p := &program{stdin: strings.NewReader("?\nn\n"), stdout: io.Discard, stderr: &stderr, stdinTerminal: true, stderrTerminal: true, columns: 60, dir: dir, now: time.Now}
	p.run(context.Background(), []string{"fix", "--grade", "narrowing"})
	said := stderr.String()
	if strings.Count(said, "Apply?") != 2 || !strings.Contains(said, "y  apply this one") || !strings.Contains(said, "iamvet explain IV101") {
		t.Errorf("said was\n%s", said)
	}
	for _, line := range strings.Split(said, "\n") {
		if strings.HasPrefix(line, "'aws_iam_access_key.root'") && len(line) > 60 {
			t.Errorf("a line of %d columns: %s", len(line), line)
		}
	}
}
