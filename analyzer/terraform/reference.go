package terraform

import (
	"slices"

	"github.com/iamvet/iamvet/analyzer/value"
)

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
	case v.Is(value.Unknown) && r.Root.Source != Config:
		return v // the plan's own reason says more
	}
	ev := r.inst.m.ev
	ev.mu.Lock()
	defer ev.mu.Unlock()
	referred, problem := r.inst.member(attr, feedsPolicy(r.inst.key, attr) && ev.cautious)
	if problem != "" {
		return v
	}
	own := *referred
	own.Via = own.Via.Next // not the name it was asked for by
	return &own
}
