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
// Plans are large, and most of what they say is never looked at: of a file that is
// valid JSON, members are found by skipping over the others (jsonText), and a body is
// decoded when somebody asks for it.
//
// The formats: https://developer.hashicorp.com/terraform/internals/json-format
package plan

import (
	"encoding/json"
	"sort"
	"strings"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform/addrs"
	"github.com/iamvet/iamvet/analyzer/terraform/lang"
	"github.com/iamvet/iamvet/analyzer/value"
)

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
	Resources []*Resource // in address order
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

	reading   Reading
	config    *configModule // of a plan; may be nil
	byAddress map[string]*Resource

	version      string // of the tool, as terraform_version says
	tofuRegistry bool   // a provider comes from OpenTofu's registry
}

func (r Reading) evidence(file *source.File) *Evidence {
	return &Evidence{File: file, reading: r, byAddress: map[string]*Resource{}}
}

// Resource is one instance. Its values are decoded when Evidence.Body is asked for
// them.
type Resource struct {
	Address string // as Terraform prints it; see setKey
	Module  string // module.ci["eu"]; "" in the root module
	Key     string // ["eu"], [0]; "" without count and for_each
	Mode    addrs.Mode
	Type    string
	Name    string
	// Actions of a plan: create, update, delete, no-op, read, forget; nil for a state.
	Actions   []string
	Importing bool // an import block names it
	// Computed are the attributes that nobody writes and that only the apply gives.
	// They are known with the body, and are none of it.
	Computed []string

	// after, unknown and sensitive are of one shape: the values, true where they
	// are not known or not to be printed. What is a jsonText is not decoded yet.
	after, unknown, sensitive any

	body     *value.Value // see Evidence.Body
	building bool
}

// add keeps the first of two with one address: what a plan changes comes before
// what it leaves as it is.
func (l *Evidence) add(r *Resource) *Resource {
	if l.byAddress[r.Address] == nil {
		l.Resources = append(l.Resources, r)
		l.byAddress[r.Address] = r
	}
	return r
}

// addModule adds the resources of a module and those below it that are not yet
// there and that want says.
func (l *Evidence) addModule(t jsonText, want func(*Resource) bool) error {
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

func (l *Evidence) addValues(module string, t jsonText, want func(*Resource) bool) error {
	r := &Resource{Module: module}
	var mode, deposed, provider string
	var index any
	var values, sensitive jsonText
	if err := t.fields(map[string]any{
		"address": &r.Address, "mode": &mode, "type": &r.Type, "name": &r.Name, "index": &index, "deposed_key": &deposed, "provider_name": &provider,
		"values": &values, "sensitive_values": &sensitive,
	}); err != nil || deposed != "" {
		return err
	}
	if mode == "data" {
		r.Mode = addrs.Data
	}
	l.providedBy(provider)
	r.setKey(index)
	if l.byAddress[r.Address] == nil && want(r) {
		r.after, r.sensitive = values, sensitive
		l.add(r)
	}
	return nil
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

// setKey works out the instance key and completes the address: Terraform 0.12
// leaves the module, and sometimes the key, out of it.
func (r *Resource) setKey(index any) {
	block := r.block()
	if r.Module == "" && strings.HasSuffix(addrs.WithoutKey(r.Address), "."+block) {
		r.Module = strings.TrimSuffix(addrs.WithoutKey(r.Address), "."+block)
		block = r.block()
	}
	if !strings.HasPrefix(r.Address, block) {
		r.Address = block + strings.TrimPrefix(r.Address, addrs.WithoutKey(r.Address))
	}
	r.Key = strings.TrimPrefix(r.Address, block)
	if r.Key == "" && index != nil {
		r.Key = indexKey(index)
		r.Address += r.Key
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

// providedBy notes where a provider comes from.
func (l *Evidence) providedBy(name string) {
	l.tofuRegistry = l.tofuRegistry || strings.Contains(name, ".opentofu.org/")
}

// finish orders what was added, and says what made it.
func (l *Evidence) finish(applyable bool) {
	l.Dialect = lang.DialectOfTool(l.version, l.tofuRegistry, applyable)
	sort.SliceStable(l.Resources, func(i, j int) bool { return addrs.Less(l.Resources[i].Address, l.Resources[j].Address) })
	modules := map[string]bool{"": true}
	for _, r := range l.Resources {
		for m := r.Module; !modules[m]; m = addrs.Caller(m) {
			modules[m] = true
		}
	}
	l.Modules = len(modules)
}
