package engine

import (
	"context"
	"slices"
	"sync"

	"github.com/iamvet/iamvet/analyzer/cores"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform"
)

// tryApart tries fixes that have nothing to do with each other in one analysis: a
// thousand roles in one file are mended by a thousand fixes, each of which would load
// the file again. It returns those that have to be tried alone.
//
// What a fix can have changed is known (terraform.Influence): the edited blocks, and
// all that refers to them. Where no block is of two fixes, what is found of the blocks
// of one is what would be found with that fix alone; it is held against what was found
// before in the same way. Roles alone are asked about so: a role is judged by itself.
func (a *analysis) tryApart(ctx context.Context, roots *loaded, before tally, groups [][]*trial) (alone [][]*trial) {
	var open [][]*trial
	for _, g := range groups {
		if a.asksOfAll(g) {
			alone = append(alone, g)
		} else {
			open = append(open, g)
		}
	}
	for len(open) > 1 && ctx.Err() == nil {
		b := &batch{a: a, roots: roots, before: before}
		later := b.try(ctx, open)
		alone = append(alone, b.alone...)
		// Fixes of which each meets the next would take a round each.
		if len(later) > len(open)/2 {
			return append(alone, later...)
		}
		open = later
	}
	return append(alone, open...)
}

// asksOfAll says that a fix is of no role: who looks at it has to ask about all users,
// or the whole estate, or all that a plan has. So has who runs everything again.
func (a *analysis) asksOfAll(alike []*trial) bool {
	for _, t := range alike {
		if r := t.Finding.Resource; a.forgetful || t.Finding.Check.Estate || r == nil || identity.PartOf(r.Type) != identity.Roles {
			return true
		}
	}
	return false
}

// fewAtOnce are so few fixes that they are tried one by one where it cannot be told what
// is whose. Of more the halves are tried.
const fewAtOnce = 8

// batch is a number of fixes, each of them of several findings perhaps, that are tried
// in one analysis.
type batch struct {
	a      *analysis
	roots  *loaded
	before tally
	alone  [][]*trial // that reach so far that they have to be tried alone
}

// try tries what does not meet, and returns what is to be tried after it, without
// that.
func (b *batch) try(ctx context.Context, groups [][]*trial) (later [][]*trial) {
	sets := make([][]source.Edit, len(groups))
	for i, g := range groups {
		sets[i] = g[0].Fix.Edits
	}
	_, conflicts := source.Merge(sets...)
	groups, later = split(groups, conflicts)
	for ctx.Err() == nil && len(groups) > 0 {
		out, ok := b.load(ctx, groups)
		if !ok {
			b.alone = append(b.alone, groups...)
			return later
		}
		if len(out.far)+len(out.meets) == 0 {
			switch {
			case out.compare(ctx, groups):
			case len(groups) >= fewAtOnce:
				// One of them does what the others would be blamed for: a new gap, say.
				half := len(groups) / 2
				return slices.Concat(later, b.try(ctx, groups[:half]), b.try(ctx, groups[half:]))
			default:
				b.alone = append(b.alone, groups...)
			}
			return later
		}
		// The others are asked about again, without those.
		sound, far := split(groups, out.far)
		b.alone = append(b.alone, far...)
		if len(out.far) == 0 {
			var meeting [][]*trial
			sound, meeting = split(groups, out.meets)
			later = append(later, meeting...)
		}
		groups = sound
	}
	return append(later, groups...)
}

// split takes those at some places, in order, out of a list.
func split(groups [][]*trial, at []int) (rest, taken [][]*trial) {
	for i, g := range groups {
		if len(at) > 0 && at[0] == i {
			taken, at = append(taken, g), at[1:]
		} else {
			rest = append(rest, g)
		}
	}
	return rest, taken
}

// attempt is the roots with several fixes applied.
type attempt struct {
	*batch
	e      *edited
	loaded []reloaded
	each   []map[string]*terraform.Influence // of each fix, by the ids of the roots
	owners map[string]*terraform.Owners      // by the ids of the roots
	far    []int                             // fixes that reach more than roles
	meets  []int                             // fixes that reach what one before reaches
}

