package workspace

import (
	"path"
	"strings"
)

// ignoreRule is a line of a .gitignore file, as far as directories go. What a rule
// with ! takes back below an ignored directory is not reached, by git neither: "It is
// not possible to re-include a file if a parent directory of that file is excluded."
// https://git-scm.com/docs/gitignore
type ignoreRule struct {
	pattern string
	negated bool
	rooted  bool // matches from the file's directory only
}

// ignored says that git ignores a directory: the last rule that names it
// decides, those of deeper files later.
func (s *search) ignored(dir string) bool {
	out := false
	at := "."
	steps := strings.Split(dir, "/")
	for i := range steps {
		rel := strings.Join(steps[i:], "/")
		for _, r := range s.rules(at) {
			if r.matches(rel) {
				out = !r.negated
			}
		}
		at = path.Join(at, steps[i])
	}
	return out
}

func (r ignoreRule) matches(rel string) bool {
	if r.rooted {
		return matchGlob(r.pattern, rel)
	}
	return matchGlob(r.pattern, path.Base(rel))
}

// rules are those of a directory's .gitignore.
func (s *search) rules(dir string) []ignoreRule {
	if rules, ok := s.ignores[dir]; ok {
		return rules
	}
	var rules []ignoreRule
	name := path.Join(dir, ".gitignore")
	if s.b.missing(name) {
		s.ignores[dir] = nil
		return nil
	}
	if file, gap := s.b.File(name); gap == nil {
		for _, line := range strings.Split(string(file.Bytes), "\n") {
			if r, ok := parseIgnoreRule(line); ok {
				rules = append(rules, r)
			}
		}
	}
	s.ignores[dir] = rules
	return rules
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
func Matches(glob, name string) bool {
	glob = strings.TrimPrefix(glob, "./")
	if strings.HasSuffix(glob, "/") {
		glob += "**"
	}
	return matchGlob(glob, name)
}

// matchGlob matches a slash-separated name: * and ? stay within a step, ** is
// any number of steps.
func matchGlob(pattern, name string) bool {
	if strings.Count(pattern, "**") > 8 {
		return false // nobody means that, and it would take for ever
	}
	return matchSteps(strings.Split(pattern, "/"), strings.Split(name, "/"))
}

func matchSteps(pattern, name []string) bool {
	for len(pattern) > 0 {
		if pattern[0] == "**" {
			for len(pattern) > 1 && pattern[1] == "**" {
				pattern = pattern[1:]
			}
			for i := 0; i <= len(name); i++ {
				if matchSteps(pattern[1:], name[i:]) {
					return true
				}
			}
			return false
		}
		if len(name) == 0 {
			return false
		}
		if ok, err := path.Match(pattern[0], name[0]); err != nil || !ok {
			return false
		}
		pattern, name = pattern[1:], name[1:]
	}
	return len(name) == 0
}
