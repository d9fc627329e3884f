package terraform

import (
	"context"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/iamvet/iamvet/analyzer/terraform/addrs"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
	"github.com/iamvet/iamvet/analyzer/value"
)

// exhaust asks a configuration for everything.
func exhaust(t *testing.T, fsys fstest.MapFS) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	b := workspace.OverFS(fsys)
	roots, _ := FindRoots(ctx, b, Options{}, []string{"."}, nil, nil)
	for _, r := range roots {
		root, err := LoadConfig(ctx, b, r.Dir, Options{Uncalled: true})
		if err != nil {
			continue
		}
		for _, mode := range []addrs.Mode{addrs.Managed, addrs.Data} {
			for _, res := range root.loader.resources(mode, nil) {
				res.Block.Walk(func(v *value.Value) bool {
					if v.Kind == value.Unknown && len(v.AllWhy()) == 0 {
						t.Errorf("%s: unknown without a reason: %s", res.Address, printed(res.Block))
					}
					if s := v.Span; s.File != nil && (s.Start < 0 || s.End > len(s.File.Bytes) || s.Start > s.End) {
						t.Errorf("%s: span out of its file", res.Address)
					}
					return true
				})
				if mode == addrs.Data {
					inst := root.loader.(*evaluator)
					_ = inst
				}
			}
		}
	}
	if ctx.Err() != nil {
		t.Errorf("it took longer than 20 s")
	}
}

func FuzzConfig(f *testing.F) {
	for _, pattern := range []string{"testdata/language/*", "testdata/language/modules/*/*.tf", "../../testdata/quickstart/*", "../../testdata/plans/terraform-1.11/*/*.tf*"} {
		names, _ := filepath.Glob(pattern)
		for _, name := range names {
			data, err := os.ReadFile(name)
			if err != nil || strings.HasSuffix(name, "want.json") {
				continue
			}
			kind := map[bool]byte{true: 1, false: 0}[strings.HasSuffix(name, ".json")]
			if strings.Contains(name, "tfvars") {
				kind += 2
			}
			f.Add(kind, data)
		}
	}
	f.Add(byte(0), []byte("locals {\n a = local.b\n b = local.a\n}\nresource \"aws_iam_user\" \"x\" {\n count = local.a\n name = \"${local.a}${local.a}\"\n}\n"))
	f.Add(byte(0), []byte("resource \"aws_iam_user\" \"x\" {}\nimport {}\nimport {\n to = 3\n}\nmoved {}\nmodule {}\nmodule \"m\" {}\nprovider {}\nlocals \"x\" {}\ndata \"x\" {}\n"))
	f.Add(byte(4), []byte("%{ for x in [1] }${x}%{ endfor }"))
	f.Fuzz(func(t *testing.T, kind byte, data []byte) {
		if len(data) > 1<<16 {
			return
		}
		name := []string{"main.tf", "main.tf.json", "terraform.tfvars", "terraform.tfvars.json", "t.tpl", "x_override.tf", ".terraform/modules/modules.json", ".gitignore"}[kind%8]
		exhaust(t, fstest.MapFS{
			"base.tf": {Data: []byte(`
variable "v" {
  type = map(object({ a = optional(list(string), ["x"]) }))
  default = {}
}
resource "aws_iam_user" "fixed" {
  for_each = var.v
  name = templatefile("t.tpl", { x = each.value })
}
module "m" { source = "terraform-aws-modules/iam/aws" }
`)},
			name: {Data: data},
		})
	})
}

