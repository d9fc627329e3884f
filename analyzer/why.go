package analyzer

import (
	"context"
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Standing is how a resource stands to a rule.
type Standing int8

// The standings. The zero Standing is that the rule does not apply.
const (
	NotApplicable Standing = iota
	Compliant
	Advised
	Open // undetermined
	Violating
)

func (s Standing) String() string {
	return [...]string{"not-applicable", "compliant", "advice", "undetermined", "violation"}[s]
}

// Told is what a check tells of a resource on which it has no finding.
type Told struct {
	Standing Standing // Compliant, NotApplicable or Open; Analyze's findings say the others
	// Message is the decisive fact: one sentence or two, with a full stop.
	Message string
	// Decisive are the places that it rests on: statements, attachments, defaults.
	Decisive []Related
	// Closest is the case that came closest, of a compliant resource: the request
	// that is refused. Refused says by what, as the end of a sentence, and RefusedBy
	// where that stands.
	Closest   *Witness
	Refused   string
	RefusedBy source.Span
	// By is the finding that answers for the resource, where one about another does.
	By *Finding
	// Needs are what would decide it, of a resource that another one's finding leaves
	// open.
	Needs []value.Reason
}

// Answer is the verdict of one rule on one resource, with why.
type Answer struct {
	Check    *Check
	Resource *terraform.Resource
	Standing Standing
	// Finding is of a violation, an undetermined result or advice; Told of all else,
	// and beside a Finding on another resource that answers for this one.
	Finding *Finding
	Told    *Told
}

// Explanation is the answers of all rules that look at the resources asked about,
// by resource, in the order of the rules.
type Explanation struct {
	Answers []*Answer
	Gaps    []terraform.Gap
}

// Choose picks the resources that somebody asks about, of the roots of a scan and of
// accounts as they are deployed.
type Choose func(roots []*terraform.Root) ([]*terraform.Resource, error)

// Why decides what Analyze decides, without its fixes, and tells of the chosen
// resources what each rule makes of them, also where that is no finding.
func Why(ctx context.Context, in Input, checks []*Check, choose Choose) (*Explanation, error) {
	a := newAnalysis(in, checks)
	a.apart = true
	return a.why(ctx, choose)
}

func (a *analysis) why(ctx context.Context, choose Choose) (*Explanation, error) {
	a.progress("reading")
	if err := a.discover(ctx); err != nil {
		return nil, err
	}
	a.readDeployed()
	model, gaps, err := a.sound(ctx)
	if err != nil {
		return nil, err
	}
	out := &Explanation{}
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
	if err := a.judgeUnapplied(ctx, model.Roots, result); err != nil {
		return nil, err
	}
	redact(result.findings, result.gaps, result.model)
	if err := a.judgeAccounts(ctx, result); err != nil {
		return nil, err
	}
	if err := a.judgeReports(ctx, result); err != nil {
		return nil, err
	}
	a.override(result.findings)
	for _, r := range asked {
		for _, c := range a.checks {
			if slices.Contains(c.Subjects, r.Type) && r.Mode == terraform.Managed {
				out.Answers = append(out.Answers, a.answers(result, c, r)...)
			}
		}
	}
	redactTold(out.Answers, result.model)
	out.Gaps = TidyGaps(slices.Concat(gaps, result.gaps, a.deployed.gaps, a.misnamed()))
	return out, nil
}

// answers are the findings of a check on a resource, else what it tells.
func (a *analysis) answers(res *result, c *Check, r *terraform.Resource) []*Answer {
	var out []*Answer
	for _, f := range res.findings {
		if f.Check == c && f.concerns(r) {
			out = append(out, &Answer{Check: c, Resource: r, Standing: f.standing(), Finding: f})
		}
	}
	decided := slices.ContainsFunc(out, func(answer *Answer) bool { return answer.Standing > Advised })
	if decided {
		return out
	}
	model := res.model
	for _, account := range a.deployed.accounts {
		if slices.Contains(account.Model.Roots, r.Root) {
			model = account.Model
		}
	}
	pass := &Pass{Check: c, Model: model, Memo: a.memo, Settings: &a.in.Settings, Now: a.in.Now, report: func(*Finding) {}}
	for _, f := range res.findings {
		if f.Check == c {
			pass.Found = append(pass.Found, f)
		}
	}
	told := gone(r)
	if told == nil {
		lost := terraform.Gap{Span: r.Header, Reason: "what " + c.ID + " makes of " + r.Address + " was not told"}
		if gap, crashed := a.in.attempt(lost, func() { told = c.Tell(pass, r) }); crashed {
			res.gaps = append(res.gaps, gap)
			return out
		}
	}
	answer := &Answer{Check: c, Resource: r, Standing: told.Standing, Told: told}
	if told.By != nil {
		answer.Standing, answer.Finding = told.By.standing(), told.By
	}
	if len(out) > 0 && told.Standing == NotApplicable {
		return out // the advice says it
	}
	return append(out, answer)
}

// gone tells of a resource that is not there: no rule applies to it.
func gone(r *terraform.Resource) *Told {
	switch {
	case r.Deleted():
		return &Told{Message: "'" + r.Address + "' is deleted by the plan."}
	case r.Exists == value.No:
		return &Told{Message: "'" + r.Address + "' is not made."}
	}
	return nil
}

func (f *Finding) standing() Standing {
	return map[Verdict]Standing{Violation: Violating, Undetermined: Open, Advice: Advised}[f.Verdict]
}

// concerns says that a finding is about a resource, or about what hangs on it.
func (f *Finding) concerns(r *terraform.Resource) bool {
	if f.Resource == r {
		return true
	}
	for _, in := range f.Instances {
		if in.Root == r.Root.Dir && in.Address == r.Address {
			return true
		}
	}
	return slices.ContainsFunc(f.Related, func(other Related) bool {
		return other.Address == r.Address && (strings.HasPrefix(r.Address, "arn:") || f.Resource != nil && f.Resource.Root == r.Root || !other.Span.IsZero() && other.Span == r.Header)
	})
}

// redactTold takes sensitive values out of what checks tell.
func redactTold(answers []*Answer, model *identity.Model) {
	clean := Redactor(model)
	for _, answer := range answers {
		t := answer.Told
		if t == nil {
			continue
		}
		f := &Finding{Message: t.Message, Related: slices.Clone(t.Decisive), Witness: t.Closest}
		redact([]*Finding{f}, nil, model)
		t.Message, t.Decisive, t.Refused = f.Message, f.Related, clean(t.Refused)
	}
}
