package terraform

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"sort"
	"strings"
	"sync"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/iamvet/iamvet/analyzer/source"
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
	members := map[string]json.RawMessage{}
	if err := json.Unmarshal(file.Bytes, &members); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	root := &Root{Dir: "", Source: Plan, alone: true}
	l := newEvidence(root, file)
	var format string
	if err := section(members, "format_version", &format); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if err := checkFormat(name, format); err != nil {
		return nil, err
	}
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
	Address         string `json:"address"`
	PreviousAddress string `json:"previous_address"`
	ModuleAddress   string `json:"module_address"`
	Mode            string `json:"mode"`
	Type            string `json:"type"`
	Name            string `json:"name"`
	Index           any    `json:"index"`
	Deposed         string `json:"deposed"`
	Change          struct {
		Actions        []string `json:"actions"`
		After          any      `json:"after"`
		AfterUnknown   any      `json:"after_unknown"`
		AfterSensitive any      `json:"after_sensitive"`
		Importing      any      `json:"importing"`
	} `json:"change"`
}

// stateResource is a resource of planned_values, prior_state or a state.
type stateResource struct {
	Address         string         `json:"address"`
	Mode            string         `json:"mode"`
	Type            string         `json:"type"`
	Name            string         `json:"name"`
	Index           any            `json:"index"`
	Values          map[string]any `json:"values"`
	SensitiveValues any            `json:"sensitive_values"`
	DeposedKey      string         `json:"deposed_key"`
}

type stateModule struct {
	Address      string           `json:"address"`
	Resources    []*stateResource `json:"resources"`
	ChildModules []*stateModule   `json:"child_modules"`
}

type stateValues struct {
	RootModule *stateModule `json:"root_module"`
}

func (l *evidence) readPlan(members map[string]json.RawMessage) error {
	var changes []*plannedChange
	var planned stateValues
	var prior struct {
		Values stateValues `json:"values"`
	}
	var config struct {
		RootModule *tfjson.ConfigModule `json:"root_module"`
	}
	var errored *bool
	var variables map[string]struct {
		Value any `json:"value"`
	}
	var deferred []struct {
		Reason         string         `json:"reason"`
		ResourceChange *plannedChange `json:"resource_change"`
	}
	if err := section(members, "resource_changes", &changes); err != nil {
		return err
	}
	if err := section(members, "planned_values", &planned); err != nil {
		return err
	}
	_ = section(members, "errored", &errored) // absent, or of a version that means something else by it
	for _, s := range []struct {
		name string
		into any
	}{{"prior_state", &prior}, {"configuration", &config}, {"deferred_changes", &deferred}, {"variables", &variables}} {
		if err := section(members, s.name, s.into); err != nil {
			l.root.gap(Gap{Kind: LimitGap, File: l.file.Name, Reason: "the plan's " + err.Error()})
		}
	}
	if errored != nil && *errored {
		l.root.gap(Gap{Kind: LimitGap, File: l.file.Name, Reason: "the plan ended in an error: it is not whole"})
	}
	l.config = config.RootModule
	l.variables = map[string]*value.Value{}
	for name, v := range variables {
		l.variables[name] = (&planPlace{l: l, resource: &evidenceResource{}}).value(v.Value, nil, nil)
	}
	gone := map[string]bool{}
	for _, c := range changes {
		if c == nil || c.Deposed != "" {
			continue
		}
		if r := l.addChange(c); r == nil {
			gone[c.Address] = true
		}
	}
	for _, d := range deferred {
		if c := d.ResourceChange; c != nil && c.Deposed == "" && l.byAddress[c.Address] == nil {
			l.addChange(c)
		}
	}
	l.addModule(planned.RootModule, func(r *evidenceResource) bool { return !gone[r.address] })
	l.addModule(prior.Values.RootModule, func(r *evidenceResource) bool { return r.mode == Data && !gone[r.address] })
	l.finish()
	return nil
}

// addChange adds a resource change; nil when the resource will be gone.
func (l *evidence) addChange(c *plannedChange) *evidenceResource {
	r := &evidenceResource{
		address: c.Address, typ: c.Type, name: c.Name, module: c.ModuleAddress,
		actions: c.Change.Actions, after: c.Change.After, unknown: c.Change.AfterUnknown, sensitive: c.Change.AfterSensitive,
		importing: c.Change.Importing != nil,
	}
	if c.Mode == "data" {
		r.mode = Data
	}
	if len(r.actions) == 1 && (r.actions[0] == "delete" || r.actions[0] == "forget") {
		return nil
	}
	r.setKey(c.Index)
	return l.add(r)
}

// addModule adds the resources of a module and those below it that are not yet
// there and that want says.
func (l *evidence) addModule(m *stateModule, want func(*evidenceResource) bool) {
	if m == nil {
		return
	}
	for _, s := range m.Resources {
		if s == nil || s.DeposedKey != "" {
			continue
		}
		r := &evidenceResource{address: s.Address, typ: s.Type, name: s.Name, module: m.Address, sensitive: s.SensitiveValues}
		if s.Values != nil {
			r.after = s.Values
		}
		if s.Mode == "data" {
			r.mode = Data
		}
		r.setKey(s.Index)
		if l.byAddress[r.address] == nil && want(r) {
			l.add(r)
		}
	}
	for _, c := range m.ChildModules {
		l.addModule(c, want)
	}
}

