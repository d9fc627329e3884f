package terraform

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// metadata is what terraform metadata functions -json of 1.11 says.
func metadata(t *testing.T) map[string]struct {
	Parameters []struct{ Name string } `json:"parameters"`
	Variadic   *struct{ Name string }  `json:"variadic_parameter"`
} {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(functionData, "metadata.json"))
	if err != nil {
		t.Fatal(err)
	}
	var m struct {
		Signatures map[string]struct {
			Parameters []struct{ Name string } `json:"parameters"`
			Variadic   *struct{ Name string }  `json:"variadic_parameter"`
		} `json:"function_signatures"`
	}
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	return m.Signatures
}

// byEvaluator are the functions that see expressions, not values.
var byEvaluator = map[string]bool{"try": true, "can": true}

// elsewhere are functions whose results terraform console does not print, or
// that need the language.
var elsewhere = map[string]bool{"sensitive": true, "templatefile": true, "templatestring": true}

// TestEveryFunction has a name for each of Terraform's functions, with and
// without its namespace, and none that Terraform does not have.
func TestEveryFunction(t *testing.T) {
	signatures := metadata(t)
	if n := len(signatures); n != 236 {
		t.Errorf("%d signatures recorded, want 118 twice", n)
	}
	answered := map[string]bool{}
	for _, e := range expressions(t) {
		answered[strings.TrimPrefix(e[:strings.IndexAny(e+"(", "( ")], "core::")] = true
	}
	for name, sig := range signatures {
		name = strings.TrimPrefix(name, "core::")
		b, native := builtins[name]
		_, library := libraryFunctions[name]
		_, unpred := unpredictable[name]
		if !native && !library && !unpred && !byEvaluator[name] {
			t.Errorf("%s is missing", name)
		}
		if native && sig.Variadic == nil && (b.min != len(sig.Parameters) || b.max != b.min) {
			t.Errorf("%s takes %d to %d arguments, Terraform %d", name, b.min, b.max, len(sig.Parameters))
		}
		if (native || library) && !answered[name] && !elsewhere[name] {
			t.Errorf("%s is compared with no answer of terraform console", name)
		}
	}
	for name := range builtins {
		if _, ok := signatures[name]; !ok && !strings.HasPrefix(name, "provider::") {
			t.Errorf("%s is none of Terraform's functions", name)
		}
	}
	for name := range libraryFunctions {
		if _, ok := signatures[name]; !ok && ofOneTool[name].opentofu == "" {
			t.Errorf("%s is none of Terraform's functions", name)
		}
	}
}

