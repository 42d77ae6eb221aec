# Two commands need only python3 (3.11 or newer) and make: `make run` and `make test`.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
UV     := $(BIN)/uv
UV_PIN := uv==0.13.8
NOKTVRN_HOME ?= $(CURDIR)/demo
PROMPT ?= A mysterious electronic music producer with dark, atmospheric soundscapes and minimal public presence
export UV_NATIVE_TLS ?= true
export UV_SYSTEM_CERTS ?= true

.DEFAULT_GOAL := help
.PHONY: help run test test-long lint bench lock clean

help: ## the targets of this file
	@grep -E '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed 's/: .*##/\t/'

$(VENV)/.venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "noktvrn needs Python 3.11 or newer: install it, then run make PYTHON=python3.x"; exit 2; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Python's venv module is missing: install it (Debian and Ubuntu: apt install python3-venv)"; exit 2; }
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip --quiet --disable-pip-version-check install $(UV_PIN)
	@touch $@

$(VENV)/.run: requirements.txt pyproject.toml | $(VENV)/.venv
	@$(UV) pip install --quiet --compile-bytecode --require-hashes -r requirements.txt
	@$(UV) pip install --quiet --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q src
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.run
	@$(UV) pip install --quiet --compile-bytecode --require-hashes -r requirements-dev.txt
	@touch $@

run: $(VENV)/.run ## make a whole artist with a release in ./demo
	@NOKTVRN_HOME="$(NOKTVRN_HOME)" $(BIN)/noktvrn debut --autopilot --prompt "$(PROMPT)"
	@echo "First, in this shell:"
	@echo '    export PATH="$(CURDIR)/$(BIN):$$PATH" NOKTVRN_HOME="$(NOKTVRN_HOME)"'

test: $(VENV)/.dev ## linters, types, floors and the tests (under 8 minutes on two cores)
	@$(BIN)/python -m tests.check

test-long: $(VENV)/.dev ## the long suites too: kill tests, sixty prompts, many seeds
	@$(BIN)/python -m tests.check --long

lint: $(VENV)/.dev ## linters, types and floors only
	@$(BIN)/python -m tests.check --lint

bench: $(VENV)/.dev ## printed figures: time, memory, size
	@$(BIN)/python -m bench

lock: $(VENV)/.venv ## make the hash-only requirement files anew
	@$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --extra llm --extra anthropic --extra optimise --extra redis --extra studio --extra build --extra dev pyproject.toml -o requirements-dev.txt
	@$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --constraint requirements-dev.txt --extra llm --extra redis --extra build pyproject.toml -o requirements.txt

clean: ## remove the virtual environment and caches, never the data
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
