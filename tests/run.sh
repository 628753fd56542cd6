#!/bin/sh
# All checks of a push, in order, each said before it starts; ends with one plain statement.
set -eu
BIN=.venv/bin
started=$(date +%s)
step() { printf '\n== %s (%s s)\n' "$1" "$(($(date +%s) - started))"; }

step "format and lint"
$BIN/ruff format --check --quiet .
$BIN/ruff check --quiet .
step "types"
$BIN/mypy
step "floors"
$BIN/lint-imports --no-cache 2>&1 | sed -n '/Contracts/,$p'
step "a browser for the page"
if ! command -v chromium >/dev/null 2>&1; then
    if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null
    else
        echo "Chromium is not here and cannot be installed without root: the tests of the page will skip"
    fi
fi
step "tests and documents, with branch coverage"
$BIN/python -m pytest -m "not soak" -n 2 --dist worksteal --doctest-modules src/harmscape tests \
    --cov --cov-report=term:skip-covered --durations=30
$BIN/coverage report --fail-under=100 --include="src/harmscape/scoring/*,src/harmscape/access/*" >/dev/null \
    || { echo "scoring and access must be covered whole, branches too:"; \
         $BIN/coverage report --show-missing --include="src/harmscape/scoring/*,src/harmscape/access/*"; exit 1; }
step "done"
echo "make test: format, types, floors and all tests passed in $(($(date +%s) - started)) s."
