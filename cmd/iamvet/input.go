package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"math"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/iamvet/iamvet/analyzer/aws"
	"github.com/iamvet/iamvet/analyzer/engine"
	"github.com/iamvet/iamvet/analyzer/settings"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/terraform/lang"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
)

// inputFlags are the flags of every command that reads a project.
type inputFlags struct {
	root      string
	config    string
	plans     []string
	states    []string
	exclude   []string
	varFiles  []string
	vars      []string
	workspace string
	account   string
	partition string
	language  string
	empty     bool
	maxSteps  int64
	maxBytes  int64
	timeout   time.Duration
	at        string // of the commands that measure ages; "" is now
	// gate is where the settings of a boundary come from; nil for the boundary itself.
	gate func(boundaryDir string) (fs.FS, error)
	// changes says that files among the arguments are ones that were changed: what they
	// reach is looked at. Else a file stands for its directory.
	changes bool
}

func (f *inputFlags) add(c *cobra.Command) {
	fl := c.Flags()
	fl.StringVar(&f.root, "root", "", "`DIR` that may be read; default: the nearest parent of PATH with .git, else PATH")
	fl.StringVar(&f.config, "config", "", "settings `FILE`; default: the nearest .iamvet.hcl in PATH or above")
	fl.StringArrayVar(&f.plans, "plan", nil, "plan as JSON (terraform show -json): `FILE`, DIR=FILE, or - for standard input; repeatable")
	fl.StringArrayVar(&f.states, "state", nil, "state, raw or as JSON: `FILE` or DIR=FILE; repeatable")
	fl.StringArrayVar(&f.exclude, "exclude", nil, "`GLOB` of directories not to search; repeatable")
	fl.BoolVar(&f.empty, "allow-empty", false, "a PATH without Terraform files is right: no error")
	fl.StringArrayVar(&f.varFiles, "var-file", nil, "`FILE` with values of variables; repeatable")
	fl.StringArrayVar(&f.vars, "var", nil, "`NAME=VALUE` of a variable; repeatable")
	fl.StringVar(&f.workspace, "workspace", "", "`NAME` that terraform.workspace is; unknown by default")
	fl.StringVar(&f.account, "account", "", "12-digit `ID` of the account that the code is for, where no provider says so; unknown by default")
	fl.StringVar(&f.partition, "partition", "", "`NAME` of the partition ("+strings.Join(aws.PartitionNames(), ", ")+"), where no region says so; unknown by default")
	fl.Int64Var(&f.maxSteps, "max-steps", terraform.MaxSteps, "`STEPS` that evaluating all root modules may take together; a scan that takes more is an error")
	fl.Int64Var(&f.maxBytes, "max-bytes", terraform.MaxBytes, "`BYTES` that functions may work over in one root module; what would take more is not evaluated, which is an error")
	fl.DurationVar(&f.timeout, "timeout", 0, "`DURATION`, such as 10m, after which nothing more is evaluated and no fix is tried: an error, beside what was decided; 0 for no end")
	fl.StringVar(&f.language, "language", "", "`NAME` of the language: terraform or opentofu, where no file, plan or state says so")
}

// inputOf is an engine.Input and what only the command needs to know.
type inputOf struct {
	engine.Input
	boundaryDir string
	large       bool // a plan or a state is
}

// shownBoundary is the boundary as reports show it: relative to a working directory
// above it.
func (p *program) shownBoundary(in inputOf) string {
	if rel, err := filepath.Rel(p.dir, in.boundaryDir); err == nil && in.WorkDir == "" && !strings.HasPrefix(rel, "..") {
		return filepath.ToSlash(rel)
	}
	return in.boundaryDir
}

// check reads the flags that have a form of their own.
func (f *inputFlags) check() error {
	if f.account != "" && !settings.IsAccountID(f.account) {
		return fmt.Errorf("--account %s: not an account ID, which has 12 digits", f.account)
	}
	if _, known := aws.PartitionNamed(f.partition); f.partition != "" && !known {
		return fmt.Errorf("--partition %s: not a partition; there are %s", f.partition, strings.Join(aws.PartitionNames(), ", "))
	}
	if _, err := lang.ParseLanguage(f.language); err != nil {
		return fmt.Errorf("--language: %w", err)
	}
	if f.maxSteps < 1 {
		return fmt.Errorf("--max-steps %d: not a number of steps, which is 1 or more", f.maxSteps)
	}
	if f.maxBytes < 1 || f.maxBytes > math.MaxInt64/terraform.RootsOfBytes {
		return fmt.Errorf("--max-bytes %d: not a number of bytes, which is 1 or more and at most %d", f.maxBytes, int64(math.MaxInt64/terraform.RootsOfBytes))
	}
	if f.timeout < 0 {
		return fmt.Errorf("--timeout %v: time does not run backwards", f.timeout)
	}
	for _, glob := range f.exclude {
		if _, err := path.Match(glob, ""); err != nil {
			return fmt.Errorf("--exclude %s: not a glob: %w", glob, err)
		}
	}
	return nil
}

