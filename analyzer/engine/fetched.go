package engine

import (
	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
)

// inRepository moves a finding from a module that terraform init has fetched to the
// call of it: no reviewer sees what was fetched, and what mends the finding is a
// change of the call. The line that was fetched stays as a related place.
func inRepository(f *analyzer.Finding) {
	if f.Resource == nil || f.Span.IsZero() || !workspace.Fetched(f.Span.File.Name) {
		return
	}
	call := f.Resource.Place()
	if call.IsZero() || workspace.Fetched(call.File.Name) {
		return
	}
	f.Related = append([]analyzer.Related{{Message: "in the module that was fetched", Span: f.Span, Address: f.Resource.Address}}, f.Related...)
	f.Fetched, f.Span = f.Span, call
}
