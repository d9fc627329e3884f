package engine

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sort"
	"sync"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/cores"
	"github.com/iamvet/iamvet/analyzer/source"
)

// verify works out the fixes that waited for all roots, and applies every one of them
// in memory and runs the checks again; see try.
func (a *analysis) verify(ctx context.Context, before *loaded, res *result, parts []*rootPart) error {
	verified := map[*analyzer.Finding]bool{}
	var trials []*trial
	for _, p := range parts {
		for _, f := range p.findings {
			verified[f] = true
		}
		trials = append(trials, p.waiting...)
	}
	var open []*analyzer.Finding
	for _, f := range res.findings {
		if !verified[f] {
			// Findings of files that several roots read are offered fixes only now, merged:
			// one for each text, and not one for each root.
			open = append(open, f)
		}
	}
	known := count(res.findings, res.gaps)
	res.gaps = append(res.gaps, a.offer(ctx, open)...)
	trials = append(trials, a.trials(open)...)
	a.try(ctx, before, known, trials)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	res.gaps = append(res.gaps, a.keep(trials, res.secrets)...)
	return nil
}

// trials are the fixes of findings, to be tried.
func (a *analysis) trials(findings []*analyzer.Finding) []*trial {
	var out []*trial
	for _, f := range findings {
		a.sayGenerated(f)
		for _, fix := range f.Fixes {
			out = append(out, &trial{Chosen: analyzer.Chosen{Finding: f, Fix: fix}})
		}
		f.Fixes = nil // until they are tried
	}
	return out
}

// try applies fixes in memory and runs the checks again. A fix stays only if
// everything parses, its finding is gone (or left at the severity that the fix
// declares), no finding and no gap is new, and, unless it is a draft, no policy allows
// what it did not. What fails is dropped and logged: a fix that has to be read twice
// is worse than none.
func (a *analysis) try(ctx context.Context, roots *loaded, before tally, trials []*trial) {
	ctx, end := a.in.Options.Budget.Until(ctx)
	defer end()
	cores.Each(len(trials), func(i int) {
		t := trials[i]
		if ctx.Err() != nil {
			return
		}
		a.attempted(t, func() { t.diff, t.err = a.diff(t.Fix) })
	})
	// Findings of one place often share a fix, and with it the analysis after it.
	groups, at := [][]*trial{}, map[string]int{}
	for _, t := range trials {
		if t.err != nil || t.crash != nil {
			continue
		}
		i, known := at[t.diff]
		if !known {
			i = len(groups)
			at[t.diff], groups = i, append(groups, nil)
		}
		groups[i] = append(groups[i], t)
	}
	groups = a.tryApart(ctx, roots, before, groups)
	cores.Each(len(groups), func(i int) { a.tryAlike(ctx, roots, before, groups[i]) })
}

// keep gives findings the fixes that came through, in the order in which they were
// offered.
func (a *analysis) keep(trials []*trial, hidden secrets) (gaps []source.Gap) {
	clean := sync.OnceValue(hidden.redactor)
	for _, t := range trials {
		switch {
		case t.crash != nil:
			gaps = append(gaps, *t.crash)
		case t.err == nil && !t.tried:
			a.untried.Add(1)
		case t.err != nil:
			sayUnapplied(t.Finding, t.unapplied)
			a.in.Log.Debug("fix dropped", "rule", t.Finding.Check.ID, "resource", addressOf(t.Finding), "fix", t.Fix.Message, "because", clean()(t.err.Error()))
		default:
			t.Fix.Diff = t.diff
			t.Finding.Fixes = append(t.Finding.Fixes, t.Fix)
		}
	}
	return gaps
}

// trial is a fix that is tried, and how that comes out: it is dropped where there is
// an error or a crash.
type trial struct {
	analyzer.Chosen
	diff      string
	err       error
	tried     bool // or there was no time left
	unapplied []unapplied
	crash     *source.Gap
}

// attempted does something of a trial, and keeps the panic in it.
func (a *analysis) attempted(t *trial, do func()) {
	gap, crashed := a.in.attempt(lost(t.Finding, "a fix was not tried to its end ("+t.Fix.Message+")"), do)
	if crashed {
		t.crash = &gap
	}
}

// tryAlike tries fixes that make the same edits: those of the members of a group,
// say, of which each has its own finding to end.
func (a *analysis) tryAlike(ctx context.Context, roots *loaded, before tally, trials []*trial) {
	var shared *outcome
	a.compare(ctx, before, trials, func(t *trial) (*outcome, error) {
		var err error
		if shared == nil {
			shared, err = a.after(ctx, roots, t.Fix)
		}
		return shared, err
	})
}

