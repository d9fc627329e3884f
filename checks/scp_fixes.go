package checks

import (
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

// remedies say in words what mends a near miss, to end a message.
var remedies = map[string]string{
	proof.DefectBool:          "use BoolIfExists",
	proof.DefectForAny:        "use BoolIfExists",
	proof.DefectPolarity:      "test for \"false\", with BoolIfExists",
	proof.DefectNullOnly:      "use BoolIfExists with \"false\", which covers an absent key as well",
	proof.DefectBothTests:     "keep BoolIfExists alone, which covers both",
	proof.DefectAge:           "use NumericGreaterThanIfExists",
	proof.DefectStringOnBool:  "use BoolIfExists",
	proof.DefectKey:           "test aws:MultiFactorAuthPresent with BoolIfExists",
	proof.DefectPrincipalType: "write \"Account\", which is what aws:PrincipalType is for root, or test aws:PrincipalArn",
	proof.DefectWildcard:      "use StringLike or ArnLike",
	proof.DefectARN:           "write arn:*:iam::*:root",
	proof.DefectPartition:     "write arn:*:iam::*:root, which matches in every partition",
	proof.DefectAccount:       "write arn:*:iam::*:root, which matches in every account",
	proof.DefectInverted:      "use the operator without Not",
	proof.DefectPrincipal:     "test aws:PrincipalArn for arn:*:iam::*:root",
	proof.DefectTag:           "leave the tag out: root carries none",
	proof.DefectActions:       "deny \"*\", or use NotAction with what enrols an MFA device",
	proof.DefectExempts:       "exempt only what enrols an MFA device",
	proof.DefectResource:      "write \"*\"",
	proof.DefectNarrowed:      "leave the further condition out",
	proof.DefectFullAccess:    "write a Deny: FullAWSAccess allows everything beside it",
	proof.DefectMalformed:     "mend it: AWS refuses the policy as it is",
}

// addressRemedies are the same for what is meant to confine root to networks.
var addressRemedies = map[string]string{
	proof.DefectBlocklist:      "it stops the listed networks and lets all others pass: use NotIpAddressIfExists with the networks you know",
	proof.DefectVia:            "test for \"false\": services call with that key \"true\", people do not",
	proof.DefectNullVPC:        "anybody's VPC endpoint passes: name your own VPC, with StringNotEqualsIfExists on aws:SourceVpc",
	proof.DefectOpenList:       "list your own networks",
	proof.DefectOtherPrincipal: "root is not among those whom it confines: leave that condition out, or have it match arn:*:iam::*:root",
	proof.DefectPrincipalType:  "write \"Account\", which is what aws:PrincipalType is for root",
	proof.DefectWildcard:       "use StringLike or ArnLike",
	proof.DefectTag:            "leave the tag out: root carries none",
	proof.DefectActions:        "deny \"*\"",
	proof.DefectExempts:        "deny \"*\", without exceptions",
	proof.DefectResource:       "write \"*\"",
	proof.DefectNarrowed:       "leave the further condition out",
	proof.DefectFullAccess:     "write a Deny: FullAWSAccess allows everything beside it",
	proof.DefectMalformed:      "mend it: AWS refuses the policy as it is",
}

// repairs are the fixes of a statement that nearly keeps root from acting
// without MFA. They make it deny more than it does; one that makes it deny
// something else is a draft.
func repairs(near *proof.NearMiss) []*analyzer.Fix {
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
		edits, err = replaceValue(c, "Account")
	case proof.DefectARN, proof.DefectPartition, proof.DefectAccount:
		message = "write the ARN of root in every partition and account"
		edits, err = replaceValue(c, "arn:*:iam::*:root")
	case proof.DefectNullOnly:
		message = "use BoolIfExists with \"false\", which covers an absent key as well"
		if edits, err = renameOperator(near.Statement, c, "BoolIfExists"); err == nil {
			var more []source.Edit
			more, err = replaceValue(c, "false")
			edits = append(edits, more...)
		}
	case proof.DefectTag, proof.DefectNarrowed:
		message = fmt.Sprintf("leave the condition on %s out", c.Key)
		edits, err = removeCondition(near.Statement, c)
	case proof.DefectActions:
		message = "deny every action"
		edits, err = replaceElement(near.Statement, "Action", "actions", "*")
	case proof.DefectResource:
		message = "deny for every resource"
		edits, err = replaceElement(near.Statement, "Resource", "resources", "*")
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
		if edits, err = replaceValue(c, "false"); err == nil && !c.Operator.IfExists {
			var more []source.Edit
			more, err = renameOperator(near.Statement, c, c.Operator.Text+"IfExists")
			edits = append(edits, more...)
		}
	case proof.DefectInverted:
		to := strings.Replace(c.Operator.Text, "Not", "", 1)
		message, grade = fmt.Sprintf("use %s, so that root is meant; all others are no longer denied by this", to), analyzer.Draft
		edits, err = renameOperator(near.Statement, c, to)
	case proof.DefectPrincipal:
		message, grade = "write the ARN of root; whom it denies now is no longer denied by this", analyzer.Draft
		if strings.EqualFold(c.Key, "aws:PrincipalArn") {
			edits, err = replaceValue(c, "arn:*:iam::*:root")
		}
	default:
		return nil
	}
	if err != nil || len(edits) == 0 {
		return nil
	}
	return []*analyzer.Fix{{Message: message, Grade: grade, Edits: edits}}
}

