package terraform

import (
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform/addrs"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
	"github.com/iamvet/iamvet/analyzer/value"
)

// bareReference is the expression that stands in a place where Terraform wants a
// reference and no value: in replace_triggered_by, depends_on, ignore_changes
// or the to of an import. JSON writes it as a string, without ${ }:
// https://developer.hashicorp.com/terraform/language/syntax/json#expression-mapping
func bareReference(x workspace.Expression) workspace.Expression {
	if x.JSON == nil || !x.JSON.Is(value.String) {
		return x
	}
	text := source.Computed(x.JSON.TextOr(""), x.JSON.Span)
	if len(x.JSON.Parts) == 1 {
		text = x.JSON.Parts[0].Text
	}
	if _, reason := workspace.TooDeep([]byte(text.String)); reason != "" {
		return workspace.Expression{}
	}
	h, diags := hclsyntax.ParseExpression([]byte(text.String), "", hcl.Pos{Line: 1, Column: 1})
	if diags.HasErrors() {
		return workspace.Expression{}
	}
	return workspace.Expression{HCL: h, Text: text}
}

// triggers are the references in replace_triggered_by, each instance of a
// resource on its own.
func (inst *instance) triggers() []*value.Value {
	ev := inst.m.ev
	var out []*value.Value
	for _, b := range inst.block.Nested("lifecycle", 0) {
		for _, x := range b.Expr("replace_triggered_by").Elements() {
			if x = bareReference(x); x.None() {
				ev.gap(source.ErrorGap, b.Expr("replace_triggered_by").Span(), "replace_triggered_by needs references")
				continue
			}
			v, _ := ev.eval(x, inst.frame)
			if set := ev.instancesOf(v); set != nil {
				out = append(out, set.values...)
			} else {
				out = append(out, v)
			}
		}
	}
	return out
}

// ignored is where ignore_changes names the attribute of the instance, or all;
// the zero Span when it does not. Terraform takes the configured value when it
// creates the instance, and applies no change of it afterwards:
// https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle#ignore_changes
func (inst *instance) ignored(name string) source.Span {
	for _, b := range inst.block.Nested("lifecycle", 0) {
		x := b.Expr("ignore_changes")
		if x.None() {
			continue
		}
		if word := bareReference(x); word.HCL != nil && hcl.ExprAsKeyword(word.HCL) == "all" {
			return x.Span()
		}
		for _, e := range x.Elements() {
			if s, ok := e.LiteralString(); ok && s == "*" { // the way of Terraform 0.11
				return e.Span()
			}
			entry := bareReference(e)
			if entry.None() {
				continue
			}
			if t, diags := hcl.RelTraversalForExpr(entry.HCL); !diags.HasErrors() && len(t) > 0 {
				if a, ok := t[0].(hcl.TraverseAttr); ok && a.Name == name {
					return e.Span()
				}
			}
		}
	}
	return source.Span{}
}

// deployed is what the deployed instance has, where ignore_changes covers an
// attribute of which v is what is configured.
func (inst *instance) deployed(name string, v *value.Value) *value.Value {
	opt := &inst.m.ev.opt
	if opt.Deployed == nil && !opt.Unapplied || inst.key.Mode != addrs.Managed {
		return v
	}
	at := inst.ignored(name)
	switch {
	case at.IsZero():
	case opt.Deployed != nil:
		if kept := opt.Deployed(inst.address, name, v); kept != nil {
			return kept
		}
	case decidesAccess(inst.key, name):
		return value.UnknownBecause(inst.address+"."+name+" is under ignore_changes: what is deployed may be something else", at)
	}
	return v
}

// decidesAccess says that an attribute that can be changed in place decides who
// may do what.
func decidesAccess(key addrs.Resource, name string) bool {
	if name == "status" {
		return key.Type == "aws_iam_access_key"
	}
	return key.Mode == addrs.Managed && slices.Contains(decisive, name)
}

// decisive are the names of attributes that decide who may do what.
var decisive = []string{
	"policy", "assume_role_policy", "assume_role_policy_document", "content", "inline_policy", "managed_policy_arns",
	"enabled_policy_types", "enabled_features",
}

// mayIgnore says that ignore_changes of a block that nobody has parsed may name an
// attribute that decides who may do what.
func mayIgnore(key addrs.Resource, b *workspace.Block) bool {
	return !b.Lacks("ignore_changes") && (key.Type == "aws_iam_access_key" || slices.ContainsFunc(decisive, func(name string) bool { return !b.Lacks(name) }))
}

// Ignored is where ignore_changes names an attribute of the resource, or all;
// the zero Span when it does not, or when the source is not at hand.
func (r *Resource) Ignored(attribute string) source.Span {
	if r.inst == nil {
		return source.Span{}
	}
	return r.inst.ignored(attribute)
}

// IgnoresChanges says that Terraform leaves something alone that decides who may
// do what: that the configuration does not show what is deployed.
func (r *Root) IgnoresChanges() bool {
	ev, ok := r.loader.(*evaluator)
	if !ok {
		return false
	}
	ev.mu.Lock()
	defer ev.mu.Unlock()
	found := false
	seen := map[*workspace.Block]bool{}
	ev.top.walk(func(m *moduleInstance) {
		if m.mod == nil || found {
			return
		}
		for key, b := range m.mod.Resources {
			if key.Mode != addrs.Managed || seen[b] || !mayIgnore(key, b) {
				continue
			}
			seen[b] = true
			inst := &instance{m: m, key: key, block: b}
			for _, a := range b.Body().Attrs {
				found = found || decidesAccess(key, a.Name) && !inst.ignored(a.Name).IsZero()
			}
			for _, n := range b.Body().Blocks {
				found = found || decidesAccess(key, n.Type) && !inst.ignored(n.Type).IsZero()
			}
		}
	})
	return found
}
