package terraform

import (
	"slices"

	"github.com/iamvet/iamvet/analyzer/terraform/addrs"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Types are the types of the resources, or data sources, that there are, in
// order. Nothing but module calls is evaluated.
func (r *Root) Types(mode addrs.Mode) []string { return r.loader.types(mode) }

func (ev *evaluator) types(mode addrs.Mode) []string {
	ev.mu.Lock()
	defer ev.mu.Unlock()
	found := map[string]bool{}
	ev.top.walk(func(m *moduleInstance) {
		if m.mod == nil {
			return
		}
		for _, t := range m.mod.Types(mode) {
			found[t] = true
		}
	})
	return sortedKeys(found)
}

func (l *evidence) types(mode addrs.Mode) []string { return l.Types(mode) }

func (o *overlaid) types(mode addrs.Mode) []string {
	both := append(o.evidence.types(mode), o.config.Types(mode)...)
	slices.Sort(both)
	return slices.Compact(both)
}

// Reference is an attribute as a reference to it sees it: what is written, else
// the provider's default, else what iamvet knows that the provider computes. It
// is never nil; an attribute that only the apply gives is unknown.
func (r *Resource) Reference(attr string) *value.Value {
	v := r.Effective().Get(attr)
	switch {
	case v.Is(value.Absent) && slices.Contains(r.computed, attr):
		return value.UnknownBecause(r.Address+"."+attr+" is known after apply", r.Header)
	case !v.Missing() && !v.Is(value.Unknown), r.inst == nil:
		return v
	case v.Is(value.Null) && r.Root.Source != Config:
		return v // whatever the configuration says that ignore_changes has Terraform ignore
	case v.Is(value.Unknown) && r.Root.Source != Config:
		return v // the plan's own reason says more
	}
	ev := r.inst.m.ev
	ev.mu.Lock()
	defer ev.mu.Unlock()
	referred, problem := r.inst.member(attr, ev.cautious)
	if problem != "" {
		return v
	}
	own := *referred
	own.Via = own.Via.Next // not the name it was asked for by
	return &own
}
