package report

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/source"
)

// maxMarkdown is what a summary may hold, less a little for what says that something was
// left out. GitHub takes 1 MiB of a step's summary, and 64 KiB of a comment and of the
// summary of a check; nobody reads more.
const maxMarkdown = 64<<10 - 4096

// What of it the findings may take, and what they and the fixes may: the rest is for
// what could not be decided or read.
const (
	maxTable = maxMarkdown / 2
	maxFixes = maxMarkdown * 7 / 8
)

// Markdown writes a summary for a job's page: the counts, a table of the
// findings, the fixes as diffs, and what could not be decided or read. It
// stays below 64 KiB, and says so when it had to leave something out. Paths are
// relative to the boundary.
func Markdown(w io.Writer, r *analyzer.Report) error {
	m := &markdown{names: boundaryNames(), limit: maxTable}
	m.add("## iamvet: " + counts(r.Summary) + "\n\n" + upperFirst(scanned(r.Summary)) + " were read.\n")
	if r.Settings != nil {
		m.add("\n" + mdText(settingsWords(m.names, r.Settings)) + "\n")
	}
	if r.Newly != nil {
		m.add("\n### What this change newly allows\n")
		m.newly(r.Newly)
	}
	m.table(r.Findings)
	m.limit = maxFixes
	m.fixes(r.Findings)
	m.limit = maxMarkdown
	m.undetermined(r.Undetermined)
	m.gaps(r.Gaps)
	for _, note := range notes(r) {
		m.add("\n" + mdText(note) + "\n")
	}
	_, err := io.WriteString(w, m.out.String())
	return err
}

type markdown struct {
	names
	out   strings.Builder
	limit int // of bytes, for what is added now; 0 is maxMarkdown
}

// add appends a piece that makes sense only as a whole, unless it is too much.
func (m *markdown) add(s string) bool {
	if m.out.Len()+len(s) > cmp.Or(m.limit, maxMarkdown) {
		return false
	}
	m.out.WriteString(s)
	return true
}

// left says how many pieces were left out. There is always room for it.
func (m *markdown) left(n int, noun string) {
	fmt.Fprintf(&m.out, "\n%s left out here: `iamvet scan` prints all.\n", plural(n, noun))
}

func (m *markdown) table(findings []*analyzer.Finding) {
	if len(findings) == 0 {
		return
	}
	m.add("\n| Severity | Rule | Where | What |\n| --- | --- | --- | --- |\n")
	sorted := worstFirst(findings)
	for i, f := range sorted {
		row := fmt.Sprintf("| %s | %s %s | %s | %s |\n", f.Severity, f.Check.ID, mdText(f.Check.Name), m.whereAll(f), m.what(f))
		if !m.add(row) {
			m.left(len(sorted)-i, "finding")
			return
		}
	}
}

// what is what a finding says, and what it implies.
func (m *markdown) what(f *analyzer.Finding) string {
	out := mdText(f.Message)
	for _, g := range f.Includes {
		out += "<br>It implies " + mdText(included(g))
	}
	return out
}

// where is the place and the address, as code.
func (m *markdown) where(f *analyzer.Finding) string {
	var parts []string
	if !f.Span.IsZero() {
		parts = append(parts, mdCode(m.line(f.Span)))
	} else if f.File != "" {
		parts = append(parts, mdCode(m.of(f.File)))
	}
	if f.Resource != nil {
		parts = append(parts, mdCode(f.Resource.Address))
	}
	return strings.Join(parts, "<br>")
}

// whereAll names the other instances as well.
func (m *markdown) whereAll(f *analyzer.Finding) string {
	where := m.where(f)
	if also := m.also(f); also != "" {
		where += "<br>also " + mdCode(also)
	}
	return where
}

func (m *markdown) fixes(findings []*analyzer.Finding) {
	var with []*analyzer.Finding
	for _, f := range analyzer.Every(findings) {
		if fix := best(f); fix != nil && fix.Diff != "" {
			with = append(with, f)
		}
	}
	head, tail := "\n### Fixes\n", ""
	if len(with) > fewAlike {
		head, tail = "\n<details><summary>"+itoa(len(with))+" fixes</summary>\n", "\n</details>\n"
	}
	if len(with) == 0 || !m.add(head) {
		return
	}
	defer m.out.WriteString(tail)
	for i, f := range with {
		fix := best(f)
		fence := "```"
		for strings.Contains(fix.Diff, fence) {
			fence += "`"
		}
		piece := fmt.Sprintf("\n**%s** %s: %s%s\n\n%sdiff\n%s\n%s\n", f.Check.ID, m.where(f),
			mdText(fix.Message), gradeNote(fix.Grade), fence, noCommands(clean(strings.TrimSuffix(strings.ReplaceAll(fix.Diff, "\r\n", "\n"), "\n"))), fence)
		piece = strings.Replace(piece, "<br>", " ", 1)
		if !m.add(piece) {
			m.left(len(with)-i, "fix")
			return
		}
	}
}

func (m *markdown) undetermined(findings []*analyzer.Finding) {
	if len(findings) == 0 || !m.add("\n<details><summary>"+itoa(len(findings))+" undetermined</summary>\n\n") {
		return
	}
	all := analyzer.Every(findings)
	left := len(all)
	for _, group := range sameNeeds(all) {
		piece := ""
		for _, f := range group {
			piece += fmt.Sprintf("- %s %s: %s\n", f.Check.ID, strings.Replace(m.where(f), "<br>", " ", 1), mdText(f.Message))
		}
		for _, need := range m.told(group[0].Needs) {
			piece += "  - " + mdText(need) + "\n"
		}
		if !m.add(piece) {
			m.left(left, "question")
			break
		}
		left -= len(group)
	}
	m.out.WriteString("\n</details>\n")
}

func (m *markdown) gaps(gaps []source.Gap) {
	if len(gaps) == 0 || !m.add("\n### Not analysed\n\n") {
		return
	}
	left := len(gaps)
	for _, kind := range []source.GapKind{source.ErrorGap, source.LimitGap} {
		for _, group := range alike(gaps, kind) {
			if !m.add(m.group(group)) {
				m.left(left, "gap")
				return
			}
			left -= len(group)
		}
	}
}

// group is gaps of one class, folded where they are many.
func (m *markdown) group(gaps []source.Gap) string {
	list := ""
	for _, g := range gaps {
		file, line := m.gapPlace(g)
		if line > 0 {
			file += ":" + itoa(line)
		}
		if file != "" {
			file = mdCode(file) + ": "
		}
		list += "- " + g.Kind.String() + ": " + file + mdText(g.Reason) + "\n"
	}
	if len(gaps) <= fewAlike {
		return list
	}
	return "\n<details><summary>" + gaps[0].Kind.String() + ": " + itoa(len(gaps)) + " " + gaps[0].Class + "</summary>\n\n" + list + "\n</details>\n\n"
}

var mdEscapes = strings.NewReplacer("\\", "\\\\", "|", "\\|", "*", "\\*", "_", "\\_", "`", "\\`", "[", "\\[", "]", "\\]",
	"<", "&lt;", ">", "&gt;", "&", "&amp;", "#", "\\#\u200b", "~", "\\~", "@", "@\u200b",
	"://", ":\u200b//", "www.", "www\u200b.", "!", "\\!")

// mdText is text in which nothing is Markdown, a mention or a new row.
func mdText(s string) string { return mdEscapes.Replace(oneLine(clean(s))) }

// mdCode is a code span that may stand in a table.
func mdCode(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(oneLine(clean(s)), "`", "'"), "|", "\\|")
	return "`" + s + "`"
}
