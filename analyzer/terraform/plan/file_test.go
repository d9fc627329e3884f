package plan

import (
	"context"
	"strings"
	"testing"
)

const planHead = `{"format_version":"1.2","terraform_version":"1.5.0",`

func readPlan(text string) (*Index, error) {
	return ReadPlan(context.Background(), strings.NewReader(text), "p.json", nil)
}

func readState(text, name string) (*Index, error) {
	return ReadState(context.Background(), strings.NewReader(text), name, nil)
}

// Input that is no plan is refused with what to do.
func TestRefused(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"binary", "PK\x03\x04tfplan", "p.json is a binary plan: run `terraform show -json p.json > plan.json` where it was made, and name plan.json"},
		{"empty", " \n", "p.json is empty: make it again with `terraform show -json FILE > plan.json`"},
		{"setup-terraform", "[command]/opt/terraform-bin show -json p.out\n" + planHead + "}", "p.json begins with the line of the command, which the wrapper that hashicorp/setup-terraform installs prints: set `terraform_wrapper: false` in that step, or delete the line"},
		{"truncated", planHead + "\n" + `"resource_changes":[{"addr`, "p.json:2:26: the JSON text ends too early, the file is truncated: make it again with `terraform show -json FILE > plan.json`"},
		{"a state", `{"format_version":"1.0","values":{"root_module":{}}}`, "p.json is a state, not a plan: name it with --state, or make the plan with `terraform show -json FILE > plan.json`"},
		{"an empty state", `{"format_version":"1.0"}`, "p.json is a state, not a plan: name it with --state, or make the plan with `terraform show -json FILE > plan.json`"},
		{"a raw state", `{"version":4,"terraform_version":"1.5.0","serial":1}`, "p.json is a state, not a plan: name it with --state, or make the plan with `terraform show -json FILE > plan.json`"},
		{"not JSON", "Terraform will perform", "p.json:1:1: invalid character 'T' looking for beginning of value: make it again with `terraform show -json FILE > plan.json`"},
		{"other JSON", `{"a":1}`, "p.json is not a plan: make it with `terraform show -json FILE > plan.json`"},
		{"a list", `[]`, "p.json is not a plan: make it with `terraform show -json FILE > plan.json`"},
		{"the log", `{"@level":"info","@message":"Terraform 1.5.0"}` + "\n{}", "p.json is the log that `terraform plan -json` prints: run `terraform plan -out FILE`, then `terraform show -json FILE > plan.json`"},
		{"a version of the future", `{"format_version":"2.0","planned_values":{}}`, "p.json has format version 2.0: versions 0.1 to 1.x are known"},
		{"of another shape", `{"resource_changes":{"a":1}}`, "p.json: resource_changes cannot be read: it is no array"},
	} {
		_, err := readPlan(test.text)
		if err == nil || err.Error() != test.want {
			t.Errorf("%s: %v\nwant %s", test.name, err, test.want)
		}
	}
	for _, test := range []struct{ name, text, want string }{
		{"a plan", planHead + `"planned_values":{}}`, "p.json is a plan, not a state: name it with --plan"},
		{"an old state", `{"version":3,"terraform_version":"0.11.14","serial":1,"modules":[]}`, "p.json is a state of version 3, written by Terraform 0.11.14: upgrade it with `terraform apply -refresh-only` of Terraform 0.13 or later, or run `terraform show -json > state.json` and name state.json"},
		{"a new state", `{"version":5,"serial":1}`, "p.json is a state of version 5, which is not known: run `terraform show -json > state.json`, and name state.json"},
	} {
		_, err := readState(test.text, "p.json")
		if err == nil || err.Error() != test.want {
			t.Errorf("%s: %v\nwant %s", test.name, err, test.want)
		}
	}
}

// TestEncrypted: what OpenTofu 1.12.6 writes where state and plan are encrypted.
func TestEncrypted(t *testing.T) {
	const state = `{"serial":1,"lineage":"8a093b76-31e1-20e6-e923-3a81c10cdd6b","meta":{"key_provider.pbkdf2.k":"e30="},"encrypted_data":"EFADAMl0"}`
	const plan = `{"meta":{"key_provider.pbkdf2.k":"e30="},"encrypted_data":"N+uFKrGy"}`
	const want = "f is encrypted by OpenTofu: run `tofu show -json f > shown.json` where its keys are, and name shown.json"
	for _, text := range []string{state, plan} {
		if _, err := readState(text, "f"); err == nil || err.Error() != want {
			t.Errorf("as a state: %v", err)
		}
		if _, err := ReadPlan(context.Background(), strings.NewReader(text), "f", nil); err == nil || err.Error() != want {
			t.Errorf("as a plan: %v", err)
		}
	}
	if kind := SniffJSON([]byte(`{"lineage":"x","serial":3,"version":4,"resources":[]}`)); kind != RawState {
		t.Errorf("a state whose members are in another order is taken for %d", kind)
	}
}
