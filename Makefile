# The two commands are `make forecast` and `make test`; both need nothing but make and a Python 3.
# `make help` lists the rest.

BIN := .venv/bin
INSTALLED := .venv/.installed

.DEFAULT_GOAL := help
.PHONY: forecast test backtest diagnose sbc install check lint types contract docstrings slow bench docs lab lock clean help
.NOTPARALLEL: # two cores, and output that a person can read

forecast: install ## answer the bundled questions on the last day that the evidence supports, and write the report
	@$(BIN)/forecasts run; status=$$?; \
	  if [ $$status -le 1 ]; then $(BIN)/forecasts report || exit $$?; fi; \
	  exit $$status

test: install ## the fast suite on every core, doctests included
	$(BIN)/pytest -n auto

backtest: install ## what would have been said on 250 days since 2005, and how good it was; ten minutes, resumable
	$(BIN)/forecasts backtest

diagnose: forecast ## checks on the model of the last run: priors as facts, replicated counts, sensitivity of each answer
	$(BIN)/forecasts diagnose

sbc: forecast ## the same with simulation-based calibration on 200 made-up records; half an hour
	$(BIN)/forecasts diagnose --sbc 200

install: $(INSTALLED) ## make .venv from uv.lock, bringing uv and Python where they are missing

$(INSTALLED): pyproject.toml uv.lock scripts/uv
	@scripts/uv sync --locked
	@touch $@

check: lint types contract docstrings test ## everything that a change must pass, but for the slow suite

lint: install ## style, sizes and banned calls
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: install ## strict types
	$(BIN)/mypy

contract: install ## imports look down only
	$(BIN)/lint-imports

docstrings: install ## docstrings in numpydoc's form
	$(BIN)/numpydoc lint $$(find forecasts -name '*.py')

slow: install ## the whole suite, fast and slow: model fits, a browser, the notebooks
	$(BIN)/pytest -m "slow or not slow"

bench: install ## the figures that README quotes
	$(BIN)/python -m benchmarks

docs: install ## the site, in site/
	$(BIN)/sphinx-build --fail-on-warning --keep-going --quiet docs site

lab: ## JupyterLab on the notebooks
	scripts/uv sync --locked --extra lab
	$(BIN)/jupyter lab notebooks

lock: ## renew uv.lock after a change of pyproject.toml
	scripts/uv lock

clean: ## remove what can be made again; .forecasts/, with the ledger, stays
	rm -rf .venv .tools .cache site dist build .pytest_cache .hypothesis .mypy_cache .ruff_cache .import_linter_cache
	find forecasts tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

help: ## this list
	@awk -F ': .*## |:.*## ' '/^[a-z]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
