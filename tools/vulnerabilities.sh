#!/usr/bin/env bash
# Asks Go's database of vulnerabilities about what the program calls. Where that database cannot be reached it says so and
# passes: a machine without internet must be able to test. GOVULNDB names a copy of it.
set -euo pipefail
cd "$(dirname "$0")/.."

unreachable() { echo "NOT CHECKED: the database of vulnerabilities (${GOVULNDB:-https://vuln.go.dev}) cannot be reached from here"; }
if [[ -z ${GOVULNDB:-}${HTTPS_PROXY:-}${https_proxy:-} ]] && ! (exec 3<>/dev/tcp/vuln.go.dev/443) 2>/dev/null; then
	unreachable # said at once: govulncheck would first read the whole program
	exit 0
fi

said=$(mktemp)
trap 'rm -f "$said"' EXIT
db=()
[[ -n ${GOVULNDB:-} ]] && db=(-db "$GOVULNDB")
if CGO_ENABLED=0 go tool -modfile=tools/vuln/go.mod govulncheck "${db[@]}" ./cmd/ponte >"$said" 2>&1; then
	tail -1 "$said"
elif grep -q 'fetching vulnerabilities' "$said"; then
	unreachable
else
	cat "$said" >&2
	exit 1
fi
