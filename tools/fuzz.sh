#!/usr/bin/env bash
# Runs every fuzz target of the tree FUZZTIME each (50000x: so often; 30s: so long), and says how often each ran and all
# together. By time, Go's own end sometimes counts as a failure ("context deadline exceeded").
set -euo pipefail
cd "$(dirname "$0")/.."

log=$(mktemp)
trap 'rm -f "$log"' EXIT
total=0
while read -r package target; do
	if ! go test -run '^$' -fuzz "^$target\$" -fuzztime "${FUZZTIME:-50000x}" -fuzzminimizetime 10x "$package" >"$log" 2>&1; then
		cat "$log"
		exit 1
	fi
	execs=$(sed -n 's/^fuzz: elapsed: .*, execs: \([0-9]*\) .*/\1/p' "$log" | tail -1)
	total=$((total + ${execs:-0}))
	printf '%12d  %s %s\n' "${execs:-0}" "$package" "$target"
done < <(go list ./... | while read -r package; do
	go test -list '^Fuzz' "$package" | { grep '^Fuzz' || true; } | sed "s|^|$package |"
done)
printf '%12d  all together\n' "$total"
