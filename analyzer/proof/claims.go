package proof

import (
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/value"
)

// nameClaims gives conditions on a claim of a provider whose name is not known
// the key of this provider: "${…issuer}:sub". If another provider is meant, no
// token carries the key, and a condition that needs it keeps everybody out.
func (f *federated) nameClaims() {
	doc := *f.doc
	doc.Statements = slices.Clone(doc.Statements)
	for i, s := range doc.Statements {
		if !slices.ContainsFunc(s.Conditions, ofSomeProvider) {
			continue
		}
		named := *s
		named.Conditions = slices.Clone(s.Conditions)
		for j := range named.Conditions {
			if c := &named.Conditions[j]; ofSomeProvider(*c) {
				c.Key = f.key(claimOf(c))
			}
		}
		doc.Statements[i] = &named
		if s == f.statement {
			f.statement = &named
		}
	}
	f.doc = &doc
}

// particularClaims gives owners, pools and others that are not known a value of
// their own, under an operator that takes it as it is: whoever is meant, it is
// somebody in particular, and no stranger.
func (f *federated) particularClaims() {
	for i, s := range f.doc.Statements {
		if s.Effect == policy.Deny {
			continue
		}
		for j := range s.Conditions {
			c := &s.Conditions[j]
			claim, own := f.claimIn(c.Key)
			if !own || !f.namesCustomer(claim) || c.Operator.Base != "StringEquals" || c.Operator.Negated {
				continue
			}
			if p := particular(c); p != nil {
				known := *s
				known.Conditions = slices.Clone(s.Conditions)
				known.Conditions[j] = *p
				f.doc.Statements[i] = &known
				if s == f.statement {
					f.statement = &known
				}
				s = &known
			}
		}
	}
}

// particular is the condition with a text for each value that is not known; nil
// when all are.
func particular(c *policy.Condition) *policy.Condition {
	values, unknown := []*value.Value{}, c.ValuesOpen
	for _, p := range c.Values {
		text, ok := p.Text()
		if !ok {
			if len(p.Variables()) > 0 {
				return nil
			}
			text, unknown = "somebody in particular", true
		}
		values = append(values, value.Str(text))
	}
	if !unknown {
		return nil
	}
	if len(values) == 0 {
		values = append(values, value.Str("somebody in particular"))
	}
	member := func(name string, v *value.Value) *value.Value {
		return value.ObjectOf(map[string]*value.Value{name: v})
	}
	doc, err := policy.Parse(value.ObjectOf(map[string]*value.Value{"Statement": value.ListOf(
		member("Condition", member(c.Operator.Text, member(c.Key, value.ListOf(values...)))),
	)}))
	if err != nil || len(doc.Statements) != 1 || len(doc.Statements[0].Conditions) != 1 {
		return nil
	}
	out := doc.Statements[0].Conditions[0]
	out.OperatorValue, out.KeyValue, out.Value = c.OperatorValue, c.KeyValue, c.Value
	return &out
}

// ofSomeProvider says that a condition asks for a claim of a provider whose
// name is not known.
func ofSomeProvider(c policy.Condition) bool {
	op := c.Operator
	return c.Key == "" && op.Base != "" && op.Base != "Null" && !op.Negated && !op.IfExists && claimOf(&c) != ""
}

// claimOf is the claim of a key that ends in one, whatever provider stands
// before it.
func claimOf(c *policy.Condition) string {
	parts, ok := c.KeyValue.AsParts()
	if !ok || len(parts) == 0 || parts[len(parts)-1].Hole != nil {
		return ""
	}
	claim := strings.ToLower(parts[len(parts)-1].Text.String)
	i := strings.LastIndexByte(claim, ':')
	if i < 0 {
		return ""
	}
	return claim[i+1:]
}
