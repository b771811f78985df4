# The environment lives in .venv; it is brought up to date when pyproject.toml changes.

.DEFAULT_GOAL := help
.PHONY: help demo examples test lint types peers bench clean

# Tried, not only found: a version manager leaves names on PATH that fail when called. ensurepip is what venv needs.
NAMES   := python3.14 python3.13 python3.12 python3.11 python3
PROBE   := import ensurepip, sys; sys.exit(sys.version_info < (3, 11))
PYTHON  ?= $(shell for name in $(NAMES); do $$name -c '$(PROBE)' 2>/dev/null && echo $$name && break; done)
RUN     := .venv/bin/python

export PIP_DISABLE_PIP_VERSION_CHECK := 1
# matrices this small lose more to threads that wait for each other than they gain
export OPENBLAS_NUM_THREADS ?= 1

help:  ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: .venv/demo.installed  ## train on handwritten digits, check the gradients, draw the graphs into demo/
	@$(RUN) -m examples.digits

PROGRAMS := kalman gaussian_process hidden_markov rollout robust_regression spline spectral lens sinkhorn neural_ode

examples: .venv/examples.installed  ## ten programs in plain NumPy, on real data
	@for program in $(PROGRAMS); do $(RUN) -m examples.$$program || exit 1; done

test: lint types  ## lint, types, then tests
	$(RUN) -m pytest

lint: .venv/dev.installed  ## style and formatting
	$(RUN) -m ruff check
	$(RUN) -m ruff format --check

types: .venv/dev.installed  ## strict types
	$(RUN) -m mypy

peers: .venv/dev.installed  ## environments under .peers/ for the libraries that bench compares with
	$(RUN) -m benchmarks.peers

bench: .venv/dev.installed  ## speed beside those other libraries
	$(RUN) -m benchmarks

clean:  ## remove all that these commands made
	rm -rf .venv .peers demo dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find autograd_core nn examples tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/%.installed: pyproject.toml | .venv/bin/python
	@echo "Installing autograd-core[$*] into .venv ..."
	@$(RUN) -m pip install --quiet --editable ".[$*]"
	@touch $@

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or later with its venv module was found (tried: $(NAMES))." >&2; \
	  echo "Install one (Debian, Ubuntu: apt install python3-venv) or name it: make PYTHON=/path/to/python" >&2; exit 1; }
	@$(PYTHON) -m venv --clear .venv
