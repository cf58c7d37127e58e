# Each target sets up what it needs: on a fresh machine with Python 3.11-3.13, `make demo` is the first command.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OTHER_VENV := .venv-backends
WORKERS := -n 2 --dist loadscope --no-loadscope-reorder
export TF_CPP_MIN_LOG_LEVEL ?= 2
# Every kernel and command of the tests would compile our modules again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test test-models test-all test-backends lint lab build site audit bench setup sandbox browser lock clean

demo: setup sandbox
	$(BIN)/course demo

test: setup sandbox browser lint
	$(BIN)/python -m pytest $(WORKERS) -m "not slow and not models"

# What builds and trains many networks: every notebook, with brief trainings, and every slip of a model.
test-models: setup
	$(BIN)/python -m pytest $(WORKERS) -m "models and not slow"

test-all: setup sandbox browser lint
	$(BIN)/python -m pytest $(WORKERS)

# The same tests once on JAX and once on PyTorch, in an environment of their own.
test-backends: $(OTHER_VENV)/ready sandbox
	KERAS_BACKEND=jax $(OTHER_VENV)/bin/python -m pytest $(WORKERS) -m "backends and not slow"
	KERAS_BACKEND=torch $(OTHER_VENV)/bin/python -m pytest $(WORKERS) -m "backends and not slow"

lint: setup
	@start=$$(date +%s); set -ex; \
	$(BIN)/ruff check .; \
	$(BIN)/ruff format --check .; \
	$(BIN)/mypy; \
	$(BIN)/lint-imports --no-cache; \
	set +x; echo "lint: $$(($$(date +%s) - start)) s"

lab: setup
	$(BIN)/course lab

build: setup
	$(BIN)/course build

site: setup
	$(BIN)/course site

audit: setup sandbox
	$(BIN)/course audit

bench: setup sandbox
	$(BIN)/course bench

setup: $(VENV)/ready

$(VENV)/ready: requirements.lock
$(VENV)/ready: NEEDS := a minute, 2.3 GB

$(OTHER_VENV)/ready: requirements-backends.lock
$(OTHER_VENV)/ready: NEEDS := with JAX and PyTorch, which brings CUDA on Linux: some minutes, 8 GB

# uv installs the same files as pip, by the same hashes, in parallel; without compiled files each sandbox would compile.
QUIETLY := -qq --disable-pip-version-check
%/ready: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	  || { echo "Python 3.11, 3.12 or 3.13 is needed: make PYTHON=python3.11 ..."; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null \
	  || { echo "Python's venv is missing (Debian, Ubuntu: apt install python3-venv)."; exit 1; }
	@echo "Setting up $* ($(NEEDS)) ..."
	@$(PYTHON) -m venv --clear $*
	@sed -n '/^uv==/,/[^\\]$$/p' $(filter %.lock,$^) > $*/uv.lock
	@$*/bin/python -m pip install $(QUIETLY) --no-deps --require-hashes -r $*/uv.lock 2>/dev/null; [ -t 2 ] || quiet=-q; \
	$*/bin/uv pip install $$quiet --python $*/bin/python --compile-bytecode --no-deps --require-hashes -r $(filter %.lock,$^) \
	  || { echo "uv cannot do it here: pip goes on, silently, and takes some minutes."; \
	       $*/bin/python -m pip install $(QUIETLY) --no-deps --require-hashes -r $(filter %.lock,$^); }
	@$*/bin/python -m pip install $(QUIETLY) --no-deps --no-build-isolation --editable .
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

# Tests drive JupyterLab in Chromium. Where it cannot be installed from here they are skipped, and say so.
browser:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null && exit 0; \
	if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
	  echo "Installing Chromium, for the tests in a browser ..."; \
	  (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium) \
	    >/dev/null 2>&1 || echo "Chromium could not be installed: the tests in a browser are skipped."; \
	else \
	  echo "There is no Chromium: the tests in a browser are skipped (Debian, Ubuntu: sudo apt install chromium)."; \
	fi

# New versions into the lock files: hashes for every platform, and no index address.
LOCK := uv pip compile pyproject.toml --extra dev --universal --fork-strategy fewest --python-version 3.11 \
  --generate-hashes --no-emit-index-url --no-annotate --no-header --quiet
lock: setup
	$(BIN)/$(LOCK) --output-file requirements.lock
	$(BIN)/$(LOCK) --extra backends --constraint requirements.lock --output-file requirements-backends.lock

clean:
	rm -rf $(VENV) $(OTHER_VENV) .course .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info
