# Everything this project can be told to do. `make help` lists it.

VENV := $(or $(HEGUI_VENV),.venv)
BIN := $(VENV)/bin
SETUP := pyproject.toml scripts/bootstrap.sh scripts/debian.sh
export HEGUI_VENV := $(VENV)

.DEFAULT_GOAL := help
.PHONY: help demo test test-all lint docs lock clean
MAKEFLAGS += --no-print-directory

help: ## Show this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1	\2/p' $(MAKEFILE_LIST) | expand -t 20

demo: $(VENV)/.demo-installed ## Tell the whole story on an example service (about 5 minutes)
	@$(BIN)/python examples/chat-service/demo.py

test: $(VENV)/.dev-installed ## Run the whole suite, and hold the coverage
	@scripts/test-tools.sh
	@scripts/test.sh

test-all: lint ## Check everything, with ten times the examples in property tests
	@scripts/test-tools.sh
	@HEGUI_HYPOTHESIS_PROFILE=thorough scripts/test.sh

lint: $(VENV)/.dev-installed ## Check style, types, layers and generated pages
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/ruff check --quiet
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/python scripts/reference.py --check

docs: $(VENV)/.dev-installed ## Write the generated pages of docs/reference anew
	@$(BIN)/python scripts/reference.py

lock: ## Pin the dependencies anew (UPGRADE=1 takes the newest)
	@scripts/lock.sh

clean: ## Remove everything that was built here, the virtual environment too
	@rm -rf $(VENV) build dist demo-workspace .coverage .coverage.* .hypothesis \
		.import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find src tests examples benchmarks scripts -name __pycache__ -prune -exec rm -rf {} +

$(VENV)/.%-installed: requirements/%.lock $(SETUP)
	@scripts/bootstrap.sh $*
