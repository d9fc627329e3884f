package fixes

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer/edit"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Conditions are edited where they are written, and an edit that would change what
// another condition says is none: operators are the members of one object, in which
// each key stands once, so that moving a key under an operator that has it already
// would replace the other test. In blocks of a policy document conditions stand apart,
// and each has an operator of its own.

// oneTest makes two tests of one key that exclude each other the one that covers
// both: the test for absence goes.
func oneTest(s *policy.Statement, c *policy.Condition) ([]source.Edit, error) {
	if s.Value.Syntax != value.SyntaxBlock && s.Value.Syntax != value.SyntaxTFJSON {
		return conditionAnew(s, func(o *policy.Condition) (string, []string) {
			switch {
			case o == c:
				return "BoolIfExists", nil
			case strings.EqualFold(o.Key, c.Key):
				return "", nil
			}
			return o.Operator.Text, nil
		})
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

// renameOperator replaces the operator of one condition.
func renameOperator(s *policy.Statement, c *policy.Condition, to string) ([]source.Edit, error) {
	return rewriteCondition(s, c, to)
}

// rewriteCondition gives a condition another operator and, where some are given,
// other values. An operator that stands over several keys keeps the others.
func rewriteCondition(s *policy.Statement, c *policy.Condition, to string, values ...string) ([]source.Edit, error) {
	inBlocks := s.Value.Syntax == value.SyntaxBlock || s.Value.Syntax == value.SyntaxTFJSON
	conditions := s.Element("Condition")
	own, there := conditions.Get(c.Operator.Text), conditions.Get(to)
	switch {
	case inBlocks || c.Operator.Text == to || len(own.Attrs) == 1 && there.Missing():
		var edits []source.Edit
		var err error
		if c.Operator.Text != to {
			if edits, err = edit.ReplaceString(c.OperatorValue, to); err != nil {
				return nil, err
			}
		}
		if len(values) == 0 {
			return edits, nil
		}
		more, err := writeValues(s, c, values)
		return append(edits, more...), err
	case there.IsMapping() && there.Get(c.Key).Missing():
		return moveCondition(s, c, to, values, func(test edit.Node) ([]source.Edit, error) { return edit.InsertMember(there, c.Key, test) })
	case own.IsMapping() && there.Missing():
		return moveCondition(s, c, to, values, func(test edit.Node) ([]source.Edit, error) {
			return edit.InsertMember(conditions, to, edit.Object(edit.Member{Name: c.Key, Value: test}))
		})
	}
	return nil, fmt.Errorf("%s tests %s already", to, c.Key)
}

// moveCondition takes a key away from its operator and writes it elsewhere. Where
// both change the same lines, as in an object on one line, all conditions are written
// anew: of two edits of the same bytes only one could be made.
func moveCondition(s *policy.Statement, c *policy.Condition, to string, values []string, write func(edit.Node) ([]source.Edit, error)) ([]source.Edit, error) {
	if len(values) == 0 {
		var err error
		if values, err = known(c); err != nil {
			return nil, err
		}
	}
	removed, err := removeCondition(s, c)
	if err != nil {
		return nil, err
	}
	written, err := write(oneOrList(values))
	if err != nil {
		return nil, err
	}
	if edits, conflicts := source.Merge(removed, written); len(conflicts) == 0 {
		return edits, nil
	}
	return conditionAnew(s, func(o *policy.Condition) (string, []string) {
		if o == c {
			return to, values
		}
		return o.Operator.Text, nil
	})
}

// writeValues writes the values of a condition anew. One value in place of one changes
// the string alone, so that what stands around it stays as its author wrote it.
func writeValues(s *policy.Statement, c *policy.Condition, values []string) ([]source.Edit, error) {
	if len(values) == 1 {
		if edits, err := replaceValue(c, values[0]); err == nil {
			return edits, nil
		}
	}
	if s.Value.Syntax == value.SyntaxTFJSON {
		return nil, errors.New("the condition is a block in JSON")
	}
	if block := conditionBlock(s, c); !block.IsZero() {
		return edit.SetAttribute(block, "values", edit.Strings(values...))
	}
	operator := s.Element("Condition").Get(c.Operator.Text)
	if !operator.IsMapping() {
		return nil, errors.New("the condition is not an object")
	}
	if c.Value.IsSequence() {
		return edit.SetMember(operator, c.Key, edit.Strings(values...))
	}
	return edit.SetMember(operator, c.Key, oneOrList(values))
}

// known are the values of a condition, where all of them are known: a value that comes
// from a variable cannot be written elsewhere as a string without losing it.
func known(c *policy.Condition) ([]string, error) {
	var out []string
	for _, p := range c.Values {
		text, ok := p.Text()
		if !ok || c.ValuesOpen {
			return nil, fmt.Errorf("the condition on %s is not known", c.Key)
		}
		out = append(out, text)
	}
	return out, nil
}

// oneOrList is a string, or a list of several, as policies may have either.
func oneOrList(values []string) edit.Node {
	if len(values) == 1 {
		return edit.String(values[0])
	}
	return edit.Strings(values...)
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

// removeCondition takes one key out of a statement's conditions, and the operator
// with its last key, under which there would be nothing.
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

// elementNames are the elements of a statement as a policy document has them.
var elementNames = map[string]string{"Action": "actions", "NotAction": "not_actions", "Resource": "resources", "NotResource": "not_resources"}

// replaceElement writes an element anew, in place of the other one where that is
// written: Action in place of NotAction.
func replaceElement(s *policy.Statement, old, element string, values ...string) ([]source.Edit, error) {
	v := oneOrList(values)
	if s.Value.Syntax == value.SyntaxBlock || s.Value.Syntax == value.SyntaxTFJSON {
		old, element, v = elementNames[old], elementNames[element], edit.Strings(values...)
	}
	if old != element {
		return edit.RenameMember(s.Value, old, element, v)
	}
	return edit.SetMember(s.Value, element, v)
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
	return replaceElement(s, "NotAction", "NotAction", left...)
}

// conditionAnew writes the conditions of a statement anew, each as write says:
// left out where that gives no operator.
func conditionAnew(s *policy.Statement, write func(c *policy.Condition) (operator string, values []string)) ([]source.Edit, error) {
	var operators []string
	tests := map[string][]edit.Member{}
	for i := range s.Conditions {
		c := &s.Conditions[i]
		operator, values := write(c)
		if operator == "" {
			continue
		}
		if len(values) == 0 {
			var err error
			if values, err = known(c); err != nil {
				return nil, err
			}
		}
		if !slices.Contains(operators, operator) {
			operators = append(operators, operator)
		}
		if slices.ContainsFunc(tests[operator], func(m edit.Member) bool { return m.Name == c.Key }) {
			return nil, fmt.Errorf("%s tests %s already", operator, c.Key)
		}
		v := oneOrList(values)
		if c.Value.IsSequence() {
			v = edit.Strings(values...)
		}
		tests[operator] = append(tests[operator], edit.Member{Name: c.Key, Value: v})
	}
	var members []edit.Member
	for _, operator := range operators {
		members = append(members, edit.Member{Name: operator, Value: edit.Object(tests[operator]...)})
	}
	return edit.SetMember(s.Value, "Condition", edit.Object(members...))
}
