#!/usr/bin/env bash
# reviewdog v0.21.0 reads SARIF results that say there is no problem as problems, and
# posts them like any other: those of kind "pass" or "notApplicable", which scanners of
# compliance write for each rule that holds, and those of baselineState "absent", which
# are gone. A message that refers to the rule's messageStrings by its id comes out empty,
# and a result without a location, as one about a whole account is, not at all:
#
#   fail: said
#   pass: said
#   notApplicable: said
#   absent: said
#   message id: said nothing
#   no location: not said
set -euo pipefail
dir=$(mktemp -d)
trap 'chmod -R u+w "$dir"; rm -rf "$dir"' EXIT
cd "$dir"
GOBIN=$dir GOFLAGS='' go install github.com/reviewdog/reviewdog/cmd/reviewdog@v0.21.0 >/dev/null 2>&1
git init -q .
printf 'one\ntwo\n' >main.tf
cat >results.py <<'PY'
import json, subprocess
where = {"locations": [{"physicalLocation": {"artifactLocation": {"uri": "main.tf"}, "region": {"startLine": 2}}}]}
said = {"message": {"text": "a role without a session name"}}
for name, result in [
    ("fail", {**said, **where}),
    ("pass", {**said, **where, "kind": "pass", "level": "none"}),
    ("notApplicable", {**said, **where, "kind": "notApplicable", "level": "none"}),
    ("absent", {**said, **where, "baselineState": "absent"}),
    ("message id", {**where, "message": {"id": "default"}}),
    ("no location", said),
]:
    log = {"version": "2.1.0", "runs": [{
        "tool": {"driver": {"name": "scanner", "rules": [
            {"id": "R1", "messageStrings": {"default": {"text": "a role without a session name"}}}]}},
        "results": [{"ruleId": "R1", "ruleIndex": 0, **result}]}]}
    out = subprocess.run(
        ["./reviewdog", "-f=sarif", "-reporter=rdjsonl", "-filter-mode=nofilter", "-name=scanner"],
        input=json.dumps(log), capture_output=True, text=True).stdout
    found = [json.loads(line) for line in out.splitlines()]
    print("%s: %s" % (name, "not said" if not found else "said" if found[0].get("message") else "said nothing"))
PY
out=$(python3 results.py)
echo "$out"
[ "$out" = "fail: said
pass: said
notApplicable: said
absent: said
message id: said nothing
no location: not said" ]
