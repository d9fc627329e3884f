package engine

import (
	"context"
	"slices"
	"sync"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/terraform/addrs"
	"github.com/iamvet/iamvet/analyzer/value"
)

// unapplied are changes that a fix makes in the configuration and that Terraform
// never applies: of attributes under ignore_changes.
type unapplied struct {
	attribute string
	at        source.Span // in ignore_changes
	root      string      // its id
	address   string
}

// keeps is what the resources of a root that was edited in memory keep of what
// they had: changes that Terraform ignores change nothing.
func (e *edited) keeps(was func() *terraform.Root) func(address, attribute string, now *value.Value) *value.Value {
	old := sync.OnceValue(was)                               // few ignore any change
	byAddress := map[string]map[string]*terraform.Resource{} // by type
	return func(address, attribute string, now *value.Value) *value.Value {
		typ := addrs.TypeOf(address)
		if byAddress[typ] == nil {
			byAddress[typ] = map[string]*terraform.Resource{}
			for _, r := range old().Resources(typ) {
				byAddress[typ][r.Address] = r
			}
		}
		r := byAddress[typ][address]
		// ignore_changes is about updates: what is created gets all that is configured.
		// https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle#ignore_changes
		if r == nil || r.Creates() {
			return nil
		}
		at := r.Ignored(attribute)
		if at.IsZero() {
			return nil
		}
		was := r.Attr(attribute)
		if value.Key(was) != value.Key(now) {
			e.mu.Lock()
			e.unapplied = append(e.unapplied, unapplied{attribute, at, r.Root.ID(), address})
			e.mu.Unlock()
		}
		return was
	}
}

// say tells of a fix that was dropped since Terraform would not apply it.
func sayUnapplied(f *analyzer.Finding, changes []unapplied) {
	for _, u := range changes {
		r := analyzer.Related{Message: "Terraform applies no change of " + u.attribute + " there: ignore_changes", Span: u.at, Address: u.address}
		known := false
		for _, have := range f.Related {
			known = known || have == r
		}
		if !known {
			f.Related = append(f.Related, r)
		}
	}
}

// judgeUnapplied asks again with everything unknown that ignore_changes keeps as
// it is deployed: where that is what a silence rests on, there is a question. What
// is wrong as it is configured is found already: a new resource gets it.
func (a *analysis) judgeUnapplied(ctx context.Context, before *loaded, res *result) error {
	again, err := a.withoutIgnored(ctx, before)
	if err != nil || again == nil {
		return err
	}
	for _, g := range again.gaps {
		if g.Kind == source.ErrorGap && !slices.Contains(res.gaps, g) {
			res.gaps = append(res.gaps, g)
		}
	}
	type question struct{ rule, question, root, address string }
	asked := map[question]bool{}
	of := func(f *analyzer.Finding) []question {
		if f.Check.Estate || f.Resource == nil {
			return []question{{rule: f.Check.ID, question: f.Question}}
		}
		var out []question
		for _, i := range f.Instances {
			out = append(out, question{f.Check.ID, f.Question, i.Root, i.Address})
		}
		return out
	}
	for _, f := range res.findings {
		for _, q := range of(f) {
			asked[q] = true
		}
	}
	for _, f := range again.findings {
		known := f.Verdict != analyzer.Undetermined
		for _, q := range of(f) {
			known = known || asked[q]
		}
		if !known {
			f.Fixes, f.Offer = nil, nil
			res.findings = append(res.findings, f)
		}
	}
	order(res.findings)
	fingerprint(res.findings)
	return nil
}

// withoutIgnored is the analysis with everything unknown that ignore_changes keeps;
// nil where nothing is kept. Roots that keep nothing are as they were.
func (a *analysis) withoutIgnored(ctx context.Context, before *loaded) (*result, error) {
	// Nobody reads the options at the same time: the fixes have been tried.
	was := a.in.Options.Unapplied
	a.in.Options.Unapplied = true
	defer func() { a.in.Options.Unapplied = was }()
	var ignoring []*terraform.Root
	roots := slices.Clone(before.model.Roots)
	out := &result{}
	for i, r := range roots {
		if !r.IgnoresChanges() {
			continue
		}
		lost := source.Gap{File: r.Dir, Reason: "what ignore_changes keeps as it is deployed was not looked at"}
		gap, crashed := a.in.attempt(lost, func() {
			if again, _ := a.loadRoot(ctx, a.in.Boundary, before.found[r.ID()], nil, nil); again != nil {
				a.model([]*terraform.Root{again}, identity.AllParts) // a panic is this root's
				roots[i], ignoring = again, append(ignoring, again)
			}
		})
		if crashed {
			out.gaps = append(out.gaps, gap)
		}
	}
	if len(ignoring) == 0 {
		if len(out.gaps) == 0 {
			return nil, nil
		}
		return out, nil
	}
	estate := a.model(roots, identity.AllParts&^identity.Roles)
	roles := a.model(ignoring, identity.Roles)
	roles.Beside = estate
	own, _ := a.kinds()
	for _, m := range []*identity.Model{estate, roles} {
		checks := a.checks
		if m == roles {
			checks = own
		}
		found, err := a.run(ctx, m, checks, false)
		if err != nil {
			return nil, err
		}
		out.findings, out.gaps = append(out.findings, found.findings...), append(out.gaps, found.gaps...)
	}
	a.arrange(out)
	return out, nil
}
