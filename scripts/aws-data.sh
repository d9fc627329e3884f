#!/usr/bin/env bash
# Compares the tables of AWS that verdicts rest on (analyzer/aws.Tables) with AWS's
# service authorization reference, as an npm package has it, and prints what is new.
# For whoever prepares a release: bring the tables up to date, with AsOf and
# Published in analyzer/aws/aws.go. The status is 1 where something differs.
#
#   scripts/aws-data.sh          # the version that the tables were compared with
#   scripts/aws-data.sh latest   # the newest
set -euo pipefail
cd "$(dirname "$0")/.."

published=$(sed -n 's/^const Published = "\(.*\)"$/\1/p' analyzer/aws/aws.go)
package=${published%@*}
version=${1:-${published##*@}}

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
(cd "$dir" && npm init -y >/dev/null && npm install --silent --no-audit --no-fund "$package@$version" >/dev/null)

cat >"$dir/read.js" <<'JS'
const fs = require('fs')
const path = require('path')
const root = path.join(__dirname, 'node_modules', process.argv[2])
const json = (file) => JSON.parse(fs.readFileSync(path.join(root, 'data', file)))
const all = (folder) => fs.readdirSync(path.join(root, 'data', folder)).map((f) => [f.replace(/\.json$/, ''), json(folder + '/' + f)])
const { globalConditionKeys } = require(path.join(root, 'dist/cjs/globalConditionKeys.js'))
const keys = globalConditionKeys.map(({ key, type, category }) => ({ name: key, type, category }))
for (const k of Object.values(json('conditionKeys/sts.json'))) {
  if (k.key.startsWith('sts:')) keys.push({ name: k.key, type: k.type, category: 'sts' })
}
const actions = all('actions').flatMap(([service, list]) => Object.values(list).map((a) => service + ':' + a.name))
console.log(JSON.stringify({ updated: require(path.join(root, 'package.json')).updatedAt, keys, actions, controlled: json('rcpSupportedServices.json') }))
JS
node "$dir/read.js" "$package" >"$dir/data.json"
go run ./scripts/awsdata "$dir/data.json"
