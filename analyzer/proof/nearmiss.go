package proof

import (
	"fmt"
	"strings"

	"github.com/iamvet/iamvet/analyzer/aws"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/value"
)

// The defects of statements that are meant to stop root without MFA: stable
// words, for fingerprints and for whoever writes the fix.
const (
	// DefectBool: Bool where BoolIfExists is needed: an absent key passes.
	DefectBool = "bool-without-if-exists"
	// DefectForAny: ForAnyValue:Bool does not match an absent key.
	DefectForAny = "for-any-value"
	// DefectPolarity: the test is for "true" where "false" is meant.
	DefectPolarity = "polarity"
	// DefectNullOnly: Null alone stops access keys and not console sessions.
	DefectNullOnly = "null-only"
	// DefectBothTests: Bool and Null in one statement exclude each other.
	DefectBothTests = "both-tests"
	// DefectAge: MultiFactorAuthAge without IfExists.
	DefectAge = "age-without-if-exists"
	// DefectStringOnBool: a string operator on a key that holds a boolean.
	DefectStringOnBool = "string-operator-on-bool"
	// DefectKey: a condition key that no request carries.
	DefectKey = "never-present-key"
	// DefectPrincipalType: aws:PrincipalType is never "Root".
	DefectPrincipalType = "principal-type-root"
	// DefectWildcard: an operator that takes * literally.
	DefectWildcard = "string-equals-wildcard"
	// DefectARN: an ARN operator with a value that is no ARN.
	DefectARN = "not-an-arn"
	// DefectPartition: the ARN is of another partition.
	DefectPartition = "partition"
	// DefectAccount: the ARN is of another account.
	DefectAccount = "pinned-account"
	// DefectInverted: root is exempt where it is meant.
	DefectInverted = "inverted-principal"
	// DefectPrincipal: the principal test does not match root.
	DefectPrincipal = "principal"
	// DefectTag: root has no tags.
	DefectTag = "principal-tag"
	// DefectActions: the list of actions is not everything.
	DefectActions = "actions"
	// DefectExempts: NotAction leaves out more than enrolling a device needs.
	DefectExempts = "exempts"
	// DefectResource: only some resources are covered.
	DefectResource = "resource"
	// DefectNarrowed: a further condition confines the statement.
	DefectNarrowed = "narrowed"
	// DefectFullAccess: an Allow confines nothing beside FullAWSAccess.
	DefectFullAccess = "allow-beside-full-access"
	// DefectMalformed: AWS refuses the document.
	DefectMalformed = "malformed"
)

// aboutRoot says that a statement tests MFA, or singles out root.
func aboutRoot(s *policy.Statement) bool {
	for i := range s.Conditions {
		if c := &s.Conditions[i]; testsMFA(c) || testsRoot(c) && !c.Operator.Negated {
			return true
		}
	}
	return false
}

func testsMFA(c *policy.Condition) bool {
	key := strings.ToLower(c.Key)
	return strings.Contains(key, "multifactor") || strings.HasPrefix(key, "aws:mfa")
}

func testsRoot(c *policy.Condition) bool {
	switch strings.ToLower(c.Key) {
	case "aws:principalarn":
		for _, p := range c.Values {
			if strings.HasSuffix(p.String(), "root") {
				return true
			}
		}
	case "aws:principaltype":
		for _, p := range c.Values {
			if t := p.String(); strings.EqualFold(t, "root") || strings.EqualFold(t, "account") {
				return true
			}
		}
	case "aws:userid":
		return true
	}
	return false
}

// nearMiss is the statement that comes nearest to stopping a request of root.
func nearMiss(f *formula, docs []*policy.Document, r *policy.Request) *NearMiss {
	var best *NearMiss
	bestFaults := 0
	for _, s := range f.denies {
		if s.Effect != policy.Deny || !aboutRoot(s) {
			continue
		}
		near, faults := diagnose(s, r)
		if near == nil {
			continue
		}
		// One that confines root to networks, say, may have fewer faults.
		meant := near.MeantForMFA()
		if best == nil || meant && !best.MeantForMFA() || meant == best.MeantForMFA() && faults < bestFaults {
			best, bestFaults = near, faults
		}
	}
	if best != nil {
		return best
	}
	return allowNear(f, docs)
}

// allowNear is an Allow that leaves root out, or asks for MFA, and is without
// effect because everything is allowed beside it.
func allowNear(f *formula, docs []*policy.Document) *NearMiss {
	for _, d := range docs {
		for _, s := range d.Statements {
			if s.Effect != policy.Allow {
				continue
			}
			for i := range s.Conditions {
				if c := &s.Conditions[i]; testsMFA(c) || testsRoot(c) {
					return &NearMiss{s, nil, DefectFullAccess, StatementName(s) + " allows all but root, beside FullAWSAccess, which allows root"}
				}
			}
		}
	}
	return nil
}

