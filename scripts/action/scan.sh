#!/usr/bin/env bash
# Second step of action.yml: scans, and writes the log, the SARIF file, the
# summary of the job and the outputs. It succeeds whatever the scan finds; the
# last step fails the job, after the upload.
set -euo pipefail

# Words of an input, with quotes as in a shell but nothing else of a shell.
words() { [ -z "$1" ] || xargs printf '%s\n' <<<"$1"; }

# base prints the revision that a pull request, or a group of a merge queue, is compared
# with: the branch's side of the merge that GitHub checks out, else the commit that the
# event names. Nothing for other events, and where the clone does not have it.
base() {
  [ -n "$IAMVET_BASE_SHA" ] || return 0
  if git rev-parse -q --verify 'HEAD^2^{commit}' >/dev/null 2>&1; then
    git rev-parse -q --verify 'HEAD^1^{commit}' && return 0
  fi
  # A clone of depth 1 has one side alone. Where that is enough, as in public
  # repositories, git gets the other; nobody is asked for a password.
  GIT_TERMINAL_PROMPT=0 git fetch -q --no-tags --deepen=1 >/dev/null 2>&1 || true
  if git rev-parse -q --verify 'HEAD^2^{commit}' >/dev/null 2>&1; then
    git rev-parse -q --verify 'HEAD^1^{commit}' && return 0
  fi
  if git merge-base HEAD "$IAMVET_BASE_SHA" >/dev/null 2>&1; then
    echo "$IAMVET_BASE_SHA"
  fi
}

# No mapfile: the bash of macOS is too old for it.
arguments=()
while IFS= read -r word; do arguments+=("$word"); done < <(words "$IAMVET_ARGS")
[ -z "$IAMVET_CONFIG" ] || arguments+=(--config "$IAMVET_CONFIG")
[ -z "$IAMVET_BASELINE" ] || arguments+=(--baseline "$IAMVET_BASELINE")
while IFS= read -r word; do arguments+=(--rule "$word"); done < <(words "$IAMVET_RULES")

# What the words of args say counts.
said() {
  local word
  for word in ${arguments[@]+"${arguments[@]}"}; do
    case $word in "$1" | "$1"=*) return 0 ;; esac
  done
  return 1
}
base=
if [ "$IAMVET_NEW_SINCE" = base ] || [ "$IAMVET_CONFIG_FROM" = base ]; then
  base=$(base)
  if [ -z "$base" ] && [ -n "$IAMVET_BASE_SHA" ]; then
    echo "::warning title=iamvet::the clone does not hold what the change is compared with, so that everything is reported and the settings of the change count: set fetch-depth 2 for actions/checkout, or 0"
  fi
fi
# A plan is of one revision, which the code of another is not compared with.
new_since=$IAMVET_NEW_SINCE
[ "$new_since" != base ] || new_since=$base
if said --plan || said --state || said --new-since; then new_since=; fi
case $new_since in '' | none) ;; *) arguments+=("--new-since=$new_since") ;; esac
config_from=$IAMVET_CONFIG_FROM
[ "$config_from" != base ] || config_from=$base
if [ -n "$IAMVET_CONFIG" ] || said --config || said --config-from; then config_from=; fi
case $config_from in '' | none) ;; *) arguments+=("--config-from=$config_from") ;; esac

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
  cat "$out/report.md" >>"$GITHUB_STEP_SUMMARY"
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

# The ref of a group in a merge queue is gone when the upload is processed, and its token
# may not upload.
upload=$IAMVET_UPLOAD
case $IAMVET_EVENT:${GITHUB_REF:-} in
  merge_group:* | *:refs/heads/gh-readonly-queue/*) upload=false ;;
esac
[ -n "$sarif" ] || upload=false

{
  echo "exit-code=$status"
  echo "findings=$findings"
  echo "sarif-file=$sarif"
  echo "upload=$upload"
} >>"$GITHUB_OUTPUT"