// TestPartlyKnown says what is kept of values that are known in part.
func TestPartlyKnown(t *testing.T) {
	tests := []struct{ expr, want string }{
		// Strings keep what is known around a hole.
		{`replace(unknown, "https://", "")`, `?`},
		{`"${replace(unknown, "https://", "")}:sub"`, `"‹›:sub"`},
		{`replace("https://${unknown}-id", "https://", "")`, `"‹›-id"`},
		{`replace("a-${unknown}-b", "x", "y")`, `"a-‹›-b"`},
		{`replace("a-${unknown}", "-x", "y")`, `?`},
		{`replace("ab${unknown}ab", "b", unknown)`, `"a‹›‹›a‹›"`},
		{`replace("a${unknown}", "/a/", "b")`, `?`},
		{`replace("abc", "/x/", unknown)`, `"abc"`},
		{`trimprefix("https://${unknown}", "https://")`, `?`},
		{`trimprefix("https://${unknown}/x", "https://")`, `"‹›/x"`},
		{`trimprefix("x${unknown}", "https://")`, `"x‹›"`},
		{`trimprefix("h${unknown}", "https://")`, `?`},
		{`trimsuffix("${unknown}/*", "/*")`, `?`},
		{`trimsuffix("x${unknown}/*", "/*")`, `"x‹›"`},
		{`trimsuffix("x${unknown}b", "/*")`, `"x‹›b"`},
		{`trimspace(" a${unknown}b ")`, `"a‹›b"`},
		{`trimspace(" ${unknown}b ")`, `"‹›b"`},
		{`trimspace(" ${unknown} b")`, `?`},
		{`trim("--a${unknown}b--", "-")`, `"a‹›b"`},
		{`chomp("${unknown}\n")`, `?`},
		{`chomp("${unknown}x\n")`, `"‹›x"`},
		{`lower("A${unknown}B")`, `"a‹›b"`},
		{`upper("a${unknown}b")`, `"A‹›B"`},
		{`split(":", "arn:aws:iam::${unknown}:root")`, `["arn", "aws", "iam", "", …]`},
		{`split(":", unknown)`, `?`},
		{`split("/", "${unknown}/x")`, `?`},
		{`element(split(":", "arn:aws:${unknown}"), 1)`, `?`},
		{`join(":", ["arn", unknown, "x"])`, `"arn:‹›:x"`},
		{`join(":", open)`, `?`},
		{`join(":", [unknown])`, `?`},
		{`join(",", toset(["a", unknown]))`, `?`},
		{`format("arn:%s:iam::%s:root", "aws", unknown)`, `"arn:aws:iam::‹›:root"`},
		{`format("%s", unknown)`, `?`},
		{`format("%d-%s", unknown, "x")`, `"‹›-x"`},
		{`format("%q", "a\"${unknown}")`, `""a\"‹›""`},
		{`format("%05d", unknown)`, `?`},
		{`format("%v!", [unknown])`, `"‹›!"`},
		{`format("%[2]s %[1]s", unknown, "a")`, `"a ‹›"`},
		{`formatlist("%s:root", ["a", unknown])`, `["a:root", "‹›:root"]`},
		{`formatlist("%s:root", open)`, `["a:root", …]`},
		{`formatlist("%s:root", list)`, `?`},
		{`formatlist("%s-%s", arn, ["a"])`, `["‹›-a"]`},
		{`startswith("arn:${unknown}", "arn")`, `true`},
		{`startswith("arn:${unknown}", "x")`, `false`},
		{`startswith("arn:${unknown}", "arn:aws")`, `?`},
		{`endswith("${unknown}/x", "/x")`, `true`},
		{`strcontains("a${unknown}", "a")`, `true`},
		{`strcontains("a${unknown}", "b")`, `?`},
		{`substr("arn:aws${unknown}", 0, 3)`, `"arn"`},
		{`substr("arn${unknown}", 0, 5)`, `?`},
		{`provider::aws::arn_build("aws", "iam", "", unknown, "root")`, `"arn:aws:iam::‹›:root"`},

		// JSON text has its holes where the values are.
		{`jsonencode({a = unknown, b = "x${unknown}"})`, `"{"a":‹›,"b":"x‹›"}"`},
		{`jsonencode({a = open})`, `"{"a":‹›}"`},
		{`jsonencode({(unknown) = 1})`, `"‹›"`},
		{`jsondecode(jsonencode({a = unknown, b = [1]}))`, `{a = ?, b = [1]}`},
		{`jsondecode(jsonencode({a = toset(["x"])}))`, `{a = ["x"]}`},
		{`{a = 1, a = 2}`, `{a = 2}`},                                                     // as findings/key-twice.sh has it
		{`yamldecode("{b: &b {c: 1}, a: {c: 2, <<: *b}}")`, `{a = {c = 1}, b = {c = 1}}`}, // as findings/yaml-merge-after.sh has it
		{`yamldecode("{a: 1, a: 2}")`, `{a = 2}`},
		{`"$$${aws:username}"`, `"$${aws:username}"`},                                               // as findings/cdktf-policy-variables.sh has it
		{`jsondecode("{\"a\": 1, \"b\": {\"c\": 1, \"c\": 2}, \"a\": 3}")`, `{b = {c = 2}, a = 3}`}, // Terraform 1.11.4
		{`jsondecode("{\"a\": \"${unknown}\", \"b\": 1}")`, `{a = "‹›", b = 1}`},

		// Sequences keep their other members, and their order where it is known.
		{`concat(["a"], unknown)`, `["a", …]`},
		{`concat(unknown, ["a"])`, `["a", …]`},
		{`concat(["b"], open)`, `["b", "a", …]`},
		{`concat([unknown], ["a"])`, `[?, "a"]`},
		{`concat(list, list)`, `?`},
		{`flatten([["a"], [unknown, "b"]])`, `["a", "b", …]`},
		{`flatten([["a"], [arn, "b"]])`, `["a", ?, "b"]`},
		{`flatten([["a"], list])`, `["a", …]`},
		{`compact(["a", unknown, ""])`, `["a", …]`},
		{`compact(["a${unknown}", ""])`, `["a‹›"]`},
		{`distinct(["a", unknown, "a"])`, `<"a", ?>`},
		{`distinct(["a", "b${unknown}", "a"])`, `["a", "b‹›"]`},
		{`toset(["b", unknown, "a"])`, `<"a", "b", ?>`},
		{`tolist(toset(["b", unknown]))`, `<"b", ?>`},
		{`element(tolist(toset(["b", unknown])), 0)`, `?`},
		{`sort(["b", unknown, "a"])`, `<"a", "b", ?>`},
		{`reverse(["a", unknown])`, `[?, "a"]`},
		{`reverse(open)`, `["a", …]`},
		{`slice(["a", unknown, "c"], 0, 2)`, `["a", ?]`},
		{`slice(open, 0, 1)`, `?`},
		{`element(open, 0)`, `?`},
		{`length(open)`, `?`},
		{`length([unknown])`, `1`},
		{`length(openmap)`, `?`},
		{`contains(open, "a")`, `true`},
		{`contains(open, "b")`, `?`},
		{`contains(["x${unknown}"], "y")`, `false`},
		{`contains([arn], arn)`, `true`},
		{`index(["x${unknown}", "y"], "y")`, `1`},
		{`one(open)`, `"a"`},
		{`one(list)`, `?`},
		{`setunion(["a"], list)`, `<"a", …>`},
		{`setunion(["a"], [unknown])`, `<"a", ?>`},
		{`setintersection(["a", "b"], ["a", unknown])`, `<"a", …>`},
		{`setintersection(["a", "b"], [unknown])`, `?`},
		{`setsubtract(["a", "b"], ["a", arn])`, `?`},
		{`setsubtract(["a", "b"], ["a", "x${unknown}"])`, `<"b">`},
		{`matchkeys(["a", "b"], ["x", unknown], ["x"])`, `["a", …]`},
		{`chunklist(["a", unknown, "c"], 2)`, `[["a", ?], ["c"]]`},
		{`setproduct(["a"], [unknown])`, `[["a", ?]]`},
		{`alltrue([unknown, false])`, `false`},
		{`anytrue([unknown, true])`, `true`},
		{`coalesce("a${unknown}", "b")`, `"a‹›"`},
		{`coalesce("", arn)`, `?`},
		{`coalesce(unknown, "b")`, `?`},
		{`coalescelist(open, ["b"])`, `["a", …]`},

		// Mappings keep their other members.
		{`merge({a = 1}, unknown)`, `{a = ?, …}`},
		{`merge(unknown, {a = 1})`, `{a = 1, …}`},
		{`merge({a = 1, b = 2}, openmap)`, `{a = "x", b = ?, …}`},
		{`merge({a = 1}, {(unknown) = 2})`, `{a = ?, ? = 2}`},
		{`merge({a = 1}, {b = unknown})`, `{a = 1, b = ?}`},
		{`keys(openmap)`, `["a", …]`},
		{`values({a = unknown, b = 1})`, `[?, 1]`},
		{`lookup({a = unknown, b = 1}, "b", 2)`, `1`},
		{`lookup({a = unknown}, "c", 2)`, `2`},
		{`lookup(openmap, "a", 2)`, `"x"`},
		{`lookup(openmap, "c", 2)`, `?`},
		{`zipmap(["a", "b"], [1, unknown])`, `{a = 1, b = ?}`},
		{`zipmap(["a", unknown], [1, 2])`, `{a = ?, ? = 2}`},
		{`tomap({a = unknown, b = "x"})`, `{a = ?, b = "x"}`},
	}
	for _, test := range tests {
		t.Run(test.expr, func(t *testing.T) {
			v, err := evaluate(test.expr)
			if err != nil {
				t.Fatal(err)
			}
			if got := sketch(v); got != test.want && !(got == `"‹›"` && test.want == "?") {
				t.Errorf("got %s, want %s", got, test.want)
			}
			if !v.Known() && len(v.AllWhy()) == 0 {
				t.Error("nothing says why it is not known")
			}
		})
	}
}

