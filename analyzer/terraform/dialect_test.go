package terraform

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/iamvet/iamvet/analyzer/value"
)

func TestDialect(t *testing.T) {
	plan := func(rest string) string {
		return `{"format_version":"1.2",` + rest + `"planned_values":{"root_module":{}}}`
	}
	for _, tt := range []struct {
		name, files string // of the root module
		opt         Options
		plan, state string
		want        string
		read        string // the files that count; "" for all
	}{
		{name: "nothing tells", files: "main.tf", want: "Terraform or OpenTofu"},
		{name: "a file of OpenTofu's", files: "main.tf users.tofu", want: "OpenTofu"},
		{name: "in JSON", files: "main.tf users.tofu.json", want: "OpenTofu"},
		{name: "somebody says", files: "main.tf", opt: Options{Language: OpenTofu}, want: "OpenTofu"},
		{name: "Terraform passes over .tofu", files: "main.tf main.tofu users.tofu override.tofu", opt: Options{Language: Terraform}, want: "Terraform", read: "main.tf"},
		{name: "OpenTofu takes it in the place of .tf", files: "main.tf main.tofu a.tf.json a.tofu.json b.tf b.tofu.json", want: "OpenTofu", read: "a.tofu.json b.tf b.tofu.json main.tofu"},
		{name: "tests and queries are no configuration", files: "main.tf a.tftest.hcl a.tofutest.hcl a.tftest.json a.tofutest.json users.tfquery.hcl", want: "Terraform or OpenTofu", read: "main.tf"},
		{name: "a plan of Terraform", plan: plan(`"terraform_version":"1.13.3","applyable":true,`), want: "Terraform 1.13.3"},
		{name: "a plan of before OpenTofu", plan: plan(`"terraform_version":"1.5.7",`), want: "Terraform 1.5.7"},
		{name: "a plan that may be of either", plan: plan(`"terraform_version":"1.6.2",`), want: "Terraform or OpenTofu 1.6.2"},
		{name: "a plan of OpenTofu",
			plan: plan(`"terraform_version":"1.12.6","configuration":{"provider_config":{"aws":{"full_name":"registry.opentofu.org/hashicorp/aws"}}},`),
			want: "OpenTofu 1.12.6"},
		{name: "with the configuration", files: "main.tf main.tofu", plan: plan(`"terraform_version":"1.13.3","complete":true,"applyable":true,`),
			want: "Terraform 1.13.3", read: "main.tf"},
		{name: "whoever says it wins", files: "main.tf", opt: Options{Language: OpenTofu}, plan: plan(`"terraform_version":"1.11.4","applyable":true,`), want: "OpenTofu 1.11.4"},
		{name: "a state",
			state: `{"version":4,"terraform_version":"1.12.6","serial":1,"resources":[{"mode":"managed","type":"aws_iam_user","name":"u","provider":"provider[\"registry.opentofu.org/hashicorp/aws\"]","instances":[]}]}`,
			want:  "OpenTofu 1.12.6"},
		{name: "a state as it is shown",
			state: `{"format_version":"1.0","terraform_version":"1.12.6","values":{"root_module":{"resources":[{"address":"aws_iam_user.u","mode":"managed","type":"aws_iam_user","name":"u","provider_name":"registry.opentofu.org/hashicorp/aws","values":{}}]}}}`,
			want:  "OpenTofu 1.12.6"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ctx := context.Background()
			fsys := fstest.MapFS{}
			for _, name := range strings.Fields(tt.files) {
				text := "\n"
				if strings.HasSuffix(name, ".json") {
					text = "{}"
				}
				fsys[name] = &fstest.MapFile{Data: []byte(text)}
			}
			var root *Root
			var err error
			if tt.files != "" {
				if root, err = LoadConfig(ctx, OverFS(fsys), ".", tt.opt); err != nil {
					t.Fatal(err)
				}
			}
			switch {
			case tt.plan != "":
				root, err = LoadPlan(ctx, strings.NewReader(tt.plan), "plan.json", root, PlanOptions{})
			case tt.state != "":
				root, err = LoadState(ctx, strings.NewReader(tt.state), "state", root)
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := root.Dialect().String(); got != tt.want {
				t.Errorf("the dialect is %s, want %s", got, tt.want)
			}
			var read []string
			for _, f := range root.Files() {
				read = append(read, f.Name)
			}
			if got := strings.Join(read, " "); tt.read != "" && got != tt.read {
				t.Errorf("%s is read, want %s", got, tt.read)
			}
		})
	}
}

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
		{Dialect{Terraform, "1.11.4"}, "1.13.0", "1.6.0", value.No},
		{Dialect{Terraform, "1.13.0-rc1"}, "1.13.0", "", value.Yes},
		{Dialect{OpenTofu, "1.12.6-dev"}, "1.13.0", "1.9.0", value.Yes},
		{Dialect{OpenTofu, "1.12.6"}, "1.0.0", "", value.No},
	} {
		if got := tt.d.Since(tt.terraform, tt.opentofu); got != tt.want {
			t.Errorf("%v.Since(%q, %q) is %v, want %v", tt.d, tt.terraform, tt.opentofu, got, tt.want)
		}
	}
}
