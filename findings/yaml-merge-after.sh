#!/usr/bin/env bash
# go-cty-yaml v1.1.0, which is yamldecode in Terraform 1.11.4 and 1.13.3, and v1.2.0: a
# merge key (<<) that stands behind a key overrides it. In YAML's description of the
# merge key what a mapping says itself wins, wherever the merge stands, and so it is in
# yaml.v3 v3.0.1. A policy's statement that narrows what it takes from an anchor is as
# wide as the anchor, without a word, when the merge is its last line:
#
#   go-cty-yaml v1.1.0 merge first: {"Action":"s3:GetObject","Effect":"Allow"}
#   go-cty-yaml v1.1.0 merge last: {"Action":"s3:*","Effect":"Allow"}
#   go-cty-yaml v1.2.0 merge first: {"Action":"s3:GetObject","Effect":"Allow"}
#   go-cty-yaml v1.2.0 merge last: {"Action":"s3:*","Effect":"Allow"}
#   yaml.v3 v3.0.1 merge first: {"Action":"s3:GetObject","Effect":"Allow"}
#   yaml.v3 v3.0.1 merge last: {"Action":"s3:GetObject","Effect":"Allow"}
set -euo pipefail
dir=$(mktemp -d)
trap 'chmod -R u+w "$dir"; rm -rf "$dir"' EXIT
cd "$dir"
cat >main.go <<'GO'
package main

import (
	"encoding/json"
	"fmt"
	"os"

	ctyyaml "github.com/zclconf/go-cty-yaml"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function/stdlib"
	"gopkg.in/yaml.v3"
)

func main() {
	const anchor = "base: &base\n  Effect: Allow\n  Action: s3:*\n"
	for _, one := range []struct{ name, text string }{
		{"merge first", anchor + "read:\n  <<: *base\n  Action: s3:GetObject\n"},
		{"merge last", anchor + "read:\n  Action: s3:GetObject\n  <<: *base\n"},
	} {
		v, err := ctyyaml.YAMLDecodeFunc.Call([]cty.Value{cty.StringVal(one.text)})
		if err != nil {
			panic(err)
		}
		s, err := stdlib.JSONEncodeFunc.Call([]cty.Value{v.GetAttr("read")})
		if err != nil {
			panic(err)
		}
		fmt.Printf("go-cty-yaml %s %s: %s\n", os.Args[1], one.name, s.AsString())
		var tree map[string]map[string]string
		if err := yaml.Unmarshal([]byte(one.text), &tree); err != nil {
			panic(err)
		}
		b, err := json.Marshal(tree["read"])
		if err != nil {
			panic(err)
		}
		fmt.Printf("yaml.v3 v3.0.1 %s: %s\n", one.name, b)
	}
}
GO
go mod init example.com/merge >/dev/null 2>&1
out=
for version in v1.1.0 v1.2.0; do
  go get "github.com/zclconf/go-cty-yaml@$version" github.com/zclconf/go-cty@v1.16.3 gopkg.in/yaml.v3@v3.0.1 >/dev/null 2>&1
  out+=$(go run . "$version")$'\n'
done
sort -u <<<"$out"
for version in v1.1.0 v1.2.0; do
  grep -qxF "go-cty-yaml $version merge first: {\"Action\":\"s3:GetObject\",\"Effect\":\"Allow\"}" <<<"$out"
  grep -qxF "go-cty-yaml $version merge last: {\"Action\":\"s3:*\",\"Effect\":\"Allow\"}" <<<"$out"
done
grep -qxF 'yaml.v3 v3.0.1 merge last: {"Action":"s3:GetObject","Effect":"Allow"}' <<<"$out"
