package source_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/iamvet/iamvet/analyzer/source"
)

func TestMentions(t *testing.T) {
	for text, want := range map[string]string{
		"aws_iam_role.a":                               "[0]",
		"x = aws_iam_role.a.arn, aws_iam_role.a":       "[4 24]",
		"aws_iam_role.ab my_aws_iam_role.a":            "[]",
		"data.aws_iam_role.a aws_iam_role.a-b":         "[]",
		"\"${aws_iam_role.a.id}\" [aws_iam_role.a[0]]": "[3 24]",
		"é" + "aws_iam_role.a":                         "[2]",
		"aws_iam_role.a. aws_iam_role.a.*":             "[0 16]",
		"":                                             "[]",
	} {
		if got := fmt.Sprint(source.NewFile("x.tf", []byte(text)).Mentions("aws_iam_role.a")); got != want {
			t.Errorf("%q: %s, not %s", text, got, want)
		}
	}
}

// The index says what a search through the text would.
func TestMentionsOfAnyText(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	pieces := []string{"a", "b", "a.b", ".", "..", "-", " ", "_", "é", "a.b.c", "[0]", "b.c", "\n", "a.é", "${", "}", "ab", "a.bc"}
	for range 3000 {
		var text strings.Builder
		for range r.IntN(14) {
			text.WriteString(pieces[r.IntN(len(pieces))])
		}
		f := source.NewFile("x.tf", []byte(text.String()))
		for _, name := range []string{"a.b", "a.b.c", "b.c", "a.bc", "a.é", "a"} {
			if got, want := fmt.Sprint(f.Mentions(name)), fmt.Sprint(mentions(text.String(), name)); got != want {
				t.Fatalf("%q in %q: %s, not %s", name, text.String(), got, want)
			}
		}
	}
}

// mentions looks through a text for one name.
func mentions(text, name string) []int {
	inName := func(i int) bool {
		return i >= 0 && i < len(text) && (text[i] == '_' || text[i] == '-' || '0' <= text[i] && text[i] <= '9' || 'a' <= text[i] && text[i] <= 'z' || 'A' <= text[i] && text[i] <= 'Z')
	}
	var out []int
	for i := range text {
		if strings.HasPrefix(text[i:], name) && !inName(i-1) && (i == 0 || text[i-1] != '.') && !inName(i+len(name)) {
			out = append(out, i)
		}
	}
	return out
}
