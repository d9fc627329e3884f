package sarif

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/iamvet/iamvet/analyzer"
)

// markdown is the message as reviewdog posts it: a paragraph for each thing said,
// the related places, what is assumed, and the diff of a fix that SARIF does not
// carry, which is no suggestion then.
func markdown(said []string, f *analyzer.Finding, fix *analyzer.Fix, related []*sarif.Location) string {
	var b strings.Builder
	for i, s := range said {
		if i > 0 {
			b.WriteString("\n\n")
		}
		b.WriteString(prose(s))
	}
	if len(related)+len(f.Assumptions) > 0 {
		b.WriteString("\n")
	}
	for _, l := range related {
		at := l.PhysicalLocation
		fmt.Fprintf(&b, "\n- %s: `%s:%d`", prose(*l.Message.Text), *at.ArtifactLocation.URI, *at.Region.StartLine)
	}
	for _, a := range f.Assumptions {
		fmt.Fprintf(&b, "\n- Assumes `%s`", oneLine(a.Text))
	}
	if fix == nil && len(f.Fixes) > 0 && f.Fixes[0].Diff != "" {
		fence := "```"
		for strings.Contains(f.Fixes[0].Diff, fence) {
			fence += "`"
		}
		fmt.Fprintf(&b, "\n\n%sdiff\n%s\n%s", fence, strings.TrimSuffix(f.Fixes[0].Diff, "\n"), fence)
	}
	return b.String()
}

var (
	// quoted is what a sentence quotes, or a policy variable: an apostrophe has a
	// letter in front of it.
	quoted = regexp.MustCompile("(^|[ (])'([^'`]+)'|\\$\\{[^}`]*\\}")
	// meaning is what Markdown, or GitHub, makes something of in a sentence.
	meaning = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", "&lt;", "@", "@\u200b", "~", `\~`,
		"#", "#\u200b", "://", ":\u200b//", "www.", "www\u200b.", "!", `\!`)
)

// prose is a sentence in Markdown: what it quotes is code, and the rest says what
// it said. An ARN with two asterisks would else be half in italics.
func prose(s string) string {
	var b strings.Builder
	at := 0
	for _, m := range quoted.FindAllStringSubmatchIndex(s, -1) {
		start, end := m[0], m[1] // a policy variable, with its braces
		if m[4] >= 0 {
			start, end = m[4], m[5]
			b.WriteString(meaning.Replace(s[at:m[0]]) + s[m[2]:m[3]])
		} else {
			b.WriteString(meaning.Replace(s[at:m[0]]))
		}
		b.WriteString("`" + s[start:end] + "`")
		at = m[1]
	}
	return b.String() + meaning.Replace(s[at:])
}
