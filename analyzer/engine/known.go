package engine

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/baseline"
	"github.com/iamvet/iamvet/analyzer/ignore"
	"github.com/iamvet/iamvet/analyzer/settings"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
)

// known is what people say they know of: comments and the ignore blocks of the settings.
// It is asked by all cores.
type known struct {
	a         *analysis
	addresses [][]*regexp.Regexp // of each ignore block

	mu       sync.Mutex
	used     map[source.Span]bool // the comments and blocks that some finding met
	comments map[source.Span]*analyzer.Suppression
	blocks   []*analyzer.Suppression
}

func (a *analysis) newKnown() *known {
	k := &known{a: a, used: map[source.Span]bool{}, comments: map[source.Span]*analyzer.Suppression{}}
	for _, i := range a.in.Settings.Ignores {
		var globs []*regexp.Regexp
		for _, glob := range i.Addresses {
			text := strings.NewReplacer(`\*`, `.*`, `\?`, `.`).Replace(regexp.QuoteMeta(glob))
			globs = append(globs, regexp.MustCompile(`^(?s:`+text+`)$`))
		}
		k.addresses = append(k.addresses, globs)
		k.blocks = append(k.blocks, &analyzer.Suppression{By: "config", Reason: i.Reason, Until: i.Until, Span: i.Span})
	}
	return k
}

// suppress says of findings that they are known. It comes before those of one text are
// merged: somebody may know of one of them, and not of the others. No fix is worked out
// for what is known.
func (k *known) suppress(findings []*analyzer.Finding) {
	for _, f := range findings {
		if s := k.of(f); s != nil {
			f.Suppression, f.Offer, f.Fixes = s, nil, nil
		}
	}
}

func (k *known) of(f *analyzer.Finding) *analyzer.Suppression {
	for _, at := range placesOf(f) {
		for _, c := range ignore.At(at) {
			if c.Wrong == "" && slices.ContainsFunc(c.Rules, f.Check.Called) && !c.Expired(k.a.in.Now) {
				return k.comment(c)
			}
		}
	}
	for n, i := range k.a.in.Settings.Ignores {
		if k.means(n, i, f) && !ignore.Over(i.Until, k.a.in.Now) {
			k.mu.Lock()
			defer k.mu.Unlock()
			k.used[i.Span] = true
			return k.blocks[n]
		}
	}
	return nil
}

// comment is what a comment says; one for each, so that findings of one are merged.
func (k *known) comment(c *ignore.Comment) *analyzer.Suppression {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.used[c.Span] = true
	s := k.comments[c.Span]
	if s == nil {
		s = &analyzer.Suppression{By: "comment", Reason: c.Reason, Until: c.Until, Span: c.Span}
		k.comments[c.Span] = s
	}
	return s
}

// placesOf are the places at which a comment is about a finding: its own, the block of
// its resource, and the calls of the modules that this is in. What terraform init has
// fetched is somebody else's: they do not say what is accepted here.
func placesOf(f *analyzer.Finding) []source.Span {
	places := []source.Span{f.Span}
	if f.Resource != nil {
		places = append(places, f.Resource.Header)
		for _, c := range f.Resource.Calls {
			places = append(places, c.Span)
		}
	}
	return slices.DeleteFunc(places, func(at source.Span) bool { return at.IsZero() || workspace.Fetched(at.File.Name) })
}

func (k *known) means(n int, i settings.Ignore, f *analyzer.Finding) bool {
	if len(i.Rules) > 0 && !slices.ContainsFunc(i.Rules, f.Check.Called) {
		return false
	}
	if len(i.Addresses) > 0 && (f.Resource == nil ||
		!slices.ContainsFunc(k.addresses[n], func(r *regexp.Regexp) bool { return r.MatchString(f.Resource.Address) })) {
		return false
	}
	if len(i.Paths) == 0 {
		return true
	}
	return slices.ContainsFunc(placesOf(f), func(at source.Span) bool {
		return slices.ContainsFunc(i.Paths, func(glob string) bool { return workspace.Matches(glob, at.File.Name) })
	})
}

