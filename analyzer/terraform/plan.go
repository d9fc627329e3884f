package terraform

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"sort"
	"strings"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform/addrs"
	"github.com/iamvet/iamvet/analyzer/terraform/lang"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Plan reads the JSON that terraform show -json prints of a plan, format
// versions 0.1 to 1.x. name is for messages.
func (r Reading) Plan(in io.Reader, name string) (*Evidence, error) {
	file, _, err := readEvidence(in, name, "plan")
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

func (l *Evidence) readPlan(members sections) error {
	var errored *bool
	var variables map[string]struct {
		Value any `json:"value"`
	}
	l.Gone = map[string]bool{}
	if err := members.walk("resource_changes", func(t jsonText) error {
		return t.elements(func(t jsonText) error {
			c, err := readChange(t)
			if err == nil && slices.Contains(c.actions, "forget") {
				l.forget(c)
			}
			if err == nil && c.deposed == "" {
				l.addChange(c)
			}
			return err
		})
	}); err != nil {
		return err
	}
	_ = members.read("errored", &errored) // absent, or of a version that means something else by it
	if errored != nil && *errored {
		l.reading.Gap(source.Gap{Kind: source.LimitGap, File: l.File.Name, Reason: "the plan ended in an error: it is not whole"})
	}
	lenient := func(name string, f func(t jsonText) error) {
		if err := members.walk(name, f); err != nil {
			l.reading.Gap(source.Gap{Kind: source.LimitGap, File: l.File.Name, Reason: "the plan's " + err.Error()})
		}
	}
	lenient("configuration", func(t jsonText) (err error) {
		if err := t.member("provider_config", l.readProviders); err != nil {
			return err
		}
		return t.member("root_module", func(t jsonText) error {
			l.config, err = readConfigModule(t)
			return err
		})
	})
	lenient("variables", func(t jsonText) error { return t.decode(&variables) })
	l.Variables = map[string]*value.Value{}
	for name, v := range variables {
		l.Variables[name] = (&planPlace{l: l, resource: &evidenceResource{}}).value(v.Value, nil, nil)
	}
	lenient("deferred_changes", func(t jsonText) error {
		return t.elements(func(t jsonText) error {
			return t.member("resource_change", func(t jsonText) error {
				c, err := readChange(t)
				if err == nil && c.address != "" && c.deposed == "" && l.byAddress[c.address] == nil {
					l.addChange(c)
				}
				return err
			})
		})
	})
	if err := members.walk("planned_values", func(t jsonText) error {
		return t.member("root_module", func(t jsonText) error {
			return l.addModule(t, func(r *evidenceResource) bool { return !l.Gone[r.address] })
		})
	}); err != nil {
		return err
	}
	unchanged := len(members["resource_changes"]) == 0 && !l.plansResources()
	lenient("prior_state", func(t jsonText) error {
		return t.member("values", func(t jsonText) error {
			return t.member("root_module", func(t jsonText) error {
				return l.addModule(t, func(r *evidenceResource) bool {
					if r.mode == addrs.Managed && unchanged {
						r.actions = []string{"no-op"}
					}
					return (r.mode == addrs.Data || unchanged) && !l.Gone[r.address]
				})
			})
		})
	})
	l.Whole = l.isWhole(members, unchanged) && (errored == nil || !*errored)
	_, applyable := members["applyable"]
	l.finish(applyable)
	return nil
}

// plansResources says that some managed resource is there after the apply.
func (l *Evidence) plansResources() bool {
	return slices.ContainsFunc(l.Resources, func(r *evidenceResource) bool { return r.mode == addrs.Managed })
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
				return Reading{}.evidence(l.File).addModule(t, func(r *evidenceResource) bool {
					stays = stays || r.mode == addrs.Managed && !l.Gone[r.address]
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
	r := &evidenceResource{
		address: c.address, typ: c.typ, name: c.name, module: c.module,
		actions: c.actions, after: c.after, unknown: c.unknown, sensitive: c.sensitive,
		importing: c.importing != nil,
	}
	if c.mode == "data" {
		r.mode = addrs.Data
	}
	r.setKey(c.index)
	if len(r.actions) == 1 && (r.actions[0] == "delete" || r.actions[0] == "forget") {
		l.Gone[r.address] = true
		return
	}
	l.add(r)
}

// forget adds an object that goes on to exist when the plan is applied, but not in
// the state: that of a removed block, or of OpenTofu's lifecycle { destroy = false }.
func (l *Evidence) forget(c *plannedChange) {
	r := &evidenceResource{
		address: c.address, typ: c.typ, name: c.name, module: c.module,
		actions: []string{"forget"}, after: c.before, sensitive: c.secret,
	}
	if c.mode == "data" {
		r.mode = addrs.Data
	}
	r.setKey(c.index)
	l.Forgotten = append(l.Forgotten, r)
}

// addModule adds the resources of a module and those below it that are not yet
// there and that want says.
func (l *Evidence) addModule(t jsonText, want func(*evidenceResource) bool) error {
	var address string
	var resources, children jsonText
	if err := t.fields(map[string]any{"address": &address, "resources": &resources, "child_modules": &children}); err != nil {
		return err
	}
	err := resources.elements(func(t jsonText) error { return l.addValues(address, t, want) })
	if err != nil {
		return err
	}
	return children.elements(func(t jsonText) error { return l.addModule(t, want) })
}

func (l *Evidence) addValues(module string, t jsonText, want func(*evidenceResource) bool) error {
	r := &evidenceResource{module: module}
	var mode, deposed, provider string
	var index any
	var values, sensitive jsonText
	if err := t.fields(map[string]any{
		"address": &r.address, "mode": &mode, "type": &r.typ, "name": &r.name, "index": &index, "deposed_key": &deposed, "provider_name": &provider,
		"values": &values, "sensitive_values": &sensitive,
	}); err != nil || deposed != "" {
		return err
	}
	if mode == "data" {
		r.mode = addrs.Data
	}
	l.providedBy(provider)
	r.setKey(index)
	if l.byAddress[r.address] == nil && want(r) {
		r.after, r.sensitive = values, sensitive
		l.add(r)
	}
	return nil
}

// Reading is what the reading of plans and states leaves to others.
type Reading struct {
	// Gap is told what cannot be read: at once, and whenever values are asked for.
	Gap func(source.Gap)
	// Document works out the texts of the data source aws_iam_policy_document from its
	// body. A plan has none where the data source is only read during the apply.
	Document func(body *value.Value) (text, minified *value.Value, gaps []source.Gap)
}

// Evidence is what a plan or a state says of resources. It is not safe for
// concurrent use.
type Evidence struct {
	File *source.File
	// Root is how references from one resource to another name the root (value.Ref).
	// Whoever loads the evidence sets it before anyone asks for values: it is another
	// one when the plan is laid over its configuration.
	Root      string
	Resources []*evidenceResource // in address order
	// Forgotten are the objects that will go on to exist, but not be managed.
	Forgotten []*evidenceResource
	Variables map[string]*value.Value // of the root module, as far as a plan says
	Gone      map[string]bool         // addresses that a plan deletes or forgets
	Whole     bool                    // see isWhole
	Modules   int                     // instances of modules, the root included
	Account   string                  // of all resources; "" where only they themselves know it
	Dialect   lang.Dialect

	reading   Reading
	config    *configModule // of a plan; may be nil
	byAddress map[string]*evidenceResource
	byBlock   map[string][]*evidenceResource // by module address and block, in order

	version      string // of the tool, as terraform_version says
	tofuRegistry bool   // a provider comes from OpenTofu's registry
}

// evidenceResource is one instance before its values are needed.
type evidenceResource struct {
	address, module, key string
	mode                 addrs.Mode
	typ, name            string
	actions              []string
	importing            bool
	// after, unknown and sensitive are of one shape: the values, true where they
	// are not known or not to be printed. What is a jsonText is not decoded yet.
	after, unknown, sensitive any

	body     *value.Value // see Evidence.Body
	computed []string
	building bool
}

func (r Reading) evidence(file *source.File) *Evidence {
	return &Evidence{File: file, reading: r, byAddress: map[string]*evidenceResource{}, byBlock: map[string][]*evidenceResource{}}
}

// block is the address of the instance without its own key.
func (r *evidenceResource) block() string {
	b := r.typ + "." + r.name
	if r.mode == addrs.Data {
		b = "data." + b
	}
	if r.module != "" {
		b = r.module + "." + b
	}
	return b
}

// setKey works out the instance key and completes the address: Terraform 0.12
// leaves the module, and sometimes the key, out of it.
func (r *evidenceResource) setKey(index any) {
	block := r.block()
	if r.module == "" && strings.HasSuffix(addrs.WithoutKey(r.address), "."+block) {
		r.module = strings.TrimSuffix(addrs.WithoutKey(r.address), "."+block)
		block = r.block()
	}
	if !strings.HasPrefix(r.address, block) {
		r.address = block + strings.TrimPrefix(r.address, addrs.WithoutKey(r.address))
	}
	r.key = strings.TrimPrefix(r.address, block)
	if r.key == "" && index != nil {
		r.key = indexKey(index)
		r.address += r.key
	}
}

func indexKey(index any) string {
	switch index := index.(type) {
	case string:
		return "[" + addrs.QuoteKey(index) + "]"
	case json.Number:
		return "[" + index.String() + "]"
	}
	return ""
}

func (l *Evidence) add(r *evidenceResource) *evidenceResource {
	if l.byAddress[r.address] == nil {
		l.Resources = append(l.Resources, r)
		l.byAddress[r.address] = r
	}
	return r
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

// providedBy notes where a provider comes from.
func (l *Evidence) providedBy(name string) {
	l.tofuRegistry = l.tofuRegistry || strings.Contains(name, "registry.opentofu.org/")
}

// finish orders what was added, and says what made it.
func (l *Evidence) finish(applyable bool) {
	l.Dialect = lang.DialectOfTool(l.version, l.tofuRegistry, applyable)
	sort.SliceStable(l.Resources, func(i, j int) bool { return addrs.Less(l.Resources[i].address, l.Resources[j].address) })
	modules := map[string]bool{"": true}
	for _, r := range l.Resources {
		l.byBlock[r.block()] = append(l.byBlock[r.block()], r)
		for m := r.module; !modules[m]; m = addrs.Caller(m) {
			modules[m] = true
		}
	}
	l.Modules = len(modules)
}

func (l *Evidence) files() []*source.File { return []*source.File{l.File} }
func (l *Evidence) modules() int          { return l.Modules }
