package engine_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/iamvet/iamvet/analyzer/engine"
)

const trustsRoot = `
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::%s:%s" }
    }]
  })
`

// Fixes of one file are tried in one analysis where they have nothing to do with each
// other. What is kept of them, and what is dropped, is the same as if each was tried
// with everything looked at again.
func TestFixesTriedBesideEachOther(t *testing.T) {
	role := func(name, account, user, more string) string {
		return fmt.Sprintf("resource \"aws_iam_role\" %q {\n  name = %q\n"+trustsRoot+more+"}\n", name, name, account, user)
	}
	trustsSubject := func(name string) string {
		return fmt.Sprintf(`
resource "aws_iam_role" %q {
  name = %q
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com" }
      Condition = { StringLike = { "token.actions.githubusercontent.com:sub" = "repo:acme/app:*" } }
    }, {
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::111122223333:user/alice" }
    }]
  })
}
`, name, name)
	}
	for name, files := range map[string]fstest.MapFS{
		"apart": {"main.tf": {Data: []byte(
			role("a", "111122223333", "user/alice", "") + role("b", "444455556666", "root", "") + role("c", "777788889999", "user/carol", ""))}},
		"several_files": {
			"a.tf": {Data: []byte(role("a", "111122223333", "user/alice", ""))},
			"b.tf": {Data: []byte(role("b", "444455556666", "user/bob", ""))}},
		// One document is of two roles, beside one that is of itself.
		"shared_document": {"main.tf": {Data: []byte(`
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::111122223333:user/alice"]
    }
  }
}

resource "aws_iam_role" "one" {
  name               = "one"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role" "two" {
  name               = "two"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}
` + role("c", "777788889999", "user/carol", ""))}},
		// What the second role trusts goes through the first: their fixes meet.
		"meeting": {"main.tf": {Data: []byte(role("a", "111122223333", "user/alice", "") + `
resource "aws_iam_role" "b" {
  name        = "b"
  description = aws_iam_role.a.assume_role_policy
  assume_role_policy = jsonencode({
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::111122223333:user/alice" }
    }]
  })
}
` + role("c", "777788889999", "user/carol", ""))}},
		// Terraform applies the fix of one of them alone.
		"ignored": {"main.tf": {Data: []byte(
			role("a", "111122223333", "user/alice", "\n  lifecycle {\n    ignore_changes = [assume_role_policy]\n  }\n") + role("c", "777788889999", "user/carol", ""))}},
		"instances": {"main.tf": {Data: []byte(
			role("a", "111122223333", "user/alice", "\n  count = 3\n") + role("b", "111122223333", "user/alice", "\n  for_each = toset([\"x\", \"y\"])\n"))}},
		"module": {
			"main.tf":   {Data: []byte("module \"a\" {\n  source = \"./m\"\n  user   = \"alice\"\n}\n\nmodule \"b\" {\n  source = \"./m\"\n  user   = \"bob\"\n}\n" + role("c", "777788889999", "user/carol", ""))},
			"m/main.tf": {Data: []byte("variable \"user\" {}\n" + role("a", "111122223333", "user/${var.user}", "") + role("b", "111122223333", "root", ""))},
		},
		// What both of them note is told once, at the first. It is no new finding at the second.
		"notes": {"main.tf": {Data: []byte(trustsSubject("a") + trustsSubject("b") + trustsSubject("c"))}},
		// An override changes what all of them are.
		"override": {
			"main.tf":     {Data: []byte(role("a", "111122223333", "user/alice", "") + role("c", "777788889999", "user/carol", ""))},
			"override.tf": {Data: []byte("resource \"aws_iam_role\" \"a\" {\n  path = \"/x/\"\n}\n")},
		},
	} {
		t.Run(name, func(t *testing.T) {
			fast, dropped := analyzeFiles(t, files, engine.Analyze)
			slow, droppedThoroughly := analyzeFiles(t, files, engine.AnalyzeThoroughly)
			if dropped != droppedThoroughly {
				t.Errorf("dropped:\n%s\nwhen everything is looked at:\n%s", dropped, droppedThoroughly)
			}
			if fast != slow {
				t.Errorf("reports differ:\n%s\nwhen everything is looked at:\n%s", fast, slow)
			}
			if !strings.Contains(fast, `"fixes":[{`) && !strings.Contains(fast, `"diff"`) {
				t.Errorf("no fix was kept: nothing is tested\n%s", fast)
			}
		})
	}
}
