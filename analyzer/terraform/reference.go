package terraform

import (
	"slices"
	"sort"

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

// read are the attributes of data sources that need no network, by type.
var read = map[string][]string{
	"aws_iam_policy_document": {"json", "minified_json"},
	"aws_caller_identity":     {"account_id"},
	"aws_partition":           {"dns_suffix", "partition", "reverse_dns_prefix"},
	"aws_region":              {"name"},
	"aws_iam_policy":          {"arn"},
	"template_file":           {"rendered"},
	"local_file":              {"content"},
	"null_data_source":        {"outputs"},
	"terraform_data":          {"output"},
}

// Described is Effective with what iamvet reads or renders in the provider's
// place, such as the JSON of a policy document; members are in name order. It is
// for people: nothing in it is to be edited.
func (r *Resource) Described() *value.Value {
	out := r.Effective()
	for _, name := range read[r.Type] {
		if !out.Get(name).Is(value.Absent) {
			continue
		}
		if v := r.Reference(name); !v.Missing() {
			out.Attrs = append(out.Attrs, value.Attr{Name: value.Str(name), Value: v})
		}
	}
	for _, name := range r.computed {
		if out.Get(name).Is(value.Absent) {
			out.Attrs = append(out.Attrs, value.Attr{Name: value.Str(name), Value: r.Reference(name)})
		}
	}
	sort.SliceStable(out.Attrs, func(i, j int) bool {
		a, _ := out.Attrs[i].Key()
		b, _ := out.Attrs[j].Key()
		return a < b
	})
	return out
}