// oneTest makes two tests of one key that exclude each other the one that covers
// both: the test for absence goes.
func oneTest(s *policy.Statement, c *policy.Condition) ([]source.Edit, error) {
	if s.Value.Syntax != value.SyntaxBlock && s.Value.Syntax != value.SyntaxTFJSON {
		return conditionAnew(s, c)
	}
	edits, err := renameOperator(s, c, "BoolIfExists")
	if err != nil {
		return nil, err
	}
	for i := range s.Conditions {
		if o := &s.Conditions[i]; o.Operator.Family == policy.NullFamily && strings.EqualFold(o.Key, c.Key) {
			more, err := removeCondition(s, o)
			if err != nil {
				return nil, err
			}
			edits = append(edits, more...)
		}
	}
	return edits, nil
}

// renameOperator replaces the operator of one condition. Where it stands over
// several keys they would all change: then there is no edit.
func renameOperator(s *policy.Statement, c *policy.Condition, to string) ([]source.Edit, error) {
	for i := range s.Conditions {
		if o := &s.Conditions[i]; o != c && o.OperatorValue == c.OperatorValue && o.Key != c.Key {
			return nil, fmt.Errorf("%s stands over several keys", c.Operator.Text)
		}
	}
	return edit.ReplaceString(c.OperatorValue, to)
}

// replaceValue replaces the only value of a condition.
func replaceValue(c *policy.Condition, to string) ([]source.Edit, error) {
	v := c.Value
	if v.IsSequence() {
		if len(v.Elems) != 1 || v.Open {
			return nil, fmt.Errorf("the condition has several values")
		}
		v = v.Elems[0]
	}
	if v.Is(value.Bool) {
		return edit.Replace(v.Span, fmt.Sprintf("%q", to))
	}
	return edit.ReplaceString(v, to)
}

// removeCondition takes one key out of a statement's conditions.
func removeCondition(s *policy.Statement, c *policy.Condition) ([]source.Edit, error) {
	if block := conditionBlock(s, c); !block.IsZero() {
		return edit.RemoveBlock(block)
	}
	conditions := s.Element("Condition")
	operator := conditions.Get(c.Operator.Text)
	if len(operator.Attrs) == 1 {
		return edit.RemoveMember(conditions, c.Operator.Text)
	}
	return edit.RemoveMember(operator, c.Key)
}

// conditionBlock is the condition block of a policy document data source that
// a condition was written as; nowhere for policies that are JSON.
func conditionBlock(s *policy.Statement, c *policy.Condition) source.Span {
	if s.Value == nil || s.Value.Syntax != value.SyntaxBlock || c.KeyValue == nil {
		return source.Span{}
	}
	return edit.EnclosingBlock(c.KeyValue.Span, "condition")
}

// replaceElement writes an element anew: in a statement block under the
// block's name for it.
func replaceElement(s *policy.Statement, element, attribute, to string) ([]source.Edit, error) {
	if s.Value.Syntax == value.SyntaxBlock || s.Value.Syntax == value.SyntaxTFJSON {
		return edit.SetAttribute(s.Value.Span, attribute, edit.Strings(to))
	}
	return edit.SetMember(s.Value, element, edit.String(to))
}

