#!/usr/bin/env bash
# Reads SARIF files with the tools that others will read them with, and fails
# when one of them finds fault or understands something else. Quiet when good.
#
#   scripts/sarif-acceptance.sh [-C DIR] [-d PATCH] FILE.sarif...
#
#   -C DIR    the directory that the paths in the files are relative to
#   -d PATCH  what --format diff wrote for the same scan: git must take it
#
# It needs go, node and npm, and gets the tools, pinned, into a cache directory
# (IAMVET_CACHE, else ~/.cache/iamvet/acceptance).
set -euo pipefail

multitool_version=5.7.0
jsonschema_version=1.5.0 # the one that github/codeql-action uploads with

fail() { echo "sarif-acceptance: $*" >&2; exit 1; }
absolute() { (cd "$(dirname "$1")" && echo "$PWD/$(basename "$1")"); }

repo=$(cd "$(dirname "$0")/.." && pwd)
root=$PWD
patch=
while getopts C:d: option; do
  case $option in
    C) root=$(cd "$OPTARG" && pwd) ;;
    d) patch=$(absolute "$OPTARG") ;;
    *) exit 2 ;;
  esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || { echo "usage: $0 [-C DIR] [-d PATCH] FILE.sarif..." >&2; exit 2; }
files=()
for file; do
  [ -f "$file" ] || fail "$file: no such file"
  files+=("$(absolute "$file")")
done

cache=${IAMVET_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/iamvet/acceptance}
tools=$cache/npm-$multitool_version-$jsonschema_version
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# quietly runs a command and shows what it said only when it fails.
quietly() {
  "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2; fail "$1 failed"; }
}

install_tools() {
  if [ ! -f "$tools/complete" ]; then
    mkdir -p "$tools"
    (cd "$tools" && quietly npm init -y &&
      quietly npm install --no-audit --no-fund "@microsoft/sarif-multitool@$multitool_version" "jsonschema@$jsonschema_version")
    touch "$tools/complete"
  fi
  multitool=$(find "$tools/node_modules/@microsoft" -name Sarif.Multitool -type f | head -n 1)
  [ -n "$multitool" ] || fail "the multitool is not packaged for this system"
  chmod u+x "$multitool" # its install script may not have been allowed to
  schema=$(dirname "$multitool")/sarif-2.1.0.json
  reviewdog=$("$repo/scripts/reviewdog.sh")/reviewdog
}

# Our own: the schema, what the schema allows and consumers do not, and every
# fix applied to the files.
ours() {
  (cd "$repo" && IAMVET_SARIF_FILES=$(printf '%s\n' "${files[@]}") IAMVET_SARIF_ROOT=$root \
    quietly go test -count=1 -run '^TestAcceptance$' ./sarif)
}

# What upload-sarif checks before it uploads.
github() {
  cat >"$work/github.js" <<'JS'
const fs = require("fs");
const [schemaFile, ...files] = process.argv.slice(2);
const { Validator } = require("jsonschema");
const schema = JSON.parse(fs.readFileSync(schemaFile, "utf8"));
let bad = 0;
for (const file of files) {
  const log = JSON.parse(fs.readFileSync(file, "utf8"));
  const keys = new Set();
  for (const e of new Validator().validate(log, schema).errors) {
    if (e.name === "format" && ["uri", "uri-reference"].includes(e.argument)) continue;
    console.error(`${file}: ${e.stack}`);
    bad++;
  }
  for (const run of log.runs) {
    const d = run.tool.driver;
    const key = JSON.stringify([d.name, d.fullName, d.version, d.semanticVersion, d.guid, (run.automationDetails || {}).id]);
    if (keys.has(key)) { console.error(`${file}: two runs of one category`); bad++; }
    keys.add(key);
  }
}
process.exit(bad ? 1 : 0);
JS
  NODE_PATH=$tools/node_modules quietly node "$work/github.js" "$schema" "${files[@]}"
}

# Microsoft's multitool exits 0 with errors, and runs no rule on what it cannot
# deserialise, without a word. So its own log is read, and a note that must be
# there for every file with results (SARIF2002, which wants message ids) shows
# that the rules ran.
multitool() {
  quietly "$multitool" export-validation-config "$work/config.xml"
  node -e '
    const fs = require("fs"), file = process.argv[1];
    const off = fs.readFileSync(file, "utf8").replace(/(Key="SARIF2006[^>]*>\s*<Property Key="RuleEnabled" Value=")Default/, "$1Disabled");
    if (!off.includes("Disabled")) { console.error("SARIF2006, which goes to the network, could not be turned off"); process.exit(1); }
    fs.writeFileSync(file, off);' "$work/config.xml"
  local i=0 file
  for file in "${files[@]}"; do
    i=$((i + 1))
    quietly "$multitool" validate "$file" --rule-kind 'Sarif;Ghas' --level 'Error;Warning;Note' \
      --config "$work/config.xml" -o "$work/multitool-$i.sarif" --log 'ForceOverwrite;PrettyPrint'
    quietly node -e '
      const fs = require("fs"), [file, said] = process.argv.slice(1).map(f => JSON.parse(fs.readFileSync(f, "utf8")));
      const results = said.runs.flatMap(r => r.results || []);
      const rule = r => r.ruleId || r.rule.id;
      const level = r => r.level || "warning";
      const bad = results.filter(r => level(r) === "error" || level(r) === "warning");
      for (const r of bad) {
        const at = ((r.locations || [])[0] || {}).physicalLocation || {};
        console.error(`${process.argv[1]}:${(at.region || {}).startLine}: ${rule(r)}: ${r.message.text || (r.message.id + " " + (r.message.arguments || []).join("; "))}`);
      }
      const some = file.runs.some(r => r.results.length > 0);
      if (some && !results.some(r => rule(r).startsWith("SARIF2002"))) {
        console.error(`${process.argv[1]}: the multitool ran no rule on it`);
        process.exit(1);
      }
      process.exit(bad.length ? 1 : 0);' "$file" "$work/multitool-$i.sarif"
  done
}

# reviewdog must turn every fix into one suggestion.
suggestions() {
  local file
  for file in "${files[@]}"; do
    (cd "$root" && "$reviewdog" -f=sarif -reporter=rdjson -filter-mode=nofilter <"$file" >"$work/rdjson" 2>"$work/log") ||
      { cat "$work/log" >&2; fail "$file: reviewdog failed"; }
    quietly node -e '
      const fs = require("fs"), [log, rd] = process.argv.slice(1).map(f => JSON.parse(fs.readFileSync(f, "utf8")));
      const fixes = log.runs.flatMap(r => r.results).flatMap(r => r.fixes || []).length;
      const suggestions = (rd.diagnostics || []).flatMap(d => d.suggestions || []).length;
      if (fixes !== suggestions) {
        console.error(`${process.argv[1]}: ${fixes} fixes, but ${suggestions} suggestions of reviewdog`);
        process.exit(1);
      }' "$file" "$work/rdjson"
  done
}

install_tools
ours
github
multitool
suggestions
if [ -n "$patch" ] && [ -s "$patch" ]; then
  (cd "$root" && quietly git apply --check "$patch")
fi
