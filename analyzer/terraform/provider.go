package terraform

import (
	"github.com/hashicorp/hcl/v2"

	"github.com/iamvet/iamvet/analyzer/aws"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// provider finds the configuration of the AWS provider that a block uses, and
// the module instance whose expressions it holds.
func (inst *instance) provider() (*block, *moduleInstance) {
	name := "aws"
	if n := providerName(inst.block.expr("provider")); n != "" {
		name = n
	}
	for m := inst.m; m != nil && m.mod != nil; m = m.parent {
		if b := m.mod.providers[name]; b != nil {
			return b, m
		}
		if m.parent == nil {
			break
		}
		if passed := m.passedProvider(name); passed != "" {
			name = passed
		} else if name != "aws" {
			return nil, nil // an alias that no one passes
		}
	}
	return nil, nil
}

// providerName is aws or aws.alias.
func providerName(x expression) string {
	if s, ok := literalString(x); ok {
		return s
	}
	if x.hcl == nil {
		return ""
	}
	t, diags := hcl.AbsTraversalForExpr(x.hcl)
	if diags.HasErrors() {
		return ""
	}
	name := t.RootName()
	if len(t) > 1 {
		if a, ok := t[1].(hcl.TraverseAttr); ok {
			name += "." + a.Name
		}
	}
	return name
}

// passedProvider is the caller's name for a provider of this module.
func (m *moduleInstance) passedProvider(name string) string {
	x := m.block.expr("providers")
	if x.json != nil {
		return x.json.Get(name).TextOr("")
	}
	if x.hcl == nil {
		return ""
	}
	pairs, diags := hcl.ExprMap(x.hcl)
	if diags.HasErrors() {
		return ""
	}
	for _, p := range pairs {
		t, diags := hcl.AbsTraversalForExpr(p.Key)
		if diags.HasErrors() {
			continue
		}
		n := t.RootName()
		if len(t) > 1 {
			if a, ok := t[1].(hcl.TraverseAttr); ok {
				n += "." + a.Name
			}
		}
		if n != name {
			continue
		}
		if t, diags := hcl.AbsTraversalForExpr(p.Value); !diags.HasErrors() {
			passed := t.RootName()
			if len(t) > 1 {
				if a, ok := t[1].(hcl.TraverseAttr); ok {
					passed += "." + a.Name
				}
			}
			return passed
		}
	}
	return ""
}

// region is where the block's provider works; nil when that is not known.
func (inst *instance) region() *value.Value {
	b, m := inst.provider()
	if b == nil {
		return nil
	}
	v, _ := m.ev.eval(b.expr("region"), m.frame)
	if _, ok := v.Text(); !ok {
		return nil
	}
	return v
}

// partition is the partition of the block's provider: as its region tells, else
// as the command line says.
func (inst *instance) partition() *value.Value {
	region := inst.region()
	if p := inst.m.ev.opt.Partition; region == nil && p != "" {
		return value.StrAt(source.Computed(p, inst.block.header))
	}
	if region == nil {
		return value.Of(value.Type{Kind: value.String}, inst.block.header, value.Reason{Text: "the partition is not known (--partition)", Span: inst.block.header})
	}
	p := aws.PartitionOf(region.TextOr(""))
	return derived(value.StrAt(source.Computed(p.Name, region.Span)), region)
}

func (inst *instance) partitionAttribute(name string) *value.Value {
	p := inst.partition()
	text, ok := p.Text()
	if !ok {
		return nil
	}
	known, listed := aws.PartitionNamed(text)
	switch {
	case name == "partition" || name == "id":
		return p
	case name == "dns_suffix" && listed:
		return derived(value.StrAt(source.Computed(known.DNSSuffix, p.Span)), p)
	case name == "reverse_dns_prefix" && listed:
		return derived(value.StrAt(source.Computed(known.ReverseDNS(), p.Span)), p)
	}
	return nil
}

// accountID is the account that the block's provider works in: the only one that
// it may work in, else as --account says.
func (inst *instance) accountID() (string, source.Span) {
	if b, m := inst.provider(); b != nil {
		allowed, _ := m.ev.eval(b.expr("allowed_account_ids"), m.frame)
		if allowed.IsSequence() && !allowed.Open && len(allowed.Elems) == 1 {
			if id, ok := allowed.Elems[0].Text(); ok {
				return id, allowed.Elems[0].Span
			}
		}
	}
	if a := inst.m.ev.opt.Account; a != "" {
		return a, inst.block.header
	}
	return "", source.Span{}
}
