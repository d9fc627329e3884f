package terraform

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
)

// TestRandomExpressions asks Terraform, where it is installed, for the values of
// expressions that were made up at random. What it knows we know, or call
// unknown; never something else.
func TestRandomExpressions(t *testing.T) {
	if testing.Short() {
		t.Skip("runs terraform")
	}
	binary, err := exec.LookPath("terraform")
	if err != nil {
		t.Skip("terraform is not installed")
	}
	rnd := rand.New(rand.NewSource(seedFromEnv()))
	var b strings.Builder
	b.WriteString(`
variable "s" { default = "str" }
variable "l" { default = ["a", "b", "c"] }
variable "m" {
  type    = map(number)
  default = { x = 1, y = 2 }
}
variable "o" { default = { a = "A", n = null, l = [1, 2], deep = { k = "v" } } }
variable "st" {
  type    = set(string)
  default = ["q", "p"]
}
resource "terraform_data" "u" {
  input = "in"
}
resource "terraform_data" "c" {
  count = 2
  input = count.index
}
resource "terraform_data" "e" {
  for_each = { k1 = "v1", k2 = "v2" }
  input    = each.value
}
`)
	const many = 400
	for i := range many {
		fmt.Fprintf(&b, "output \"o%03d\" {\n  value = try(%s, \"ERR\")\n}\n", i, typedExpr(rnd, 3))
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main.tf"), []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) []byte {
		cmd := exec.Command(binary, args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "TF_CLI_CONFIG_FILE=", "CHECKPOINT_DISABLE=1")
		out, err := cmd.Output()
		if err != nil {
			if e, ok := err.(*exec.ExitError); ok {
				out = e.Stderr
			}
			t.Skipf("terraform %v: %v\n%.3000s", args, err, out)
		}
		return out
	}
	run("init", "-input=false")
	run("plan", "-input=false", "-out=p")
	var plan struct {
		OutputChanges map[string]struct {
			After        any `json:"after"`
			AfterUnknown any `json:"after_unknown"`
		} `json:"output_changes"`
	}
	if err := json.Unmarshal(run("show", "-json", "p"), &plan); err != nil {
		t.Fatal(err)
	}
	bd, err := workspace.OpenBoundary(dir)
	if err != nil {
		t.Fatal(err)
	}
	root, err := LoadConfig(context.Background(), bd, ".", Options{})
	if err != nil {
		t.Fatal(err)
	}
	top := root.loader.(*evaluator).top
	known, same := 0, 0
	for i := range many {
		name := fmt.Sprintf("o%03d", i)
		change, ok := plan.OutputChanges[name]
		if !ok || change.AfterUnknown != false {
			continue
		}
		known++
		v, _ := top.member(name, false)
		if v = top.ev.whole(v, false); !v.Known() {
			t.Logf("%s = %s: unknown, Terraform says %v", name, top.mod.Outputs[name].Expr("value").Span().Text(), change.After)
			continue
		}
		got, _ := json.Marshal(plain(t, v))
		want, _ := json.Marshal(change.After)
		if string(got) != string(want) {
			t.Errorf("%s = %s:\n got %s\nwant %s", name, top.mod.Outputs[name].Expr("value").Span().Text(), got, want)
		}
		same++
	}
	t.Logf("Terraform knows %d of %d, we know %d of them", known, many, same)
	if same*100 < known*97 {
		t.Errorf("of %d values that Terraform knows, %d are known", known, same)
	}
}

func seedFromEnv() int64 {
	var seed int64 = 1
	fmt.Sscan(os.Getenv("IAMVET_SEED"), &seed)
	return seed
}

// typedExpr makes up an expression over the variables above.
func typedExpr(rnd *rand.Rand, depth int) string {
	if depth == 0 {
		return []string{
			`"x"`, `""`, `1`, `2.5`, `true`, `null`, `[]`, `{}`, `["p", "q"]`, `{ a = 1, b = "two" }`, `[1, "mixed", null]`,
			"var.s", "var.l", "var.m", "var.o", "var.st", "var.o.a", "var.o.n", "var.o.deep", "var.l[1]", "var.m.x",
			"terraform_data.u.id", "terraform_data.u.input", "terraform_data.c[*].input", "terraform_data.c[1].input", "terraform_data.e", "terraform_data.e[\"k1\"].input",
			"terraform_data.c[*].id", "tolist([\"t\"])", "toset([\"z\", \"y\"])", "tomap({ k = \"v\" })",
		}[rnd.Intn(31)]
	}
	x := func() string { return typedExpr(rnd, depth-1) }
	switch rnd.Intn(24) {
	case 0:
		return "[" + x() + ", " + x() + "]"
	case 1:
		return "{ a = " + x() + ", b = " + x() + " }"
	case 2:
		return "\"p${" + x() + "}s\""
	case 3:
		// Both branches of one type, or Terraform refuses what we let pass.
		return "(" + x() + " == null ? jsonencode(" + x() + ") : jsonencode(" + x() + "))"
	case 4:
		return "[for k, v in " + x() + " : v if v != null]"
	case 5:
		return "{ for k, v in " + x() + " : \"k${k}\" => v }"
	case 6:
		return "{ for v in " + x() + " : \"${v}\" => v... }"
	case 7:
		f := []string{"concat", "merge", "setunion", "coalesce", "zipmap", "contains", "setproduct", "lookup", "chunklist", "setsubtract"}[rnd.Intn(10)]
		return f + "(" + x() + ", " + x() + ")"
	case 8, 9:
		f := []string{"flatten", "jsonencode", "keys", "values", "length", "toset", "tolist", "one", "sort", "distinct", "compact", "reverse", "tostring", "tonumber", "tomap", "upper", "sum", "max", "alltrue", "type", "md5", "transpose"}[rnd.Intn(22)]
		if f == "type" {
			f = "tobool"
		}
		return f + "(" + x() + ")"
	case 10:
		return "(" + x() + " == " + x() + ")"
	case 11:
		return "(" + x() + " + " + x() + ")"
	case 12:
		return "(" + x() + ")[" + x() + "]"
	case 13:
		return "(" + x() + ")[*]"
	case 14:
		return "(" + x() + ").a"
	case 15:
		return "can((" + x() + ").a)"
	case 16:
		return "try(" + x() + ", " + x() + ")"
	case 17:
		return "join(\",\", " + x() + ")"
	case 18:
		return "element(" + x() + ", 1)"
	case 19:
		return "\"%{ for v in " + x() + " }<${v}>%{ endfor }\""
	case 20:
		return "format(\"%s|%v\", " + x() + ", " + x() + ")"
	case 21:
		return "(" + x() + " > " + x() + ")"
	case 22:
		// Operands that cannot fail: since 1.12 Terraform does not look at the
		// second one when the first decides, and neither do we.
		return "(can(" + x() + ") && can(" + x() + "))"
	}
	return "max(" + x() + "...)"
}
