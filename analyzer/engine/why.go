package engine

import (
	"context"
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/terraform/addrs"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Choose picks the resources that somebody asks about, of the roots of a scan and of
// accounts as they are deployed.
type Choose func(roots []*terraform.Root) ([]*terraform.Resource, error)

// Why decides what Analyze decides, without its fixes, and tells of the chosen
// resources what each rule makes of them, also where that is no finding.
func Why(ctx context.Context, in Input, checks []*analyzer.Check, choose Choose) (*analyzer.Explanation, error) {
	ctx, end := in.bound(ctx)
	defer end()
	a := newAnalysis(in, checks)
	a.apart = true
	out, err := a.why(ctx, choose)
	if stop := context.Cause(ctx); stop != nil {
		return nil, stop
	}
	return out, err
}

func (a *analysis) why(ctx context.Context, choose Choose) (*analyzer.Explanation, error) {
	a.progress("reading")
	if err := a.discover(ctx); err != nil {
		return nil, err
	}
	a.readDeployed()
	model, gaps, err := a.sound(ctx, identity.AllParts)
	if err != nil {
		return nil, err
	}
	out := &analyzer.Explanation{}
	roots := slices.Clone(model.Roots)
	for _, account := range a.deployed.accounts {
		roots = append(roots, account.Model.Roots...)
	}
	asked, err := choose(roots)
	if err != nil {
		out.Gaps = TidyGaps(append(gaps, a.deployed.gaps...))
		return out, err
	}
	a.progress("deciding")
	result, err := a.judge(ctx, model, a.checks)
	if err != nil {
		return nil, err
	}
	if err := a.judgeUnapplied(ctx, a.newLoaded(model), result); err != nil {
		return nil, err
	}
	redact(result.findings, result.gaps, result.secrets)
	if err := a.judgeAccounts(ctx, result); err != nil {
		return nil, err
	}
	if err := a.judgeReports(ctx, result); err != nil {
		return nil, err
	}
	a.override(result.findings)
	for _, r := range asked {
		for _, c := range a.checks {
			if slices.Contains(c.Subjects, r.Type) && r.Mode == addrs.Managed {
				out.Answers = append(out.Answers, a.answers(result, c, r)...)
			}
		}
	}
	redactTold(out.Answers, result.secrets)
	out.Gaps = TidyGaps(slices.Concat(gaps, result.gaps, a.deployed.gaps, a.misnamed()))
	return out, nil
}

// answers are the findings of a check on a resource, else what it tells.
func (a *analysis) answers(res *result, c *analyzer.Check, r *terraform.Resource) []*analyzer.Answer {
	var out []*analyzer.Answer
	for _, f := range res.findings {
		if f.Check == c && concerns(f, r) {
			out = append(out, &analyzer.Answer{Check: c, Resource: r, Standing: standingOf(f), Finding: f})
		}
	}
	decided := slices.ContainsFunc(out, func(answer *analyzer.Answer) bool { return answer.Standing > analyzer.Advised })
	if decided {
		return out
	}
	model := res.model
	for _, account := range a.deployed.accounts {
		if slices.Contains(account.Model.Roots, r.Root) {
			model = account.Model
		}
	}
	pass := &analyzer.Pass{Check: c, Model: model, Memo: a.memo, Settings: &a.in.Settings, Now: a.in.Now, Take: func(*analyzer.Finding) {}}
	for _, f := range res.findings {
		if f.Check == c {
			pass.Found = append(pass.Found, f)
		}
	}
	told := gone(r)
	if told == nil {
		lost := source.Gap{Span: r.Header, Reason: "what " + c.ID + " makes of " + r.Address + " was not told"}
		if gap, crashed := a.in.attempt(lost, func() { told = c.Tell(pass, r) }); crashed {
			res.gaps = append(res.gaps, gap)
			return out
		}
	}
	answer := &analyzer.Answer{Check: c, Resource: r, Standing: told.Standing, Told: told}
	if told.By != nil {
		answer.Standing, answer.Finding = standingOf(told.By), told.By
	}
	if len(out) > 0 && told.Standing == analyzer.NotApplicable {
		return out // the advice says it
	}
	return append(out, answer)
}

// gone tells of a resource that is not there: no rule applies to it.
func gone(r *terraform.Resource) *analyzer.Told {
	switch {
	case r.Deleted():
		return &analyzer.Told{Message: "'" + r.Address + "' is deleted by the plan."}
	case r.Exists == value.No:
		return &analyzer.Told{Message: "'" + r.Address + "' is not made."}
	}
	return nil
}

func standingOf(f *analyzer.Finding) analyzer.Standing {
	return map[analyzer.Verdict]analyzer.Standing{analyzer.Violation: analyzer.Violating, analyzer.Undetermined: analyzer.Open, analyzer.Advice: analyzer.Advised}[f.Verdict]
}

// concerns says that a finding is about a resource, or about what hangs on it.
func concerns(f *analyzer.Finding, r *terraform.Resource) bool {
	if f.Resource == r {
		return true
	}
	for _, in := range f.Instances {
		if in.Root == r.Root.Dir && in.Address == r.Address {
			return true
		}
	}
	return slices.ContainsFunc(f.Related, func(other analyzer.Related) bool {
		return other.Address == r.Address && (strings.HasPrefix(r.Address, "arn:") || f.Resource != nil && f.Resource.Root == r.Root || !other.Span.IsZero() && other.Span == r.Header)
	})
}

// redactTold takes sensitive values out of what checks tell.
func redactTold(answers []*analyzer.Answer, hidden secrets) {
	clean := hidden.redactor()
	for _, answer := range answers {
		t := answer.Told
		if t == nil {
			continue
		}
		f := &analyzer.Finding{Message: t.Message, Related: slices.Clone(t.Decisive), Witness: t.Closest}
		redact([]*analyzer.Finding{f}, nil, hidden)
		t.Message, t.Decisive, t.Refused = f.Message, f.Related, clean(t.Refused)
	}
}
