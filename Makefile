# salarylab. `make report` and `make test` need Python 3.11 or later, make, and nothing else.

PYTHON ?= python3

# Images of build machines often forbid bytecode; every one of our many short processes would then
# compile its libraries again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help report test lab lock validate bench clean
.DEFAULT_GOAL := help

# $(call environment,FOLDER,LOCK): the packages of one lock, by hash, and the project itself. It is set up once
# for a given lock and pyproject.toml; the file `installed` keeps what it was set up from.
define environment
@cat pyproject.toml $(2) | cmp -s - $(1)/installed || { \
	echo "setting up $(1) from $(2): a minute or two" \
	&& { $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "salarylab needs Python 3.11 or later: make PYTHON=python3.12 …" >&2; exit 1; }; } \
	&& $(PYTHON) -m venv $(1) \
	&& $(1)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $(2) \
	&& $(1)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . \
	&& cat pyproject.toml $(2) > $(1)/installed; }
endef

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

report: ## build the report set of notebooks/reports.toml: reports/index.html
	$(call environment,.venv,requirements.lock)
	.venv/bin/salarylab build

test: ## lint, types, tests, doctests, and the notebooks' committed outputs
	$(call environment,.venv-dev,requirements-dev.lock)
	.venv-dev/bin/ruff check .
	.venv-dev/bin/ruff format --check .
	.venv-dev/bin/mypy
	@command -v npm >/dev/null && npm ci --prefix tests/axe --ignore-scripts --no-audit --no-fund --silent \
		|| echo "no axe-core (npm): pages are not judged for accessibility" >&2
	OPENBLAS_NUM_THREADS=1 .venv-dev/bin/pytest -n 2 --dist loadfile -m "not slow" --nbval src tests notebooks

validate: ## the slow suites: coverage over many seeds, faults, killed builds, other processors
	$(call environment,.venv-dev,requirements-dev.lock)
	.venv-dev/bin/pytest -s -m slow tests

bench: ## time cleaning, estimation and reports beside their peers: benchmarks/RESULTS.md
	$(call environment,.venv-bench,requirements-bench.lock)
	.venv-bench/bin/python benchmarks/bench.py
	.venv-bench/bin/python benchmarks/estimation.py
	.venv-bench/bin/python benchmarks/reports.py
	test -z "$$SALARYLAB_MIRROR" || .venv-bench/bin/python benchmarks/pages.py

lab: ## JupyterLab, the notebooks ready to run
	$(call environment,.venv-lab,requirements-lab.lock)
	.venv-lab/bin/jupyter lab --notebook-dir=notebooks

# Four locks from pyproject.toml, for all platforms, pins kept where they still fit; UPGRADE=--upgrade renews them.
COMPILE = .venv-lock/bin/uv pip compile pyproject.toml --universal --python-version 3.11 --extra build \
	--generate-hashes --no-header --no-emit-index-url --quiet $(UPGRADE)

lock: ## compile the locks anew from pyproject.toml (needs the network)
	$(PYTHON) -m venv .venv-lock
	.venv-lock/bin/python -m pip install --quiet uv
	$(COMPILE) -o requirements.lock
	$(COMPILE) --extra test --extra pdf -o requirements-dev.lock
	$(COMPILE) --extra lab -o requirements-lab.lock
	$(COMPILE) --extra bench -o requirements-bench.lock

clean: ## remove environments, caches, processed data and built reports
	rm -rf .venv .venv-dev .venv-lab .venv-lock .venv-bench .mypy_cache .ruff_cache .pytest_cache .hypothesis
	test ! -d data/processed || find data/processed -mindepth 1 ! -name README.md -delete
	test ! -d reports || find reports -mindepth 1 -maxdepth 1 ! -name gallery -exec rm -rf {} +
	find src tests notebooks -name __pycache__ -type d -prune -exec rm -rf {} +
