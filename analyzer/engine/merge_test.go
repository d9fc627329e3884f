package engine

import (
	"fmt"
	"slices"
	"testing"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform"
)

// sayings are findings of the instances of one block, each with what is said of it.
func sayings(messages ...string) []*analyzer.Finding {
	check, root := &analyzer.Check{ID: "IV999"}, &terraform.Root{Dir: "."}
	file := source.NewFile("main.tf", []byte("resource"))
	var out []*analyzer.Finding
	for i, m := range messages {
		key := fmt.Sprintf("[%d]", i)
		out = append(out, &analyzer.Finding{Check: check, Severity: analyzer.Medium, Defect: "d", Span: source.Span{File: file, End: 8},
			Message:  fmt.Sprintf("'module.m.aws_iam_role.r%s' %s", key, m),
			Resource: &terraform.Resource{Root: root, Address: "module.m.aws_iam_role.r" + key, Type: "aws_iam_role", Name: "r", Key: key}})
	}
	return out
}

func TestMergeSaysOnceWhatIsTheSame(t *testing.T) {
	merged := merge(sayings("is open", "is open", "is open to 'module.m.aws_iam_user.u[\"a\"]'", "is open", "is open"))
	if len(merged) != 1 || len(merged[0].Instances) != 5 {
		t.Fatalf("%d findings, want one with five instances", len(merged))
	}
	for i, in := range merged[0].Instances {
		want := ""
		if i == 2 { // its reason is another
			want = "'module.m.aws_iam_role.r[2]' is open to 'module.m.aws_iam_user.u[\"a\"]'"
		}
		if in.Message != want {
			t.Errorf("instance %d: %q, want %q", i, in.Message, want)
		}
	}
	if got, want := merged[0].Also(nil, analyzer.EveryInstance), "module.m.aws_iam_role.r[1], [2], [3] and 1 more"; got != want {
		t.Errorf("also %q, want %q", got, want)
	}
}

func TestMergeKeepsApartWhatIsNot(t *testing.T) {
	findings := sayings("is open", "is open", "is open")
	findings[1].Defect = "another"
	findings[2].Verdict = analyzer.Advice
	if merged := merge(findings); len(merged) != 3 {
		t.Errorf("%d findings, want three: they differ in defect and verdict", len(merged))
	}
}

// The worst of a group stands for it, and each instance keeps its severity.
func TestMergePutsTheWorstFirst(t *testing.T) {
	findings := sayings("is open", "is wide open", "is open")
	findings[1].Severity = analyzer.High
	merged := merge(findings)
	if len(merged) != 1 || merged[0] != findings[1] {
		t.Fatalf("%d findings, want the second alone", len(merged))
	}
	var severities []string
	for _, in := range merged[0].Instances {
		severities = append(severities, in.Address+" "+in.Severity.String())
	}
	want := []string{"module.m.aws_iam_role.r[1] high", "module.m.aws_iam_role.r[0] medium", "module.m.aws_iam_role.r[2] medium"}
	if !slices.Equal(severities, want) {
		t.Errorf("%q, want %q", severities, want)
	}
	if got, want := merged[0].Also(nil, analyzer.EveryInstance), "module.m.aws_iam_role.r[0] (medium), [2] (medium)"; got != want {
		t.Errorf("also %q, want %q", got, want)
	}
}

// A related place of a kind that the first has not is a reason of another.
func TestMergeTakesInPlacesOfTheSameKind(t *testing.T) {
	findings := sayings("is open", "is open")
	findings[0].Related = []analyzer.Related{{Message: "the user is here"}}
	findings[1].Related = []analyzer.Related{{Message: "the user is here", Span: findings[1].Span}, {Message: "the password is here"}}
	var kinds []string
	for _, r := range merge(findings)[0].Related {
		kinds = append(kinds, r.Message)
	}
	if want := []string{"the user is here", "the user is here"}; !slices.Equal(kinds, want) {
		t.Errorf("%q, want %q", kinds, want)
	}
}

// The fingerprint of a group does not change with the instances in it; the one
// of before does.
func TestFingerprintHasNoInstanceKey(t *testing.T) {
	all, some := merge(sayings("is open", "is open")), merge(sayings("is open", "is open")[1:])
	fingerprint(all)
	fingerprint(some)
	if all[0].Fingerprint != some[0].Fingerprint {
		t.Error("the fingerprint changes with the instances")
	}
	if all[0].FingerprintV1 == some[0].FingerprintV1 || all[0].FingerprintV1 == all[0].Fingerprint {
		t.Error("the fingerprint of before has no instance key")
	}
}
