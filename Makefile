# What to do with this repository. Needs Python 3.11 or newer and make; everything else comes into .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/installed
UV := $(BIN)/uv
WORKERS ?= auto

.DEFAULT_GOAL := help

##@ Start here

demo: install ## Deploy examples/shop to the embedded local AWS and use it over HTTP
	@cd examples/shop && ../../$(BIN)/platform deploy --env local --yes
	@cd examples/shop && ../../$(BIN)/python demo.py
	@cd examples/shop && ../../$(BIN)/platform status --env local
	@printf '%s\n' '' 'The system is running. Next:' \
	  '  cd examples/shop && PATH="$(CURDIR)/$(BIN):$$PATH"' \
	  '  platform logs orders.create             what a function wrote; --follow goes on' \
	  '  platform logs --filter ERROR            what went wrong, anywhere' \
	  '  platform deploy --env local             after a change in the blueprint or a handler' \
	  '  platform synth --env prod               the templates for AWS' \
	  '  platform new-service returns            one more service' \
	  '  platform local stop                     stop the local AWS; its data is kept'

test: check ## Run the checks and the whole test suite
	@$(BIN)/pytest -n $(WORKERS) --maxprocesses 8 --dist loadgroup $(ARGS)

##@ Work on it

install: $(STAMP) ## Install everything into .venv, as locked

check: install ## Lint, format, types, layers
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

bench: install ## Measure speed, as ratios in one run; never a gate
	@$(BIN)/python -m pytest tests/benchmarks -p no:xdist -s --override-ini python_files='bench_*.py'

nightly: install ## What is too slow for every change: thorough properties, the demo from nothing, speed
	@HYPOTHESIS_PROFILE=thorough $(MAKE) --no-print-directory test ARGS="-m 'nightly or not nightly'"
	@rm -rf examples/shop/.platform
	@$(MAKE) --no-print-directory demo
	@$(BIN)/platform local stop --blueprint examples/shop/blueprint.yaml
	@$(MAKE) --no-print-directory bench

lock: install ## Compile requirements.lock, the local AWS's locks and the templates' (UPGRADE=1 takes the newest versions)
	@$(UV) pip compile pyproject.toml --group dev --universal --generate-hashes --no-header --no-annotate \
	  --python-version 3.11 --quiet $(if $(UPGRADE),--upgrade) --output-file requirements.lock
	@$(UV) pip compile platform_cli/local/ministack.in --universal --generate-hashes --no-header --no-annotate \
	  --python-version 3.11 --quiet $(if $(UPGRADE),--upgrade) --output-file platform_cli/local/ministack.lock
	@$(UV) pip compile platform_cli/local/stores.in --universal --generate-hashes --no-header --no-annotate \
	  --python-version 3.11 --quiet $(if $(UPGRADE),--upgrade) --output-file platform_cli/local/stores.lock
	@$(BIN)/python -c 'import sys; from platform_cli.package.locking import lock_service; \
	  from platform_cli.scaffold.relocking import relock_templates; \
	  relock_templates(lambda service: lock_service(service, upgrade=bool(sys.argv[1:])))' $(if $(UPGRADE),upgrade)

help: ## List these targets
	@awk 'BEGIN { FS = ":.*## " } /^##@/ { printf "\n%s\n", substr($$0, 5) } \
	  /^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

# The stamp is newer than everything that decides what is installed, so a second `make install` does nothing.
# uv comes by pip, at the locked version and hash; then uv makes .venv exactly what the lock says.
$(STAMP): pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo 'Python 3.11 or newer is needed as "$(PYTHON)"; name another one with: make PYTHON=python3.13' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo 'This Python cannot make virtual environments. On Debian and Ubuntu: sudo apt install python3-venv' >&2; exit 1; }
	@$(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { rm -rf $(VENV) && $(PYTHON) -m venv $(VENV); }
	@sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > $(VENV)/uv.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $(VENV)/uv.lock
	@echo 'Installing into $(VENV) …' >&2
	@VIRTUAL_ENV="$(CURDIR)/$(VENV)" $(UV) pip sync --quiet --require-hashes requirements.lock
	@VIRTUAL_ENV="$(CURDIR)/$(VENV)" $(UV) pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.PHONY: demo test install check bench nightly lock help
