// Package reviewtest is a pull request without GitHub: a repository on disk
// whose newest commit is the change, and on loopback as much of the review API as
// reviewdog talks to. It takes comments only where GitHub takes them, and commits
// suggestions as GitHub commits them.
package reviewtest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// PullRequest is a change of a repository.
type PullRequest struct {
	// Dir is the working directory of the repository, with the change.
	Dir string

	diff   string
	commit string
	// hunks is, by path and line of the changed file, the hunk that shows the line.
	hunks map[string]map[int]int
}

// Open makes a repository that holds base, and a pull request that makes it head:
// the texts of all files by their paths.
func Open(t testing.TB, base, head map[string][]byte) *PullRequest {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	p := &PullRequest{Dir: dir}
	p.git(t, "init", "--quiet")
	p.write(t, base)
	first := p.record(t)
	for path := range base {
		if err := os.Remove(filepath.Join(dir, filepath.FromSlash(path))); err != nil {
			t.Fatal(err)
		}
	}
	p.write(t, head)
	p.commit = p.record(t)
	p.diff = p.git(t, "diff", "--find-renames", first, p.commit)
	p.hunks = hunks(t, p.diff)
	return p
}

// Find is where reviewdog is. A test that wants it is skipped where it is not.
func Find(t testing.TB) string {
	t.Helper()
	path, err := exec.LookPath("reviewdog")
	if err != nil {
		t.Skip("reviewdog is not on this machine: scripts/reviewdog.sh installs it")
	}
	return path
}

func (p *PullRequest) write(t testing.TB, files map[string][]byte) {
	t.Helper()
	for path, text := range files {
		full := filepath.Join(p.Dir, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(full), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, text, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// record commits everything as it is and says under which name.
func (p *PullRequest) record(t testing.TB) string {
	t.Helper()
	p.git(t, "add", "--all", "--force")
	p.git(t, "-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "--quiet", "--allow-empty", "--message", "Change")
	return strings.TrimSpace(p.git(t, "rev-parse", "HEAD"))
}

func (p *PullRequest) git(t testing.TB, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "core.autocrlf=false", "-c", "core.safecrlf=false"}, args...)...)
	cmd.Dir = p.Dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, stderr.String())
	}
	return string(out)
}

var hunkHeader = regexp.MustCompile(`^@@ -\d+(?:,\d+)? \+(\d+)(?:,\d+)? @@`)

// hunks numbers the hunks of a diff, by the lines of the changed files that they show.
func hunks(t testing.TB, diff string) map[string]map[int]int {
	t.Helper()
	out := map[string]map[int]int{}
	path, line, n := "", 0, 0
	for text := range strings.Lines(diff) {
		text = strings.TrimRight(text, "\r\n")
		switch m := hunkHeader.FindStringSubmatch(text); {
		case strings.HasPrefix(text, "diff "):
			path, line = "", 0
		case line == 0 && strings.HasPrefix(text, "+++ "):
			path = strings.TrimPrefix(strings.TrimSuffix(strings.Trim(text[len("+++ "):], `"`), "\t"), "b/")
			out[path] = map[int]int{}
		case m != nil:
			line, _ = strconv.Atoi(m[1])
			n++
		case line > 0 && (strings.HasPrefix(text, "+") || strings.HasPrefix(text, " ")):
			out[path][line] = n
			line++
		}
	}
	return out
}

// shows is nil when the diff shows the lines of a comment in one hunk, which is
// what GitHub asks of it.
func (p *PullRequest) shows(c Comment) error {
	lines, changed := p.hunks[c.Path]
	first := c.first()
	switch {
	case !changed:
		return fmt.Errorf("%s is not part of the pull request", c.Path)
	case c.SubjectType == "file":
		return nil
	case c.Side != "RIGHT" || c.StartLine > 0 && (c.StartSide != "RIGHT" || c.StartLine >= c.Line):
		return fmt.Errorf("%s:%d-%d: not a range of the changed file", c.Path, c.StartLine, c.Line)
	case lines[first] == 0 || lines[first] != lines[c.Line]:
		return fmt.Errorf("%s:%d-%d: not in one hunk of the diff", c.Path, first, c.Line)
	}
	return nil
}
