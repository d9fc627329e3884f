package terraform

import (
	"fmt"
	"strings"
	"sync"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform/addrs"
	"github.com/iamvet/iamvet/analyzer/terraform/lang"
	"github.com/iamvet/iamvet/analyzer/terraform/plan"
	"github.com/iamvet/iamvet/analyzer/value"
)

// overlay lays a plan or a state over the configuration that it was made from:
// its instances and values, at the places of the configuration.
//
// Both know something that the other does not: the plan what values are, the
// configuration where they are written. Findings stand in files, so that the
// result is the plan's instances in the configuration's blocks.
func overlay(l *evidence, config *Root, opt PlanOptions) *Root {
	merge := merger{prefer: opt.PreferConfig, state: l.root.Source == State}
	config = config.withPlan(l.Variables, l.Dialect, merge)
	root := &Root{Dir: config.Dir, Source: l.root.Source, Label: config.Label}
	for _, g := range l.root.gaps {
		root.gap(g)
	}
	l.root.Dir, l.root.Label, l.root.alone = config.Dir, config.Label, false
	l.Root = l.root.ID() // references of the plan name instances of this root
	o := &overlaid{root: root, evidence: l, config: config, merge: merge, merged: map[string]*Resource{}}
	root.loader = o
	return root
}

// withPlan is the configuration evaluated anew with the variables that a plan
// was made with, as the tool reads it that made the plan.
func (r *Root) withPlan(variables map[string]*value.Value, by lang.Dialect, merge merger) *Root {
	ev, ok := r.loader.(*evaluator)
	if !ok {
		return r
	}
	opt := ev.opt
	if opt.ToolVersion = by.Version; opt.Language == lang.AnyLanguage {
		opt.Language = by.Language
	}
	// Nothing would be read otherwise.
	if len(variables) == 0 && opt.Language == ev.opt.Language && opt.ToolVersion == ev.opt.ToolVersion {
		return r
	}
	again, err := LoadConfig(ev.ctx, ev.boundary, r.Dir, opt)
	if err != nil {
		return r // it was there a moment ago
	}
	if ev, ok := again.loader.(*evaluator); ok {
		ev.planned, ev.merge = variables, merge
		ev.cautious = ev.opt.Uncalled && ev.hasEmptyDefault(ev.top.mod)
	}
	return again
}

// overlaid is the loader of a plan or state with its configuration. mu is held
// while the locks of the configuration and the plan are taken, never the other
// way round. merged is by address: everybody who asks gets the same resource,
// since maps of resources are by pointer.
type overlaid struct {
	mu       sync.Mutex // one resource list at a time
	root     *Root
	evidence *evidence
	config   *Root
	merge    merger
	merged   map[string]*Resource
}

func (o *overlaid) files() []*source.File { return o.config.loader.files() }
func (o *overlaid) cost() int             { return o.config.loader.cost() }
func (o *overlaid) modules() int          { return max(o.evidence.modules(), o.config.loader.modules()) }

func (o *overlaid) resources(mode addrs.Mode, types []string) []*Resource {
	o.mu.Lock()
	defer o.mu.Unlock()
	written := o.config.loader.resources(mode, types)
	byAddress := make(map[string]*Resource, len(written))
	byBlock := map[string][]*Resource{}
	for _, c := range written {
		byAddress[c.Address] = c
		byBlock[addrs.Block(c.Address)] = append(byBlock[addrs.Block(c.Address)], c)
	}
	var out []*Resource
	planned := map[string]bool{}
	for _, p := range o.evidence.OfTypes(mode, types) {
		planned[p.Address] = true
		// Where the configuration does not know the keys it has one instance [?]
		// in place of the plan's many.
		c, foreign := byAddress[p.Address], false
		if c == nil {
			c, foreign = standIn(byBlock[addrs.Block(p.Address)], p.Address)
		}
		out = append(out, o.resource(p, c, foreign))
	}
	for _, c := range written {
		if !planned[c.Address] && o.configOnly(c) {
			out = append(out, o.adopt(c))
		}
	}
	for i := range out { // insertion: the few that only the configuration has go to their places
		for j := i; j > 0 && addrs.Less(out[j].Address, out[j-1].Address); j-- {
			out[j], out[j-1] = out[j-1], out[j]
		}
	}
	for _, g := range o.config.Gaps() {
		o.root.gap(g)
	}
	return out
}