// removeExemptions writes NotAction anew with what root may keep.
func removeExemptions(s *policy.Statement) ([]source.Edit, error) {
	list := s.Element("NotAction")
	var indexes []int
	for i, e := range list.Elems {
		if text, ok := e.Text(); !ok || !proof.Exemptable(text) {
			indexes = append(indexes, i)
		}
	}
	if list.IsSequence() && len(indexes) < len(list.Elems) {
		return edit.RemoveElement(list, indexes...)
	}
	var left []string
	for _, action := range enrolment {
		if s.AdmitsAction(action) == value.No {
			left = append(left, action)
		}
	}
	if len(left) == 0 {
		return nil, fmt.Errorf("nothing of NotAction may stay")
	}
	if s.Value.Syntax == value.SyntaxBlock || s.Value.Syntax == value.SyntaxTFJSON {
		return edit.SetMember(s.Value, "not_actions", edit.Strings(left...))
	}
	return edit.SetMember(s.Value, "NotAction", edit.Strings(left...))
}

// conditionAnew writes the conditions of a statement anew, with one test of a key
// in place of all those on it.
func conditionAnew(s *policy.Statement, one *policy.Condition) ([]source.Edit, error) {
	var members []edit.Member
	for i := range s.Conditions {
		c := &s.Conditions[i]
		operator := c.Operator.Text
		if strings.EqualFold(c.Key, one.Key) {
			if c != one {
				continue
			}
			operator = "BoolIfExists"
		}
		var values []string
		for _, p := range c.Values {
			text, ok := p.Text()
			if !ok || c.ValuesOpen {
				return nil, fmt.Errorf("the condition on %s is not known", c.Key)
			}
			values = append(values, text)
		}
		v := edit.Strings(values...)
		if len(values) == 1 {
			v = edit.String(values[0])
		}
		members = append(members, edit.Member{Name: operator, Value: edit.Object(edit.Member{Name: c.Key, Value: v})})
	}
	for i, m := range members {
		if slices.ContainsFunc(members[:i], func(o edit.Member) bool { return o.Name == m.Name }) {
			return nil, fmt.Errorf("%s stands over several keys", m.Name)
		}
	}
	return edit.SetMember(s.Value, "Condition", edit.Object(members...))
}

// attachToRoot drafts the attachment of a policy to the root of the
// organization. It is a draft: who else it binds is for people to decide.
func attachToRoot(o *identity.Organization, p *identity.OrganizationPolicy) []*analyzer.Fix {
	body := p.Resource.Body
	if o.Resource == nil || body.IsZero() || p.Resource.Key != "" || p.Resource.Module != o.Resource.Module || p.Resource.Root != o.Resource.Root || p.Resource.Type != "aws_organizations_policy" || full(o.Root) {
		return nil
	}
	text := fmt.Sprintf(`resource "aws_organizations_policy_attachment" %q {
  policy_id = aws_organizations_policy.%s.id
  target_id = aws_organizations_organization.%s.roots[0].id
}`, p.Resource.Name+"_root", p.Resource.Name, o.Resource.Name)
	edits, err := edit.InsertAfterBlock(body, text)
	if err != nil {
		return nil
	}
	return []*analyzer.Fix{{Message: "attach the policy to the root of the organization, after testing it on one unit", Grade: analyzer.Draft, Edits: edits}}
}

// andAttach drafts a repair together with the attachment without which it would
// have no effect.
func andAttach(o *identity.Organization, p *identity.OrganizationPolicy, repair []*analyzer.Fix) []*analyzer.Fix {
	attach := attachToRoot(o, p)
	if len(repair) != 1 || len(attach) != 1 {
		return nil
	}
	return []*analyzer.Fix{{
		Message: repair[0].Message + ", and " + attach[0].Message, Grade: analyzer.Draft,
		Edits: append(repair[0].Edits[:len(repair[0].Edits):len(repair[0].Edits)], attach[0].Edits...),
	}}
}

