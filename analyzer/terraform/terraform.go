// Package terraform reads configurations, plans and states, and says what
// Terraform would make of them: resource instances whose attributes are
// three-valued values with their place in the source.
//
// What the files hold comes from package workspace, parsed, and what plans and
// states say from package plan. This package knows the language: it evaluates the
// one, and lays the other over it. Nothing is evaluated until someone asks for a
// resource: unneeded expressions, functions and files cost nothing and break nothing.
package terraform

import (
	"strings"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform/addrs"
	"github.com/iamvet/iamvet/analyzer/terraform/lang"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Kind is what a Root was read from.
type Kind int8

// What a Root was read from.
const (
	Config Kind = iota
	Plan
	State
)

// The classes of gaps that come in numbers.
const (
	ModulesNotFetched    = "modules that terraform init has not fetched"
	ModulesUnknown       = "modules whose source is not known"
	ModulesMissing       = "modules whose source is no directory"
	ReferencesUndeclared = "references to what is not declared"
)

// Options are what a configuration is evaluated with.
type Options struct {
	VarFiles  []string          // read in order, after the automatic ones; relative to the boundary
	Vars      map[string]string // --var name=value; the value is parsed as Terraform parses it
	Workspace string            // "" leaves terraform.workspace unknown
	Account   string            // 12 digits; "" leaves account ids unknown
	Partition string            // aws, aws-cn, aws-us-gov; "" leaves it unknown
	Label     string            // Root.Label
	// Language is what the configuration is read as; AnyLanguage leaves it to its
	// files. ToolVersion is the tool's; "" where nothing tells.
	Language    lang.Language
	ToolVersion string
	// Deployed says what a resource that exists already has in an attribute that
	// ignore_changes covers, now being what is configured; nil for one that does not
	// exist. It is for configurations that were edited in memory. May be nil.
	Deployed func(address, attribute string, now *value.Value) *value.Value
	// Unapplied leaves what ignore_changes covers unknown, where it decides who may
	// do what.
	Unapplied bool
	// MaxBytes is what functions may work over in one root; 0 for the constant of that name.
	MaxBytes int64
	// Budget is what the evaluation of all roots of the run may take; nil for no bound.
	Budget   *Budget
	Uncalled bool // defaults of variables are assumptions (no one calls this directory); set by whoever found the root
}

// Root is one root module with everything below it.
type Root struct {
	Dir    string // slash path relative to the boundary; "." is the boundary itself
	Source Kind
	// Label tells apart two evaluations of one directory (var_files sets); "" otherwise.
	Label string

	loader loader
	alone  bool // a plan or state without configuration
	gaps   []source.Gap
	seen   map[source.Gap]bool
}

// loader is what stands behind a Root: an evaluator, a plan or a state.
type loader interface {
	// resources returns the instances of these types, in address order.
	// No types: of every type.
	resources(mode addrs.Mode, types []string) []*Resource
	// types are the resource types that there are, in order.
	types(mode addrs.Mode) []string
	// files are the source files that were parsed, in name order.
	files() []*source.File
	// modules is the number of module instances that were visited.
	modules() int
	// cost is how many steps evaluation has taken so far.
	cost() int
}

// Resources returns the instances of managed resources of these types, in
// address order, evaluating what has not been evaluated yet. count and
// for_each are expanded; an instance whose key is not known has Key "?".
func (r *Root) Resources(types ...string) []*Resource {
	return r.loader.resources(addrs.Managed, types)
}

// Has says that there may be a managed resource of one of these types: whether it is
// made is not asked.
func (r *Root) Has(types ...string) bool {
	ev, ok := r.loader.(*evaluator)
	if !ok {
		return true
	}
	ev.mu.Lock()
	defer ev.mu.Unlock()
	found := false
	ev.top.walk(func(m *moduleInstance) {
		found = found || m.mod != nil && len(m.keys(addrs.Managed, types)) > 0
	})
	return found
}

// DataSources is Resources for data sources.
func (r *Root) DataSources(types ...string) []*Resource { return r.loader.resources(addrs.Data, types) }

// Forgotten are the managed resources of these types that a plan forgets: they go
// on to exist as they are, but Terraform will know nothing of them. Resources has
// none of them, though it may have the ones that take their place.
func (r *Root) Forgotten(types ...string) []*Resource {
	switch l := r.loader.(type) {
	case *evidence:
		return l.forgottenResources(types)
	case *overlaid:
		return l.forgotten(types)
	}
	return nil
}

// Files are the files that were read for this root, in name order: its
// configuration, and those that functions like file and templatefile read.
func (r *Root) Files() []*source.File { return r.loader.files() }

// Modules is the number of module instances below this root, itself included.
func (r *Root) Modules() int { return r.loader.modules() }

// Steps is what evaluating this root has cost so far: how many expressions were
// evaluated, and more for large values.
func (r *Root) Steps() int { return r.loader.cost() }

// Gaps are what could not be read or evaluated so far, each once, in the order
// they were met. Ask after the resources.
func (r *Root) Gaps() []source.Gap {
	if ev, ok := r.loader.(*evaluator); ok {
		for _, m := range ev.configured {
			for _, g := range ev.boundary.SyntaxGaps(m) {
				r.gap(g)
			}
		}
	}
	return r.gaps
}

// ID tells roots apart in references: by their directory, evaluations of one
// directory by their label, plans and states without one by their file.
func (r *Root) ID() string {
	switch {
	case r.alone:
		return "\x00" + r.loader.files()[0].Name
	case r.Label != "":
		return r.Dir + "\x00" + r.Label
	}
	return r.Dir
}

func (r *Root) gap(g source.Gap) {
	if r.seen == nil {
		r.seen = map[source.Gap]bool{}
	}
	if !r.seen[g] {
		r.seen[g] = true
		r.gaps = append(r.gaps, g)
	}
}

// Call is a module call on the way from the root to a resource.
type Call struct {
	Address string      // module.team["data"]
	Span    source.Span // the header of the module block; zero when only a plan knows the call
}

// Resource is one instance of a resource or data source block.
type Resource struct {
	Root    *Root
	Address string // module.ci.aws_iam_role.deploy["eu"], as Terraform prints it
	Mode    addrs.Mode
	Type    string
	Name    string
	Module  string // module.ci; "" in the root module
	Key     string // `["eu"]`, `[0]`, "[?]"; "" without count and for_each
	// Exists is Yes, or Maybe when count or for_each depends on something
	// unknown; Why says on what.
	Exists value.Tri
	Why    []value.Reason
	// Assumptions that the instance's existence rests on.
	Assumptions []*value.Assumption
	// Actions of a plan: create, update, delete, no-op, read, forget; nil for
	// configurations and states. Resources that will be gone after the apply
	// are not listed at all.
	Actions []string
	Calls   []Call // outermost first
	// Header is `resource "aws_iam_role" "deploy"`; Body is the whole block.
	// Both are zero when the source is not at hand (a plan alone).
	Header, Body source.Span
	// Block is the value of the body: attributes and nested blocks (as lists of
	// objects), with Syntax telling how the file is written.
	Block *value.Value
	// Kept says that what is replaced or removed is not deleted, but forgotten:
	// OpenTofu's lifecycle { destroy = false }. KeptWhy is what would decide a Maybe.
	Kept    value.Tri
	KeptWhy []value.Reason
	// Lifecycle and other meta-arguments that checks ask for.
	ReplaceTriggeredBy []*value.Value // references, each with Ref
	// Imported says whether an import block, or a plan's "importing", names it;
	// ImportWhy what it depends on.
	Imported  value.Tri
	ImportWhy []value.Reason
	// ImportID is the id that an import block of the configuration gives it; ""
	// where that is not known.
	ImportID string

	// Construct is the path of the CDKTF construct that the block was
	// synthesized from; "" in what people wrote.
	Construct string

	tagsAll *value.Value // what the provider computes of tags; nil when it does not
	inst    *instance    // of the configuration; nil without one
	dir     string       // of the module, resolved; "" without a configuration
	// computed are the attributes that nobody writes and that a plan knows only
	// after the apply. They are absent from Block.
	computed []string
}

// UnreadModule is a call of a module that is not at hand, so that nobody can say
// what it declares.
type UnreadModule struct {
	Address string // module.scp["dev"]
	Source  string // as written; "" when it is not known
	Version string // likewise; "" when none is written
	// Why is what is missing; its Span is the call's header.
	Why       value.Reason
	Arguments *value.Value // an object of what the module is given
}

// UnreadModules are the calls of modules that are not at hand, in the order of
// their addresses. A plan or state lists what such modules declare: with one
// there are none.
func (r *Root) UnreadModules() []UnreadModule {
	ev, ok := r.loader.(*evaluator)
	if !ok {
		return nil
	}
	ev.mu.Lock()
	defer ev.mu.Unlock()
	var out []UnreadModule
	ev.top.walk(func(m *moduleInstance) {
		if m.mod == nil && m.block != nil {
			out = append(out, m.unread())
		}
	})
	return out
}

// Attr is the value of an attribute or nested block, by name and then by
// member names. It is never nil. An attribute that is not written is Absent in
// a configuration even if the provider would compute it; its computed value is
// what a reference to it sees.
func (r *Resource) Attr(path ...string) *value.Value {
	v := r.Block
	for _, p := range path {
		v = v.Get(p)
	}
	if v == nil {
		return &value.Value{}
	}
	return v
}

// AttributeSpan is where an attribute is written, name and expression; the
// header of the block when it is not written; nowhere for a plan alone.
func (r *Resource) AttributeSpan(name string) source.Span {
	if r.Block != nil {
		for _, a := range r.Block.Attrs {
			if k, ok := a.Key(); ok && k == name {
				switch {
				case !a.Expr.IsZero():
					return a.Name.Span.To(a.Expr)
				case !a.Name.Span.IsZero():
					return a.Name.Span
				}
			}
		}
	}
	return r.Header
}

// Ref is how other values name an attribute of this instance.
func (r *Resource) Ref(attr string) value.Ref {
	return value.Ref{Root: r.Root.ID(), Address: r.Address, Data: r.Mode == addrs.Data, Type: r.Type, Attr: attr}
}

// Is says that v came by reference from an attribute of this instance (any
// attribute when attr is "").
func (r *Resource) Is(v *value.Value, attr string) bool {
	if v == nil || v.Ref == nil {
		return false
	}
	want := r.Ref(v.Ref.Attr)
	return *v.Ref == want && (attr == "" || attr == v.Ref.Attr)
}

// Deleted says that the plan removes the instance and does not make it anew.
func (r *Resource) Deleted() bool {
	return len(r.Actions) == 1 && (r.Actions[0] == "delete" || r.Actions[0] == "forget")
}

// Creates says that the plan makes the instance, alone or as a replacement.
func (r *Resource) Creates() bool {
	for _, a := range r.Actions {
		if a == "create" {
			return true
		}
	}
	return false
}

// Record is the root by its names alone: what findings say of it.
func (r *Root) Record() *Root {
	l := recorded{evidence: r.Evidence()}
	if r.alone {
		l.read = r.loader.files()[:1] // its ID
	}
	return &Root{Dir: r.Dir, Source: r.Source, Label: r.Label, alone: r.alone, loader: l}
}

// recorded is what is left of a loader.
type recorded struct {
	evidence string
	read     []*source.File
}

func (recorded) resources(addrs.Mode, []string) []*Resource { return nil }
func (recorded) types(addrs.Mode) []string                  { return nil }
func (l recorded) files() []*source.File                    { return l.read }
func (recorded) modules() int                               { return 0 }
func (recorded) cost() int                                  { return 0 }

// Record is the resource with a root that is one, and without what it is evaluated
// from: who keeps it keeps neither syntax trees nor values of other resources. Its own
// attributes stay where block says so.
func (r *Resource) Record(root *Root, block bool) *Resource {
	out := *r
	out.Root, out.inst, out.tagsAll = root, nil, nil
	if !block {
		out.Block, out.ReplaceTriggeredBy = nil, nil
	}
	return &out
}

// Place is where the repository has the resource: the header of its block or, where
// terraform init has fetched that, of the call of the module that was fetched.
func (r *Resource) Place() source.Span {
	if r.Header.IsZero() || !workspace.Fetched(r.Header.File.Name) {
		return r.Header
	}
	for i := len(r.Calls) - 1; i >= 0; i-- {
		if at := r.Calls[i].Span; !at.IsZero() && !workspace.Fetched(at.File.Name) {
			return at
		}
	}
	return r.Header
}

// IdentityType says that a resource type is one that iamvet looks at: what
// `iamvet inspect` prints when no address is given.
func IdentityType(t string) bool {
	return strings.HasPrefix(t, "aws_iam_") || strings.HasPrefix(t, "aws_organizations_")
}

// PlanAlone says that the root was read from a plan or state without its
// configuration: its resources have no place in the source.
func (r *Root) PlanAlone() bool { return r.Source != Config && r.alone }

// Evidence is the name of the plan or state that the root was read from, with its
// configuration or without; "" for a configuration alone.
func (r *Root) Evidence() string {
	switch l := r.loader.(type) {
	case *evidence:
		return l.File.Name
	case *overlaid:
		return l.evidence.File.Name
	case recorded:
		return l.evidence
	}
	return ""
}

// Plainly says that the root is a configuration without a plan or state: it can be
// loaded again at little cost.
func (r *Root) Plainly() bool {
	_, ok := r.loader.(*evaluator)
	return ok
}

// PlanOptions are how a plan is laid over its configuration.
type PlanOptions struct {
	// PreferConfig says of a span that its text was edited in memory: there the
	// configuration's known values win, and the plan only fills holes. Nil: never.
	PreferConfig func(source.Span) bool
}