// input turns arguments and flags into what is to be analysed.
func (p *program) input(args []string, f *inputFlags) (in inputOf, err error) {
	in.Version = version()
	if in.Now, err = p.at(f.at); err != nil {
		return in, err
	}
	in.Exclude, in.AllowEmpty, in.MaxSteps = f.exclude, f.empty, f.maxSteps
	in.MaxBytes, in.Timeout = f.maxBytes, f.timeout
	in.Options = terraform.Options{Workspace: f.workspace, Account: f.account, Partition: f.partition, Vars: map[string]string{}}
	in.Recover = !p.debug
	if p.debug {
		in.Log = slog.New(slog.NewTextHandler(p.stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	for _, v := range f.vars {
		name, text, ok := strings.Cut(v, "=")
		if !ok {
			return in, fmt.Errorf("--var %s: write --var NAME=VALUE", v)
		}
		in.Options.Vars[name] = text
	}
	if err := f.check(); err != nil {
		return in, err
	}
	in.Options.Language, _ = lang.ParseLanguage(f.language)
	plans, err := p.evidence(f)
	if err != nil {
		return in, err
	}
	in.large = slices.ContainsFunc(plans, func(e evidenceAt) bool { return e.size > largeEvidence })
	if len(args) == 0 && len(plans) == 0 {
		args = []string{"."}
	}
	var paths []string
	for _, arg := range args {
		abs := p.abs(arg)
		if _, err := os.Stat(abs); err != nil {
			in.Gaps = append(in.Gaps, source.Gap{Kind: source.ErrorGap, File: arg, Reason: cause(err)})
			continue
		}
		paths = append(paths, abs)
	}
	for _, e := range plans {
		if e.dir != "" {
			paths = append(paths, e.dir)
		}
	}
	if len(paths) == 0 {
		if err := p.here(&in, f); err != nil {
			return in, err
		}
		for _, e := range plans {
			if name := within(in.boundaryDir, p.abs(e.Name)); e.Name != stdinName && (in.WorkDir != "." || !filepath.IsAbs(name)) {
				e.Name = name
			}
			in.Plans = append(in.Plans, e.Evidence)
		}
		return in, nil
	}
	return in, p.locate(&in, f, args, paths, plans)
}

// locate finds the boundary and makes every path relative to it.
func (p *program) locate(in *inputOf, f *inputFlags, args, paths []string, plans []evidenceAt) error {
	scanRoot := commonDirectory(paths)
	in.boundaryDir = p.abs(f.root)
	if f.root == "" {
		in.boundaryDir = workspace.FindBoundary(scanRoot)
		// Outside of a repository, what a changed file reaches is looked for from here on.
		here := p.abs(".")
		if f.changes && !workspace.IsRepository(in.boundaryDir) && strings.HasPrefix(scanRoot, here+string(filepath.Separator)) && slices.ContainsFunc(paths, isChange) {
			in.boundaryDir = here
		}
	}
	boundary, err := workspace.OpenBoundary(in.boundaryDir)
	switch {
	case err != nil && f.root == "":
		return fmt.Errorf("%s: %s", in.boundaryDir, cause(err))
	case err != nil:
		return fmt.Errorf("--root %s: %s", f.root, cause(err))
	}
	in.Boundary = boundary
	relative := func(abs string) (string, bool) {
		rel, err := filepath.Rel(in.boundaryDir, abs)
		if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
			return "", false
		}
		return filepath.ToSlash(rel), true
	}
	for i := range in.Gaps { // of paths that do not exist, so far relative to the working directory
		abs := p.abs(in.Gaps[i].File)
		if rel, ok := relative(abs); ok {
			abs = rel
		}
		in.Gaps[i].File = abs
	}
	for _, abs := range paths {
		rel, ok := relative(abs)
		if !ok {
			in.Gaps = append(in.Gaps, source.Gap{Kind: source.ErrorGap, File: abs,
				Reason: fmt.Sprintf("%s lies outside %s, which is what may be read: name a common parent with --root", abs, in.boundaryDir)})
			continue
		}
		if f.changes && isChange(abs) {
			in.Changed = append(in.Changed, rel)
		} else {
			in.Paths = append(in.Paths, rel)
		}
	}
	for _, file := range f.varFiles {
		if _, err := os.Stat(p.abs(file)); err != nil {
			return fmt.Errorf("--var-file %s: %s", file, cause(err))
		}
		rel, ok := relative(p.abs(file))
		if !ok {
			return fmt.Errorf("--var-file %s: lies outside %s, which is what may be read: name a common parent with --root", file, in.boundaryDir)
		}
		in.Options.VarFiles = append(in.Options.VarFiles, rel)
	}
	in.ScanRoot, _ = relative(scanRoot)
	if err := p.addSettings(in, f, boundary.FS, in.ScanRoot); err != nil {
		return err
	}
	in.WorkDir, _ = relative(p.abs("."))
	for _, e := range plans {
		in.Plans = append(in.Plans, p.placed(in, e, args))
	}
	return nil
}

// placed is a plan or state beside the configuration it was made from.
func (p *program) placed(in *inputOf, e evidenceAt, args []string) engine.Evidence {
	if e.Name != stdinName {
		e.Name = within(in.boundaryDir, p.abs(e.Name))
	}
	beside := func(dir string) { e.Dir, e.HasDir = within(in.boundaryDir, dir), true }
	switch {
	case e.dir != "":
		beside(e.dir)
	case len(args) > 0:
		beside(p.abs(args[0]))
		e.Guessed = true
	}
	if path.IsAbs(e.Dir) { // outside
		e.Dir, e.HasDir = "", false
	}
	return e.Evidence
}

func (p *program) abs(path string) string {
	if !filepath.IsAbs(path) {
		path = filepath.Join(p.dir, path)
	}
	path = filepath.Clean(path)
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return path
}

// kinds are the endings of the files that are taken for changes: configuration, and what
// people keep beside it for it to read.
var kinds = []string{".tf", ".tofu", ".tfvars", ".tofuvars", ".json", ".tftpl", ".tpl", ".tmpl", ".yaml", ".yml", ".csv", ".hcl"}

func isChange(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir() && slices.Contains(kinds, filepath.Ext(path))
}

// commonDirectory is the deepest directory that holds all paths; the parent
// where a path is a file.
func commonDirectory(paths []string) string {
	common := ""
	for _, path := range paths {
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			path = filepath.Dir(path)
		}
		if common == "" {
			common = path
			continue
		}
		for common != path && !strings.HasPrefix(path, strings.TrimSuffix(common, string(filepath.Separator))+string(filepath.Separator)) {
			common = filepath.Dir(common)
		}
	}
	return common
}

// evidenceAt is a plan or state and the absolute directory it was named with.
type evidenceAt struct {
	engine.Evidence
	dir  string
	size int64 // 0 where it is not known
}

// largeEvidence is the size from which memory matters more than time.
const largeEvidence = 64 << 20 // bytes

// stdinName stands for standard input among file names.
const stdinName = "-"

// evidence reads the plans and states. One that cannot be read is an error of
// usage; one that can be read and is not a plan is a gap, found later.
func (p *program) evidence(f *inputFlags) ([]evidenceAt, error) {
	var out []evidenceAt
	read := func(arg string, state bool) error {
		e := evidenceAt{Evidence: engine.Evidence{Name: arg}}
		if dir, file, ok := strings.Cut(arg, "="); ok {
			if info, err := os.Stat(p.abs(dir)); err == nil && info.IsDir() {
				e.dir, e.Name = p.abs(dir), file
			}
		}
		text := p.stdin
		if e.Name == stdinName {
			var err error
			if text, err = fromHere(text); err != nil {
				return err
			}
		} else {
			f, err := p.open(e.Name)
			if err != nil {
				return err
			}
			info, err := f.Stat()
			if err == nil && info.IsDir() {
				f.Close()
				return errors.New("a directory; write DIR=FILE, or the FILE alone")
			}
			if err == nil {
				e.size = info.Size()
			}
			text = f // stays open: values are read when rules ask for them
		}
		e.Read = engine.ReadOnce(text, state)
		out = append(out, e)
		return nil
	}
	for _, arg := range f.plans {
		if err := read(arg, false); err != nil {
			return nil, fmt.Errorf("--plan %s: %s", arg, cause(err))
		}
	}
	for _, arg := range f.states {
		if err := read(arg, true); err != nil {
			return nil, fmt.Errorf("--state %s: %s", arg, cause(err))
		}
	}
	return out, nil
}

// fromHere is what is left of standard input.
func fromHere(stdin io.Reader) (io.Reader, error) {
	if f, ok := stdin.(*os.File); ok {
		if at, err := f.Seek(0, io.SeekCurrent); err == nil { // no pipe, and no terminal
			return io.NewSectionReader(f, at, math.MaxInt64-at), nil
		}
	}
	begun := bufio.NewReader(stdin)
	if _, err := begun.Peek(1); err != nil && err != io.EOF {
		return nil, err
	}
	return begun, nil
}
