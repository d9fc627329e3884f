package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Explain writes the page of a rule, as Markdown: what it finds, why it
// matters, when it is fine, what to do, and the sources.
func Explain(w io.Writer, c *analyzer.Check) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s %s\n\n%s.\n\n", c.ID, c.Name, upperFirst(c.Title))
	fmt.Fprintf(&b, "Severity: %s", c.Severity)
	for i, s := range c.Severities {
		if i == 1 {
			b.WriteString("; in some cases ")
		} else if i > 1 {
			b.WriteString(" or ")
		}
		if i > 0 {
			b.WriteString(s.String())
		}
	}
	fmt.Fprintf(&b, "\n\n%s\n\n## What to do\n\n%s\n", strings.TrimSpace(c.Doc), strings.TrimSpace(c.Remediation))
	if len(c.Controls) > 0 {
		b.WriteString("\n## Controls\n\n")
		for _, control := range c.Controls {
			fmt.Fprintf(&b, "- %s %s\n", control.Framework, control.ID)
		}
	}
	b.WriteString("\n## Sources\n\n")
	for _, r := range c.References {
		fmt.Fprintf(&b, "- [%s](%s)\n", r.Title, r.URL)
	}
	_, err := io.WriteString(w, b.String())
	return err
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

// GapLine is a gap in one line that is safe to print:
// main.tf:3: limit: module is not fetched.
func GapLine(g terraform.Gap, base string) string {
	g.Reason = g.Kind.String() + ": " + g.Reason
	return clean(oneLine(names{base: orDot(base)}.gap(g)))
}
