package terraform

import (
	"errors"
	"path"
	"strings"
)

// glob is a pattern of fileset: the elements of a path, where ** stands for any
// number of directories. Terraform has them from
// https://github.com/bmatcuk/doublestar; a single element is matched as by
// path.Match.
type glob []string

// maxGlobs bounds what {a,b} alternatives multiply to.
const maxGlobs = 256

// parseGlob expands the {a,b} alternatives of a pattern.
func parseGlob(pattern string) ([]glob, error) {
	texts, err := expandBraces(pattern)
	if err != nil {
		return nil, err
	}
	var out []glob
	for _, t := range texts {
		g := glob(strings.Split(t, "/"))
		for _, e := range g {
			if _, err := path.Match(e, ""); err != nil {
				return nil, errors.New("the pattern is malformed")
			}
		}
		out = append(out, g)
	}
	return out, nil
}

// expandBraces looks again at what it has expanded: alternatives may stand inside
// each other.
func expandBraces(pattern string) ([]string, error) {
	work, out := []string{pattern}, []string(nil)
	for len(work) > 0 {
		p := work[0]
		work = work[1:]
		start, end, commas := braces(p)
		if start < 0 {
			out = append(out, p)
			continue
		}
		if end < 0 {
			return nil, errors.New("the pattern has a { without }")
		}
		from := start + 1
		for _, at := range append(commas, end) {
			work = append(work, p[:start]+p[from:at]+p[end+1:])
			from = at + 1
		}
		if len(work)+len(out) > maxGlobs {
			return nil, errors.New("the pattern has too many alternatives")
		}
	}
	return out, nil
}

// braces finds the first {…} and the commas right in it; end is -1 when it is
// not closed.
func braces(p string) (start, end int, commas []int) {
	start, depth := -1, 0
	for i := 0; i < len(p); i++ {
		switch p[i] {
		// An escaped brace is text.
		case '\\':
			i++
		case '{':
			if depth++; depth == 1 && start < 0 {
				start = i
			}
		case ',':
			if depth == 1 {
				commas = append(commas, i)
			}
		case '}':
			if depth--; depth == 0 && start >= 0 {
				return start, i, commas
			}
		}
	}
	return start, -1, nil
}

func anyGlob(globs []glob, name string, f func(glob, string) bool) bool {
	for _, g := range globs {
		if f(g, name) {
			return true
		}
	}
	return false
}

// match says that the path matches.
func (g glob) match(name string) bool { return matchPath(g, strings.Split(name, "/"), false) }

// leadsFrom says that something below the directory may match.
func (g glob) leadsFrom(dir string) bool { return matchPath(g, strings.Split(dir, "/"), true) }

// matchPath says that the elements of a path match. With below, name is a
// directory, and the question is whether a longer name may match.
func matchPath(g glob, name []string, below bool) bool {
	for len(g) > 0 {
		if g[0] == "**" {
			if below {
				return true
			}
			for len(g) > 0 && g[0] == "**" {
				g = g[1:]
			}
			for i := range len(name) + 1 {
				if matchPath(g, name[i:], false) {
					return true
				}
			}
			return false
		}
		if len(name) == 0 {
			return below
		}
		if ok, err := path.Match(g[0], name[0]); err != nil || !ok {
			return false
		}
		g, name = g[1:], name[1:]
	}
	return len(name) == 0 && !below
}
