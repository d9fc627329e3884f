#!/usr/bin/env bash
# Terraform 1.13.3 destroys what a removed block without a lifecycle block names,
# OpenTofu 1.12.6 forgets it: the object stays, unmanaged. OpenTofu's plan then still
# lists it in planned_values, though the state will not have it; only its
# resource_changes tell. And lifecycle { destroy = false }, once applied, is kept in
# OpenTofu's state: it forgets the object as well when the whole block is deleted
# from the configuration, without any removed block. Seen:
#
#   terraform-1.13.3 removed: delete, in planned_values: no
#   tofu-1.12.6 removed: forget, in planned_values: yes
#   tofu-1.12.6 destroy = false, block deleted: forget, in planned_values: yes
set -euo pipefail
bin=$("$(dirname "$0")/../scripts/terraform-tools.sh" terraform-1.13.3 tofu-1.12.6)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
: >none.tfrc
export TF_CLI_CONFIG_FILE=$dir/none.tfrc CHECKPOINT_DISABLE=1
cat >tell.py <<'PY'
import json, sys
p = json.load(sys.stdin)
change = next(c for c in p["resource_changes"] if c["address"] == "terraform_data.key")
planned = p["planned_values"].get("root_module", {}).get("resources", [])
listed = any(r["address"] == "terraform_data.key" for r in planned)
print("%s: %s, in planned_values: %s" % (sys.argv[1], " ".join(change["change"]["actions"]), "yes" if listed else "no"))
PY
# became TOOL WHAT BEFORE AFTER: what a plan makes of the key that is in BEFORE alone.
became() {
  mkdir work && cd work
  echo "$3" >main.tf
  "$bin/$1" init >/dev/null
  "$bin/$1" apply -auto-approve >/dev/null
  echo "$4" >main.tf
  "$bin/$1" plan -out=plan >/dev/null
  "$bin/$1" show -json plan | python3 ../tell.py "$1 $2" | tee -a ../seen
  cd .. && rm -rf work
}
key='resource "terraform_data" "key" {
}'
kept='resource "terraform_data" "key" {
  lifecycle {
    destroy = false
  }
}'
removed='removed {
  from = terraform_data.key
}'
became terraform-1.13.3 removed "$key" "$removed"
became tofu-1.12.6 removed "$key" "$removed"
became tofu-1.12.6 'destroy = false, block deleted' "$kept" 'locals {}'
grep -qx 'terraform-1.13.3 removed: delete, in planned_values: no' seen
grep -qx 'tofu-1.12.6 removed: forget, in planned_values: yes' seen
grep -qx 'tofu-1.12.6 destroy = false, block deleted: forget, in planned_values: yes' seen
