package terraform

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/iamvet/iamvet/analyzer/terraform/lang"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
	"github.com/iamvet/iamvet/analyzer/value"
)

const (
	functionData  = "../../testdata/functions"
	agreementData = "../../testdata/agreement"
)

// spoken is what a tool's console says of an expression.
type spoken struct {
	JSON    string `json:"json,omitempty"` // the value
	Type    string `json:"type,omitempty"` // without spaces
	Error   bool   `json:"error,omitempty"`
	Unknown bool   `json:"unknown,omitempty"`
}

// expressions are the functions' cases.
func expressions(t testing.TB) []string {
	return readExpressions(t, filepath.Join(functionData, "expressions.txt"))
}

func readExpressions(t testing.TB, file string) []string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, line := range strings.Split(string(b), "\n") {
		if line != "" && line[0] != '#' {
			if _, diags := hclsyntax.ParseExpression([]byte(line), "", hcl.InitialPos); diags.HasErrors() {
				t.Fatalf("%s: %s", line, diags)
			}
			out = append(out, line)
		}
	}
	return out
}

// TestAgreementExpressions compares each expression with the answers that were recorded
// from the consoles of the tools. What a tool knows we must know of its dialect,
// and the same; what it refuses must fail; what it does not know we may know
// better. Where the tool is not known, no answer is another than that of each.
func TestAgreementExpressions(t *testing.T) {
	for _, set := range []struct{ list, files, answers string }{
		{functionData + "/expressions.txt", functionData + "/files", functionData + "/expressions.json"},
		{agreementData + "/expressions.txt", agreementData + "/console", agreementData + "/expressions.json"},
	} {
		t.Run(filepath.Base(filepath.Dir(set.list)), func(t *testing.T) {
			cases := readExpressions(t, set.list)
			answers := asked(t, set.answers, cases, func(t *testing.T, r *toolRun) []spoken { return console(t, r, set.files, cases) })
			for _, d := range tools {
				compareExpressions(t, d, evaluated(t, set.files, cases, d), cases, ofTool(answers, d))
			}
			compareUndecided(t, evaluated(t, set.files, cases, lang.Dialect{}), cases, answers)
		})
	}
}

type evaluatedExpression struct {
	v    *value.Value
	errs []value.Reason
}