// TestOrigins says which values still know where they come from.
func TestOrigins(t *testing.T) {
	for _, e := range []string{
		`element(["x", "here"], 1)`,
		`lookup({a = "here"}, "a")`,
		`one(concat([], ["here"]))`,
		`one(flatten([[["here"]]]))`,
		`one(values(merge({a = "there"}, {a = "here"})))`,
		`coalesce("", "here")`,
		`one(setunion(["here"], ["here"]))`,
		`one(sort(compact(["", "here"])))`,
		`trimprefix("xhere", "x")`,
		`trimsuffix("here/*", "/*")`,
		`trimspace("  here ")`,
		`replace("xhere", "x", "")`,
		`element(split("/", "a/here/b"), 1)`,
		`lower("here")`,
		`format("%s", "here")`,
		`join("/", ["here"])`,
		`one(jsondecode(jsonencode(["here"])))`,
		`one(one(chunklist(["here"], 1)))`,
		`one(matchkeys(["here"], ["k"], ["k"]))`,
	} {
		v, err := evaluate(e)
		if err != nil {
			t.Errorf("%s: %v", e, err)
			continue
		}
		if s, ok := v.Text(); !ok || s != "here" || len(v.Parts) != 1 || v.Parts[0].Text.Span.Text() != "here" {
			t.Errorf("%s: got %s, which does not stand where it was written", e, sketch(v))
		}
	}
	for _, e := range []string{`one([arn])`, `tostring(arn)`, `coalesce("", arn)`, `join(",", [arn])`, `trimprefix("x${arn}", "x")`, `element([arn], 0)`, `lookup({a = arn}, "a", "")`, `sensitive(arn)`, `one(toset([arn]))`} {
		v, err := evaluate(e)
		if err != nil || v.Ref == nil || v.Ref.Attr != "arn" {
			t.Errorf("%s lost what it refers to: %v %v", e, sketch(v), err)
		}
	}
	for _, e := range []string{`lower(arn)`, `trimspace(arn)`, `replace(arn, "x", "y")`, `coalesce(arn, "x")`} {
		v, err := evaluate(e)
		if err != nil || v.Ref != nil {
			t.Errorf("%s is the attribute no more, and says so: %v %v", e, v.Ref, err)
		}
	}
}

