#!/usr/bin/env bash
# Terraform 1.13.3, OpenTofu 1.12.6: what the JSON of a plan says depends on how
# the plan was made, and OpenTofu's does not say how. A plan of -refresh-only lists
# nothing: no resource_changes, planned_values are empty, and what exists stands in
# prior_state alone. So does a plan whose -target names nothing, by a typing error
# say, and it succeeds. Terraform tells a plan of -target by "complete": false,
# which OpenTofu does not write at all. Seen:
#
#   terraform-1.13.3 plan: changes=2 planned=2 prior=2 complete=true
#   terraform-1.13.3 refresh-only: changes=none planned=0 prior=2 complete=true
#   terraform-1.13.3 target: changes=1 planned=1 prior=2 complete=false
#   terraform-1.13.3 target-of-nothing: changes=none planned=0 prior=2 complete=false
#   tofu-1.12.6 plan: changes=2 planned=2 prior=2 complete=none
#   tofu-1.12.6 refresh-only: changes=none planned=0 prior=2 complete=none
#   tofu-1.12.6 target: changes=1 planned=1 prior=2 complete=none
#   tofu-1.12.6 target-of-nothing: changes=none planned=0 prior=2 complete=none
set -euo pipefail
bin=$("$(dirname "$0")/../scripts/terraform-tools.sh" terraform-1.13.3 tofu-1.12.6)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
: >none.tfrc
export TF_CLI_CONFIG_FILE=$dir/none.tfrc CHECKPOINT_DISABLE=1
cat >count.py <<'PY'
import json, sys
p = json.load(open(sys.argv[2]))
changes = p.get("resource_changes")
def resources(section):
    return len(section.get("root_module", {}).get("resources", []))
print("%s: changes=%s planned=%d prior=%d complete=%s" % (
    sys.argv[1], "none" if changes is None else len(changes), resources(p["planned_values"]),
    resources(p["prior_state"]["values"]), str(p.get("complete", "none")).lower()))
PY
for tool in terraform-1.13.3 tofu-1.12.6; do
  mkdir "$tool"
  cd "$tool"
  cat >main.tf <<'TF'
resource "terraform_data" "a" {
  input = "one"
}
resource "terraform_data" "b" {
  input = "two"
}
TF
  "$bin/$tool" init >/dev/null
  "$bin/$tool" apply -auto-approve >/dev/null
  while read -r name flag; do
    "$bin/$tool" plan -out="$name" ${flag:+"$flag"} </dev/null >/dev/null 2>&1
    "$bin/$tool" show -json "$name" >"$name.json"
    python3 ../count.py "$tool $name" "$name.json"
  done <<'PLANS' | tee -a ../seen
plan
refresh-only -refresh-only
target -target=terraform_data.a
target-of-nothing -target=terraform_data.typo
PLANS
  cd ..
done
grep -qx 'terraform-1.13.3 refresh-only: changes=none planned=0 prior=2 complete=true' seen
grep -qx 'terraform-1.13.3 target: changes=1 planned=1 prior=2 complete=false' seen
grep -qx 'tofu-1.12.6 target: changes=1 planned=1 prior=2 complete=none' seen
grep -qx 'tofu-1.12.6 target-of-nothing: changes=none planned=0 prior=2 complete=none' seen
