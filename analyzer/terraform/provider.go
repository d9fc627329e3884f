package terraform

import (
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iamvet/iamvet/analyzer/aws"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
	"github.com/iamvet/iamvet/analyzer/value"
)

// providerRef is how a block or a module call names a provider configuration:
// aws, aws.alias, or one instance of it, aws.alias["key"].
type providerRef struct {
	name string
	key  *value.Value // nil for none
}

// providerConfig is a configuration of a provider, or an instance of it.
type providerConfig struct {
	block *workspace.Block
	frame *frame // that its expressions are evaluated in
	// key tells the instances of for_each apart; ok is false where it is not known.
	key string
	ok  bool
}

// provider finds the configuration of the AWS provider that a block uses; nil
// where it is not at hand.
func (inst *instance) provider() *providerConfig {
	ref := inst.m.ev.providerRef(inst.block.Expr("provider"), inst.frame)
	if ref.name == "" {
		ref.name = "aws"
	}
	for m := inst.m; m != nil && m.mod != nil; m = m.parent {
		if b := m.mod.Providers[ref.name]; b != nil {
			return m.providerConfig(b, ref)
		}
		if m.parent == nil {
			break
		}
		if passed := m.passedProvider(ref.name); passed.name != "" {
			ref = passed
		} else if ref.name != "aws" {
			return nil // an alias that no one passes
		}
	}
	return nil
}

// providerConfig is the instance of a provider block that a reference names.
// OpenTofu makes them with for_each.
// https://opentofu.org/docs/language/providers/configuration/#for_each-multiple-instances-of-a-provider-configuration
func (m *moduleInstance) providerConfig(b *workspace.Block, ref providerRef) *providerConfig {
	x := b.Expr("for_each")
	if x.None() {
		return &providerConfig{block: b, frame: m.frame, ok: true}
	}
	all, ok := m.providers[ref.name]
	if !ok {
		all = m.ev.expandEach(x, m.frame)
		m.providers[ref.name] = all
	}
	f := *m.frame
	out := &providerConfig{block: b, frame: &f}
	if out.key, out.ok = ref.key.Text(); out.ok {
		for _, k := range all.keys {
			if k.kind == eachKey && k.name.TextOr("") == out.key {
				f.key = k
				return out
			}
		}
	}
	why := value.Reason{Text: ref.name + " has several instances, and which is used is not known", Span: b.Header}
	f.key = &instanceKey{kind: unknownKey, why: []value.Reason{why}}
	return out
}

// providerRef is what a provider argument names. It is no value, but its key is.
func (ev *evaluator) providerRef(x workspace.Expression, f *frame) providerRef {
	if s, ok := x.LiteralString(); ok {
		if _, reason := workspace.TooDeep([]byte(s)); reason != "" {
			return providerRef{}
		}
		h, _ := hclsyntax.ParseExpression([]byte(s), "", hcl.InitialPos)
		x = workspace.Expression{HCL: h, Text: source.Computed(s, x.Span())}
	}
	var ref providerRef
	if i, ok := x.HCL.(*hclsyntax.IndexExpr); ok {
		ref.key, _ = ev.eval(workspace.Expression{HCL: i.Key, Text: x.Text}, f)
		x.HCL = i.Collection
	}
	if x.HCL == nil {
		return providerRef{}
	}
	t, diags := hcl.AbsTraversalForExpr(x.HCL)
	if diags.HasErrors() {
		return providerRef{}
	}
	ref.name = t.RootName()
	for _, step := range t[1:] {
		switch step := step.(type) {
		case hcl.TraverseAttr:
			ref.name += "." + step.Name
		case hcl.TraverseIndex:
			ref.key = fromCty(step.Key, x.Span())
		}
	}
	return ref
}

// passedProvider is the caller's name for a provider of this module.
func (m *moduleInstance) passedProvider(name string) providerRef {
	x := m.block.Expr("providers")
	if x.JSON != nil {
		return m.ev.providerRef(workspace.Expression{JSON: x.JSON.Get(name)}, m.inputs)
	}
	if x.HCL == nil {
		return providerRef{}
	}
	pairs, diags := hcl.ExprMap(x.HCL)
	if diags.HasErrors() {
		return providerRef{}
	}
	for _, p := range pairs {
		if keyOf(p.Key) != name {
			continue
		}
		if v, ok := p.Value.(hclsyntax.Expression); ok {
			return m.ev.providerRef(workspace.Expression{HCL: v, Text: x.Text}, m.inputs)
		}
	}
	return providerRef{}
}

// keyOf is the name of a provider as a key of providers: aws or aws.alias.
func keyOf(x hcl.Expression) string {
	t, diags := hcl.AbsTraversalForExpr(x)
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

// ProviderRole is a role that Terraform assumes for a configuration of the AWS provider.
type ProviderRole struct {
	Provider string // provider.aws, or module.a.provider.aws.alias
	// ARN is the role_arn; Remote says that it comes out of another state.
	ARN    *value.Value
	Remote bool
}

// ProviderRoles are the roles that the AWS providers of the root assume: Terraform is
// their caller, under the name that session_name gives, or one that it makes up.
// https://registry.terraform.io/providers/hashicorp/aws/latest/docs#assuming-an-iam-role
func (r *Root) ProviderRoles() []ProviderRole {
	ev, ok := r.loader.(*evaluator)
	if !ok {
		return nil
	}
	ev.mu.Lock()
	defer ev.mu.Unlock()
	var out []ProviderRole
	ev.top.walk(func(m *moduleInstance) {
		if m.mod == nil {
			return
		}
		for _, name := range slices.Sorted(maps.Keys(m.mod.Providers)) {
			if provider, _, _ := strings.Cut(name, "."); provider == "aws" {
				out = append(out, m.providerRoles(name)...)
			}
		}
	})
	return out
}

func (m *moduleInstance) providerRoles(name string) []ProviderRole {
	b := m.mod.Providers[name]
	if b.Lacks("assume_role") {
		return nil
	}
	p := m.providerConfig(b, providerRef{name: name})
	address := "provider." + name
	if m.address != "" {
		address = m.address + "." + address
	}
	var out []ProviderRole
	for _, role := range m.ev.blockList(b.Body(), "assume_role", p.frame, "provider").Elems {
		arn := role.Get("role_arn")
		if arn.Missing() {
			continue
		}
		remote := false
		for _, a := range role.Attrs {
			if key, _ := a.Key(); key == "role_arn" {
				remote = strings.Contains(a.Expr.Text(), "terraform_remote_state")
			}
		}
		out = append(out, ProviderRole{Provider: address, ARN: arn, Remote: remote})
	}
	return out
}

// region is where the block's provider works; nil when that is not known.
func (inst *instance) region() *value.Value {
	p := inst.provider()
	if p == nil {
		return nil
	}
	v, _ := inst.m.ev.eval(p.block.Expr("region"), p.frame)
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
		return value.StrAt(source.Computed(p, inst.block.Header))
	}
	if region == nil {
		return value.Of(value.Type{Kind: value.String}, inst.block.Header, value.Reason{Text: "the partition is not known (--partition)", Span: inst.block.Header})
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
	if p := inst.provider(); p != nil {
		allowed, _ := inst.m.ev.eval(p.block.Expr("allowed_account_ids"), p.frame)
		if allowed.IsSequence() && !allowed.Open && len(allowed.Elems) == 1 {
			if id, ok := allowed.Elems[0].Text(); ok {
				return id, allowed.Elems[0].Span
			}
		}
	}
	if a := inst.m.ev.opt.Account; a != "" {
		return a, inst.block.Header
	}
	return "", source.Span{}
}
