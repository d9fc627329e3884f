#!/usr/bin/env bash
# go-cty-yaml v1.1.0, which is yamldecode in Terraform 1.11.4 and 1.13.3: the
# version that every IAM policy names is a timestamp to it where nobody quotes it,
# and comes out as one that AWS refuses; y, yes and on are booleans, as values and
# as keys; and a number with a leading zero is decimal:
#
#   Version: 2012-10-17    {"Version":"2012-10-17T00:00:00Z"}
#   Version: '2012-10-17'  {"Version":"2012-10-17"}
#   on: y                  {"true":true}
#   account: 012345678901  {"account":12345678901}
set -euo pipefail
dir=$(mktemp -d)
trap 'chmod -R u+w "$dir"; rm -rf "$dir"' EXIT
cd "$dir"
cat >main.go <<'GO'
package main

import (
	"fmt"

	yaml "github.com/zclconf/go-cty-yaml"
	"github.com/zclconf/go-cty/cty/json"
)

func main() {
	for _, text := range []string{"Version: 2012-10-17", "Version: '2012-10-17'", "on: y", "account: 012345678901"} {
		t, err := yaml.ImpliedType([]byte(text))
		if err != nil {
			panic(err)
		}
		v, err := yaml.Unmarshal([]byte(text), t)
		if err != nil {
			panic(err)
		}
		out, err := json.Marshal(v, t)
		if err != nil {
			panic(err)
		}
		fmt.Printf("%-22s %s\n", text, out)
	}
}
GO
go mod init example.com/version >/dev/null 2>&1
go get github.com/zclconf/go-cty-yaml@v1.1.0 github.com/zclconf/go-cty@v1.16.3 >/dev/null 2>&1
out=$(go run .)
echo "$out"
grep -q '^Version: 2012-10-17 .*{"Version":"2012-10-17T00:00:00Z"}$' <<<"$out"
grep -q "^Version: '2012-10-17' .*{\"Version\":\"2012-10-17\"}$" <<<"$out"
grep -q '^on: y .*{"true":true}$' <<<"$out"
grep -q '^account: 012345678901 .*{"account":12345678901}$' <<<"$out"
