#!/usr/bin/env bash
# hcl v2.24.0 with cty v1.16.3, as in Terraform 1.13.3: division by zero is
# infinity and no error, and a remainder by zero is the number itself:
#
#   1 / 0 > 1e300: true
#   -1 / 0 == -2 / 0: true
#   5 % 0: 5
#   0 / 0: refused
#   1 / 0: +Inf
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
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

func main() {
	for _, text := range []string{"1 / 0 > 1e300", "-1 / 0 == -2 / 0", "5 % 0", "0 / 0", "1 / 0"} {
		x, _ := hclsyntax.ParseExpression([]byte(text), "", hcl.InitialPos)
		v, diags := x.Value(nil)
		if diags.HasErrors() {
			fmt.Println(text + ": refused")
			continue
		}
		s, err := convert.Convert(v, cty.String)
		if err != nil {
			panic(err)
		}
		fmt.Println(text + ": " + s.AsString())
	}
}
GO
go mod init example.com/zero >/dev/null 2>&1
go get github.com/hashicorp/hcl/v2@v2.24.0 github.com/zclconf/go-cty@v1.16.3 >/dev/null 2>&1
out=$(go run .)
echo "$out"
diff <(printf '%s\n' '1 / 0 > 1e300: true' '-1 / 0 == -2 / 0: true' '5 % 0: 5' '0 / 0: refused' '1 / 0: +Inf') <(echo "$out")
