// Package plan reads what Terraform and OpenTofu print of plans and states, and
// what AWS says is deployed, and tells what they say of each resource.
//
// A plan has the values of resources (resource_changes, planned_values,
// prior_state), and apart from them the configuration that it was made from, of
// which each expression has only the names that it refers to. Both are put together
// here: a value that the apply alone gives is unknown, and refers to what its
// expression refers to. Where a value stands in a file, nobody can tell from a plan;
// package terraform lays it over the configuration for that.
//
// Plans are large, and most of what they say is never looked at. A file is read once, as
// a stream, and what is noted of a resource is its address and where its values stand: a
// body is read and decoded when somebody asks for it.
//
// The formats: https://developer.hashicorp.com/terraform/internals/json-format
package plan

import (
	"encoding/json"
	"slices"
	"sort"
	"strings"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform/addrs"
	"github.com/iamvet/iamvet/analyzer/terraform/lang"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Index is what a plan or a state says, but for the values of resources. It does not
// change, and is safe for concurrent use.
type Index struct {
	File      *source.File // its name; it has no bytes
	Resources []*Resource  // in address order
	// Forgotten are the objects that will go on to exist, but not be managed.
	Forgotten []*Resource
	Variables map[string]*value.Value // of the root module, as far as a plan says
	Gone      map[string]bool         // addresses that a plan deletes or forgets
	// Whole says that a plan tells of all that its configuration declares what becomes
	// of it, so that what it lacks will not be there. See isWhole.
	Whole   bool
	Modules int    // instances of modules, the root included
	Account string // of all resources; "" where only they themselves know it
	Dialect lang.Dialect

	doc       *document     // nil where resources have their values themselves
	config    *configModule // of a plan; may be nil
	byAddress map[string]*Resource
	byType    map[ofType][]int32 // places in Resources
	gaps      []source.Gap       // of reading it

	version      string // of the tool, as terraform_version says
	tofuRegistry bool   // a provider comes from OpenTofu's registry
}

func newIndex(name string, doc *document) *Index {
	return &Index{File: source.NewFile(name, nil), doc: doc, byAddress: map[string]*Resource{}, Gone: map[string]bool{}}
}

func (l *Index) gap(kind source.GapKind, reason string) {
	l.gaps = append(l.gaps, source.Gap{Kind: kind, File: l.File.Name, Reason: reason})
}

// Reading is what the reading of values leaves to others.
type Reading struct {
	// Gap is told what cannot be read: at once, and whenever values are asked for.
	Gap func(source.Gap)
	// Document works out the texts of the data source aws_iam_policy_document from its
	// body. A plan has none where the data source is only read during the apply.
	Document func(body *value.Value) (text, minified *value.Value, gaps []source.Gap)
}

// Evidence is what a plan or a state says of resources, with their values. It is not
// safe for concurrent use.
type Evidence struct {
	*Index
	// Root is how references from one resource to another name the root (value.Ref).
	// Whoever loads the evidence sets it before anyone asks for values: it is another
	// one when the plan is laid over its configuration.
	Root string

	reading Reading
	bodies  map[*Resource]*body
	shared  shared
	last    lastBlock
}

// Evidence is the index with values, of which nobody has been asked for yet.
func (l *Index) Evidence(r Reading) *Evidence {
	for _, g := range l.gaps {
		r.Gap(g)
	}
	return &Evidence{Index: l, reading: r, bodies: map[*Resource]*body{},
		shared: shared{map[string]*value.Value{}, map[string]map[string]*value.Value{}}}
}

// Resource is one instance.
type Resource struct {
	Address string // as Terraform prints it; see setKey
	Module  string // module.ci["eu"]; "" in the root module
	Key     string // ["eu"], [0]; "" without count and for_each
	Type    string
	Name    string
	// Actions of a plan: create, update, delete, no-op, read, forget; nil for a state.
	Actions   []string
	Mode      addrs.Mode
	Importing bool // an import block names it

	form  form
	at    text           // of the element that it is in the document
	given map[string]any // of a resource that is in no document
}

// form is what the element of a resource looks like.
type form int8

const (
	given       form = iota // see Resource.given
	ofChange                // of resource_changes
	ofForgotten             // of the same, before the change
	ofValues                // of planned_values, prior_state and values
	ofRaw                   // an instance of a .tfstate file
)

type ofType struct {
	mode addrs.Mode
	typ  string
}

// OfTypes are the resources of these types, of every type where there are none, in
// address order.
func (l *Index) OfTypes(mode addrs.Mode, types []string) []*Resource {
	var at []int32
	if len(types) == 0 {
		types = l.Types(mode)
	}
	for i, t := range types {
		if !slices.Contains(types[:i], t) {
			at = append(at, l.byType[ofType{mode, t}]...)
		}
	}
	slices.Sort(at)
	out := make([]*Resource, len(at))
	for i, at := range at {
		out[i] = l.Resources[at]
	}
	return out
}

// Types are the types that there are, in order.
func (l *Index) Types(mode addrs.Mode) []string {
	var out []string
	for t := range l.byType {
		if t.mode == mode {
			out = append(out, t.typ)
		}
	}
	slices.Sort(out)
	return out
}

// add keeps the first of two with one address: what a plan changes comes before
// what it leaves as it is.
func (l *Index) add(r *Resource) {
	if l.byAddress[r.Address] == nil {
		l.Resources = append(l.Resources, r)
		l.byAddress[r.Address] = r
	}
}

// moduleValues is a module of planned_values, of prior_state or of values.
type moduleValues struct {
	address   string
	resources []*Resource
	children  []*moduleValues
}

// module reads a module and those below it.
func (s *sections) module() (*moduleValues, error) {
	m := &moduleValues{}
	err := s.members(func(name string) error {
		switch name {
		case "address":
			return s.decode(&m.address)
		case "resources":
			m.resources = nil
			return s.elements(func() error { return s.moduleResource(m) })
		case "child_modules":
			m.children = nil
			return s.elements(func() error {
				child, err := s.module()
				m.children = append(m.children, child)
				return err
			})
		}
		return nil
	})
	return m, err
}

func (s *sections) moduleResource(m *moduleValues) error {
	t, at, err := s.value()
	if err != nil {
		return err
	}
	r := &Resource{form: ofValues, at: at}
	var mode, deposed, provider string
	var index any
	if err := t.fields(map[string]any{
		"address": &r.Address, "mode": &mode, "type": &r.Type, "name": &r.Name, "index": &index, "deposed_key": &deposed, "provider_name": &provider,
	}); err != nil || deposed != "" {
		return err
	}
	if mode == "data" {
		r.Mode = addrs.Data
	}
	r.Type, r.Key = s.name(r.Type), indexKey(index)
	s.found(r, provider, t)
	m.resources = append(m.resources, r)
	return nil
}

// addModule adds the resources of a module and those below it that are not yet
// there and that want says.
func (l *Index) addModule(m *moduleValues, want func(*Resource) bool) {
	if m == nil {
		return
	}
	for _, r := range m.resources {
		if r.Module = m.address; l.byAddress[r.place()] == nil && want(r) {
			l.add(r)
		} else {
			l.doc.drop(r.at)
		}
	}
	for _, child := range m.children {
		l.addModule(child, want)
	}
}

// block is the address of the instance without its own key.
func (r *Resource) block() string {
	b := r.Type + "." + r.Name
	if r.Mode == addrs.Data {
		b = "data." + b
	}
	if r.Module != "" {
		b = r.Module + "." + b
	}
	return b
}

// place works out the instance key and completes the address: Terraform 0.12
// leaves the module, and sometimes the key, out of it. Key is the one that stands apart
// from the address. It returns the address.
func (r *Resource) place() string {
	key := r.Key
	block := r.block()
	if r.Module == "" && strings.HasSuffix(addrs.WithoutKey(r.Address), "."+block) {
		r.Module = strings.TrimSuffix(addrs.WithoutKey(r.Address), "."+block)
		block = r.block()
	}
	if !strings.HasPrefix(r.Address, block) {
		r.Address = block + strings.TrimPrefix(r.Address, addrs.WithoutKey(r.Address))
	}
	r.Key = strings.TrimPrefix(r.Address, block)
	if r.Key == "" && key != "" {
		r.Key = key
		r.Address += key
	}
	// Parts of the address, or every resource would hold as many texts.
	r.Module, r.Name = r.Address[:len(r.Module)], r.Address[len(block)-len(r.Name):len(block)]
	r.Key = r.Address[len(block):]
	return r.Address
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

// providedBy notes where a provider comes from.
func (l *Index) providedBy(name string) {
	l.tofuRegistry = l.tofuRegistry || strings.Contains(name, ".opentofu.org/")
}

// finish orders what was added, and says what made it.
func (l *Index) finish(applyable bool) {
	l.Dialect = lang.DialectOfTool(l.version, l.tofuRegistry, applyable)
	sort.SliceStable(l.Resources, func(i, j int) bool { return addrs.Less(l.Resources[i].Address, l.Resources[j].Address) })
	modules := map[string]bool{"": true}
	l.byType = map[ofType][]int32{}
	for i, r := range l.Resources {
		t := ofType{r.Mode, r.Type}
		l.byType[t] = append(l.byType[t], int32(i))
		for m := r.Module; !modules[m]; m = addrs.Caller(m) {
			modules[m] = true
		}
	}
	l.Modules = len(modules)
}
