# What people and CI run. `make test` is all of it; CI calls nothing else.

LINT = go tool -modfile=tools/lint/go.mod golangci-lint

.PHONY: test build bench soak lint fmt fuzz screenshots simulate release setup

test: ## everything that must hold before a change lands (a quarter of an hour on two cores; with cold caches ten minutes more)
	tools/test.sh

build: ## the one static binary
	CGO_ENABLED=0 go build -trimpath -o bin/ponte ./cmd/ponte

bench: ## every figure of docs/benchmarks.md, as rows of its table; about an hour and a half on two idle cores
	@echo '| figure | goal | measured | |' && echo '|---|---|---|---|'
	@CGO_ENABLED=0 tools/postgres.sh go test ./internal/benchmark -timeout 0 -args -measure

SOAK = 15m

soak: ## twenty companies live an hour's life in SOAK (15m) on each database, with workers killed; must end at rest
	CGO_ENABLED=0 tools/postgres.sh go test ./internal/benchmark -run Soak -timeout 0 -v -args -soak $(SOAK)

release: ## binaries, Debian packages, checksums and bills of materials into dist/, of the commit at hand
	go tool -modfile=tools/release/go.mod goreleaser release --snapshot --clean

lint: ## formatting and lint alone
	$(LINT) run ./...

fmt: ## rewrite files as gofumpt would
	$(LINT) fmt ./...

fuzz: ## every fuzz target FUZZTIME (50000x each), and how often in all
	tools/fuzz.sh

screenshots: ## each page of the web UI at 1280 and 390 pixels, into bin/screenshots
	tools/screenshots.sh

SEEDS = 10000
SEED = 1

simulate: ## SEEDS walks (10000) from SEED (1) on: never twice, never lost; about half an hour on two idle cores
	GOGC=800 CGO_ENABLED=0 go test ./internal/simulation -run 'TestWalks$$' -timeout 0 -v -args -seeds $(SEEDS) -seed $(SEED)

setup: ## install what `make test` needs, and fill the module cache
	tools/need.sh
	go mod download
	go -C tools/lint mod download
	go -C tools/vuln mod download
	go -C tools/client mod download
