# The tracker's commands. `make help` prints them.
SHELL := /bin/sh
PYTHON ?= $(shell for one in python3 python3.14 python3.13 python3.12 python3.11; do $$one -c 'import ensurepip; $(FITS)' 2>/dev/null && echo $$one && break; done)
FITS := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))
HOST ?= 127.0.0.1
PORT ?= 5000
SEED ?= 1
VENV := .venv
BIN := $(VENV)/bin
MADE := $(VENV)/pyvenv.cfg
HALF := $(VENV)/.half
STAMP := $(VENV)/.installed
DEV_STAMP := $(VENV)/.installed-dev
FONTS := $(VENV)/share/projects-fonts/.ready
PO := $(wildcard projects/translations/*/LC_MESSAGES/messages.po)
MO := $(PO:.po=.mo)
WHICH := import sys; print(sys.base_prefix, sys.version)
NAMED = $(filter command environment,$(firstword $(origin PYTHON)))
AS_NAMED = $(if $(NAMED),[ "$$($(PYTHON) -c '$(WHICH)')" = "$$($(BIN)/python -c '$(WHICH)')" ],true)
INSTALL = touch $(HALF) && $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-user --only-binary :all: --require-hashes -r $< && rm $(HALF)
export PYTHONDONTWRITEBYTECODE =
unexport PYTHONHOME PYTHONPATH PYTHONSAFEPATH PYTHONOPTIMIZE PYTHONWARNINGS

.PHONY: help install run test test-long lint bench bench-scale mutants lock translations clean
help:  ## print this
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | sort

# .venv is made anew where it was left half done or moved, or its Python is gone, too old or not the one that PYTHON= names
$(MADE): FORCE
	@[ ! -e $(HALF) ] && $(BIN)/python -c 'import pip; $(FITS)' 2>/dev/null && grep -qF ' $(CURDIR)/$(VENV)' $@ && $(AS_NAMED) || { \
	  new="$(PYTHON)"; $${new:-false} -c 'import ensurepip; $(FITS)' 2>/dev/null || { \
	    echo "Python 3.11 to 3.14 with venv is needed (Debian: apt-get install python3-venv); PYTHON=/path/to/python3.11 names one"; exit 1; }; \
	  $$new -m venv --clear $(VENV); }
FORCE:

$(STAMP): requirements.txt $(MADE)
	@$(INSTALL)
	@printf '#!/bin/sh\nPYTHONPATH="%s$${PYTHONPATH:+:$$PYTHONPATH}" exec "%s/$(BIN)/python" -m projects "$$@"\n' "$(CURDIR)" "$(CURDIR)" > $(BIN)/projects
	@chmod +x $(BIN)/projects
	@touch $@

$(DEV_STAMP): requirements-dev.txt $(STAMP)
	@$(INSTALL)
	@touch $@

%.mo: %.po $(STAMP)
	$(BIN)/pybabel --quiet compile --statistics -i $< -o $@

$(FONTS): projects/sheets/fonts/extract.py $(STAMP)
	$(BIN)/python -m projects.sheets.fonts.extract
	@mkdir -p $(@D) && touch $@

install: $(STAMP) $(MO) $(FONTS)  ## prepare .venv: pinned packages, translations, chart fonts

run: install  ## install, create or upgrade the database, load the demo the first time, serve on HOST:PORT
	@HOST=$(HOST) PORT=$(PORT) PYTHONIOENCODING=:replace $(BIN)/projects serve

test: $(DEV_STAMP) install  ## install what tests need and run all of them
	@sh .ci/browser
	$(MAKE) --no-print-directory lint
	$(BIN)/python -m pytest -q -n auto --dist loadfile $(ARGS)

test-long:  ## as test, with all the cases of tests that try many
	@LONG=1 $(MAKE) --no-print-directory test

lint: $(DEV_STAMP)  ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(DEV_STAMP) install  ## measure pages and exports beside the bars, and write benchmarks/results.md
	$(BIN)/python benchmarks/run.py $(ARGS)

bench-scale: $(DEV_STAMP) install  ## measure every page at 1,000 and at 10,000 projects, and write benchmarks/scale.md
	$(BIN)/python -m benchmarks.scale --out benchmarks/scale.md $(ARGS)

mutants: $(DEV_STAMP) install  ## change rules a little, 500 times by SEED, and write benchmarks/mutants.md: which changes no test notices
	$(BIN)/python mutants/run.py --seed $(SEED) $(ARGS)

lock:  ## pin requirements*.in again, with extras and hashes (needs uv)
	for name in requirements requirements-s3 requirements-sso requirements-dev; do \
	  uv pip compile --universal --python-version 3.11 --no-strip-extras --generate-hashes -q $$name.in -o $$name.txt || exit; done

translations: $(DEV_STAMP)  ## collect new texts into the English catalogue
	PYTHONPATH=. $(BIN)/pybabel --quiet extract -F babel.cfg -k N_ -k _l -k lazy_gettext --no-location --sort-output -o projects/translations/messages.pot .
	$(BIN)/pybabel --quiet update -i projects/translations/messages.pot -d projects/translations --no-fuzzy-matching --ignore-obsolete
	rm projects/translations/messages.pot

clean:  ## remove what was made, except instance/
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache
