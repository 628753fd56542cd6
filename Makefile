# The two commands of the README are `make demo` and `make test`. Both need Python 3.11 or newer and nothing else.
SHELL := /bin/sh
PYTHON ?= python3
SERVE ?= 1
PORT ?= 8000
EVENTS ?= 60000
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check --no-input
DEMO := demo-workspace
PAGE := $(shell find web/src web/public -type f) $(wildcard web/*.html web/*.js web/*.json web/*.ts)
NODE_IS_FIT := $(shell node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit((a == 20 && b >= 19) || (a == 22 && b >= 12) || a > 22 ? 0 : 1)' 2>/dev/null && npm --version >/dev/null 2>&1 && echo yes)

.PHONY: demo test lint types floors soak bench lock clean

demo: $(VENV)/.installed
	@$(VENV)/bin/harmscape demo $(DEMO) --events $(EVENTS) --port $(PORT) $(if $(filter 0,$(SERVE)),--no-serve,)

test: $(VENV)/.tested
	@sh tests/run.sh

soak: $(VENV)/.tested
	@$(PY) -m pytest -m soak -s
	@echo "make soak: every long proof holds."

bench: $(VENV)/.tested
	@$(PY) -m bench

# The environment: hashed locks, no index named. A stamp is older than what it was made from when that changed.
$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "harmscape needs Python 3.11 or newer; name one with PYTHON="; exit 1; }
	@echo "making $(VENV)"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(PY) requirements/run.txt requirements/build.txt requirements/node.txt pyproject.toml hatch_build.py $(PAGE)
	@echo "installing what harmscape needs (hashed)"
	@$(PIP) --require-hashes -r requirements/run.txt
	@$(PIP) --require-hashes -r requirements/build.txt
	@$(if $(NODE_IS_FIT),,echo "no fitting Node here: installing one as a package"; $(PIP) --require-hashes -r requirements/node.txt)
	@echo "building the page and installing harmscape"
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.tested: $(VENV)/.installed requirements/test.txt
	@echo "installing what the tests need (hashed)"
	@$(PIP) --require-hashes -r requirements/test.txt
	@touch $@

# Renew the locks; needs uv, which the tests do not.
lock:
	@for name in build node; do uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-annotate requirements/$$name.in -o requirements/$$name.txt; done
	@uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-annotate pyproject.toml -o requirements/run.txt
	@uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-annotate pyproject.toml --group test --all-extras -c requirements/run.txt -o requirements/test.txt

clean:
	@rm -rf $(DEMO) dist build .pytest_cache .hypothesis .mypy_cache .ruff_cache .import_linter_cache
