package terraform

import (
	"slices"
	"sort"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform/addrs"
	"github.com/iamvet/iamvet/analyzer/value"
)

func (l *evidence) forgottenResources(types []string) []*Resource {
	if l.window != nil {
		return l.window.whole.forgottenResources(types)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []*Resource
	for _, r := range l.Forgotten {
		if r.Mode == addrs.Managed && (len(types) == 0 || slices.Contains(types, r.Type)) {
			out = append(out, l.resource(r))
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return addrs.Less(out[i].Address, out[j].Address) })
	return out
}

// forgotten are those of the plan, at the place of the block that is still there.
func (o *overlaid) forgotten(types []string) []*Resource {
	planned := o.evidence.forgottenResources(types)
	if len(planned) == 0 {
		return nil
	}
	written := map[string]*Resource{}
	for _, c := range o.config.loader.resources(addrs.Managed, types) {
		written[c.Address] = c
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	var out []*Resource
	for _, p := range planned {
		r := *p
		r.Root = o.root
		if c := written[r.Address]; c != nil {
			r.Header, r.Body, r.Calls = c.Header, c.Body, c.Calls
		}
		out = append(out, &r)
	}
	return out
}

// kept says whether what is replaced or removed of the instance goes on to exist,
// since OpenTofu 1.12.
// https://opentofu.org/docs/language/resources/behavior/#destroy
func (inst *instance) kept() (value.Tri, []value.Reason) {
	x := lifecycle(inst.block, "destroy")
	if x.None() {
		return value.No, nil
	}
	ev, at := inst.m.ev, x.Span()
	if ev.dialect.Since("", "1.12.0") == value.No {
		ev.gap(source.ErrorGap, at, ev.dialect.String()+" has no lifecycle argument destroy: it came with OpenTofu 1.12")
		return value.No, nil
	}
	v, _ := ev.eval(x, inst.m.frame)
	if v.Is(value.Bool) {
		return value.TriOf(!v.Bool), nil
	}
	why := reasons(v)
	if len(why) == 0 {
		why = []value.Reason{{Text: "whether it is destroyed is not known", Span: at}}
	}
	return value.Maybe, why
}
