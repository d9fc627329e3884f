package policy

import (
	"strings"

	"github.com/iamvet/iamvet/analyzer/aws"
)

// families are the types of AWS's keys as operators know them.
var families = map[aws.Type]Family{
	aws.String: StringFamily, aws.Bool: BoolFamily, aws.Numeric: NumericFamily, aws.Date: DateFamily,
	aws.IPAddress: IPFamily, aws.ARN: ARNFamily, aws.ArrayOfString: StringFamily,
}

// KeyFamily is the type of a condition key's values; NoFamily when iamvet does
// not know the key.
func KeyFamily(key string) Family {
	k, ok := aws.KeyNamed(key)
	if !ok {
		return NoFamily
	}
	return families[k.Type]
}

// MultiValued says that a condition key is documented to carry a list.
func MultiValued(key string) bool {
	k, ok := aws.KeyNamed(key)
	return ok && k.Type == aws.ArrayOfString
}

// singleValued says that a condition key is documented to carry one value.
func singleValued(key string) bool {
	k, ok := aws.KeyNamed(key)
	return ok && k.Type != aws.ArrayOfString
}

// mistyped says that the operator does not belong to the type of the key: AWS
// documents nothing about how the two are compared.
func mistyped(op Operator, key string) bool {
	switch t := KeyFamily(key); t {
	case BoolFamily, NumericFamily, IPFamily:
		return op.Family != t && op.Family != NullFamily
	case DateFamily:
		numeric := op.Family == NumericFamily && strings.EqualFold(key, "aws:EpochTime")
		return op.Family != t && op.Family != NullFamily && !numeric
	}
	return false
}
