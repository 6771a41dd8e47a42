# make run    set everything up and start the bot      (ARGS="--strategy MyStrategy -c my.json")
# make test   set everything up and run the tests      (ARGS="tests/storage -k journal")
# make bench  measure start, memory and answers        (ARGS="--freqtrade /path/to/freqtrade" beside freqtrade)
# Another Python: make test PYTHON=python3.12

PYTHON ?= python3
VENV   ?= $(if $(filter python3,$(PYTHON)),.venv,.venv-$(notdir $(PYTHON)))
BIN    := $(VENV)/bin
ARGS   ?=
# Tests wait for timers, sockets and killed processes half of their time.
WORKERS ?= $(shell expr 2 '*' $$(getconf _NPROCESSORS_ONLN))

.PHONY: help run test lint types pyz client-wheel bench fuzz lock clean

help:
	@sed -n 's/^# //p' Makefile | head -4
	@echo "make lint types pyz client-wheel bench fuzz lock clean"

# Sets up or updates the environment; says in one line what is missing.
ENVIRONMENT = command -v $(PYTHON) >/dev/null || { echo "appliance: $(PYTHON) is missing: apt install $(PYTHON)" >&2; exit 2; }; \
	$(PYTHON) packaging/environment.py

run:
	@$(ENVIRONMENT) $(VENV) run
	@exec $(BIN)/appliance trade $(ARGS)

test:
	@$(ENVIRONMENT) $(VENV) test
	@$(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal $(ARGS)

lint:
	@$(ENVIRONMENT) $(VENV) test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	@NO_COLOR=1 $(BIN)/lint-imports

types:
	@$(ENVIRONMENT) $(VENV) test
	$(BIN)/mypy

# The single file. It is bound to one Python: 3.11, that of Debian 12.
pyz:
	@$(ENVIRONMENT) build/venv build
	@build/venv/bin/python packaging/pyz.py

# The client alone, for any Python and system.
client-wheel:
	@$(ENVIRONMENT) build/venv build
	@build/venv/bin/python -m pip --disable-pip-version-check wheel -qq --no-deps --no-build-isolation \
		-w dist packaging/client
	@ls dist/appliance_client-*.whl

bench:
	@$(ENVIRONMENT) $(VENV) test
	@for file in $$(grep -l __main__ benchmarks/*.py | grep -v soak); do \
		$(BIN)/python -m benchmarks.$$(basename $$file .py) $(ARGS) || exit; \
	done

# Attacks by every role, other ones each time (ARGS="--seconds 300 --as viewer --seed 7").
fuzz:
	@$(ENVIRONMENT) $(VENV) test
	@$(BIN)/python -m tests.fuzzing $(ARGS)

lock:
	@$(ENVIRONMENT) build/lock-venv lock
	UV=build/lock-venv/bin/uv packaging/lock.sh

clean:
	rm -rf build dist .venv .venv-* .pytest_cache .mypy_cache .ruff_cache .import_linter_cache web/static/vendor web/docs/vendor
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
