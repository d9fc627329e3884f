package terraform

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"sort"
	"strings"
	"sync"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform/addrs"
	"github.com/iamvet/iamvet/analyzer/terraform/lang"
	"github.com/iamvet/iamvet/analyzer/value"
)

// LoadPlan reads the JSON that terraform show -json prints of a plan, format
// versions 0.1 to 1.x. name is for messages.
//
// With the root that LoadConfig made of the directory of the plan, resources
// get their place in the source and what only the configuration knows. With a
// nil config they have zero spans, and the references of the plan's own
// configuration section join what is not known before the apply.
func LoadPlan(ctx context.Context, r io.Reader, name string, config *Root, opt PlanOptions) (*Root, error) {
	file, _, err := readEvidence(r, name, "plan")
	if err != nil {
		return nil, err
	}
	members, err := sectionsOf(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	root := &Root{Dir: "", Source: Plan, alone: true}
	l := newEvidence(root, file)
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
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if config == nil {
		return root, nil
	}
	return overlay(l, config, opt), nil
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

func (l *evidence) readPlan(members sections) error {
	var errored *bool
	var variables map[string]struct {
		Value any `json:"value"`
	}
	l.gone = map[string]bool{}
	if err := members.walk("resource_changes", func(t jsonText) error {
		return t.elements(func(t jsonText) error {
			c, err := readChange(t)
			if err == nil && contains(c.actions, "forget") {
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
		l.root.gap(source.Gap{Kind: source.LimitGap, File: l.file.Name, Reason: "the plan ended in an error: it is not whole"})
	}
	lenient := func(name string, f func(t jsonText) error) {
		if err := members.walk(name, f); err != nil {
			l.root.gap(source.Gap{Kind: source.LimitGap, File: l.file.Name, Reason: "the plan's " + err.Error()})
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
	l.variables = map[string]*value.Value{}
	for name, v := range variables {
		l.variables[name] = (&planPlace{l: l, resource: &evidenceResource{}}).value(v.Value, nil, nil)
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
			return l.addModule(t, func(r *evidenceResource) bool { return !l.gone[r.address] })
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
					return (r.mode == addrs.Data || unchanged) && !l.gone[r.address]
				})
			})
		})
	})
	l.whole = l.isWhole(members, unchanged) && (errored == nil || !*errored)
	_, applyable := members["applyable"]
	l.finish(applyable)
	return nil
}

// plansResources says that some managed resource is there after the apply.
func (l *evidence) plansResources() bool {
	return slices.ContainsFunc(l.list, func(r *evidenceResource) bool { return r.mode == addrs.Managed })
}

// isWhole says that the plan tells of all that its configuration declares what
// becomes of it: what it lacks will not be there. Terraform says so since 1.8
// ("complete" is false with -target). Of other plans, OpenTofu's among them,
// those that change nothing (-refresh-only, which has everything in its
// prior_state and no resource_changes) or only delete (-destroy) are told by what
// they hold.
func (l *evidence) isWhole(members sections, unchanged bool) bool {
	var complete *bool
	_ = members.read("complete", &complete)
	if complete != nil {
		return *complete
	}
	if unchanged {
		return true
	}
	if len(l.gone) == 0 || l.plansResources() {
		return false
	}
	stays := false // what -target leaves alone
	_ = members.walk("prior_state", func(t jsonText) error {
		return t.member("values", func(t jsonText) error {
			return t.member("root_module", func(t jsonText) error {
				return newEvidence(&Root{}, l.file).addModule(t, func(r *evidenceResource) bool {
					stays = stays || r.mode == addrs.Managed && !l.gone[r.address]
					return false
				})
			})
		})
	})
	return !stays
}

// addChange adds a resource change, or notes that the resource will be gone.
func (l *evidence) addChange(c *plannedChange) {
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
		l.gone[r.address] = true
		return
	}
	l.add(r)
}

// forget adds an object that goes on to exist when the plan is applied, but not in
// the state: that of a removed block, or of OpenTofu's lifecycle { destroy = false }.
func (l *evidence) forget(c *plannedChange) {
	r := &evidenceResource{
		address: c.address, typ: c.typ, name: c.name, module: c.module,
		actions: []string{"forget"}, after: c.before, sensitive: c.secret,
	}
	if c.mode == "data" {
		r.mode = addrs.Data
	}
	r.setKey(c.index)
	l.forgotten = append(l.forgotten, r)
}