// enrolment are the actions that root needs to enrol an MFA device: AWS's
// DenyAllExceptListedIfNoMFA.
var enrolment = []string{
	"iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "iam:GetUser", "iam:ListMFADevices",
	"iam:ListVirtualMFADevices", "iam:ResyncMFADevice", "sts:GetSessionToken",
}

// rootMFAPolicy is a policy that keeps root from acting without MFA, as the
// argument of jsonencode.
func rootMFAPolicy(exempt []string, centralSessions bool) string {
	central := ""
	if centralSessions {
		central = "        Null         = { \"aws:AssumedRoot\" = \"true\" } # not the central sessions of root\n"
	}
	var actions []string
	for _, a := range slices.Concat(enrolment, exempt) {
		actions = append(actions, fmt.Sprintf("        %q,", a))
	}
	return `{
    Version = "2012-10-17"
    Statement = [{
      Sid    = "RootNeedsMFA"
      Effect = "Deny"
      NotAction = [
` + strings.Join(actions, "\n") + `
      ]
      Resource = "*"
      Condition = {
        StringLike   = { "aws:PrincipalArn" = "arn:*:iam::*:root" }
        BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" }
` + central + `      }
    }]
  }`
}

// missingSCP drafts a service control policy and its attachment, in the file
// of the organization.
func missingSCP(o *identity.Organization, name, content, message string) []*analyzer.Fix {
	org := o.Resource
	if org.Key != "" || org.Type != "aws_organizations_organization" || len(content) > identity.SCPCharacters || full(o.Root) {
		return nil
	}
	label := strings.ReplaceAll(name, "-", "_")
	return appended(org.Header, fmt.Sprintf(`resource "aws_organizations_policy" %q {
  name = %q
  type = "SERVICE_CONTROL_POLICY"

  content = jsonencode(%s)
}

resource "aws_organizations_policy_attachment" %q {
  policy_id = aws_organizations_policy.%s.id
  target_id = aws_organizations_organization.%s.roots[0].id
}
`, label, name, content, label, label, org.Name), message)
}

// full says that AWS would refuse one more service control policy on a node:
// FullAWSAccess, which Terraform does not see, is one of those that may be.
func full(n *identity.Node) bool {
	scps, _ := attached(n)
	return scps+1 >= identity.SCPsAttached
}

// appended drafts resources at the end of the file in which something stands.
func appended(near source.Span, text, message string) []*analyzer.Fix {
	if near.IsZero() || !strings.HasSuffix(near.File.Name, ".tf") && !strings.HasSuffix(near.File.Name, ".tofu") {
		return nil
	}
	edits, err := edit.AppendToFile(near.File, text)
	if err != nil {
		return nil
	}
	return []*analyzer.Fix{{Message: message, Grade: analyzer.Draft, Edits: edits}}
}

// addressRepairs are the fixes of a statement that nearly confines root. Only
// what the statement itself decides is mended: which networks are meant, only
// people know.
func addressRepairs(near *proof.NearMiss) []*analyzer.Fix {
	switch near.Defect {
	case proof.DefectTag, proof.DefectNarrowed, proof.DefectPrincipalType, proof.DefectWildcard, proof.DefectPartition, proof.DefectARN, proof.DefectResource:
		return repairs(near)
	case proof.DefectActions:
		return repairs(near)
	case proof.DefectOpenList:
		return closeList(near.Condition)
	}
	return nil
}

// closeList takes whole address families out of a list of allowed networks that
// holds others as well.
func closeList(c *policy.Condition) []*analyzer.Fix {
	list := c.Value
	if !list.IsSequence() {
		return nil
	}
	var whole []int
	for i, e := range list.Elems {
		if text, ok := e.Text(); ok && (strings.HasSuffix(text, "/0") || text == "*") {
			whole = append(whole, i)
		}
	}
	if len(whole) == 0 || len(whole) == len(list.Elems) {
		return nil
	}
	edits, err := edit.RemoveElement(list, whole...)
	if err != nil {
		return nil
	}
	return []*analyzer.Fix{{Message: "take the whole Internet out of the list", Grade: analyzer.Narrowing, Edits: edits}}
}

// listed drafts one more element of a list of the organization's settings.
func listed(o *identity.Organization, attribute, element, message string) []*analyzer.Fix {
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
