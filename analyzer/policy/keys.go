package policy

import "strings"

// keyType is what AWS documents of a condition key's values.
type keyType struct {
	family Family
	multi  bool // a list: operators need ForAllValues or ForAnyValue
}

// keyTypes are the keys whose type bears on a decision, in lower case. Every
// other key is taken to hold one string.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
var keyTypes = map[string]keyType{
	"aws:assumedroot":                  {BoolFamily, false},
	"aws:issourcevpcconnection":        {BoolFamily, false},
	"aws:multifactorauthpresent":       {BoolFamily, false},
	"aws:principalisawsservice":        {BoolFamily, false},
	"aws:securetransport":              {BoolFamily, false},
	"aws:viaawsservice":                {BoolFamily, false},
	"aws:viaawsmcpservice":             {BoolFamily, false},
	"aws:multifactorauthage":           {NumericFamily, false},
	"sts:durationseconds":              {NumericFamily, false},
	"aws:currenttime":                  {DateFamily, false},
	"aws:epochtime":                    {DateFamily, false},
	"aws:tokenissuetime":               {DateFamily, false},
	"aws:sourceip":                     {IPFamily, false},
	"aws:vpcsourceip":                  {IPFamily, false},
	"aws:ec2instancesourceprivateipv4": {IPFamily, false},
	"aws:principalarn":                 {ARNFamily, false},
	"aws:sourcearn":                    {ARNFamily, false},
	"aws:sourcevpcarn":                 {ARNFamily, false},
	"aws:signinsessionarn":             {ARNFamily, false},
	"aws:calledvia":                    {StringFamily, true},
	"aws:principalorgpaths":            {StringFamily, true},
	"aws:principalservicenameslist":    {StringFamily, true},
	"aws:resourceorgpaths":             {StringFamily, true},
	"aws:sourceorgpaths":               {StringFamily, true},
	"aws:tagkeys":                      {StringFamily, true},
	"aws:vpceorgpaths":                 {StringFamily, true},
	"sts:transitivetagkeys":            {StringFamily, true},
	"sts:identitytokenaudience":        {StringFamily, true},
	"sts:requestcontextproviders":      {StringFamily, true},
}

// KeyFamily is the type of a condition key's values; NoFamily when AWS may
// type it in another way than as a string, or iamvet does not know.
func KeyFamily(key string) Family { return keyTypes[lowerText(key)].family }

// MultiValued says that a condition key is documented to carry a list.
func MultiValued(key string) bool { return keyTypes[lowerText(key)].multi }

// singleValued says that a condition key is documented to carry one value.
func singleValued(key string) bool {
	t, ok := keyTypes[lowerText(key)]
	return ok && !t.multi
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
