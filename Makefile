# Two commands on a fresh Debian: `make run` serves the sample, `make test` runs every test.
# What is done already is not done again: stamps lie in .venv/ and in the home folder.

.POSIX:
.SUFFIXES:
.PHONY: help run sample install runs test test-full check format bench worlds pictures lock clean
.DEFAULT_GOAL := help

PYTHON = python3
VENV = .venv
PY = $(VENV)/bin/python
HOST = 127.0.0.1
PORT ?= 8000
WORKERS = 2
ARGS =

# The day that the sample is served as of, and the folder that it is kept in.
SAMPLE_DAY = 2026-05-15
SAMPLE_HOME = $${PLACEMENT_HOME:-var}

# The build of LightFM must not be tuned to this processor: an environment may move.
BUILD = LIGHTFM_NO_CFLAGS=1

help:
	@echo "make run       make .venv, import the sample, train, serve http://$(HOST):$(PORT) (PORT=, HOST=)"
	@echo "make test      run every test (ARGS=\"-k ranking\")"
	@echo "make check     format, lint, types, layers"
	@echo "make install   make .venv with everything that runs and checks"
	@echo "make format    mend what can be mended"
	@echo "make bench     measure speed and memory"
	@echo "make worlds    hold the program to worlds whose truth is known (an hour or two, resumable)"
	@echo "make pictures  make the pictures of the documentation again"

# --- installing -------------------------------------------------------------------------------

# A stamp is named for the content of what it was made from, not for its time.
RUN_STAMP = $(VENV)/.runs-$$(cksum < requirements.txt | cut -d' ' -f1)
ALL_STAMP = $(VENV)/.checks-$$(cat requirements.txt requirements-dev.txt | cksum | cut -d' ' -f1)

# Said before anything is built, since a page of build log says it less plainly.
define NEEDED
fail() { echo "$$1" >&2; exit 1; }; \
command -v $(PYTHON) >/dev/null 2>&1 || fail "Python is missing: apt-get install python3 (缺少 Python)"; \
$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	fail "$(PYTHON) is older than 3.11; name a newer one: make PYTHON=python3.12 (Python 版本低于 3.11)"; \
command -v $${CC:-gcc} >/dev/null 2>&1 || \
	fail "A C compiler is missing (LightFM is built from source): apt-get install build-essential (缺少 C 编译器)"; \
$(PYTHON) -c 'import os, sys, sysconfig; sys.exit(not os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h")))' || \
	fail "Python's headers are missing: apt-get install python3-dev (缺少 Python 头文件)"; \
command -v uv >/dev/null 2>&1 || $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	fail "Python's venv is missing: apt-get install python3-venv (缺少 venv 模块)"
endef

# $(1): requirement files, each with -r.
define INSTALL
$(NEEDED); \
if command -v uv >/dev/null 2>&1; then \
	[ -x $(PY) ] || { rm -rf $(VENV); uv venv --quiet --python "$$(command -v $(PYTHON))" $(VENV); }; \
	$(BUILD) uv pip install --python $(PY) --require-hashes --refresh-package rectools-lightfm $(1); \
else \
	[ -x $(PY) ] || { rm -rf $(VENV); $(PYTHON) -m venv $(VENV); }; \
	$(BUILD) $(PY) -m pip install --disable-pip-version-check --no-cache-dir --require-hashes $(1); \
fi
endef

install:
	@set -e; if [ ! -e "$(ALL_STAMP)" ]; then \
		echo "==> Installing what runs and what checks (a few minutes, once)"; \
		$(call INSTALL,-r requirements.txt -r requirements-dev.txt); \
		touch "$(ALL_STAMP)" "$(RUN_STAMP)"; \
	fi

runs:
	@set -e; if [ ! -e "$(RUN_STAMP)" ]; then \
		echo "==> Installing what runs (a minute or two, once)"; \
		$(call INSTALL,-r requirements.txt); \
		touch "$(RUN_STAMP)"; \
	fi

# --- running ----------------------------------------------------------------------------------

# The sample never goes into a database that is configured for real data.
SAMPLE = env -u PLACEMENT_DATABASE_URL PLACEMENT_HOME="$(SAMPLE_HOME)" \
	PLACEMENT_AS_OF=$(SAMPLE_DAY) PLACEMENT_SAMPLE=1
SHEETS = training_data/demand_catalog.csv training_data/graduates.csv \
	training_data/outcomes.csv training_data/members.csv training_data/agreements.csv

# What the stored sample and its model were made from.
STORED_SUM = $$(cat $(SHEETS) recommender/data/migrations/versions/*.py | cksum)
MODEL_SUM = $$(cat $(SHEETS) recommender/data/tables/*.csv recommender/model/*.py | cksum)

run: sample
	@exec $(SAMPLE) $(PY) -m recommender serve --host $(HOST) --port $(PORT) --workers $(WORKERS)

sample: runs
	@set -e; home="$(SAMPLE_HOME)"; database="$$home/placement.sqlite3"; \
	if [ -e "$$database" ] && [ ! -e "$$home/sample.stored" ]; then \
		echo "$$home holds data that are not the sample: PLACEMENT_HOME=var/sample make run ($$home 中已有其他数据)" >&2; \
		exit 1; \
	fi; \
	mkdir -p "$$home"; \
	if [ ! -e "$$database" ] || [ "$$(cat "$$home/sample.stored")" != "$(STORED_SUM)" ]; then \
		echo "==> Importing the sample (导入样例)"; \
		echo begun > "$$home/sample.stored"; \
		rm -rf "$$home/sample.model" "$$home/old"; \
		for each in "$$database" "$$database-wal" "$$database-shm" "$$home/models"; do \
			[ ! -e "$$each" ] || { mkdir -p "$$home/old"; mv "$$each" "$$home/old/"; }; \
		done; \
		$(SAMPLE) $(PY) -m recommender import $(SHEETS); \
		echo "$(STORED_SUM)" > "$$home/sample.stored"; \
	fi; \
	if [ ! -e "$$home/models/current.json" ] || [ ! -e "$$home/sample.model" ] \
			|| [ "$$(cat "$$home/sample.model")" != "$(MODEL_SUM)" ]; then \
		echo "==> Training and publishing (训练并发布)"; \
		$(SAMPLE) $(PY) -m recommender retrain; \
		echo "$(MODEL_SUM)" > "$$home/sample.model"; \
	fi

# --- checking ---------------------------------------------------------------------------------

# Two at a time, a file to a process, so that what a file prepares is prepared once; ARGS="-n 0" for one.
test: install
	@$(PY) -m pytest -n 2 --dist loadfile $(ARGS)

# Where a stated size is too large for every run, `test` takes a tenth.
test-full: install
	@PLACEMENT_TEST_FULL=1 $(PY) -m pytest -n 2 --dist loadfile $(ARGS)

check: install
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports

format: install
	@$(VENV)/bin/ruff format .
	@$(VENV)/bin/ruff check --fix .

bench: install
	@$(PY) -m benchmarks $(ARGS)

worlds: install
	@OMP_NUM_THREADS=1 $(PY) -m benchmarks.worlds --write docs/evaluation.md $(ARGS)

pictures: install sample
	@$(SAMPLE) $(PY) -m docs.pictures

lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--quiet --output-file requirements.txt requirements.in
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--quiet --output-file requirements-dev.txt requirements-dev.in

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
