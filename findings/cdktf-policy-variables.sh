#!/usr/bin/env bash
# CDKTF 0.21.0, and cdktn 0.24.0, which goes on with it: how a policy variable has to be written depends on what writes the
# policy. JSON.stringify's text goes out as it is, so that the $ is doubled by hand, as
# in HCL. Fn.jsonencode doubles it by itself, and what was doubled by hand as well gets
# a third, which Terraform reads as a literal $ before the variable: a policy that names
# nobody's folder, without a word. What Terraform (hcl v2.24.0) makes of each:
#
#   JSON.stringify ${aws:username}: refused
#   JSON.stringify $${aws:username}: ${aws:username}
#   Fn.jsonencode ${aws:username}: ${aws:username}
#   Fn.jsonencode $${aws:username}: $${aws:username}
set -euo pipefail
dir=$(mktemp -d)
trap 'chmod -R u+w "$dir"; rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --no-audit --no-fund cdktf@0.21.0 cdktn@0.24.0 constructs@10.7.2 >/dev/null 2>&1
cat >synth.js <<'JS'
const { App, TerraformStack, TerraformOutput, Fn } = require(process.argv[2]);
const app = new App({ outdir: "out" });
const stack = new TerraformStack(app, "s");
["${aws:username}", "$${aws:username}"].forEach((text, i) => {
  new TerraformOutput(stack, `stringify${i}`, { value: JSON.stringify({ Resource: text }) });
  new TerraformOutput(stack, `jsonencode${i}`, { value: Fn.jsonencode({ Resource: text }) });
});
app.synth();
JS
cat >main.go <<'GO'
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/hashicorp/hcl/v2"
	hcljson "github.com/hashicorp/hcl/v2/json"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

func main() {
	b, err := os.ReadFile("out/stacks/s/cdk.tf.json")
	if err != nil {
		panic(err)
	}
	var stack struct{ Output map[string]struct{ Value json.RawMessage } }
	if err := json.Unmarshal(b, &stack); err != nil {
		panic(err)
	}
	scope := &hcl.EvalContext{Functions: map[string]function.Function{"jsonencode": stdlib.JSONEncodeFunc}}
	for _, one := range []struct{ words, output string }{
		{"JSON.stringify ${aws:username}", "stringify0"}, {"JSON.stringify $${aws:username}", "stringify1"},
		{"Fn.jsonencode ${aws:username}", "jsonencode0"}, {"Fn.jsonencode $${aws:username}", "jsonencode1"},
	} {
		said := "refused"
		x, diags := hcljson.ParseExpression(stack.Output[one.output].Value, "cdk.tf.json")
		if !diags.HasErrors() {
			if v, diags := x.Value(scope); !diags.HasErrors() {
				var policy struct{ Resource string }
				if err := json.Unmarshal([]byte(v.AsString()), &policy); err != nil {
					panic(err)
				}
				said = policy.Resource
			}
		}
		fmt.Printf("%s: %s\n", one.words, said)
	}
}
GO
go mod init example.com/variables >/dev/null 2>&1
go get github.com/hashicorp/hcl/v2@v2.24.0 github.com/zclconf/go-cty@v1.16.3 >/dev/null 2>&1
for package in cdktf cdktn; do
  rm -rf out
  node synth.js "$package"
  out=$(go run .)
  echo "$package:" "$out"
  grep -qxF 'JSON.stringify ${aws:username}: refused' <<<"$out"
  grep -qxF 'JSON.stringify $${aws:username}: ${aws:username}' <<<"$out"
  grep -qxF 'Fn.jsonencode ${aws:username}: ${aws:username}' <<<"$out"
  grep -qxF 'Fn.jsonencode $${aws:username}: $${aws:username}' <<<"$out"
done
