#!/usr/bin/env bash
# All tests; make test calls it. Those of cmd/ponte run the whole program and its pages hundreds of times, which takes ten
# times as long under the race detector: they run without it, beside all others, which run with it. Under it serve runs as well.
set -euo pipefail
cd "$(dirname "$0")/.."

# SQLite, which is C made into Go, keeps its data outside Go's heap: there the detector sees nothing, and took most of the time.
unseen=(-gcflags=modernc.org/sqlite/lib=-race=false -gcflags=modernc.org/libc=-race=false)

program() {
	CGO_ENABLED=0 go test -shuffle=on -parallel 6 -timeout 18m ./cmd/ponte && # of those that may, most wait most of the time
		CGO_ENABLED=0 go test -timeout 10m -run 'TestWalks$' ./internal/simulation -args -seeds 250 -seed 1001
}

under_the_detector() {
	local long=(ponte/internal/queue ponte/internal/store/storetest ponte/internal/engine ponte/internal/web) others # the longest first
	mapfile -t others < <(go list ./... | grep -vxF -e ponte/cmd/ponte "${long[@]/#/-e}")
	others=("${long[@]}" "${others[@]}")
	CGO_ENABLED=1 go test -race "${unseen[@]}" -shuffle=on -timeout 18m "${others[@]}" | { grep -v '\[no test files\]$' || true; } &&
		CGO_ENABLED=1 go test -race "${unseen[@]}" -timeout 10m -run Serve ./cmd/ponte
}

said=$(mktemp)
program >"$said" 2>&1 &
beside=$!
failed=0
under_the_detector || failed=1
wait "$beside" || failed=1
cat "$said"
rm -f "$said"
exit $failed
