//go:build linux

// Limits are set, and measured, as Linux has them.

package main_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"text/template"
	"time"
	"unicode"

	"golang.org/x/tools/txtar"
)

// An attack is a file of testdata/hostile: what a stranger might put before iamvet, and
// what has to come of it. README.md there says how one is written.
type attack struct {
	what   string // is tried
	kind   string
	setup  []string
	runs   []attackRun
	memory int64         // bytes that a run may have resident
	cpu    time.Duration // that a run may take
	needs  []string      // programs
	grow   []int         // sizes that allocations are compared at; the first is that of the runs
	raw    bool          // what is printed is a patch, whose bytes are those of the file
	files  []txtar.File
}

type attackRun struct {
	args      []string
	stdin     string // a file
	exit      int
	say, hush []string
	writes    []string // the files that are another after it, or new
}

const (
	fewBytes = 300 << 20       // memory that an input may take which says nothing else
	fewTime  = 2 * time.Second // and time
	// canary is in every secret of the inputs, and in no other word.
	canary = "CANARY"
)

// attackAt reads an attack at a size: .N in its text.
func attackAt(name string, size int) (*attack, error) {
	src, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	t, err := template.New(filepath.Base(name)).Delims("⟦", "⟧").Funcs(template.FuncMap{
		"repeat": func(n int, s string) string { return strings.Repeat(s, n) },
		"times":  func(a, b int) int { return a * b },
		"upto": func(n int) []int {
			out := make([]int, n)
			for i := range out {
				out[i] = i
			}
			return out
		},
	}).Parse(string(src))
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := t.Execute(&b, struct{ N int }{size}); err != nil {
		return nil, err
	}
	archive := txtar.Parse(b.Bytes())
	a := &attack{memory: fewBytes, cpu: fewTime, files: archive.Files}
	for line := range strings.Lines(string(archive.Comment)) {
		if err := a.line(strings.TrimSuffix(line, "\n")); err != nil {
			return nil, fmt.Errorf("%q: %w", line, err)
		}
	}
	if a.what == "" || a.kind == "" || len(a.runs) == 0 {
		return nil, fmt.Errorf("an attack says what it tries, of which kind it is, and what is run")
	}
	return a, nil
}

// line reads a line of the head.
func (a *attack) line(line string) (err error) {
	if about, ok := strings.CutPrefix(line, "#"); ok {
		a.what += about
		return nil
	}
	if line == "" {
		return nil
	}
	word, rest, _ := strings.Cut(line, ": ")
	run := &attackRun{}
	if len(a.runs) > 0 {
		run = &a.runs[len(a.runs)-1]
	}
	switch word {
	case "kind":
		a.kind = rest
	case "setup":
		a.setup = append(a.setup, rest)
	case "needs":
		a.needs = strings.Fields(rest)
	case "memory":
		mib, err := strconv.ParseInt(rest, 10, 64)
		a.memory = mib << 20
		return err
	case "cpu":
		a.cpu, err = time.ParseDuration(rest)
	case "grow":
		for _, n := range strings.Fields(rest) {
			size, err := strconv.Atoi(n)
			if err != nil {
				return err
			}
			a.grow = append(a.grow, size)
		}
	case "raw":
		a.raw = true
	case "run":
		a.runs = append(a.runs, attackRun{args: strings.Fields(rest)})
	case "stdin":
		run.stdin = rest
	case "exit":
		run.exit, err = strconv.Atoi(rest)
	case "say":
		run.say = append(run.say, rest)
	case "hush":
		run.hush = append(run.hush, rest)
	case "writes":
		run.writes = strings.Fields(rest)
	default:
		return fmt.Errorf("unknown word %q", word)
	}
	return err
}

// built is iamvet as it is released.
var built = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "iamvet-hostile-")
	if err != nil {
		return "", err
	}
	binary := filepath.Join(dir, "iamvet")
	out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return binary, nil
})

