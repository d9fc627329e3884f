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

# Findings of the changed module only, by paths from the top of the repository.
expect 1 pre-commit run --files identity/roles.tf identity/users.csv
grep -q 'identity/roles.tf' "$work/log" || fail 'the path of the finding is not relative to the repository'
! grep -q IV102 "$work/log" || fail 'a finding of another module was reported'

# A clean module passes; a file of another kind runs nothing.
mkdir -p clean
printf 'resource "aws_sns_topic" "alarms" {\n  name = "alarms"\n}\n' >clean/main.tf
git add clean
expect 0 pre-commit run --files clean/main.tf
expect 0 pre-commit run --files identity/users.csv
grep -q 'no files to check' "$work/log" || fail 'a .csv file alone started the hook'

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
