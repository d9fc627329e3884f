package settings

import (
	"cmp"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iamvet/iamvet/analyzer/source"
)

// A Written setting is one as a file has it.
type Written struct {
	Name string
	Span source.Span
}

// WrittenIn are the settings of a file, whether or not they are right, in their order.
func WrittenIn(f *source.File) []Written {
	parsed, _ := hclsyntax.ParseConfig(f.Bytes, f.Name, hcl.InitialPos)
	if parsed == nil {
		return nil
	}
	body, ok := parsed.Body.(*hclsyntax.Body)
	if !ok {
		return nil
	}
	var out []Written
	add := func(name string, r hcl.Range) {
		out = append(out, Written{name, source.Span{File: f, Start: r.Start.Byte, End: r.End.Byte}})
	}
	for _, a := range body.Attributes {
		add(a.Name, a.SrcRange)
	}
	for _, b := range body.Blocks {
		add(b.Type, b.Range())
	}
	slices.SortFunc(out, func(a, b Written) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
	return out
}
