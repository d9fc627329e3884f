// Package reporttest has a report to test writers with: small, made by hand,
// and with everything in it that writers get wrong.
package reporttest

import (
	"strings"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/value"
)

// The files of the report, by name. None of them has to be real Terraform.
var files = map[string]string{
	"stacks/prod/main.tf": `module "ci" {
  source = "../../modules/ci"
}

# Keys of the root user.
resource "aws_iam_access_key" "root" {
  user   = "root"
  status = "Active"
}
`,
	"modules/ci/main.tf": `resource "aws_iam_role" "deploy" {
  name = "deploy"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::111122223333:root" }
    }]
  })
}
`,
	// Lines end in CRLF, and characters take one, two, three and four bytes.
	"modules/ci/größe 1#.tf": crlf(`locals { note = "é 😀" }
resource "aws_iam_user" "größe" { name = "日本" } # 😀
resource "aws_iam_access_key" "größe" {
	user = aws_iam_user.größe.name # 😀 e` + "\u0301" + `
	tags = { "größe" = "😀", on = true }
}
`),
	"bom.tf": "\ufeffresource \"aws_iam_user\" \"x\" {}\nresource \"aws_iam_access_key\" \"x\" {\n  status = \"Active\"\n}\n",
	"policies/scp.json": `{
  "Version": "2012-10-17",
  "Statement": [
    {"Sid": "NoMFA", "Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}}
  ]
}
`,
}

func crlf(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }

// The checks of the report.
var (
	RootKey = &analyzer.Check{
		ID: "IV101", Name: "root-access-key", Title: "an access key belongs to the root user",
		Severity: analyzer.Critical, Severities: []analyzer.Severity{analyzer.Critical, analyzer.Low, analyzer.High},
		Doc: `Finds access keys of the root user.

Why it matters: no policy of an account restrains its root user.

When it is fine: never.`,
		Remediation: "Delete the key. Until it is deleted, set it Inactive.",
		References:  []analyzer.Reference{{Title: "Root user best practices", URL: "https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-best-practices.html"}},
		Controls:    []analyzer.Control{{Framework: "cis-5.0", ID: "1.3"}, {Framework: "mitre-attack", ID: "T1078.004"}},
		Tags:        []string{"root", "access-key"},
	}
	RootMFA = &analyzer.Check{
		ID: "IV102", Name: "root-mfa", Title: "root may act without MFA",
		Severity: analyzer.High, Severities: []analyzer.Severity{analyzer.High, analyzer.Medium, analyzer.Note},
		Doc:         "Finds organizations in which nothing stops root without MFA.",
		Remediation: "Attach a service control policy that denies root everything when no MFA is present. It takes effect at once.",
		Controls:    []analyzer.Control{{Framework: "cis-5.0", ID: "1.4"}, {Framework: "mitre-attack", ID: "T1078.004"}, {Framework: "ours", ID: "7"}},
		Tags:        []string{"root", "mfa"},
	}
	SessionName = &analyzer.Check{
		ID: "IV201", Name: "role-session-name", Title: "a role can be assumed under a name that does not identify the caller",
		Severity: analyzer.Medium, Severities: []analyzer.Severity{analyzer.Medium, analyzer.High, analyzer.Low},
		Doc:         "Finds roles whose sessions may have any name.",
		Remediation: "Require sts:RoleSessionName to be the name of the caller.",
	}
	UserKey = &analyzer.Check{
		ID: "IV301", Name: "user-key-at-creation", Title: "a user is provisioned together with an access key",
		Severity: analyzer.Medium, Severities: []analyzer.Severity{analyzer.Medium, analyzer.High},
		Doc: "Finds access keys that are made together with their user.",
	}
)

// Source is a file of the report.
func (s *Sample) Source(name string) *source.File { return s.Files[name] }

// Sample is a report and the files it is about.
type Sample struct {
	Report *analyzer.Report
	Files  map[string]*source.File
}

// At is the span of the first occurrence of text in a file.
func (s *Sample) At(name, text string) source.Span {
	f := s.Files[name]
	i := strings.Index(string(f.Bytes), text)
	if i < 0 {
		panic(name + " does not hold " + text)
	}
	return source.Span{File: f, Start: i, End: i + len(text)}
}

// After is the empty span behind the first occurrence of text.
func (s *Sample) After(name, text string) source.Span {
	at := s.At(name, text)
	at.Start = at.End
	return at
}

// Fix is a fix with its diff, as Analyze leaves it.
func Fix(message string, grade analyzer.Grade, edits ...source.Edit) *analyzer.Fix {
	fix := &analyzer.Fix{Message: message, Grade: grade, Edits: edits}
	var files []*source.File
	byFile := map[*source.File][]source.Edit{}
	for _, e := range edits {
		if byFile[e.Span.File] == nil {
			files = append(files, e.Span.File)
		}
		byFile[e.Span.File] = append(byFile[e.Span.File], e)
	}
	for _, f := range files {
		fix.Diff += source.UnifiedDiff(f, byFile[f], 3)
	}
	return fix
}

