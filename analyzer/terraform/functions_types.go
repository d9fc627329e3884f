package terraform

import (
	"github.com/zclconf/go-cty/cty"

	"github.com/iamvet/iamvet/analyzer/value"
)

func toBool(c *call) (*value.Value, error) { return c.as(0, cty.Bool) }

func toNumber(c *call) (*value.Value, error) { return c.as(0, cty.Number) }

func toString(c *call) (*value.Value, error) { return c.str(0) }

func toList(c *call) (*value.Value, error) { return c.as(0, cty.List(cty.DynamicPseudoType)) }

func toSet(c *call) (*value.Value, error) { return c.as(0, cty.Set(cty.DynamicPseudoType)) }

func toMap(c *call) (*value.Value, error) { return c.as(0, cty.Map(cty.DynamicPseudoType)) }

// pass is ephemeralasnull: nothing that iamvet reads is known to be ephemeral.
func pass(c *call) (*value.Value, error) { return c.args[0], nil }

func sensitive(c *call) (*value.Value, error) { return burden(c.args[0], nil, true), nil }

func nonsensitive(c *call) (*value.Value, error) {
	v := *c.args[0]
	v.Sensitive = false
	return &v, nil
}

// isSensitive can only say yes of what is unknown: it may become sensitive.
func isSensitive(c *call) (*value.Value, error) {
	v := c.args[0]
	t := value.TriOf(v.Sensitive)
	if v.Is(value.Unknown) && !v.Sensitive {
		t = value.Maybe
	}
	w := *c.truth(t)
	w.Sensitive = false
	return &w, nil
}
