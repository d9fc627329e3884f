package policy

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Condition is one operator applied to one key.
type Condition struct {
	Operator   Operator
	Key        string // as written; "" when it is not (wholly) known
	Values     []Pattern
	ValuesOpen bool // there may be more values

	OperatorValue *value.Value // the name of the operator, as written
	KeyValue      *value.Value // the name of the key, as written
	Value         *value.Value // the condition value or list of values

	tests    []test // one for each of Values
	mistyped bool   // the operator does not belong to the key's type
	listed   bool   // the key is documented to carry a list
}

// test is a value of a condition, read as its operator reads it.
type test struct {
	pattern Pattern
	text    string // of a wholly known value; for Binary what it encodes
	// state is True when the value could be read, Unknown when it is not known
	// or its reading is contested, False when it is no value of that type.
	state  Tri
	number decimal
	date   time.Time
	prefix netip.Prefix
}

// Span is where the condition's key and values stand.
func (c *Condition) Span() source.Span {
	if c.KeyValue == nil || c.Value == nil {
		return source.Span{}
	}
	return c.KeyValue.Span.To(c.Value.Span)
}

// OperatorSpan is the operator of a condition: with what it stands over in an
// object, alone in a condition block. It is nowhere for no condition.
func (c *Condition) OperatorSpan() source.Span {
	if c == nil || c.OperatorValue == nil || c.OperatorValue.Span.IsZero() {
		return source.Span{}
	}
	operator := c.OperatorValue.Span
	if whole := operator.To(c.Span()); whole.File != nil && whole.File.Line(whole.Start) == whole.File.Line(whole.End) {
		return whole
	}
	return operator
}

// ValueSpan is what a condition of the statement compares with, where that stands in
// the statement and on one line: the values, else the only one; else nowhere.
func (s *Statement) ValueSpan(c *Condition) source.Span {
	if c == nil || c.Value == nil || s.Value == nil {
		return source.Span{}
	}
	spans := []source.Span{c.Value.Span}
	if c.Value.IsSequence() && len(c.Value.Elems) == 1 {
		spans = append(spans, c.Value.Elems[0].Span)
	}
	for _, at := range spans {
		if !at.IsZero() && s.Span().Contains(at) && at.File.Line(at.Start) == at.File.Line(max(at.Start, at.End-1)) {
			return at
		}
	}
	return source.Span{}
}

// Positive says that an operator is met by what it names and by nothing else: where
// such a condition lets too much through, its values are why.
func (o Operator) Positive() bool {
	return o.Base != "" && !o.Negated && !o.IfExists && o.Set == NoSet
}

// Prefixes are the known prefixes that an IP condition lists; all is false when
// it may list others.
func (c *Condition) Prefixes() (list []netip.Prefix, all bool) {
	all = !c.ValuesOpen && c.Operator.Family == IPFamily
	for _, t := range c.tests {
		if t.prefix.IsValid() {
			list = append(list, t.prefix)
		} else {
			all = false
		}
	}
	return list, all
}

// patternSyntax is what is special in the values of an operator.
func (o Operator) patternSyntax(variables Tri) syntax {
	switch o.Base {
	case "StringEquals":
		return syntax{variables: variables}
	case "StringEqualsIgnoreCase":
		return syntax{variables: variables, fold: true}
	case "StringLike":
		return syntax{variables: variables, wildcards: true}
	case "ArnLike":
		return syntax{variables: variables, wildcards: true, arn: true}
	}
	return syntax{variables: False}
}

