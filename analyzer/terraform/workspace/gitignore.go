package workspace

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer/glob"
	"github.com/iamvet/iamvet/analyzer/source"
)

// ignoreRule is a line of a .gitignore file, as far as directories go. What a rule
// with ! takes back below an ignored directory is not reached, by git neither: "It is
// not possible to re-include a file if a parent directory of that file is excluded."
// https://git-scm.com/docs/gitignore
type ignoreRule struct {
	pattern string
	steps   []string // of the pattern
	negated bool
	rooted  bool // matches from the file's directory only
}

// ignoreRules are those of a file. The last one that names a directory decides: those
// without wildcards, which are most, are found by the name.
type ignoreRules struct {
	rules        []ignoreRule
	names, paths map[string]int // of rules without wildcards, the last one
	globs        []int          // the others
}

// Bounds on rules: a file may have millions of them, for each of very many directories.
// What is over them counts as not ignored, and is searched.
const (
	maxIgnoreRules = 50_000
	maxIgnoreTests = 10_000_000 // of rules with wildcards, in a search
)

// ignored says that git ignores a directory: the last rule that names it
// decides, those of deeper files later.
func (s *search) ignored(dir string) bool {
	out := false
	at := "."
	steps := strings.Split(dir, "/")
	for i := range steps {
		if rule := s.deciding(s.rules(at), steps[i:]); rule != nil {
			out = !rule.negated
		}
		at = path.Join(at, steps[i])
	}
	return out
}

// deciding is the last rule of a file that names a directory below it; nil for none.
func (s *search) deciding(in *ignoreRules, steps []string) *ignoreRule {
	if in == nil {
		return nil
	}
	last := -1
	if i, ok := in.names[steps[len(steps)-1]]; ok {
		last = i
	}
	if i, ok := in.paths[strings.Join(steps, "/")]; ok && len(in.paths) > 0 {
		last = max(last, i)
	}
	for _, i := range slices.Backward(in.globs) {
		if i <= last {
			break
		}
		if s.tests++; s.tests > maxIgnoreTests {
			break
		}
		if in.rules[i].matches(steps) {
			last = i
			break
		}
	}
	if last < 0 {
		return nil
	}
	return &in.rules[last]
}

func (r ignoreRule) matches(steps []string) bool {
	if r.rooted {
		return glob.Steps(r.steps, steps)
	}
	return glob.Steps(r.steps, steps[len(steps)-1:])
}

// rules are those of a directory's .gitignore.
func (s *search) rules(dir string) *ignoreRules {
	if rules, ok := s.ignores[dir]; ok {
		return rules
	}
	s.ignores[dir] = nil
	name := path.Join(dir, ".gitignore")
	if s.b.missing(name) {
		return nil
	}
	file, gap := s.b.File(name)
	if gap != nil {
		return nil
	}
	in := &ignoreRules{names: map[string]int{}, paths: map[string]int{}}
	for line := range strings.SplitSeq(string(file.Bytes), "\n") {
		r, ok := parseIgnoreRule(line)
		if !ok {
			continue
		}
		if len(in.rules) == maxIgnoreRules {
			s.gaps = append(s.gaps, source.Gap{Kind: source.LimitGap, File: name,
				Reason: fmt.Sprintf("%s has more than %d rules: those that come later hide nothing", name, maxIgnoreRules)})
			break
		}
		switch n := len(in.rules); {
		case strings.ContainsAny(r.pattern, `*?[\`):
			r.steps = strings.Split(r.pattern, "/")
			in.globs = append(in.globs, n)
		case r.rooted:
			in.paths[r.pattern] = n
		default:
			in.names[r.pattern] = n
		}
		in.rules = append(in.rules, r)
	}
	s.ignores[dir] = in
	return in
}

func parseIgnoreRule(line string) (ignoreRule, bool) {
	line = strings.TrimRight(strings.TrimSuffix(line, "\r"), " ")
	if line == "" || strings.HasPrefix(line, "#") {
		return ignoreRule{}, false
	}
	r := ignoreRule{}
	if strings.HasPrefix(line, "!") {
		r.negated, line = true, line[1:]
	}
	line = strings.TrimPrefix(line, `\`)
	line = strings.TrimSuffix(line, "/") // directories are all that is asked about
	r.rooted = strings.Contains(line, "/")
	r.pattern = strings.TrimPrefix(line, "/")
	return r, r.pattern != ""
}

// Matches says whether a glob, as in Search.Exclude, is of a file's name.
func Matches(pattern, name string) bool {
	pattern = strings.TrimPrefix(pattern, "./")
	if strings.HasSuffix(pattern, "/") {
		pattern += "**"
	}
	return glob.Match(pattern, name)
}
