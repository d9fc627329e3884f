package terraform

import (
	"slices"

	"github.com/iamvet/iamvet/analyzer/terraform/addrs"
	"github.com/iamvet/iamvet/analyzer/terraform/lang"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
)

// Formerly are the names that a resource had before, as the moved blocks of its module say,
// the latest first.
func (r *Resource) Formerly(b *workspace.Boundary) []addrs.Resource {
	if b == nil || r.dir == "" {
		return nil
	}
	m := b.Module(r.dir, lang.AnyLanguage)
	if m == nil {
		return nil
	}
	moved := m.Moved()
	if len(moved) == 0 {
		return nil
	}
	now := addrs.Resource{Mode: r.Mode, Type: r.Type, Name: r.Name}
	var out []addrs.Resource
	for open := []addrs.Resource{now}; len(open) > 0; open = open[1:] {
		for _, from := range moved[open[0]] {
			if from != now && !slices.Contains(out, from) { // they may go round
				out, open = append(out, from), append(open, from)
			}
		}
	}
	return out
}
