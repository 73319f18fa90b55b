# `make run` and `make test` need Python 3.11 or newer, make and git; nothing else.

VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check --no-input install
STAMPS := $(VENV)/.stamps

.DEFAULT_GOAL := help
.PHONY: help run test lint format prove bench lock clean install

help: ## Show this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|' 2>/dev/null \
		|| sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1  \2/p' $(MAKEFILE_LIST)

run: $(STAMPS)/run ## Set up what is missing and start Paperboy on http://127.0.0.1:8080
	@exec $(BIN)/paperboy run

install: $(STAMPS)/run ## Set up what `paperboy` needs, in .venv

test: $(STAMPS)/dev ## Set up what is missing and run the whole suite
	@$(BIN)/python -m pytest $(PYTEST_ARGS)

lint: $(STAMPS)/dev ## Style, types and import contracts
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

format: $(STAMPS)/dev ## Let ruff format and mend the code
	@$(BIN)/ruff check --quiet --fix .
	@$(BIN)/ruff format --quiet .

prove: $(STAMPS)/dev ## The suite with its long proofs in full
	@PAPERBOY_PROVE=1 $(BIN)/python -m pytest $(PYTEST_ARGS)

bench: $(STAMPS)/dev ## Measure; equal result sets are asserted first
	@PAPERBOY_PROVE=1 $(BIN)/python -m pytest -s --timeout=1200 $(PYTEST_ARGS) tests/benchmarks

LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url --no-emit-find-links pyproject.toml

lock: $(STAMPS)/dev ## Pin the newest allowed versions anew, with the hashes of all their files
	@$(LOCK) --upgrade --group build --output-file requirements.txt
	@$(LOCK) --upgrade --group dev --constraint requirements.txt --output-file requirements-dev.txt

clean: ## Remove what was installed and cached; the data stay
	@rm -rf $(VENV) build paperboy.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find bot adapters tests -name __pycache__ -type d -prune -exec rm -rf {} +

# The first Python that is new enough; PYTHON=… names one.
$(STAMPS)/venv:
	@for python in $(if $(PYTHON),$(PYTHON),python3 python3.14 python3.13 python3.12 python3.11 python); do \
		if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then break; fi; \
		python=; \
	done; \
	if [ -z "$$python" ]; then \
		echo "Paperboy needs Python 3.11 or newer, and found none. Install one, or name it: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)" >&2; \
		exit 1; \
	fi; \
	if ! said=$$($$python -m venv $(VENV) 2>&1); then \
		echo "$$said" >&2; \
		echo "The virtual environment $(VENV) could not be made. On Debian and Ubuntu: apt-get install python3-venv. Then again: make $(MAKECMDGOALS)" >&2; \
		exit 1; \
	fi
	@mkdir -p $(STAMPS) && touch $@

define install_pinned
	@echo "Installing what Paperboy needs into $(VENV) (once, about a minute) …" >&2
	@if ! $(PIP) --require-hashes --requirement $(1) || ! $(PIP) --no-build-isolation --no-deps --editable .; then \
		echo "The libraries named in $(1) could not be installed; the lines above say why. Is there a network? Then again: make $(MAKECMDGOALS)" >&2; \
		exit 1; \
	fi
endef

$(STAMPS)/run: $(STAMPS)/venv requirements.txt pyproject.toml
	$(call install_pinned,requirements.txt)
	@touch $@

# What the tests need holds what the program needs, so this serves `run` as well.
$(STAMPS)/dev: $(STAMPS)/venv requirements.txt requirements-dev.txt pyproject.toml
	$(call install_pinned,requirements-dev.txt)
	@touch $(STAMPS)/run $@
