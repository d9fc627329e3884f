package checks_test

import (
	"slices"
	"testing"
	"testing/fstest"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/engine"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
	"github.com/iamvet/iamvet/checks"
	"github.com/iamvet/iamvet/checks/checktest"
)

// What a fix leaves of a key is told apart from the key: by its severity, which fails no
// run, by its message and by its fingerprint, so that nobody takes it for the same alert.
func TestWhatIsLeftOfAKeyIsAnotherFinding(t *testing.T) {
	for rule, text := range map[string]string{
		"IV101": `
resource "aws_iam_access_key" "k" {
  user = "root"
}
`,
		"IV301": `
resource "aws_iam_user" "u" {
  name = "u"
}

resource "aws_iam_user_login_profile" "u" {
  user = aws_iam_user.u.name
}

resource "aws_iam_access_key" "u" {
  user = aws_iam_user.u.name
}
`,
	} {
		active := findingOf(t, rule, text)
		i := slices.IndexFunc(active.Fixes, func(f *analyzer.Fix) bool { return f.Grade == analyzer.Narrowing })
		if i < 0 {
			t.Fatalf("%s: nothing is applied", rule)
		}
		edits := active.Fixes[i].Edits
		fixed, err := source.Apply(edits[0].Span.File, edits)
		if err != nil {
			t.Fatal(err)
		}
		left := findingOf(t, rule, string(fixed))
		if left.Severity >= analyzer.Medium || left.Defect == active.Defect || left.Message == active.Message || left.Fingerprint == active.Fingerprint {
			t.Errorf("%s: left is %s, %s, %s of %s, %s, %s", rule, left.Severity, left.Message, left.Fingerprint, active.Severity, active.Message, active.Fingerprint)
		}
		if slices.ContainsFunc(left.Fixes, func(f *analyzer.Fix) bool { return f.Grade != analyzer.Draft }) {
			t.Errorf("%s: there is more to apply of %s", rule, left.Message)
		}
	}
}

// findingOf is the only finding of a rule in a configuration.
func findingOf(t *testing.T, rule, text string) *analyzer.Finding {
	t.Helper()
	in := engine.Input{
		Version: "test", Now: checktest.Now, Paths: []string{"."}, ScanRoot: ".", WorkDir: ".",
		Boundary: workspace.OverFS(fstest.MapFS{"main.tf": {Data: []byte(text)}}),
	}
	r, err := engine.Analyze(t.Context(), in, checks.All)
	if err != nil {
		t.Fatal(err)
	}
	var out []*analyzer.Finding
	for _, f := range r.Findings {
		if f.Check.ID == rule {
			out = append(out, f)
		}
	}
	if len(out) != 1 {
		t.Fatalf("%s: %d findings", rule, len(out))
	}
	return out[0]
}
