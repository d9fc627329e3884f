package terraform

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/zclconf/go-cty/cty"

	"github.com/iamvet/iamvet/analyzer/value"
)

var record = flag.Bool("record", false, "record what terraform console answers")

const functionData = "../../testdata/functions"

// answer is what terraform console says of an expression.
type answer struct {
	Expr    string `json:"expr"`
	JSON    string `json:"json,omitempty"` // the value
	Type    string `json:"type,omitempty"` // without spaces
	Error   bool   `json:"error,omitempty"`
	Unknown bool   `json:"unknown,omitempty"`
}

func expressions(t testing.TB) []string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(functionData, "expressions.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, line := range strings.Split(string(b), "\n") {
		if line != "" && line[0] != '#' {
			out = append(out, line)
		}
	}
	return out
}

// TestFunctionsAsTerraform compares each expression with the answer that was
// recorded from terraform console. What Terraform knows we must know, and the
// same; what it refuses must fail; what it does not know we may know better.
func TestFunctionsAsTerraform(t *testing.T) {
	file := filepath.Join(functionData, "console.json")
	if *record {
		b, err := json.MarshalIndent(console(t, expressions(t)), "", " ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, append(b, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	answers := recorded(t)
	if len(answers) != len(expressions(t)) {
		t.Fatalf("%d expressions, %d answers: run with -record", len(expressions(t)), len(answers))
	}
	for _, a := range answers {
		t.Run(a.Expr, func(t *testing.T) { compareAnswer(t, a) })
	}
}

func recorded(t testing.TB) []answer {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(functionData, "console.json"))
	if err != nil {
		t.Fatal(err)
	}
	var out []answer
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func compareAnswer(t *testing.T, a answer) {
	v, err := evaluate(a.Expr)
	switch {
	case a.Error && err == nil:
		t.Errorf("got %s; terraform refuses it", show(v))
	case a.Error || a.Unknown:
	case err != nil:
		t.Errorf("failed: %v; terraform says %s %s", err, a.Type, a.JSON)
	default:
		if got := show(v); got != a.JSON {
			t.Errorf("got %s, want %s", got, a.JSON)
		}
		if got := typeName(typeOf(v)); !v.Missing() && got != a.Type {
			t.Errorf("got type %s, want %s", got, a.Type)
		}
	}
}

// TestRecordedAnswers asks the terraform on this machine again.
func TestRecordedAnswers(t *testing.T) {
	if _, err := exec.LookPath("terraform"); err != nil {
		t.Skip("no terraform binary: the recorded answers are not checked against it")
	}
	if testing.Short() {
		t.Skip("-short")
	}
	if out, err := exec.Command("terraform", "version").Output(); err != nil || !strings.Contains(string(out), "v1.11.") {
		t.Skip("terraform is not of version 1.11: the recorded answers are not checked against it")
	}
	live := console(t, expressions(t))
	for i, a := range recorded(t) {
		if i < len(live) && a != live[i] {
			t.Errorf("recorded %+v, terraform now says %+v", a, live[i])
		}
	}
}

// show is a value as JSON text; "?" when it is not fully known.
func show(v *value.Value) string {
	w := &jsonWriter{}
	w.value(v)
	parts := w.done()
	if hasHoles(parts) {
		return "?"
	}
	return knownPrefix(parts)
}

// typeName is a type as terraform console's type function prints it, without
// spaces.
func typeName(t cty.Type) string {
	switch {
	case t.IsListType():
		return "list(" + typeName(t.ElementType()) + ")"
	case t.IsSetType():
		return "set(" + typeName(t.ElementType()) + ")"
	case t.IsMapType():
		return "map(" + typeName(t.ElementType()) + ")"
	case t.IsTupleType():
		var elems []string
		for _, e := range t.TupleElementTypes() {
			elems = append(elems, typeName(e))
		}
		return "tuple([" + strings.Join(elems, ",") + "])"
	case t.IsObjectType():
		var attrs []string
		for _, k := range sortedKeys(t.AttributeTypes()) {
			attrs = append(attrs, k+":"+typeName(t.AttributeType(k)))
		}
		return "object({" + strings.Join(attrs, ",") + "})"
	case t == cty.DynamicPseudoType:
		return "dynamic"
	}
	return t.FriendlyName()
}

// console asks terraform about all expressions in two runs: one for the
// values, one for the types of those that have one.
func console(t *testing.T, exprs []string) []answer {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(functionData, "files"))); err != nil {
		t.Fatal(err)
	}
	run := func(input string, args ...string) string {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
		defer cancel()
		cmd := exec.CommandContext(ctx, "terraform", args...)
		cmd.Dir = dir
		cmd.Stdin = strings.NewReader(input)
		cmd.Env = append(os.Environ(), "TF_CLI_CONFIG_FILE="+os.DevNull, "TF_DATA_DIR="+filepath.Join(filepath.Dir(dir), "data"), "CHECKPOINT_DISABLE=1")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("terraform %v: %v\n%s", args, err, out)
		}
		return string(out)
	}
	config := filepath.Join(dir, "zz_unknown.tf")
	if err := os.WriteFile(config, []byte("resource \"terraform_data\" \"unknown\" {}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	run("", "init", "-no-color")
	if err := os.Remove(filepath.Join(dir, ".terraform.lock.hcl")); err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	list := func(f func(string) string, exprs []string) string {
		var b strings.Builder
		for _, e := range exprs {
			b.WriteString(f(strings.ReplaceAll(e, "unknown", "terraform_data.unknown.output")) + ", ")
		}
		return "[" + b.String() + "]"
	}
	out := make([]answer, len(exprs))
	var typed []string
	values := run(list(func(e string) string { return "try(jsonencode({ok = " + e + "}), \"error\")" }, exprs)+"\n", "console", "-no-color")
	lines := strings.Split(strings.TrimSpace(values), "\n")
	if len(lines) != len(exprs)+2 {
		t.Fatalf("%d lines for %d expressions", len(lines), len(exprs))
	}
	for i, e := range exprs {
		out[i] = consoleValue(t, e, strings.TrimSuffix(strings.TrimSpace(lines[i+1]), ","))
		if out[i].JSON != "" {
			typed = append(typed, e)
		}
	}
	types := run("type("+list(func(e string) string { return e }, typed)+")\n", "console", "-no-color")
	names := splitTypes(types)
	if len(names) != len(typed) {
		t.Fatalf("%d types for %d expressions", len(names), len(typed))
	}
	for i := range out {
		if out[i].JSON != "" {
			out[i].Type, names = names[0], names[1:]
		}
	}
	return out
}

// consoleValue reads one line of the list that terraform console prints.
func consoleValue(t *testing.T, expr, line string) answer {
	if line == "(known after apply)" {
		return answer{Expr: expr, Unknown: true}
	}
	s, err := strconv.Unquote(line)
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	if s == "error" {
		return answer{Expr: expr, Error: true}
	}
	return answer{Expr: expr, JSON: strings.TrimSuffix(strings.TrimPrefix(s, `{"ok":`), "}")}
}

// splitTypes takes apart what type([…]) prints.
func splitTypes(s string) []string {
	s = strings.Join(strings.Fields(s), "")
	s = strings.NewReplacer(",]", "]", ",}", "}", ",)", ")").Replace(s)
	s = strings.TrimSuffix(strings.TrimPrefix(s, "tuple(["), "])")
	var out []string
	depth, start := 0, 0
	for i, r := range s {
		switch r {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth--
		case ',':
			if depth == 0 {
				out = append(out, s[start:i])
				start = i + 1
			}
		}
	}
	return append(out, s[start:])
}

// TestFunctionsInConfiguration asks for the recorded answers through a
// configuration: what the language makes of arguments is Terraform's too.
func TestFunctionsInConfiguration(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(functionData, "files"))); err != nil {
		t.Fatal(err)
	}
	var config strings.Builder
	config.WriteString("variable \"unknown\" {}\n")
	answers := recorded(t)
	for i, a := range answers {
		fmt.Fprintf(&config, "resource \"aws_iam_policy\" \"p%d\" {\n  policy = jsonencode({ ok = %s })\n}\n", i, strings.ReplaceAll(a.Expr, "unknown", "var.unknown"))
	}
	if err := os.WriteFile(filepath.Join(dir, "main.tf"), []byte(config.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	b, err := OpenBoundary(dir)
	if err != nil {
		t.Fatal(err)
	}
	root, err := LoadConfig(context.Background(), b, ".", Options{})
	if err != nil {
		t.Fatal(err)
	}
	resources := map[string]*Resource{}
	for _, r := range root.Resources("aws_iam_policy") {
		resources[r.Name] = r
	}
	for i, a := range answers {
		r := resources[fmt.Sprintf("p%d", i)]
		if r == nil {
			t.Fatalf("%s: no resource", a.Expr)
		}
		got, ok := r.Attr("policy").Text()
		switch {
		case a.Error || a.Unknown:
			if a.Error && ok {
				t.Errorf("%s: got %s; terraform refuses it", a.Expr, got)
			}
		case got != `{"ok":`+a.JSON+`}`:
			t.Errorf("%s: got %s, want %s", a.Expr, sketch(r.Attr("policy")), a.JSON)
		}
	}
}