// newTest reads one value of a condition. The problem is "" or what is wrong
// with the value; lint says that AWS may take it all the same.
func newTest(op Operator, v *value.Value, variables Tri) (t test, problem string, lint bool) {
	t.pattern = compile(v, op.patternSyntax(variables))
	text, known := scalarText(v)
	t.text = text
	shown := "'" + text + "'"
	if v != nil && v.Sensitive {
		shown = "a sensitive value"
	}
	switch {
	case !known:
		return t, "", false
	case op.Family == BoolFamily && strings.Contains(text, "${"):
		// The operators page says that Bool takes variables, the variables
		// page that it does not.
		return t, shown + " is compared by Bool, for which AWS does not say whether variables count", true
	}
	ok := true
	switch op.Family {
	case StringFamily, ARNFamily:
	case BoolFamily, NullFamily:
		if !strings.EqualFold(text, "true") && !strings.EqualFold(text, "false") {
			ok, lint, problem = false, true, shown+" is neither true nor false"
		}
	case NumericFamily:
		if t.number, ok = parseDecimal(text); !ok {
			lint, problem = true, shown+" is no number"
		}
	case DateFamily:
		if t.date, ok = ParseDate(text); !ok {
			lint, problem = true, shown+" is no date"
		}
	case BinaryFamily:
		if t.text, ok = parseBinary(text); !ok {
			lint, problem = true, shown+" is not base64"
		}
	case IPFamily:
		prefix, err := ParseCIDR(text)
		if t.prefix, ok = prefix, err == nil; !ok {
			problem = shown + " is no IP address or CIDR block"
		} else if p, err := netip.ParsePrefix(text); err == nil && p != prefix {
			lint, problem = true, shown+" has host bits: it means "+prefix.String()
		}
	default:
		return t, "", false
	}
	t.state = value.TriOf(ok)
	return t, problem, lint
}

// compare says whether the request's value satisfies the positive operator for
// this value.
func (t *test) compare(op Operator, text string, r *Request) Tri {
	switch op.Family {
	case StringFamily:
		return t.pattern.MatchesIn(text, r)
	case ARNFamily:
		m := t.pattern.MatchesIn(text, r)
		if op.Negated && m == False && (t.pattern.isARN() != True || strings.Count(text, ":") < 5) {
			return Unknown // no match for certain only between ARNs
		}
		return m
	}
	if t.state != True {
		return Unknown
	}
	switch op.Family {
	case BoolFamily:
		return value.TriOf(strings.EqualFold(t.text, text))
	case NumericFamily:
		if d, ok := parseDecimal(text); ok {
			return value.TriOf(ordered(op.Base, d.compare(t.number)))
		}
	case DateFamily:
		if d, ok := ParseDate(text); ok {
			return value.TriOf(ordered(op.Base, d.Compare(t.date)))
		}
	case BinaryFamily:
		if b, ok := parseBinary(text); ok {
			return value.TriOf(b == t.text)
		}
	case IPFamily:
		if a, err := netip.ParseAddr(text); err == nil && a.Zone() == "" {
			return value.TriOf(t.prefix.Contains(a))
		}
	}
	return Unknown
}

// satisfied says whether one value of the request satisfies the operator: for
// some of the condition's values, or with a negated operator for none.
func (c *Condition) satisfied(text string, r *Request) Tri {
	any := False
	if c.ValuesOpen {
		any = Unknown
	}
	for i := range c.tests {
		if any = any.Or(c.tests[i].compare(c.Operator, text, r)); any == True {
			break
		}
	}
	if c.Operator.Negated {
		return any.Not()
	}
	return any
}

// Matches says whether the condition holds for the request.
func (c *Condition) Matches(r *Request) Tri {
	op := c.Operator
	if op.Base == "" || c.Key == "" || len(c.tests) == 0 && !c.ValuesOpen {
		return Unknown // AWS does not say what an empty list of values means
	}
	v := r.Lookup(c.Key)
	if op.Family == NullFamily {
		return c.null(v.Presence)
	}
	switch v.Presence {
	case Absent:
		return c.absent()
	case Known:
		return c.known(v, r)
	case Either:
		if t := c.absent(); t == c.present() {
			return t
		}
		return Unknown
	}
	return c.present()
}

// null is the Null operator: "true" for an absent key, "false" for another.
func (c *Condition) null(p Presence) Tri {
	if c.Operator.Set != NoSet {
		return Unknown
	}
	any := False
	if c.ValuesOpen {
		any = Unknown
	}
	for i := range c.tests {
		t := &c.tests[i]
		switch {
		case t.state != True || p == Either:
			any = any.Or(Unknown)
		default:
			any = any.Or(value.TriOf(strings.EqualFold(t.text, "true") == (p == Absent)))
		}
	}
	if p == Either && c.nullAlways() {
		return True
	}
	return any
}

