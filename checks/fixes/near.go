package fixes

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/edit"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Repairs are the fixes of a statement that nearly keeps root from acting
// without MFA. They make it deny more than it does; one that makes it deny
// something else is a draft.
func Repairs(near *proof.NearMiss) []*analyzer.Fix {
	c := near.Condition
	var edits []source.Edit
	var err error
	message, grade := "", analyzer.Narrowing
	switch near.Defect {
	case proof.DefectBool, proof.DefectForAny, proof.DefectAge:
		to := strings.TrimPrefix(c.Operator.Text, "ForAnyValue:") + "IfExists"
		message = fmt.Sprintf("use %s, which also matches where the key is absent", to)
		edits, err = renameOperator(near.Statement, c, to)
	case proof.DefectWildcard:
		message = "use StringLike, which reads * as a wildcard"
		edits, err = renameOperator(near.Statement, c, "StringLike")
	case proof.DefectPrincipalType:
		message = "write Account, which is what aws:PrincipalType is for root"
		if edits, err = replaceValue(c, "Account"); err != nil {
			edits, err = nameRoot(c)
		}
	case proof.DefectARN, proof.DefectPartition, proof.DefectAccount:
		message = "write the ARN of root in every partition and account"
		if edits, err = replaceValue(c, anyRoot); err != nil {
			edits, err = nameRoot(c)
		}
	case proof.DefectNullOnly:
		message = "use BoolIfExists with \"false\", which covers an absent key as well"
		edits, err = rewriteCondition(near.Statement, c, "BoolIfExists", "false")
	case proof.DefectTag, proof.DefectNarrowed:
		message = fmt.Sprintf("leave the condition on %s out", c.Key)
		edits, err = removeCondition(near.Statement, c)
	case proof.DefectKey:
		message, edits, err = realKey(near.Statement, c)
	case proof.DefectActions:
		message, edits, err = everyAction(near.Statement)
	case proof.DefectResource:
		message = "deny for every resource"
		edits, err = everyResource(near.Statement)
	case proof.DefectFullAccess:
		message, grade = "deny root instead; everybody else then has what FullAWSAccess allows", analyzer.Draft
		edits, err = denyInstead(near.Statement)
	case proof.DefectExempts:
		message = "exempt only what enrols an MFA device"
		edits, err = removeExemptions(near.Statement)
	case proof.DefectBothTests:
		message = "use BoolIfExists alone, which covers both"
		edits, err = oneTest(near.Statement, c)
	case proof.DefectStringOnBool:
		message = "use BoolIfExists"
		edits, err = renameOperator(near.Statement, c, "BoolIfExists")
	case proof.DefectPolarity:
		message, grade = "deny where MFA is not present; who acts with MFA is no longer denied by this", analyzer.Draft
		edits, err = rewriteCondition(near.Statement, c, strings.TrimSuffix(c.Operator.Text, "IfExists")+"IfExists", "false")
	case proof.DefectInverted:
		to := strings.Replace(c.Operator.Text, "Not", "", 1)
		message, grade = fmt.Sprintf("use %s, so that root is meant; all others are no longer denied by this", to), analyzer.Draft
		edits, err = renameOperator(near.Statement, c, to)
	case proof.DefectPrincipal:
		message = "deny root as well"
		edits, err = nameRoot(c)
	default:
		return nil
	}
	if err != nil || len(edits) == 0 {
		return nil
	}
	return []*analyzer.Fix{{Message: message, Grade: grade, Edits: edits}}
}

// anyRoot is the ARN of root, of every account in every partition.
const anyRoot = "arn:*:iam::*:root"

// nameRoot adds root to the principals that a condition names.
func nameRoot(c *policy.Condition) ([]source.Edit, error) {
	switch key := strings.ToLower(c.Key); {
	case c.Operator.Negated || c.Operator.Set != policy.NoSet:
		return nil, errors.New("the condition leaves principals out")
	case key == "aws:principalarn" && (c.Operator.Base == "StringLike" || c.Operator.Family == policy.ARNFamily):
		return edit.AppendElement(c.Value, edit.String(anyRoot))
	case key == "aws:principaltype":
		return edit.AppendElement(c.Value, edit.String("Account"))
	}
	return nil, errors.New("root has no such key")
}

