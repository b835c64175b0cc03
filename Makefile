# Two commands do everything on a fresh machine: `make demo` and `make test`.
SHELL := /bin/bash
PYTHON3 ?= python3
BOOT := .bootstrap
UV := $(BOOT)/bin/uv
BIN := .venv/bin

.PHONY: setup demo test check fix lock benchmark clean

setup: .venv/.installed  ## make .venv with everything, from hash-pinned locks

$(UV):
	@echo "Setting up: fetching uv with $(PYTHON3)"
	@$(PYTHON3) -m venv $(BOOT) >/dev/null 2>&1 && $(BOOT)/bin/pip install -q --disable-pip-version-check uv \
	  || { rm -rf $(BOOT); $(PYTHON3) -m pip install -q --disable-pip-version-check --target $(BOOT) uv; }
	@test -x $(UV) || { echo "uv could not be installed with $(PYTHON3): it needs the venv or the pip module"; exit 1; }

.venv/.installed: requirements/base.lock requirements/dev.lock pyproject.toml | $(UV)
	@bash .ci/python.sh $(UV)
	@VIRTUAL_ENV=.venv $(UV) pip sync -q --require-hashes requirements/dev.lock
	@VIRTUAL_ENV=.venv $(UV) pip install -q --no-deps -e .
	@$(BIN)/equipoise prepare
	@touch $@

demo: setup  ## rehearse the flagship trial and serve it
	@$(BIN)/equipoise demo

test: setup  ## everything, including PostgreSQL and browser tests
	@bash .ci/test

CHECKS := "ruff format --check src tests benchmarks" "ruff check src tests benchmarks" mypy \
  "lint-imports --no-logo --cache-dir .cache/import_linter" "pytest -q tests/meta"

check: setup  ## format, lint, types, layers, meta-tests: all of them, then fail if any did
	@failed=; for check in $(CHECKS); do \
	  echo "== $$check"; $(BIN)/$$check || failed="$$failed\n  $$check"; \
	done; \
	if [ -n "$$failed" ]; then echo -e "Checks that failed:$$failed"; exit 1; fi

fix: setup  ## format and mend what ruff can
	@$(BIN)/ruff format src tests benchmarks
	@$(BIN)/ruff check --fix src tests benchmarks

lock: $(UV)  ## write the hash-pinned locks, without any address
	@$(UV) pip compile -q --universal --generate-hashes --no-header --no-annotate --no-emit-index-url pyproject.toml -o requirements/base.lock
	@$(UV) pip compile -q --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --extra dev pyproject.toml -o requirements/dev.lock
	@! grep -nE 'https?://' requirements/*.lock

benchmark: setup  ## ratios against peers and floors, in one run
	@$(BIN)/python -m benchmarks

clean:
	rm -rf .venv $(BOOT) .cache
