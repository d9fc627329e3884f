package analyzer

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/iamvet/iamvet/analyzer/settings"
	"github.com/iamvet/iamvet/analyzer/terraform"
)

// override gives findings the severities that the project's settings set for
// their rules. It comes after the fixes are verified: what a fix leaves is
// measured by the rules' own severities.
func (a *analysis) override(findings []*Finding) {
	if len(a.in.Settings.Severities) == 0 {
		return
	}
	for _, f := range findings {
		if f.Verdict == Advice {
			continue
		}
		for rule, name := range a.in.Settings.Severities {
			if s, ok := ParseSeverity(name); ok && f.Check.called(rule) {
				f.Severity = s
			}
		}
	}
}

// called says that a rule goes by that id or name.
func (c *Check) called(name string) bool {
	return strings.EqualFold(c.ID, name) || c.Name == name
}

// misnamed are gaps for the rules that the settings name and that are not there.
func (a *analysis) misnamed() []terraform.Gap {
	var out []terraform.Gap
	for rule := range a.in.Settings.Severities {
		if !slices.ContainsFunc(a.checks, func(c *Check) bool { return c.called(rule) }) {
			out = append(out, terraform.Gap{Kind: terraform.ErrorGap, File: settings.Name,
				Reason: fmt.Sprintf("severities: there is no rule %q: `iamvet rules` lists them", rule)})
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Reason < out[j].Reason })
	return out
}
