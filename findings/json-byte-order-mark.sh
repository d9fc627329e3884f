#!/usr/bin/env bash
# hcl v2.24.0, and Terraform 1.11.4 with it: a byte order mark, which editors on
# Windows write, is stepped over in .tf and .tfvars, and makes .tf.json and
# .tfvars.json of the same project invalid. The messages do not say why:
#
#   main.tf: true
#   main.tf.json: Invalid start of value; A JSON value must start with a brace, a bracket, a number, a string, or a keyword.
#   main.tf.json: Root value must be object; The root value in a JSON-based configuration must be either a JSON object or a JSON array of objects.
set -euo pipefail
dir=$(mktemp -d)
trap 'chmod -R u+w "$dir"; rm -rf "$dir"' EXIT
cd "$dir"
cat >main.go <<'GO'
package main

import (
	"fmt"

	"github.com/hashicorp/hcl/v2/hclparse"
)

func main() {
	const mark = "\ufeff"
	_, native := hclparse.NewParser().ParseHCL([]byte(mark+"locals {\n  a = 1\n}\n"), "main.tf")
	fmt.Println("main.tf:", !native.HasErrors())
	_, json := hclparse.NewParser().ParseJSON([]byte(mark+`{"locals": {"a": 1}}`), "main.tf.json")
	for _, d := range json {
		fmt.Printf("main.tf.json: %s; %s\n", d.Summary, d.Detail)
	}
}
GO
go mod init example.com/mark >/dev/null 2>&1
go get github.com/hashicorp/hcl/v2@v2.24.0 >/dev/null 2>&1
out=$(go run .)
echo "$out"
grep -qx 'main.tf: true' <<<"$out"
grep -q '^main.tf.json: Root value must be object' <<<"$out"