// diagnose says why a statement does not match a request, and how many of its
// parts fail. It is nil for one that cannot be told.
func diagnose(s *policy.Statement, r *policy.Request) (*NearMiss, int) {
	faults := 0
	var near *NearMiss
	fault := func(c *policy.Condition, defect, words string) {
		if faults++; near == nil {
			near = &NearMiss{s, c, defect, StatementName(s) + " " + words}
		}
	}
	if both := bothTests(s); both != nil {
		fault(both, DefectBothTests, "tests that "+both.Key+" is false and that it is absent: never both")
		return near, 1
	}
	for i := range s.Conditions {
		c := &s.Conditions[i]
		if t, words := c.MatchesDetail(r); t == value.No || t == value.Maybe && !hasOpenKey(c, r) {
			fault(c, conditionDefect(c, r), plain(words, c))
		}
	}
	if s.AdmitsAction(r.Action) == value.No {
		if s.NotAction {
			fault(nil, DefectExempts, "exempts "+r.Action)
		} else {
			fault(nil, DefectActions, "does not cover "+actionWords(r.Action))
		}
	}
	if s.HasResource && s.AdmitsResource(r.Resource, r) == value.No {
		fault(nil, DefectResource, "does not cover "+r.Resource)
	}
	return near, faults
}

func hasOpenKey(c *policy.Condition, r *policy.Request) bool {
	return condition{c, keysIn(c)}.open(r) != ""
}

func plain(words string, c *policy.Condition) string {
	if words == "" {
		return fmt.Sprintf("does not match: it tests %s with %s", c.Key, c.Operator)
	}
	return words
}

// bothTests is the Bool test of a statement that also requires the same key to
// be absent.
func bothTests(s *policy.Statement) *policy.Condition {
	for i := range s.Conditions {
		c := &s.Conditions[i]
		if !testsMFA(c) || c.Operator.Family == policy.NullFamily || c.Operator.IfExists {
			continue
		}
		for j := range s.Conditions {
			o := &s.Conditions[j]
			if o.Operator.Family == policy.NullFamily && strings.EqualFold(o.Key, c.Key) && len(o.Values) == 1 && strings.EqualFold(o.Values[0].String(), "true") {
				return c
			}
		}
	}
	return nil
}

func conditionDefect(c *policy.Condition, r *policy.Request) string {
	key := strings.ToLower(c.Key)
	switch {
	case keyOf(key).There == aws.Never && !strings.HasPrefix(key, "aws:principaltag/"):
		return DefectKey
	case key == "aws:multifactorauthpresent":
		return mfaDefect(c, r)
	case key == "aws:multifactorauthage":
		return DefectAge
	case key == "aws:principaltype" && testsRoot(c):
		return DefectPrincipalType
	case key == "aws:principalarn":
		return arnDefect(c, r)
	case strings.HasPrefix(key, "aws:principaltag/"):
		return DefectTag
	case key == "aws:userid" || key == "aws:username" || key == "aws:principalaccount":
		return DefectPrincipal
	}
	return DefectNarrowed
}

func mfaDefect(c *policy.Condition, r *policy.Request) string {
	absent := r.Lookup(c.Key).Presence == policy.Absent
	switch {
	case c.Operator.Family == policy.NullFamily:
		return DefectNullOnly
	case c.Operator.Family != policy.BoolFamily:
		return DefectStringOnBool
	case absent && c.Operator.Set == policy.ForAnyValue:
		return DefectForAny
	case absent:
		return DefectBool
	}
	return DefectPolarity
}

func arnDefect(c *policy.Condition, r *policy.Request) string {
	if c.Operator.Negated {
		return DefectInverted
	}
	defect := DefectPrincipal
	for _, p := range c.Values {
		text := p.String()
		switch {
		case c.Operator.Base != "StringLike" && c.Operator.Family == policy.StringFamily && strings.ContainsAny(text, "*?"):
			return DefectWildcard
		case c.Operator.Family == policy.ARNFamily && strings.Count(text, ":") < 5:
			return DefectARN
		case !strings.HasSuffix(text, "root"):
		case partitionIn(text) != "" && partitionIn(text) != partitionIn(r.Caller.ARN()):
			return DefectPartition
		default:
			defect = DefectAccount
		}
	}
	return defect
}

func partitionIn(arn string) string {
	parts := strings.SplitN(arn, ":", 3)
	if len(parts) < 3 || strings.ContainsAny(parts[1], "*?") {
		return ""
	}
	return parts[1]
}

// brokenNear is the document that AWS refuses though it is about root.
func brokenNear(docs []*policy.Document) *NearMiss {
	for _, d := range docs {
		for _, s := range d.Statements {
			if aboutRoot(s) {
				return refusal(d, s)
			}
		}
	}
	return nil
}

func refusal(d *policy.Document, s *policy.Statement) *NearMiss {
	p := refused(d, policy.SCP)
	if p.Statement != nil {
		s = p.Statement
	}
	near := &NearMiss{s, nil, DefectMalformed, StatementName(s) + " is refused by AWS: " + p.Text}
	for i := range s.Conditions {
		if span := s.Conditions[i].Span(); !p.Span.IsZero() && span.Contains(p.Span) {
			near.Condition = &s.Conditions[i]
		}
	}
	return near
}
