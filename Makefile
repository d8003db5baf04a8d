# `make help` lists the targets. They need Go; run and test-browser also need Node with npm.

GO         := go
PAGE := bot/emulator/playground
COVERAGE := 95
FUZZTIME := 10s
BENCH := .

.PHONY: help run test test-browser lint bench load fuzz golden postgres page chromium

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: postgres ## the demo: prints the address of its page and what to type
	$(GO) build -o bin/radioquote ./cmd/radioquote
	exec bin/radioquote demo

# The packages that start no goroutine: the race detector has nothing to look for in their
# own tests, and takes five times as long. It looks at them where others call them.
PURE  = $(shell $(GO) list ./quoting ./cards ./bot/command)
REST  = $(filter-out $(PURE),$(shell $(GO) list ./...))
comma := ,
list  = $(subst $() ,$(comma),$(strip $1))

test: postgres ## all tests that need no browser, and the statement coverage
	$(GO) test -shuffle=on -covermode=atomic -coverprofile=coverage.pure -coverpkg=$(call list,$(PURE)) $(PURE)
	$(GO) test -shuffle=on -race -timeout=10m -covermode=atomic -coverprofile=coverage.out \
		-coverpkg=$(call list,$(filter-out radioquote/cmd/%,$(REST))) $(REST)
	@tail -n +2 coverage.pure >>coverage.out
	@$(GO) tool cover -func=coverage.out | awk -v want=$(COVERAGE) \
		'END { sub("%", "", $$3); printf "coverage: %s%% of statements, %s%% wanted\n", $$3, want; exit $$3 < want }'

test-browser: postgres page chromium ## the tests that need Node and a browser
	$(GO) build -o bin/radioquote ./cmd/radioquote
	cd $(PAGE) && npm test

lint: ## what a reviewer should not have to look for
	$(GO) vet ./...
	$(GO) fix -diff ./...
	$(GO) tool -modfile=tools.mod golangci-lint run

bench: postgres ## benchmarks; BENCH=regexp picks some
	$(GO) test -run='^$$' -bench='$(BENCH)' -benchmem ./...

load: postgres ## the load program; ends with a table
	$(GO) run ./cmd/radioquote-load

fuzz: ## every fuzz target for FUZZTIME=10s
	@$(GO) test -list='^Fuzz' ./... | awk '/^Fuzz/ { t[n++] = $$1 } /^ok/ { for (i = 0; i < n; i++) print $$2, t[i]; n = 0 }' | \
	while read -r package target; do \
		$(GO) test -run='^$$' -fuzz="^$$target\$$" -fuzztime=$(FUZZTIME) -fuzzminimizetime=10x "$$package" || exit 1; \
	done

golden: postgres ## write the golden files anew, for review in the diff
	$(GO) test $$(grep -rl --include='*_test.go' 'flag.Bool("update"' . | xargs -n1 dirname | sort -u) -update

# Postgres' programs from the system's packages, where they are missing and we may. Where
# we may not, the program's own error names the package.
postgres:
	@if ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 && ! command -v initdb >/dev/null && \
		command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
		apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends postgresql; \
	fi

chromium:
	@if ! command -v chromium >/dev/null && ! command -v google-chrome >/dev/null && \
		command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
		apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium; \
	fi

# What the browser tests need of npm; the demo fetches its renderer itself.
page: $(PAGE)/node_modules

$(PAGE)/node_modules: $(PAGE)/package-lock.json
	cd $(PAGE) && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@
