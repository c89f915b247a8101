#!/usr/bin/env bash
# Runs every fuzz target of the tree for FUZZTIME each (10s).
set -euo pipefail
cd "$(dirname "$0")/.."

go list ./... | while read -r package; do
	go test -list '^Fuzz' "$package" | { grep '^Fuzz' || true; } | while read -r target; do
		go test -run '^$' -fuzz "^$target\$" -fuzztime "${FUZZTIME:-10s}" -fuzzminimizetime 10x "$package"
	done
done