// nullAlways says that both true and false are among the values.
func (c *Condition) nullAlways() bool {
	yes, no := false, false
	for _, t := range c.tests {
		yes = yes || t.state == True && strings.EqualFold(t.text, "true")
		no = no || t.state == True && strings.EqualFold(t.text, "false")
	}
	return yes && no
}

// bothPages is what AWS documents of ForAllValues with a negated operator and a
// key that is not there.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
const bothPages = "matches an absent key by AWS's page \"Multivalued context key examples\", and does not by its page \"IAM JSON policy elements: Condition operators\""

// absent is the result for a key that the request does not carry.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
func (c *Condition) absent() Tri {
	op := c.Operator
	switch op.Set {
	case ForAllValues:
		// Of a negated operator, AWS's pages say both (bothPages).
		if op.Negated {
			return Unknown
		}
		return True
	case ForAnyValue:
		if op.IfExists || op.Negated {
			return Unknown
		}
	default:
		if op.IfExists || op.Negated {
			return True
		}
	}
	return False // whatever the type of the key, there is nothing to compare
}

// present is the result for a key that the request carries with a value that
// is not known.
func (c *Condition) present() Tri {
	if c.mistyped || c.listed && c.Operator.Set == NoSet {
		return Unknown
	}
	for i := range c.tests {
		if c.Operator.Family == StringFamily && c.tests[i].pattern.matchesAll() {
			return value.TriOf(!c.Operator.Negated)
		}
	}
	return Unknown
}

// known is the result for a key with known values.
func (c *Condition) known(v ContextValue, r *Request) Tri {
	list := c.listed || len(v.Values) > 1
	switch set := c.Operator.Set; {
	case c.mistyped || list && set == NoSet:
		return Unknown
	case set == ForAnyValue:
		any := False
		for _, text := range v.Values {
			any = any.Or(c.satisfied(text, r))
		}
		return any
	default:
		all := True
		for _, text := range v.Values {
			all = all.And(c.satisfied(text, r))
		}
		return all
	}
}

// MatchesDetail is Matches with the reason, in words that follow the name of
// the statement: "tests aws:MultiFactorAuthPresent with Bool, which does not
// match an absent key".
func (c *Condition) MatchesDetail(r *Request) (Tri, string) {
	t := c.Matches(r)
	op, key := c.Operator.Text, c.Key
	switch {
	case key == "":
		return t, "tests a condition key whose name is not known"
	case op == "":
		return t, "tests " + key + " with an operator that is not known"
	case c.Operator.Base == "":
		return t, "tests " + key + " with " + op + ", which is no operator"
	}
	return t, "tests " + key + " with " + op + ", which " + c.words(r.Lookup(key), t)
}

// words continue "with StringLike, which".
func (c *Condition) words(v ContextValue, t Tri) string {
	switch {
	case len(c.tests) == 0 && !c.ValuesOpen:
		return "is given no values"
	case t == Unknown && c.mistyped:
		return "does not belong to the type of that key"
	case t == Unknown && v.Presence == Absent && c.Operator.Set == ForAllValues && c.Operator.Negated:
		return bothPages
	case t == Unknown && v.Presence == Absent:
		return "AWS does not document for an absent key"
	case t == Unknown && v.Presence == Known && c.Operator.Set == NoSet && (c.listed || len(v.Values) > 1):
		return "needs ForAllValues or ForAnyValue for a key that carries a list"
	case t == Unknown && v.Presence == Known:
		return fmt.Sprintf("may or may not match '%s'", strings.Join(v.Values, "', '"))
	case t == Unknown:
		return "depends on the key's value"
	}
	verb := "matches "
	if t == False {
		verb = "does not match "
	}
	switch v.Presence {
	case Absent:
		return verb + "an absent key"
	case Known:
		return fmt.Sprintf("%s'%s'", verb, strings.Join(v.Values, "', '"))
	}
	return verb + "any value"
}
