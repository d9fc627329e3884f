package edit

import (
	"fmt"
	"strings"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// AddCondition adds a condition to a policy statement, however the statement
// is written: a condition block in a data source's statement block, else a
// member of its Condition element. A condition of the same operator on the
// same key must not be there yet.
func AddCondition(statement *value.Value, operator, key string, values ...string) ([]source.Edit, error) {
	if statement == nil || !statement.IsMapping() || len(values) == 0 {
		return nil, errNotLiteral
	}
	conditions := statement.Get("Condition")
	there := conditions.Get(operator)
	if conditions.Is(value.Unknown) || there.Is(value.Unknown) || there.IsMapping() && !there.Get(key).Is(value.Absent) {
		return nil, fmt.Errorf("the statement has, or may have, a condition %s of %s", operator, key)
	}
	if statement.Syntax == value.SyntaxBlock || statement.Syntax == value.SyntaxTFJSON {
		return InsertBlock(statement, "condition", Block(
			Member{"test", String(operator)},
			Member{"variable", String(key)},
			Member{"values", Strings(values...)},
		))
	}
	test := String(values[0])
	if len(values) != 1 {
		test = Strings(values...)
	}
	operand := Object(Member{key, test})
	switch {
	case conditions.Missing() || empty(conditions) && statement.Span.Contains(conditions.Span): // the statement's style is all there is
		return SetMember(statement, "Condition", Object(Member{operator, operand}))
	case there.Missing():
		return InsertMember(conditions, operator, operand)
	}
	return InsertMember(there, key, test)
}

// empty says that an object is written out, with nothing in it.
func empty(v *value.Value) bool {
	text, open := strings.CutPrefix(v.Span.Text(), "{")
	text, closed := strings.CutSuffix(text, "}")
	return v.IsMapping() && open && closed && strings.TrimSpace(text) == ""
}
