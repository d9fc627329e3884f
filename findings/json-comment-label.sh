#!/usr/bin/env bash
# hcl v2.24.0: the member "//" is a comment in the body of a JSON block, and a
# label where labels stand: beside resource types and names, and beside the names
# of variables and outputs, it is refused.
#
#   in a body: accepted
#   beside the types: Incorrect JSON value type
#   beside the names: Incorrect JSON value type
set -euo pipefail
dir=$(mktemp -d)
trap 'chmod -R u+w "$dir"; rm -rf "$dir"' EXIT
cd "$dir"
cat >main.go <<'GO'
package main

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/json"
)

func main() {
	root := &hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{{Type: "resource", LabelNames: []string{"type", "name"}}}}
	inside := &hcl.BodySchema{Attributes: []hcl.AttributeSchema{{Name: "input"}}}
	for _, c := range [][2]string{
		{"in a body", `{"resource": {"terraform_data": {"r": {"//": "note", "input": 1}}}}`},
		{"beside the types", `{"resource": {"//": "note", "terraform_data": {"r": {"input": 1}}}}`},
		{"beside the names", `{"resource": {"terraform_data": {"//": "note", "r": {"input": 1}}}}`},
	} {
		f, diags := json.Parse([]byte(c[1]), "main.tf.json")
		content, more := f.Body.Content(root)
		diags = append(diags, more...)
		for _, b := range content.Blocks {
			_, more := b.Body.Content(inside)
			diags = append(diags, more...)
		}
		said := "accepted"
		if diags.HasErrors() {
			said = diags[0].Summary
		}
		fmt.Println(c[0] + ": " + said)
	}
}
GO
go mod init example.com/comment >/dev/null 2>&1
go get github.com/hashicorp/hcl/v2@v2.24.0 >/dev/null 2>&1
out=$(go run .)
echo "$out"
grep -qx 'in a body: accepted' <<<"$out"
grep -qx 'beside the types: Incorrect JSON value type' <<<"$out"
grep -qx 'beside the names: Incorrect JSON value type' <<<"$out"
