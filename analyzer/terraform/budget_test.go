package terraform_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
)

// Roots that are each within their own bound share what the run may take: the one that
// goes over it is not evaluated to its end, nor are those after it, and somebody is told
// once.
func TestBudgetOfAllRoots(t *testing.T) {
	files := fstest.MapFS{}
	for _, dir := range []string{"a", "b", "c", "d"} {
		files[dir+"/main.tf"] = &fstest.MapFile{Data: []byte(`resource "aws_iam_role" "r" {
  name = join("-", [for n in range(1000) : n + 1])
}`)}
	}
	evaluate := func(budget *terraform.Budget) (known []bool, steps int, gaps []source.Gap) {
		b := workspace.OverFS(files)
		for _, dir := range []string{"a", "b", "c", "d"} {
			r, err := terraform.LoadConfig(context.Background(), b, dir, terraform.Options{Budget: budget})
			if err != nil {
				t.Fatal(err)
			}
			name := r.Resources("aws_iam_role")[0].Attr("name")
			_, ok := name.Text()
			known, steps, gaps = append(known, ok), steps+r.Steps(), append(gaps, r.Gaps()...)
		}
		return known, steps, gaps
	}
	var told []error
	tell := func(err error) { told = append(told, err) }

	known, steps, gaps := evaluate(terraform.NewBudget(1_000_000, 0, tell))
	if fmt.Sprint(known) != "[true true true true]" || len(gaps)+len(told) > 0 {
		t.Fatalf("within the budget: known %v, gaps %v, told %v", known, gaps, told)
	}
	known, _, gaps = evaluate(terraform.NewBudget(int64(steps/2), 0, tell))
	if !known[0] || known[2] || known[3] {
		t.Errorf("half of the steps: known %v", known)
	}
	if len(told) != 1 || !strings.Contains(told[0].Error(), "--max-steps") {
		t.Errorf("told %v, want once, with the flag that helps", told)
	}
	if len(gaps) == 0 || gaps[0].Reason != told[0].Error() {
		t.Errorf("gaps %v, want what was told", gaps)
	}
	if _, again, _ := evaluate(nil); again != steps {
		t.Errorf("without a budget it takes %d steps, with one that suffices %d", again, steps)
	}
}

// Functions share what the run may work over as expressions share its steps; what one root
// may take is a gap of that root.
func TestBudgetOfBytes(t *testing.T) {
	files := fstest.MapFS{}
	for _, dir := range []string{"a", "b"} {
		files[dir+"/main.tf"] = &fstest.MapFile{Data: []byte(`resource "aws_iam_role" "r" {
  name = join("-", [for n in range(1000) : "x"])
}
resource "aws_iam_user" "u" {
  name = "${"u"}"
}`)}
	}
	evaluate := func(opt terraform.Options) (roles, users []bool, gaps []source.Gap) {
		b := workspace.OverFS(files)
		for _, dir := range []string{"a", "b"} {
			r, err := terraform.LoadConfig(context.Background(), b, dir, opt)
			if err != nil {
				t.Fatal(err)
			}
			_, role := r.Resources("aws_iam_role")[0].Attr("name").Text()
			_, user := r.Resources("aws_iam_user")[0].Attr("name").Text()
			roles, users, gaps = append(roles, role), append(users, user), append(gaps, r.Gaps()...)
		}
		return roles, users, gaps
	}
	roles, users, gaps := evaluate(terraform.Options{MaxBytes: 10_000})
	if fmt.Sprint(roles, users) != "[false false] [true true]" || len(gaps) != 2 || !strings.Contains(gaps[0].Reason, "--max-bytes") || gaps[0].Span.StartPos().Line != 2 {
		t.Errorf("too little for each root: roles %v, users %v, gaps %v", roles, users, gaps)
	}
	var told []error
	_, _, gaps = evaluate(terraform.Options{Budget: terraform.NewBudget(1_000_000, 10_000, func(err error) { told = append(told, err) })})
	if len(told) != 1 || !strings.Contains(told[0].Error(), "--max-bytes") || len(gaps) == 0 {
		t.Errorf("too little for the run: told %v, gaps %v", told, gaps)
	}
	late := terraform.NewBudget(1_000_000, 0, nil)
	late.Expire()
	roles, _, gaps = evaluate(terraform.Options{Budget: late})
	if roles[0] || roles[1] || len(gaps) != 2 || gaps[0].Class != terraform.OutOfTime {
		t.Errorf("no time: roles %v, gaps %v", roles, gaps)
	}
}
