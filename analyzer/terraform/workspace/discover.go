package workspace

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer/cores"
	"github.com/iamvet/iamvet/analyzer/glob"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform/lang"
)

// neverSearched are directories in which nobody keeps root modules of their
// own. Modules in them are analysed through their callers.
var neverSearched = map[string]bool{".git": true, ".terraform": true, ".terragrunt-cache": true, "node_modules": true}

// demonstrations are directories whose modules only show how to call others.
var demonstrations = map[string]bool{"examples": true, "test": true, "tests": true, "fixtures": true}

// FoundRoot is a root module that FindRoots found.
type FoundRoot struct {
	Dir string // relative to the boundary
	// Label and VarFiles come from the project's settings: one directory
	// evaluated once per environment.
	Label    string
	VarFiles []string
}

// Search is what to look for root modules in, and how.
type Search struct {
	// Paths are relative to the boundary, and may be files.
	Paths []string
	// Exclude are globs of directories, relative to the boundary or to the path that
	// is searched.
	Exclude  []string
	Language lang.Language
	// Calls says which directories with configuration call which others, directly and
	// through others, when dir is evaluated as a root. It is asked where the source of
	// a module is worked out: what these call may depend on what they are given, which
	// only an evaluation tells.
	Calls func(dir string, found func(caller, callee string))
	// Attempt, where it is not nil, does what it is given for a directory, and says
	// whether that came to its end: else the directory is left out. It is called for
	// several at a time.
	Attempt func(dir string, do func()) bool
}

// FindRoots finds the root modules at and below the paths: every directory with
// configuration that no other one calls as a local module, and those that only
// examples and tests call. What .gitignore names is not searched, unless it is
// one of the paths.
func (b *Boundary) FindRoots(ctx context.Context, in Search) ([]FoundRoot, []source.Gap) {
	if in.Attempt == nil {
		in.Attempt = func(_ string, do func()) bool { do(); return true }
	}
	s := &search{ctx: ctx, b: b, in: in, seen: map[string]bool{}, ignores: map[string]*ignoreRules{}}
	for _, p := range in.Paths {
		s.start(p)
	}
	if err := ctx.Err(); err != nil {
		s.gaps = append(s.gaps, source.Gap{Kind: source.ErrorGap, Reason: "the search for root modules was stopped: " + err.Error()})
	}
	if n := len(s.unseen); n > 0 {
		what := "1 directory with configuration is"
		if n > 1 {
			what = fmt.Sprintf("%d directories with configuration are", n)
		}
		s.gaps = append(s.gaps, source.Gap{Kind: source.LimitGap, File: s.unseen[0],
			Reason: what + " not searched, by .gitignore: " + strings.Join(s.unseen[:min(n, 3)], ", ")})
	}
	if s.tests > maxIgnoreTests {
		s.gaps = append(s.gaps, source.Gap{Kind: source.LimitGap, Reason: fmt.Sprintf("the rules of .gitignore with wildcards take more than %d comparisons: from there on they hide nothing", maxIgnoreTests)})
	}
	if len(s.units) > 0 {
		slices.Sort(s.units)
		s.gaps = append(s.gaps, unread(s.units))
	}
	slices.Sort(s.dirs)
	var roots []FoundRoot
	for _, dir := range s.uncalled(s.calls()) {
		roots = append(roots, FoundRoot{Dir: dir})
	}
	return roots, s.gaps
}

type search struct {
	ctx     context.Context
	b       *Boundary
	in      Search
	seen    map[string]bool
	dirs    []string // with configuration
	ignores map[string]*ignoreRules
	tests   int // of rules with wildcards
	gaps    []source.Gap
	// reached are the directories with configuration at and below the path that is
	// searched, and hidden those below it that were not searched, by why.
	reached int
	hidden  map[string][]string
	// unseen are directories with configuration, in them or below, that .gitignore hides.
	unseen []string
	looked int      // directories that were looked into for it
	units  []string // directories of Terragrunt, with what is not read
	// link is told of the symbolic links that are met, and where they lead; nil where
	// nobody asks.
	link func(name, target string)
}

// start searches one path of the command line.
func (s *search) start(p string) {
	resolved, gap := s.b.Resolve(p)
	if gap != nil {
		gap.Kind = source.ErrorGap
		s.gaps = append(s.gaps, *gap)
		return
	}
	if !s.b.IsDir(resolved) {
		if _, gap := s.b.File(resolved); gap != nil {
			gap.Kind = source.ErrorGap
			s.gaps = append(s.gaps, *gap)
			return
		}
		s.add(path.Dir(resolved))
		return
	}
	s.reached, s.hidden = 0, map[string][]string{}
	gaps := len(s.gaps)
	s.walk(resolved, resolved, 0)
	if s.reached == 0 && len(s.gaps) == gaps && s.ctx.Err() == nil {
		s.gaps = append(s.gaps, source.Gap{Kind: source.ErrorGap, File: resolved, Reason: s.nothing(resolved), Class: NothingThere})
	}
}

