// Command bench measures iamvet scan against what any such program has to do at
// least: start, read the files, parse them. It makes the files that it measures
// with, always the same ones, and prints tables in Markdown.
//
//	go run ./scripts/bench                      # everything: minutes, and 500 MB of disk
//	go run ./scripts/bench -case dense,sparse   # some of it
//	go run ./scripts/bench -base ../iamvet-old  # another build beside this one
//	go run ./scripts/bench -write DIR           # only make the files, a directory for each case
//	go run ./scripts/bench -into docs/performance.md
//
// All that is compared runs in turn, each in a process of its own, so that what
// disturbs the machine disturbs all of it.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

func main() {
	b := bench{out: os.Stdout}
	names := make([]string, 0, 16)
	for _, c := range casesOf(sizes["full"]) {
		names = append(names, c.name)
	}
	only := flag.String("case", strings.Join(names, ","), "the `CASES` to measure")
	flag.StringVar(&b.size, "size", "full", "full or small")
	flag.IntVar(&b.rounds, "n", 5, "`ROUNDS`, of which the medians are taken")
	flag.IntVar(&b.procs, "procs", 2, "`CORES` that each process may use")
	flag.StringVar(&b.binary, "binary", "", "iamvet `FILE` to measure; this tree's by default")
	flag.StringVar(&b.base, "base", "", "`FILE` of another iamvet, to measure as well")
	into := flag.String("into", "", "write the results to the end of `FILE`, over those that are there")
	write := flag.String("write", "", "make the files below `DIR`, and measure nothing")
	work := flag.String("work", "", "used by this program itself: do this with the files below the working directory")
	said := flag.Bool("summary", false, "used by this program itself: say what the scan looks at that the arguments are")
	flag.Parse()
	b.only = strings.Split(*only, ",")
	var err error
	switch {
	case *said:
		err = summary(flag.Args())
	case flag.NArg() > 0:
		err = fmt.Errorf("%s: no arguments are taken, see -help", flag.Arg(0))
	case *work != "":
		err = doWork(".", *work)
	case *write != "":
		err = b.write(*write)
	case *into != "":
		err = b.runInto(*into)
	default:
		err = b.run()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// bench is one call of this program.
type bench struct {
	out          io.Writer
	only         []string // names of cases
	size         string
	rounds       int
	procs        int
	binary, base string
}

// cases are those that are asked for.
func (b *bench) cases() ([]benchCase, error) {
	s, ok := sizes[b.size]
	if !ok {
		return nil, fmt.Errorf("-size %s: full or small", b.size)
	}
	all := casesOf(s)
	for _, name := range b.only {
		if !slices.ContainsFunc(all, func(c benchCase) bool { return c.name == name }) {
			return nil, fmt.Errorf("-case %s: no such case", name)
		}
	}
	return slices.DeleteFunc(all, func(c benchCase) bool { return !slices.Contains(b.only, c.name) }), nil
}

// write makes the files of all cases.
func (b *bench) write(dir string) error {
	cases, err := b.cases()
	if err != nil {
		return err
	}
	for _, c := range cases {
		if err := c.write(filepath.Join(dir, c.name)); err != nil {
			return err
		}
	}
	return nil
}

// run measures. Cases are made and removed one by one, so that the disk holds one.
func (b *bench) run() error {
	if b.rounds < 1 || b.procs < 1 {
		return fmt.Errorf("-n and -procs are 1 or more")
	}
	cases, err := b.cases()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "iamvet-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if b.binary == "" {
		if b.binary, err = build(dir); err != nil {
			return err
		}
	}
	for _, binary := range []*string{&b.binary, &b.base} {
		if *binary == "" {
			continue
		}
		if *binary, err = filepath.Abs(*binary); err != nil {
			return err
		}
	}
	fmt.Fprintf(b.out, "%s/%s, %d CPUs of which %d are used, %s, median of %d.\n\n", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), b.procs, runtime.Version(), b.rounds)
	results := map[string]*result{}
	var tables bytes.Buffer
	for _, c := range cases {
		r, err := b.measure(filepath.Join(dir, c.name), c)
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		r.table(&tables)
		fmt.Fprintln(os.Stderr, "bench:", c.name)
		results[c.name] = r
		if err := os.RemoveAll(filepath.Join(dir, c.name)); err != nil {
			return err
		}
	}
	targets(b.out, results, sizes[b.size])
	_, err = b.out.Write(tables.Bytes())
	return err
}

