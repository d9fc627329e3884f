#!/usr/bin/env bash
# Fuzzes every target of the module in turn: fuzz.sh SECONDS, which the
# targets share. To compile them comes before, once for each package.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:?usage: fuzz.sh SECONDS}

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cache=$(go env GOCACHE)/fuzz # where go test -fuzz keeps what it found worth keeping

# "package directory target", one a line.
targets=
while read -r package folder; do
  go test -c -fuzz=. -o "$dir/${package//\//_}.test" "$package"
  for target in $(grep -hoE '^func Fuzz\w+' "$folder"/*_test.go | cut -d' ' -f2); do
    targets+="$package $folder $target"$'\n'
  done
done < <(go list -f '{{.ImportPath}} {{.Dir}}' ./... | while read -r package folder; do
  if grep -qE '^func Fuzz\w+\(' "$folder"/*_test.go 2>/dev/null; then echo "$package $folder"; fi
done)
left=$(grep -c . <<<"$targets" || true)
if [ "$left" -eq 0 ]; then
  echo "no fuzz targets found" >&2
  exit 1
fi

# Each gets its part of what is left, so that starting and stopping is not added.
end=$((SECONDS + seconds))
while read -r package folder target; do
  [ -n "$target" ] || continue
  each=$(((end - SECONDS) / left > 0 ? (end - SECONDS) / left : 1))
  left=$((left - 1))
  echo "$package $target: $each s"
  (cd "$folder" && "$dir/${package//\//_}.test" -test.run '^$' -test.fuzz "^$target\$" -test.fuzztime "${each}s" \
    -test.fuzzcachedir "$cache/$package" -test.parallel 2) >"$dir/log" 2>&1 && continue
  # Now and then a worker is stopped by the end of its time and reported as a
  # failure (golang.org/issue/56238). A real one names the input that failed.
  if grep -q 'context deadline exceeded' "$dir/log" && ! grep -q 'Failing input' "$dir/log"; then continue; fi
  cat "$dir/log" >&2
  exit 1
done <<<"$targets"
