#!/usr/bin/env bash
# Terraform 1.13.3, OpenTofu 1.12.6: the default of a variable without a type gives
# it none. With default = 1 and -var days=3, or TF_VAR_days=3, the value is the text
# "3", of which var.days == 3 is false, without a word; from a .tfvars file it is the
# number. Seen:
#
#   terraform-1.13.3 default: 1 number
#   terraform-1.13.3 -var: "3" string, equal to 3: false
#   terraform-1.13.3 tfvars: 3 number, equal to 3: true
#   tofu-1.12.6 default: 1 number
#   tofu-1.12.6 -var: "3" string, equal to 3: false
#   tofu-1.12.6 tfvars: 3 number, equal to 3: true
set -euo pipefail
bin=$("$(dirname "$0")/../scripts/terraform-tools.sh" terraform-1.13.3 tofu-1.12.6)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
: >none.tfrc
export TF_CLI_CONFIG_FILE=$dir/none.tfrc CHECKPOINT_DISABLE=1
cat >main.tf <<'TF'
variable "days" {
  default = 1
}
output "days" {
  value = var.days
}
output "equal" {
  value = var.days == 3
}
TF
echo 'days = 3' >three.tfvars
for tool in terraform-1.13.3 tofu-1.12.6; do
  "$bin/$tool" init >/dev/null
  for how in default -var=days=3 -var-file=three.tfvars; do
    flag=$how
    [ "$how" != default ] || flag=-input=false
    "$bin/$tool" plan -out=plan "$flag" >/dev/null
    "$bin/$tool" show -json plan | python3 -c '
import json, sys
o = json.load(sys.stdin)["planned_values"]["outputs"]
name = {"default": "default", "-var=days=3": "-var", "-var-file=three.tfvars": "tfvars"}[sys.argv[2]]
equal = "" if name == "default" else ", equal to 3: " + str(o["equal"]["value"]).lower()
print("%s %s: %s %s%s" % (sys.argv[1], name, json.dumps(o["days"]["value"]), o["days"]["type"], equal))' "$tool" "$how" | tee -a seen
  done
done
grep -qx 'terraform-1.13.3 -var: "3" string, equal to 3: false' seen
grep -qx 'terraform-1.13.3 tfvars: 3 number, equal to 3: true' seen
grep -qx 'tofu-1.12.6 -var: "3" string, equal to 3: false' seen
