package engine_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/iamvet/iamvet/analyzer/engine"
	"github.com/iamvet/iamvet/analyzer/report"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
	"github.com/iamvet/iamvet/checks"
	"github.com/iamvet/iamvet/sarif"
)

// A sensitive value that a witness has to carry is not printed, in no format.
// Here it comes from a tfvars file, which no excerpt shows.
func TestSensitiveValuesAreNotPrinted(t *testing.T) {
	const canary = "canary-5f2b9c"
	files := fstest.MapFS{
		"main.tf": {Data: []byte(`
variable "external_id" {
  type      = string
  sensitive = true
}

resource "aws_iam_role" "third_party" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::888877776666:root" }
      Condition = { StringEquals = { "sts:ExternalId" = var.external_id } }
    }]
  })
}
`)},
		"terraform.tfvars": {Data: []byte(`external_id = "` + canary + `"`)},
	}
	in := engine.Input{Version: "test", Boundary: workspace.OverFS(files), Paths: []string{"."}, ScanRoot: ".", WorkDir: "."}
	r, err := engine.Analyze(context.Background(), in, checks.All)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Findings) == 0 {
		t.Fatal("no finding: the test shows nothing")
	}
	var out bytes.Buffer
	for _, err := range []error{
		report.JSON(&out, r), report.Text(&out, r, report.TextOptions{}), report.Markdown(&out, r), report.GitHub(&out, r),
		sarif.Write(&out, r, sarif.Options{Notes: true}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if strings.Contains(out.String(), canary) {
		t.Errorf("the secret is printed:\n%s", &out)
	}
	if !strings.Contains(out.String(), "(sensitive)") {
		t.Error("nothing stands in its place: the test shows nothing")
	}
}

// Nor is what stands beside a finding in a file of variable values, a piece of a
// sensitive ARN, or the value of an ephemeral variable.
func TestValuesFilesAreNotShown(t *testing.T) {
	files := fstest.MapFS{
		"main.tf": {Data: []byte(`
variable "policy" {
  sensitive = true
}
variable "account" {
  sensitive = true
}
variable "user" {
  ephemeral = true
  default   = "canary-user"
}
resource "aws_iam_role" "r" {
  assume_role_policy = var.policy
}
resource "aws_iam_role" "partner" {
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::${var.account}:root" } }]
  })
}
resource "aws_iam_access_key" "k" {
  user = var.user
}
`)},
		"terraform.tfvars": {Data: []byte(`before  = "canary-before"
policy  = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"sts:AssumeRole\",\"Principal\":{\"AWS\":\"arn:aws:iam::111122223333:root\"}}]}"
after   = "canary-after"
account = "400030002000"
`)},
	}
	in := engine.Input{Version: "test", Boundary: workspace.OverFS(files), Paths: []string{"."}, ScanRoot: ".", WorkDir: "."}
	r, err := engine.Analyze(context.Background(), in, checks.All)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	for _, err := range []error{
		report.JSON(&out, r), report.Text(&out, r, report.TextOptions{}), report.Markdown(&out, r), report.GitHub(&out, r),
		sarif.Write(&out, r, sarif.Options{Notes: true}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, secret := range []string{"canary-", "400030002000"} {
		if i := strings.Index(out.String(), secret); i >= 0 {
			t.Errorf("%s is printed: …%s…", secret, out.String()[max(0, i-200):i+40])
		}
	}
	for _, said := range []string{"terraform.tfvars", "aws_iam_role.partner", "aws_iam_access_key.k"} {
		if !strings.Contains(out.String(), said) {
			t.Errorf("nothing is said of %s: the test shows nothing", said)
		}
	}
}
