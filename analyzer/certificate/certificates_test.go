package certificate

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/iamvet/iamvet/analyzer/certificate/solver"
	"github.com/iamvet/iamvet/analyzer/policy"
)

const (
	confined = `{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*",
		"Condition": {"StringLike": {"aws:PrincipalArn": ["arn:aws:iam::0*:root", "arn:aws:iam::1*:root", "arn:aws:iam::2*:root", "arn:aws:iam::3*:root", "arn:aws:iam::4*:root",
			"arn:aws:iam::5*:root", "arn:aws:iam::6*:root", "arn:aws:iam::7*:root", "arn:aws:iam::8*:root", "arn:aws:iam::9*:root"]},
			"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}}]}`
	nearly = `{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*",
		"Condition": {"StringLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:root"}, "BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}}]}`
	named1 = `{"Version": "2012-10-17", "Statement": [
		{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:user/alice"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"sts:RoleSessionName": "ci-deploy"}}}]}`
)

func someDecisions(t *testing.T) []Decision {
	root := func(text string, v Verdict) Decision {
		return Decision{Rule: "IV102", Root: ".", Address: "aws_organizations_organization.this", Place: "the account 'a'", Verdict: v, Question: Question{
			Kind: OfRootMFA, Root: &Root{Levels: []Level{{[]*policy.Document{parse(t, "scp.json", text)}, policy.True}}},
		}}
	}
	trust := Decision{Rule: "IV201", Root: ".", Address: "aws_iam_role.ci", Verdict: Holds, Question: Question{
		Kind: OfSessionNames, Trust: &Trust{Document: parse(t, "trust.json", named1)},
	}}
	elsewhere := root(confined, Holds)
	elsewhere.Place = "the account 'b'"
	return []Decision{root(confined, Holds), root(nearly, Violated), elsewhere, trust}
}

// TestWrite: a question is written once, wherever it was asked, and the same way
// every time.
func TestWrite(t *testing.T) {
	first, second := t.TempDir(), t.TempDir()
	for _, dir := range []string{first, second} {
		n, err := Write(dir, someDecisions(t))
		if err != nil {
			t.Fatal(err)
		}
		if n != 3 {
			t.Errorf("%d certificates of three questions", n)
		}
	}
	names, err := filepath.Glob(filepath.Join(first, "*"))
	if err != nil || len(names) != 5 { // the index, three questions, one witness
		t.Fatalf("%v, %v", names, err)
	}
	for _, name := range names {
		a, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(filepath.Join(second, filepath.Base(name)))
		if err != nil || string(a) != string(b) {
			t.Errorf("%s is written in another way the second time: %v", name, err)
		}
	}
	index, err := ReadIndex(first)
	if err != nil {
		t.Fatal(err)
	}
	if got := index.Certificates[0].Decided; len(got) != 2 {
		t.Errorf("the question was asked about %v", got)
	}
}

// TestFlipped: a solver agrees with what is right, and not with the same decisions
// the other way round.
func TestFlipped(t *testing.T) {
	smt, err := solver.Start(context.Background(), "")
	if errors.Is(err, solver.ErrNone) {
		t.Skip("z3 is not installed (apt-get install z3)")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer smt.Close()
	right := someDecisions(t)
	check := func(list []Decision) []Disagreement {
		dir := t.TempDir()
		if _, err := Write(dir, list); err != nil {
			t.Fatal(err)
		}
		checked, wrong, err := Check(dir, smt.Answers)
		if err != nil || checked == 0 {
			t.Fatalf("%d checked, %v", checked, err)
		}
		return wrong
	}
	if wrong := check(right); len(wrong) != 0 {
		t.Errorf("disagrees with what is right: %v", wrong)
	}
	for i, d := range right {
		if d.Verdict = Holds + Violated - d.Verdict; d.Verdict == Undetermined {
			t.Fatal("a decision is not determined")
		}
		wrong := check([]Decision{d})
		if len(wrong) == 0 {
			t.Errorf("decision %d is flipped, and nothing disagrees", i)
		}
	}
}

// TestUncertified: what is not determined has no certificate, and the index says so.
func TestUncertified(t *testing.T) {
	d := someDecisions(t)[0]
	d.Verdict = Undetermined
	dir := t.TempDir()
	if n, err := Write(dir, []Decision{d}); n != 0 || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	index, err := ReadIndex(dir)
	if err != nil || len(index.Uncertified) != 1 || index.Uncertified[0].Why == "" {
		t.Fatalf("%v, %v", index, err)
	}
}