// confined is a command under limits of memory and of time that nothing may come near to,
// and, where namespaces can be had, without a network.
func confined(args ...string) *exec.Cmd {
	args = append([]string{"-c", `ulimit -v 4194304; ulimit -t 30; exec "$@"`, "sh"}, args...)
	if noNetwork() {
		return exec.Command("unshare", append([]string{"--user", "--net", "--", "sh"}, args...)...)
	}
	return exec.Command("sh", args...)
}

var noNetwork = sync.OnceValue(func() bool {
	return exec.Command("unshare", "--user", "--net", "--", "true").Run() == nil
})

// TestHostile runs every attack, with the binary, and holds what comes of it against what
// is expected of it and what is expected of all: README.md lists that.
func TestHostile(t *testing.T) {
	if testing.Short() {
		t.Skip("nothing in it is concurrent")
	}
	binary, err := built()
	if err != nil {
		t.Fatal(err)
	}
	if !noNetwork() {
		t.Log("no namespace without a network can be had here: the tests run with one")
	}
	names, err := filepath.Glob("../../testdata/hostile/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	if least := 120; len(names) < least {
		t.Errorf("%d attacks, want %d at least", len(names), least)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			t.Parallel()
			runAttack(t, binary, name)
		})
	}
}

func runAttack(t *testing.T, binary, name string) {
	a, err := attackAt(name, 1)
	if err == nil && len(a.grow) > 0 {
		a, err = attackAt(name, a.grow[0])
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, program := range a.needs {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip("no " + program + " here")
		}
	}
	dir := a.lay(t)
	for _, run := range a.runs {
		before := contents(t, dir)
		got := a.do(t, binary, dir, run)
		after := contents(t, dir)
		var changed []string
		for file := range after {
			if after[file] != before[file] {
				changed = append(changed, file)
				if slices.Contains(run.writes, file) {
					got.all += after[file]
				}
			}
		}
		for file := range before {
			if _, there := after[file]; !there {
				changed = append(changed, file+" (removed)")
			}
		}
		slices.Sort(changed)
		slices.Sort(run.writes)
		if !slices.Equal(changed, run.writes) {
			t.Errorf("%v: wrote %q, want %q", run.args, changed, run.writes)
		}
		a.judge(t, run, got)
	}
	a.growth(t, binary, name)
}

// lay puts the files of an attack into a directory of their own, and has it set up.
func (a *attack) lay(t *testing.T) string {
	top := t.TempDir()
	dir := filepath.Join(top, "checkout")
	for _, d := range []string{dir, filepath.Join(top, "home"), filepath.Join(top, "outside")} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range a.files {
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, line := range a.setup {
		cmd := exec.Command("sh", "-ec", line)
		cmd.Dir, cmd.Env = dir, a.environment(dir)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v: %s", line, err, out)
		}
	}
	return dir
}

func (a *attack) environment(dir string) []string {
	return []string{"PATH=" + os.Getenv("PATH"), "HOME=" + filepath.Join(filepath.Dir(dir), "home"), "LC_ALL=C.UTF-8",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com",
		"GITHUB_TOKEN=" + canary + "-of-the-runner", "AWS_SECRET_ACCESS_KEY=" + canary + "-of-the-account"}
}

type outcome struct {
	stdout, stderr string
	all            string // with what was written
	exit           int
	cpu            time.Duration
	memory         int64
}

func (a *attack) do(t *testing.T, binary, dir string, run attackRun) outcome {
	args := []string{binary}
	for _, arg := range run.args {
		args = append(args, strings.ReplaceAll(arg, "␠", " "))
	}
	cmd := confined(args...)
	cmd.Dir, cmd.Env = dir, a.environment(dir)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if run.stdin != "" {
		f, err := os.Open(filepath.Join(dir, run.stdin))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		cmd.Stdin = f
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	// Whatever waits for ever: the test has to end all the same.
	stop := time.AfterFunc(40*time.Second, func() { _ = cmd.Process.Kill() })
	defer stop.Stop()
	_ = cmd.Wait()
	usage, _ := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	return outcome{
		stdout: stdout.String(), stderr: stderr.String(), all: stdout.String() + "\n" + stderr.String(), exit: cmd.ProcessState.ExitCode(),
		cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), memory: int64(usage.Maxrss) << 10, // an int32 on some machines
	}
}

