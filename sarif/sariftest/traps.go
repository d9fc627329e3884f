package sariftest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

var (
	link    = regexp.MustCompile(`\]\((\d+)\)`)
	baseRef = "%SRCROOT%"
)

// Traps are the things in a log that the schema allows and some consumer does
// not, or understands otherwise. read gives the files that fixes are about; nil
// leaves out what needs them.
func Traps(data []byte, read func(name string) ([]byte, error)) []string {
	t := &traps{read: read}
	t.tokens(data)
	log, err := Parse(data)
	if err != nil {
		return append(t.found, err.Error())
	}
	t.check(len(log.Runs) == 1, "%d runs", len(log.Runs))
	t.check(bytes.HasSuffix(data, []byte("}\n")), "no final newline")
	for _, run := range log.Runs {
		t.run(run)
	}
	return t.found
}

type traps struct {
	read  func(name string) ([]byte, error)
	found []string
}

func (t *traps) check(ok bool, format string, args ...any) {
	if !ok {
		t.found = append(t.found, fmt.Sprintf(format, args...))
	}
}

// tokens looks for what go-sarif writes for things that are not set.
func (t *traps) tokens(data []byte) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	for {
		token, err := dec.Token()
		if err != nil {
			return
		}
		switch v := token.(type) {
		case nil:
			t.check(false, "null at byte %d", dec.InputOffset())
		case json.Number:
			n, err := v.Int64()
			t.check(err == nil && n >= 0, "number %s", v)
		case string:
			t.check(v != "byteOffset" && v != "charOffset", "%s", v)
		}
	}
}

func (t *traps) run(run Run) {
	t.check(run.ColumnKind == "utf16CodeUnits", "columnKind %q", run.ColumnKind)
	t.check(run.Results != nil, "results are missing")
	t.check(len(run.Results) <= 5000, "%d results", len(run.Results))
	t.check(len(run.Invocations) == 1, "%d invocations", len(run.Invocations))
	seen := map[string]bool{}
	for _, rule := range run.Tool.Driver.Rules {
		t.check(!seen[rule.ID], "rule %s twice", rule.ID)
		seen[rule.ID] = true
		for what, said := range map[string]Text{"short": rule.ShortDescription, "full": rule.FullDescription} {
			t.check(strings.HasSuffix(said.Text, ".") && len([]rune(said.Text)) <= 1024 && len(said.Text) > 1, "rule %s: %s description %q", rule.ID, what, said.Text)
		}
		t.check(strings.TrimSpace(rule.Help.Text) != "", "rule %s: no help", rule.ID)
		tags, _ := rule.Properties["tags"].([]any)
		t.check(len(tags) > 0 && len(tags) <= 10, "rule %s: %d tags", rule.ID, len(tags))
		if s, ok := rule.Properties["security-severity"]; ok {
			text, isText := s.(string)
			v, err := strconv.ParseFloat(text, 64)
			t.check(isText && err == nil && v > 0 && v <= 10, "rule %s: security-severity %v", rule.ID, s)
		}
	}
	t.taxonomies(run)
	for i, r := range run.Results {
		t.result(fmt.Sprintf("result %d", i), run, r)
	}
	for i, inv := range run.Invocations {
		for j, n := range inv.ToolExecutionNotifications {
			what := fmt.Sprintf("notification %d.%d", i, j)
			known := run.Tool.Driver.Notifications
			t.check(n.Descriptor.Index < len(known) && known[n.Descriptor.Index].ID == n.Descriptor.ID, "%s: descriptor", what)
			t.check(n.Message.Text != "", "%s: no message", what)
			for _, l := range n.Locations {
				t.location(what, l, false)
			}
		}
	}
}

