#!/usr/bin/env bash
# hcl v2.24.0, as in Terraform 1.13.3: since && and || decide by one side alone,
# null counts as false there, on either side, where it does decide; and is refused
# where it does not, or stands alone. hcl v2.23.0 refuses all of these:
#
#   v2.24.0: null && true: false
#   v2.24.0: true && null: false
#   v2.24.0: null || true: true
#   v2.24.0: null || false: refused
#   v2.24.0: !null: refused
#   v2.23.0: null && true: refused
set -euo pipefail
dir=$(mktemp -d)
trap 'chmod -R u+w "$dir"; rm -rf "$dir"' EXIT
cd "$dir"
cat >main.go <<'GO'
package main

import (
	"fmt"
	"os"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

func main() {
	for _, text := range []string{"null && true", "true && null", "null || true", "null || false", "!null"} {
		x, _ := hclsyntax.ParseExpression([]byte(text), "", hcl.InitialPos)
		v, diags := x.Value(nil)
		if diags.HasErrors() {
			fmt.Printf("%s: %s: refused\n", os.Args[1], text)
			continue
		}
		fmt.Printf("%s: %s: %t\n", os.Args[1], text, v.True())
	}
}
GO
go mod init example.com/null >/dev/null 2>&1
out=
for version in v2.24.0 v2.23.0; do
  go get "github.com/hashicorp/hcl/v2@$version" >/dev/null 2>&1
  out+=$(go run . "$version")$'\n'
done
echo "$out"
grep -qx 'v2.24.0: null && true: false' <<<"$out"
grep -qx 'v2.24.0: true && null: false' <<<"$out"
grep -qx 'v2.24.0: null || true: true' <<<"$out"
grep -qx 'v2.24.0: null || false: refused' <<<"$out"
[ "$(grep -c '^v2.23.0: .*: refused$' <<<"$out")" -eq 5 ]
