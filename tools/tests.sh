#!/usr/bin/env bash
# All tests; make test calls it. Those of cmd/ponte run the whole program and its pages hundreds of times, and benchmarks hours
# of fake time, which take ten times as long under the race detector: they run without it, beside all others, which run with it.
# Under it serve runs as well. What vet says was said before (tools/test.sh).
set -euo pipefail
cd "$(dirname "$0")/.."

# SQLite, which is C made into Go, keeps its data outside Go's heap: there the detector sees nothing, and took most of the time.
unseen=(-gcflags=modernc.org/sqlite/lib=-race=false -gcflags=modernc.org/libc=-race=false)

program() {
	export CGO_ENABLED=0
	go test -vet=off -shuffle=on -parallel 6 -timeout 18m ./cmd/ponte && # of those that may, most wait most of the time
		go test -vet=off -shuffle=on -timeout 10m ./internal/benchmark &&
		GOGC=300 go test -vet=off -timeout 10m -run 'TestWalks$' ./internal/simulation -args -seeds 150 -seed 1001
}

under_the_detector() {
	export CGO_ENABLED=1
	local long=(ponte/internal/queue ponte/internal/web ponte/internal/store/storetest ponte/internal/engine) others # the longest first
	mapfile -t others < <(go list ./... | grep -vxF -e ponte/cmd/ponte -e ponte/internal/benchmark "${long[@]/#/-e}")
	others=("${long[@]}" "${others[@]}")
	go test -race "${unseen[@]}" -vet=off -shuffle=on -timeout 18m "${others[@]}" | { grep -v '\[no test files\]$' || true; } &&
		go test -race "${unseen[@]}" -vet=off -timeout 10m -run Serve ./cmd/ponte
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