// compare compares what was found before fixes that make the same edits with the
// outcome of these.
func (a *analysis) compare(ctx context.Context, before tally, trials []*trial, after func(*trial) (*outcome, error)) {
	known := map[*analyzer.Finding]*trial{}
	for _, t := range trials {
		if ctx.Err() != nil {
			return
		}
		// The edits are equal, and the finding is: so is what comes of it.
		if same := known[t.Finding]; same != nil {
			t.err, t.unapplied, t.tried = same.err, same.unapplied, same.tried
			continue
		}
		a.attempted(t, func() {
			var now *outcome
			if now, t.err = after(t); t.err != nil {
				return
			}
			t.unapplied = now.unapplied
			// Whether policies allow more is a proof, and is asked only of fixes that come
			// through what is cheap. A draft is for a person to finish, who may mean to allow.
			t.err = before.noWorse(now.result, []analyzer.Chosen{t.Chosen})
			if t.err == nil && t.Fix.Grade != analyzer.Draft {
				t.err = now.widens()
			}
		})
		if t.crash == nil {
			t.tried = true
			known[t.Finding] = t
		}
	}
}

// diff is the unified diff of a fix over all the files it touches.
func (a *analysis) diff(fix *analyzer.Fix) (string, error) {
	if len(fix.Edits) == 0 {
		return "", fmt.Errorf("no edits")
	}
	out := ""
	for _, fe := range byFile(fix.Edits) {
		if by := a.generator(fe.file); by != "" {
			return "", fmt.Errorf("%s is written by %s, which takes the edit back", fe.file.Name, by)
		}
		if err := source.Check(fe.file, fe.edits); err != nil {
			return "", err
		}
		context := 3
		if analyzer.Withheld(fe.file) {
			context = 0
		}
		out += source.UnifiedDiff(fe.file, fe.edits, context)
	}
	return out, nil
}

type fileEdits struct {
	file  *source.File
	edits []source.Edit
}

func byFile(edits []source.Edit) []fileEdits {
	var out []fileEdits
next:
	for _, e := range edits {
		for i := range out {
			if out[i].file.Name == e.Span.File.Name {
				out[i].edits = append(out[i].edits, e)
				continue next
			}
		}
		out = append(out, fileEdits{e.Span.File, []source.Edit{e}})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].file.Name < out[j].file.Name })
	return out
}

// identityKey is what stays of a finding when the text around it changes.
type identityKey struct{ rule, root, address, defect string }

func keysOf(f *analyzer.Finding) []identityKey {
	if f.Resource == nil {
		// Nothing else tells two findings about the scan as a whole apart.
		return []identityKey{{f.Check.ID, "", f.Message, f.Defect}}
	}
	var out []identityKey
	for _, in := range f.Instances {
		out = append(out, identityKey{f.Check.ID, in.Root, in.Address, f.Defect})
	}
	return out
}

// apart are findings with the notes that some of them stand for: to a fix each of those
// is one of its own, which was there before.
func apart(findings []*analyzer.Finding) []*analyzer.Finding {
	out := slices.Clone(findings)
	for _, f := range findings {
		out = append(out, f.Others...)
	}
	return out
}

// A tally is what was found before any fix. One of a root lies over that of the estate.
type tally struct {
	found    []*analyzer.Finding
	findings map[identityKey]weight
	gaps     map[string]bool
	under    *tally
}

func (c tally) of(k identityKey) (weight, bool) {
	w, had := c.findings[k]
	if !had && c.under != nil {
		return c.under.of(k)
	}
	return w, had
}

func (c tally) hasGap(reason string) bool {
	return c.gaps[reason] || c.under != nil && c.under.hasGap(reason)
}

// over is the tally of findings beside those of c.
func (c tally) over(findings []*analyzer.Finding, gaps []source.Gap) tally {
	out := count(findings, gaps)
	out.under = &c
	return out
}

// weight is how bad a finding is: a violation weighs more than not knowing.
type weight struct {
	analyzer.Severity
	analyzer.Verdict
}

// weightOf is how bad a finding is at one of its instances, in the order of keysOf.
func weightOf(f *analyzer.Finding, i int) weight {
	if f.Resource == nil {
		return weight{f.Severity, f.Verdict}
	}
	return weight{f.Instances[i].Severity, f.Verdict}
}

func (w weight) atMost(v weight) bool {
	return w.Severity <= v.Severity && (w.Verdict != analyzer.Violation || v.Verdict == analyzer.Violation)
}

// movedFrom finds a finding of the same rule that weighs as much and is gone,
// for one that is new: of three keys of a user the second is one too many, and
// the third when that is no longer active. Questions about an organization have
// one answer, which stands at its weakest policy. What a fix is for does not
// count, nor what something else moved from.
func (c tally) movedFrom(k identityKey, w weight, estate bool, taken map[identityKey]bool) bool {
	for _, from := range c.sorted() {
		if from.rule != k.rule || !estate && from.root != k.root || taken[from] {
			continue
		}
		if was, _ := c.of(from); w.atMost(was) {
			taken[from] = true
			return true
		}
	}
	return false
}

func (c tally) sorted() []identityKey {
	out := slices.Collect(maps.Keys(c.findings))
	if c.under != nil {
		out = slices.AppendSeq(out, maps.Keys(c.under.findings))
	}
	slices.SortFunc(out, func(a, b identityKey) int {
		return cmp.Or(cmp.Compare(a.rule, b.rule), cmp.Compare(a.root, b.root), cmp.Compare(a.address, b.address), cmp.Compare(a.defect, b.defect))
	})
	return out
}

