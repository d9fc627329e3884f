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

	known, steps, gaps := evaluate(terraform.NewBudget(1_000_000, tell))
	if fmt.Sprint(known) != "[true true true true]" || len(gaps)+len(told) > 0 {
		t.Fatalf("within the budget: known %v, gaps %v, told %v", known, gaps, told)
	}
	known, _, gaps = evaluate(terraform.NewBudget(int64(steps/2), tell))
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
