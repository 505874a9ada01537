# The project on a fresh machine: each target sets up its environment where it is missing or out of date.
PYTHON ?= python3
BIN := .venv/bin
# Compiled modules are kept even where the machine's settings say otherwise: every notebook starts a new Python.
export PYTHONDONTWRITEBYTECODE =

# What is installed, and what builds the package, each by its hash in the lock.
PINNED := --constraint requirements.lock --build-constraint requirements.lock
INSTALL_UV := install --quiet --disable-pip-version-check --requirement .venv/uv.txt

.DEFAULT_GOAL := report
.PHONY: report check extras wheel test test-all fuzz lint words lab lock bench picture clean

report: .venv/ready  ## the annual report of YEAR (the newest by default)
	$(BIN)/pilot run $(YEAR)

check: .venv/ready  ## what is found in the table of YEAR; writes nothing
	$(BIN)/pilot check $(YEAR)

extras: .venv/uv  ## what docx, pdf and a cluster want
	$(BIN)/uv pip install --quiet --python $(BIN)/python $(PINNED) --editable ".[office,pdf,formats,cluster]"
	$(HERE)

wheel: .venv/uv  ## the package in one file, dist/*.whl, with what `pilot init` begins another school's project with
	$(BIN)/uv build --quiet --wheel --build-constraint requirements.lock

# The types, which take half a minute where they have not been checked before, are checked beside the tests, and told of
# when these have ended.
TESTED = $(MAKE) --no-print-directory lint > .venv/lint.txt 2>&1 & \
	$(BIN)/python -m pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder $(1); tests=$$?; \
	wait $$!; lint=$$?; cat .venv/lint.txt; exit $$((tests || lint))

test: .venv/ready-dev  ## lint, types and the whole test suite
	@$(call TESTED)

test-all: .venv/ready-dev  ## the same with what takes long: kills at many moments, a cluster, every width and ground
	@$(call TESTED,-m "")

fuzz: .venv/ready-dev  ## ten thousand damaged files, each read whole or refused in a sentence; a quarter of an hour
	$(BIN)/python -m tests.fuzz --inputs 10000 --seconds 900

lint: .venv/ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

words: .venv/ready-dev  ## what click says, in Chinese, as the file that it reads
	$(BIN)/pybabel -q compile -D pilotlib -d pilotlib/locale

lab: .venv/ready  ## JupyterLab with the notebooks; OPTIONS are Jupyter's own
	$(BIN)/jupyter lab --config=jupyter/jupyter_lab_config.py $(OPTIONS)

lock: .venv/ready-dev  ## pin every dependency anew, with hashes and without a registry's address
	$(BIN)/uv pip compile --upgrade --universal --generate-hashes --all-extras --group bench --no-header --no-annotate \
		pyproject.toml -o requirements.lock

bench: .venv/ready-dev  ## how long everything takes, beside others; writes docs/performance.md; half an hour
	$(BIN)/uv pip install --quiet --python $(BIN)/python --constraint requirements.lock --group bench
	$(BIN)/python -m benchmarks.performance $(OPTIONS)

picture: .venv/ready-dev  ## the picture of the report in the README; wants chromium
	$(BIN)/python docs/make_picture.py "$$($(BIN)/pilot run $(YEAR) | tail -n 1 | sed 's/.*：//; s/ .*//')"

clean:  ## remove the environment and everything that runs have made
	rm -rf .venv .pilot reports/[0-9]* reports/trends reports/batch reports/index.html data/processed/[0-9]* data/processed/batch

# In the C locale Python takes names for UTF-8, whatever the machine's settings; in GBK a path in Chinese would be another.
.venv/uv .venv/ready .venv/ready-dev extras: export LC_ALL = C
lab: export PYTHONUTF8 = 1

# What says where the package is, without the project's own path: at one in Chinese Python 3.11 and 3.12 stop in GBK.
HERE := cd .venv/lib/python3*/site-packages && echo ../../../.. > _pilotlib.pth

# uv comes from PyPI, by its hash in the lock; it then installs the rest, each by its hash in the lock.
.venv/uv: requirements.lock
	$(PYTHON) -m venv --clear --without-pip .venv
	sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > .venv/uv.txt
	@# The machine's own pip, where it has one, saves setting up another: a third of the time to the first report.
	$(PYTHON) -m pip --python $(BIN)/python $(INSTALL_UV) || ($(PYTHON) -m venv .venv && $(BIN)/python -m pip $(INSTALL_UV))
	touch $@

.venv/ready: .venv/uv pyproject.toml
	$(BIN)/uv pip install --quiet --python $(BIN)/python $(PINNED) --editable .
	$(HERE)
	touch $@

.venv/ready-dev: .venv/uv pyproject.toml
	$(BIN)/uv pip install --quiet --python $(BIN)/python $(PINNED) --editable ".[dev]"
	$(HERE)
	touch .venv/ready $@
