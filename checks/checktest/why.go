package checktest

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/engine"
	"github.com/iamvet/iamvet/analyzer/report"
	"github.com/iamvet/iamvet/analyzer/report/reporttest"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/terraform/addrs"
)

// Why asks about every resource of every fixture what the rules make of it, and holds
// the answers against the scan: each rule answers for each resource that it looks at,
// a violation or an open question is told where the scan has one and nowhere else,
// and what is compliant says why. seen gets the answers, one at a time; whole is
// called at the end where it got all.
func Why(t *testing.T, dir string, checks []*analyzer.Check, seen func(*analyzer.Answer), whole func()) {
	var mu sync.Mutex
	one := func(a *analyzer.Answer) {
		mu.Lock()
		defer mu.Unlock()
		seen(a)
	}
	Each(t, dir, func(t *testing.T, dir string) { whyAgrees(t, dir, checks, one) }, whole)
}

// subjects are the resources that a check looks at.
func subjects(roots []*terraform.Root, checks []*analyzer.Check) []*terraform.Resource {
	var out []*terraform.Resource
	for _, root := range roots {
		for _, typ := range root.Types(addrs.Managed) {
			if slices.ContainsFunc(checks, func(c *analyzer.Check) bool { return slices.Contains(c.Subjects, typ) }) {
				out = append(out, root.Resources(typ)...)
			}
		}
	}
	return out
}

func whyAgrees(t *testing.T, dir string, checks []*analyzer.Check, seen func(*analyzer.Answer)) {
	var asked []*terraform.Resource
	e, err := engine.Why(context.Background(), input(t, dir), checks, func(roots []*terraform.Root) ([]*terraform.Resource, error) {
		asked = subjects(roots, checks)
		return asked, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	type question struct {
		rule     string
		resource *terraform.Resource
	}
	answered := map[question]bool{}
	told := map[string]bool{}
	for _, a := range e.Answers {
		seen(a)
		answered[question{a.Check.ID, a.Resource}] = true
		what := a.Check.ID + " of " + a.Resource.Address
		if f := a.Finding; f != nil {
			told[said(f, f.Severity, a.Resource.Root.Dir, a.Resource.Address)] = true
		}
		switch {
		case a.Finding == nil && (a.Told == nil || a.Told.Message == ""):
			t.Errorf("%s: nothing is told", what)
		case a.Standing == analyzer.Violating && (a.Finding == nil || a.Finding.Verdict != analyzer.Violation):
			t.Errorf("%s: a violation that the scan does not find: %s", what, a.Told.Message)
		case a.Standing == analyzer.Open && a.Finding == nil && len(a.Told.Needs) == 0:
			t.Errorf("%s: open, and not said what is missing: %s", what, a.Told.Message)
		case a.Standing == analyzer.Compliant && a.Finding != nil:
			t.Errorf("%s: compliant, and found: %s", what, a.Finding.Message)
		}
	}
	for _, r := range asked {
		for _, c := range checks {
			if slices.Contains(c.Subjects, r.Type) && !answered[question{c.ID, r}] {
				t.Errorf("%s tells nothing of %s", c.ID, r.Address)
			}
		}
	}
	scan := Analyze(t, dir, checks)
	for _, f := range scan.All() {
		for _, in := range f.Instances {
			looked := slices.ContainsFunc(asked, func(r *terraform.Resource) bool { return r.Root.Dir == in.Root && r.Address == in.Address })
			if looked && !told[said(f, in.Severity, in.Root, in.Address)] {
				t.Errorf("the scan has a finding of which why says nothing: %s on %s: %s", f.Check.ID, in.Address, f.Message)
			}
		}
	}
	whyIsWritten(t, e)
}

// said is what a finding says of a resource.
func said(f *analyzer.Finding, severity analyzer.Severity, root, address string) string {
	return strings.Join([]string{f.Check.ID, f.Defect, f.Verdict.String(), severity.String(), root, address}, " ")
}

// whyIsWritten says that the answers can be written in both formats, and that the
// bytes are the same each time.
func whyIsWritten(t *testing.T, e *analyzer.Explanation) {
	t.Helper()
	by := report.Asker{ScanRoot: ".", WorkDir: "."}
	var first string
	for i := range 2 {
		var out, json bytes.Buffer
		if err := errors.Join(report.WhyText(&out, e, by, report.TextOptions{}), report.WhyJSON(&json, e, by)); err != nil {
			t.Fatal(err)
		}
		if err := reporttest.Valid("why.json", json.Bytes()); err != nil {
			t.Error(err)
		}
		out.Write(json.Bytes())
		if i == 0 {
			first = out.String()
		} else if out.String() != first {
			t.Error("the same answers are written in two ways")
		}
	}
}