// addModule adds the resources of a module and those below it that are not yet
// there and that want says.
func (l *evidence) addModule(t jsonText, want func(*evidenceResource) bool) error {
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

func (l *evidence) addValues(module string, t jsonText, want func(*evidenceResource) bool) error {
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

// evidence is what a plan or a state says of resources.
type evidence struct {
	mu        sync.Mutex // one resource list at a time
	root      *Root
	file      *source.File
	config    *configModule           // of a plan; may be nil
	variables map[string]*value.Value // of the root module, as far as the plan says
	list      []*evidenceResource     // in address order, once finished
	forgotten []*evidenceResource     // that will exist, but not be managed
	byAddress map[string]*evidenceResource
	byBlock   map[string][]*evidenceResource // by module address and block, in order
	instances int                            // of modules
	account   string                         // of all resources; "" for a plan or state
	gone      map[string]bool                // addresses that the plan deletes or forgets
	whole     bool                           // see isWhole

	version      string // of the tool, as terraform_version says
	tofuRegistry bool   // a provider comes from OpenTofu's registry
	dialect      lang.Dialect
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

	computed []string // not written, and known after the apply; once built
	built    *Resource
	building bool
}

func newEvidence(root *Root, file *source.File) *evidence {
	l := &evidence{root: root, file: file, byAddress: map[string]*evidenceResource{}, byBlock: map[string][]*evidenceResource{}}
	root.loader = l
	return l
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

func (l *evidence) add(r *evidenceResource) *evidenceResource {
	if l.byAddress[r.address] == nil {
		l.list = append(l.list, r)
		l.byAddress[r.address] = r
	}
	return r
}

// readProviders looks at the provider configurations of a plan.
func (l *evidence) readProviders(t jsonText) error {
	return t.members(func(_ string, t jsonText) error {
		var name string
		err := t.fields(map[string]any{"full_name": &name})
		l.providedBy(name)
		return err
	})
}

// providedBy notes where a provider comes from.
func (l *evidence) providedBy(name string) {
	l.tofuRegistry = l.tofuRegistry || strings.Contains(name, "registry.opentofu.org/")
}

// finish orders what was added, and says what made it.
func (l *evidence) finish(applyable bool) {
	l.dialect = lang.DialectOfTool(l.version, l.tofuRegistry, applyable)
	sort.SliceStable(l.list, func(i, j int) bool { return addrs.Less(l.list[i].address, l.list[j].address) })
	modules := map[string]bool{"": true}
	for _, r := range l.list {
		l.byBlock[r.block()] = append(l.byBlock[r.block()], r)
		for m := r.module; !modules[m]; m = addrs.Caller(m) {
			modules[m] = true
		}
	}
	l.instances = len(modules)
}

func (l *evidence) files() []*source.File { return []*source.File{l.file} }
func (l *evidence) modules() int          { return l.instances }

func (l *evidence) resources(mode addrs.Mode, types []string) []*Resource {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []*Resource
	for _, r := range l.list {
		if r.mode == mode && (len(types) == 0 || contains(types, r.typ)) {
			out = append(out, l.resource(r))
		}
	}
	return out
}

func contains(names []string, name string) bool {
	for _, n := range names {
		if n == name {
			return true
		}
	}
	return false
}

// resource is the instance with its values.
func (l *evidence) resource(r *evidenceResource) *Resource {
	if r.built != nil {
		return r.built
	}
	out := &Resource{
		Root: l.root, Address: r.address, Mode: r.mode, Type: r.typ, Name: r.name, Module: r.module, Key: r.key,
		Exists: value.Yes, Actions: r.actions, Imported: value.TriOf(r.importing),
	}
	var path []string
	for _, step := range addrs.ModuleCalls(r.module) {
		path = append(path, step)
		out.Calls = append(out.Calls, Call{Address: strings.Join(path, ".")})
	}
	r.building = true
	defer func() { r.building = false }()
	out.Block = l.block(r)
	out.computed = r.computed
	r.built = out
	return out
}
