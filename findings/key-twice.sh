#!/usr/bin/env bash
# hcl v2.24.0 with cty v1.16.3 and go-cty-yaml v1.1.0, as in Terraform 1.13.3: of a key
# that stands twice in an object, as two StringEquals in one Condition do, the last wins
# without a word, in HCL, in jsondecode and in yamldecode. The same object in .tf.json is
# refused:
#
#   {StringEquals = 1, StringEquals = 2}: {"StringEquals":2}
#   jsondecode: {"StringEquals":2}
#   yamldecode: {"StringEquals":2}
#   .tf.json: Duplicate object attribute
set -euo pipefail
dir=$(mktemp -d)
trap 'chmod -R u+w "$dir"; rm -rf "$dir"' EXIT
cd "$dir"
cat >main.go <<'GO'
package main

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/json"
	yaml "github.com/zclconf/go-cty-yaml"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

func encoded(v cty.Value) string {
	s, err := stdlib.JSONEncodeFunc.Call([]cty.Value{v})
	if err != nil {
		return err.Error()
	}
	return s.AsString()
}

func main() {
	text := "{StringEquals = 1, StringEquals = 2}"
	x, diags := hclsyntax.ParseExpression([]byte(text), "", hcl.InitialPos)
	v, more := x.Value(nil)
	if diags = append(diags, more...); len(diags) > 0 {
		panic(diags)
	}
	fmt.Printf("%s: %s\n", text, encoded(v))
	if v, err := stdlib.JSONDecodeFunc.Call([]cty.Value{cty.StringVal(`{"StringEquals": 1, "StringEquals": 2}`)}); err == nil {
		fmt.Printf("jsondecode: %s\n", encoded(v))
	}
	if v, err := yaml.YAMLDecodeFunc.Call([]cty.Value{cty.StringVal("StringEquals: 1\nStringEquals: 2\n")}); err == nil {
		fmt.Printf("yamldecode: %s\n", encoded(v))
	}
	y, diags := json.ParseExpression([]byte(`{"StringEquals": 1, "StringEquals": 2}`), "a.tf.json")
	if !diags.HasErrors() {
		_, diags = y.Value(nil)
	}
	for _, d := range diags {
		fmt.Printf(".tf.json: %s\n", d.Summary)
	}
}
GO
go mod init example.com/twice >/dev/null 2>&1
go get github.com/hashicorp/hcl/v2@v2.24.0 github.com/zclconf/go-cty@v1.16.3 github.com/zclconf/go-cty-yaml@v1.1.0 >/dev/null 2>&1
out=$(go run .)
echo "$out"
grep -qxF '{StringEquals = 1, StringEquals = 2}: {"StringEquals":2}' <<<"$out"
grep -qxF 'jsondecode: {"StringEquals":2}' <<<"$out"
grep -qxF 'yamldecode: {"StringEquals":2}' <<<"$out"
grep -qxF '.tf.json: Duplicate object attribute' <<<"$out"
