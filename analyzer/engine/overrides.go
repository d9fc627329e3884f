package engine

import (
	"fmt"
	"maps"
	"slices"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/settings"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform"
)

// override gives findings the severities that the project's settings set for
// their rules. It comes after the fixes are verified: what a fix leaves is
// measured by the rules' own severities.
func (a *analysis) override(findings []*analyzer.Finding) {
	for _, f := range findings {
		if f.Verdict == analyzer.Advice || f.Pinned {
			continue
		}
		for _, o := range a.in.Settings.Severities {
			if s, ok := analyzer.ParseSeverity(o.Severity); ok && f.Check.Called(o.Rule) {
				f.Severity = s
				for i := range f.Instances {
					f.Instances[i].Severity = s
				}
			}
		}
	}
}

// misnamed are gaps for the rules that the settings name and that are not there,
// or are there twice.
func (a *analysis) misnamed() []source.Gap {
	var out []source.Gap
	named := map[*analyzer.Check]bool{}
	for _, o := range a.in.Settings.Severities {
		reason := a.noRule("severities", o.Rule)
		for _, c := range a.checks {
			if !c.Called(o.Rule) {
				continue
			}
			reason = ""
			if named[c] {
				reason = fmt.Sprintf("severities: %s stands twice, by its id or its name: leave one of them out", c.ID)
			}
			named[c] = true
		}
		if reason != "" {
			out = append(out, source.Gap{Kind: source.ErrorGap, Span: o.Span, File: a.in.Settings.File, Reason: reason})
		}
	}
	for _, r := range a.in.Settings.Rules {
		if !slices.ContainsFunc(a.checks, func(c *analyzer.Check) bool { return c.Called(r.Rule) }) {
			out = append(out, source.Gap{Kind: source.ErrorGap, Span: r.Span, File: a.in.Settings.File, Reason: a.noRule("rules", r.Rule)})
		}
	}
	return out
}

// noRule says that there is no rule of a name.
func (a *analysis) noRule(where, name string) string {
	var names []string
	for _, c := range a.checks {
		names = append(names, c.ID, c.Name)
	}
	if near := settings.Nearest(name, names); near != "" {
		return fmt.Sprintf("%s: there is no rule %q: did you mean %s?", where, name, near)
	}
	return fmt.Sprintf("%s: there is no rule %q: `iamvet rules` lists them", where, name)
}

// misused are gaps for what was named on the command line to no effect: files
// that nothing reads (a plan without its flag, a note), values for variables
// that no root declares. With several roots, most do not know a variable. Which
// files the roots read is known after they were looked at.
func (a *analysis) misused(res *result) []source.Gap {
	var out []source.Gap
	for _, name := range slices.Sorted(maps.Keys(a.in.Options.Vars)) {
		if len(res.roots) > 0 && !slices.ContainsFunc(res.roots, func(r *terraform.Root) bool { return r.Declares(name) }) {
			out = append(out, source.Gap{Kind: source.LimitGap, Reason: fmt.Sprintf("--var %s: no root module of this scan declares a variable of that name", name)})
		}
	}
	for _, name := range a.in.Paths {
		g, ok := terraform.Unfit(a.in.Boundary, name)
		if ok && !res.files[g.File] {
			out = append(out, g)
		}
	}
	// A change of what nobody reads is fine. Who names a plan, and nothing else, means it.
	alone := len(res.roots) == 0 && len(a.in.Paths) == 0 && len(a.in.Changed) == 1
	for _, name := range a.in.Changed {
		g, ok := terraform.Unread(a.in.Boundary, name)
		if ok && !res.files[g.File] && (alone || g.Kind == source.LimitGap) {
			out = append(out, g)
		}
	}
	return out
}
