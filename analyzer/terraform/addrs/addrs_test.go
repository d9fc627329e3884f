package addrs

import (
	"reflect"
	"testing"
)

const inModules = `module.a["x.y\"]"].module.b[2].data.aws_iam_policy_document.p["${k}"]`

// What quoted keys hold takes no address apart.
func TestTakenApart(t *testing.T) {
	for _, tt := range []struct {
		what      string
		got, want any
	}{
		{"names", Split(inModules), []string{"module", "a", "module", "b", "data", "aws_iam_policy_document", "p"}},
		{"calls", ModuleCalls(`module.a["x.module.y"].module.b[2]`), []string{`module.a["x.module.y"]`, "module.b[2]"}},
		{"calls of the root", ModuleCalls(""), []string(nil)},
		{"caller", Caller(`module.a["k"].module.b[2]`), `module.a["k"]`},
		{"caller of a call of the root", Caller("module.a"), ""},
		{"block", Block(inModules), "module.a.module.b.data.aws_iam_policy_document.p"},
		{"type", TypeOf(inModules), "aws_iam_policy_document"},
		{"type of a module", TypeOf(`module.a["k"]`), ""},
		{"keys", Keys(`module.a["x"].aws_iam_user.u[0]`), []string{"", `["x"]`, "", "[0]"}},
		{"without key", WithoutKey(`aws_iam_user.u["a.b[0]"]`), "aws_iam_user.u"},
		{"without key where only a module has one", WithoutKey(`module.a[0].aws_iam_user.u`), "module.a[0].aws_iam_user.u"},
		{"in the root", Join("", "aws_iam_user.u"), "aws_iam_user.u"},
		{"in a module", Join("module.a", "aws_iam_user.u"), "module.a.aws_iam_user.u"},
	} {
		if !reflect.DeepEqual(tt.got, tt.want) {
			t.Errorf("%s: got %q, want %q", tt.what, tt.got, tt.want)
		}
	}
}

func TestQuoteKey(t *testing.T) {
	for key, want := range map[string]string{
		"eu":      `"eu"`,
		"a\"\\b":  `"a\"\\b"`,
		"${x}%{":  `"$${x}%%{"`,
		"$ {%":    `"$ {%"`,
		"\n\r\té": `"\n\r\té"`,
	} {
		if got := QuoteKey(key); got != want {
			t.Errorf("%q: got %s, want %s", key, got, want)
		}
	}
}

func TestLess(t *testing.T) {
	sorted := []string{"a.b", "a.b[2]", "a.b[10]", "a.b[010]x", "a.c", "b"}
	for i := 1; i < len(sorted); i++ {
		if Less(sorted[i], sorted[i-1]) || !Less(sorted[i-1], sorted[i]) {
			t.Errorf("%s does not come before %s", sorted[i-1], sorted[i])
		}
	}
}

func TestCompatible(t *testing.T) {
	for _, tt := range []struct {
		pattern, address string
		want             bool
	}{
		{`module.a[?].aws_iam_user.u`, `module.a["k"].aws_iam_user.u`, true},
		{`module.a[?].aws_iam_user.u[0]`, `module.a["k"].aws_iam_user.u[1]`, false},
		{`aws_iam_user.u`, `aws_iam_user.u["k"]`, false},
		{`aws_iam_user.u["k"]`, `aws_iam_user.u`, false},
		{`aws_iam_user.u["k"]`, `aws_iam_user.u["k"]`, true},
	} {
		if got := Compatible(Keys(tt.pattern), Keys(tt.address)); got != tt.want {
			t.Errorf("%s for %s: got %v", tt.address, tt.pattern, got)
		}
	}
}
