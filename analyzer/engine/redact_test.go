package engine_test

import (
	"bytes"
	"context"
	"math/rand"
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

// Every byte that is part of a secret is taken out, however secrets lie in, over and
// beside each other; all others stay.
func TestRedactor(t *testing.T) {
	rnd := rand.New(rand.NewSource(1))
	random := func(max int) string {
		b := make([]byte, rnd.Intn(max))
		for i := range b {
			b[i] = "aab("[rnd.Intn(4)]
		}
		return string(b)
	}
	changed := 0
	for range 20_000 {
		hidden := make([]string, rnd.Intn(6))
		for i := range hidden {
			hidden[i] = random(9)
		}
		text := random(40)
		got, want := engine.RedactorOf(hidden...)(text), redactedByDefinition(text, hidden)
		if got != want {
			t.Fatalf("%q without %q is %q, want %q", text, hidden, got, want)
		}
		if got != text {
			changed++
		}
	}
	if changed < 1000 {
		t.Errorf("%d texts with a secret: the test shows little", changed)
	}
}

func redactedByDefinition(text string, hidden []string) string {
	joined := make([]bool, len(text)+1) // a secret covers the bytes on both sides
	covered := make([]bool, len(text))
	for _, secret := range hidden {
		if text == secret {
			return "(sensitive)"
		}
		for at := 0; len(secret) >= 4 && at+len(secret) <= len(text); at++ {
			for i := at; text[at:at+len(secret)] == secret && i < at+len(secret); i++ {
				covered[i], joined[i] = true, joined[i] || i > at
			}
		}
	}
	var out strings.Builder
	for i := range text {
		switch {
		case !covered[i]:
			out.WriteByte(text[i])
		case !joined[i]:
			out.WriteString("(sensitive)")
		}
	}
	return out.String()
}
