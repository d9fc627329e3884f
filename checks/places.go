package checks

import (
	"regexp"
	"strings"

	"github.com/iamvet/iamvet/analyzer/value"
)

// matchesParts says whether a string made of parts matches the expression,
// which is written for whole strings: Maybe when only some value of a hole
// makes it match.
func matchesParts(v *value.Value, whole *regexp.Regexp, samples ...string) value.Tri {
	if text, ok := v.Text(); ok {
		return value.TriOf(whole.MatchString(strings.TrimSpace(text)))
	}
	parts, ok := v.AsParts()
	if !ok {
		return value.No
	}
	// A literal part that is in none of the samples rules the match out.
	var re strings.Builder
	re.WriteString(`(?is)^\s*`)
	for _, p := range parts {
		if p.Hole != nil {
			re.WriteString(shapeOf(p.Hole))
		} else {
			re.WriteString(regexp.QuoteMeta(p.Text.String))
		}
	}
	re.WriteString(`\s*$`)
	shape := regexp.MustCompile(re.String())
	for _, s := range samples {
		if shape.MatchString(s) {
			return value.Maybe
		}
	}
	return value.No
}

// shapeOf is a pattern of what AWS gives a resource as such an attribute: of
// anything else, any text.
func shapeOf(v *value.Value) string {
	if v == nil || v.Ref == nil || !strings.HasPrefix(v.Ref.Type, "aws_") {
		return `.*`
	}
	attr := v.Ref.Attr[strings.LastIndexByte(v.Ref.Attr, '.')+1:]
	switch {
	case v.Ref.Type == "aws_organizations_account" && attr == "id", v.Ref.Type == "aws_caller_identity" && attr == "id",
		strings.HasPrefix(v.Ref.Type, "aws_organizations_organization") && strings.Contains(v.Ref.Attr, "accounts[") && attr == "id",
		strings.HasSuffix(attr, "account_id"):
		return `[0-9]{12}`
	case attr == "arn":
		return `arn:.*`
	case attr == "unique_id":
		return `A[A-Z0-9]+`
	}
	return `.*`
}

// derivedFrom says that a value that is not known, or a part of it, is read
// from a resource of one of these types.
func derivedFrom(v *value.Value, prefixes ...string) bool {
	found := false
	v.Walk(func(w *value.Value) bool {
		if w.Ref != nil {
			for _, p := range prefixes {
				found = found || strings.HasPrefix(w.Ref.Type, p)
			}
		}
		return !found
	})
	return found
}
