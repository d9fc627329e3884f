package checks_test

import (
	"testing"

	"github.com/iamvet/iamvet/checks"
	"github.com/iamvet/iamvet/checks/checktest"
)

func TestProperties(t *testing.T) {
	if testing.Short() {
		t.Skip("analyses every fixture many times")
	}
	checktest.Properties(t, "../testdata/checks", checks.All)
}

func TestPlanParity(t *testing.T) {
	checktest.Parity(t, "../testdata/plans/terraform-1.11", checks.All)
}

func TestFixesTogether(t *testing.T) {
	checktest.Together(t, "../testdata/checks", checks.All)
}
