package terraform

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// bareReference is the expression that stands in a place where Terraform wants a
// reference and no value: in replace_triggered_by, depends_on, ignore_changes
// or the to of an import. JSON writes it as a string, without ${ }:
// https://developer.hashicorp.com/terraform/language/syntax/json#expression-mapping
func bareReference(x expression) expression {
	if x.json == nil || !x.json.Is(value.String) {
		return x
	}
	text := source.Computed(x.json.TextOr(""), x.json.Span)
	if len(x.json.Parts) == 1 {
		text = x.json.Parts[0].Text
	}
	if _, reason := tooDeep([]byte(text.String)); reason != "" {
		return expression{}
	}
	h, diags := hclsyntax.ParseExpression([]byte(text.String), "", hcl.Pos{Line: 1, Column: 1})
	if diags.HasErrors() {
		return expression{}
	}
	return expression{hcl: h, text: text}
}

// elements are the expressions in a list that is written out; of anything
// else none.
func (x expression) elements() []expression {
	var out []expression
	if x.json != nil {
		if x.json.Is(value.Tuple) {
			for _, e := range x.json.Elems {
				out = append(out, expression{json: e})
			}
		}
		return out
	}
	if list, ok := x.hcl.(*hclsyntax.TupleConsExpr); ok {
		for _, e := range list.Exprs {
			out = append(out, expression{hcl: e, text: x.text})
		}
	}
	return out
}

// triggers are the references in replace_triggered_by, each instance of a
// resource on its own.
func (inst *instance) triggers() []*value.Value {
	ev := inst.m.ev
	var out []*value.Value
	for _, b := range inst.block.nested("lifecycle", 0) {
		for _, x := range b.expr("replace_triggered_by").elements() {
			if x = bareReference(x); x.none() {
				ev.gap(ErrorGap, b.expr("replace_triggered_by").span(), "replace_triggered_by needs references")
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
