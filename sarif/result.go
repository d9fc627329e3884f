package sarif

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/source"
)

const (
	// maxRelated is how many related locations a result has at most.
	maxRelated = 100
	// maxLinks is how many of them the message names: GitHub shows no others.
	maxLinks = 5
	// unknownPlan stands for a plan whose name the report does not know.
	unknownPlan = "plan.json"
)

func (b *builder) result(f *analyzer.Finding) *sarif.Result {
	id := ruleID(f.Check, f.Severity)
	fix, chosen := b.fix(f)
	related := b.related(f)
	r := &sarif.Result{
		RuleID:              ptr(id),
		RuleIndex:           ptr(b.rules.index[id]),
		Level:               ptr(levels[f.Severity].level),
		Message:             message(f, chosen, related),
		Locations:           []*sarif.Location{b.location(f)},
		RelatedLocations:    related,
		PartialFingerprints: b.fingerprints(id, f),
	}
	if f.Suppression != nil {
		r.Suppressions = []*sarif.Suppression{b.suppression(f)}
	} else if fix != nil {
		r.Fixes = []*sarif.Fix{fix}
	}
	return r
}

// location is the one place of a result: GitHub uses no other.
func (b *builder) location(f *analyzer.Finding) *sarif.Location {
	l := &sarif.Location{}
	switch {
	case !f.Span.IsZero():
		l.PhysicalLocation = place(visible(f.Span))
	case f.File != "":
		l.PhysicalLocation = firstLine(f.File)
	case f.Resource != nil && !f.Resource.Header.IsZero():
		l.PhysicalLocation = place(f.Resource.Place())
	default:
		l.PhysicalLocation = firstLine(unknownPlan)
	}
	if f.Resource != nil {
		l.LogicalLocations = []*sarif.LogicalLocation{{
			Name:               ptr(f.Resource.Type + "." + f.Resource.Name + f.Resource.Key),
			FullyQualifiedName: ptr(f.Resource.Address),
			Kind:               ptr("resource"),
		}}
		if path := f.Resource.Construct; path != "" { // what people wrote, where the block was synthesized
			l.LogicalLocations = append(l.LogicalLocations, &sarif.LogicalLocation{
				Name: ptr(path[strings.LastIndexByte(path, '/')+1:]), FullyQualifiedName: ptr(path), Kind: ptr("declaration"),
			})
		}
	}
	return l
}

func (b *builder) related(f *analyzer.Finding) []*sarif.Location {
	type key struct {
		message string
		span    source.Span
		address string
	}
	seen := map[key]bool{}
	var out []*sarif.Location
	for _, r := range f.Related {
		k := key{r.Message, r.Span, r.Address}
		if seen[k] || len(out) == maxRelated {
			continue
		}
		seen[k] = true
		l := &sarif.Location{Id: ptr(uint(len(out) + 1)), Message: text(upperFirst(oneLine(r.Message)))}
		switch {
		case !r.Span.IsZero():
			l.PhysicalLocation = mark(r.Span)
		case f.File != "":
			l.PhysicalLocation = firstLine(f.File)
		default:
			continue
		}
		if r.Address != "" {
			l.LogicalLocations = []*sarif.LogicalLocation{{FullyQualifiedName: ptr(r.Address)}}
		}
		out = append(out, l)
	}
	return out
}

// fingerprints are what keeps an alert the same alert: GitHub's hash of the
// line, and our own, which survives moves. Where there is no line our own
// stands for both, or all findings of a plan would be one alert; so it does for a
// second result of a rule on one line.
func (b *builder) fingerprints(rule string, f *analyzer.Finding) map[string]interface{} {
	out := map[string]interface{}{}
	if f.Fingerprint != "" {
		out["iamvet/v2"] = f.Fingerprint
		out["primaryLocationLineHash"] = f.Fingerprint
	}
	if f.FingerprintV1 != "" {
		out["iamvet/v1"] = f.FingerprintV1
	}
	at := f.Span
	if at.IsZero() && f.File == "" && f.Resource != nil {
		at = f.Resource.Place()
	}
	if !at.IsZero() {
		h := b.lineHash(at.File, at.StartPos().Line)
		alert := [3]string{rule, at.File.Name, h}
		if h != "" && !b.alerts[alert] {
			b.alerts[alert] = true
			out["primaryLocationLineHash"] = h
		}
	}
	return out
}

// fixesOf are the fixes of a finding, then of those that it implies: a result has one
// fix, and one that mends less is better than none.
func fixesOf(f *analyzer.Finding) []*analyzer.Fix {
	out := slices.Clone(f.Fixes)
	for _, g := range f.Includes {
		out = append(out, g.Fixes...)
	}
	return out
}

