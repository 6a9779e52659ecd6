# make demo   set up and open the playground: no token, no server
# make test   set up and run every test
# The rest: make check (lint, format, types), bench, bench-answers, soak, pictures (those in README.md), wheel, clean

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: demo test check bench bench-answers soak pictures wheel clean
.DEFAULT_GOAL := demo

$(STAMP): pyproject.toml
	@echo "→ Setting up $(VENV) (once; a minute or two)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Frontdesk needs Python 3.11 or newer; try: make PYTHON=python3.12")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --disable-pip-version-check --progress-bar on --quiet --upgrade pip
	@$(BIN)/python -m pip install --disable-pip-version-check --progress-bar on --editable '.[dev]'
	@touch $@

demo: $(STAMP)
	@$(BIN)/frontdesk demo --open

test: $(STAMP)
	@$(BIN)/python -m pytest -n auto

check: $(STAMP)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

bench: $(STAMP)
	@$(BIN)/python -m tests.bench

bench-answers: $(STAMP)
	@$(BIN)/python -m tests.bench answers

soak: $(STAMP)
	@FRONTDESK_SOAK_KILLS=$${FRONTDESK_SOAK_KILLS:-300} FRONTDESK_SOAK_RECORD=tests/runtime/record.txt $(BIN)/python -m pytest tests/runtime/test_kill.py tests/runtime/test_kill_refund.py tests/runtime/test_kill_errands.py -s
	@FRONTDESK_SOAK_INTERLEAVINGS=$${FRONTDESK_SOAK_INTERLEAVINGS:-2000} $(BIN)/python -m pytest tests/interleavings -n auto
	@FRONTDESK_SOAK_CONTRACT=1 $(BIN)/python -m pytest tests/contract -n auto
	@FRONTDESK_SOAK_WINDOWS=$${FRONTDESK_SOAK_WINDOWS:-3000} FRONTDESK_SOAK_RECORD=tests/desk/record.txt $(BIN)/python -m pytest tests/desk/test_minutes.py -s
	@FRONTDESK_SOAK_WALKS=$${FRONTDESK_SOAK_WALKS:-100000} FRONTDESK_SOAK_RECORD=tests/walks/record.txt $(BIN)/python -m pytest tests/walks -s
	@FRONTDESK_SOAK_CONVERSATIONS=$${FRONTDESK_SOAK_CONVERSATIONS:-2000} FRONTDESK_SOAK_RECORD=tests/soak/record.txt $(BIN)/python -m pytest tests/soak -s

pictures: $(STAMP)
	@$(BIN)/python docs/draw.py
	@$(BIN)/python docs/screenshot.py

wheel: $(STAMP)
	@$(BIN)/python -m pip wheel --no-deps --wheel-dir dist .

clean:
	@rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