// complaints are gaps for what says that something is known, and is wrong, over, or about
// nothing. files are those that were read.
func (k *known) complaints(files map[string]bool) (gaps []source.Gap) {
	complain := func(at source.Span, format string, args ...any) {
		gaps = append(gaps, source.Gap{Kind: source.LimitGap, Span: at, Class: "ignores", Reason: fmt.Sprintf(format, args...)})
	}
	// whole says that all was looked at where there may be such a finding.
	judge := func(at source.Span, rules []string, until string, whole bool) {
		var off, strange []string
		for _, name := range rules {
			i := slices.IndexFunc(k.a.checks, func(c *analyzer.Check) bool { return c.Called(name) })
			switch {
			case i < 0:
				strange = append(strange, name)
			case !k.a.wanted(k.a.checks[i]):
				off = append(off, name)
			}
		}
		switch {
		case len(off) > 0 && len(off) == len(rules): // nobody asked
		case len(strange) > 0:
			complain(at, "%s", k.a.noRule("ignore", strange[0]))
		case ignore.Over(until, k.a.in.Now):
			complain(at, "the ignore of %s ended on %s: mend what it is about, or say until when it is known now", orAll(rules), until)
		case k.used[at] || !whole:
		case k.a.asksReports(rules):
			complain(at, "the ignore of %s is about nothing here: keep it if it is about what only a credential report shows, of which there is none in this scan", orAll(rules))
		default:
			complain(at, "the ignore of %s is about nothing: there is no such finding here any more, take it away", orAll(rules))
		}
	}
	project := k.a.scansProject()
	roots := map[string]bool{}
	for _, f := range k.a.found {
		roots[f.Dir] = true
	}
	if k.a.in.Boundary != nil {
		for name := range files {
			if base, ending := workspace.ConfigName(path.Base(name)); base == "" || ending == "" || workspace.Fetched(name) {
				continue
			}
			f, gap := k.a.in.Boundary.File(name)
			if gap != nil {
				continue
			}
			was := k.commentsThen(name)
			for _, c := range ignore.Comments(f) {
				if place := c.Place(); was[place] > 0 {
					was[place]--
				} else if k.a.in.Gate != nil && c.Wrong == "" {
					complain(c.Span, "this ignore of %s comes with what is scanned: %s", orAll(c.Rules), c.Reason)
				}
				if c.Wrong != "" {
					complain(c.Span, "this %s ignores nothing: %s", ignore.Marker, c.Wrong)
					continue
				}
				judge(c.Span, c.Rules, c.Until, project || roots[path.Dir(name)])
			}
		}
	}
	for _, i := range k.a.in.Settings.Ignores {
		judge(i.Span, i.Rules, i.Until, project)
	}
	slices.SortStableFunc(gaps, func(a, b source.Gap) int {
		return cmp.Or(cmp.Compare(a.Span.File.Name, b.Span.File.Name), cmp.Compare(a.Span.Start, b.Span.Start))
	})
	return gaps
}

// scansProject says that the scan is of all that the settings are for. Of a part of it there
// is no telling what an ignore block is about, nor a comment in a module, which root modules
// elsewhere may call.
func (a *analysis) scansProject() bool {
	dir := "."
	if f := a.in.Settings.File; f != "" && !path.IsAbs(f) {
		dir = path.Dir(f)
	}
	return len(a.in.Exclude) == 0 && slices.ContainsFunc(a.in.Paths, func(p string) bool {
		p = path.Clean(p)
		return p == "." || p == dir || strings.HasPrefix(dir, p+"/")
	})
}

// asksReports says that one of some rules has findings of credential reports, and the scan
// has no such report. No rules are all of them.
func (a *analysis) asksReports(rules []string) bool {
	if len(a.deployed.reports)+len(a.deployed.devices) > 0 {
		return false
	}
	return slices.ContainsFunc(a.checks, func(c *analyzer.Check) bool {
		return c.Deployed != nil && (len(rules) == 0 || slices.ContainsFunc(rules, c.Called))
	})
}

// commentsThen are the comments that a file had at the gate, and how often.
func (k *known) commentsThen(name string) map[string]int {
	if k.a.in.Gate == nil {
		return nil
	}
	text, err := fs.ReadFile(k.a.in.Gate, name)
	if err != nil {
		return nil // it had none
	}
	out := map[string]int{}
	for _, c := range ignore.Comments(source.NewFile(name, text)) {
		out[c.Place()]++
	}
	return out
}

func orAll(rules []string) string {
	if len(rules) == 0 {
		return "all rules"
	}
	return strings.Join(rules, ", ")
}

// wanted says that findings of a rule are reported: the settings do not switch it off,
// and the command line does not leave it out.
func (a *analysis) wanted(c *analyzer.Check) bool {
	for _, r := range a.in.Settings.Rules {
		if c.Called(r.Rule) && !r.On {
			return false
		}
	}
	return a.in.Wanted == nil || a.in.Wanted(c)
}