// realKey mends a condition on a key that no request carries: a misspelt test of
// MFA tests it, any other goes.
func realKey(s *policy.Statement, c *policy.Condition) (message string, edits []source.Edit, err error) {
	if text, ok := c.Value.Text(); !strings.Contains(strings.ToLower(c.Key), "mfa") && !strings.Contains(strings.ToLower(c.Key), "multifactor") || ok && text != "false" {
		edits, err = removeCondition(s, c)
		return fmt.Sprintf("leave the condition on %s out, a key that no request carries", c.Key), edits, err
	}
	message = "test aws:MultiFactorAuthPresent with BoolIfExists"
	if edits, err = edit.ReplaceString(c.KeyValue, "aws:MultiFactorAuthPresent"); err != nil {
		return "", nil, err
	}
	more, err := rewriteCondition(s, c, "BoolIfExists")
	return message, append(edits, more...), err
}

// everyAction makes a statement deny every action but those that enrol a device,
// of which it keeps what it denies. Without them nobody could enrol the device that
// the statement asks for.
func everyAction(s *policy.Statement) (message string, edits []source.Edit, err error) {
	var left []string
	for _, action := range enrolment {
		if s.AdmitsAction(action) == value.No {
			left = append(left, action)
		}
	}
	if !slices.Contains(left, "iam:EnableMFADevice") || !testsMFA(s) {
		edits, err = replaceElement(s, "Action", "Action", "*")
		return "deny every action", edits, err
	}
	edits, err = replaceElement(s, "Action", "NotAction", left...)
	return "deny every action but what enrols an MFA device", edits, err
}

// BindRoot drafts a condition that leaves all but root out of a statement.
func BindRoot(s *policy.Statement) []*analyzer.Fix {
	return AlsoRequire(s, "ArnLike", "aws:PrincipalArn", anyRoot, "bind root alone; all others are no longer denied by this")
}

// AlsoRequire drafts one more condition of a Deny, which then denies less.
func AlsoRequire(s *policy.Statement, operator, key, operand, message string) []*analyzer.Fix {
	edits, err := edit.AddCondition(s.Value, operator, key, operand)
	if err != nil {
		return nil
	}
	return []*analyzer.Fix{{Message: message, Grade: analyzer.Draft, Edits: edits}}
}

// namesRoot says that a statement is about certain principals, of whom root is
// meant to be one.
func namesRoot(s *policy.Statement) bool {
	return slices.ContainsFunc(s.Conditions, func(c policy.Condition) bool {
		key := strings.ToLower(c.Key)
		return key == "aws:principalarn" || key == "aws:principaltype" || key == "aws:userid"
	})
}

// testsMFA says that a statement leaves those with MFA alone.
func testsMFA(s *policy.Statement) bool {
	return slices.ContainsFunc(s.Conditions, func(c policy.Condition) bool {
		return strings.HasPrefix(strings.ToLower(c.Key), "aws:multifactorauth")
	})
}

func everyResource(s *policy.Statement) ([]source.Edit, error) {
	old := "Resource"
	if s.NotResource {
		old = "NotResource"
	}
	return replaceElement(s, old, "Resource", "*")
}

// denyInstead makes a Deny of root of an Allow that leaves root out. It is sure of
// what is meant only where the principal is all that the Allow tests.
func denyInstead(s *policy.Statement) ([]source.Edit, error) {
	if len(s.Conditions) != 1 || s.NotAction || !s.Conditions[0].Operator.Negated {
		return nil, errors.New("what it means is not plain")
	}
	c := &s.Conditions[0]
	edits, err := renameOperator(s, c, strings.Replace(c.Operator.Text, "Not", "", 1))
	if err != nil {
		return nil, err
	}
	more, err := setEffect(s, "Deny")
	return append(edits, more...), err
}

func setEffect(s *policy.Statement, effect string) ([]source.Edit, error) {
	name := "Effect"
	if s.Value.Syntax == value.SyntaxBlock || s.Value.Syntax == value.SyntaxTFJSON {
		name = "effect"
	}
	return edit.SetMember(s.Value, name, edit.String(effect))
}

// Listed drafts one more element of a list of the organization's settings.
func Listed(o *identity.Organization, attribute, element, message string) []*analyzer.Fix {
	org := o.Resource
	list := org.Attr(attribute)
	var edits []source.Edit
	var err error
	switch {
	case list.Is(value.Absent):
		edits, err = edit.SetAttribute(org.Body, attribute, edit.Strings(element))
	case list.IsSequence() && list.Ref == nil:
		edits, err = edit.AppendElement(list, edit.String(element))
	default:
		return nil
	}
	if err != nil {
		return nil
	}
	return []*analyzer.Fix{{Message: message, Grade: analyzer.Draft, Edits: edits}}
}