// evidence is what a plan or a state says of resources.
type evidence struct {
	mu        sync.Mutex // one resource list at a time
	root      *Root
	file      *source.File
	config    *tfjson.ConfigModule    // of a plan; may be nil
	variables map[string]*value.Value // of the root module, as far as the plan says
	list      []*evidenceResource     // in address order, once finished
	byAddress map[string]*evidenceResource
	byBlock   map[string][]*evidenceResource // by module address and block, in order
	instances int                            // of modules
	account   string                         // of all resources; "" for a plan or state
}

// evidenceResource is one instance before its values are needed.
type evidenceResource struct {
	address, module, key string
	mode                 Mode
	typ, name            string
	actions              []string
	importing            bool
	// after, unknown and sensitive are decoded JSON of one shape: the values,
	// true where they are not known or not to be printed.
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
	if r.mode == Data {
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
	if r.module == "" && strings.HasSuffix(splitKey(r.address), "."+block) {
		r.module = strings.TrimSuffix(splitKey(r.address), "."+block)
		block = r.block()
	}
	if !strings.HasPrefix(r.address, block) {
		r.address = block + strings.TrimPrefix(r.address, splitKey(r.address))
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
		return "[" + quoteKey(index) + "]"
	case json.Number:
		return "[" + index.String() + "]"
	}
	return ""
}

// quoteKey writes a key as Terraform does in addresses.
func quoteKey(key string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i, r := range key {
		switch {
		case r == '"', r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case (r == '$' || r == '%') && i+1 < len(key) && key[i+1] == '{':
			b.WriteRune(r)
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// splitKey is an address without the key at its end.
func splitKey(address string) string {
	quoted := false
	open := -1
	for i := 0; i < len(address); i++ {
		switch c := address[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[':
			open = i
		case c == '.':
			open = -1
		}
	}
	if open >= 0 && strings.HasSuffix(address, "]") {
		return address[:open]
	}
	return address
}

func (l *evidence) add(r *evidenceResource) *evidenceResource {
	if l.byAddress[r.address] == nil {
		l.list = append(l.list, r)
		l.byAddress[r.address] = r
	}
	return r
}

// finish orders what was added.
func (l *evidence) finish() {
	sort.SliceStable(l.list, func(i, j int) bool { return lessAddress(l.list[i].address, l.list[j].address) })
	modules := map[string]bool{"": true}
	for _, r := range l.list {
		l.byBlock[r.block()] = append(l.byBlock[r.block()], r)
		for m := r.module; !modules[m]; m = parentModule(m) {
			modules[m] = true
		}
	}
	l.instances = len(modules)
}

// lessAddress orders addresses as text, but runs of digits as numbers.
func lessAddress(a, b string) bool {
	for a != "" && b != "" {
		x, y := leadingDigits(a), leadingDigits(b)
		if x > 0 && y > 0 {
			m, n := strings.TrimLeft(a[:x], "0"), strings.TrimLeft(b[:y], "0")
			if m != n {
				return len(m) < len(n) || len(m) == len(n) && m < n
			}
			a, b = a[x:], b[y:]
			continue
		}
		if a[0] != b[0] {
			return a[0] < b[0]
		}
		a, b = a[1:], b[1:]
	}
	return len(a) < len(b)
}

func leadingDigits(s string) int {
	n := 0
	for n < len(s) && '0' <= s[n] && s[n] <= '9' {
		n++
	}
	return n
}

// moduleSteps splits a module address into its calls: module.a, module.b["k"].
func moduleSteps(address string) []string {
	var steps []string
	quoted := false
	start := 0
	for i := 0; i < len(address); i++ {
		switch c := address[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case !quoted && c == '.' && strings.HasPrefix(address[i:], ".module.") && i > start+len("module"):
			steps = append(steps, address[start:i])
			start = i + 1
		}
	}
	if address != "" {
		steps = append(steps, address[start:])
	}
	return steps
}

func parentModule(address string) string {
	steps := moduleSteps(address)
	if len(steps) == 0 {
		return ""
	}
	return strings.Join(steps[:len(steps)-1], ".")
}

func (l *evidence) files() []*source.File { return []*source.File{l.file} }
func (l *evidence) modules() int          { return l.instances }

func (l *evidence) resources(mode Mode, types []string) []*Resource {
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
		Exists: value.Yes, Actions: r.actions, Imported: r.importing,
	}
	var path []string
	for _, step := range moduleSteps(r.module) {
		path = append(path, step)
		out.Calls = append(out.Calls, Call{Address: strings.Join(path, ".")})
	}
	r.building = true
	out.Block = l.block(r)
	r.building = false
	out.computed = r.computed
	r.built = out
	return out
}