// New is the sample: every severity, verdict and grade, places of every kind.
func New() *Sample {
	s := &Sample{Files: map[string]*source.File{}}
	for name, text := range files {
		s.Files[name] = source.NewFile(name, []byte(text))
	}
	s.Report = &analyzer.Report{
		Version: "v0.1.0", ScanRoot: "stacks", WorkDir: "stacks/prod", Boundary: "/src",
		Checks:       []*analyzer.Check{RootKey, RootMFA, SessionName, UserKey},
		Findings:     []*analyzer.Finding{s.sessionName(), s.userKey(), s.bomKey(), s.rootKey(), s.mfa(), s.advice(), s.fromPlan()},
		Undetermined: []*analyzer.Finding{s.question()},
		Suppressed:   []*analyzer.Finding{s.suppressed("comment"), s.suppressed("baseline")},
		Gaps: []source.Gap{
			{Kind: source.ErrorGap, Span: s.At("bom.tf", "{}"), Reason: "argument or block definition required"},
			{Kind: source.ErrorGap, File: "-", Reason: "plan ends after 12 bytes: write it again with terraform show -json"},
			{Kind: source.LimitGap, Span: s.At("stacks/prod/main.tf", `"../../modules/ci"`), Reason: "module was not fetched: run terraform init\x1b[2J"},
			{Kind: source.LimitGap, Reason: "no account id: give --account"},
		},
		Summary: analyzer.Summary{Files: 5, Roots: 1, Resources: 7, Violations: 6, Advice: 1, Undetermined: 1, Suppressed: 2, Gaps: 4,
			BySeverity: map[string]int{"critical": 1, "high": 2, "medium": 2, "low": 1}},
	}
	return s
}

func (s *Sample) resource(file, header, address string) *terraform.Resource {
	parts := strings.Split(strings.TrimPrefix(address, "module.ci."), ".")
	name, key, _ := strings.Cut(parts[1], "[")
	if key != "" {
		key = "[" + key
	}
	r := &terraform.Resource{Root: &terraform.Root{Dir: "stacks/prod"}, Address: address, Type: parts[0], Name: name, Key: key}
	if file != "" {
		r.Header = s.At(file, header)
	}
	if strings.HasPrefix(address, "module.") {
		r.Module = "module.ci"
		r.Calls = []terraform.Call{{Address: "module.ci", Span: s.At("stacks/prod/main.tf", `module "ci"`)}}
	}
	return r
}

func (s *Sample) sessionName() *analyzer.Finding {
	const file = "modules/ci/main.tf"
	r := s.resource(file, `resource "aws_iam_role" "deploy"`, `module.ci.aws_iam_role.deploy["eu"]`)
	policy := s.At(file, "jsonencode({").To(s.At(file, "}]\n  })"))
	return &analyzer.Finding{
		Check: SessionName, Verdict: analyzer.Violation, Severity: analyzer.Medium, Resource: r, Span: policy,
		Message: "The trust policy of 'aws_iam_role.deploy[\"eu\"]' lets account '111122223333' assume the role under any session name.",
		Defect:  "missing", Fingerprint: "5e551000",
		Witness: &analyzer.Witness{Principal: "arn:aws:iam::111122223333:user/alice", Action: "sts:AssumeRole",
			Context: map[string]string{"sts:RoleSessionName": "bob", "aws:username": "alice"}, Absent: []string{"aws:MultiFactorAuthPresent"},
			Words: "User alice of account 111122223333 assumes the role as bob."},
		Related: []analyzer.Related{
			{Message: "module called here", Span: r.Calls[0].Span, Address: "module.ci"},
			{Message: "'aws_iam_user.x[\"a\"]' is who", Span: s.At("bom.tf", `resource "aws_iam_user" "x"`), Address: "aws_iam_user.x"},
		},
		Assumptions: []*value.Assumption{{Text: `var.trusted = ["111122223333"] (its default)`}},
		Instances: []analyzer.Instance{
			{Root: "stacks/prod", Address: r.Address, Calls: r.Calls},
			{Root: "other", Address: "module.ci.aws_iam_role.deploy[\"eu\"]", Calls: []terraform.Call{{Address: "module.ci"}}},
		},
		Fixes: []*analyzer.Fix{
			Fix("require sts:RoleSessionName to be the user's name; role sessions, which have no aws:username, will be refused", analyzer.Narrowing,
				source.Edit{Span: s.After(file, "111122223333:root\" }"), New: "\n      Condition = {\n        StringEquals = { \"sts:RoleSessionName\" = \"$${aws:username}\" }\n      }"},
				source.Edit{Span: s.At(file, "Effect   "), New: "Effect "}),
			Fix("require sts:SourceIdentity instead", analyzer.Draft, source.Edit{Span: s.At(file, "deploy"), New: "TODO"}),
		},
	}
}

