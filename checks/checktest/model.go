package checktest

import (
	"testing"

	"github.com/iamvet/iamvet/analyzer/engine"
	"github.com/iamvet/iamvet/analyzer/identity"
)

// Model is what a fixture declares, without any rule looking at it.
func Model(t *testing.T, dir string) *identity.Model {
	t.Helper()
	m, _, _, err := engine.LoadModel(t.Context(), input(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	return m
}
