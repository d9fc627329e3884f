// Package policy is the IAM policy language: documents parsed with their spans,
// patterns with holes, the whole condition language, and decisions in
// three-valued logic.
//
// It knows no Terraform. What Terraform could not tell arrives as unknown
// values and holes, and leaves as Unknown: a Deny protects only where its match
// is True, and an Allow may be a hole as soon as its match is not False. Points
// on which AWS's documentation contradicts itself or is silent are Unknown too.
package policy

import "github.com/iamvet/iamvet/analyzer/value"

// Tri is a truth value; the zero Tri is Unknown.
type Tri = value.Tri

// The truth values.
const (
	Unknown = value.Maybe
	False   = value.No
	True    = value.Yes
)
