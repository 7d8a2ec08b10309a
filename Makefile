# make run    the app with a demo city, at http://127.0.0.1:8787 (PORT=…)
# make test   everything that CI runs, with ten times as many worlds of the simulation
# make check  the quick part of it, for use while working
# make build  the one binary, bin/niangjia
# make bench-app   the phone's part of it alone; make lighthouse   Lighthouse's scores, at least 95
# make bench   figures of speed and their ratios (BENCH=short: the small form); databases are kept in .data/bench
# make kills    the server killed 200 times under load, the browser 50 times while it saves and sends
# make simulate   SEEDS worlds of 20 phones, 60 days and 3 entries a day, with bad luck; make soak SOAK=8h   as many as there is time for
# make fuzz FUZZ=10m   random input to every decoder, for so long each (30s)
# make pages   a report's Word file and PDFs turned into pages by LibreOffice and measured (PAGES=folder keeps them, FONTS=folder)
# make released VERSION=x.y.z   with a release: keep its schema, to be upgraded by a test for ever

PORT ?= 8787
STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOVULNCHECK = golang.org/x/vuln/cmd/govulncheck@v1.4.0

BINARY  = bin/niangjia
WEB     = server/app/web/dist
MODULES = pwa/node_modules/.package-lock.json
DEMO    = .data/demo

APP_SOURCES = $(shell find pwa -path pwa/node_modules -prune -o -path pwa/dist -prune -o -path pwa/e2e -prune -o -type f -print 2>/dev/null)
GO_SOURCES  = $(shell find api migrations server sync -path $(WEB) -prune -o -type f -print 2>/dev/null)

.PHONY: run build test check tools clean released bench
.PHONY: app contract format-go format-app vet lint-go lint-app race vulnerabilities typecheck unit browser bench-app lighthouse kills fuzz pages simulate soak

run: $(BINARY) $(DEMO)/niangjia.db
	@echo "The log is in $(DEMO)/server.log"
	@exec ./$(BINARY) serve --data $(DEMO) --listen 127.0.0.1:$(PORT) --log $(DEMO)/server.log

build: $(BINARY)

# In the order of what fails fastest; one after the other, so that what failed stands last on the screen.
test:
	@for part in format-go vet lint-go race simulate vulnerabilities app unit browser; do \
		echo "== $$part"; $(MAKE) --no-print-directory $$part || { echo "== $$part failed"; exit 1; }; done
	@echo "== all passed"

check: format-go vet lint-go $(MODULES)
	go test ./...
	@$(MAKE) --no-print-directory app unit

tools:
	@.ci/tools

$(MODULES): pwa/package.json pwa/package-lock.json | tools
	cd pwa && npm ci --no-audit --no-fund
	@touch $@

$(WEB)/index.html: $(MODULES) $(APP_SOURCES)
	cd pwa && npm run --silent build
	node .ci/collect.mjs pwa/dist $(WEB)

$(BINARY): $(WEB)/index.html $(GO_SOURCES) go.mod go.sum | tools
	go build -trimpath -o $@ ./server/cmd/niangjia

# Made beside and moved, so that an interrupted demo is not taken for a whole one.
$(DEMO)/niangjia.db: | $(BINARY)
	@rm -rf $(DEMO).making
	@echo "Making a demo city, once…"
	@./$(BINARY) demo --data $(DEMO).making
	@rm -rf $(DEMO) && mv $(DEMO).making $(DEMO)

format-go: tools
	@unformatted=$$(gofmt -l api migrations server sync); \
	if [ -n "$$unformatted" ]; then echo "not formatted, run gofmt -w:"; echo "$$unformatted"; exit 1; fi

vet: tools
	go vet ./...

# The rules of who may import whom are a test: server/app/imports_test.go.
lint-go: tools
	go run $(STATICCHECK) ./...
	go test -count=1 -run TestWhoMayImportWhom ./server/app

# RACE=all: everything under the race detector, half an hour.
# What is sealed for a browser is opened by npm's http_ece.
race: tools $(MODULES)
	@.ci/race

# Some nine minutes of two cores; .ci/run plays fewer. The first that breaks a promise ends it, and says how to see it again.
SEEDS ?= 1000
SOAK  ?= 1h

simulate: tools
	go run -trimpath ./server/cmd/niangjia simulate --seeds $(SEEDS) --every-fault

soak: tools
	go run -trimpath ./server/cmd/niangjia simulate --seed $$(date +%s) --for $(SOAK)

vulnerabilities: tools
	@.ci/vulnerabilities $(GOVULNCHECK)

# Each takes one core: side by side, and what each says in one piece.
app: $(MODULES)
	@$(MAKE) --no-print-directory -j3 -Otarget format-app lint-app typecheck

contract: $(MODULES)
	@.ci/contract

format-app: contract
	cd pwa && npm run --silent format:check

lint-app: contract
	cd pwa && npm run --silent lint

typecheck: contract
	cd pwa && npm run --silent typecheck

unit: $(MODULES)
	cd pwa && npm run --silent test

browser: $(BINARY) $(MODULES)
	@.ci/browser

# Both halves are printed, and kept in OUT, also where one of them fails.
bench: $(BINARY)
	@failed=0; \
	go run ./server/cmd/bench -server $(BINARY) $(if $(filter short,$(BENCH)),-short) $(if $(OUT),-out $(OUT)) || failed=1; \
	$(MAKE) --no-print-directory bench-app $(if $(OUT),OUT=$(OUT).phone) || failed=1; \
	$(if $(OUT),if [ -e $(OUT).phone ]; then { echo; cat $(OUT).phone; } >> $(OUT) && rm $(OUT).phone; fi;) \
	exit $$failed

bench-app: $(BINARY) $(MODULES)
	@BENCH_ROUNDS=$(if $(filter short,$(BENCH)),2,5) OUT=$(abspath $(OUT)) .ci/browser bench

lighthouse: $(BINARY) $(MODULES)
	@.ci/browser lighthouse

kills: $(BINARY) $(MODULES)
	KILLS=200 go test -count=1 -timeout 30m -v -run TestServerKilledUnderLoad ./server/cmd/niangjia
	KILLS=50 .ci/browser kills

fuzz: tools
	@.ci/fuzz $(FUZZ)

pages: tools
	@.ci/pages $(PAGES)

# What was released is never written again: this fails where the file is there.
released: tools
	@test -n "$(VERSION)" || { echo "make released VERSION=x.y.z" >&2; exit 1; }
	RELEASED_VERSION=$(VERSION) go test -count=1 -run TestKeepRelease ./server/app
	go test -count=1 -run TestEveryReleasedSchemaIsUpgraded ./server/app

clean:
	rm -rf bin pwa/dist
	find $(WEB) -mindepth 1 ! -name .keep -delete
