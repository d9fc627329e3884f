#!/usr/bin/env bash
# Writes an estate that a page has to bear into a directory: an organization of 200 units
# with 2,000 accounts, in one of which root is free, and 2,000 roles with some 5,000
# findings.  scripts/page-estate.sh DIR
set -euo pipefail
dir=${1:?a directory}
mkdir -p "$dir/organization"
{
  cat <<'TF'
resource "aws_organizations_organization" "this" {
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}
resource "aws_organizations_policy" "root" {
  name    = "root-needs-mfa"
  content = jsonencode({
    Version   = "2012-10-17"
    Statement = [{
      Effect    = "Deny"
      Action    = "*"
      Resource  = "*"
      Condition = {
        StringLike   = { "aws:PrincipalArn" = "arn:*:iam::*:root" }
        BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" }
      }
    }]
  })
}
TF
  for u in $(seq 1 200); do
    # The hundred and thirty-seventh unit was made in a hurry: nobody attached the policy.
    printf 'resource "aws_organizations_organizational_unit" "u%d" {\n  name = "team-%03d"\n  parent_id = aws_organizations_organization.this.roots[0].id\n}\n' "$u" "$u"
    [ "$u" -eq 137 ] || printf 'resource "aws_organizations_policy_attachment" "u%d" {\n  policy_id = aws_organizations_policy.root.id\n  target_id = aws_organizations_organizational_unit.u%d.id\n}\n' "$u" "$u"
    for a in $(seq 1 10); do
      # All of its accounts but one hang the policy themselves.
      printf 'resource "aws_organizations_account" "u%d_%d" {\n  name = "team-%03d-%02d"\n  email = "team-%03d-%02d@example.com"\n  parent_id = aws_organizations_organizational_unit.u%d.id\n}\n' "$u" "$a" "$u" "$a" "$u" "$a" "$u"
      if [ "$u" -eq 137 ] && [ "$a" -ne 4 ]; then
        printf 'resource "aws_organizations_policy_attachment" "u%d_%d" {\n  policy_id = aws_organizations_policy.root.id\n  target_id = aws_organizations_account.u%d_%d.id\n}\n' "$u" "$a" "$u" "$a"
      fi
    done
  done
} > "$dir/organization/main.tf"
for s in $(seq 1 40); do
  mkdir -p "$dir/stacks/s$s"
  {
    printf 'provider "aws" {\n  allowed_account_ids = ["1111222%05d"]\n}\n' "$s"
    for r in $(seq 1 50); do
      case $((r % 5)) in
        0) principal='Service = "lambda.amazonaws.com"' ;;
        1) principal=$(printf 'AWS = "arn:aws:iam::1111222%05d:root"' $(((s * 7 + r) % 40 + 1))) ;;
        2) principal=$(printf 'AWS = "arn:aws:iam::1111222%05d:role/r%d"' "$s" $((r - 1))) ;;
        3) principal='AWS = "*"' ;;
        4) principal='Federated = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"' ;;
      esac
      action=sts:AssumeRole
      [ $((r % 5)) -ne 4 ] || action=sts:AssumeRoleWithWebIdentity
      printf 'resource "aws_iam_role" "r%d" {\n  name = "r%d"\n  assume_role_policy = jsonencode({\n    Version = "2012-10-17"\n    Statement = [{ Effect = "Allow", Action = "%s", Principal = { %s } }]\n  })\n}\n' "$r" "$r" "$action" "$principal"
      for k in 1 2; do
        printf 'resource "aws_iam_user" "r%d_%d" {\n  name = "u%d-%d"\n}\nresource "aws_iam_access_key" "r%d_%d" {\n  user = aws_iam_user.r%d_%d.name\n}\n' "$r" "$k" "$r" "$k" "$r" "$k" "$r" "$k"
      done
    done
  } > "$dir/stacks/s$s/main.tf"
done
