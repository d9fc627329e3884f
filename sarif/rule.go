package sarif

import (
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/iamvet/iamvet/analyzer"
)

// levels are what a severity is in SARIF and on GitHub.
var levels = [...]struct{ level, problem, security string }{
	analyzer.Note:     {"note", "recommendation", ""},
	analyzer.Low:      {"note", "recommendation", "3.0"},
	analyzer.Medium:   {"warning", "warning", "5.5"},
	analyzer.High:     {"error", "error", "8.0"},
	analyzer.Critical: {"error", "error", "9.5"},
}

// ruleID is the id of the descriptor for a check at a severity. GitHub takes
// the severity of an alert from its rule, so that each has one of its own.
func ruleID(c *analyzer.Check, s analyzer.Severity) string {
	if s == c.Severity {
		return c.ID
	}
	return c.ID + "/" + s.String()
}

// rules are the descriptors of a run: of every check at its default severity,
// and after it those of the other severities in use, worst first.
type rules struct {
	checks []*analyzer.Check
	list   []*sarif.ReportingDescriptor
	of     []*analyzer.Check // of each descriptor
	index  map[string]uint
}

func newRules(checks []*analyzer.Check, findings []*analyzer.Finding) *rules {
	used := map[string][]analyzer.Severity{}
	checks = append([]*analyzer.Check(nil), checks...)
	known := map[string]bool{}
	for _, c := range checks {
		known[c.ID] = true
	}
	for _, f := range findings {
		if !known[f.Check.ID] { // a report that was put together by hand
			known[f.Check.ID] = true
			checks = append(checks, f.Check)
		}
		if f.Severity != f.Check.Severity {
			used[f.Check.ID] = append(used[f.Check.ID], f.Severity)
		}
	}
	r := &rules{checks: checks, index: map[string]uint{}}
	for _, c := range checks {
		r.add(c, c.Severity)
		others := used[c.ID]
		sort.Slice(others, func(i, j int) bool { return others[i] > others[j] })
		for _, s := range others {
			r.add(c, s)
		}
	}
	return r
}

func (r *rules) add(c *analyzer.Check, s analyzer.Severity) {
	id := ruleID(c, s)
	if _, ok := r.index[id]; ok {
		return
	}
	r.index[id] = uint(len(r.list))
	r.list, r.of = append(r.list, descriptor(c, s)), append(r.of, c)
}

func descriptor(c *analyzer.Check, s analyzer.Severity) *sarif.ReportingDescriptor {
	l := levels[s]
	properties := sarif.Properties{
		"tags":             tags(c),
		"precision":        "high",
		"problem.severity": l.problem,
	}
	if l.security != "" {
		properties["security-severity"] = l.security
	}
	name := pascal(c.Name)
	if s != c.Severity {
		name += pascal(s.String())
	}
	return &sarif.ReportingDescriptor{
		ID:                   ruleID(c, s),
		Name:                 ptr(name),
		ShortDescription:     multiformat(limited(title(c)), ""),
		FullDescription:      multiformat(limited(sentence(firstParagraph(c))), ""),
		HelpURI:              ptr(home + "/blob/main/docs/rules/" + c.ID + ".md"),
		Help:                 multiformat(help(c, false), help(c, true)),
		DefaultConfiguration: &sarif.ReportingConfiguration{Level: l.level},
		Properties:           properties,
	}
}

// title is what a violation is, as a sentence. SARIF takes no empty one.
func title(c *analyzer.Check) string {
	if c.Title == "" {
		return sentence(pascal(c.Name) + " " + c.ID)
	}
	return sentence(upperFirst(c.Title))
}

func tags(c *analyzer.Check) []string {
	out := []string{"security"}
	for _, t := range c.Tags {
		if t != "security" && len(out) < maxTags {
			out = append(out, t)
		}
	}
	for _, k := range c.Controls {
		if slices.Contains(taggedFrameworks, k.Framework) && len(out) < maxTags {
			out = append(out, k.Framework+"/"+k.ID)
		}
	}
	return out
}

// taggedFrameworks are those whose controls are tags of a rule, as far as
// there is room; its help lists all.
var taggedFrameworks = []string{"cis-5.0", "fsbp", "mitre-attack"}

func firstParagraph(c *analyzer.Check) string {
	first, _, _ := strings.Cut(strings.TrimSpace(c.Doc), "\n\n")
	if first = strings.Join(strings.Fields(first), " "); first == "" {
		return title(c)
	}
	return first
}

// help is what GitHub shows beside an alert: all that the check's own page
// says, but for the example.
func help(c *analyzer.Check, markdown bool) string {
	var b strings.Builder
	if c.Doc == "" {
		b.WriteString(title(c))
	}
	section := func(title string) {
		b.WriteString("\n\n")
		if markdown {
			b.WriteString("## ")
		}
		b.WriteString(title + "\n")
	}
	var doc []string
	for i, paragraph := range strings.Split(strings.TrimSpace(c.Doc), "\n\n") {
		if markdown && c.Doc != "" && i < len(analyzer.DocHeadings) {
			doc = append(doc, "## "+analyzer.DocHeadings[i])
		}
		doc = append(doc, paragraph)
	}
	b.WriteString(strings.Join(doc, "\n\n"))
	if c.Remediation != "" {
		section("How to fix it")
		b.WriteString("\n" + strings.TrimSpace(c.Remediation))
	}
	if len(c.References) > 0 {
		section("References")
		for _, r := range c.References {
			if markdown {
				b.WriteString("\n- [" + r.Title + "](" + r.URL + ")")
			} else {
				b.WriteString("\n- " + r.Title + ": " + r.URL)
			}
		}
	}
	if len(c.Controls) > 0 {
		section("Controls")
		for _, line := range c.ByFramework() {
			b.WriteString("\n- " + line)
		}
	}
	return b.String()
}

func multiformat(text, markdown string) *sarif.MultiformatMessageString {
	return &sarif.MultiformatMessageString{Text: ptr(text), Markdown: notEmpty(markdown)}
}

// sentence is s with a full stop.
func sentence(s string) string {
	s = strings.TrimSpace(s)
	if s == "" || strings.HasSuffix(s, ".") {
		return s
	}
	return strings.TrimRight(s, ":;,") + "."
}

func upperFirst(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 || r < 'a' || r > 'z' {
		return s
	}
	return string(r-'a'+'A') + s[n:]
}

// limited cuts a description at what GitHub takes, after a word.
func limited(s string) string {
	const more = " …."
	if utf8.RuneCountInString(s) <= maxDescription {
		return s
	}
	cut := string([]rune(s)[:maxDescription-len(more)])
	if i := strings.LastIndexByte(cut, ' '); i > 0 {
		cut = cut[:i]
	}
	return cut + more
}

// pascal is RootAccessKey for root-access-key.
func pascal(name string) string {
	var b strings.Builder
	for _, word := range strings.FieldsFunc(name, func(r rune) bool { return r == '-' || r == '_' || r == ' ' }) {
		b.WriteString(upperFirst(word))
	}
	return b.String()
}
