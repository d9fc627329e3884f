package report

import (
	"sort"
	"strconv"
	"strings"

	"github.com/iamvet/iamvet/analyzer"
)

func itoa(n int) string { return strconv.Itoa(n) }

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return itoa(n) + " " + noun + "s"
}

// counts is what was found, in words: 3 violations (1 high, 2 medium),
// 1 undetermined.
func counts(s analyzer.Summary) string {
	out := "no violations"
	if s.Violations > 0 {
		var by []string
		for v := analyzer.Critical; v >= analyzer.Note; v-- {
			if k := s.BySeverity[v.String()]; k > 0 {
				by = append(by, itoa(k)+" "+v.String())
			}
		}
		out = plural(s.Violations, "violation")
		if len(by) > 0 {
			out += " (" + strings.Join(by, ", ") + ")"
		}
	}
	if s.Advice > 0 {
		out += ", " + plural(s.Advice, "note")
	}
	if s.Undetermined > 0 {
		out += ", " + itoa(s.Undetermined) + " undetermined"
	}
	if s.Suppressed > 0 {
		out += ", " + itoa(s.Suppressed) + " suppressed"
	}
	if s.Gaps > 0 {
		out += ", " + plural(s.Gaps, "gap")
	}
	return out
}

// scanned is what was looked at: 12 files, 3 roots, 40 resources.
func scanned(s analyzer.Summary) string {
	return plural(s.Files, "file") + ", " + plural(s.Roots, "root") + ", " + plural(s.Resources, "resource")
}

// settingsWords say which settings counted: a change of them changes what is asked.
func settingsWords(n names, s *analyzer.UsedSettings) string {
	what := "which sets nothing"
	if len(s.Given) > 0 {
		what = strings.Join(s.Given, ", ")
	}
	return "Settings: " + n.of(s.File) + " (" + what + ")."
}

// SettingsWords say which settings counted, for where a format has no place for it.
func SettingsWords(r *analyzer.Report) string {
	return clean(settingsWords(boundaryNames(), r.Settings))
}

// included names a finding that another one implies. JSON has all that it says.
func included(f *analyzer.Finding) string {
	return f.Check.ID + " " + f.Check.Name + " (" + f.Severity.String() + "): " + oneLine(f.Check.Title) + "."
}

// oneLine is s with runs of white space as single spaces.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// sortGroups puts groups of findings in the order of their checks' ids.
func sortGroups(groups [][]*analyzer.Finding) {
	sort.SliceStable(groups, func(i, j int) bool { return groups[i][0].Check.ID < groups[j][0].Check.ID })
}

// worstFirst is the findings by severity, else in report order.
func worstFirst(findings []*analyzer.Finding) []*analyzer.Finding {
	out := append([]*analyzer.Finding(nil), findings...)
	sort.SliceStable(out, func(i, j int) bool { return out[i].Severity > out[j].Severity })
	return out
}
