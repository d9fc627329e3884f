package fixes

import (
	"fmt"
	"testing"
)

func TestReferences(t *testing.T) {
	for text, want := range map[string]string{
		"aws_iam_role.a":                               "[0]",
		"x = aws_iam_role.a.arn, aws_iam_role.a":       "[4 24]",
		"aws_iam_role.ab my_aws_iam_role.a":            "[]",
		"data.aws_iam_role.a aws_iam_role.a-b":         "[]",
		"\"${aws_iam_role.a.id}\" [aws_iam_role.a[0]]": "[3 24]",
		"é" + "aws_iam_role.a":                         "[2]",
		"":                                             "[]",
	} {
		if got := fmt.Sprint(references([]byte(text), "aws_iam_role.a")); got != want {
			t.Errorf("%q: %s, not %s", text, got, want)
		}
	}
}
