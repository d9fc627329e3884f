#!/usr/bin/env bash
# hcl v2.25.0, and v2.0.0 before it: a plain heredoc (<<) ends at its marker however
# that is indented, as one with a hyphen (<<-) does. In a shell and in Ruby, whose form
# it is, an indented marker is text of a plain heredoc. Only the hyphen's other effect
# is left: it takes the indentation off the text.
#
#   v2.25.0: plain: "  one\n"
#   v2.25.0: hyphen: "one\n"
#   v2.0.0: plain: "  one\n"
#   v2.0.0: hyphen: "one\n"
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
	for _, form := range [][2]string{{"plain", "<<EOT"}, {"hyphen", "<<-EOT"}} {
		text := "a = " + form[1] + "\n  one\n  EOT\nb = \"two\"\n"
		file, diags := hclsyntax.ParseConfig([]byte(text), "", hcl.Pos{Line: 1, Column: 1})
		if diags.HasErrors() {
			fmt.Printf("%s: %s: refused\n", os.Args[1], form[0])
			continue
		}
		attrs, _ := file.Body.JustAttributes()
		v, _ := attrs["a"].Expr.Value(nil)
		fmt.Printf("%s: %s: %q\n", os.Args[1], form[0], v.AsString())
	}
}
GO
go mod init example.com/heredoc >/dev/null 2>&1
out=
for version in v2.25.0 v2.0.0; do
  go get "github.com/hashicorp/hcl/v2@$version" >/dev/null 2>&1
  go mod tidy >/dev/null 2>&1
  out+=$(go run . "$version")$'\n'
done
echo "$out"
for version in v2.25.0 v2.0.0; do
  grep -qxF "$version: plain: \"  one\\n\"" <<<"$out"
  grep -qxF "$version: hyphen: \"one\\n\"" <<<"$out"
done