// mark is the line of a document behind which results stand.
const mark = "<!-- go run ./scripts/bench -into docs/performance.md writes what follows -->\n"

// runInto measures and writes the results into a document.
func (b *bench) runInto(name string) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	before, _, found := strings.Cut(string(text), mark)
	if !found {
		return fmt.Errorf("%s: it has no line %q", name, strings.TrimSpace(mark))
	}
	var results bytes.Buffer
	b.out = &results
	if err := b.run(); err != nil {
		return err
	}
	return os.WriteFile(name, []byte(before+mark+"\n"+strings.TrimRight(results.String(), "\n")+"\n"), 0o644)
}

// measure makes a case and measures it. A process of its own makes it: see peakOf.
func (b *bench) measure(dir string, c benchCase) (*result, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	if out, err := exec.Command(self, "-size", b.size, "-case", c.name, "-write", filepath.Dir(dir)).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("making the files: %w: %s", err, out)
	}
	if c.committed {
		if err := commit(dir); err != nil {
			return nil, err
		}
	}
	flags := c.flags
	if len(flags) == 0 {
		flags = []string{"."}
	}
	scan := slices.Concat([]string{"scan", "--root", ".", "--fail-on", "none"}, flags)
	r := &result{benchCase: c}
	add := func(name string, procs int, noisy string, command ...string) {
		r.contestants = append(r.contestants, &contestant{name: name, command: command, procs: procs, noisy: noisy})
	}
	add(scanName, b.procs, "--debug", slices.Concat([]string{b.binary}, scan)...)
	if b.base != "" {
		add("the other iamvet", b.procs, "--debug", slices.Concat([]string{b.base}, scan)...)
	}
	for _, rival := range c.rivals {
		switch {
		case rival.one:
			add(rival.name, 1, "--debug", r.contestants[0].command...)
		case len(rival.git) > 0:
			add(rival.name, b.procs, "", slices.Concat([]string{"git"}, rival.git)...)
		case rival.work != "":
			add(rival.name, b.procs, "", self, "-work", rival.work)
		default:
			add(rival.name, b.procs, "", slices.Concat([]string{b.binary}, rival.args)...)
		}
	}
	say := exec.Command(self, slices.Concat([]string{"-summary"}, r.contestants[0].command)...)
	say.Dir, say.Stderr = dir, os.Stderr
	said, err := say.Output()
	if err != nil {
		return nil, err
	}
	r.said = string(said)
	return r, measure(dir, r.contestants, b.rounds*max(1, c.repeats))
}

// commit makes a repository of a directory, of whatever git knows nothing but that.
func commit(dir string) error {
	for _, args := range [][]string{{"init", "-q"}, {"add", "-A"}, {"-c", "user.name=bench", "-c", "user.email=bench@example.com", "commit", "-q", "-m", "All"}} {
		cmd := exec.Command("git", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("git %s: %w: %s", args[0], err, out)
		}
	}
	return nil
}

// summary prints what a scan says that it looked at. Reports are large, so a process of
// its own reads them: see peakOf.
func summary(scan []string) error {
	cmd := exec.Command(scan[0], slices.Concat(scan[1:], []string{"--format", "json"})...)
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("scanning: %w", err)
	}
	var report struct {
		Summary  struct{ Files, Roots, Resources, Gaps int }
		Findings []struct{ Fixes []struct{} }
	}
	if err := json.Unmarshal(out, &report); err != nil {
		return fmt.Errorf("reading the report: %w", err)
	}
	fixes := 0
	for _, f := range report.Findings {
		fixes += len(f.Fixes)
	}
	s := report.Summary
	fmt.Printf("%d files, %d root modules, %d resources of identity, %d findings, %d fixes, %d gaps.", s.Files, s.Roots, s.Resources, len(report.Findings), fixes, s.Gaps)
	return nil
}
