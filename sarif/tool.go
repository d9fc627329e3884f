package sarif

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/source"
)

// maxNotifications bounds what is said about the run itself.
const maxNotifications = 1000

// The kinds of notifications, by index in notificationKinds.
const (
	brokenInput = iota
	limitReached
	undetermined
	resultsOmitted
	fault
)

var notificationKinds = [...]struct{ id, name, level, short, full string }{
	{"IVN001", "BrokenInput", "error", "Input could not be read.",
		"A file is missing, unreadable, truncated or wrong, or a bound was exceeded. What depends on it was not analysed."},
	{"IVN002", "AnalysisLimit", "warning", "Something cannot be known from here.",
		"A module that was not fetched, remote data or a file outside the boundary: what depends on it is unknown."},
	{"IVN003", "Undetermined", "note", "A value that is not at hand decides.",
		"Whether a rule is violated depends on a value that is not known. The message says which."},
	{"IVN004", "ResultsOmitted", "warning", "Not all results are in this file.",
		"GitHub shows 5,000 results of a run. The ones of lower severity were left out."},
	{"IVN005", "Fault", "error", "iamvet crashed.",
		"A part of the analysis ended in a crash, which is a fault of iamvet: the message says which part. The rest was analysed."},
}

var semver = regexp.MustCompile(`^v?(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?)$`)

func (b *builder) driver() driver {
	version := b.report.Version
	if version == "" {
		version = "(devel)"
	}
	number := "0.0.0" // consumers sort and compare it
	if m := semver.FindStringSubmatch(version); m != nil {
		number = m[1]
	}
	d := &sarif.ToolComponent{
		Name:             "iamvet",
		FullName:         ptr("iamvet " + version),
		Version:          ptr(number),
		SemanticVersion:  ptr(number),
		InformationURI:   ptr(home),
		Organization:     ptr("iamvet"),
		ShortDescription: multiformat("Proves things about AWS identity in Terraform.", ""),
	}
	for _, k := range notificationKinds {
		d.Notifications = append(d.Notifications, &sarif.ReportingDescriptor{
			ID:                   k.id,
			Name:                 ptr(k.name),
			ShortDescription:     multiformat(k.short, ""),
			FullDescription:      multiformat(k.full, ""),
			Help:                 multiformat(k.full, ""),
			HelpURI:              ptr(home),
			DefaultConfiguration: &sarif.ReportingConfiguration{Level: k.level},
		})
	}
	out := driver{ToolComponent: d, Rules: []rule{}, SupportedTaxonomies: b.taxa.supported()}
	for i, descriptor := range b.rules.list {
		out.Rules = append(out.Rules, rule{descriptor, b.taxa.of(b.rules.of[i])})
	}
	return out
}

// invocation says whether all of it could be analysed, and what not. It has no
// times, machine or command line: the same input gives the same bytes.
func (b *builder) invocation(omitted int) *sarif.Invocation {
	ok := true
	var notes []*sarif.Notification
	for _, g := range b.report.Gaps {
		kind := limitReached
		if g.Kind == source.ErrorGap {
			kind, ok = brokenInput, false
		}
		if g.Class == analyzer.Crashes {
			kind = fault
		}
		notes = append(notes, notification(kind, sentence(oneLine(g.Reason)), g.Span, g.File))
	}
	for _, f := range b.report.Undetermined {
		n := notification(undetermined, needs(f)+decides(f), f.Span, f.File)
		if index, known := b.rules.index[f.Check.ID]; known {
			n.AssociatedRule = &sarif.ReportingDescriptorReference{Id: ptr(f.Check.ID), Index: ptr(index)}
		}
		notes = append(notes, n)
	}
	if len(notes) > maxNotifications {
		left := fmt.Sprintf("%d more notifications were left out.", len(notes)-maxNotifications)
		notes = append(notes[:maxNotifications:maxNotifications], notification(limitReached, left, source.Span{}, ""))
	}
	if omitted > 0 {
		left := fmt.Sprintf("%d results of lower severity were left out: GitHub shows 5,000 of a run.", omitted)
		notes = append(notes, notification(resultsOmitted, left, source.Span{}, ""))
	}
	out := &sarif.Invocation{ExecutionSuccessful: ptr(ok), ToolExecutionNotifications: notes}
	if s := b.report.Settings; s != nil {
		out.Properties = sarif.Properties{"settings": s}
	}
	return out
}

func needs(f *analyzer.Finding) string {
	out := sentence(oneLine(f.Message))
	var texts []string
	for _, n := range f.Needs {
		if s := oneLine(n.Text); !slices.Contains(texts, s) {
			texts = append(texts, s)
		}
	}
	if len(texts) > 0 {
		out += " It depends on this: " + strings.Join(texts, "; ") + "."
	}
	return out
}

// decides names the questions that have the same answer missing.
func decides(f *analyzer.Finding) string {
	const shown = 10
	var names []string
	for _, g := range f.Includes {
		name := g.Check.ID
		if g.Resource != nil {
			name += " of '" + g.Resource.Address + "'"
		}
		names = append(names, name)
	}
	switch {
	case len(names) == 0:
		return ""
	case len(names) > shown+1:
		names = append(names[:shown], fmt.Sprintf("%d more", len(names)-shown))
	}
	return " So do these: " + strings.Join(names, ", ") + "."
}

func notification(kind int, message string, at source.Span, file string) *sarif.Notification {
	k := notificationKinds[kind]
	n := &sarif.Notification{
		Level:      k.level,
		Message:    text(message),
		Descriptor: &sarif.ReportingDescriptorReference{Id: ptr(k.id), Index: ptr(uint(kind))},
	}
	switch {
	case !at.IsZero():
		n.Locations = []*sarif.Location{{PhysicalLocation: mark(at)}}
	case file != "":
		artifact := artifact(file)
		n.Locations = []*sarif.Location{{PhysicalLocation: &sarif.PhysicalLocation{ArtifactLocation: &artifact}}}
	}
	return n
}
