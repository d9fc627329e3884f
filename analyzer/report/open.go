package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/value"
)

const (
	// fewAlike is how many gaps of a class stand for all of it, and how many
	// undetermined results for all that need the same.
	fewAlike = 3
	// fewNeeds is how many needs are named.
	fewNeeds = 6
)

// shown is how many of n are printed when few are enough. One more costs no
// more than to say that it was left out.
func (t *printer) shown(n, few int) int {
	if t.verbose || n <= few+1 {
		return n
	}
	t.left = true
	return few
}

// undetermined prints what could not be decided, those that need the same
// together, and what one variable decides without a blank line between.
func (t *printer) undetermined(findings []*analyzer.Finding) {
	if len(findings) == 0 {
		return
	}
	t.line(t.in(bold, "Undetermined") + t.in(dim, "  a value that is not at hand decides"))
	t.line("")
	groups := sameNeeds(analyzer.Every(findings))
	entry := entries(findings)
	for i, group := range groups {
		n := t.shown(len(group), fewAlike)
		for _, f := range group[:n] {
			t.heading(f, f.Check.ID+" "+f.Check.Name, "")
			for _, l := range wrapped(f.Message, t.width-2) {
				t.line("  " + l)
			}
		}
		if n < len(group) {
			t.line(fmt.Sprintf("  and %d more that need the same", len(group)-n))
		}
		needs := t.told(group[0].Needs)
		n = t.shown(len(needs), fewNeeds)
		for _, need := range needs[:n] {
			t.labelled("needs", need)
		}
		if n < len(needs) {
			t.labelled("needs", fmt.Sprintf("%d more values", len(needs)-n))
		}
		if i+1 == len(groups) || entry[groups[i+1][0]] != entry[group[0]] {
			t.line("")
		}
	}
}

// entries says which of some findings each of them is, or is included in.
func entries(findings []*analyzer.Finding) map[*analyzer.Finding]int {
	out := map[*analyzer.Finding]int{}
	for i, f := range findings {
		out[f] = i
		for _, g := range f.Includes {
			out[g] = i
		}
	}
	return out
}

// needKey tells needs apart. What a flag gives to the whole run is one, wherever it is
// asked for.
func needKey(r value.Reason) string {
	for _, flag := range []string{"(--workspace)", "(--account)", "(--partition)"} {
		if strings.HasSuffix(r.Text, flag) {
			return flag
		}
	}
	return (names{base: "."}).reason(r.Text, r.Span)
}

// told are the needs as they are printed. What is missing of the run is told
// once, with the first place that asks for it.
func (n names) told(needs []value.Reason) []string {
	var out []string
	seen := map[string]bool{}
	for _, r := range needs {
		if key := needKey(r); !seen[key] {
			seen[key] = true
			out = append(out, n.reason(r.Text, r.Span))
		}
	}
	return out
}

// sameNeeds is findings in groups that the same values decide, in order of the
// first of each.
func sameNeeds(findings []*analyzer.Finding) [][]*analyzer.Finding {
	at := map[string]int{}
	var out [][]*analyzer.Finding
	for _, f := range findings {
		var needs []string
		for _, r := range f.Needs {
			needs = append(needs, needKey(r))
		}
		slices.Sort(needs)
		key := strings.Join(slices.Compact(needs), "\x00")
		i, ok := at[key]
		if !ok {
			i = len(out)
			at[key] = i
			out = append(out, nil)
		}
		out[i] = append(out[i], f)
	}
	return out
}

// gaps prints what could not be read: what is broken, then what limits the
// answer, those of a class together.
func (t *printer) gaps(gaps []source.Gap) {
	if len(gaps) == 0 {
		return
	}
	t.line(t.in(bold, "Not analysed"))
	t.line("")
	for _, kind := range []source.GapKind{source.ErrorGap, source.LimitGap} {
		for _, group := range alike(gaps, kind) {
			n := t.shown(len(group), fewAlike)
			for _, g := range group[:n] {
				t.gapLine(kind, t.gap(g))
			}
			if n < len(group) {
				t.gapLine(kind, fmt.Sprintf("and %d more %s", len(group)-n, group[0].Class))
			}
		}
	}
	t.line("")
}

// alike is the gaps of a kind in groups of one class, in order of the first of
// each. One without a class is alone.
func alike(gaps []source.Gap, kind source.GapKind) [][]source.Gap {
	at := map[string]int{}
	var out [][]source.Gap
	for _, g := range gaps {
		if g.Kind != kind {
			continue
		}
		i, ok := at[g.Class]
		if !ok || g.Class == "" {
			i = len(out)
			at[g.Class] = i
			out = append(out, nil)
		}
		out[i] = append(out[i], g)
	}
	return out
}

func (t *printer) gapLine(kind source.GapKind, text string) {
	colour := yellow
	if kind == source.ErrorGap {
		colour = red
	}
	for i, l := range wrapped(text, max(20, t.width-9)) {
		if i == 0 {
			t.line("  " + t.in(colour, kind.String()) + "  " + l)
		} else {
			t.line(strings.Repeat(" ", 9) + l)
		}
	}
}

// notes explain, once, what the report uses: how values are given, what [?]
// is, where the rest stands.
func (t *printer) notes(r *analyzer.Report) {
	list := notes(r)
	if t.left {
		list = append(list, "--verbose prints what is left out here; --format json has all of it.")
	}
	for _, n := range list {
		for _, l := range wrapped(n, t.width) {
			t.line(t.in(dim, l))
		}
	}
	if len(list) > 0 {
		t.line("")
	}
}

// notes are what people have to know to read a report and to answer what it
// asks.
func notes(r *analyzer.Report) []string {
	var out []string
	asks := slices.ContainsFunc(analyzer.Every(r.Undetermined), func(f *analyzer.Finding) bool {
		return slices.ContainsFunc(f.Needs, value.Reason.OfVariable)
	})
	if asks {
		out = append(out, "Variables get values by --var NAME=VALUE, by --var-file FILE or from a plan (--plan FILE).")
	}
	if slices.ContainsFunc(r.Gaps, func(g source.Gap) bool { return g.Class == terraform.ModulesNotFetched }) {
		out = append(out, "Modules that are not local are read after terraform init, and a plan has what they make.")
	}
	if slices.ContainsFunc(r.All(), unknownKey) {
		out = append(out, "[?] in an address stands for a key of count or for_each that is not known.")
	}
	return out
}

// unknownKey says that a finding shows an address with a key that is not known.
func unknownKey(f *analyzer.Finding) bool {
	if f.Resource != nil && strings.Contains(f.Resource.Address, "[?]") || strings.Contains(f.Message, "[?]") {
		return true
	}
	return slices.ContainsFunc(f.Instances, func(i analyzer.Instance) bool { return strings.Contains(i.Address, "[?]") }) ||
		slices.ContainsFunc(f.Related, func(r analyzer.Related) bool { return strings.Contains(r.Address+r.Message, "[?]") })
}
