package terraform

import (
	"context"
	"io"
	"iter"
	"slices"
	"strings"
	"sync"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform/addrs"
	"github.com/iamvet/iamvet/analyzer/terraform/plan"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Evidence is a plan or a state that was read: its resources without their values, which
// are read again when somebody asks for them. It is safe for concurrent use.
type Evidence struct {
	index *plan.Index
	state bool
}

// ReadPlan reads the JSON that terraform show -json prints of a plan. name is for
// messages. Of what is no io.ReaderAt, and large, the values are kept that Root may be
// asked for by rules.
func ReadPlan(ctx context.Context, in io.Reader, name string) (*Evidence, error) {
	index, err := plan.ReadPlan(ctx, in, name, matters)
	if err != nil {
		return nil, err
	}
	return &Evidence{index: index}, nil
}

// ReadState reads a state: the JSON that terraform show -json prints of one, or a raw
// .tfstate file of version 4. See ReadPlan.
func ReadState(ctx context.Context, in io.Reader, name string) (*Evidence, error) {
	index, err := plan.ReadState(ctx, in, name, matters)
	if err != nil {
		return nil, err
	}
	return &Evidence{index: index, state: true}, nil
}

// matters says that rules look at resources of a type, or at what they follow
// references to.
func matters(typ string) bool {
	for _, family := range []string{"aws_iam_", "aws_organizations_", "aws_ssoadmin_", "aws_identitystore_", "awscc_", "aws_cloudwatch_",
		"aws_caller_identity", "aws_partition", "aws_region", "aws_sns_", "time_", "random_", "null_", "terraform_data", "template_file", "local_file"} {
		if strings.HasPrefix(typ, family) {
			return true
		}
	}
	return false
}

// Root is the evidence as a root.
//
// With the root that LoadConfig made of the directory of the plan, resources
// get their place in the source and what only the configuration knows; of a state, the
// values are those of the state. With a nil config they have zero spans, and the
// references of the plan's own configuration section join what is not known before the
// apply. Resources are looked at until the context ends.
func (e *Evidence) Root(ctx context.Context, config *Root, opt PlanOptions) (*Root, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	kind := Plan
	if e.state {
		kind, opt = State, PlanOptions{}
	}
	root := &Root{Source: kind, alone: true}
	l := newEvidence(ctx, root, e.index)
	if config == nil {
		return root, nil
	}
	return overlay(l, config, opt), nil
}

// LoadPlan is the root that ReadPlan reads.
func LoadPlan(ctx context.Context, in io.Reader, name string, config *Root, opt PlanOptions) (*Root, error) {
	read, err := ReadPlan(ctx, in, name)
	if err != nil {
		return nil, err
	}
	return read.Root(ctx, config, opt)
}

// LoadState is the root that ReadState reads.
func LoadState(ctx context.Context, in io.Reader, name string, config *Root) (*Root, error) {
	read, err := ReadState(ctx, in, name)
	if err != nil {
		return nil, err
	}
	return read.Root(ctx, config, PlanOptions{})
}

// LoadAuthorization reads the roles, users, groups and policies of an account as
// they are deployed, from what `aws iam get-account-authorization-details`
// prints. They are like those of a state that is not Terraform's: an address is
// the ARN.
func LoadAuthorization(f *source.File) (*Root, error) {
	index, err := plan.ReadAuthorization(f)
	if err != nil {
		return nil, err
	}
	root := &Root{Source: State, alone: true}
	newEvidence(context.Background(), root, index)
	return root, nil
}

// evidence is the loader of a plan or state without its configuration.
type evidence struct {
	*plan.Evidence
	ctx   context.Context
	mu    sync.Mutex // one resource list at a time
	root  *Root
	built map[*plan.Resource]*Resource
	// window is set where some of the instances are another evidence's.
	window *window
}

func newEvidence(ctx context.Context, root *Root, index *plan.Index) *evidence {
	values := index.Evidence(plan.Reading{
		Gap: root.gap,
		Document: func(body *value.Value) (text, minified *value.Value, gaps []source.Gap) {
			return renderPolicyDocument(body, source.Span{})
		},
	})
	l := &evidence{Evidence: values, ctx: ctx, root: root, built: map[*plan.Resource]*Resource{}}
	root.loader = l
	l.Root = root.ID()
	return l
}

func (l *evidence) files() []*source.File { return []*source.File{l.File} }
func (l *evidence) modules() int          { return l.Modules }
func (l *evidence) cost() int             { return 0 }

func (l *evidence) resources(mode addrs.Mode, types []string) []*Resource {
	if w := l.window; w != nil && mode == addrs.Managed {
		return w.resources(l, types)
	}
	return l.some(l.OfTypes(mode, types))
}

// some are instances with their values.
func (l *evidence) some(of []*plan.Resource) []*Resource {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []*Resource
	for _, r := range of {
		if l.ctx.Err() != nil {
			break // whoever asked looks at the context before anything comes of it
		}
		out = append(out, l.resource(r))
	}
	return out
}

// Windows are the root in parts, where it was read from a plan or a state alone and has
// more than size managed resources of these types: each part has some of them, with
// values that go with it, and all others. Any other root is one part.
func (r *Root) Windows(size int, types ...string) iter.Seq[*Root] {
	return func(yield func(*Root) bool) {
		whole, ok := r.loader.(*evidence)
		var shown []*plan.Resource
		if ok {
			shown = whole.OfTypes(addrs.Managed, types)
		}
		if len(shown) <= size {
			yield(r)
			return
		}
		for some := range slices.Chunk(shown, size) {
			root := &Root{Dir: r.Dir, Source: r.Source, Label: r.Label, alone: r.alone}
			newEvidence(whole.ctx, root, whole.Index).window = &window{whole, types, some}
			if !yield(root) {
				return
			}
		}
	}
}

// window is what an evidence shows of another one.
type window struct {
	whole *evidence
	types []string // of which some are shown
	shown []*plan.Resource
}

func (w *window) resources(l *evidence, types []string) []*Resource {
	if len(types) == 0 {
		types = w.whole.Types(addrs.Managed)
	}
	var others []string
	for _, t := range types {
		if !slices.Contains(w.types, t) {
			others = append(others, t)
		}
	}
	var some []*plan.Resource
	for _, r := range w.shown {
		if slices.Contains(types, r.Type) {
			some = append(some, r)
		}
	}
	out := l.some(some)
	if len(others) > 0 {
		out = append(out, w.whole.resources(addrs.Managed, others)...)
		slices.SortStableFunc(out, func(a, b *Resource) int {
			switch {
			case addrs.Less(a.Address, b.Address):
				return -1
			case addrs.Less(b.Address, a.Address):
				return 1
			}
			return 0
		})
	}
	return out
}

// resource is the instance with its values.
func (l *evidence) resource(r *plan.Resource) *Resource {
	if built := l.built[r]; built != nil {
		return built
	}
	out := &Resource{
		Root: l.root, Address: r.Address, Mode: r.Mode, Type: r.Type, Name: r.Name, Module: r.Module, Key: r.Key,
		Exists: value.Yes, Actions: r.Actions, Imported: value.TriOf(r.Importing),
	}
	var path []string
	for _, step := range addrs.ModuleCalls(r.Module) {
		path = append(path, step)
		out.Calls = append(out.Calls, Call{Address: strings.Join(path, ".")})
	}
	out.Block, out.computed = l.Body(r), l.Computed(r)
	l.built[r] = out
	return out
}
