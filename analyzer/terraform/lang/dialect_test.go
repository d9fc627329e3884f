package lang

import (
	"testing"

	"github.com/iamvet/iamvet/analyzer/value"
)

func TestDialectSince(t *testing.T) {
	for _, tt := range []struct {
		d                   Dialect
		terraform, opentofu string
		want                value.Tri
	}{
		{Dialect{}, "1.13.0", "1.6.0", value.Maybe},
		{Dialect{}, "", "", value.No},
		{Dialect{Version: "1.12.1"}, "1.12.0", "1.11.0", value.Yes},
		{Dialect{Version: "1.11.4"}, "1.12.0", "1.11.0", value.Maybe},
		{Dialect{Version: "1.5.7"}, "1.12.0", "1.11.0", value.No},
		{Dialect{Language: Terraform}, "1.13.0", "1.6.0", value.Maybe},
		{Dialect{Language: Terraform}, "", "1.6.0", value.No},
		{Dialect{Language: Terraform, Version: "1.11.4"}, "1.13.0", "1.6.0", value.No},
		{Dialect{Language: Terraform, Version: "1.13.0-rc1"}, "1.13.0", "", value.Yes},
		{Dialect{Language: OpenTofu, Version: "1.12.6-dev"}, "1.13.0", "1.9.0", value.Yes},
		{Dialect{Language: OpenTofu, Version: "1.12.6"}, "1.0.0", "", value.No},
	} {
		if got := tt.d.Since(tt.terraform, tt.opentofu); got != tt.want {
			t.Errorf("%v.Since(%q, %q) is %v, want %v", tt.d, tt.terraform, tt.opentofu, got, tt.want)
		}
	}
}
