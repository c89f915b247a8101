#!/usr/bin/env bash
# Everything that must hold before a change lands; `make test` and CI run it. Stops at the first step that fails.
set -euo pipefail
cd "$(dirname "$0")/.."

step() { printf '== %s\n' "$*"; }

step tools
tools/need.sh

step modules
quietly() { "$@" 2>/tmp/ponte-modules.$$ || { cat /tmp/ponte-modules.$$ >&2; exit 1; }; rm -f /tmp/ponte-modules.$$; } # go tells each download
quietly go mod download
for tools in lint client vuln; do quietly go -C tools/$tools mod download; done
go mod tidy -diff
go mod verify
for tools in lint client vuln; do go -C tools/$tools mod verify; done

# SQLite syncs each commit; what is on a disk in memory need not wait. What Go builds stays elsewhere.
room=$(df -k --output=avail /dev/shm 2>/dev/null | tail -1) || room=0
if ((room >= 2 << 20)); then
	export GOTMPDIR=${GOTMPDIR:-${TMPDIR:-/tmp}}
	TMPDIR=$(mktemp -d -p /dev/shm ponte-test.XXXXXX)
	export TMPDIR
	chmod 711 "$TMPDIR" # PostgreSQL runs as another user
	trap 'rm -rf "$TMPDIR"' EXIT
fi

step build, as released: without cgo
CGO_ENABLED=0 go build ./...

step format, vet and lint
CGO_ENABLED=0 go tool -modfile=tools/lint/go.mod golangci-lint run ./...

step known vulnerabilities
tools/vulnerabilities.sh

step tests, on both databases
tools/postgres.sh tools/tests.sh
