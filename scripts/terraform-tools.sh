#!/usr/bin/env bash
# Prints the directory of the tools that iamvet is compared with: of each its
# released source, from the Go module proxy, built into the cache directory of
# the acceptance scripts when it is not there. With arguments, only those:
# terraform-1.11.4, terraform-1.13.3, tofu-1.12.6.
set -euo pipefail

bin=${IAMVET_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/iamvet/acceptance}/terraform-tools
mkdir -p "$bin"
[ $# -gt 0 ] || set -- terraform-1.11.4 terraform-1.13.3 tofu-1.12.6

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# unpack MODULE VERSION: the source, writable. It is built as a main module, so
# that the replacements of its go.mod hold.
unpack() {
  local dir
  dir=$(cd / && GOFLAGS='' go mod download -json "$1@$2" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')
  cp -r "$dir" "$work/source"
  chmod -R u+w "$work/source"
}

# terraform VERSION: without the remote backends that are modules of their own,
# which no release of the proxy has. They store states, and evaluate nothing.
terraform() {
  unpack github.com/hashicorp/terraform "v$1"
  local name nested
  nested=$(sed -n 's|^replace github.com/hashicorp/terraform/\(.*\) => .*|\1|p' "$work/source/go.mod")
  for name in $nested; do
    (cd "$work/source" && go mod edit -droprequire="github.com/hashicorp/terraform/$name" -dropreplace="github.com/hashicorp/terraform/$name")
  done
  # What Go has no setting for any more.
  (cd "$work/source" && go mod edit -dropgodebug=tlskyber)
  # An import of one, and each line that uses its name.
  (cd "$work/source/internal/backend/init" &&
    for name in $nested; do
      alias=$(sed -n "s|^[[:space:]]*\(backend[A-Za-z0-9]*\) \"github.com/hashicorp/terraform/$name\"\$|\1|p" init.go)
      [ -z "$alias" ] || sed -i "/\b$alias\b/d" init.go
    done)
  (cd "$work/source" && go build -ldflags "-s -w -X github.com/hashicorp/terraform/version.dev=no" -o "$work/tool" .)
}

tofu() {
  unpack github.com/opentofu/opentofu "v$1"
  (cd "$work/source" && go build -ldflags "-s -w -X github.com/opentofu/opentofu/version.dev=no" -o "$work/tool" ./cmd/tofu)
}

export GOFLAGS=-buildvcs=false GOWORK=off
for tool; do
  [ ! -x "$bin/$tool" ] || continue
  "${tool%%-*}" "${tool#*-}" >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
  mv "$work/tool" "$bin/$tool"
  rm -rf "$work/source"
done
echo "$bin"
