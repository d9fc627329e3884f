package plan

import (
	"fmt"
	"slices"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/iamvet/iamvet/analyzer/value"
)

// ordered are the blocks that keep the order in which they are written, by
// resource type: those that the provider's schema calls a list. All others may be
// sets, of which a plan lists the elements in an order of its own, and the
// configuration section in that of the source.
// https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document
var ordered = map[string]bool{"aws_iam_policy_document.statement": true}

// maxBlockPairs bounds the comparisons of planned with written blocks.
const maxBlockPairs = 250_000

// writtenBlocks are the expressions of n planned blocks, nil for those of which
// it is not certain where they are written; nil for what is no block.
func (p *place) writtenBlocks(n int, after, unknown []any) []*tfjson.Expression {
	if p.expr == nil || p.expr.ExpressionData == nil || p.expr.NestedBlocks == nil {
		return nil
	}
	blocks := p.expr.NestedBlocks
	out := make([]*tfjson.Expression, n)
	set := func(i, j int) {
		out[i] = &tfjson.Expression{ExpressionData: &tfjson.ExpressionData{NestedBlocks: blocks[j : j+1]}}
	}
	if len(blocks) == n && (n == 1 || ordered[p.resource.Type+"."+p.path]) {
		for i := range n {
			set(i, i)
		}
		return out
	}
	if n*len(blocks) > maxBlockPairs {
		return out
	}
	of := make([][]int, n) // the blocks that a planned one may be
	planned := make([]int, len(blocks))
	for j, b := range blocks {
		for i := range n {
			if mayMake(b, elementOf(after, i), elementOf(unknown, i)) {
				of[i] = append(of[i], j)
				planned[j]++
			}
		}
	}
	if slices.Contains(planned, 0) { // the provider writes a constant in another way
		return out
	}
	for i, js := range of {
		if len(js) == 1 && planned[js[0]] == 1 {
			set(i, js[0])
		}
	}
	return out
}

// mayMake says that no constant of a written block tells it from a planned one.
func mayMake(b map[string]*tfjson.Expression, after, unknown any) bool {
	if unknown == true {
		return true
	}
	for name, x := range b {
		if x == nil || x.ExpressionData == nil || x.ConstantValue == nil || x.ConstantValue == tfjson.UnknownConstantValue || memberOf(unknown, name) == true {
			continue
		}
		if have, ok := memberOf(after, name).(string); ok {
			text := fmt.Sprint(x.ConstantValue)
			if have != text && !value.SameJSONText(have, text) {
				return false
			}
		}
	}
	return true
}
