// Package report writes a Report for people and for programs: text, JSON, a
// Markdown summary, GitHub's annotations and a unified diff. SARIF has a
// package of its own.
//
// Every writer gives the same bytes for the same report, and writes once, at
// the end.
package report

import (
	"path"
	"strings"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/source"
)

// names turns file names, which are relative to the boundary, into the paths
// that a format prints.
type names struct {
	// base is the directory, relative to the boundary, that paths are relative
	// to; "" when it lies outside, and then prefix goes in front.
	base   string
	prefix string
	// data is for programs: standard input stays "-".
	data bool
}

// stdin is how a plan that was piped in is named.
const stdin = "standard input"

func isStdin(name string) bool { return name == "-" || name == "<stdin>" }

func scanNames(r *analyzer.Report) names { return names{base: orDot(r.ScanRoot), data: true} }

func workNames(r *analyzer.Report) names {
	if r.WorkDir == "" {
		return names{prefix: r.Boundary}
	}
	return names{base: r.WorkDir}
}

func boundaryNames() names { return names{base: "."} }

func orDot(dir string) string {
	if dir == "" {
		return "."
	}
	return dir
}

// of is the path of a name. An absolute name stays: it lies outside the
// boundary.
func (n names) of(name string) string {
	switch {
	case isStdin(name) && n.data:
		return "-"
	case isStdin(name):
		return stdin
	case path.IsAbs(name):
		return name
	case n.base == "":
		return path.Join(n.prefix, name)
	}
	return relative(n.base, name)
}

// relative is target as seen from base, both relative to one directory.
func relative(base, target string) string {
	b, t := elements(base), elements(target)
	for len(b) > 0 && len(t) > 0 && b[0] == t[0] {
		b, t = b[1:], t[1:]
	}
	out := strings.Repeat("../", len(b)) + strings.Join(t, "/")
	if out == "" {
		return "."
	}
	return strings.TrimSuffix(out, "/")
}

func elements(dir string) []string {
	dir = path.Clean(dir)
	if dir == "." {
		return nil
	}
	return strings.Split(dir, "/")
}

// reason is why something is not known, and where that was decided:
// var.principal has no value (main.tf:3).
func (n names) reason(text string, at source.Span) string {
	if at.IsZero() {
		return text
	}
	return text + " (" + n.line(at) + ")"
}

// needs are what would decide an undetermined finding, each once.
func (n names) needs(f *analyzer.Finding) []string {
	return append([]string{}, n.told(f.Needs)...)
}

// line is file:line.
func (n names) line(at source.Span) string {
	return n.of(at.File.Name) + ":" + itoa(at.StartPos().Line)
}

// gap is file:line: reason.
func (n names) gap(g source.Gap) string {
	file, line := n.gapPlace(g)
	switch {
	case file == "", line == 0 && (file == "." || strings.HasPrefix(g.Reason, file)):
		return g.Reason
	case line == 0:
		return file + ": " + g.Reason
	}
	return file + ":" + itoa(line) + ": " + g.Reason
}

// gapPlace is the file and line of a gap; line is 0 when it has none.
func (n names) gapPlace(g source.Gap) (file string, line int) {
	switch {
	case !g.Span.IsZero():
		return n.of(g.Span.File.Name), g.Span.StartPos().Line
	case g.File != "":
		return n.of(g.File), 0
	}
	return "", 0
}

// best is the fix to show of a finding's: the first that is not a draft, else
// the first.
func best(f *analyzer.Finding) *analyzer.Fix {
	for _, fix := range f.Fixes {
		if fix.Grade != analyzer.Draft {
			return fix
		}
	}
	if len(f.Fixes) > 0 {
		return f.Fixes[0]
	}
	return nil
}
