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

.PHONY: help run test coverage histories faults lint types pyz client-wheel bench fuzz screenshots pages lock clean

help:
	@sed -n 's/^# //p' Makefile | head -4
	@echo "make coverage lint types pyz client-wheel bench fuzz histories faults screenshots pages lock clean"

# Sets up or updates the environment; says in one line what is missing.
ENVIRONMENT = command -v $(PYTHON) >/dev/null || { echo "appliance: $(PYTHON) is missing: apt install $(PYTHON)" >&2; exit 2; }; \
	$(PYTHON) packaging/environment.py

run:
	@$(ENVIRONMENT) $(VENV) run
	@exec $(BIN)/appliance trade $(ARGS)

test:
	@$(ENVIRONMENT) $(VENV) test
	@$(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal $(ARGS)

# The tests that no other Python need repeat, with lines counted; fails below the floor of a package (percent).
# Quick from Python 3.12 on, by sys.monitoring: make coverage PYTHON=python3.13
FLOORS := domain:98 rules:98 storage:96 bot:94

coverage:
	@$(ENVIRONMENT) $(VENV) test
	@COVERAGE_CORE=sysmon $(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal -m "not python_independent" \
		--cov --cov-report= $(ARGS)
	@failed=0; for floor in $(FLOORS); do \
		measured=$$($(BIN)/python -m coverage report --precision=1 --format=total --include="appliance/$${floor%:*}/*" \
			--fail-under=$${floor#*:}) || failed=1; \
		echo "coverage of appliance/$${floor%:*}: $$measured %, floor $${floor#*:} %"; \
	done; exit $$failed

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

# Thousands of random histories of a bot and its exchange (ARGS="--number 2000 --seed 1").
histories:
	@$(ENVIRONMENT) $(VENV) test
	@$(BIN)/python -m tests.histories $(ARGS)

# Live on a faulty exchange for a while, then compare the books (ARGS="--minutes 10 --kills 200 --dialect lies").
faults:
	@$(ENVIRONMENT) $(VENV) test
	@$(BIN)/python -m tests.end_to_end.faults $(ARGS)

# Every page of the dashboard, light, dark and on a phone, into build/screenshots (ARGS="--pages overview",
# ARGS=--docs makes the pictures of the documentation).
screenshots:
	@$(ENVIRONMENT) $(VENV) test
	@$(BIN)/python -m tests.screenshots $(ARGS)

# Every page in a browser: accessibility, keyboard, narrow screens. `make test` looks at the main ones.
pages:
	@$(ENVIRONMENT) $(VENV) test
	@ALL_PAGES=1 $(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal -m browser tests/server/dashboard $(ARGS)

lock:
	@$(ENVIRONMENT) build/lock-venv lock
	UV=build/lock-venv/bin/uv packaging/lock.sh

clean:
	rm -rf build dist .venv .venv-* .pytest_cache .mypy_cache .ruff_cache .import_linter_cache web/static/vendor web/docs/vendor
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
