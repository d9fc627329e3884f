#!/usr/bin/env bash
# Tries the hooks of .pre-commit-hooks.yaml as a user would: in a repository
# with Terraform, with the pre-commit of this machine. The hooks are built from
# HEAD, so commit first.
set -euo pipefail
cd "$(dirname "$0")/.."
top=$PWD

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Hooks run with the git settings of this repository, not of the machine.
export PRE_COMMIT_HOME=$work/store GIT_CONFIG_GLOBAL=$work/gitconfig GIT_CONFIG_NOSYSTEM=1 NO_COLOR=1
git config --global user.name test
git config --global user.email test@example.com
git config --global init.defaultBranch main
git config --global --add safe.directory '*'

fail() {
  printf 'precommit-acceptance: %s\n' "$1" >&2
  cat "$work/log" >&2
  exit 1
}

# expect STATUS COMMAND...: the command's output goes to $work/log.
expect() {
  local want=$1 got=0
  shift
  "$@" >"$work/log" 2>&1 || got=$?
  [ "$got" -eq "$want" ] || fail "status $got, not $want: $*"
}

git clone -q "$top" "$work/hooks"
rev=$(git -C "$work/hooks" rev-parse HEAD)
cp -R testdata/quickstart "$work/project"
cd "$work/project"
git init -q
git add -A
git commit -q -m 'Import'

expect 1 pre-commit try-repo "$work/hooks" iamvet-all --all-files --verbose
for rule in IV101 IV102 IV105 IV201 IV301; do
  grep -q "$rule" "$work/log" || fail "iamvet-all found no $rule"
done

cat >.pre-commit-config.yaml <<YAML
repos:
  - repo: $work/hooks
    rev: $rev
    hooks:
      - id: iamvet
YAML
git add .pre-commit-config.yaml

# Findings of what changed only, by paths from the top of the repository.
expect 1 pre-commit run --files identity/roles.tf
grep -q 'identity/roles.tf' "$work/log" || fail 'the path of the finding is not relative to the repository'
! grep -qE 'IV102|IV301' "$work/log" || fail 'a finding that has nothing to do with the change was reported'

# A clean module passes; what no root module reads is nothing to say, and a file of another
# kind runs nothing.
mkdir -p clean
printf 'resource "aws_sns_topic" "alarms" {\n  name = "alarms"\n}\n' >clean/main.tf
printf '{}\n' >package.json
printf 'nothing\n' >notes.txt
git add clean package.json notes.txt
expect 0 pre-commit run --files clean/main.tf
expect 0 pre-commit run --files package.json
expect 0 pre-commit run --files notes.txt
grep -q 'no files to check' "$work/log" || fail 'a .txt file alone started the hook'

# What configuration reads is what changed: a table of users, a policy among others, the
# template of a trust policy, a module whose callers stay as they are, values by name.
expect 1 pre-commit run --files identity/users.csv
grep -q IV301 "$work/log" || fail 'a changed table of users was not followed'
mkdir -p org/policies live/policies modules/ci env
cat >org/main.tf <<'TF'
resource "aws_organizations_organization" "this" {
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}

resource "aws_organizations_policy" "this" {
  for_each = fileset("${path.module}/policies", "*.json")
  name     = each.key
  content  = file("${path.module}/policies/${each.key}")
}

resource "aws_organizations_policy_attachment" "this" {
  for_each  = aws_organizations_policy.this
  policy_id = each.value.id
  target_id = aws_organizations_organization.this.roots[0].id
}
TF
root_mfa() {
  printf '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*",
  "Condition": {"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}, "%s": {"aws:MultiFactorAuthPresent": "false"}}}]}\n' "$1"
}
trust() {
  printf '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
  "Principal": {"AWS": "%s"}, "Condition": {"StringEquals": {"sts:RoleSessionName": "alice"}}}]}\n' "$1"
}
root_mfa BoolIfExists >org/policies/mfa.json
cat >live/main.tf <<'TF'
resource "aws_iam_role" "read" {
  assume_role_policy = templatefile("policies/trust.json.tftpl", { account = "111122223333" })
}

module "ci" {
  source = "../modules/ci"
}
TF
trust 'arn:aws:iam::${account}:user/alice' >live/policies/trust.json.tftpl
cat >modules/ci/main.tf <<'TF'
resource "aws_iam_role" "ci" {
  assume_role_policy = file("${path.module}/trust.json")
}
TF
trust 'arn:aws:iam::111122223333:user/alice' >modules/ci/trust.json
cat >env/main.tf <<'TF'
variable "principal" {
  default = "arn:aws:iam::111122223333:user/alice"
}

resource "aws_iam_role" "by_variable" {
  assume_role_policy = templatefile("trust.json", { principal = var.principal })
}
TF
trust '${principal}' >env/trust.json
printf 'principal = "arn:aws:iam::111122223333:user/alice"\n' >env/prod.tfvars
git add -A
expect 1 pre-commit run --files org/policies/mfa.json # of what is not known of root otherwise
! grep -q IV102 "$work/log" || fail 'a policy that is right was reported'
expect 0 pre-commit run --files live/policies/trust.json.tftpl modules/ci/trust.json modules/ci/main.tf env/prod.tfvars
git commit -q --no-verify -m 'More of it'

# committed RULE FILE: the change of a file that is committed is caught by a rule, by the
# hook that git itself runs; then it is taken back.
pre-commit install >/dev/null
committed() {
  git add "$2"
  expect 1 git commit -q -m "Change $2"
  grep -q "$1" "$work/log" || fail "a change of $2 was not caught by $1"
  git checkout -q HEAD -- "$2"
}
root_mfa Bool >org/policies/mfa.json
committed IV102 org/policies/mfa.json
trust '*' >live/policies/trust.json.tftpl
committed IV202 live/policies/trust.json.tftpl
printf 'locals {}\n' >>modules/ci/main.tf
sed -i.bak 's/file(.*/jsonencode({ Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = "*" }] })/' modules/ci/main.tf
rm modules/ci/main.tf.bak
committed IV202 modules/ci/main.tf
trust '*' >modules/ci/trust.json
committed IV202 modules/ci/trust.json
printf 'principal = "*"\n' >env/prod.tfvars
committed IV202 env/prod.tfvars
pre-commit uninstall >/dev/null

# Broken Terraform fails, and does not hide the findings beside it.
printf 'resource "aws_iam_role" {\n' >clean/broken.tf
git add clean
expect 1 pre-commit run --files clean/broken.tf identity/roles.tf
grep -q 'broken.tf' "$work/log" || fail 'the syntax error was not reported'
grep -q IV201 "$work/log" || fail 'the syntax error hid a finding'

# A file that is called like a flag is a file.
printf 'locals {}\n' >'./--output=written.tf'
git add -- '--output=written.tf'
pre-commit run --files='--output=written.tf' >"$work/log" 2>&1 || true
[ ! -e written.tf ] || fail 'the name of a file was taken for a flag'
! grep -q 'flag' "$work/log" || fail 'the name of a file was taken for a flag'

echo 'precommit-acceptance: passed'
