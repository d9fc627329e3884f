#!/usr/bin/env bash
# Prints the directory of a reviewdog, pinned, which it first installs into the
# cache directory of the acceptance scripts when it is not there.
set -euo pipefail

version=v0.21.0
bin=${IAMVET_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/iamvet/acceptance}/reviewdog-$version

if [ ! -x "$bin/reviewdog" ]; then
  mkdir -p "$bin"
  log=$(mktemp)
  trap 'rm -f "$log"' EXIT
  # Outside of any module, so that none decides how it is built.
  (cd / && GOBIN=$bin GOFLAGS='' go install "github.com/reviewdog/reviewdog/cmd/reviewdog@$version") >"$log" 2>&1 ||
    { cat "$log" >&2; exit 1; }
fi
echo "$bin"
