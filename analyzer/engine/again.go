package engine

import (
	"context"
	"slices"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/terraform"
)

// again runs what an edit can have changed: of the roots that read the edited
// files, the roles that it has to do with, and whatever else is declared there
// when it has to do with anything but roles; then all roots, for questions about
// the estate.
func (a *analysis) again(ctx context.Context, e *edited, before *loaded) (*result, error) {
	now, err := a.reload(ctx, e, before)
	if err != nil {
		return nil, err
	}
	s := a.reach(now, before)
	own, together := a.kinds()
	model := a.model(s.changed, s.parts)
	model.Beside = before.model // organizations bind the roles of other roots as well
	model.LeaveOut(before.model)
	res, err := a.run(ctx, model, own, true)
	if err != nil {
		return nil, err
	}
	a.arrange(res)
	res.stayed, res.changed = s.stayed, s.isChanged
	// Roles have been asked about above, in the changed roots alone. For the rest the
	// smallest question is asked that cannot miss anything: nothing, users of the changed
	// roots, or all that is not a role, of all roots.
	switch s.parts &^ identity.Roles {
	case 0:
		return res, nil
	case identity.People:
		more, err := a.people(ctx, model, before, together)
		if err != nil {
			return nil, err
		}
		if more != nil {
			s.people = true
			res.findings = append(res.findings, more.findings...)
			res.gaps = append(res.gaps, more.gaps...)
			return res, nil
		}
	}
	model = identity.BuildAgain(before.model, before.with(now), s.parts&^identity.Roles, s.isChanged)
	model.Accounts = a.deployed.accounts
	if s.parts&identity.Organizations == 0 {
		model.Beside = before.model // its organizations are as they were
	}
	more, err := a.run(ctx, model, together, true)
	if err != nil {
		return nil, err
	}
	a.arrange(more)
	res.findings = append(res.findings, more.findings...)
	// Roots that the edit does not reach have no gaps of its making: what is new there
	// was only not asked for before.
	res.gaps = slices.Concat(res.gaps, model.Gaps)
	for _, r := range s.changed {
		res.gaps = append(res.gaps, r.Gaps()...)
	}
	return res, nil
}

// people asks the checks about users, after an edit that changes nothing else, of the
// users of the changed roots; nil where those of other roots may be bound by what it
// changes, or bind what is changed.
func (a *analysis) people(ctx context.Context, changed *identity.Model, before *loaded, checks []*analyzer.Check) (*result, error) {
	if len(changed.Logins) == 0 && len(before.model.Logins) == 0 {
		return &result{}, nil
	}
	// The model before the edit has all roots, and the changed one what the edit adds: a
	// policy that it attaches to a user of another root.
	if before.model.Crossed() {
		return nil, nil
	}
	if changed.Crossed() {
		return nil, nil
	}
	var asked []*analyzer.Check
	for _, c := range checks {
		if c.People {
			asked = append(asked, c)
		}
	}
	res, err := a.run(ctx, changed, asked, true)
	if err != nil {
		return nil, err
	}
	a.arrange(res)
	return res, nil
}

// kinds are the checks that ask about each root on its own, and those that ask about
// all together: of one root alone those would miss what the others have.
func (a *analysis) kinds() (own, together []*analyzer.Check) {
	for _, c := range a.checks {
		if c.Estate {
			together = append(together, c)
		} else {
			own = append(own, c)
		}
	}
	return own, together
}

// reach is how far an edit reaches.
type reach struct {
	people  bool // and roles, of the changed roots alone
	changed []*terraform.Root
	parts   identity.Part
	by      map[string]*terraform.Influence // of the changed ones, by their ids
}

func (a *analysis) reach(reloaded []reloaded, before *loaded) *reach {
	s := &reach{by: map[string]*terraform.Influence{}}
	for _, re := range reloaded {
		r, old := re.now, re.was
		// The root is gone with its last file: whatever it declared may have bound others.
		if r == nil {
			s.parts = identity.AllParts
			continue
		}
		s.changed = append(s.changed, r)
		influence := r.InfluenceOn(old)
		s.by[re.id] = influence
		s.parts |= partsOf(influence, before.asked[re.id])
	}
	if s.parts&identity.Organizations != 0 && len(before.model.Logins) > 0 {
		s.parts |= identity.People // whom the policies of an organization bind
	}
	s.show()
	return s
}

// show makes the changed roots show what is to be asked about.
func (s *reach) show() {
	// Roles are judged each by itself: a changed root shows only those that the edit can
	// have changed, and stayed says so of the others. Of a part that is asked about all
	// together every resource is shown, edited or not: half of a user's policies would be
	// another user.
	for _, r := range s.changed {
		s.by[r.ID()].Show(r, func(typ string) bool {
			part := identity.PartOf(typ)
			return part&^identity.Roles&s.parts != 0 || part == identity.Surroundings && s.parts != identity.Roles
		})
	}
}

// partsOf are the parts of a model that an edit can have changed.
func partsOf(i *terraform.Influence, asked func(typ string) bool) identity.Part {
	if i == nil {
		return identity.AllParts
	}
	parts := identity.Roles
	for _, t := range i.Types() {
		// What no check looked for before the edit, no finding of before depends on.
		if asked(t) {
			parts |= identity.PartOf(t)
		}
	}
	if parts&identity.Surroundings != 0 {
		return identity.AllParts
	}
	return parts
}

// isChanged says that a resource may be another than before.
func (s *reach) isChanged(r *terraform.Resource) bool {
	influence, changed := s.by[r.Root.ID()]
	return changed && influence.Of(r)
}

// stayed says that nobody has looked again for a finding of before, and that
// it is as it was: one about a role that the edit does not reach, or about what no edit
// of users changes.
func (s *reach) stayed(f *analyzer.Finding) bool {
	if s.people && f.Check.Estate {
		if f.Resource == nil || !f.Check.People {
			return true
		}
		_, changed := s.by[f.Resource.Root.ID()]
		return !changed
	}
	if f.Resource == nil || f.Check.Estate || identity.PartOf(f.Resource.Type) != identity.Roles {
		return false
	}
	_, changed := s.by[f.Resource.Root.ID()]
	return !changed || !s.isChanged(f.Resource)
}
