#!/bin/sh
# Writes the schemas anew from the types in grafana.ts. Needs Node 20 and the npm registry; the tests need neither.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cp "$here/package.json" "$here/grafana.ts" "$scratch"
cd "$scratch"
npm install --silent --no-audit --no-fund
for type in Dashboard Row BarChartPanel StatPanel StatusHistoryPanel TablePanel TextPanel TimeSeriesPanel; do
    node node_modules/ts-json-schema-generator/bin/ts-json-schema-generator.js \
        --path grafana.ts --type "$type" --no-type-check --minify --out "$here/$type.json"
done
