package engine

import (
	"context"
	"slices"
	"sync"

	"github.com/iamvet/iamvet/analyzer"
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
// before in the same way. Roles and people are asked about so: a role is judged by
// itself, and a user with what is bound to it (subjects).
func (a *analysis) tryApart(ctx context.Context, roots *loaded, before tally, groups [][]*trial) (alone [][]*trial) {
	var open [][]*trial
	for _, g := range groups {
		if a.asksOfAll(roots, g) {
			alone = append(alone, g)
		} else {
			open = append(open, g)
		}
	}
	parts := roots.reading(open)
	left := make([][][]*trial, len(parts))
	cores.Each(len(parts), func(i int) { left[i] = a.tryTogether(ctx, roots, before, parts[i]) })
	return slices.Concat(append(left, alone)...)
}

// tryTogether tries fixes of the same roots: as many as can be told apart, then those
// that are left of them.
func (a *analysis) tryTogether(ctx context.Context, roots *loaded, before tally, open [][]*trial) (alone [][]*trial) {
	b := &batch{a: a, roots: roots, before: before}
	for len(open) > 1 && ctx.Err() == nil {
		now, next := oneOfEach(open)
		later := slices.Concat(b.try(ctx, now), next)
		// Fixes of which each meets the next would take a round each.
		if len(open)-len(later) < min(fewAtOnce, len(open)/2) {
			return slices.Concat(b.alone, later)
		}
		open = later
	}
	return slices.Concat(b.alone, open)
}

// oneOfEach takes one fix of each resource out of a list: those of one meet.
func oneOfEach(groups [][]*trial) (now, later [][]*trial) {
	taken := map[subject]bool{}
	for _, g := range groups {
		k := subjectOf(g[0].Finding.Resource)
		if taken[k] {
			later = append(later, g)
		} else {
			taken[k] = true
			now = append(now, g)
		}
	}
	return now, later
}

// reading are fixes by the roots that read what they change: those of which some root
// reads the files of both are together.
func (l *loaded) reading(groups [][]*trial) [][][]*trial {
	of := map[string]int{} // by the ids of roots, and what these come to
	var parts [][][]*trial
	for _, g := range groups {
		at := len(parts)
		parts = append(parts, [][]*trial{g})
		for _, e := range g[0].Fix.Edits {
			for _, id := range l.byFile[e.Span.File.Name] {
				was, known := of[id]
				if known && was != at {
					// The earlier takes in the later, so that all stay in order.
					parts[was] = append(parts[was], parts[at]...)
					parts[at] = nil
					for other, n := range of {
						if n == at {
							of[other] = was
						}
					}
					at = was
				}
				of[id] = at
			}
		}
	}
	return slices.DeleteFunc(parts, func(p [][]*trial) bool { return len(p) == 0 })
}

// asksOfAll says that a fix is neither of a role nor of a user: who looks at it has to
// ask about the whole estate, or all that a plan has. So has who runs everything again.
func (a *analysis) asksOfAll(roots *loaded, alike []*trial) bool {
	for _, t := range alike {
		r := t.Finding.Resource
		switch {
		case a.forgetful || r == nil:
			return true
		case identity.PartOf(r.Type) == identity.People:
			if t.Finding.Check.Estate && !t.Finding.Check.People || roots.crossed() {
				return true
			}
		case t.Finding.Check.Estate || identity.PartOf(r.Type) != identity.Roles:
			return true
		}
	}
	return false
}

// crossed says that what binds users cannot be told root by root.
func (l *loaded) crossed() bool { return len(l.model.Logins) > 0 && l.model.Crossed() }

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
	far    []int                             // fixes that reach more than roles and people
	meets  []int                             // fixes that reach what one before reaches
	all    *reach
	model  *identity.Model
	people *subjects // nil where only roles are reached
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
	t.all = &reach{by: map[string]*terraform.Influence{}, parts: identity.Roles}
	for _, re := range t.loaded {
		if re.now == nil {
			return false
		}
		each, ok := re.now.Influences(re.was, sets)
		if !ok {
			return false
		}
		asked := t.roots.asked[re.id]
		for i, influence := range each {
			t.each[i][re.id] = influence
			parts := partsOf(influence, asked)
			far[i] = far[i] || parts&^(identity.Roles|identity.People) != 0 || parts&identity.People != 0 && !bonded(influence, asked)
			t.all.parts |= parts
		}
		owners, meeting := terraform.Apart(each)
		t.owners[re.id] = owners
		for _, i := range meeting {
			meets[i] = true
		}
		t.all.changed = append(t.all.changed, re.now)
		t.all.by[re.id] = owners.All()
	}
	t.say(far, meets)
	if len(t.far)+len(t.meets) > 0 {
		return true
	}
	t.all.show()
	t.model = t.a.model(t.all.changed, t.all.parts)
	t.model.Beside = t.roots.model
	t.model.LeaveOut(t.roots.model)
	if t.all.parts&identity.People == 0 {
		return true
	}
	if t.asksPeople() && t.model.Crossed() {
		return false
	}
	t.people = newSubjects()
	listed := map[string]bool{}
	for _, re := range t.loaded {
		was, now := t.roots.model.BondsOf(re.was, t.asksPeople()), t.model.BondsOf(re.now, t.asksPeople())
		t.people.add(re.was, was)
		t.people.add(re.now, now)
		listed[re.id] = was.Listed || now.Listed
	}
	far, meets = t.people.reach(t.changedBy)
	for i, each := range t.each {
		for id, influence := range each {
			types := influence.Types()
			far[i] = far[i] || listed[id] && (slices.Contains(types, "aws_iam_user_policy") || slices.Contains(types, "aws_iam_group_policy"))
		}
	}
	t.say(far, meets)
	return true
}

