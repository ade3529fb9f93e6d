# Two commands for a newcomer: `make demo` and `make test`. README.md says what they stand for.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# In four processes on two cores: tests of services wait most of their time.
PARALLEL ?= -n 4 --dist worksteal
# protoc finds its plugins on the path.
export PATH := $(abspath $(BIN)):$(PATH)

.PHONY: demo bytecode test test-costs test-spawn again fuzz chaos check pyright format protos reference freeze bench bench-loading clean

$(VENV)/.demo: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable '.[examples]'
	touch $@

$(VENV)/.dev: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $@

# An environment of a user's, in which tests run assets: without treadle, with a protobuf of old.
$(VENV)/old-protobuf/.made: | $(VENV)/.dev
	$(PYTHON) -m venv $(VENV)/old-protobuf
	$(VENV)/old-protobuf/bin/python -m pip install --quiet protobuf==3.20.3
	touch $@

demo: $(VENV)/.demo  ## Run the example through code server, launcher and client.
	$(BIN)/python examples/flights/demo.py

# Ahead of the tests: hundreds of processes import it, also where Python is told to write no bytecode,
# and what installed the libraries compiled none. Libraries' own tests, and tools, nobody imports.
bytecode: $(VENV)/.dev
	$(BIN)/python -m compileall -j 0 -q codeserver launcher client protos
	$(BIN)/python -m compileall -j 0 -qq -x '/(tests|pip|setuptools|mypy|mypyc)/' $(VENV)/lib || true

test: bytecode $(VENV)/old-protobuf/.made  ## The whole suite.
	$(BIN)/python -m pytest $(PARALLEL)

# The dearest files of tests first: where the next second of `make test` is.
COSTS := $(VENV)/test-costs
test-costs: bytecode $(VENV)/old-protobuf/.made  ## The whole suite, and what its files take of the processor.
	rm -f $(COSTS)
	TREADLE_TEST_COSTS=$(abspath $(COSTS)) $(BIN)/python -m pytest $(PARALLEL)
	TREADLE_TEST_COSTS=$(COSTS) $(BIN)/python -m tests.schedule

# Other tests of workers say themselves how their steps start, and those of code servers start none.
SPAWNED := tests/integration/launcher tests/integration/worker/test_import_habits.py tests/e2e
test-spawn: bytecode $(VENV)/old-protobuf/.made  ## What runs steps, with every step in a new interpreter.
	TREADLE_START_METHOD=spawn $(BIN)/python -m pytest $(PARALLEL) $(SPAWNED)

again: $(VENV)/.dev  ## What failed in the last run, once more and alone: what fails twice is broken.
	$(BIN)/python -m pytest --last-failed --last-failed-no-failures none

# How many times the usual number of random examples.
FUZZ ?= 60
# For how many seconds foreign code servers and hosts are tried.
FOREIGN_SECONDS ?= 60
fuzz: $(VENV)/.dev  ## Random modules and locations against the model, and foreign code servers and hosts: many, new ones each time.
	TREADLE_FUZZ=$(FUZZ) $(BIN)/python -m pytest tests/unit/treadle_planner tests/unit/treadle_partitions tests/e2e/test_random_modules.py \
		tests/unit/treadle_inprocess/test_random_modules.py \
		tests/unit/treadle_inprocess/test_random_checks.py tests/e2e/test_random_checks.py \
		tests/unit/treadle_inprocess/test_random_fan_outs.py tests/e2e/test_random_fan_outs.py \
		tests/e2e/test_old_homes.py tests/unit/treadle_launcher/engine/test_state_machine.py \
		tests/unit/treadle_launcher/store/test_store_fold.py tests/unit/treadle_launcher/runs/test_run_view.py \
		tests/unit/treadle/reach/test_random_mutations.py
	$(BIN)/python -m tests.foreign --seconds $(FOREIGN_SECONDS) --seed $$(date +%s)

# Which random moments, and how much of everything: CHAOS_SCALE=0.1 takes a tenth.
export CHAOS_SEED ?= 1
export CHAOS_SCALE ?= 1
chaos: $(VENV)/.dev  ## Kills, cancels, power cuts at random moments; the figures go into docs/reliability.md.
	$(BIN)/python -m tests.chaos --write
	TREADLE_LOG_LINES=1000000 $(BIN)/python -m pytest tests/e2e/test_failure_classes.py

# A type checker that brings all that it needs: pyright's rules, and Node.js beside them (280 MB).
$(VENV)/pyright/.made: | $(VENV)/.dev
	$(PYTHON) -m venv $(VENV)/pyright
	$(BIN)/python -m pip --python $(VENV)/pyright/bin/python install --quiet basedpyright==1.40.2
	touch $@

pyright: $(VENV)/pyright/.made  ## A user's module, as pyright sees it in strict mode; `make check` has mypy look at it.
	$(VENV)/pyright/bin/basedpyright --project tests/assets/pyrightconfig.json

check: $(VENV)/.dev  ## Lint, types, import rules, contract. Offline, under two minutes.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/buf lint protos
	$(BIN)/buf format --diff --exit-code protos
	$(BIN)/buf breaking protos --against protos/promised.binpb
	$(BIN)/python scripts/gen_protos.py --check
	$(BIN)/python scripts/size.py --check

format: $(VENV)/.dev  ## Put code and contract into their one format.
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/buf format -w protos

protos: $(VENV)/.dev  ## Generate the contract's Python code anew.
	$(BIN)/python scripts/gen_protos.py

reference: $(VENV)/.dev  ## Write docs/reference anew, from the code.
	$(BIN)/python -m scripts.gen_reference

freeze: $(VENV)/.dev  ## Promise the contract as it is: what is in it now may be added to, never changed.
	$(BIN)/buf breaking protos --against protos/promised.binpb
	$(BIN)/buf build protos --exclude-source-info -o protos/promised.binpb

# `make bench BENCH=` leaves Dagster out and writes no page; `BENCH="--quick steps"` takes a part.
BENCH ?= --dagster --cache $(VENV)/peers --write
bench: bytecode  ## Speed, beside this machine's limits and Dagster in the same run; writes docs/performance.md.
	$(BIN)/python -m benchmarks $(BENCH)

bench-loading: bytecode  ## Of it: loading and planning, and how they grow.
	$(BIN)/python -m benchmarks import definitions load graph growth-load

clean:
	rm -rf $(VENV) .treadle dist build
