package agreement

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/iamvet/iamvet/analyzer/certificate"
	"github.com/iamvet/iamvet/analyzer/certificate/solver"
	"github.com/iamvet/iamvet/checks"
	"github.com/iamvet/iamvet/checks/checktest"
)

// TestCertificates: a solver agrees with every certificate of every fixture of the
// rules that prove. It takes minutes, and runs where CERTIFY is set.
func TestCertificates(t *testing.T) {
	if os.Getenv("CERTIFY") == "" {
		t.Skip("CERTIFY is not set: no certificates of fixtures are checked")
	}
	smt := start(t)
	cases, err := filepath.Glob("../../../testdata/checks/IV*/*")
	if err != nil {
		t.Fatal(err)
	}
	files, uncertified := 0, map[string]int{}
	for _, dir := range cases {
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			continue
		}
		list := checktest.Decisions(t, dir, checks.All)
		if len(list) == 0 {
			continue
		}
		out := t.TempDir()
		if _, err := certificate.Write(out, list); err != nil {
			t.Fatal(err)
		}
		n, wrong, err := certificate.Check(out, smt.Answers)
		if err != nil {
			t.Fatal(err)
		}
		files += n
		for _, w := range wrong {
			b, _ := os.ReadFile(filepath.Join(out, w.File.Name))
			t.Errorf("%s: %s of %s of %v: the solver says %v\n%s", dir, w.Entry.Verdict, w.Entry.Rule, w.Entry.Decided, w.Got, header(string(b)))
		}
		index, err := certificate.ReadIndex(out)
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range index.Uncertified {
			uncertified[u.Rule+": "+u.Why]++
		}
	}
	t.Logf("%d files; without: %v", files, uncertified)
}

// header is what a certificate says before it begins.
func header(text string) string {
	before, _, _ := strings.Cut(text, "(set-logic")
	return before
}

// start starts the solver that SOLVER names, or whichever is installed; without one
// the test is skipped.
func start(t *testing.T) *solver.Solver {
	t.Helper()
	smt, err := solver.Start(context.Background(), os.Getenv("SOLVER"))
	switch {
	case errors.Is(err, solver.ErrNone):
		t.Skip("z3 is not installed (apt-get install z3): the certificates are not checked")
	case err != nil:
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := smt.Close(); err != nil {
			t.Error(err)
		}
	})
	return smt
}
