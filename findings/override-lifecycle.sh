#!/usr/bin/env bash
# Terraform 1.13.3, OpenTofu 1.12.6: in an override file, replace_triggered_by of a
# lifecycle block is accepted and has no effect, though prevent_destroy and
# create_before_destroy beside it have. So has OpenTofu's enabled: a resource that
# an override file switches off is made. Neither says anything. Seen:
#
#   terraform-1.13.3 replace_triggered_by in main.tf: Plan: 1 to add, 1 to change, 1 to destroy.
#   terraform-1.13.3 replace_triggered_by in main_override.tf: Plan: 0 to add, 1 to change, 0 to destroy.
#   tofu-1.12.6 replace_triggered_by in main.tf: Plan: 1 to add, 1 to change, 1 to destroy.
#   tofu-1.12.6 replace_triggered_by in main_override.tf: Plan: 0 to add, 1 to change, 0 to destroy.
#   tofu-1.12.6 enabled in main.tf: No changes. Your infrastructure matches the configuration.
#   tofu-1.12.6 enabled in main_override.tf: Plan: 1 to add, 0 to change, 0 to destroy.
set -euo pipefail
bin=$("$(dirname "$0")/../scripts/terraform-tools.sh" terraform-1.13.3 tofu-1.12.6)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
: >none.tfrc
export TF_CLI_CONFIG_FILE=$dir/none.tfrc CHECKPOINT_DISABLE=1
plan() { "$bin/$1" plan -no-color "${@:2}" | grep -E '^(Plan:|No changes)'; }
rotation='resource "terraform_data" "rotation" {
  input = var.v
}'
key='resource "terraform_data" "key" {
  input = "k"
}'
trigger='lifecycle {
    replace_triggered_by = [terraform_data.rotation]
  }'
for tool in terraform-1.13.3 tofu-1.12.6; do
  for file in main.tf main_override.tf; do
    mkdir "$tool-$file" && cd "$tool-$file"
    printf 'variable "v" {\n  default = 1\n}\n%s\n' "$rotation" >main.tf
    if [ "$file" = main.tf ]; then
      printf '%s\n' "${key%\}}  $trigger
}" >>main.tf
    else
      printf '%s\n' "$key" >>main.tf
      printf 'resource "terraform_data" "key" {\n  %s\n}\n' "$trigger" >main_override.tf
    fi
    "$bin/$tool" init >/dev/null
    "$bin/$tool" apply -auto-approve >/dev/null
    echo "$tool replace_triggered_by in $file: $(plan "$tool" -var v=2)" | tee -a ../seen
    cd ..
  done
done
off='lifecycle {
    enabled = false
  }'
for file in main.tf main_override.tf; do
  mkdir "enabled-$file" && cd "enabled-$file"
  if [ "$file" = main.tf ]; then
    printf '%s\n' "${key%\}}  $off
}" >main.tf
  else
    printf '%s\n' "$key" >main.tf
    printf 'resource "terraform_data" "key" {\n  %s\n}\n' "$off" >main_override.tf
  fi
  "$bin/tofu-1.12.6" init >/dev/null
  echo "tofu-1.12.6 enabled in $file: $(plan tofu-1.12.6)" | tee -a ../seen
  cd ..
done
for tool in terraform-1.13.3 tofu-1.12.6; do
  grep -q "^$tool replace_triggered_by in main.tf: Plan: 1 to add, 1 to change, 1 to destroy" seen
  grep -q "^$tool replace_triggered_by in main_override.tf: Plan: 0 to add, 1 to change, 0 to destroy" seen
done
grep -q '^tofu-1.12.6 enabled in main.tf: No changes' seen
grep -q '^tofu-1.12.6 enabled in main_override.tf: Plan: 1 to add' seen