func TestARNFunctions(t *testing.T) {
	tests := []struct{ expr, want string }{
		{`provider::aws::arn_parse("arn:aws:iam::444455556666:role/x:y")`, `{account_id = "444455556666", partition = "aws", region = "", resource = "role/x:y", service = "iam"}`},
		{`provider::aws::arn_parse("arn:aws:iam")`, "error"},
		{`provider::aws::arn_parse("aws:iam::1:2:3")`, "error"},
		{`provider::aws::arn_build("aws", "iam", "", "444455556666", "role/example")`, `"arn:aws:iam::444455556666:role/example"`},
		{`provider::aws::trim_iam_role_path("arn:aws:iam::444455556666:role/with/path/example")`, `"arn:aws:iam::444455556666:role/example"`},
		{`provider::aws::trim_iam_role_path("arn:aws:iam::444455556666:role/example")`, `"arn:aws:iam::444455556666:role/example"`},
		{`provider::aws::trim_iam_role_path("arn:aws:iam::444455556666:user/example")`, "error"},
		{`provider::aws::trim_iam_role_path("arn:aws:s3:::bucket")`, "error"},
		{`provider::aws::nope("x")`, "error"},
	}
	for _, test := range tests {
		v, err := evaluate(test.expr)
		got := "error"
		if err == nil {
			got = sketch(v)
		}
		if got != test.want {
			t.Errorf("%s: got %s, want %s", test.expr, got, test.want)
		}
	}
}

// TestFileGaps says which files are not read, and that this is told.
func TestFileGaps(t *testing.T) {
	for _, e := range []string{`file("/etc/passwd")`, `file("~/x")`, `file("../../x")`, `file("missing")`, `file("C:/x")`, `filemd5("../x")`, `fileset("..", "*")`, `fileset(".", "../*")`, `fileexists("/etc/passwd")`, `templatefile("/x", {})`} {
		expr, s, err := parseTest(e)
		if err != nil {
			t.Fatal(err)
		}
		var gaps []source.Gap
		s.gap = func(g source.Gap) { gaps = append(gaps, g) }
		v, err := s.evaluate(expr)
		if err == nil && !v.Is(value.Unknown) {
			t.Errorf("%s: got %s", e, sketch(v))
		}
		if len(gaps) != 1 || gaps[0].Reason == "" || gaps[0].Kind != source.LimitGap || gaps[0].Span.IsZero() {
			t.Errorf("%s: gaps %+v", e, gaps)
		}
	}
}

// TestFileText: text of a file is text that stands there.
func TestFileText(t *testing.T) {
	v, err := evaluate(`file("policy.json")`)
	if err != nil {
		t.Fatal(err)
	}
	if s := v.Parts[0].Text.Span; s.File.Name != "policy.json" || s.Start != 0 || s.End != len(s.File.Bytes) || v.Syntax != value.SyntaxJSON {
		t.Errorf("span %v, syntax %v", s, v.Syntax)
	}
	tree, err := evaluate(`jsondecode(file("policy.json"))`)
	if err != nil {
		t.Fatal(err)
	}
	if got := tree.Get("Version").Span.Text(); got != `"2012-10-17"` {
		t.Errorf("the version stands at %s", got)
	}
}

