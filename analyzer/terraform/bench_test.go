package terraform

import (
	"context"
	"fmt"
	"testing"
	"testing/fstest"

	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
)

// BenchmarkConfig reads and evaluates a root that calls one module a hundred
// times, each with a role whose trust policy is a rendered document.
func BenchmarkConfig(b *testing.B) {
	fsys := fstest.MapFS{
		"main.tf": {Data: []byte("locals {\n  teams = { for i in range(100) : \"team-${i}\" => [\"11112222${1000 + i}\"] }\n}\nmodule \"team\" {\n  for_each = local.teams\n  source   = \"./team\"\n  name     = each.key\n  trusted  = each.value\n}\n")},
		"team/main.tf": {Data: []byte(`
variable "name" { type = string }
variable "trusted" { type = list(string) }
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = [for a in var.trusted : "arn:aws:iam::${a}:root"]
    }
  }
}
resource "aws_iam_role" "this" {
  name               = var.name
  assume_role_policy = data.aws_iam_policy_document.trust.json
}
resource "aws_iam_role_policy" "this" {
  role   = aws_iam_role.this.id
  policy = <<-EOT
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::${var.name}/$${aws:username}"}]}
  EOT
}
`)},
	}
	b.ReportAllocs()
	for b.Loop() {
		root, err := LoadConfig(context.Background(), workspace.OverFS(fsys), ".", Options{})
		if err != nil {
			b.Fatal(err)
		}
		if n := len(root.Resources()); n != 200 {
			b.Fatal(fmt.Sprint(n, " resources"))
		}
	}
}

// BenchmarkSharedFiles evaluates the same module tree from fifty roots: it is
// parsed once.
func BenchmarkSharedFiles(b *testing.B) {
	fsys := fstest.MapFS{"m/main.tf": {Data: []byte("variable \"n\" {}\nresource \"aws_iam_user\" \"u\" {\n  name = var.n\n}\n")}}
	for i := range 50 {
		fsys[fmt.Sprintf("envs/e%d/main.tf", i)] = &fstest.MapFile{Data: []byte("module \"m\" {\n  source = \"../../m\"\n  n      = \"x\"\n}\n")}
	}
	b.ReportAllocs()
	for b.Loop() {
		boundary := workspace.OverFS(fsys)
		roots, _ := FindRoots(context.Background(), boundary, Options{}, []string{"."}, nil, nil)
		if len(roots) != 50 {
			b.Fatal(len(roots), " roots")
		}
		for _, r := range roots {
			root, err := LoadConfig(context.Background(), boundary, r.Dir, Options{})
			if err != nil || len(root.Resources()) != 1 {
				b.Fatal(err)
			}
		}
	}
}
