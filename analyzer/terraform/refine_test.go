package terraform

import (
	"math/rand"
	"strings"
	"testing"

	"github.com/iamvet/iamvet/analyzer/value"
)

// allows says that what is known of v holds for w, in which everything is
// known: the meaning of "unknown".
func allows(v, w *value.Value) bool {
	switch {
	case v.Is(value.Unknown):
		return true
	case v.Missing() || w.Missing():
		return v.Missing() && w.Missing()
	case v.Is(value.String) && w.Is(value.String):
		s, _ := w.Text()
		return matchParts(v.Parts, s)
	case v.Is(value.Bool) && w.Is(value.Bool):
		return v.Bool == w.Bool
	case v.Is(value.Number) && w.Is(value.Number):
		return v.Number.Cmp(w.Number) == 0
	case v.IsMapping() && w.IsMapping():
		return allowsMembers(v, w)
	case v.IsSequence() && w.IsSequence():
		return allowsElems(v, w)
	}
	// A number and the same number as text: a list takes the type that its
	// unknown members turn out to have.
	return !v.IsSequence() && !v.IsMapping() && strings.Trim(printed(v), `"`) == strings.Trim(printed(w), `"`)
}

func matchParts(parts []value.Part, s string) bool {
	if len(parts) == 0 {
		return s == ""
	}
	if parts[0].Hole == nil {
		rest, ok := strings.CutPrefix(s, parts[0].Text.String)
		return ok && matchParts(parts[1:], rest)
	}
	for i := 0; i <= len(s); i++ {
		if matchParts(parts[1:], s[i:]) {
			return true
		}
	}
	return false
}

func allowsMembers(v, w *value.Value) bool {
	unnamed := v.Open
	for _, a := range v.Attrs {
		k, ok := a.Key()
		if !ok {
			unnamed = true
			continue
		}
		m := w.Get(k)
		if m.Is(value.Absent) && !hasKey(w, k) || !allows(a.Value, m) && !unnamedWins(v) {
			return false
		}
	}
	for _, a := range w.Attrs {
		if k, _ := a.Key(); !unnamed && !hasKey(v, k) {
			return false
		}
	}
	return true
}

// unnamedWins: a member whose name is not known may replace one whose name is.
func unnamedWins(v *value.Value) bool {
	for _, a := range v.Attrs {
		if _, ok := a.Key(); !ok {
			return true
		}
	}
	return false
}

func allowsElems(v, w *value.Value) bool {
	if !v.Open && v.Kind != value.Set && w.Kind != value.Set {
		if len(v.Elems) != len(w.Elems) {
			return false
		}
		for i := range v.Elems {
			if !allows(v.Elems[i], w.Elems[i]) {
				return false
			}
		}
		return true
	}
	for _, x := range v.Elems {
		found := false
		for _, y := range w.Elems {
			found = found || allows(x, y)
		}
		if !found {
			return false
		}
	}
	for _, y := range w.Elems {
		found := v.Open
		for _, x := range v.Elems {
			found = found || allows(x, y)
		}
		if !found {
			return false
		}
	}
	return true
}

// TestExpressionsRefine: an expression over unknown variables is evaluated, and again
// with values for them. What was known before must still be so.
func TestExpressionsRefine(t *testing.T) {
	if testing.Short() {
		t.Skip("slow under the race detector, and nothing in it is concurrent")
	}
	literals := []string{`"x"`, `""`, `"a"`, `1`, `true`, `null`, `["a", "b"]`, `[]`, `{ a = 1 }`, `{}`, `[{ a = "q" }]`, `"p"`}
	checked := 0
	for seed := range int64(1500) {
		rnd := rand.New(rand.NewSource(seed))
		expr := refinableExpr(rnd, 1+rnd.Intn(3))
		config := `
-- main.tf --
variable "u" { type = any }
variable "w" { type = any }
variable "ul" { type = list(string) }
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
resource "terraform_data" "n" {
  count = var.u == "x" ? 1 : 2
  input = "n${count.index}"
}
resource "terraform_data" "e" {
  for_each = { k1 = "v1", k2 = var.w }
  input    = each.value
}
output "v" {
  value = ` + expr + `
}
`
		evaluate := func(vars map[string]string) (*value.Value, bool) {
			root := load(t, ".", config, Options{Vars: vars})
			top := root.loader.(*evaluator).top
			x := top.mod.Outputs["v"].Expr("value")
			v, errs := top.ev.eval(x, top.frame)
			return top.ev.whole(v, false), len(errs) == 0 && len(root.Gaps()) == 0
		}
		before, _ := evaluate(nil)
		for range 3 {
			vars := map[string]string{
				"u": literals[rnd.Intn(len(literals))], "w": literals[rnd.Intn(len(literals))], "ul": []string{`[]`, `["a"]`, `["q", "a"]`}[rnd.Intn(3)],
			}
			after, ok := evaluate(vars)
			if !ok || !after.Known() {
				continue
			}
			checked++
			if !allows(before, after) {
				t.Errorf("seed %d: %s\nunknown: %s\n%v: %s", seed, expr, printed(before), vars, printed(after))
			}
		}
	}
	if checked < 800 {
		t.Errorf("only %d evaluations were compared", checked)
	}
}

// refinableExpr is an expression of typedExpr with unknown leaves.
func refinableExpr(rnd *rand.Rand, depth int) string {
	expr := typedExpr(rnd, depth)
	for _, known := range []string{"var.s", "var.l", "var.o.a", `"x"`, `1`, "var.m", "terraform_data.u.id", "terraform_data.c[*].id"} {
		if i := strings.Index(expr, known); i >= 0 && rnd.Intn(2) == 0 {
			leaf := []string{"var.u", "var.w", "var.ul", "[var.u, \"k\"]", "{ a = var.u, b = 1 }", "\"<${var.u}>\"", "{ (var.w) = 1, k = 2 }", "terraform_data.n[*].input", "terraform_data.e[\"k2\"].input", "toset([var.u, var.w])"}[rnd.Intn(10)]
			if known == `1` || known == `"x"` {
				leaf = "var.w"
			}
			expr = expr[:i] + leaf + expr[i+len(known):]
		}
	}
	return expr
}