// TestUnpredictable functions are not known, say why, and are no gaps.
func TestUnpredictable(t *testing.T) {
	for name := range unpredictable {
		_, s, err := parseTest("x")
		if err != nil {
			t.Fatal(err)
		}
		s.gap = func(g source.Gap) { t.Errorf("%s: gap %v", name, g) }
		v := callFunction(name, nil, s.scope)
		if !v.Is(value.Unknown) || len(v.Why) != 1 || !strings.Contains(v.Why[0].Text, name) {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

// TestBounds: small texts do not make large ones.
func TestBounds(t *testing.T) {
	for _, e := range []string{
		`format("%999999999s", "x")`, `format("%.999999999f", 1)`, `indent(999999999, "\n")`, `range(1e12)`,
		`tostring(tonumber("1e999999999"))`, `jsonencode(tonumber("1e99999999"))`, `format("%f", tonumber("1e99999999"))`,
		`formatlist("%f", [tonumber("1e99999999")])`, `join(",", [tonumber("1e99999999")])`, `cidrsubnet("10.0.0.0/8", -1e12, 1)`,
		`cidrhost("10.0.0.0/8", tonumber("1e99999999"))`, `setproduct(range(1000), range(1000))`, `pow(10, 1e12)`,
		"yamldecode(\"a: &a [x]\\nb: &b [" + strings.Repeat("*a, ", 20) + "]\\nc: [" + strings.Repeat("*b, ", 20) + "]\")",
		`replace("` + strings.Repeat("a", 5000) + `", "/(.*)/", "` + strings.Repeat("$1", 5000) + `")`,
		`format("` + strings.Repeat("%[1]q", 5000) + `", "` + strings.Repeat("a", 5000) + `")`,
	} {
		v, err := evaluate(e)
		if err == nil && v.Known() && len(show(v)) > 1<<16 {
			t.Errorf("%s: %d bytes", e, len(show(v)))
		}
	}
}

// TestErrors of calls are unknown values that name the function; what is
// sensitive is not told.
func TestErrors(t *testing.T) {
	_, s, err := parseTest("x")
	if err != nil {
		t.Fatal(err)
	}
	v := callFunction("jsondecode", []*value.Value{value.Str("{")}, s.scope)
	if !v.Is(value.Unknown) || len(v.Why) != 1 || !strings.HasPrefix(v.Why[0].Text, "jsondecode cannot be evaluated: ") {
		t.Errorf("%+v", v)
	}
	secret := value.Str("hunter2!")
	secret.Sensitive = true
	v = callFunction("base64decode", []*value.Value{secret}, s.scope)
	if strings.Contains(v.Why[0].Text, "hunter2") || !v.Sensitive {
		t.Errorf("%+v", v)
	}
}

func TestConvertTo(t *testing.T) {
	object := cty.ObjectWithOptionalAttrs(map[string]cty.Type{"a": cty.String, "b": cty.Number}, []string{"b"})
	tests := []struct {
		expr string
		to   cty.Type
		want string
	}{
		{`{a = 1, c = 2}`, object, `{a = "1", b = null}`},
		{`{b = 1}`, object, "error"},
		{`openmap`, object, `{a = "x", …}`},
		{`[1, true, "x"]`, cty.List(cty.String), `["1", "true", "x"]`},
		{`["1", unknown]`, cty.List(cty.Number), `[1, ?]`},
		{`["b", "a", "b"]`, cty.Set(cty.String), `<"a", "b">`},
		{`{a = 1}`, cty.Map(cty.String), `{a = "1"}`},
		{`{a = 1}`, cty.List(cty.String), "error"},
		{`[1, 2]`, cty.Tuple([]cty.Type{cty.String, cty.Number}), `["1", 2]`},
		{`[1]`, cty.Tuple([]cty.Type{cty.String, cty.Number}), "error"},
		{`null`, cty.String, "null"},
		{`arn`, cty.Number, "?"},
		{`list`, cty.String, "error"},
		{`"a${unknown}"`, cty.String, `"a‹›"`},
		{`"a${unknown}"`, cty.Number, `?`},
		{`open`, cty.Set(cty.String), `<"a", …>`},
		{`[{a = 1}, {a = "x"}]`, cty.List(object), `[{a = "1", b = null}, {a = "x", b = null}]`},
		{`{x = {a = 1}}`, cty.Map(cty.DynamicPseudoType), `{x = {a = 1}}`},
	}
	for _, test := range tests {
		v, err := evaluate(test.expr)
		if err != nil {
			t.Fatal(err)
		}
		got := "error"
		if c, err := convertTo(v, test.to); err == nil {
			got = sketch(c)
		}
		if got != test.want {
			t.Errorf("%s to %s: got %s, want %s", test.expr, typeName(test.to), got, test.want)
		}
	}
}
