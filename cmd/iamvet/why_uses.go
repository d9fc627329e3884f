package main

import (
	"strings"

	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/value"
)

// uses says that a resource has a value that another one makes: by reference, or by
// text that stands in it.
func uses(r, used *terraform.Resource) bool {
	found := false
	address := strings.TrimSuffix(used.Address, used.Key)
	visit := func(w *value.Value, _ string) {
		if ref := w.Ref; ref != nil && (ref.Address == used.Address || ref.Address == address) {
			found = true
		}
		for s := w.Via; s != nil && !found; s = s.Next {
			found = strings.HasPrefix(s.Name, address+".") || strings.HasPrefix(s.Name, address+"[")
		}
		found = found || !w.Span.IsZero() && used.Body.Contains(w.Span)
	}
	if r.Block != nil {
		walkPlaces(r.Block, "", visit)
	}
	return found
}