// fix is the fix of a finding that SARIF can carry, if there is one: not a
// draft, and all of it in the file of the finding. reviewdog drops changes to
// other files, and takes the last of several fixes.
func (b *builder) fix(f *analyzer.Finding) (*sarif.Fix, *analyzer.Fix) {
	for _, fix := range fixesOf(f) {
		if fix.Grade == analyzer.Draft || f.Span.IsZero() || !within(f.Span.File, fix.Edits) {
			continue
		}
		r, ok := canonical(f.Span.File, fix.Edits)
		if !ok {
			continue
		}
		return &sarif.Fix{
			Description: text(sentence(upperFirst(oneLine(fix.Message)))),
			ArtifactChanges: []*sarif.ArtifactChange{{
				ArtifactLocation: artifact(r.Span.File.Name),
				Replacements: []*sarif.Replacement{{
					DeletedRegion:   *region(r.Span),
					InsertedContent: &sarif.ArtifactContent{Text: ptr(r.New)},
				}},
			}},
		}, fix
	}
	return nil, nil
}

func within(file *source.File, edits []source.Edit) bool {
	for _, e := range edits {
		if e.Span.IsZero() || e.Span.File.Name != file.Name || len(e.Span.File.Bytes) != len(file.Bytes) {
			return false
		}
	}
	return len(edits) > 0
}

// message is all that GitHub shows of a finding: what is wrong, the request
// that gets through, the remedy, and links to the related places. The Markdown
// is for reviewdog, where such links lead nowhere.
func message(f *analyzer.Finding, fix *analyzer.Fix, related []*sarif.Location) sarif.Message {
	said := []string{sentence(oneLine(f.Message))}
	if also := f.Also(func(root string) string { return root }, analyzer.EveryInstance); also != "" {
		said = append(said, "Also: "+also+".")
	}
	for _, g := range f.Includes {
		said = append(said, "It implies "+g.Check.ID+" "+g.Check.Name+": "+sentence(oneLine(g.Check.Title)))
	}
	if f.Witness != nil {
		said = append(said, "What gets through: "+oneLine(f.Witness.Sentence()))
	}
	if remedy := remedy(f, fix); remedy != "" {
		said = append(said, remedy)
	}
	plain := strings.ReplaceAll(strings.Join(said, " "), "](", "] (")
	var links []string
	for _, l := range related {
		if len(links) == maxLinks {
			break
		}
		label := strings.NewReplacer("[", `\[`, "]", `\]`, `\`, `\\`).Replace(strings.TrimSuffix(*l.Message.Text, "."))
		links = append(links, fmt.Sprintf("[%s](%d)", label, *l.Id))
	}
	if len(links) > 0 {
		plain += " See: " + strings.Join(links, ", ") + "."
	}
	return sarif.Message{Text: ptr(plain), Markdown: ptr(markdown(said, f, fix, related))}
}

func remedy(f *analyzer.Finding, fix *analyzer.Fix) string {
	switch {
	case fix != nil:
		return "To fix it: " + sentence(oneLine(fix.Message))
	case len(f.Fixes) > 0:
		return "To fix it: " + sentence(oneLine(f.Fixes[0].Message))
	}
	first, _, _ := strings.Cut(oneLine(f.Remedy()), ". ")
	return sentence(first)
}

// suppression has all four of its members set: go-sarif writes null for the
// others.
func (b *builder) suppression(f *analyzer.Finding) *sarif.Suppression {
	s := f.Suppression
	kind, at := "external", b.location(f)
	if s.By == "comment" {
		kind = "inSource"
	}
	if !s.Span.IsZero() {
		at = &sarif.Location{PhysicalLocation: mark(s.Span)}
	}
	why := oneLine(s.Reason)
	if why == "" {
		why = "Suppressed by " + s.By + "."
	}
	if s.Until != "" {
		why += " (until " + s.Until + ")"
	}
	return &sarif.Suppression{Kind: kind, Status: ptr("accepted"), Location: at, Justification: ptr(why),
		Guid: ptr(guid("suppression", s.By, f.Check.ID, f.Fingerprint, strconv.Itoa(s.Span.Start)))}
}

// guid is a UUID that depends on its parts alone.
func guid(parts ...string) string {
	h := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	h[6] = h[6]&0x0f | 0x50
	h[8] = h[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", h[0:4], h[4:6], h[6:8], h[8:10], h[10:16])
}

// oneLine is text in one line, in which nothing is invisible: neither controls nor what
// turns the direction of writing.
func oneLine(s string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && !unicode.IsSpace(r) || unicode.Is(unicode.Bidi_Control, r) || r >= 0xe0000 && r <= 0xe007f {
			return unicode.ReplacementChar
		}
		return r
	}, s)), " ")
}
