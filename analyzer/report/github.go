package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/source"
)

// GitHub writes the findings and gaps as workflow commands, which a runner
// shows as annotations. It takes ten errors, ten warnings and ten notices of a
// step, so that the worst come first.
func GitHub(w io.Writer, r *analyzer.Report) error {
	findings := worstFirst(r.Findings)
	n := boundaryNames()
	var b strings.Builder
	for _, g := range r.Gaps {
		if g.Kind == source.ErrorGap {
			n.gapCommand(&b, g, "error")
		}
	}
	for _, f := range findings {
		n.findingCommand(&b, f)
	}
	for _, group := range alike(r.Gaps, source.LimitGap) {
		if len(group) > fewAlike {
			command(&b, "notice", []string{"title", "iamvet: not analysed"}, itoa(len(group))+" "+group[0].Class)
			continue
		}
		for _, g := range group {
			n.gapCommand(&b, g, "notice")
		}
	}
	if k := len(r.Undetermined); k > 0 {
		command(&b, "notice", []string{"title", "iamvet"},
			plural(k, "question")+" could not be decided: iamvet scan prints which, and what would decide them.")
	}
	if r.Settings != nil {
		command(&b, "notice", []string{"title", "iamvet", "file", n.of(r.Settings.File)}, settingsWords(n, r.Settings))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func annotationLevel(s analyzer.Severity) string {
	switch {
	case s >= analyzer.High:
		return "error"
	case s == analyzer.Medium:
		return "warning"
	}
	return "notice"
}

func (n names) findingCommand(b *strings.Builder, f *analyzer.Finding) {
	var properties []string
	switch {
	case !f.Span.IsZero():
		start, end := f.Span.StartPos(), f.Span.EndPos()
		properties = append(properties, "file", n.of(f.Span.File.Name), "line", itoa(start.Line), "endLine", itoa(end.Line))
		if start.Line == end.Line { // columns mean nothing else
			properties = append(properties, "col", itoa(start.Column), "endColumn", itoa(end.Column))
		}
	case f.File != "" && !isStdin(f.File):
		properties = append(properties, "file", n.of(f.File), "line", "1")
	}
	properties = append(properties, "title", f.Check.ID+" "+f.Check.Name+" ("+f.Severity.String()+")")
	message := f.Message
	if f.Span.IsZero() && f.Resource != nil {
		message = f.Resource.Address + ": " + message
	}
	if also := n.also(f); also != "" {
		message += "\nAlso: " + also
	}
	for _, g := range f.Includes {
		message += "\nIt implies " + included(g)
	}
	if f.Witness != nil {
		message += "\nWhat gets through: " + f.Witness.Sentence()
	}
	if fix := best(f); fix != nil {
		message += "\nTo fix it: " + fix.Message
	} else if first, _, _ := strings.Cut(oneLine(f.Remedy()), ". "); first != "" {
		message += "\nTo fix it: " + strings.TrimSuffix(first, ".") + "."
	}
	command(b, annotationLevel(f.Severity), properties, message)
}

// also names the other instances.
func (n names) also(f *analyzer.Finding) string {
	return f.Also(func(root string) string { return n.of(orDot(root)) }, analyzer.EveryInstance)
}

func (n names) gapCommand(b *strings.Builder, g source.Gap, level string) {
	var properties []string
	if file, line := n.gapPlace(g); file != "" && file != stdin {
		properties = append(properties, "file", file)
		if line > 0 {
			properties = append(properties, "line", itoa(line))
		}
	}
	command(b, level, append(properties, "title", "iamvet: not analysed"), g.Reason)
}

var (
	escapeData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	escapeProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// command writes one workflow command. properties are names and values in
// turn. Nothing in them can end the command or begin another.
func command(b *strings.Builder, name string, properties []string, message string) {
	b.WriteString("::" + name)
	for i := 0; i+1 < len(properties); i += 2 {
		separator := ","
		if i == 0 {
			separator = " "
		}
		fmt.Fprintf(b, "%s%s=%s", separator, properties[i], escapeProperty.Replace(clean(properties[i+1])))
	}
	b.WriteString("::" + escapeData.Replace(clean(message)) + "\n")
}
