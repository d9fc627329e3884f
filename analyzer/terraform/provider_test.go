package terraform

import "testing"

// TestProviderInstances: of OpenTofu's provider for_each each resource has the
// account and the region of the instance that it names.
func TestProviderInstances(t *testing.T) {
	root := load(t, ".", `
-- main.tofu --
variable "accounts" {
  default = { dev = "111111111111", prod = "222222222222" }
}
variable "unknown" {}
variable "more" {
  type = set(string)
}
provider "aws" {
  alias               = "by"
  for_each            = var.accounts
  region              = each.key == "prod" ? "us-gov-west-1" : "eu-west-1"
  allowed_account_ids = [each.value]
}
provider "aws" {
  alias    = "open"
  for_each = { a = "x", b = "y" }
}
provider "aws" {
  alias               = "some"
  for_each            = var.more
  allowed_account_ids = [each.value]
}
resource "aws_iam_user" "each" {
  for_each = var.accounts
  provider = aws.by[each.key]
  name     = each.key
}
resource "aws_iam_user" "literal" {
  provider = aws.by["prod"]
  name     = "literal"
}
resource "aws_iam_user" "computed" {
  provider = aws.by["pr${"od"}"]
  name     = "computed"
}
resource "aws_iam_user" "which" {
  provider = aws.by[var.unknown]
  name     = "which"
}
resource "aws_iam_user" "none" {
  provider = aws.by["test"]
  name     = "none"
}
resource "aws_iam_user" "some" {
  provider = aws.some["a"]
  name     = "some"
}
data "aws_caller_identity" "a" {
  provider = aws.open["a"]
}
data "aws_caller_identity" "a_too" {
  provider = aws.open["a"]
}
data "aws_caller_identity" "b" {
  provider = aws.open["b"]
}
module "m" {
  source    = "./m"
  for_each  = var.accounts
  providers = { aws = aws.by[each.key], aws.other = aws.by["dev"] }
}
-- json.tf.json --
{"resource": {"aws_iam_user": {"json": {"provider": "aws.by[\"dev\"]", "name": "json"}}},
 "module": {"n": {"source": "./m", "for_each": {"prod": 1}, "providers": {"aws": "aws.by[each.key]", "aws.other": "aws.by[\"dev\"]"}}}}
-- m/main.tf --
terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = [aws.other]
    }
  }
}
resource "aws_iam_user" "own" {
  name = "own"
}
resource "aws_iam_user" "other" {
  provider = aws.other
  name     = "other"
}
module "below" {
  source = "../below"
}
-- below/main.tf --
resource "aws_iam_user" "deep" {
  name = "deep"
}
`, Options{})
	want := map[string]string{
		`aws_iam_user.each["dev"]`:                        "111111111111 aws",
		`aws_iam_user.each["prod"]`:                       "222222222222 aws-us-gov",
		`aws_iam_user.literal`:                            "222222222222 aws-us-gov",
		`aws_iam_user.computed`:                           "222222222222 aws-us-gov",
		`aws_iam_user.json`:                               "111111111111 aws",
		`aws_iam_user.which`:                              " ",
		`aws_iam_user.none`:                               " ",
		`aws_iam_user.some`:                               " ",
		`module.m["dev"].aws_iam_user.own`:                "111111111111 aws",
		`module.m["dev"].aws_iam_user.other`:              "111111111111 aws",
		`module.m["dev"].module.below.aws_iam_user.deep`:  "111111111111 aws",
		`module.m["prod"].aws_iam_user.own`:               "222222222222 aws-us-gov",
		`module.m["prod"].aws_iam_user.other`:             "111111111111 aws",
		`module.m["prod"].module.below.aws_iam_user.deep`: "222222222222 aws-us-gov",
		`module.n["prod"].aws_iam_user.own`:               "222222222222 aws-us-gov",
		`module.n["prod"].aws_iam_user.other`:             "111111111111 aws",
		`module.n["prod"].module.below.aws_iam_user.deep`: "222222222222 aws-us-gov",
	}
	var met []string
	for _, r := range root.Resources() {
		met = append(met, r.Address)
		if got := r.Account() + " " + r.Partition(); got != want[r.Address] {
			t.Errorf("%s: %q, want %q", r.Address, got, want[r.Address])
		}
	}
	if len(met) != len(want) {
		t.Errorf("the resources are %q", met)
	}
	same := map[string]string{}
	for _, d := range root.DataSources() {
		same[d.Name] = d.Reference("account_id").Same
	}
	if same["a"] == "" || same["a"] != same["a_too"] || same["a"] == same["b"] {
		t.Errorf("the accounts of instances are told apart by %q", same)
	}
	if gaps := gapsOf(root); len(gaps) > 0 {
		t.Errorf("gaps %q", gaps)
	}
}