// taxonomies holds every reference to a taxon against what it refers to.
func (t *traps) taxonomies(run Run) {
	names := map[string]int{}
	for i, x := range run.Taxonomies {
		names[x.Name] = i
		t.check(len(x.Taxa) > 0, "taxonomy %s: no taxa", x.Name)
	}
	t.check(len(names) == len(run.Taxonomies) && len(run.Tool.Driver.SupportedTaxonomies) == len(names), "%d taxonomies with %d names, %d supported",
		len(run.Taxonomies), len(names), len(run.Tool.Driver.SupportedTaxonomies))
	known := func(c Component) bool {
		i, ok := names[c.Name]
		return ok && i == c.Index
	}
	for _, c := range run.Tool.Driver.SupportedTaxonomies {
		t.check(known(c), "supported taxonomy %s", c.Name)
	}
	for _, rule := range run.Tool.Driver.Rules {
		for _, r := range rule.Relationships {
			x := r.Target
			if t.check(known(x.ToolComponent), "rule %s: taxonomy %s", rule.ID, x.ToolComponent.Name); known(x.ToolComponent) {
				taxa := run.Taxonomies[x.ToolComponent.Index].Taxa
				t.check(x.Index < len(taxa) && taxa[x.Index].ID == x.ID, "rule %s: taxon %s of %s", rule.ID, x.ID, x.ToolComponent.Name)
			}
		}
	}
}

func (t *traps) result(what string, run Run, r Result) {
	rules := run.Tool.Driver.Rules
	t.check(r.RuleIndex < len(rules) && rules[r.RuleIndex].ID == r.RuleID, "%s: ruleIndex %d is not %s", what, r.RuleIndex, r.RuleID)
	t.check(strings.HasSuffix(r.Message.Text, "."), "%s: message does not end in a full stop: %s", what, r.Message.Text)
	t.check(!strings.Contains(r.Message.Text, "\n"), "%s: message has several lines", what)
	t.check(len(r.Locations) == 1, "%s: %d locations", what, len(r.Locations))
	t.check(r.PartialFingerprints["primaryLocationLineHash"] != "", "%s: no line hash", what)
	ids := map[string]bool{}
	for _, l := range r.RelatedLocations {
		t.location(what+": related", l, true)
		if t.check(l.ID != nil && *l.ID > 0, "%s: related location without id", what); l.ID != nil {
			t.check(!ids[strconv.Itoa(*l.ID)], "%s: id %d twice", what, *l.ID)
			ids[strconv.Itoa(*l.ID)] = true
		}
	}
	for _, m := range link.FindAllStringSubmatch(r.Message.Text, -1) {
		t.check(ids[m[1]], "%s: link to %s leads nowhere", what, m[1])
	}
	for _, l := range r.Locations {
		t.location(what, l, true)
	}
	for _, s := range r.Suppressions {
		for _, member := range []string{"kind", "status", "justification", "guid", "location"} {
			t.check(s[member] != nil, "%s: suppression without %s", what, member)
		}
	}
	t.check(len(r.Fixes) <= 1, "%s: %d fixes: reviewdog takes the last", what, len(r.Fixes))
	for _, f := range r.Fixes {
		t.fix(what, r, f)
	}
}

func (t *traps) location(what string, l Location, regions bool) {
	if l.PhysicalLocation == nil {
		t.check(false, "%s: no physical location", what)
		return
	}
	t.artifact(what, l.PhysicalLocation.ArtifactLocation)
	r, c := l.PhysicalLocation.Region, l.PhysicalLocation.ContextRegion
	t.check(r != nil || !regions, "%s: no region", what)
	if r != nil {
		t.region(what, *r)
	}
	if c != nil {
		t.region(what+": context", *c)
		t.check(contains(*c, *r) && !contains(*r, *c), "%s: context is no proper superset", what)
	}
}

func contains(a, b Region) bool {
	before := func(l1, c1, l2, c2 int) bool { return l1 < l2 || l1 == l2 && c1 <= c2 }
	return before(a.StartLine, a.StartColumn, b.StartLine, b.StartColumn) && before(b.EndLine, b.EndColumn, a.EndLine, a.EndColumn)
}

