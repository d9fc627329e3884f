package checks

import (
	"strings"

	"github.com/iamvet/iamvet/analyzer"
)

// controls reads lists of controls, one framework and its ids each:
// "cis-5.0 1.12". Only what was read in the framework, or in a mapping that its
// publisher maintains, is listed.
func controls(lists ...string) []analyzer.Control {
	var out []analyzer.Control
	for _, list := range lists {
		fields := strings.Fields(list)
		for _, id := range fields[1:] {
			out = append(out, analyzer.Control{Framework: fields[0], ID: id})
		}
	}
	return out
}

// cis1 is a control whose number is the same from CIS AWS Foundations 1.4 to
// 4.0.1.
func cis1(id string) []analyzer.Control {
	return controls("cis-1.4 "+id, "cis-1.5 "+id, "cis-2.0 "+id, "cis-3.0 "+id, "cis-4.0.1 "+id)
}