// terragruntFile makes a directory a unit of Terragrunt: a module called with inputs
// that Terraform's own files do not have.
const terragruntFile = "terragrunt.hcl"

func unread(units []string) source.Gap {
	what := "1 Terragrunt unit is"
	if n := len(units); n > 1 {
		what = fmt.Sprintf("%d Terragrunt units, of which this is the first, are", n)
	}
	return source.Gap{Kind: source.LimitGap, File: path.Join(units[0], terragruntFile),
		Reason: what + " not read: what their inputs make is only in their plans, see `terragrunt run --all --json-out-dir DIR plan` and --plan"}
}

// nothing says what was looked for and not found. That is no clean bill: a path
// that was moved or hidden would pass for ever.
func (s *search) nothing(dir string) string {
	if why := s.b.Submodule(dir); why != "" {
		return "there is nothing to look at here: " + why
	}
	out := "there is nothing to look at here: no .tf, .tofu, .tf.json or .tofu.json file in this directory or below"
	for _, why := range slices.Sorted(maps.Keys(s.hidden)) {
		dirs := s.hidden[why]
		out += "; not searched, by " + why + ": " + strings.Join(dirs[:min(len(dirs), 3)], ", ")
		if n := len(dirs) - 3; n > 0 {
			out += fmt.Sprintf(" and %d more", n)
		}
	}
	return out + "; --allow-empty where that is right"
}

// add notes a directory if it holds configuration.
func (s *search) add(dir string) {
	if s.seen[dir] {
		return
	}
	s.seen[dir] = true
	plain, overrides := s.b.configFiles(dir, s.in.Language)
	if len(plain)+len(overrides) > 0 {
		s.dirs = append(s.dirs, dir)
		s.reached++
	}
}

func (s *search) walk(top, dir string, depth int) {
	if s.seen[dir] {
		s.reached++ // by a path before
		return
	}
	if s.ctx.Err() != nil {
		return
	}
	if depth > 200 {
		s.gaps = append(s.gaps, source.Gap{Kind: source.ErrorGap, File: dir, Reason: dir + " is too deep to search"})
		return
	}
	s.add(dir)
	entries, ok := s.b.List(dir)
	if !ok {
		s.gaps = append(s.gaps, source.Gap{Kind: source.ErrorGap, File: dir, Reason: dir + " cannot be listed"})
		return
	}
	for _, e := range entries {
		name := path.Join(dir, e.Name())
		if e.Name() == terragruntFile && !e.IsDir() {
			s.units = append(s.units, dir)
		}
		if e.Type()&fs.ModeSymlink != 0 {
			name = s.linked(top, name)
		} else if !e.IsDir() {
			continue
		}
		switch {
		case name == "" || neverSearched[e.Name()]:
			continue
		case s.excluded(top, name):
			s.hide("exclude", top, name)
			continue
		case s.ignored(name):
			s.hide(".gitignore", top, name)
			if s.holdsConfiguration(name, 0) {
				s.unseen = append(s.unseen, name)
			}
			continue
		}
		s.walk(top, name, depth+1)
	}
}

// maxLooked is how many entries of hidden directories are looked at: a cache may be one.
const maxLooked = 100_000

// holdsConfiguration says that configuration lies in a directory or not far below it.
func (s *search) holdsConfiguration(dir string, depth int) bool {
	plain, overrides := s.b.configFiles(dir, s.in.Language)
	if len(plain)+len(overrides) > 0 {
		return true
	}
	entries, _ := s.b.List(dir)
	for _, e := range entries {
		if s.looked++; s.looked > maxLooked {
			return false
		}
		if e.IsDir() && depth < 3 && !neverSearched[e.Name()] && s.holdsConfiguration(path.Join(dir, e.Name()), depth+1) {
			return true
		}
	}
	return false
}

func (s *search) hide(why, top, name string) {
	s.hidden[why] = append(s.hidden[why], strings.TrimPrefix(name, top+"/"))
}

// linked is the directory that a symlink leads to; "" when there is none to
// search: one around the path that is searched is no part of it.
func (s *search) linked(top, name string) string {
	resolved, gap := s.b.Resolve(name)
	if gap == nil && s.link != nil {
		s.link(name, resolved)
	}
	if gap != nil || !s.b.IsDir(resolved) || resolved == "." || strings.HasPrefix(top+"/", resolved+"/") {
		return ""
	}
	return resolved
}

func (s *search) excluded(top, dir string) bool {
	rel := strings.TrimPrefix(strings.TrimPrefix(dir, top), "/")
	for _, pattern := range s.in.Exclude {
		pattern = strings.TrimSuffix(strings.TrimPrefix(pattern, "./"), "/")
		pattern = strings.TrimSuffix(pattern, "/**")
		if glob.Match(pattern, dir) || glob.Match(pattern, rel) || !strings.Contains(pattern, "/") && glob.Match(pattern, path.Base(dir)) {
			return true
		}
	}
	return false
}

