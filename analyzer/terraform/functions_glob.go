package terraform

import (
	"errors"
	"path"
	"strings"

	"github.com/iamvet/iamvet/analyzer/glob"
)

// globPattern is a pattern of fileset: the elements of a path, where ** stands for any
// number of directories. Terraform has them from
// https://github.com/bmatcuk/doublestar; a single element is matched as by
// path.Match.
type globPattern []string

// maxGlobs bounds what {a,b} alternatives multiply to.
const maxGlobs = 256

// parseGlob expands the {a,b} alternatives of a pattern.
func parseGlob(pattern string) ([]globPattern, error) {
	texts, err := expandBraces(pattern)
	if err != nil {
		return nil, err
	}
	var out []globPattern
	for _, t := range texts {
		g := globPattern(strings.Split(t, "/"))
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

func anyGlob(globs []globPattern, name string, f func(globPattern, string) bool) bool {
	for _, g := range globs {
		if f(g, name) {
			return true
		}
	}
	return false
}

// match says that the path matches.
func (g globPattern) match(name string) bool { return glob.Steps(g, strings.Split(name, "/")) }

// leadsFrom says that something below the directory may match.
func (g globPattern) leadsFrom(dir string) bool { return glob.Below(g, strings.Split(dir, "/")) }