func (t *traps) artifact(what string, a Artifact) {
	u, err := url.Parse(a.URI)
	ok := err == nil && u.Scheme == "" && a.URI != "" && !strings.HasPrefix(a.URI, "/") && !strings.ContainsAny(a.URI, " \\#?") &&
		a.URI != ".." && !strings.HasPrefix(a.URI, "../") && !strings.Contains(a.URI, "/../")
	for i := 0; i < len(a.URI); i++ {
		ok = ok && a.URI[i] < 0x80
	}
	t.check(ok, "%s: uri %q", what, a.URI)
	t.check(a.URIBaseID == baseRef, "%s: uriBaseId %q", what, a.URIBaseID)
}

func (t *traps) region(what string, r Region) {
	t.check(r.StartLine >= 1 && r.StartColumn >= 1 && r.EndLine >= 1 && r.EndColumn >= 1, "%s: region %+v is not complete", what, r)
	t.check(contains(r, Region{StartLine: r.EndLine, StartColumn: r.EndColumn, EndLine: r.EndLine, EndColumn: r.EndColumn}), "%s: region ends before it starts", what)
}

func (t *traps) fix(what string, r Result, f Fix) {
	t.check(f.Description.Text != "", "%s: fix without a title", what)
	if t.check(len(f.ArtifactChanges) == 1, "%s: fix of %d files", what, len(f.ArtifactChanges)); len(f.ArtifactChanges) != 1 {
		return
	}
	change := f.ArtifactChanges[0]
	t.artifact(what+": fix", change.ArtifactLocation)
	t.check(len(r.Locations) == 1 && r.Locations[0].PhysicalLocation.ArtifactLocation == change.ArtifactLocation,
		"%s: fix of another file: reviewdog drops it", what)
	if t.check(len(change.Replacements) == 1, "%s: %d replacements", what, len(change.Replacements)); len(change.Replacements) != 1 {
		return
	}
	replacement := change.Replacements[0]
	t.region(what+": fix", replacement.DeletedRegion)
	t.check(replacement.InsertedContent != nil, "%s: no insertedContent: reviewdog crashes", what)
	if t.read == nil || replacement.InsertedContent == nil {
		return
	}
	name, _ := url.PathUnescape(change.ArtifactLocation.URI)
	text, err := t.read(name)
	if err != nil {
		t.check(false, "%s: %v", what, err)
		return
	}
	for _, trap := range ReplacementTraps(text, replacement) {
		t.check(false, "%s: %s", what, trap)
	}
}

// ReplacementTraps are the things in a replacement that some consumer applies
// to another effect than the standard's.
func ReplacementTraps(text []byte, r Replacement) []string {
	want, err := Apply(text, r, UTF16)
	if err != nil {
		return []string{err.Error()}
	}
	var out []string
	if got, err := Apply(text, r, Bytes); err != nil || !bytes.Equal(got, want) {
		out = append(out, "columns are not the same in bytes: reviewdog makes something else of it")
	}
	region := r.DeletedRegion
	start, _ := Offset(text, region.StartLine, region.StartColumn, UTF16)
	line := text[:start]
	if i := bytes.LastIndexByte(line, '\n'); i >= 0 {
		line = line[i+1:]
	}
	rest := text[start:]
	if i := bytes.IndexByte(rest, '\n'); i >= 0 {
		rest = bytes.TrimSuffix(rest[:i], []byte("\r"))
	}
	if len(bytes.TrimSpace(line)) == 0 && len(rest) > 0 && len(bytes.TrimLeft(rest, " \t")) < len(rest) {
		out = append(out, "starts inside indentation: VS Code moves the start")
	}
	lines := bytes.Count(text, []byte("\n"))
	if len(text) > 0 && text[len(text)-1] != '\n' {
		lines++
	}
	if region.EndLine > max(1, lines) {
		out = append(out, "ends behind the last line")
	}
	return out
}
