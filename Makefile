# The tracker's commands. `make help` prints them.
SHELL := /bin/sh
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 5000
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DEV_STAMP := $(VENV)/.installed-dev
FONTS := $(VENV)/share/projects-fonts/.ready
PO := $(wildcard projects/translations/*/LC_MESSAGES/messages.po)
MO := $(PO:.po=.mo)
export PYTHONDONTWRITEBYTECODE =

.PHONY: help install run test lint bench lock translations clean
help:  ## print this
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | sort

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; set PYTHON=/path/to/python3.11" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

$(STAMP): requirements.txt $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@printf '#!/bin/sh\nPYTHONPATH="%s$${PYTHONPATH:+:$$PYTHONPATH}" exec "%s/$(BIN)/python" -m projects "$$@"\n' "$(CURDIR)" "$(CURDIR)" > $(BIN)/projects
	@chmod +x $(BIN)/projects
	@touch $@

$(DEV_STAMP): requirements-dev.txt $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

%.mo: %.po $(STAMP)
	$(BIN)/pybabel --quiet compile --statistics -i $< -o $@

$(FONTS): projects/sheets/fonts/extract.py $(STAMP)
	$(BIN)/python -m projects.sheets.fonts.extract
	@mkdir -p $(@D) && touch $@

install: $(STAMP) $(MO) $(FONTS)  ## prepare .venv: pinned packages, translations, chart fonts

run: install  ## install, create or upgrade the database, load the demo the first time, serve on HOST:PORT
	@HOST=$(HOST) PORT=$(PORT) $(BIN)/projects serve

test: $(DEV_STAMP) install  ## install what tests need and run all of them
	@sh .ci/browser
	$(MAKE) --no-print-directory lint
	$(BIN)/python -m pytest -q -n auto --dist loadfile $(ARGS)

lint: $(DEV_STAMP)  ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(DEV_STAMP) install  ## measure pages and exports beside the bars, and write benchmarks/results.md
	$(BIN)/python benchmarks/run.py $(ARGS)

lock:  ## pin requirements*.in again, with hashes (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes -q requirements.in -o requirements.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes -q requirements-s3.in -o requirements-s3.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes -q requirements-sso.in -o requirements-sso.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes -q requirements-dev.in -o requirements-dev.txt

translations: $(DEV_STAMP)  ## collect new texts into the English catalogue
	PYTHONPATH=. $(BIN)/pybabel --quiet extract -F babel.cfg -k N_ -k _l -k lazy_gettext --no-location --sort-output -o projects/translations/messages.pot .
	$(BIN)/pybabel --quiet update -i projects/translations/messages.pot -d projects/translations --no-fuzzy-matching --ignore-obsolete
	rm projects/translations/messages.pot

clean:  ## remove what was made, except instance/
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache
