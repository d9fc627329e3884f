package plan

import (
	"fmt"
	"io"
	"slices"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform/addrs"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Plan reads the JSON that terraform show -json prints of a plan, format
// versions 0.1 to 1.x. name is for messages.
func (r Reading) Plan(in io.Reader, name string) (*Evidence, error) {
	file, _, err := readFile(in, name, "plan")
	if err != nil {
		return nil, err
	}
	members, err := sectionsOf(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	l := r.evidence(file)
	var format string
	if err := members.read("format_version", &format); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if err := checkFormat(name, format); err != nil {
		return nil, err
	}
	_ = members.read("terraform_version", &l.version) // absent, or of no use
	if err := l.readPlan(members); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return l, nil
}

// plannedChange is an element of resource_changes, as lenient as it can be.
type plannedChange struct {
	address, module, mode, typ, name, deposed, provider string
	index, importing                                    any
	actions                                             []string
	after, unknown, sensitive, before, secret           jsonText
}

// readChange decodes nothing of the values: for most changes nobody asks.
func readChange(t jsonText) (*plannedChange, error) {
	c := &plannedChange{}
	var change jsonText
	if err := t.fields(map[string]any{
		"address": &c.address, "module_address": &c.module, "mode": &c.mode, "type": &c.typ, "name": &c.name,
		"index": &c.index, "deposed": &c.deposed, "provider_name": &c.provider, "change": &change,
	}); err != nil {
		return nil, err
	}
	return c, change.fields(map[string]any{
		"actions": &c.actions, "importing": &c.importing, "after": &c.after, "after_unknown": &c.unknown, "after_sensitive": &c.sensitive,
		"before": &c.before, "before_sensitive": &c.secret,
	})
}

// readPlan reads the sections from what changes to what stays: of an instance that
// several of them have, the first says most (see add).
func (l *Evidence) readPlan(members sections) error {
	l.Gone = map[string]bool{}
	if err := members.walk("resource_changes", func(t jsonText) error { return t.elements(l.readResourceChange) }); err != nil {
		return err
	}
	var errored *bool
	_ = members.read("errored", &errored) // absent, or of a version that means something else by it
	if errored != nil && *errored {
		l.reading.Gap(source.Gap{Kind: source.LimitGap, File: l.File.Name, Reason: "the plan ended in an error: it is not whole"})
	}
	l.lenient(members, "configuration", l.readConfiguration)
	l.lenient(members, "variables", l.readVariables)
	// What Terraform puts off to a later plan, as a value that it depends on is not
	// known, has no resource_changes, but will be there at the end.
	l.lenient(members, "deferred_changes", func(t jsonText) error {
		return t.elements(func(t jsonText) error { return t.member("resource_change", l.readDeferredChange) })
	})
	if err := members.walk("planned_values", func(t jsonText) error {
		return t.member("root_module", func(t jsonText) error {
			return l.addModule(t, func(r *Resource) bool { return !l.Gone[r.Address] })
		})
	}); err != nil {
		return err
	}
	unchanged := len(members["resource_changes"]) == 0 && !l.plansResources()
	l.lenient(members, "prior_state", func(t jsonText) error { return l.readPriorState(t, unchanged) })
	l.Whole = l.isWhole(members, unchanged) && (errored == nil || !*errored)
	_, applyable := members["applyable"]
	l.finish(applyable)
	return nil
}

// lenient reads a section without which a plan still says something: one that
// cannot be read is a gap.
func (l *Evidence) lenient(members sections, name string, f func(t jsonText) error) {
	if err := members.walk(name, f); err != nil {
		l.reading.Gap(source.Gap{Kind: source.LimitGap, File: l.File.Name, Reason: "the plan's " + err.Error()})
	}
}

// readResourceChange reads an element of resource_changes. The deposed object of a
// replacement that once failed is on its way out, and has the address of the one that
// took its place.
func (l *Evidence) readResourceChange(t jsonText) error {
	c, err := readChange(t)
	if err == nil && slices.Contains(c.actions, "forget") {
		l.forget(c)
	}
	if err == nil && c.deposed == "" {
		l.addChange(c)
	}
	return err
}

func (l *Evidence) readDeferredChange(t jsonText) error {
	c, err := readChange(t)
	if err == nil && c.address != "" && c.deposed == "" && l.byAddress[c.address] == nil {
		l.addChange(c)
	}
	return err
}

func (l *Evidence) readConfiguration(t jsonText) (err error) {
	if err := t.member("provider_config", l.readProviders); err != nil {
		return err
	}
	return t.member("root_module", func(t jsonText) error {
		l.config, err = readConfigModule(t)
		return err
	})
}

func (l *Evidence) readVariables(t jsonText) error {
	var variables map[string]struct {
		Value any `json:"value"`
	}
	err := t.decode(&variables)
	l.Variables = map[string]*value.Value{}
	for name, v := range variables {
		l.Variables[name] = (&place{l: l, resource: &Resource{}}).value(v.Value, nil, nil)
	}
	return err
}

// readPriorState adds the data sources that were read while planning, which are
// nowhere else, and the managed resources of a plan that changes nothing: that of
// -refresh-only has them here alone.
func (l *Evidence) readPriorState(t jsonText, unchanged bool) error {
	return t.member("values", func(t jsonText) error {
		return t.member("root_module", func(t jsonText) error {
			return l.addModule(t, func(r *Resource) bool {
				if r.Mode == addrs.Managed && unchanged {
					r.Actions = []string{"no-op"}
				}
				return (r.Mode == addrs.Data || unchanged) && !l.Gone[r.Address]
			})
		})
	})
}

// plansResources says that some managed resource is there after the apply.
func (l *Evidence) plansResources() bool {
	return slices.ContainsFunc(l.Resources, func(r *Resource) bool { return r.Mode == addrs.Managed })
}

// isWhole says that the plan tells of all that its configuration declares what
// becomes of it: what it lacks will not be there. Terraform says so since 1.8
// ("complete" is false with -target). Of other plans, OpenTofu's among them,
// those that change nothing (-refresh-only, which has everything in its
// prior_state and no resource_changes) or only delete (-destroy) are told by what
// they hold.
func (l *Evidence) isWhole(members sections, unchanged bool) bool {
	var complete *bool
	_ = members.read("complete", &complete)
	if complete != nil {
		return *complete
	}
	if unchanged {
		return true
	}
	if len(l.Gone) == 0 || l.plansResources() {
		return false
	}
	stays := false // what -target leaves alone
	_ = members.walk("prior_state", func(t jsonText) error {
		return t.member("values", func(t jsonText) error {
			return t.member("root_module", func(t jsonText) error {
				return Reading{}.evidence(l.File).addModule(t, func(r *Resource) bool {
					stays = stays || r.Mode == addrs.Managed && !l.Gone[r.Address]
					return false
				})
			})
		})
	})
	return !stays
}

// addChange adds a resource change, or notes that the resource will be gone.
func (l *Evidence) addChange(c *plannedChange) {
	l.providedBy(c.provider)
	r := &Resource{
		Address: c.address, Type: c.typ, Name: c.name, Module: c.module,
		Actions: c.actions, after: c.after, unknown: c.unknown, sensitive: c.sensitive,
		Importing: c.importing != nil,
	}
	if c.mode == "data" {
		r.Mode = addrs.Data
	}
	r.setKey(c.index)
	if len(r.Actions) == 1 && (r.Actions[0] == "delete" || r.Actions[0] == "forget") {
		l.Gone[r.Address] = true
		return
	}
	l.add(r)
}

// forget adds an object that goes on to exist when the plan is applied, but not in
// the state: that of a removed block, or of OpenTofu's lifecycle { destroy = false }.
func (l *Evidence) forget(c *plannedChange) {
	r := &Resource{
		Address: c.address, Type: c.typ, Name: c.name, Module: c.module,
		Actions: []string{"forget"}, after: c.before, sensitive: c.secret,
	}
	if c.mode == "data" {
		r.Mode = addrs.Data
	}
	r.setKey(c.index)
	l.Forgotten = append(l.Forgotten, r)
}

// readProviders looks at the provider configurations of a plan.
func (l *Evidence) readProviders(t jsonText) error {
	return t.members(func(_ string, t jsonText) error {
		var name string
		err := t.fields(map[string]any{"full_name": &name})
		l.providedBy(name)
		return err
	})
}
