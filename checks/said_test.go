package checks_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/report"
	"github.com/iamvet/iamvet/checks/checktest"
	"github.com/iamvet/iamvet/sarif"
	"github.com/iamvet/iamvet/sarif/sariftest"
)

// tally is how many findings a format has, by what they are.
type tally struct{ violations, advice, undetermined int }

// formatted are the counts that each format shows of a report: its findings, counted,
// not what it says their number is.
func formatted(t *testing.T, r *analyzer.Report) map[string]tally {
	t.Helper()
	write := func(format func(w io.Writer) error) string {
		var b bytes.Buffer
		if err := format(&b); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	out := map[string]tally{}

	var j struct {
		Findings     []struct{ Verdict string }
		Undetermined []struct{}
		Summary      analyzer.Summary
	}
	text := write(func(w io.Writer) error { return report.JSON(w, r) })
	if err := json.Unmarshal([]byte(text), &j); err != nil {
		t.Fatal(err)
	}
	advice := 0
	for _, f := range j.Findings {
		if f.Verdict == "advice" {
			advice++
		}
	}
	out["json"] = tally{len(j.Findings) - advice, advice, len(j.Undetermined)}
	out["the summary of json"] = tally{j.Summary.Violations, j.Summary.Advice, j.Summary.Undetermined}

	text = write(func(w io.Writer) error { return report.Text(w, r, report.TextOptions{Verbose: true}) })
	notes := len(regexp.MustCompile(`(?m)^note  `).FindAllString(text, -1))
	others := len(regexp.MustCompile(`(?m)^(?:critical|high|medium|low)  `).FindAllString(text, -1))
	questions := 0
	if _, open, found := strings.Cut(text, "\nUndetermined  "); found || strings.HasPrefix(text, "Undetermined  ") {
		if !found {
			open = text
		}
		// A blank line ends what belongs together: needs of several entries may be the same.
		open, _, _ = strings.Cut(open, "\nNot analysed\n")
		questions = len(regexp.MustCompile(`(?m)^IV\d+ `).FindAllString(open, -1))
		for _, f := range r.Undetermined {
			questions -= len(f.Includes)
		}
	}
	out["text"] = tally{others, notes, questions}
	out["the summary of text"] = inWordsCounted(t, regexp.MustCompile(`(?m)^(?:No|\d+) violations?.* in \d+ files?,`).FindString(text))

	text = write(func(w io.Writer) error { return report.Markdown(w, r) })
	head, _, _ := strings.Cut(text, "\n")
	out["the heading of markdown"] = inWordsCounted(t, strings.TrimPrefix(head, "## iamvet: "))
	rows := len(regexp.MustCompile(`(?m)^\| (?:critical|high|medium|low) \|`).FindAllString(text, -1))
	notes = len(regexp.MustCompile(`(?m)^\| note \|`).FindAllString(text, -1))
	questions = number(regexp.MustCompile(`<details><summary>(\d+) undetermined`), text)
	out["markdown"] = tally{rows, notes, questions}

	text = write(func(w io.Writer) error { return report.GitHub(w, r) })
	commands := regexp.MustCompile(`(?m)^::\w+ [^\n]*title=IV\d+ [a-z-]+ \((\w+)\)::`).FindAllStringSubmatch(text, -1)
	notes = 0
	for _, c := range commands {
		if c[1] == "note" {
			notes++
		}
	}
	questions = number(regexp.MustCompile(`::(\d+) questions? could not be decided`), text)
	out["github"] = tally{len(commands) - notes, notes, questions}

	text = write(func(w io.Writer) error { return sarif.Write(w, r, sarif.Options{Notes: true}) })
	log, err := sariftest.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	run := log.Runs[0]
	notes, questions = 0, 0
	for _, n := range run.Invocations[0].ToolExecutionNotifications {
		if n.Descriptor.ID == "IVN003" {
			questions++
		}
	}
	for _, result := range run.Results {
		if strings.HasSuffix(result.RuleID, "/note") {
			notes++
		}
	}
	out["sarif"] = tally{len(run.Results) - notes, notes, questions}
	return out
}

// number is what the group of an expression matches, 0 where it does not.
func number(re *regexp.Regexp, text string) int {
	m := re.FindStringSubmatch(text)
	if m == nil {
		return 0
	}
	n, _ := strconv.Atoi(m[1])
	return n
}

var counted = regexp.MustCompile(`(\d+) (violation|note|undetermined)`)

// inWordsCounted reads "3 violations (1 high, 2 medium), 1 undetermined".
func inWordsCounted(t *testing.T, words string) (out tally) {
	t.Helper()
	for _, m := range counted.FindAllStringSubmatch(words, -1) {
		at := map[string]*int{"violation": &out.violations, "note": &out.advice, "undetermined": &out.undetermined}[m[2]]
		if _, err := fmt.Sscan(m[1], at); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// TestFormatsAgree: all formats have the same number of findings, notes and questions,
// in every fixture.
func TestFormatsAgree(t *testing.T) {
	checktest.Each(t, "../testdata/checks", func(t *testing.T, dir string) {
		r := checktest.Analyze(t, dir, undecorated)
		want := tally{r.Summary.Violations, r.Summary.Advice, r.Summary.Undetermined}
		for format, has := range formatted(t, r) {
			if has != want {
				t.Errorf("%s has %+v, not %+v", format, has, want)
			}
		}
	}, nil)
}

// saidBy are rules and addresses of findings, with what they include.
func saidBy(findings []*analyzer.Finding) (out []string) {
	for _, f := range findings {
		said := f.Check.ID + " " + f.Resource.Address
		for _, g := range f.Includes {
			said += ", " + g.Check.ID + " " + g.Resource.Address
		}
		out = append(out, said)
	}
	return out
}

// TestQuestionsOfOneVariable: a variable that nobody gives a value makes one question,
// however many rules and resources it decides.
func TestQuestionsOfOneVariable(t *testing.T) {
	r := decide(t, map[string]string{"main.tf": `
variable "user" { type = string }
variable "principals" { type = list(string) }
variable "policy" { type = string }

resource "aws_iam_user" "this" {
  name = var.user
}
resource "aws_iam_access_key" "one" {
  user = var.user
}
resource "aws_iam_access_key" "two" {
  user = var.user
}
resource "aws_iam_user_login_profile" "this" {
  user = var.user
}
resource "aws_iam_user_policy" "this" {
  name   = "p"
  user   = aws_iam_user.this.name
  policy = var.policy
}
resource "aws_iam_role" "one" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = var.principals }
      Condition = { StringEquals = { "sts:RoleSessionName" = "$${aws:username}" } }
    }]
  })
}
resource "aws_iam_role" "two" {
  assume_role_policy = var.policy
}
resource "aws_iam_role" "three" {
  assume_role_policy = var.policy
}
`})
	if n := len(r.Undetermined); n > 3 || n != r.Summary.Undetermined {
		t.Errorf("%d questions, and %d in the summary, of three variables:\n%s", n, r.Summary.Undetermined, strings.Join(saidBy(r.Undetermined), "\n"))
	}
	for _, rule := range []string{"IV101", "IV201", "IV202", "IV301", "IV304"} {
		if !slices.ContainsFunc(analyzer.Every(r.Undetermined), func(f *analyzer.Finding) bool { return f.Check.ID == rule }) {
			t.Errorf("%s asks nothing:\n%s", rule, strings.Join(saidBy(r.Undetermined), "\n"))
		}
	}
	for format, has := range formatted(t, r) {
		if has.undetermined != len(r.Undetermined) {
			t.Errorf("%s has %d questions, not %d", format, has.undetermined, len(r.Undetermined))
		}
	}
}

// TestModuleOfAUser: what takes the name of a user that it makes is no critical
// question: whatever the user is called, it is an IAM user.
func TestModuleOfAUser(t *testing.T) {
	r := decide(t, map[string]string{"main.tf": `
variable "name" { type = string }
resource "aws_iam_user" "this" {
  name = var.name
}
resource "aws_iam_access_key" "this" {
  user = aws_iam_user.this.name
}
`})
	for _, f := range analyzer.Every(r.Undetermined) {
		if f.Severity == analyzer.Critical {
			t.Errorf("%s: %s", f.Check.ID, f.Message)
		}
	}
	if len(r.Undetermined) != 1 {
		t.Errorf("questions: %v", saidBy(r.Undetermined))
	}
}

// TestRoleForAnyone: who trusts every account lets callers choose their names. It is
// one finding, the worse, and both have their fixes.
func TestRoleForAnyone(t *testing.T) {
	r := scan(t, map[string]string{"main.tf": `
resource "aws_organizations_organization" "o" {}

resource "aws_iam_role" "open" {
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = "*" }]
  })
}
resource "aws_iam_role" "named" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = "*"
      Condition = { StringEquals = { "sts:RoleSessionName" = "$${aws:username}" } }
    }]
  })
}
`})
	var said []string
	for _, s := range saidBy(r.Findings) {
		if strings.Contains(s, "aws_iam_role") {
			said = append(said, s)
		}
	}
	want := []string{"IV202 aws_iam_role.open, IV201 aws_iam_role.open", "IV202 aws_iam_role.named"}
	if !slices.Equal(said, want) {
		t.Errorf("said %q, not %q", said, want)
	}
	for _, f := range analyzer.Every(r.Findings) {
		if f.Resource.Address == "aws_iam_role.open" && len(f.Fixes) == 0 {
			t.Errorf("%s has no fix", f.Check.ID)
		}
	}
	var out bytes.Buffer
	if err := report.Text(&out, r, report.TextOptions{}); err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`(?m)^  implies +IV201 role-session-name \(high\): `).MatchString(out.String()) {
		t.Errorf("the text does not name what is implied:\n%s", &out)
	}
}

// TestManyUsers: users made by one block are one finding of each rule, in a report
// that fits on a page.
func TestManyUsers(t *testing.T) {
	const users, page = 50, 80
	each := fmt.Sprintf("for_each = toset([for i in range(%d) : \"user${i}\"])\n", users)
	of := func(typ, more string) string {
		return "resource \"aws_iam_" + typ + "\" \"this\" {\nfor_each = aws_iam_user.this\nuser = each.value.name\n" + more + "}\n"
	}
	for name, text := range map[string]string{
		"for_each":       "resource \"aws_iam_user\" \"this\" {\n" + each + "name = each.key\n}\n" + of("access_key", "") + of("user_login_profile", ""),
		"password reset": "resource \"aws_iam_user\" \"this\" {\n" + each + "name = each.key\n}\n" + of("access_key", "") + of("user_login_profile", "password_reset_required = true\n"),
		"administrators": "resource \"aws_iam_user\" \"this\" {\n" + each + "name = each.key\n}\n" + of("access_key", "") + of("user_login_profile", "") +
			of("user_policy_attachment", "policy_arn = \"arn:aws:iam::aws:policy/AdministratorAccess\"\n"),
		"count": fmt.Sprintf("resource \"aws_iam_user\" \"this\" {\ncount = %[1]d\nname = \"user${count.index}\"\n}\n"+
			"resource \"aws_iam_access_key\" \"this\" {\ncount = %[1]d\nuser = aws_iam_user.this[count.index].name\n}\n"+
			"resource \"aws_iam_user_login_profile\" \"this\" {\ncount = %[1]d\nuser = aws_iam_user.this[count.index].name\n}\n", users),
	} {
		t.Run(name, func(t *testing.T) {
			r := scan(t, map[string]string{"main.tf": text})
			rules := map[string]bool{}
			for _, f := range r.Findings {
				if rules[f.Check.ID] {
					t.Errorf("%s is said twice", f.Check.ID)
				}
				rules[f.Check.ID] = true
				if len(f.Instances) != users {
					t.Errorf("%s has %d instances", f.Check.ID, len(f.Instances))
				}
			}
			if !rules["IV301"] || !rules["IV304"] {
				t.Errorf("only %v is said", rules)
			}
			var out bytes.Buffer
			if err := report.Text(&out, r, report.TextOptions{}); err != nil {
				t.Fatal(err)
			}
			if lines := strings.Count(out.String(), "\n"); lines > page {
				t.Errorf("%d lines:\n%s", lines, &out)
			}
			for format, has := range formatted(t, r) {
				if has.violations != len(rules) {
					t.Errorf("%s has %d violations, not %d", format, has.violations, len(rules))
				}
			}
		})
	}
}