// TestRandomModules evaluates small module trees whose expressions refer to
// each other at random: cycles, missing names and wrong types included.
func TestRandomModules(t *testing.T) {
	if testing.Short() {
		t.Skip("slow under the race detector, and nothing in it is concurrent")
	}
	for seed := range int64(300) {
		rnd := rand.New(rand.NewSource(seed))
		exhaust(t, randomTree(rnd))
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

func randomTree(rnd *rand.Rand) fstest.MapFS {
	fsys := fstest.MapFS{}
	dirs := []string{".", "a", "b", "a/c"}
	for _, dir := range dirs {
		var b strings.Builder
		for i := range 3 {
			fmt.Fprintf(&b, "variable \"v%d\" {\n", i)
			if rnd.Intn(2) == 0 {
				fmt.Fprintf(&b, "  default = %s\n", randomLiteral(rnd, 2))
			}
			if rnd.Intn(3) == 0 {
				fmt.Fprintf(&b, "  type = %s\n", []string{"string", "list(string)", "map(any)", "object({ a = optional(number, 1) })", "any", "set(string)"}[rnd.Intn(6)])
			}
			fmt.Fprintf(&b, "}\nlocals {\n  l%d = %s\n}\noutput \"o%d\" {\n  value = %s\n}\n", i, randomExpr(rnd, 3), i, randomExpr(rnd, 2))
			fmt.Fprintf(&b, "resource \"aws_iam_user\" \"r%d\" {\n  name = %s\n  %s\n}\n", i, randomExpr(rnd, 2), repetition(rnd))
			fmt.Fprintf(&b, "data \"aws_iam_policy_document\" \"d%d\" {\n  dynamic \"statement\" {\n    for_each = %s\n    content {\n      actions = [statement.value]\n      sid = statement.key\n    }\n  }\n}\n", i, randomExpr(rnd, 2))
		}
		for i, callee := range dirs {
			if rnd.Intn(2) == 0 {
				rel, _ := filepath.Rel(dir, callee)
				fmt.Fprintf(&b, "module \"m%d\" {\n  source = \"./%s\"\n  v0 = %s\n  %s\n}\n", i, filepath.ToSlash(rel), randomExpr(rnd, 2), repetition(rnd))
			}
		}
		name := "main.tf"
		if dir != "." {
			name = dir + "/main.tf"
		}
		fsys[name] = &fstest.MapFile{Data: []byte(b.String())}
	}
	return fsys
}

func repetition(rnd *rand.Rand) string {
	switch rnd.Intn(4) {
	case 0:
		return "count = " + randomExpr(rnd, 1)
	case 1:
		return "for_each = " + randomExpr(rnd, 1)
	case 2:
		return "for_each = toset([" + randomExpr(rnd, 0) + "])"
	}
	return ""
}

func randomLiteral(rnd *rand.Rand, depth int) string {
	switch n := rnd.Intn(8); {
	case n == 0:
		return "null"
	case n == 1:
		return fmt.Sprint(rnd.Intn(4))
	case n == 2:
		return "true"
	case n == 3 || depth == 0:
		return fmt.Sprintf("%q", string(rune('a'+rnd.Intn(3))))
	case n < 6:
		return "[" + randomLiteral(rnd, depth-1) + ", " + randomLiteral(rnd, depth-1) + "]"
	}
	return "{ a = " + randomLiteral(rnd, depth-1) + ", b = " + randomLiteral(rnd, depth-1) + " }"
}

func randomExpr(rnd *rand.Rand, depth int) string {
	if depth == 0 {
		return []string{
			randomLiteral(rnd, 1), "var.v0", "var.v1", "local.l0", "local.l1", "local.l2", "each.key", "each.value", "count.index",
			"aws_iam_user.r0", "aws_iam_user.r1.name", "aws_iam_user.r0[0].arn", "aws_iam_user.r1[*].name", "module.m1.o0", "module.m2[0].o1",
			"module.m3[\"a\"]", "module.m1", "data.aws_iam_policy_document.d0.json", "terraform.workspace", "path.module", "self.name", "nothing.at.all",
		}[rnd.Intn(22)]
	}
	x := func() string { return randomExpr(rnd, depth-1) }
	switch rnd.Intn(14) {
	case 0:
		return "[" + x() + ", " + x() + "]"
	case 1:
		return "{ a = " + x() + ", (" + x() + ") = " + x() + " }"
	case 2:
		return "\"p${" + x() + "}s\""
	case 3:
		return "(" + x() + " ? " + x() + " : " + x() + ")"
	case 4:
		return "[for k, v in " + x() + " : v if v != " + x() + "]"
	case 5:
		return "{ for k, v in " + x() + " : k => v... }"
	case 6:
		return "try(" + x() + ", " + x() + ")"
	case 7:
		return []string{"merge", "concat", "flatten", "jsonencode", "keys", "values", "length", "toset", "tolist", "one", "coalesce", "lookup"}[rnd.Intn(12)] + "(" + x() + ")"
	case 8:
		return "(" + x() + " == " + x() + ")"
	case 9:
		return "(" + x() + " + " + x() + ")"
	case 10:
		return "(" + x() + ")[" + x() + "]"
	case 11:
		return "(" + x() + ")[*].a"
	case 12:
		return "can(" + x() + ".a)"
	}
	return "concat(" + x() + "...)"
}
