package policy

import "strings"

// Family is the type of values that an operator compares.
type Family int8

// The families. The zero Family is of an operator that is not known.
const (
	NoFamily Family = iota
	StringFamily
	NumericFamily
	DateFamily
	BoolFamily
	BinaryFamily
	IPFamily
	ARNFamily
	NullFamily
)

// SetPrefix is ForAllValues or ForAnyValue.
type SetPrefix int8

// The prefixes.
const (
	NoSet SetPrefix = iota
	ForAllValues
	ForAnyValue
)

// Operator is a condition operator, taken apart.
type Operator struct {
	Text     string // as written; "" when it is not known
	Set      SetPrefix
	Base     string // the positive operator: "StringLike" of StringNotLike; "" when it is not known or does not exist
	Family   Family
	Negated  bool
	IfExists bool
	// Canonical is the spelling that AWS documents; "" when Base is.
	Canonical string
}

// operators are the operators by lower-case name: the positive one that each
// tests, and whether it negates it.
var operators = map[string]struct {
	name, base string
	family     Family
	negated    bool
}{
	"stringequals":              {"StringEquals", "StringEquals", StringFamily, false},
	"stringnotequals":           {"StringNotEquals", "StringEquals", StringFamily, true},
	"stringequalsignorecase":    {"StringEqualsIgnoreCase", "StringEqualsIgnoreCase", StringFamily, false},
	"stringnotequalsignorecase": {"StringNotEqualsIgnoreCase", "StringEqualsIgnoreCase", StringFamily, true},
	"stringlike":                {"StringLike", "StringLike", StringFamily, false},
	"stringnotlike":             {"StringNotLike", "StringLike", StringFamily, true},
	"numericequals":             {"NumericEquals", "NumericEquals", NumericFamily, false},
	"numericnotequals":          {"NumericNotEquals", "NumericEquals", NumericFamily, true},
	"numericlessthan":           {"NumericLessThan", "NumericLessThan", NumericFamily, false},
	"numericlessthanequals":     {"NumericLessThanEquals", "NumericLessThanEquals", NumericFamily, false},
	"numericgreaterthan":        {"NumericGreaterThan", "NumericGreaterThan", NumericFamily, false},
	"numericgreaterthanequals":  {"NumericGreaterThanEquals", "NumericGreaterThanEquals", NumericFamily, false},
	"dateequals":                {"DateEquals", "DateEquals", DateFamily, false},
	"datenotequals":             {"DateNotEquals", "DateEquals", DateFamily, true},
	"datelessthan":              {"DateLessThan", "DateLessThan", DateFamily, false},
	"datelessthanequals":        {"DateLessThanEquals", "DateLessThanEquals", DateFamily, false},
	"dategreaterthan":           {"DateGreaterThan", "DateGreaterThan", DateFamily, false},
	"dategreaterthanequals":     {"DateGreaterThanEquals", "DateGreaterThanEquals", DateFamily, false},
	"bool":                      {"Bool", "Bool", BoolFamily, false},
	"binaryequals":              {"BinaryEquals", "BinaryEquals", BinaryFamily, false},
	"ipaddress":                 {"IpAddress", "IpAddress", IPFamily, false},
	"notipaddress":              {"NotIpAddress", "IpAddress", IPFamily, true},
	"arnequals":                 {"ArnEquals", "ArnLike", ARNFamily, false},
	"arnnotequals":              {"ArnNotEquals", "ArnLike", ARNFamily, true},
	"arnlike":                   {"ArnLike", "ArnLike", ARNFamily, false},
	"arnnotlike":                {"ArnNotLike", "ArnLike", ARNFamily, true},
	"null":                      {"Null", "Null", NullFamily, false},
}

// ParseOperator takes an operator's name apart. Names are read without regard
// to case. ok is false for one that does not exist.
func ParseOperator(text string) (op Operator, ok bool) {
	op.Text = text
	name, canonical := strings.ToLower(text), ""
	switch {
	case strings.HasPrefix(name, "forallvalues:"):
		op.Set, canonical, name = ForAllValues, "ForAllValues:", name[len("forallvalues:"):]
	case strings.HasPrefix(name, "foranyvalue:"):
		op.Set, canonical, name = ForAnyValue, "ForAnyValue:", name[len("foranyvalue:"):]
	}
	bare, ifExists := strings.CutSuffix(name, "ifexists")
	o, ok := operators[bare]
	if !ok || ifExists && o.family == NullFamily {
		return Operator{Text: text}, false
	}
	op.IfExists, op.Base, op.Family, op.Negated = ifExists, o.base, o.family, o.negated
	op.Canonical = canonical + o.name
	if ifExists {
		op.Canonical += "IfExists"
	}
	return op, true
}

func (o Operator) String() string { return o.Text }
