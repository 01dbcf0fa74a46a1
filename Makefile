# Two commands do everything on a fresh machine with Python 3.11 and make: `make run` and `make test`.
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
INSTALL := $(BIN)/uv pip install --quiet --python $(BIN)/python

# Compiled modules are kept: tests start hundreds of processes, which would each compile the libraries anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test check format evaluate bench soak docs clean

run: .venv/.core
	@$(BIN)/gongkai serve --port $(PORT) --take-in examples

test: .venv/.dev
	@$(BIN)/python -m tests.needs
	$(BIN)/python -m pytest -n 2 --dist loadgroup

check: .venv/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: .venv/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

evaluate: .venv/.dev
	$(BIN)/python -m benchmarks.accuracy $(EVALUATE)

bench: .venv/.dev
	$(BIN)/python -m benchmarks

soak: .venv/.dev
	$(BIN)/python -m tests.soak $(SOAK)

docs: .venv/.dev
	$(BIN)/python -m docs.generate

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis dist build

.venv/bin/uv:
	@$(PYTHON) -c 'import sys; sys.exit("gongkai needs Python 3.11 or 3.12, found " + sys.version.split()[0] + "; run: make PYTHON=python3.11") if not (3, 11) <= sys.version_info[:2] <= (3, 12) else None'
	@echo "setting up .venv (once, about a minute) ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

.venv/.core: pyproject.toml | .venv/bin/uv
	@$(INSTALL) -e .
	@touch $@

.venv/.dev: pyproject.toml | .venv/bin/uv
	@$(INSTALL) -e '.[scan,postgres,telemetry,dev]'
	@touch .venv/.core $@