// load loads the roots that fixes change. ok is false where what each of them changes
// cannot be told apart, as where a plan is laid over the configuration, or one crashes.
func (b *batch) load(ctx context.Context, groups [][]*trial) (out *attempt, ok bool) {
	sets := make([][]source.Edit, len(groups))
	for i, g := range groups {
		sets[i] = g[0].Fix.Edits
	}
	out = &attempt{batch: b, each: make([]map[string]*terraform.Influence, len(groups)), owners: map[string]*terraform.Owners{}}
	for i := range out.each {
		out.each[i] = map[string]*terraform.Influence{}
	}
	merged, _ := source.Merge(sets...)
	_, crashed := b.a.in.attempt(source.Gap{}, func() {
		var err error
		if out.e, err = b.a.apply(merged); err != nil {
			return
		}
		for _, re := range b.roots.readers(out.e.files) {
			if !re.was.Plainly() {
				return
			}
		}
		if out.loaded, err = b.a.reload(ctx, out.e, b.roots); err != nil {
			return
		}
		ok = out.influences(sets)
	})
	return out, ok && !crashed
}

// influences works out what each fix can have changed.
func (t *attempt) influences(sets [][]source.Edit) (ok bool) {
	far, meets := map[int]bool{}, map[int]bool{}
	for _, re := range t.loaded {
		if re.now == nil {
			return false
		}
		each, ok := re.now.Influences(re.was, sets)
		if !ok {
			return false
		}
		for i, influence := range each {
			t.each[i][re.id] = influence
			far[i] = far[i] || partsOf(influence, t.roots.asked[re.id]) != identity.Roles
		}
		owners, meeting := terraform.Apart(each)
		t.owners[re.id] = owners
		for _, i := range meeting {
			meets[i] = true
		}
	}
	for i := range sets {
		switch {
		case far[i]:
			t.far = append(t.far, i)
		case meets[i]:
			t.meets = append(t.meets, i)
		}
	}
	return true
}

// compare runs the checks, and holds what they find of the blocks of each fix against
// what was found before. It is false where that cannot be told apart.
func (t *attempt) compare(ctx context.Context, groups [][]*trial) bool {
	outcomes, ok := t.outcomes(ctx, len(groups))
	if !ok {
		return false
	}
	cores.Each(len(groups), func(i int) {
		t.a.compare(ctx, t.before, groups[i], func(*trial) (*outcome, error) { return outcomes[i], nil })
	})
	return true
}

// outcomes are those of each fix. ok is false where something was found of which it is
// not known whose it is.
func (t *attempt) outcomes(ctx context.Context, fixes int) (out []*outcome, ok bool) {
	all := &reach{by: map[string]*terraform.Influence{}, parts: identity.Roles}
	for _, re := range t.loaded {
		all.changed = append(all.changed, re.now)
		all.by[re.id] = t.owners[re.id].All()
	}
	all.show()
	own, _ := t.a.kinds()
	_, crashed := t.a.in.attempt(source.Gap{}, func() {
		model := t.a.model(all.changed, all.parts)
		model.Beside = t.roots.model
		model.LeaveOut(t.roots.model)
		res, err := t.a.run(ctx, model, own, true)
		if err != nil {
			return
		}
		res.changed = all.isChanged
		out, ok = t.share(ctx, res, fixes)
	})
	return out, ok && !crashed
}

// share gives each fix what is its own of an analysis with all of them.
func (t *attempt) share(ctx context.Context, res *result, fixes int) (out []*outcome, ok bool) {
	// Gaps may be of any part of a root.
	for _, g := range res.gaps {
		if !t.before.hasGap(g.Reason) {
			return nil, false
		}
	}
	policies := make([][]changedPolicy, fixes)
	for i := range fixes {
		own := &reach{by: t.each[i], changed: res.roots, parts: identity.Roles}
		out = append(out, &outcome{
			result: &result{model: res.model, roots: res.roots, stayed: own.stayed, changed: own.isChanged},
			widens: sync.OnceValue(func() error { return t.a.widens(policies[i]) }),
		})
	}
	for _, f := range res.findings {
		i, ok := t.owner(f.Resource)
		if !ok {
			return nil, false
		}
		out[i].findings = append(out[i].findings, f)
	}
	for _, o := range out {
		t.a.arrange(o.result)
	}
	at := map[[2]string]int{}
	for _, p := range t.a.changedPolicies(ctx, t.roots, res) {
		i, ok := t.owner(p.resource)
		if !ok {
			return nil, false
		}
		policies[i] = append(policies[i], p)
		at[[2]string{p.resource.Root.ID(), p.resource.Address}] = i
	}
	for _, u := range t.e.unapplied {
		i, ok := at[[2]string{u.root, u.address}]
		if !ok {
			return nil, false
		}
		out[i].unapplied = append(out[i].unapplied, u)
	}
	return out, true
}

// owner is the fix that can have changed a resource.
func (t *attempt) owner(r *terraform.Resource) (fix int, ok bool) {
	if r == nil {
		return 0, false
	}
	owners, changed := t.owners[r.Root.ID()]
	if !changed {
		return 0, false
	}
	return owners.Of(r)
}
