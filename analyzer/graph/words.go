package graph

import (
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer/policy"
)

// conditionsOf are what a trust policy asks for beside who it is, in words: of the
// statements that let somebody in, and of those that keep him out.
func conditionsOf(statements []*policy.Statement, doc *policy.Document) []string {
	var out []string
	add := func(words string) {
		if words != "" && !slices.Contains(out, words) {
			out = append(out, words)
		}
	}
	var ways []string
	for _, s := range statements {
		words := conditionWords(s)
		if words == "" {
			ways = nil // one way asks for nothing
			break
		}
		if !slices.Contains(ways, words) {
			ways = append(ways, words)
		}
	}
	add(strings.Join(ways, "; or "))
	if doc != nil {
		for _, s := range doc.Statements {
			if s.Effect == policy.Deny && s.AdmitsAction("sts:AssumeRole") != policy.False {
				words := conditionWords(s)
				if words == "" {
					words = "whatever the request is"
				}
				add("denied where " + words)
			}
		}
	}
	return out
}

// conditionWords are the conditions of one statement, of which all have to hold.
func conditionWords(s *policy.Statement) string {
	var out []string
	for i := range s.Conditions {
		out = append(out, inWords(&s.Conditions[i]))
	}
	if s.Open {
		out = append(out, "what is not known of the statement")
	}
	return strings.Join(out, ", and ")
}

// inWords is one condition.
func inWords(c *policy.Condition) string {
	values := valuesInWords(c)
	key := c.Key
	if key == "" {
		key = "a key that is not known"
	}
	lower := strings.ToLower(key)
	op := c.Operator
	negated := func(is, not string) string {
		if op.Negated {
			return not
		}
		return is
	}
	only, _ := oneValue(c)
	only = strings.ToLower(only)
	words := ""
	switch {
	case op.Family == policy.NullFamily && only == "false":
		return key + " is in the request"
	case op.Family == policy.NullFamily && only == "true":
		return key + " is not in the request"
	case lower == "aws:multifactorauthpresent" && op.Family == policy.BoolFamily && only == "true":
		words = "with MFA"
	case lower == "aws:multifactorauthpresent" && op.Family == policy.BoolFamily && only == "false":
		words = "without MFA"
	case lower == "aws:principalorgid" && op.Family == policy.StringFamily:
		words = negated("of organization ", "of an organization that is not ") + values
	case lower == "sts:externalid":
		words = negated("with external id ", "with an external id that is not ") + values
	case op.Family == policy.IPFamily:
		words = negated("from ", "from elsewhere than ") + values
		if lower != "aws:sourceip" {
			words = key + " " + negated("in ", "not in ") + values
		}
	case strings.HasSuffix(op.Base, "LessThan"):
		words = key + " below " + values
	case strings.HasSuffix(op.Base, "LessThanEquals"):
		words = key + " at most " + values
	case strings.HasSuffix(op.Base, "GreaterThan"):
		words = key + " above " + values
	case strings.HasSuffix(op.Base, "GreaterThanEquals"):
		words = key + " at least " + values
	case strings.HasSuffix(op.Base, "Like"):
		words = key + negated(" like ", " not like ") + values
	case op.Base == "":
		words = key + " by an operator that is not known: " + values
	default:
		words = key + negated(" is ", " is not ") + values
	}
	switch {
	case op.Set == policy.ForAllValues:
		words = "all values of " + words
	case op.Set == policy.ForAnyValue:
		words = "some value of " + words
	}
	if op.IfExists {
		words += " where the request has it"
	}
	return words
}

// oneValue is the only value of a condition.
func oneValue(c *policy.Condition) (string, bool) {
	if len(c.Values) != 1 || c.ValuesOpen {
		return "", false
	}
	return shown(c.Values[0]), true
}

// mostValues are written out; of a longer list the first, and how many more.
const mostValues = 6

func valuesInWords(c *policy.Condition) string {
	var out []string
	for _, v := range c.Values {
		out = append(out, "'"+shown(v)+"'")
	}
	if n := len(out); n > mostValues {
		out = append(out[:mostValues-1:mostValues-1], "one of "+itoa(n-mostValues+1)+" more")
	}
	if c.ValuesOpen {
		out = append(out, "what is not known")
	}
	switch n := len(out); n {
	case 0:
		return "nothing"
	case 1:
		return out[0]
	default:
		joint := " or "
		if c.Operator.Negated {
			joint = " and not "
		}
		return strings.Join(out[:n-1], ", ") + joint + out[n-1]
	}
}

// shown is a pattern as it is written, without what is sensitive.
func shown(p policy.Pattern) string {
	if p.Value != nil && p.Value.Sensitive {
		return "…"
	}
	if p.Value != nil && !p.Value.Known() {
		if text := p.Value.Printable(); text != "" {
			return text
		}
	}
	return p.String()
}
