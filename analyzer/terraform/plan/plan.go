package plan

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform/addrs"
	"github.com/iamvet/iamvet/analyzer/value"
)

// ReadPlan reads the JSON that terraform show -json prints of a plan, format
// versions 0.1 to 1.x. name is for messages. What can be read anywhere (io.ReaderAt) is
// read again when values are asked for; of anything else that is large, the values are
// kept of the types that matter (nil: of all).
func ReadPlan(ctx context.Context, in io.Reader, name string, matters func(typ string) bool) (*Index, error) {
	f, err := open(ctx, in, name, "plan")
	if err != nil {
		return nil, err
	}
	s := newSections(f, matters)
	if err := f.read(s.planMember); err != nil {
		return nil, err
	}
	if err := s.identified(); err != nil {
		return nil, err
	}
	if err := s.finishPlan(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return s.index, nil
}

// sections are the members of a file, each as it is read: they come in any order, and
// say most together.
type sections struct {
	*file
	index   *Index
	matters func(typ string) bool
	wrong   map[string]error // of the members that cannot be read, by their names

	format  string
	version int // of a raw state
	// Of a plan:
	has               map[string]bool
	errored, complete *bool
	changes, deferred []*Resource
	planned, prior    *moduleValues
	actions           map[string][]string
	// Of a state:
	values *moduleValues
	raw    []*rawResource
}

func newSections(f *file, matters func(string) bool) *sections {
	return &sections{file: f, index: newIndex(f.doc.name, f.doc), matters: matters,
		wrong: map[string]error{}, has: map[string]bool{}, actions: map[string][]string{}}
}

// noted notes what is wrong with a member. Of two of one name the last counts.
func (s *sections) noted(name string, err error) {
	delete(s.wrong, name)
	if err != nil {
		s.wrong[name] = fmt.Errorf("%s cannot be read: %w", name, err)
	}
}

// identified refuses formats that are not known.
func (s *sections) identified() error {
	if err := s.wrong["format_version"]; err != nil {
		return fmt.Errorf("%s: %w", s.doc.name, err)
	}
	return checkFormat(s.doc.name, s.format)
}

// found is what has to be done with every resource that is read.
func (s *sections) found(r *Resource, provider string, t jsonText) {
	s.index.providedBy(provider)
	s.keep(r.Type, r.at, t)
}

// keep keeps a text that may be asked for and cannot be read again.
func (s *sections) keep(typ string, at text, t jsonText) {
	if s.doc.keeps() && (s.matters == nil || s.matters(typ)) {
		s.doc.keep(at, t)
	}
}

// planMember reads a member of a plan.
func (s *sections) planMember(name string) {
	s.has[name] = true
	var err error
	switch name {
	case "format_version":
		err = s.decode(&s.format)
	case "terraform_version":
		_ = s.decode(&s.index.version) // of no use in another form
	case "errored":
		_ = s.decode(&s.errored) // of a version that means something else by it
	case "complete":
		_ = s.decode(&s.complete)
	case "resource_changes":
		s.changes, s.index.Forgotten = nil, nil
		err = s.elements(func() error { return s.change(&s.changes, &s.index.Forgotten) })
	case "deferred_changes":
		// What Terraform puts off to a later plan, as a value that it depends on is not
		// known, has no resource_changes, but will be there at the end.
		s.deferred = nil
		err = s.elements(func() error {
			return s.member("resource_change", func() error { return s.change(&s.deferred, nil) })
		})
	case "planned_values":
		s.planned = nil
		err = s.member("root_module", func() (err error) {
			s.planned, err = s.module()
			return err
		})
	case "prior_state":
		s.prior = nil
		err = s.member("values", func() error {
			return s.member("root_module", func() (err error) {
				s.prior, err = s.module()
				return err
			})
		})
	case "configuration":
		err = s.configuration()
	case "variables":
		err = s.variables()
	}
	s.noted(name, err)
}

// change reads an element of resource_changes, as leniently as it can. Nothing is
// decoded of the values: for most changes nobody asks. The deposed object of a
// replacement that once failed is on its way out, and has the address of the one that
// took its place.
func (s *sections) change(changes, forgotten *[]*Resource) error {
	t, at, err := s.value()
	if err != nil {
		return err
	}
	r := &Resource{form: ofChange, at: at}
	var mode, deposed, provider string
	var index, importing any
	var change, actions jsonText
	if err := t.fields(map[string]any{
		"address": &r.Address, "module_address": &r.Module, "mode": &mode, "type": &r.Type, "name": &r.Name,
		"index": &index, "deposed": &deposed, "provider_name": &provider, "change": &change,
	}); err != nil {
		return err
	}
	if err := change.fields(map[string]any{"actions": &actions, "importing": &importing}); err != nil {
		return err
	}
	if r.Actions, err = s.actionsOf(actions); err != nil {
		return err
	}
	if mode == "data" {
		r.Mode = addrs.Data
	}
	r.Type, r.Key, r.Importing = s.name(r.Type), indexKey(index), importing != nil
	r.place()
	if forgotten != nil && slices.Contains(r.Actions, "forget") {
		left := *r
		left.form, left.Actions, left.Importing = ofForgotten, []string{"forget"}, false
		*forgotten = append(*forgotten, &left)
		s.keep(r.Type, at, t)
	}
	if deposed == "" {
		s.found(r, provider, t)
		*changes = append(*changes, r)
	}
	return nil
}

// actionsOf are the actions of a change: there are few of them.
func (s *sections) actionsOf(t jsonText) ([]string, error) {
	if known, ok := s.actions[string(t)]; ok {
		return known, nil
	}
	var actions []string
	if err := t.decode(&actions); err != nil {
		return nil, err
	}
	s.actions[string(t)] = actions
	return actions, nil
}

func (s *sections) configuration() error {
	s.index.config = nil
	var providers error
	err := s.members(func(name string) (err error) {
		switch name {
		case "provider_config":
			providers = s.providers()
		case "root_module":
			s.index.config, err = s.configModule()
		}
		return err
	})
	if providers != nil {
		s.index.config = nil
	}
	return firstOf(providers, err)
}

// providers looks at the provider configurations of a plan.
func (s *sections) providers() error {
	return s.members(func(string) error {
		t, _, err := s.value()
		if err != nil {
			return err
		}
		var name string
		err = t.fields(map[string]any{"full_name": &name})
		s.index.providedBy(name)
		return err
	})
}

func (s *sections) variables() error {
	var variables map[string]struct {
		Value any `json:"value"`
	}
	err := s.decode(&variables)
	s.index.Variables = map[string]*value.Value{}
	for name, v := range variables {
		s.index.Variables[name] = (&place{resource: &Resource{}}).value(v.Value, nil, nil)
	}
	return err
}

// finishPlan puts the sections together, from what changes to what stays: of an
// instance that several of them have, the first says most (see add).
func (s *sections) finishPlan() error {
	l := s.index
	if err := s.wrong["resource_changes"]; err != nil {
		return err
	}
	for _, r := range s.changes {
		l.addChange(r)
	}
	ended := s.errored != nil && *s.errored
	if ended {
		l.gap(source.LimitGap, "the plan ended in an error: it is not whole")
	}
	s.lenient("configuration")
	s.lenient("variables")
	s.lenient("deferred_changes")
	for _, r := range s.deferred {
		if r.Address != "" && l.byAddress[r.Address] == nil {
			l.addChange(r)
		}
	}
	if err := s.wrong["planned_values"]; err != nil {
		return err
	}
	l.addModule(s.planned, func(r *Resource) bool { return !l.Gone[r.Address] })
	unchanged := !s.has["resource_changes"] && !l.plansResources()
	s.lenient("prior_state")
	l.addPrior(s.prior, unchanged)
	l.Whole = s.isWhole(unchanged) && !ended
	l.finish(s.has["applyable"])
	return nil
}

// lenient is about a section without which a plan still says something: one that
// cannot be read is a gap.
func (s *sections) lenient(name string) {
	if err := s.wrong[name]; err != nil {
		s.index.gap(source.LimitGap, "the plan's "+err.Error())
	}
}

// addPrior adds the data sources that were read while planning, which are
// nowhere else, and the managed resources of a plan that changes nothing: that of
// -refresh-only has them here alone.
func (l *Index) addPrior(m *moduleValues, unchanged bool) {
	l.addModule(m, func(r *Resource) bool {
		if r.Mode == addrs.Managed && unchanged {
			r.Actions = []string{"no-op"}
		}
		return (r.Mode == addrs.Data || unchanged) && !l.Gone[r.Address]
	})
}

// plansResources says that some managed resource is there after the apply.
func (l *Index) plansResources() bool {
	return slices.ContainsFunc(l.Resources, func(r *Resource) bool { return r.Mode == addrs.Managed })
}

// isWhole says that the plan tells of all that its configuration declares what
// becomes of it: what it lacks will not be there. Terraform says so since 1.8
// ("complete" is false with -target). Of other plans, OpenTofu's among them,
// those that change nothing (-refresh-only, which has everything in its
// prior_state and no resource_changes) or only delete (-destroy) are told by what
// they hold.
func (s *sections) isWhole(unchanged bool) bool {
	switch {
	case s.complete != nil:
		return *s.complete
	case unchanged:
		return true
	case len(s.index.Gone) == 0 || s.index.plansResources():
		return false
	}
	return !s.prior.some(func(r *Resource) bool { // what -target leaves alone
		return r.Mode == addrs.Managed && !s.index.Gone[r.Address]
	})
}

func (m *moduleValues) some(is func(*Resource) bool) bool {
	return m != nil && (slices.ContainsFunc(m.resources, is) ||
		slices.ContainsFunc(m.children, func(child *moduleValues) bool { return child.some(is) }))
}

// addChange adds a resource change, or notes that the resource will be gone.
func (l *Index) addChange(r *Resource) {
	if len(r.Actions) == 1 && (r.Actions[0] == "delete" || r.Actions[0] == "forget") {
		l.Gone[r.Address] = true
		return
	}
	l.add(r)
}