func count(findings []*analyzer.Finding, gaps []source.Gap) tally {
	c := tally{found: apart(findings), findings: map[identityKey]weight{}, gaps: map[string]bool{}}
	for _, f := range c.found {
		for i, k := range keysOf(f) {
			w := weightOf(f, i)
			// Of two findings with one key the worse counts: that is how bad it was there.
			if was, had := c.findings[k]; !had || was.atMost(w) {
				c.findings[k] = w
			}
		}
	}
	for _, g := range gaps {
		c.gaps[g.Reason] = true
	}
	return c
}

// An outcome is the analysis after a fix.
type outcome struct {
	*result
	widens func() error // sync.OnceValue
	// unapplied is what of the fix Terraform ignores.
	unapplied []unapplied
}

// after is the analysis with a fix applied in memory.
func (a *analysis) after(ctx context.Context, roots *loaded, fix *analyzer.Fix) (*outcome, error) {
	e, err := a.apply(fix.Edits)
	if err != nil {
		return nil, err
	}
	res, err := a.outcome(ctx, e, roots)
	if err != nil {
		return nil, err
	}
	return &outcome{res, sync.OnceValue(func() error { return a.widens(a.changedPolicies(ctx, roots, res)) }), e.unapplied}, nil
}

// apply applies edits in memory.
func (a *analysis) apply(edits []source.Edit) (*edited, error) {
	e := &edited{files: map[string][]byte{}}
	for _, fe := range byFile(edits) {
		if a.in.Boundary == nil {
			return nil, fmt.Errorf("%s cannot be edited: only a plan is at hand", fe.file.Name)
		}
		b, err := source.Apply(fe.file, fe.edits)
		if err != nil {
			return nil, err
		}
		e.files[fe.file.Name] = b
	}
	return e, nil
}

// noWorse says what is wrong with an outcome of fixes: a finding of theirs that
// stays, or that something is new.
func (c tally) noWorse(after *result, applied []analyzer.Chosen) error {
	type instance struct{ rule, root, address string }
	about := map[instance][]analyzer.Chosen{}
	mended := map[string]bool{}
	for _, fixed := range applied {
		// A finding that nobody looked for again is not in after: it would pass for mended.
		if after.stayed != nil && after.stayed(fixed.Finding) {
			return fmt.Errorf("the finding stays: the fix does not reach %s", fixed.Finding.Resource.Address)
		}
		mended[fixed.Finding.Check.ID] = true
		for _, in := range fixed.Finding.Instances {
			k := instance{fixed.Finding.Check.ID, in.Root, in.Address}
			about[k] = append(about[k], fixed)
		}
	}
	// What a new finding cannot have moved from: asked for seldom, and of all findings.
	taken := sync.OnceValue(func() map[identityKey]bool { return c.taken(after, applied) })
	for _, g := range apart(after.findings) {
		for i, k := range keysOf(g) {
			now := weightOf(g, i)
			old, had := c.of(k)
			stays, foreseen := false, false
			for _, fixed := range about[instance{k.rule, k.root, k.address}] {
				if !had || slices.Contains(keysOf(fixed.Finding), k) {
					stays, foreseen = true, foreseen || leaves(fixed, now)
				}
			}
			switch {
			case foreseen:
			case stays:
				return fmt.Errorf("the finding stays: %s", g.Message)
			case !had && mended[g.Check.Behind]: // it was silent only because of what is mended
			case !had && c.movedFrom(k, now, g.Check.Estate, taken()):
			case !had:
				return fmt.Errorf("a new finding: %s %s", g.Check.ID, g.Message)
			case !now.atMost(old):
				return fmt.Errorf("a worse finding: %s %s", g.Check.ID, g.Message)
			}
		}
	}
	// A fix that makes something unreadable would silence findings by it. Edits move
	// places, so that gaps are told apart by what they say.
	for _, g := range after.gaps {
		if !c.hasGap(g.Reason) {
			return fmt.Errorf("a new gap: %s", g.Reason)
		}
	}
	return nil
}

// taken are the findings that are there after fixes, and those that the fixes are for.
func (c tally) taken(after *result, applied []analyzer.Chosen) map[identityKey]bool {
	out := map[identityKey]bool{}
	take := func(f *analyzer.Finding) {
		for _, k := range keysOf(f) {
			out[k] = true
		}
	}
	for _, fixed := range applied {
		take(fixed.Finding)
	}
	for _, g := range apart(after.findings) {
		take(g)
	}
	for _, f := range c.found {
		if after.stayed != nil && after.stayed(f) {
			take(f)
			continue
		}
		for i, k := range keysOf(f) {
			if after.stands != nil && after.stands(f, i) {
				out[k] = true
			}
		}
	}
	return out
}

// leaves says that a fix was never meant to make this end of its finding go
// away.
func leaves(c analyzer.Chosen, now weight) bool {
	if c.Fix.Grade == analyzer.Draft && c.Finding.Verdict == analyzer.Violation && now.Verdict == analyzer.Undetermined {
		return true // what is left is for the person who finishes the draft
	}
	return c.Fix.MayLeave(now.Severity)
}
