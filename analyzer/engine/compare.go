package engine

import (
	"context"
	"slices"

	"github.com/iamvet/iamvet/analyzer/comparison"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Compare loads what two inputs name and says what the second allows that the first does
// not, and where that is asked for what it no longer does.
func Compare(ctx context.Context, before, after Input, opt comparison.Options) (*comparison.Comparison, error) {
	was, gapsWas, err := loadWhole(ctx, before)
	if err != nil {
		return nil, err
	}
	now, gaps, err := loadWhole(ctx, after)
	if err != nil {
		return nil, err
	}
	opt.Files = after.Boundary
	opt.Over = func() bool { return ctx.Err() != nil }
	opt.Attempt = func(what string, do func()) (source.Gap, bool) {
		return after.attempt(source.Gap{Reason: "'" + what + "' was not compared"}, do)
	}
	c := comparison.Of(was, now, opt)
	// What could not be read before makes what is there now look new. That is not what is
	// wrong with the change.
	for _, g := range gapsWas {
		if !slices.ContainsFunc(gaps, func(o source.Gap) bool { return o.Reason == g.Reason }) {
			g.Kind, g.Reason = source.LimitGap, "before the change: "+g.Reason
			gaps = append(gaps, g)
		}
	}
	// Whoever holds policies has been asked for them: that may have found more.
	for _, m := range []*identity.Model{was, now} {
		for _, r := range m.Roots {
			if m == now {
				gaps = append(gaps, r.Gaps()...)
			}
		}
	}
	c.Gaps = TidyGaps(append(append(gaps, now.Gaps...), c.Gaps...))
	clean := []func(string) string{Redactor(was), Redactor(now)}
	redactComparison(c, func(text string) string { return clean[1](clean[0](text)) })
	return c, ctx.Err()
}

func loadWhole(ctx context.Context, in Input) (*identity.Model, []source.Gap, error) {
	m, gaps, enough, err := LoadModel(ctx, in)
	if err != nil {
		return nil, nil, err
	}
	m.Holders() // evaluates what is left to be evaluated
	if err := enough(); err != nil {
		return nil, nil, err
	}
	return m, gaps, nil
}

// redactComparison takes sensitive values out of what a comparison says.
func redactComparison(c *comparison.Comparison, clean func(string) string) {
	for _, ch := range c.Changes {
		for _, list := range [][]comparison.Opening{ch.Allows, ch.Denies} {
			for i := range list {
				o := &list[i]
				o.Why, o.Needs = clean(o.Why), slices.Clone(o.Needs)
				for j := range o.Needs {
					o.Needs[j] = value.Reason{Text: clean(o.Needs[j].Text), Span: o.Needs[j].Span}
				}
				if o.Witness == nil {
					continue
				}
				w := *o.Witness
				w.Principal, w.Resource = clean(w.Principal), clean(w.Resource)
				w.Context, w.Lists = map[string]string{}, nil
				for k, v := range o.Witness.Context {
					w.Context[k] = clean(v)
				}
				w.Request = nil // holds them as they are
				o.Witness = &w
			}
		}
	}
	for i := range c.Gaps {
		c.Gaps[i].Reason = clean(c.Gaps[i].Reason)
	}
}
