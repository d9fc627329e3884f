package terraform

import (
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// renderPolicyDocument is a placeholder until policydocument.go has the real
// one: delete this file then.
func renderPolicyDocument(block *value.Value, span source.Span) (json, minified *value.Value, gaps []Gap) {
	u := value.UnknownBecause("aws_iam_policy_document is not supported", span)
	return u, u, nil
}
