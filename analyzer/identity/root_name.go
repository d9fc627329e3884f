package identity

import (
	"regexp"
	"strings"

	"github.com/iamvet/iamvet/analyzer/value"
)

// rootUser is what iamvet takes for the root user: IAM compares names without
// regard to case, and the credential report calls it <root_account>.
var rootUser = regexp.MustCompile(`(?i)^(root|<root_account>|arn:aws[a-z-]*:iam::(\d{12}|\*)?:root)$`)

var rootSamples = []string{
	"root", "<root_account>", "arn:aws:iam::123456789012:root", "arn:aws-us-gov:iam::123456789012:root",
	"arn:aws-cn:iam::123456789012:root", "arn:aws:iam:::root",
}

// NamesRoot says whether a user name resolves to the root user.
func NamesRoot(name *value.Value) value.Tri {
	if name.Is(value.Unknown) && DerivedFrom(name, "random_") {
		return value.No
	}
	if name.Is(value.Unknown) && len(name.Candidates) > 0 {
		all, none := value.Yes, value.Yes
		for _, c := range name.Candidates {
			is := NamesRoot(c)
			all, none = all.And(is), none.And(is.Not())
		}
		if all == value.Yes || none == value.Yes {
			return all
		}
		return value.Maybe
	}
	if parts, ok := name.AsParts(); ok && len(parts) > 1 && rootARNShape(parts) {
		return value.Yes
	}
	return MayNameRoot(name, rootSamples...)
}

// rootARNShape says that the literal pieces spell a root ARN whatever account
// or partition stands in the holes.
func rootARNShape(parts []value.Part) bool {
	text := ""
	for _, p := range parts {
		if p.Hole != nil {
			text += "\x00"
		} else {
			text += p.Text.String
		}
	}
	return regexp.MustCompile("^arn:(aws[a-z-]*|\x00):iam::(\\d{12}|\x00):root$").MatchString(text)
}

// IsRootName says that a name is one of the root user.
func IsRootName(name string) bool { return rootUser.MatchString(name) }

// MayNameRoot says whether a text is a name of the root user: Maybe where only some
// value of its unknown parts makes it one of the samples.
func MayNameRoot(v *value.Value, samples ...string) value.Tri {
	return matchesParts(v, rootUser, samples...)
}

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

// DerivedFrom says that a value that is not known, or a part of it, is read
// from a resource of one of these types.
func DerivedFrom(v *value.Value, prefixes ...string) bool {
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
