package terraform

import (
	"github.com/zclconf/go-cty/cty"

	"github.com/iamvet/iamvet/analyzer/value"
)

func (c *call) toBool() (*value.Value, error) { return c.as(0, cty.Bool) }

func (c *call) toNumber() (*value.Value, error) { return c.as(0, cty.Number) }

func (c *call) toString() (*value.Value, error) { return c.str(0) }

func (c *call) toList() (*value.Value, error) { return c.as(0, cty.List(cty.DynamicPseudoType)) }

func (c *call) toSet() (*value.Value, error) { return c.as(0, cty.Set(cty.DynamicPseudoType)) }

func (c *call) toMap() (*value.Value, error) { return c.as(0, cty.Map(cty.DynamicPseudoType)) }

// ephemeralAsNull is its argument, or null: what is ephemeral counts as
// sensitive here, and of that it is not known which of the two it is.
func (c *call) ephemeralAsNull() (*value.Value, error) {
	if !sensitiveDeep(c.args[0]) {
		return c.args[0], nil
	}
	return c.carryDeep(value.Of(valueType(typeOf(c.args[0])), c.sc.span, c.reason("whether the value is ephemeral is not known"))), nil
}

func (c *call) sensitive() (*value.Value, error) { return burden(c.args[0], nil, true), nil }

// nonsensitive takes the mark from the value itself; members keep theirs.
func (c *call) nonsensitive() (*value.Value, error) {
	v := *c.args[0]
	v.Sensitive = false
	return &v, nil
}

// isSensitive can only say yes of what is unknown: it may become sensitive.
func (c *call) isSensitive() (*value.Value, error) {
	v := c.args[0]
	t := value.TriOf(v.Sensitive)
	if v.Is(value.Unknown) && !v.Sensitive {
		t = value.Maybe
	}
	w := *c.truth(t)
	w.Sensitive = false
	return &w, nil
}
