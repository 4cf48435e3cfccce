# Every target makes .venv by itself; all you need is python3 (3.11 or newer) and make.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/installed
ARGS ?=
PINS := $(BIN)/uv pip compile --generate-hashes --no-emit-index-url --universal --python-version 3.11 \
	--custom-compile-command "make pins" --quiet

.DEFAULT_GOAL := help
.PHONY: help setup up test check test-faults test-api bench diagrams generated pins

help: ## show this
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(STAMP) ## make .venv with everything in it

$(STAMP): pyproject.toml requirements-dev.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "PocketPay needs Python 3.11 or newer")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

up: $(STAMP) ## run everything; ARGS="--port 9000" for options
	$(BIN)/pocketpay up $(ARGS)

check: $(STAMP) ## lint, format, types, imports
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/basedpyright
	$(BIN)/lint-imports

test: check ## check, then all tests but the slow ones; ARGS="tests/ledger" for some
	$(BIN)/pytest -n 2 $(ARGS)

test-faults: $(STAMP) ## kill, freeze and cut real processes
	$(BIN)/pytest -m faults --timeout 900 $(ARGS)

test-api: $(STAMP) ## ask every route what OpenAPI allows and what it doesn't, for minutes
	POCKETPAY_API_EXAMPLES=200 $(BIN)/pytest tests/walks/test_openapi.py $(ARGS)

generated: $(STAMP) ## write what follows from the code: OpenAPI, AsyncAPI, schemas, tables, dashboards
	$(BIN)/python -m scripts.generated
	$(BIN)/python -m scripts.metrics_table
	$(BIN)/python -m scripts.postings
	$(BIN)/python -m scripts.command_pages
	$(BIN)/python -m scripts.dashboards
	$(BIN)/python -m pocketpay.nats_accounts > deploy/nats/accounts.conf

bench: $(STAMP) .venv/installed-bench ## measure beside peers and limits; ARGS="--assert" to fail below the bars
	$(BIN)/python -m bench $(ARGS)

.venv/installed-bench: $(STAMP) requirements-bench.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.txt
	touch $@

diagrams: ## make docs/diagrams/*.svg anew; needs npm and chromium
	scripts/diagrams.sh

pins: $(STAMP) ## choose all versions anew
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(PINS) --upgrade -o requirements.txt pyproject.toml
	$(PINS) --upgrade -o requirements-build.txt --group build
	$(PINS) --upgrade -o requirements-dev.txt --extra embedded --group dev pyproject.toml
	$(PINS) --upgrade -o requirements-bench.txt --group bench -c requirements-dev.txt