var (
	// A runner takes ##[…] for a command anywhere in a line, and ::…:: after blanks.
	command     = regexp.MustCompile(`(?m)##\[|^[ \t]*::`)
	annotations = regexp.MustCompile(`(?m)^::(error|warning|notice)( [^\n:]*)?::.*$`)
)

// judge is what is held against a run of any attack.
func (a *attack) judge(t *testing.T, run attackRun, got outcome) {
	t.Helper()
	said := func() string {
		all := got.all
		if len(all) > 3000 {
			all = all[:1500] + "\n…\n" + all[len(all)-1500:]
		}
		return all
	}
	if got.exit != run.exit {
		t.Errorf("%v: status %d, want %d:\n%s", run.args, got.exit, run.exit, said())
	}
	for _, words := range run.say {
		if !strings.Contains(got.all, words) {
			t.Errorf("%v: does not say %q:\n%s", run.args, words, said())
		}
	}
	for _, words := range append(run.hush, canary, "iamvet crashed (", "goroutine ") {
		if strings.Contains(got.all, words) {
			t.Errorf("%v: says %q:\n%s", run.args, words, said())
		}
	}
	if got.cpu > a.cpu {
		t.Errorf("%v: took %v of CPU, want %v at most", run.args, got.cpu, a.cpu)
	}
	if got.memory > a.memory {
		t.Errorf("%v: took %d MiB, want %d at most", run.args, got.memory>>20, a.memory>>20)
	}
	if a.raw {
		return
	}
	for _, r := range got.all {
		if r != '\n' && r != '\t' && unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			t.Errorf("%v: prints %U:\n%q", run.args, r, said())
			break
		}
	}
	all := got.all
	if slices.ContainsFunc(run.args, func(arg string) bool { return strings.HasPrefix(arg, "github") }) {
		all = annotations.ReplaceAllString(all, "")
	}
	if line := command.FindString(all); line != "" {
		t.Errorf("%v: prints what a runner takes for a command, %q:\n%s", run.args, line, said())
	}
}

var allocated = regexp.MustCompile(`memory: allocated=(\d+)`)

// growth compares what is allocated for inputs of several sizes: an input that is twice
// as large takes no more than twice as much, and a little.
func (a *attack) growth(t *testing.T, binary, name string) {
	if len(a.grow) < 2 {
		return
	}
	measure := func(size int) float64 {
		at, err := attackAt(name, size)
		if err != nil {
			t.Fatal(err)
		}
		run := at.runs[0]
		run.args = append(slices.Clone(run.args), "--debug")
		got := at.do(t, binary, at.lay(t), run)
		m := allocated.FindStringSubmatch(got.stderr)
		if m == nil {
			t.Fatalf("size %d: no allocations are told:\n%s", size, got.stderr)
		}
		bytes, err := strconv.ParseFloat(m[1], 64)
		if err != nil {
			t.Fatal(err)
		}
		return bytes
	}
	base := measure(a.grow[0])
	for _, size := range a.grow[1:] {
		times := float64(size) / float64(a.grow[0])
		if now := measure(size); now > base*times*1.5 {
			t.Errorf("%v: an input %v times as large allocates %.1f times as much", a.runs[0].args, times, now/base)
		}
	}
}

// contents are the files below a directory, and where links lead. What git keeps for
// itself is not looked at.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	top := filepath.Dir(dir)
	err := filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		switch {
		case d.IsDir():
		case d.Type()&fs.ModeSymlink != 0:
			target, err := os.Readlink(path)
			out[name] = "-> " + target
			return err
		case d.Type().IsRegular():
			if info, err := d.Info(); err != nil || info.Size() > 64<<20 {
				out[name] = "large"
				return err
			}
			b, err := os.ReadFile(path)
			out[name] = string(b)
			return err
		default:
			out[name] = d.Type().String()
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
