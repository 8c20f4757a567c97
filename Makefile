# One target does what CI does: see .ci/run. Only Go is needed for `make demo` and `make test`.

.SUFFIXES:
.DEFAULT_GOAL := help

GO       = go
NAME     =
UPDATE   =
FUZZTIME = 2m
BENCH    = .

# Tools, pinned here and nowhere else. Go builds them from the module proxy and checks them against its checksum database.
GOLANGCI_LINT_VERSION = v2.15.0
GOLANGCI_LINT = .tools/golangci-lint-$(GOLANGCI_LINT_VERSION)

VERSION = $$(git describe --tags --always --dirty 2>/dev/null || echo dev)

# Go files of this checkout, without tools and results.
GOFILES = find . -name .git -prune -o -name .tools -prune -o -name out -prune -o -name node_modules -prune -o -name '*.go' -print

.PHONY: help
help: ## say what can be made
	@echo 'make TARGET, where TARGET is one of'
	@sed -n 's/^\([a-z][a-z-]*\):[^#]*## \(.*\)/\1|\2/p' $(firstword $(MAKEFILE_LIST)) | awk -F'|' '{printf "  %-12s %s\n", $$1, $$2}'

.PHONY: demo
demo: bin/conformance ## run every case against the reference receiver; reports in out/
	@echo 'demo: every case against the reference receiver'
	@bin/conformance demo

.PHONY: build
build: bin/conformance bin/mockidp ## build bin/conformance and bin/mockidp

.PHONY: bin/conformance bin/mockidp
bin/conformance bin/mockidp: # Go knows what is stale
	@echo 'build: $@'
	@CGO_ENABLED=0 $(GO) build -trimpath -buildvcs=false -ldflags "-s -w -X main.version=$(VERSION)" -o $@ ./cmd/$(@F)

.PHONY: test
test: ## run the tests (only Go is needed)
	@echo 'test: go test ./...'
	@$(GO) test ./...

.PHONY: race
race: ## run the tests with the race detector (needs a C compiler)
	@cc=$$($(GO) env CC); command -v $${cc%% *} >/dev/null || { \
		echo "race: the race detector needs a C compiler, and there is no $$cc: install gcc, or set CC" >&2; exit 2; }
	@echo 'race: go test -race ./...'
	@CGO_ENABLED=1 $(GO) test -race ./...

.PHONY: lint
lint: $(GOLANGCI_LINT) ## run gofmt and golangci-lint (the first time builds it, some minutes)
	@echo 'lint: gofmt'
	@bad=$$($(GOFILES) | xargs $$($(GO) env GOROOT)/bin/gofmt -l) || exit 1; \
		[ -z "$$bad" ] || { echo "lint: not formatted (make fmt):" >&2; echo "$$bad" >&2; exit 1; }
	@echo 'lint: golangci-lint'
	@$(GOLANGCI_LINT) run

.PHONY: fmt
fmt: $(GOLANGCI_LINT) ## format the Go files
	@echo 'fmt: gofumpt, goimports'
	@$(GOLANGCI_LINT) fmt

$(GOLANGCI_LINT):
	@echo 'lint: building golangci-lint $(GOLANGCI_LINT_VERSION), once; this takes some minutes'
	@rm -rf .tools/new && mkdir -p .tools/new && echo '*' >.tools/.gitignore
	@GOBIN="$$PWD/.tools/new" GOFLAGS= CGO_ENABLED=0 $(GO) install -trimpath -ldflags '-s -w' \
		github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_LINT_VERSION)
	@mv .tools/new/golangci-lint $@ && rmdir .tools/new

.PHONY: vectors
vectors: bin/conformance ## write fixtures/vectors/vectors.json: every token, for libraries to be tested with
	@echo 'vectors: fixtures/vectors/vectors.json'
	@mkdir -p out && bin/conformance mint --all --format json >out/vectors.json && mv out/vectors.json fixtures/vectors/vectors.json

.PHONY: docs
docs: bin/conformance ## write the generated documents
	@echo 'docs: docs/cases.md'
	@mkdir -p docs out && bin/conformance list --format markdown >out/cases.md && mv out/cases.md docs/cases.md

.PHONY: check-vectors
check-vectors: ## fail when a stored token is stale or does not verify as it should
	@echo 'check-vectors: fixtures/vectors'
	@$(GO) test ./fixtures/vectors

.PHONY: check-docs
check-docs: bin/conformance ## fail when a generated document is stale
	@echo 'check-docs: docs/cases.md'
	@mkdir -p out && bin/conformance list --format markdown >out/cases.md
	@diff -u docs/cases.md out/cases.md || { echo 'check-docs: docs/cases.md is stale: run make docs' >&2; exit 1; }

.PHONY: interop
interop: ## run the real receivers, or the one of NAME=…; UPDATE=1 records what they do in docs/interop
	@echo 'interop: real receivers, compared with docs/interop'
	@$(GO) test -tags interop -count=1 -v -timeout 20m $(if $(NAME),-run 'TestReceivers/$(NAME)$$') ./fixtures/receivers $(if $(UPDATE),-args -update)

.PHONY: bench
bench: bin/conformance ## run the benchmarks (BENCH=pattern), then time the demo and its memory
	@folders=$$($(GOFILES) | grep '_test\.go$$' | xargs grep -l '^func Benchmark' | xargs -r -n 1 dirname | sort -u); \
		if [ -n "$$folders" ]; then echo "bench:" $$folders; $(GO) test -run '^$$' -bench '$(BENCH)' -benchmem $$folders; \
		else echo 'bench: no package has a benchmark'; fi
	@echo 'bench: the demo as a whole'
	@mkdir -p out; began=$$(date +%s); time=; \
		if /usr/bin/time -f ok -o /dev/null true 2>/dev/null; then \
			time='/usr/bin/time -o out/bench.txt -f "bench: %e s wall, %U s user, %S s system, %M KiB at most"'; fi; \
		eval "$$time" bin/conformance demo >out/bench.log 2>&1 || { code=$$?; tail -n 20 out/bench.log >&2; exit $$code; }; \
		if [ -n "$$time" ]; then cat out/bench.txt; \
		else echo "bench: $$(($$(date +%s) - began)) s wall; GNU time, in /usr/bin/time, would measure the memory as well"; fi

.PHONY: fuzz
fuzz: ## fuzz each target for FUZZTIME (2m)
	@$(GOFILES) | grep '_test\.go$$' | xargs grep -n '^func Fuzz' /dev/null | \
		sed 's/^\(.*\)\/[^/]*:[0-9]*:func \(Fuzz[A-Za-z0-9_]*\).*/\1 \2/' | { none=1; while read -r folder name; do none=; \
		echo "fuzz: $$name in $$folder for $(FUZZTIME)"; \
		$(GO) test -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) "$$folder" </dev/null || exit 1; \
		done; [ -z "$$none" ] || echo 'fuzz: there is no fuzz target'; }

.PHONY: clean
clean: ## remove programs and results (.tools stays: it takes minutes to build)
	@echo 'clean: bin/ out/'
	@rm -rf bin out
