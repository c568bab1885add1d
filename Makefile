# The two commands: `make run` and `make test`. Everything they need, they install in .venv.
PYTHON ?= python3
AMORCE = $(PYTHON) outils/amorce.py
PIP_COMPILE = .venv/bin/pip-compile -q --no-header --strip-extras --no-emit-index-url --no-emit-find-links \
	--no-emit-trusted-host --no-emit-options

.PHONY: run test lint exigences captures

run: ## The app on http://127.0.0.1:8000 (PORT=… for another port), with a demonstration company
	@$(AMORCE) app -- manage.py demarrer

test: ## All the tests, on SQLite and on PostgreSQL (ARGS=tests/noyau for a part)
	@$(AMORCE) dev -- outils/tester.py $(ARGS)

lint: ## Formatting, types, templates, directions of the imports, migrations, deployment settings
	@$(AMORCE) dev -- outils/verifier.py

captures: ## The pictures of the user guide, on the demonstration
	@$(AMORCE) dev -- outils/captures.py

exigences: ## Compile requirements*.txt from requirements*.in
	@$(AMORCE) dev
	$(PIP_COMPILE) -o requirements.txt requirements.in
	$(PIP_COMPILE) -o requirements-dev.txt requirements-dev.in
