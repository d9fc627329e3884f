#!/usr/bin/env bash
# Second step of action.yml: scans, and writes the log, the SARIF file, the
# summary of the job and the outputs. It succeeds whatever the scan finds; the
# last step fails the job, after the upload.
set -euo pipefail

# Words of an input, with quotes as in a shell but nothing else of a shell.
words() { [ -z "$1" ] || xargs printf '%s\n' <<<"$1"; }

# No mapfile: the bash of macOS is too old for it.
arguments=()
while IFS= read -r word; do arguments+=("$word"); done < <(words "$IAMVET_ARGS")
[ -z "$IAMVET_CONFIG" ] || arguments+=(--config "$IAMVET_CONFIG")
arguments+=(--)
while IFS= read -r word; do arguments+=("$word"); done < <(words "$IAMVET_PATHS")

out=$(mktemp -d "$RUNNER_TEMP/iamvet-scan.XXXXXX")
mkdir -p "$(dirname "$IAMVET_SARIF_FILE")"
rm -f "$IAMVET_SARIF_FILE" # a file left from another run is not ours to upload

status=0
"$IAMVET" scan --no-color --fail-on "$IAMVET_FAIL_ON" \
  --format text \
  --format "sarif=$IAMVET_SARIF_FILE" \
  --format "json=$out/report.json" \
  --format "markdown=$out/report.md" \
  --format "github=$out/annotations" \
  "${arguments[@]}" || status=$?

[ "$IAMVET_ANNOTATIONS" != true ] || [ ! -s "$out/annotations" ] || cat "$out/annotations"

if [ "$IAMVET_SUMMARY" = true ] && [ -s "$out/report.md" ]; then
  # GitHub drops a summary of more than a megabyte.
  head -c 1000000 "$out/report.md" >>"$GITHUB_STEP_SUMMARY"
fi

findings= files=
if [ -s "$out/report.json" ]; then
  findings=$(sed -nE 's/.*"violations": *([0-9]+).*/\1/p' "$out/report.json" | tail -n 1)
  files=$(sed -nE 's/.*"files": *([0-9]+).*/\1/p' "$out/report.json" | tail -n 1)
fi

# A report on nothing would close every alert: a path that was renamed is no mend.
sarif=
if [ -s "$IAMVET_SARIF_FILE" ] && ! { [ "$status" = 2 ] && [ "$files" = 0 ]; }; then
  sarif=$(cd "$(dirname "$IAMVET_SARIF_FILE")" && pwd)/$(basename "$IAMVET_SARIF_FILE")
  sarif=${sarif#"$GITHUB_WORKSPACE"/}
fi

{
  echo "exit-code=$status"
  echo "findings=$findings"
  echo "sarif-file=$sarif"
} >>"$GITHUB_OUTPUT"
