# Each target sets up what it needs: on a fresh machine with Python 3.11-3.13, `make demo` is the first command.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export TF_CPP_MIN_LOG_LEVEL ?= 2

.PHONY: demo test test-all lint lab build audit bench setup sandbox lock clean

demo: setup sandbox
	$(BIN)/course demo

test: setup sandbox lint
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not slow"

test-all: setup sandbox lint
	$(BIN)/python -m pytest -n 2 --dist loadfile

lint: setup
	$(BIN)/ruff check .
	$(BIN)/mypy

lab: setup
	$(BIN)/course lab

build: setup
	$(BIN)/course build

audit: setup sandbox
	$(BIN)/course audit

bench: setup sandbox
	$(BIN)/course bench

setup: $(VENV)/ready

$(VENV)/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	  || { echo "Python 3.11, 3.12 or 3.13 is needed: make PYTHON=python3.11 ..."; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null \
	  || { echo "Python's venv is missing (Debian, Ubuntu: apt install python3-venv)."; exit 1; }
	@echo "Setting up $(VENV) (a minute, 2.3 GB) ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

# Hand-ins run in bubblewrap. Where apt is there and we may use it, it is installed; elsewhere a sentence says what to do.
sandbox:
	@command -v bwrap >/dev/null && exit 0; \
	if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
	  echo "Installing bubblewrap ..."; \
	  (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq bubblewrap) >/dev/null; \
	else \
	  echo "Hand-ins are run in a sandbox: install bubblewrap first (Debian, Ubuntu: sudo apt install bubblewrap;"; \
	  echo "Fedora: sudo dnf install bubblewrap)."; exit 1; \
	fi

# New versions into the lock file: hashes for every platform, and no index address.
lock: setup
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --fork-strategy fewest --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-annotate --no-header --quiet --output-file requirements.lock

clean:
	rm -rf $(VENV) .course .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info
