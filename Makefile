# Every target sets up what it needs: its own virtual environment, with pip alone. The second run is quick.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
FOLDERS := twin prompts tools graphs agent eval training
# setuptools warns of editable folders at length; nobody here can act on it.
PIP := PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --disable-pip-version-check

SCENES := build/scenes
SCENES_ENV := DTWINSEGER_HOME=$(SCENES)/home

.PHONY: demo test test-all check format bench quality scenes clean

demo: $(VENV)/core.stamp
	@$(BIN)/python examples/demo.py

test: $(VENV)/dev.stamp
	$(BIN)/python -m pytest -m "not system and not servers" -n 2

# As test, and what needs more of the operating system than pip, or third parties' servers; here nothing may be
# skipped.
test-all: $(VENV)/servers.stamp check
	CI=true $(BIN)/python -m pytest -n 2 --durations 15

check: $(VENV)/dev.stamp .typing/dtwinseger
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	PYTHONPATH=.typing $(BIN)/lint-imports
	$(BIN)/mypy .typing/dtwinseger

format: $(VENV)/dev.stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/dev.stamp
	$(BIN)/python bench/masks.py
	$(BIN)/python bench/latency.py
	$(BIN)/python bench/scenes.py --speed
	$(BIN)/python bench/tagging.py
	$(BIN)/python bench/proposals.py --points 8 --sizes 480x640

# The embedded parts' figures against the committed ones: needs the photos, see bench/regions.py and bench/questions.py.
quality: $(VENV)/dev.stamp
	$(BIN)/python bench/regions.py --check bench/results/regions.json
	$(BIN)/python bench/questions.py --wrong --check bench/results/questions.json

# Forty scenes made, checked by the independent validator, and answered: the planner alone, then everything.
scenes: $(VENV)/dev.stamp
	rm -rf $(SCENES)
	$(SCENES_ENV) $(BIN)/dtwinseger scenes make --out $(SCENES)/made --n 40 --seed 1
	$(SCENES_ENV) $(BIN)/dtwinseger scenes check $(SCENES)/made
	$(SCENES_ENV) $(BIN)/dtwinseger eval scenes --root $(SCENES)/made --out $(SCENES)/gold --twin gold
	$(SCENES_ENV) $(BIN)/dtwinseger eval scenes --root $(SCENES)/made --out $(SCENES)/built

clean:
	rm -rf $(VENV) .typing build demo-out .mypy_cache .pytest_cache .ruff_cache .import_linter_cache *.egg-info

$(VENV)/pip.stamp:
	$(PYTHON) -m venv $(VENV)
	$(PIP) --upgrade pip
	@touch $@

$(VENV)/core.stamp: $(VENV)/pip.stamp pyproject.toml constraints.txt
	$(PIP) --constraint constraints.txt --editable .
	@touch $@

$(VENV)/dev.stamp: $(VENV)/core.stamp
	$(PIP) --constraint constraints.txt --editable ".[dev]"
	@touch $@

# llama.cpp is built for this kind of processor, not for this very one, and without what looks at pictures.
$(VENV)/servers.stamp: $(VENV)/dev.stamp
	@command -v g++ >/dev/null || { echo "make test-all builds llama.cpp's server: install g++ and cmake"; exit 1; }
	CMAKE_ARGS="-DGGML_NATIVE=OFF -DLLAVA_BUILD=OFF" $(PIP) --constraint constraints.txt --editable ".[dev,servers]"
	@touch $@

# Type checkers and import-linter want to find dtwinseger.<folder> on a path; the folders stand at the top.
.typing/dtwinseger:
	mkdir -p $@
	for folder in $(FOLDERS); do ln -sfn ../../$$folder $@/$$folder; done
