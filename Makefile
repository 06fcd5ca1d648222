# AudioMarathon's commands. `make run` and `make test` set up all that they need.

.PHONY: help setup run test test-setup lint types test-fast test-browser test-kvpress coverage docs sbom bench
.NOTPARALLEL:

PYTHON_OF_APP := .venv/bin/python

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1\t/p' Makefile | expand -t 16

setup: ## Make .venv with the application; instant when nothing has changed
	@scripts/environment.sh .venv constraints.txt requirements.txt
	@.venv/bin/amarathon models fetch --optional

run: setup ## Serve the app at http://127.0.0.1:7860 (AMARATHON_PORT)
	@exec $(PYTHON_OF_APP) app.py

test: lint types test-fast test-browser test-kvpress ## Check and test everything

test-setup: setup
	@scripts/environment.sh .venv constraints.txt requirements-test.txt
	@scripts/test-programs.sh

lint: test-setup ## Check style with ruff and codespell, the floor plan with import-linter
	$(PYTHON_OF_APP) -m ruff check .
	$(PYTHON_OF_APP) -m ruff format --check .
	.venv/bin/codespell
	.venv/bin/lint-imports

types: test-setup ## Check types with mypy
	$(PYTHON_OF_APP) -m mypy

# One thread for each of the two workers: more only makes them wait for each other.
test-fast: test-setup ## Run all tests but the browser's
	OMP_NUM_THREADS=1 $(PYTHON_OF_APP) -m pytest -n 2 --dist loadfile --ignore tests/browser --ignore tests/kvpress_env

test-browser: test-setup ## Run the tests that drive a browser
	$(PYTHON_OF_APP) -m pytest -n 2 --dist loadfile tests/browser

test-kvpress: ## Prove hooks and eviction scores on transformers 5.2 with kvpress, in an environment of its own
	@scripts/environment.sh .venv-kvpress constraints-kvpress.txt requirements-kvpress.txt
	OMP_NUM_THREADS=1 .venv-kvpress/bin/python -m pytest tests/kvpress_env tests/compression \
		tests/models/test_qwen2_5_omni.py tests/models/families --ignore tests/models/families/test_gemma3n.py \
		--ignore tests/models/families/test_musicflamingo.py --ignore tests/models/families/test_gemma4.py \
		--ignore tests/models/families/test_glmasr.py

docs: test-setup ## Build the documentation into build/docs
	NO_MKDOCS_2_WARNING=1 $(PYTHON_OF_APP) -m mkdocs build --quiet
	@echo "build/docs/index.html"

sbom: test-setup ## List all that the app consists of, with licences, into build/sbom.cdx.json (CycloneDX)
	@mkdir -p build
	$(PYTHON_OF_APP) scripts/sbom.py build/sbom.cdx.json

coverage: test-setup ## Report which lines and branches the tests reach
	OMP_NUM_THREADS=1 $(PYTHON_OF_APP) -m pytest -n 2 --dist loadfile --ignore tests/browser --ignore tests/kvpress_env \
		--cov --cov-report=term --cov-report=json:build/coverage.json

bench: setup ## Measure what people and programs wait for, each beside its peer or limit (QUICK=1: five minutes)
	@scripts/environment.sh --alone .venv-label-studio constraints-label-studio.txt requirements-label-studio.txt
	@scripts/environment.sh .venv-kvpress constraints-kvpress.txt requirements-kvpress.txt
	$(PYTHON_OF_APP) -m benchmarks $(if $(QUICK),--quick)
