package value_test

import (
	"fmt"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Text is of strings alone: a bool and a number have none, and what is not known has
// none either. Set and Missing are both false of what is not known.
func ExampleValue_Text() {
	for _, v := range []*value.Value{
		value.Str("true"), value.BoolOf(true), value.Int(90), value.NullOf(value.Type{}), {Kind: value.Absent},
		value.UnknownBecause("var.name has no value", source.Span{}), nil,
	} {
		kind := value.Unknown
		if v != nil {
			kind = v.Kind
		}
		text, known := v.Text()
		fmt.Printf("%s: text %q, %t; set %t, missing %t\n", kind, text, known, v.Set(), v.Missing())
	}
	// Output:
	// string: text "true", true; set true, missing false
	// bool: text "", false; set true, missing false
	// number: text "", false; set true, missing false
	// null: text "", false; set false, missing true
	// absent: text "", false; set false, missing true
	// unknown: text "", false; set false, missing false
	// unknown: text "", false; set false, missing false
}

// A member that is not listed is absent only where all members are listed.
func ExampleValue_Get() {
	tags := value.ObjectOf(map[string]*value.Value{"team": value.Str("payments")})
	fmt.Println(tags.Get("owner").Kind)
	tags.Open = true
	fmt.Println(tags.Get("owner").Kind)
	// Output:
	// absent
	// unknown
}
