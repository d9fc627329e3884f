package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Example is code that breaks a rule, and what iamvet says of it.
type Example struct {
	Files   []ExampleFile
	Finding *analyzer.Finding
}

// ExampleFile is a file of an example.
type ExampleFile struct{ Name, Text string }

// Page writes the page of a rule, as Markdown: what it finds, why it matters,
// when it is fine, an example (a section in Markdown, "" for none), what to do, the settings it asks
// for, the controls it supports and the sources.
func Page(w io.Writer, c *analyzer.Check, example string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s %s\n\n%s.\n\n", c.ID, c.Name, upperFirst(c.Title))
	fmt.Fprintf(&b, "Severity: %s", c.Severity)
	for i, s := range c.Severities {
		switch {
		case i == 1:
			b.WriteString("; in some cases ")
		case i > 1 && i < len(c.Severities)-1:
			b.WriteString(", ")
		case i > 1:
			b.WriteString(" or ")
		}
		if i > 0 {
			b.WriteString(s.String())
		}
	}
	b.WriteString("\n")
	for i, paragraph := range strings.Split(strings.TrimSpace(c.Doc), "\n\n") {
		if i < len(analyzer.DocHeadings) {
			fmt.Fprintf(&b, "\n## %s\n", analyzer.DocHeadings[i])
		}
		fmt.Fprintf(&b, "\n%s\n", paragraph)
	}
	b.WriteString(example)
	fmt.Fprintf(&b, "\n## What to do\n\n%s\n", strings.TrimSpace(c.Remediation))
	writeMends(&b, c)
	writeSettings(&b, c)
	if len(c.Controls) > 0 {
		fmt.Fprintf(&b, "\n## Controls\n\n- %s\n", strings.Join(c.ByFramework(), "\n- "))
	}
	b.WriteString("\n## Sources\n\n")
	for _, r := range c.References {
		fmt.Fprintf(&b, "- [%s](%s)\n", r.Title, r.URL)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// writeMends says when the fixes of a rule are applied, and when they are drafts.
func writeMends(b *strings.Builder, c *analyzer.Check) {
	if len(c.Mends) == 0 {
		return
	}
	b.WriteString("\n## What iamvet fix applies\n\n")
	for _, m := range c.Mends {
		fmt.Fprintf(b, "- %s: ", upperFirst(m.Does))
		if m.Applied == "" {
			b.WriteString("never, it is a draft")
		} else {
			b.WriteString("where " + m.Applied)
		}
		if m.Draft != "" {
			sep := ". Else a draft: "
			if m.Applied == "" {
				sep = ": "
			}
			b.WriteString(sep + m.Draft)
		}
		b.WriteString(".\n")
	}
}

// Markdown is the example as a section of the page.
func (e Example) Markdown() string {
	if len(e.Files) == 0 || e.Finding == nil {
		return ""
	}
	var b strings.Builder
	b.WriteString("\n## Example\n")
	for _, f := range e.Files {
		language := "hcl"
		if !strings.HasSuffix(f.Name, ".tf") && !strings.HasSuffix(f.Name, ".hcl") {
			language = "text"
		}
		if len(e.Files) > 1 {
			fmt.Fprintf(&b, "\n`%s`:\n", f.Name)
		}
		fmt.Fprintf(&b, "\n```%s\n%s\n```\n", language, strings.TrimSpace(f.Text))
	}
	f := e.Finding
	fmt.Fprintf(&b, "\n> %s: %s\n", f.Severity, f.Message)
	if f.Witness != nil {
		fmt.Fprintf(&b, ">\n> Gets through: %s\n", f.Witness.Sentence())
	}
	for _, fix := range f.Fixes {
		fmt.Fprintf(&b, "\n%s (%s):\n\n```diff\n%s\n```\n", upperFirst(fix.Message), fix.Grade, strings.TrimRight(fix.Diff, "\n"))
		break
	}
	return b.String()
}

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// Relative is name as seen from base; both are relative to the boundary.
func Relative(base, name string) string { return names{base: orDot(base)}.of(name) }

// Clean is s without what a terminal would obey rather than print.
func Clean(s string) string { return clean(s) }

// ReasonText is why something is not known, with its place as seen from base.
func ReasonText(r value.Reason, base string) string {
	return names{base: orDot(base)}.reason(r.Text, r.Span)
}

// Seen are names of the boundary as somebody in a working directory sees them.
type Seen struct{ names }

// SeenFrom takes the working directory, relative to the boundary, and the
// boundary as seen from there, which counts when the former is "": outside.
func SeenFrom(workDir, boundary string) Seen {
	if workDir == "" {
		return Seen{names{prefix: boundary}}
	}
	return Seen{names{base: workDir}}
}

// Name is the path of a file or directory.
func (s Seen) Name(name string) string { return s.of(name) }

// Reason is why something is not known, with its place.
func (s Seen) Reason(r value.Reason) string { return s.reason(r.Text, r.Span) }

// Gap is a gap in one line that is safe to print:
// main.tf:3: limit: module is not fetched.
func (s Seen) Gap(g source.Gap) string {
	g.Reason = g.Kind.String() + ": " + g.Reason
	return clean(oneLine(s.gap(g)))
}

// GapText is what could not be read, with its place as in the JSON of the report.
func GapText(g source.Gap, r *analyzer.Report) string { return scanNames(r).gap(g) }
