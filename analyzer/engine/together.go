package engine

import (
	"context"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/source"
)

// Together is the result of putting chosen fixes together.
type Together struct {
	Applied []analyzer.Chosen
	// Left are those that were left out, and why: they change the same text as
	// an earlier one, or do harm beside it.
	Left []Left
	// Edits of the applied fixes, merged, by file in name order.
	Edits []analyzer.FileEdits
	// Remaining are the findings after the fixes, as a report has them.
	Remaining []*analyzer.Finding
	// Gaps are fixes that crashed beside others.
	Gaps []source.Gap
}

// Left is a fix that was left out.
type Left struct {
	analyzer.Chosen
	Why string
}

// Combine puts fixes of a report together: the first of those that change the
// same text stands. The result is verified as a whole, as each fix was alone;
// where it fails, fixes are added one by one and those that do harm left out.
func Combine(ctx context.Context, in Input, checks []*analyzer.Check, chosen []analyzer.Chosen) (*Together, error) {
	ctx, end := in.bound(ctx)
	defer end()
	out, err := newAnalysis(in, checks).combine(ctx, chosen)
	if stop := context.Cause(ctx); stop != nil {
		return nil, stop
	}
	return out, err
}

func (a *analysis) combine(ctx context.Context, chosen []analyzer.Chosen) (*Together, error) {
	if err := a.discover(ctx); err != nil {
		return nil, err
	}
	model, _, err := a.sound(ctx, identity.AllParts)
	if err != nil {
		return nil, err
	}
	// What the memo has of organizations is told apart by what an edit changed in them,
	// which is not worked out here.
	a.forgetful = true
	before, err := a.judge(ctx, model, a.checks)
	if err != nil {
		return nil, err
	}
	out := &Together{}
	sets := make([][]source.Edit, len(chosen))
	for i, c := range chosen {
		sets[i] = c.Fix.Edits
	}
	merged, conflicts := source.Merge(sets...)
	dropped := map[int]bool{}
	for _, i := range conflicts {
		dropped[i] = true
		out.Left = append(out.Left, Left{chosen[i], sameText})
	}
	for i, c := range chosen {
		if !dropped[i] {
			out.Applied = append(out.Applied, c)
		}
	}
	var after *result
	roots := a.newLoaded(model)
	// All at once is the usual case, and one run. A crash does not say which fix it was.
	_, crashed := a.in.attempt(source.Gap{}, func() { after, err = a.harmless(ctx, before, roots, out.Applied, merged) })
	if crashed || err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if after, merged, err = a.oneByOne(ctx, before, roots, out); err != nil {
			return nil, err
		}
	}
	for _, fe := range byFile(merged) {
		out.Edits = append(out.Edits, analyzer.FileEdits{File: fe.file, Edits: fe.edits})
	}
	if after == nil {
		after = before
	}
	redact(after.findings, out.Gaps, before.secrets)
	a.override(after.findings)
	open, _, _, _ := a.reported(after.findings, nil)
	out.Remaining = implied(open)
	return out, nil
}

// result loads what edits change, and runs everything.
func (a *analysis) result(ctx context.Context, e *edited, before *loaded) (*result, error) {
	now, err := a.reload(ctx, e, before)
	if err != nil {
		return nil, err
	}
	res, err := a.run(ctx, a.model(before.with(now), identity.AllParts), a.checks, true)
	if err != nil {
		return nil, err
	}
	a.known.suppress(res.findings) // as in what is reported, before those of one text are merged
	a.arrange(res)
	return res, nil
}

// harmless applies edits in memory and says what is wrong with the outcome.
func (a *analysis) harmless(ctx context.Context, before *result, roots *loaded, applied []analyzer.Chosen, edits []source.Edit) (*result, error) {
	if len(edits) == 0 {
		return nil, nil
	}
	e, err := a.apply(edits)
	if err != nil {
		return nil, err
	}
	after, err := a.result(ctx, e, roots)
	if err != nil {
		return nil, err
	}
	if err := count(before.findings, before.gaps).noWorse(after, applied); err != nil {
		return nil, err
	}
	for _, c := range applied {
		if c.Fix.Grade == analyzer.Draft {
			return after, nil // it is for whoever chose it to say what may be allowed
		}
	}
	return after, a.widens(a.changedPolicies(ctx, roots, after))
}

func (a *analysis) oneByOne(ctx context.Context, before *result, roots *loaded, out *Together) (*result, []source.Edit, error) {
	var kept []analyzer.Chosen
	var edits []source.Edit
	var last *result
	for _, c := range out.Applied {
		more, conflicts := source.Merge(edits, c.Fix.Edits)
		why := sameText
		if len(conflicts) == 0 {
			var after *result
			var err error
			gap, crashed := a.in.attempt(lost(c.Finding, "a fix was not tried to its end ("+c.Fix.Message+")"), func() {
				after, err = a.harmless(ctx, before, roots, append(kept[:len(kept):len(kept)], c), more)
			})
			switch {
			case ctx.Err() != nil:
				return nil, nil, ctx.Err()
			case crashed:
				out.Gaps, why = append(out.Gaps, gap), "it crashed"
			case err != nil:
				why = before.secrets.redactor()(err.Error())
			default:
				kept, edits, last = append(kept, c), more, after
				continue
			}
		}
		out.Left = append(out.Left, Left{c, why})
	}
	out.Applied = kept
	return last, edits, nil
}

// sameText is why one of two fixes waits for the other.
const sameText = "it changes the same text as another fix"
