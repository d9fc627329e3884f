#!/usr/bin/env bash
# Fuzzes every target of the module in turn: fuzz.sh SECONDS, which the
# targets share.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:?usage: fuzz.sh SECONDS}

# "package target", one pair a line: go test prints the names, then the package.
targets=$(go test -list '^Fuzz' ./... |
  awk '/^Fuzz/ { name[++n] = $1 } /^ok/ { for (i = 1; i <= n; i++) print $2, name[i]; n = 0 }')
count=$(grep -c . <<<"$targets" || true)
if [ "$count" -eq 0 ]; then
  echo "no fuzz targets found" >&2
  exit 1
fi
each=$((seconds / count > 0 ? seconds / count : 1))

log=$(mktemp)
trap 'rm -f "$log"' EXIT
while read -r package target; do
  echo "$package $target: $each s"
  go test "$package" -run '^$' -fuzz "^$target\$" -fuzztime "${each}s" -parallel 2 >"$log" 2>&1 && continue
  # Now and then a worker is stopped by the end of its time and reported as a
  # failure (golang.org/issue/56238). A real one names the input that failed.
  if grep -q 'context deadline exceeded' "$log" && ! grep -q 'Failing input' "$log"; then continue; fi
  cat "$log" >&2
  exit 1
done <<<"$targets"