// evaluated are the values of expressions as outputs of a configuration.
func evaluated(t *testing.T, files string, exprs []string, d lang.Dialect) []evaluatedExpression {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(files)); err != nil {
		t.Fatal(err)
	}
	var config strings.Builder
	config.WriteString("variable \"unknown\" {}\n")
	for i, e := range exprs {
		fmt.Fprintf(&config, "output \"o%d\" {\n  value = %s\n}\n", i, unknownName.ReplaceAllString(e, "var.unknown"))
	}
	if err := os.WriteFile(filepath.Join(dir, "outputs.tf"), []byte(config.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	b, err := workspace.OpenBoundary(dir)
	if err != nil {
		t.Fatal(err)
	}
	root, err := LoadConfig(context.Background(), b, ".", Options{Language: d.Language, ToolVersion: d.Version})
	if err != nil {
		t.Fatal(err)
	}
	top := root.loader.(*evaluator).top
	out := make([]evaluatedExpression, len(exprs))
	for i := range exprs {
		v, errs := top.ev.eval(top.mod.Outputs[fmt.Sprintf("o%d", i)].Expr("value"), top.frame)
		out[i] = evaluatedExpression{top.ev.whole(v, false), errs}
	}
	return out
}

var unknownName = regexp.MustCompile(`\bunknown\b`)

// compareExpressions holds our values to those of one tool.
func compareExpressions(t *testing.T, d lang.Dialect, ours []evaluatedExpression, cases []string, says map[string]spoken) {
	t.Helper()
	for i, c := range cases {
		a, ok := says[c]
		if !ok {
			t.Fatalf("%s: no answer is recorded: run with -record", c)
		}
		v, got := ours[i].v, show(ours[i].v)
		refused := len(ours[i].errs) > 0 || !formattable(v) // the consoles were asked for JSON
		switch {
		case a.Error && !refused:
			t.Errorf("%s: %s: got %s; it is refused", d, c, got)
		case a.Error && v.Known() && formattable(v):
			t.Errorf("%s: %s: got %s and %v; it is refused", d, c, got, ours[i].errs)
		case a.Error || a.Unknown:
		case got != a.JSON:
			t.Errorf("%s: %s: got %s %v, want %s", d, c, got, v.AllWhy(), a.JSON)
		case !v.Missing() && strings.ReplaceAll(typeName(typeOf(v)), " ", "") != a.Type:
			t.Errorf("%s: %s: got type %s, want %s", d, c, typeName(typeOf(v)), a.Type)
		}
	}
}

// compareUndecided holds our values, where the tool is not known, to all of the
// tools: a value is that of each tool that accepts the expression.
func compareUndecided(t *testing.T, ours []evaluatedExpression, cases []string, answers []answer[spoken]) {
	t.Helper()
	byTool := make([]map[string]spoken, len(tools))
	for i, d := range tools {
		byTool[i] = ofTool(answers, d)
	}
	for i, c := range cases {
		refused, unequal := true, false
		for _, says := range byTool {
			a := says[c]
			refused = refused && a.Error
			unequal = unequal || !a.Error && !a.Unknown && a.JSON != show(ours[i].v)
		}
		switch known := ours[i].v.Known() && formattable(ours[i].v); {
		case known && refused:
			t.Errorf("%s: got %s; all refuse it", c, show(ours[i].v))
		case known && unequal:
			t.Errorf("%s: got %s; that is not what each tool says", c, show(ours[i].v))
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

// console asks a tool about all expressions in two runs: one for the values,
// one for the types of those that have one.
func console(t *testing.T, r *toolRun, files string, exprs []string) []spoken {
	if err := os.CopyFS(r.dir, os.DirFS(files)); err != nil {
		t.Error(err)
		return nil
	}
	if err := os.WriteFile(filepath.Join(r.dir, "zz_unknown.tf"), []byte("resource \"terraform_data\" \"zz\" {}\n"), 0o644); err != nil {
		t.Error(err)
		return nil
	}
	var out []spoken
	for some := range slices.Chunk(exprs, 200) { // a console reads lines of up to 64 KiB
		out = append(out, consolePart(t, r, some)...)
	}
	return out
}

func consolePart(t *testing.T, r *toolRun, exprs []string) []spoken {
	list := func(f func(string) string, exprs []string) string {
		var b strings.Builder
		for _, e := range exprs {
			b.WriteString(f(unknownName.ReplaceAllString(e, "terraform_data.zz.output")) + ", ")
		}
		return "[" + b.String() + "]"
	}
	out := make([]spoken, len(exprs))
	values, err := r.run(list(func(e string) string {
		e = "jsonencode({ok = " + e + "})"
		return "try(nonsensitive(" + e + "), " + e + ", \"error\")"
	}, exprs)+"\n", "console", "-no-color")
	if err != nil {
		t.Error(err)
		return nil
	}
	if i := strings.Index(values, "\n[\n"); i >= 0 {
		values = values[i:] // behind warnings
	}
	lines := strings.Split(strings.TrimSpace(values), "\n")
	if len(lines) != len(exprs)+2 {
		t.Errorf("%s: %d lines for %d expressions: %s", r.tool, len(lines), len(exprs), values)
		return nil
	}
	var typed []string
	for i, e := range exprs {
		out[i] = consoleValue(t, strings.TrimSuffix(strings.TrimSpace(lines[i+1]), ","))
		if out[i].JSON != "" {
			typed = append(typed, e)
		}
	}
	types, err := r.run("type("+list(func(e string) string { return e }, typed)+")\n", "console", "-no-color")
	if err != nil {
		t.Error(err)
		return nil
	}
	if i := strings.Index(types, "\ntuple(["); i >= 0 {
		types = types[i:]
	}
	names := splitTypes(types)
	if len(names) != len(typed) {
		t.Errorf("%s: %d types for %d expressions", r.tool, len(names), len(typed))
		return nil
	}
	for i := range out {
		if out[i].JSON != "" {
			out[i].Type, names = names[0], names[1:]
		}
	}
	return out
}

// consoleValue reads one line of the list that a console prints.
func consoleValue(t *testing.T, line string) spoken {
	if line == "(known after apply)" {
		return spoken{Unknown: true}
	}
	s, err := strconv.Unquote(strings.ReplaceAll(line, "$${", "${"))
	if err != nil {
		t.Errorf("%s: %v", line, err)
	}
	if s == "error" {
		return spoken{Error: true}
	}
	return spoken{JSON: strings.TrimSuffix(strings.TrimPrefix(s, `{"ok":`), "}")}
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
