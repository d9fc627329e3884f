package sarif

import (
	"net/url"
	"path"
	"strings"

	"github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/source"
)

// artifact is the location of a file by its name relative to the boundary,
// percent-encoded.
func artifact(name string) sarif.ArtifactLocation {
	return sarif.ArtifactLocation{URI: ptr(fileURI(name)), URIBaseId: ptr(srcRoot)}
}

// fileURI is a relative reference below the boundary, always: GitHub refuses
// files with others. What lies elsewhere (a plan in a temporary directory) goes
// by its last element, and standard input by a name.
func fileURI(name string) string {
	name = strings.ReplaceAll(name, `\`, "/")
	if name == "-" || name == "<stdin>" {
		return "stdin"
	}
	name = path.Clean(name)
	if path.IsAbs(name) || name == ".." || strings.HasPrefix(name, "../") || hasDrive(name) {
		name = path.Base(name)
	}
	segments := strings.Split(name, "/")
	for i, s := range segments {
		segments[i] = strings.ReplaceAll(url.PathEscape(s), ":", "%3A")
	}
	return strings.Join(segments, "/")
}

func hasDrive(name string) bool { return len(name) > 2 && name[1] == ':' && name[2] == '/' }

// place is the location of a span.
func place(s source.Span) *sarif.PhysicalLocation {
	if analyzer.Withheld(s.File) {
		return mark(s)
	}
	r := region(s)
	r.Snippet = snippet(s)
	at := artifact(s.File.Name)
	return &sarif.PhysicalLocation{ArtifactLocation: &at, Region: r, ContextRegion: contextRegion(s)}
}

// mark is a location of which only the place matters, without its text.
func mark(s source.Span) *sarif.PhysicalLocation {
	at := artifact(s.File.Name)
	return &sarif.PhysicalLocation{ArtifactLocation: &at, Region: region(visible(s))}
}

// firstLine is the location of a file whose text is not at hand: a plan.
func firstLine(name string) *sarif.PhysicalLocation {
	at := artifact(name)
	return &sarif.PhysicalLocation{ArtifactLocation: &at, Region: &sarif.Region{
		StartLine: ptr(1), StartColumn: ptr(1), EndLine: ptr(1), EndColumn: ptr(2)}}
}
