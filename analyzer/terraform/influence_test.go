package terraform

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
)

const influenced = `
-- main.tf --
locals {
  name  = "r"
  names = [for r in aws_iam_role.each : r.name]
}
variable "k" {
  default = "x"
}
variable "region" {
  default = "us-east-1"
}
resource "aws_iam_role" "r" {
  name = local.name
}
resource "aws_iam_role" "each" {
  for_each = { x = 1 }
  name     = each.key
}
resource "aws_iam_user" "splat" {
  name = join("-", values(aws_iam_role.each)[*].name)
}
resource "aws_iam_user" "alone" {
  name = "alone"
}
module "m" {
  source = "./m"
  name   = aws_iam_user.alone.name
}
module "none" {
  count  = local.name == "r" ? 0 : 1
  source = "./none"
}
-- other.tf --
resource "aws_iam_group" "g" {
  name = one(local.names)
}
resource "aws_iam_group" "each_value" {
  for_each = aws_iam_role.each
  name     = each.value.name
}
resource "aws_iam_policy" "dynamic" {
  name = data.aws_iam_policy_document.d[var.k].json
}
data "aws_iam_policy_document" "d" {
  for_each = { x = "s" }
  dynamic "statement" {
    for_each = [module.m.out]
    content {
      sid = statement.value
    }
  }
}
resource "aws_sns_topic" "t" {
  name = file("note.txt")
}
-- m/main.tf --
variable "name" {}
module "n" {
  source = "./n"
  name   = var.name
}
output "out" {
  value = module.n.out
}
resource "aws_iam_user" "beside" {
  name = "beside"
}
-- m/n/main.tf --
variable "name" {}
locals {
  sid = "sid"
}
resource "aws_iam_user" "n" {
  name = var.name
}
output "out" {
  value = local.sid
}
-- none/main.tf --
resource "aws_iam_role" "none" {
  name = "none"
}
-- note.txt --
a note
`

// An edit reaches what refers to the edited block, in whatever way, and nothing
// else. "everything" is where that cannot be told.
func TestInfluenceOn(t *testing.T) {
	const everything = "everything"
	tests := []struct {
		name, file, old, new string
		more                 string // files
		resources, types     string
	}{
		{"a block that nothing refers to", "m/main.tf", `= "beside"`, `= "b"`, "",
			"module.m.aws_iam_user.beside", "aws_iam_user"},
		{"a comment between blocks", "m/main.tf", "output", "# nothing\noutput", "", "", ""},
		{"for, one, splat, each.value of another resource", "main.tf", "each.key", "upper(each.key)", "",
			"aws_iam_group.each_value aws_iam_group.g aws_iam_role.each aws_iam_user.splat", "aws_iam_group aws_iam_role aws_iam_user"},
		{"a local that decides whether a module has instances", "main.tf", `name  = "r"`, `name  = "s"`, "", everything, ""},
		{"an output of an output, a dynamic block, an index", "m/n/main.tf", `"sid"`, `"other"`, "",
			"aws_iam_policy.dynamic", "aws_iam_policy"},
		{"an argument of a module of a module", "main.tf", `= "alone"`, `= "a"`, "",
			"aws_iam_policy.dynamic aws_iam_user.alone module.m.aws_iam_user.beside module.m.module.n.aws_iam_user.n", "aws_iam_policy aws_iam_user"},
		{"a block that refers to another type", "other.tf", `"g" {`, "\"g\" {\n  path = aws_iam_role.r.name", "",
			"aws_iam_group.g", "aws_iam_group aws_iam_role"},
		{"a new block", "other.tf", `resource "aws_sns_topic"`, "resource \"aws_iam_user\" \"new\" {}\nresource \"aws_sns_topic\"", "",
			"aws_iam_user.new", "aws_iam_user"},
		{"a block that is merged with an override", "m/main.tf", `= "beside"`, `= "b"`, "-- m/override.tf --\nresource \"aws_iam_user\" \"beside\" {\n  path = \"/\"\n}\n",
			"module.m.aws_iam_user.beside", "aws_iam_user"},
		{"a variable", "main.tf", `"x"`, `"y"`, "", everything, ""},
		{"the arguments of a call", "main.tf", "aws_iam_user.alone.name", `"n"`, "", everything, ""},
		{"a file that a function reads", "note.txt", "note", "file", "", everything, ""},
		{"what a provider is configured with", "m/n/main.tf", `"sid"`, `"other"`, "-- p.tf --\nprovider \"aws\" {\n  region = module.m.out\n}\n", everything, ""},
		{"what leads into JSON", "m/n/main.tf", `"sid"`, `"other"`, "-- x.tf.json --\n{\"resource\": {\"aws_iam_user\": {\"j\": {\"name\": \"${module.m.out}\"}}}}\n", everything, ""},
		{"what does not lead into JSON", "m/main.tf", `= "beside"`, `= "b"`, "-- x.tf.json --\n{\"resource\": {\"aws_iam_user\": {\"j\": {\"name\": \"j\"}}}}\n",
			"module.m.aws_iam_user.beside", "aws_iam_user"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			fsys := files(influenced + test.more)
			b := workspace.OverFS(fsys)
			old := loadAll(t, b)
			text := string(fsys[test.file].Data)
			if strings.Count(text, test.old) == 0 {
				t.Fatalf("%s has no %s", test.file, test.old)
			}
			now := loadAll(t, b.With(map[string][]byte{test.file: []byte(strings.Replace(text, test.old, test.new, 1))}))
			i := now.InfluenceOn(old)
			if i == nil {
				if test.resources != everything {
					t.Errorf("everything, want %s", test.resources)
				}
				return
			}
			var reached []string
			for _, r := range now.Resources() {
				if i.Of(r) {
					reached = append(reached, strings.TrimSuffix(r.Address, `["x"]`))
				}
			}
			slices.Sort(reached)
			if got := strings.Join(reached, " "); got != test.resources {
				t.Errorf("reaches %s\nwant %s", got, test.resources)
			}
			if got := strings.Join(i.Types(), " "); got != test.types {
				t.Errorf("types %s\nwant %s", got, test.types)
			}
		})
	}
}

// loadAll loads a root and looks at all that it has.
func loadAll(t *testing.T, b *workspace.Boundary) *Root {
	t.Helper()
	r, err := LoadConfig(context.Background(), b, ".", Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, res := range r.Resources() {
		res.Attr("name")
	}
	return r
}