// say notes which fixes have to be tried otherwise.
func (t *attempt) say(far, meets map[int]bool) {
	for i := range t.each {
		switch {
		case far[i]:
			t.far = append(t.far, i)
		case meets[i]:
			t.meets = append(t.meets, i)
		}
	}
}

// asksPeople says that somebody has a password, so that what binds users is asked.
func (t *attempt) asksPeople() bool { return len(t.model.Logins)+len(t.roots.model.Logins) > 0 }

// bonded says that it is known who is judged with what an edit can have changed.
func bonded(i *terraform.Influence, asked func(typ string) bool) bool {
	return !slices.ContainsFunc(i.Types(), func(typ string) bool {
		return asked(typ) && identity.PartOf(typ) == identity.People && !identity.Bonded(typ)
	})
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
	own, together := t.a.kinds()
	if t.people != nil && t.asksPeople() {
		own = slices.Concat(own, slices.DeleteFunc(together, func(c *analyzer.Check) bool { return !c.People }))
	}
	_, crashed := t.a.in.attempt(source.Gap{}, func() {
		res, err := t.a.run(ctx, t.model, own, true)
		if err != nil {
			return
		}
		res.changed = t.all.isChanged
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
		o := &outcome{
			result: &result{model: res.model, roots: res.roots, stayed: own.stayed, changed: own.isChanged},
			widens: sync.OnceValue(func() error { return t.a.widens(policies[i]) }),
		}
		if t.people != nil {
			o.stayed, o.stands = t.stayed(i, own), t.stands(i)
		}
		out = append(out, o)
	}
	for _, f := range res.findings {
		i, ok, known := t.owner(f)
		if !known {
			return nil, false
		}
		if ok {
			out[i].findings = append(out[i].findings, f)
		}
	}
	for _, o := range out {
		t.a.arrange(o.result)
	}
	at := map[[2]string]int{}
	for _, p := range t.a.changedPolicies(ctx, t.roots, res) {
		i, ok := t.changedBy(p.resource)
		if !ok {
			return nil, false
		}
		policies[i] = append(policies[i], p)
		at[[2]string{p.resource.Root.ID(), p.resource.Address}] = i
	}
	if len(t.e.unapplied) > 0 {
		for _, r := range res.model.Looked {
			if i, ok := t.changedBy(r); ok {
				at[[2]string{r.Root.ID(), r.Address}] = i
			}
		}
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

// stayed says that a finding of before is about what a fix does not reach.
func (t *attempt) stayed(fix int, own *reach) func(*analyzer.Finding) bool {
	stands := t.stands(fix)
	return func(f *analyzer.Finding) bool {
		if f.Check.Estate && !f.Check.People || f.Resource == nil {
			return true
		}
		if !ofPeople(f) {
			return own.stayed(f)
		}
		for i := range f.Instances {
			if !stands(f, i) {
				return false
			}
		}
		return true
	}
}

// stands says that an instance of a finding of before is one that a fix does not reach.
func (t *attempt) stands(fix int) func(f *analyzer.Finding, i int) bool {
	return func(f *analyzer.Finding, i int) bool {
		if !ofPeople(f) {
			return false
		}
		by, ok, _ := t.people.by(subjectAt(f, i))
		return !ok || by != fix
	}
}

// owner is the fix that a finding is to be held against; ok is false where it is of what
// no fix reaches, and known where that is not known.
func (t *attempt) owner(f *analyzer.Finding) (fix int, ok, known bool) {
	if f.Resource == nil {
		return 0, false, false
	}
	if t.people != nil && ofPeople(f) {
		return t.people.by(subjectOf(f.Resource))
	}
	fix, ok = t.changedBy(f.Resource)
	return fix, ok, ok
}

// changedBy is the fix that can have changed a resource.
func (t *attempt) changedBy(r *terraform.Resource) (fix int, ok bool) {
	owners, changed := t.owners[r.Root.ID()]
	if !changed {
		return 0, false
	}
	return owners.Of(r)
}
