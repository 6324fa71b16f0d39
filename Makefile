# What there is to do here; `make` alone says it.
PYTHON := .venv/bin/python
PEOPLE ?= 10000
PORT ?= 8000
# Two processes: Spark plans in one thread, so that one of them keeps one core busy.
WORKERS ?= 2

.PHONY: help install demo test prove lint bench lock clean

help:
	@echo "make demo    install, make a city, run every job, start the store and the API, print the page's address"
	@echo "make test    install and run the tests"
	@echo "make prove   the long proofs: the same properties, many more cases and kills"
	@echo "make lint    formatting, style, types, import arrows, and the YAML that officials edit"
	@echo "make bench   measure the ratios, print them, write build/bench.json"
	@echo "make lock    resolve the versions anew into requirements.lock"
	@echo "make clean   remove what the other targets made (.venv too)"

install:
	@./install.sh

demo: install
	@$(PYTHON) -m jobs demo --people $(PEOPLE) --port $(PORT)

test: install
	@$(PYTHON) -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

prove: install
	@YIDANG_PROVE=1 $(PYTHON) -m pytest

lint: install
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m mypy
	@$(PYTHON) -m jobs contracts
	@$(PYTHON) -m tagging check
	@$(PYTHON) -m recommender check

bench: install
	@$(PYTHON) -m tests.bench

# Hashes, and no address of any index.
lock: install
	@.venv/bin/uv pip compile --quiet --universal --generate-hashes --no-header --extra demo --extra client --extra test --python-version 3.11 \
		pyproject.toml -o requirements.lock

clean:
	@rm -rf .venv build var lake spark-warehouse *.egg-info .pytest_cache .hypothesis .mypy_cache .ruff_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
