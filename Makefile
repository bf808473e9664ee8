# Every target sets up .venv by itself; a repeated call installs nothing.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

export GOLDTHREAD_HOME ?= $(CURDIR)/data
export DBT_PROFILES_DIR := $(CURDIR)
export DO_NOT_TRACK := 1

.DEFAULT_GOAL := help
.PHONY: help demo test test-long build dev lint types sql format bench bench-crash clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' || \
		{ echo "Python 3.11, 3.12 or 3.13 is needed; name one with: make PYTHON=python3.12 ..."; exit 1; }
	@echo "Setting up $(VENV) (once, about two minutes) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: $(READY) ## the whole job on generated data: files to customers to a delivered audience
	@$(BIN)/goldthread demo

test: lint ## lint, then every test
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder --durations 12

test-long: $(READY) ## the increments of ten deliveries, too long for every day (three minutes)
	GOLDTHREAD_LONG_TESTS=1 $(BIN)/python -m pytest tests/integration/test_increments.py

build: $(READY) ## load the input and build, test and publish the warehouse
	@$(BIN)/goldthread load && $(BIN)/goldthread build && $(BIN)/goldthread publish

dev: $(READY) ## Dagster's UI on the daily job, http://127.0.0.1:3000
	@$(BIN)/python -m orchestration.dev

lint: $(READY) ## ruff, mypy, import-linter, generated models, sqlfluff
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/goldthread generate --check
	@mkdir -p $(GOLDTHREAD_HOME) # the templater opens the warehouse there
	@$(MAKE) --no-print-directory --jobs 2 types sql

# The two that take long, beside each other.
types: $(READY)
	$(BIN)/mypy
sql: $(READY)
	$(BIN)/sqlfluff lint --processes 2 models tests/dbt

format: $(READY) ## put code and SQL in shape
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	@mkdir -p $(GOLDTHREAD_HOME)
	$(BIN)/sqlfluff fix --processes 2 models tests/dbt

bench: $(READY) ## print the measurements of benchmarks/
	@for bench in benchmarks/*/run.py; do \
		name=$$(basename $$(dirname $$bench)); $(BIN)/python -m benchmarks.$$name.run || exit 1; done

bench-crash: $(READY) ## kill commands 200 times in every stage and look for traces (up to an hour)
	@$(BIN)/python -m benchmarks.crash.kills

clean: ## remove .venv and what tools leave; data/ stays
	rm -rf $(VENV) target logs .import_linter_cache .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info
