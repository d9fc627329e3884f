package terraform

import (
	"context"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform/addrs"
	"github.com/iamvet/iamvet/analyzer/terraform/plan"
	"github.com/iamvet/iamvet/analyzer/value"
)

// LoadPlan reads the JSON that terraform show -json prints of a plan. name is for
// messages.
//
// With the root that LoadConfig made of the directory of the plan, resources
// get their place in the source and what only the configuration knows. With a
// nil config they have zero spans, and the references of the plan's own
// configuration section join what is not known before the apply.
func LoadPlan(ctx context.Context, r io.Reader, name string, config *Root, opt PlanOptions) (*Root, error) {
	root := &Root{Source: Plan, alone: true}
	read, err := reading(root).Plan(r, name)
	if err != nil {
		return nil, err
	}
	return withConfiguration(ctx, newEvidence(root, read), config, opt)
}

// LoadState reads a state: the JSON that terraform show -json prints of one, or
// a raw .tfstate file of version 4. name is for messages. With the root that
// LoadConfig made of its directory, resources get their place in the source;
// the values are those of the state.
func LoadState(ctx context.Context, r io.Reader, name string, config *Root) (*Root, error) {
	root := &Root{Source: State, alone: true}
	read, err := reading(root).State(r, name)
	if err != nil {
		return nil, err
	}
	return withConfiguration(ctx, newEvidence(root, read), config, PlanOptions{})
}

// LoadAuthorization reads the roles, users, groups and policies of an account as
// they are deployed, from what `aws iam get-account-authorization-details`
// prints. They are like those of a state that is not Terraform's: an address is
// the ARN.
func LoadAuthorization(f *source.File) (*Root, error) {
	root := &Root{Source: State, alone: true}
	read, err := reading(root).Authorization(f)
	if err != nil {
		return nil, err
	}
	newEvidence(root, read)
	return root, nil
}

func withConfiguration(ctx context.Context, l *evidence, config *Root, opt PlanOptions) (*Root, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if config == nil {
		return l.root, nil
	}
	return overlay(l, config, opt), nil
}

// reading is how plans and states are read for a root.
func reading(root *Root) plan.Reading {
	return plan.Reading{
		Gap: root.gap,
		Document: func(body *value.Value) (text, minified *value.Value, gaps []source.Gap) {
			return renderPolicyDocument(body, source.Span{})
		},
	}
}

// evidence is the loader of a plan or state without its configuration.
type evidence struct {
	*plan.Evidence
	mu    sync.Mutex // one resource list at a time
	root  *Root
	built map[*plan.Resource]*Resource
}

func newEvidence(root *Root, read *plan.Evidence) *evidence {
	l := &evidence{Evidence: read, root: root, built: map[*plan.Resource]*Resource{}}
	root.loader = l
	l.Root = root.ID()
	return l
}

func (l *evidence) files() []*source.File { return []*source.File{l.File} }
func (l *evidence) modules() int          { return l.Modules }
func (l *evidence) cost() int             { return 0 }

func (l *evidence) resources(mode addrs.Mode, types []string) []*Resource {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []*Resource
	for _, r := range l.Resources {
		if r.Mode == mode && (len(types) == 0 || slices.Contains(types, r.Type)) {
			out = append(out, l.resource(r))
		}
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
	out.Block = l.Body(r)
	out.computed = r.Computed
	l.built[r] = out
	return out
}
