# `make demo`: a running service in a minute. `make test`: what CI runs. Both need Python 3.11+.

PYTHON ?= python3
AUTH ?= session
PORT ?= 8000
BIN := .venv/bin
PICTURES := sign-in-light sign-in-dark home-light your-devices-light \
	your-devices-narrow

.PHONY: demo test test-fast test-nightly test-container lint screenshots benchmark \
	benchmark-documents clean

demo: .venv/demo
	@$(BIN)/python scripts/demo.py --auth=$(AUTH) --port=$(PORT)

test: lint
	$(BIN)/pytest --numprocesses=2 --dist=loadgroup --costs=build/costs.json \
		-m "not container and not nightly"

# Under two minutes: everything that installs nothing and starts no server.
test-fast: lint
	$(BIN)/pytest --numprocesses=2 -m "not slow and not container and not nightly"

# Other combinations and more rounds of what `make test` proves. Takes hours.
test-nightly: .venv/dev
	$(BIN)/pytest --numprocesses=2 --dist=loadgroup -m nightly

# Builds images and runs them. On Debian, as root, it installs what that takes.
test-container: .venv/dev
	scripts/install-container-tools
	$(BIN)/pytest -m container -rP

lint: .venv/dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/python scripts/check_language.py .

# Takes new pictures for the documents.
screenshots: .venv/dev
	rm -rf build/screenshots
	SCREENSHOTS_TO=build/screenshots $(BIN)/pytest tests/browser/test_flows.py -k session
	cp $(PICTURES:%=build/screenshots/%.png) docs/images/
	optipng -quiet -o5 $(PICTURES:%=docs/images/%.png)

# Costs next to those of other packages. Its times count only on a machine that does nothing else.
# `make benchmark OPTIONS=--quick` tries it out, `OPTIONS=--help` shows its parts.
benchmark: .venv/dev
	$(BIN)/python -m benchmarks $(OPTIONS)

# Draws the tables and pictures of the documents from benchmarks/results.json.
benchmark-documents: .venv/dev
	$(BIN)/python -m benchmarks.documents

.venv/demo .venv/dev: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "uv>=0.9"
	$(BIN)/uv pip install --quiet --python $(BIN)/python --group $(@F)
	@touch $@

clean:
	rm -rf build .venv
