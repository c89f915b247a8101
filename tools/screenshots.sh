#!/usr/bin/env bash
# Writes a screenshot of each page at 1280 and 390 pixels to bin/screenshots, from the browser tests.
set -euo pipefail
cd "$(dirname "$0")/.."
export PONTE_SCREENSHOTS=${PONTE_SCREENSHOTS:-$PWD/bin/screenshots} CI=true CGO_ENABLED=0
go test -count=1 -run 'InABrowser' ./cmd/ponte
ls "$PONTE_SCREENSHOTS"
