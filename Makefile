# What a person runs. `make help` lists it.
.DEFAULT_GOAL := help
.PHONY: help demo drill up down test search check lint types architecture bench lock

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

help: ## This list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

# The environment follows its lock: made anew when requirements.txt changes, at once up to date when it does not.
$(READY): requirements.txt locks/uv.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Statline needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Set PYTHON=python3.12, say.")'
	@test -x $(BIN)/python || { echo "Making the Python environment in .venv ..."; $(PYTHON) -m venv .venv; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r locks/uv.txt
	@echo "Installing the locked packages ..."
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $(READY)

demo: $(READY) ## Both regions on this laptop, live: a push, an SMS, calls, and a code that climbs until a key is pressed
	@$(BIN)/python -m local.demo

drill: $(READY) ## The drill of 10 January: the primary dumped, backed up by Statline, and stopped; a table and a picture
	@$(BIN)/python -m local.drill

up: $(READY) ## The laptop cloud, left running for play
	@$(BIN)/python -m local.cloud up

down: $(READY) ## Stop the laptop cloud
	@$(BIN)/python -m local.cloud down

# The end-to-end tests hold deadlines, like "a stat is taken up again within 20 s": they get the machine for themselves.
# The others hold none; what hangs ends after five minutes, and a busy machine is not taken for that.
# Bytecode is kept, whatever the machine usually does: dozens of the processes that the tests start would compile anew.
test: export PYTHONDONTWRITEBYTECODE =
test: $(READY) ## Every test, the laptop cloud's too
	@$(BIN)/python -m pytest -n 2 --dist loadgroup --timeout 300 --ignore tests/e2e
	@$(BIN)/python -m pytest tests/e2e

search: $(READY) ## The property tests on examples that nobody has tried yet; what it finds is printed as a test
	@$(BIN)/python -m pytest tests/property --hypothesis-profile new

check: lint types architecture test ## What must be green before a change lands

lint: $(READY)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

types: $(READY)
	@$(BIN)/mypy

architecture: $(READY)
	@$(BIN)/lint-imports

bench: $(READY) ## Costs of one notification, and latency per lane at idle and under a flood
	@$(BIN)/python -m tests.perf

lock: $(READY) ## Choose versions anew from pyproject.toml
	@$(BIN)/python -m locks