// reported are the findings that the report is of, those of them that people know of, and
// which entries of the baseline stay in it, and how many are gone.
func (a *analysis) reported(findings []*analyzer.Finding, gaps []source.Gap) (open, suppressed []*analyzer.Finding, known []int, gone int) {
	for _, f := range findings {
		if f.Suppression == untouched {
			continue
		}
		if f.Suppression != nil {
			suppressed = append(suppressed, f)
		} else {
			open = append(open, f)
		}
	}
	if a.in.Baseline != nil {
		// Before it is asked what is wanted: an entry of another rule is not gone.
		var took []*analyzer.Finding
		var over []int
		worse := func(f *analyzer.Finding, n int) bool {
			return a.in.Baseline[n].Undetermined && f.Verdict == analyzer.Violation
		}
		open, took, known, over = a.among(open, a.in.Baseline, worse, "it was known when the baseline was written")
		suppressed = append(suppressed, took...)
		looked := a.lookedFor(gaps)
		for _, n := range over {
			if looked(a.in.Baseline[n]) {
				gone++
			} else {
				known = append(known, n)
			}
		}
		slices.Sort(known)
	}
	unwanted := func(f *analyzer.Finding) bool {
		return !a.wanted(f.Check) || f.Severity < a.in.MinSeverity && f.Verdict != analyzer.Undetermined
	}
	open, suppressed = slices.DeleteFunc(open, unwanted), slices.DeleteFunc(suppressed, unwanted)
	if a.in.Before != nil {
		entries := make([]baseline.Entry, len(a.in.Before.Findings))
		for n, f := range a.in.Before.Findings {
			entries[n] = EntryOf(f)
		}
		worse := func(f *analyzer.Finding, n int) bool {
			was := a.in.Before.Findings[n]
			return !(weight{f.Severity, f.Verdict}).atMost(weight{was.Severity, was.Verdict})
		}
		var took []*analyzer.Finding
		open, took, _, _ = a.among(open, entries, worse, "it was there at "+a.in.Before.Revision)
		suppressed = append(suppressed, took...)
	}
	order(suppressed)
	return open, suppressed, known, gone
}

// lookedFor says of entries of a baseline that the scan would have found them, if they were
// still there: it has read all of what it was asked for, and they are of that.
func (a *analysis) lookedFor(gaps []source.Gap) func(baseline.Entry) bool {
	unread := slices.ContainsFunc(gaps, func(g source.Gap) bool {
		return g.Kind == source.ErrorGap || g.Class == terraform.ModulesNotFetched
	})
	all := len(a.in.Paths) == 0 || a.scansProject()
	if a.touching != nil {
		return func(baseline.Entry) bool { return false } // it may be among what was not asked for
	}
	return func(e baseline.Entry) bool {
		return !unread && (all || slices.ContainsFunc(a.found, func(f workspace.FoundRoot) bool { return f.Dir == e.Root }))
	}
}

// among takes the findings that some entries know out of others, unless they are worse
// now. found are the entries that know one, in order, and gone those that do not.
func (a *analysis) among(findings []*analyzer.Finding, entries []baseline.Entry, worse func(f *analyzer.Finding, entry int) bool, reason string) (fresh, took []*analyzer.Finding, found, gone []int) {
	at := make([]baseline.Entry, len(findings))
	for i, f := range findings {
		at[i] = EntryOf(f)
	}
	by, gone := baseline.Match(entries, at, func(i int) []string { return a.formerly(findings[i]) })
	for i, f := range findings {
		if by[i] >= 0 {
			found = append(found, by[i])
		}
		if by[i] < 0 || worse != nil && worse(f, by[i]) {
			fresh = append(fresh, f)
			continue
		}
		f.Suppression, f.Fixes = &analyzer.Suppression{By: "baseline", Reason: reason}, nil
		took = append(took, f)
	}
	slices.Sort(found)
	return fresh, took, found, gone
}

// EntryOf is a finding as a baseline has it.
func EntryOf(f *analyzer.Finding) baseline.Entry {
	e := baseline.Entry{Rule: f.Check.ID, Fingerprint: bareFingerprint(f.Fingerprint), Undetermined: f.Verdict == analyzer.Undetermined}
	if f.Resource != nil {
		e.Resource, e.Root = f.Resource.Address, f.Resource.Root.Dir
	}
	return e
}

// bareFingerprint is a fingerprint without the number that it has as one of several.
func bareFingerprint(fingerprint string) string {
	bare, _, _ := strings.Cut(fingerprint, "#")
	return bare
}

// formerly are the fingerprints that a finding had under names that its resource had
// before.
func (a *analysis) formerly(f *analyzer.Finding) (out []string) {
	if f.Resource == nil {
		return nil
	}
	for _, name := range f.Resource.Formerly(a.in.Boundary) {
		out = append(out, identify(map[string]int{}, traits(f, "iamvet/v2", name.Type, name.Name)))
	}
	return out
}