// uncalled are the roots among the directories with configuration.
func (s *search) uncalled(calls *calls) []string {
	dirs := s.dirs
	reached := map[string]bool{}
	var reach func(dir string)
	reach = func(dir string) {
		if !reached[dir] {
			reached[dir] = true
			for _, c := range calls.callees[dir] {
				reach(c)
			}
		}
	}
	var roots []string
	for _, dir := range dirs {
		if !slices.ContainsFunc(calls.callers[dir], func(caller string) bool { return !demonstrates(caller, dir) }) {
			roots = append(roots, dir)
			reach(dir)
		}
	}
	for _, dir := range dirs { // modules that call each other in a circle
		if !reached[dir] {
			roots = append(roots, dir)
			reach(dir)
		}
	}
	slices.Sort(roots)
	return roots
}

// demonstrates says that caller only shows how to call the module in dir: it
// lies under examples or tests, and the module does not lie there with it.
func demonstrates(caller, dir string) bool {
	steps := strings.Split(caller, "/")
	for i, step := range steps {
		if demonstrations[step] {
			within := strings.Join(steps[:i+1], "/")
			if dir != within && !strings.HasPrefix(dir, within+"/") {
				return true
			}
		}
	}
	return false
}

// localCalls are the directories that a module calls, directly. computed says
// that it has a call whose source is worked out, so that there may be others.
func (b *Boundary) localCalls(dir string, language lang.Language) (called []string, computed bool) {
	if !b.says(dir, language, "module") {
		return nil, false // and is not parsed for that
	}
	m := b.Module(dir, language)
	if m == nil {
		return nil, false
	}
	for _, name := range slices.Sorted(maps.Keys(m.Calls)) {
		call := m.Calls[name]
		src, ok := call.LiteralString("source")
		if !ok {
			computed = computed || call.Has("source")
			continue
		}
		rel, ok := LocalSource(dir, src)
		if !ok {
			continue
		}
		if resolved, gap := b.Resolve(rel); gap == nil {
			called = append(called, resolved)
		}
	}
	return called, computed
}

// says that a word is in the text of the configuration of a directory.
func (b *Boundary) says(dir string, language lang.Language, word string) bool {
	plain, overrides := b.configFiles(dir, language)
	return slices.ContainsFunc(slices.Concat(plain, overrides), func(name string) bool {
		f, gap := b.File(name)
		return gap != nil || bytes.Contains(f.Bytes, []byte(word))
	})
}

// calls are who calls whom among modules.
type calls struct {
	callers, callees map[string][]string
	computed         map[string]bool // has a call whose source is worked out
	known            map[[2]string]bool
}

func (c *calls) add(caller, callee string) {
	if pair := [2]string{caller, callee}; callee != caller && !c.known[pair] {
		c.known[pair] = true
		c.callers[callee] = append(c.callers[callee], caller)
		c.callees[caller] = append(c.callees[caller], callee)
	}
}

// calls are those among the directories with configuration. Where a source is
// worked out, the modules above it are evaluated: what they call may depend on
// what they are given.
func (s *search) calls() *calls {
	c := &calls{map[string][]string{}, map[string][]string{}, map[string]bool{}, map[[2]string]bool{}}
	found := make([]struct {
		called          []string
		computed, whole bool
	}, len(s.dirs))
	cores.Each(len(s.dirs), func(i int) {
		f := &found[i]
		f.whole = s.in.Attempt(s.dirs[i], func() { f.called, f.computed = s.b.localCalls(s.dirs[i], s.in.Language) })
	})
	var dirs []string
	for i, dir := range s.dirs {
		if !found[i].whole {
			continue
		}
		dirs = append(dirs, dir)
		c.computed[dir] = found[i].computed
		for _, callee := range found[i].called {
			c.add(dir, callee)
		}
	}
	s.dirs = dirs
	var evaluated []string
	for dir := range c.computed {
		if c.computed[dir] {
			evaluated = append(evaluated, dir)
		}
	}
	for i := 0; i < len(evaluated); i++ { // and whoever calls these
		for _, caller := range c.callers[evaluated[i]] {
			if !c.computed[caller] {
				c.computed[caller] = true
				evaluated = append(evaluated, caller)
			}
		}
	}
	slices.Sort(evaluated)
	for _, dir := range evaluated {
		whole := s.in.Attempt(dir, func() { s.in.Calls(dir, c.add) })
		if !whole {
			s.dirs = slices.DeleteFunc(s.dirs, func(d string) bool { return d == dir })
		}
	}
	return c
}

// HasConfiguration says that a directory holds configuration files itself. A
// file stands for its directory.
func HasConfiguration(b *Boundary, name string) bool {
	if info, err := fs.Stat(b.FS, name); err == nil && !info.IsDir() {
		name = path.Dir(name)
	}
	entries, err := fs.ReadDir(b.FS, name)
	if err != nil {
		return false
	}
	for _, e := range entries {
		for _, suffix := range []string{".tf", ".tf.json", ".tofu", ".tofu.json"} {
			if !e.IsDir() && strings.HasSuffix(e.Name(), suffix) {
				return true
			}
		}
	}
	return false
}