// configOnly says that an instance of the configuration counts though the plan
// does not have it. With an instance key on the way the plan knows better than
// the configuration alone which instances there are. What a state lacks does not
// exist yet, what a plan deletes or a whole plan lacks will not. A plan of
// -target, or an older one, is said to be that: what it does not have is judged
// by the code alone.
func (o *overlaid) configOnly(c *Resource) bool {
	if o.merge.state && c.Mode == addrs.Managed || c.Exists != value.Yes || strings.Contains(c.Address, "[") || o.evidence.Gone[c.Address] {
		return false
	}
	if c.Mode == addrs.Data {
		return true
	}
	planned := o.evidence.Declares(c.Module, addrs.Resource{Mode: c.Mode, Type: c.Type, Name: c.Name})
	if planned && o.evidence.Whole {
		return false
	}
	if o.merge.prefer == nil {
		advice := "make the plan again, without -target"
		if o.evidence.HasConfiguration() && !planned {
			advice = "make the plan again, it is of another configuration"
		}
		o.root.gap(source.Gap{Kind: source.LimitGap, Span: c.Header,
			Reason: fmt.Sprintf("%s is in the configuration and not in the plan %s: %s", c.Address, o.evidence.File.Name, advice)})
	}
	return true
}

// adopt is an instance of the configuration under this root.
func (o *overlaid) adopt(c *Resource) *Resource {
	if r := o.merged[c.Address]; r != nil {
		return r
	}
	// A copy: the configuration's own root may be shown as well.
	r := *c
	r.Root = o.root
	o.merged[c.Address] = &r
	return &r
}

// standIn is the instance of the configuration that stands for one of the plan
// whose key the configuration does not know: the first whose known keys are
// those of address, else the first.
// foreign says that it is the latter: another instance, of which only the
// place counts.
func standIn(candidates []*Resource, address string) (c *Resource, foreign bool) {
	keys := addrs.Keys(address)
	for _, c := range candidates {
		if addrs.Compatible(addrs.Keys(c.Address), keys) {
			return c, false
		}
	}
	if len(candidates) > 0 {
		return candidates[0], true
	}
	return nil, false
}

// resource lays an instance of the plan over one of the configuration, or nil.
func (o *overlaid) resource(p *plan.Resource, c *Resource, foreign bool) *Resource {
	if r := o.merged[p.Address]; r != nil {
		return r
	}
	r := *o.evidence.resource(p)
	r.Root = o.root
	if c == nil {
		if p.Mode == addrs.Managed {
			o.root.gap(source.Gap{Kind: source.LimitGap, File: o.evidence.File.Name,
				Reason: fmt.Sprintf("%s is in the %s %s and not in the configuration of %s", r.Address, o.kind(), o.evidence.File.Name, o.config.Dir)})
		}
		o.merged[p.Address] = &r
		return &r
	}
	r.Header, r.Body, r.ReplaceTriggeredBy = c.Header, c.Body, c.ReplaceTriggeredBy
	r.Kept, r.KeptWhy = c.Kept, c.KeptWhy
	// What depends on the instance's keys is not evaluated for another one.
	if !foreign {
		r.inst, r.dir = c.inst, c.dir
	}
	if o.merge.state { // a plan says itself what it imports
		r.Imported, r.ImportWhy = c.Imported, c.ImportWhy
	}
	// Addresses, with their keys, are the plan's; places are the configuration's.
	if len(c.Calls) == len(r.Calls) {
		calls := make([]Call, len(r.Calls))
		for i := range calls {
			calls[i] = Call{Address: r.Calls[i].Address, Span: c.Calls[i].Span}
		}
		r.Calls = calls
	}
	merge := o.merge
	merge.foreign = foreign
	// What ignore_changes covers stays as it was deployed, unless the resource is
	// new.
	merge.kept = func(attribute string) bool { return !foreign && !r.Creates() && !c.Ignored(attribute).IsZero() }
	r.Block = merge.body(c.Block, r.Block)
	o.merged[p.Address] = &r
	return &r
}

func (o *overlaid) kind() string {
	if o.merge.state {
		return "state"
	}
	return "plan"
}
