package checks_test

import (
	"testing"

	"github.com/iamvet/iamvet/checks"
	"github.com/iamvet/iamvet/checks/checktest"
)

// No fix that iamvet applies lets anybody do what they could not do before.
func TestFixesAllowNothingMore(t *testing.T) {
	if testing.Short() {
		t.Skip("decides thousands of requests for every fix")
	}
	checktest.Narrower(t, "../testdata/checks", checks.All)
}
