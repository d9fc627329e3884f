package proof

import (
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/value"
)

// PlainlyNarrower says that a changed document allows no more than before by its
// form alone: its statements are those that were there, Allows with further
// conditions and Denies with fewer, and further Denies. Where it says no, Wider
// may still find nothing.
func PlainlyNarrower(before, after *policy.Document) bool {
	if before.Open || after.Open || len(after.Statements) < len(before.Statements) || before.Version != after.Version {
		return false
	}
	for i, now := range after.Statements {
		if i >= len(before.Statements) {
			if now.Effect != policy.Deny {
				return false
			}
			continue
		}
		if !plainlyNarrower(before.Statements[i], now) {
			return false
		}
	}
	return true
}

func plainlyNarrower(was, now *policy.Statement) bool {
	if was.Effect != now.Effect || was.Effect == policy.EffectUnknown {
		return false
	}
	for _, element := range []string{"Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource"} {
		if value.Key(was.Element(element)) != value.Key(now.Element(element)) {
			return false
		}
	}
	fewer, more := was, now
	if was.Effect == policy.Deny {
		fewer, more = now, was
	}
	tests := conditionTexts(more)
	return !slices.ContainsFunc(conditionTexts(fewer), func(c string) bool { return !slices.Contains(tests, c) })
}

func conditionTexts(s *policy.Statement) []string {
	var out []string
	for _, c := range s.Conditions {
		out = append(out, strings.ToLower(c.Operator.Text)+" "+strings.ToLower(c.Key)+" "+value.Key(c.Value))
	}
	return out
}