func (s *Sample) userKey() *analyzer.Finding {
	const file = "modules/ci/größe 1#.tf"
	r := s.resource(file, `resource "aws_iam_access_key" "größe"`, "module.ci.aws_iam_access_key.größe")
	return &analyzer.Finding{
		Check: UserKey, Verdict: analyzer.Violation, Severity: analyzer.High, Resource: r, Span: s.At(file, "on = true"),
		Message: "User 'größe' is made together with a key", Fingerprint: "0301",
		Fixes: []*analyzer.Fix{Fix("leave the key out", analyzer.Equivalent, source.Edit{Span: s.At(file, `"😀", on = true`), New: `"😀"`})},
	}
}

func (s *Sample) bomKey() *analyzer.Finding {
	return &analyzer.Finding{
		Check: RootKey, Verdict: analyzer.Violation, Severity: analyzer.Low,
		Resource: s.resource("bom.tf", `resource "aws_iam_access_key" "x"`, "aws_iam_access_key.x"), Span: s.At("bom.tf", `resource "aws_iam_user" "x"`),
		Message: "Key 'aws_iam_access_key.x' of the root user is Inactive.", Fingerprint: "0101",
		Fixes: []*analyzer.Fix{Fix("rename the user", analyzer.Equivalent, source.Edit{Span: s.At("bom.tf", `"x"`), New: `"y"`})},
	}
}

func (s *Sample) rootKey() *analyzer.Finding {
	const file = "stacks/prod/main.tf"
	return &analyzer.Finding{
		Check: RootKey, Verdict: analyzer.Violation, Severity: analyzer.Critical,
		Resource: s.resource(file, `resource "aws_iam_access_key" "root"`, "aws_iam_access_key.root"), Span: s.At(file, `user   = "root"`),
		Message: "'aws_iam_access_key.root' is an active key of the root user.", Fingerprint: "0102",
		Fixes: []*analyzer.Fix{Fix("set the key Inactive; deleting it is better", analyzer.Narrowing, source.Edit{Span: s.At(file, `"Active"`), New: `"Inactive"`})},
	}
}

func (s *Sample) mfa() *analyzer.Finding {
	const file = "policies/scp.json"
	return &analyzer.Finding{
		Check: RootMFA, Verdict: analyzer.Violation, Severity: analyzer.High, Span: s.At(file, `"Bool": {"aws:MultiFactorAuthPresent": "false"}`),
		Message: "Root may act without MFA: the key is absent from requests made with long-term credentials.", Fingerprint: "0201",
		Witness: &analyzer.Witness{Principal: "arn:aws:iam::444455556666:root", Action: "iam:CreateUser", Resource: "*", Absent: []string{"aws:MultiFactorAuthPresent"}},
		Fixes: []*analyzer.Fix{Fix("add a statement and attach the policy", analyzer.Draft,
			source.Edit{Span: s.At(file, `"Bool"`), New: `"BoolIfExists"`}, source.Edit{Span: s.At("stacks/prod/main.tf", "# Keys"), New: "# TODO <who>\n# Keys"})},
	}
}

func (s *Sample) advice() *analyzer.Finding {
	return &analyzer.Finding{
		Check: RootMFA, Verdict: analyzer.Advice, Severity: analyzer.Note, Span: s.At("policies/scp.json", `"Sid": "NoMFA"`),
		Message: "Central root management alone keeps root from signing in.", Fingerprint: "0202",
	}
}

func (s *Sample) fromPlan() *analyzer.Finding {
	return &analyzer.Finding{
		Check: UserKey, Verdict: analyzer.Violation, Severity: analyzer.Medium, File: "/tmp/out/plan 1.json",
		Resource: s.resource("", "", `module.ci.aws_iam_access_key.bot[0]`), Fingerprint: "0302",
		Message: "User 'bot' is made together with a key.",
		Related: []analyzer.Related{{Message: "the user", Address: "module.ci.aws_iam_user.bot"}},
	}
}

func (s *Sample) question() *analyzer.Finding {
	const file = "modules/ci/main.tf"
	return &analyzer.Finding{
		Check: SessionName, Verdict: analyzer.Undetermined, Severity: analyzer.Medium,
		Resource: s.resource(file, `resource "aws_iam_role" "deploy"`, "module.ci.aws_iam_role.deploy"), Span: s.At(file, "Principal"),
		Message: "Whether callers of 'aws_iam_role.deploy' are identified depends on who they are.", Fingerprint: "0203",
		Needs: []value.Reason{{Text: "var.principal has no value", Span: s.At("stacks/prod/main.tf", "source")}, {Text: "data.aws_caller_identity.x is known after apply"}},
	}
}

func (s *Sample) suppressed(by string) *analyzer.Finding {
	f := s.rootKey()
	f.Fingerprint += "#" + by
	f.Suppression = &analyzer.Suppression{By: by}
	if by == "comment" {
		f.Suppression = &analyzer.Suppression{By: by, Reason: "see ADR 12", Until: "2027-01-31", Span: s.At("stacks/prod/main.tf", "# Keys of the root user.")}
	}
	return f
}
