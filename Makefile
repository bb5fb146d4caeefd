# `make` lists the targets. `make run` and `make test` set the machine up on the way.

VENV = .venv/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
RUN = .venv/ready-to-run
TEST = .venv/ready-to-test

# A .venv that was moved or copied here is made anew: its scripts hold the full path.
location := $(shell cat .venv/location 2>/dev/null)
ifneq ($(location),$(CURDIR))
.PHONY: $(RUN) $(TEST)
endif

.PHONY: help run test faults lint lock exchange package bench bench-timeline bench-network bench-rivals screenshots clean
.DEFAULT_GOAL = help

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

run: $(RUN) ## start Backlit; ARGS='train xor' passes a command
	@$(VENV)/backlit $(ARGS)

test: lint ## everything CI runs: lint, then pytest; ARGS='-k canvas' chooses
	QT_QPA_PLATFORM=offscreen $(VENV)/python -m pytest --numprocesses auto --dist worksteal $(ARGS)

lint: $(TEST) ## ruff, mypy and the import rules
	$(VENV)/ruff check
	$(VENV)/ruff format --check
	$(VENV)/mypy
	$(VENV)/lint-imports --no-cache

# Exported scripts in an environment of their own, with PyTorch; ARGS='-k keras' chooses.
EXCHANGE = build/exchange-venv
exchange: $(EXCHANGE)/ready ## exported PyTorch and Keras scripts, run with PyTorch
	$(EXCHANGE)/$(notdir $(VENV))/python -m pytest -q --override-ini addopts= \
		tests/exchange_torch $(ARGS)

# The executable is built in an environment of its own, so that nothing but its parts can ship.
PACKAGE = build/package-venv
package: $(PACKAGE)/ready ## an executable without Python into dist, tried out; --no-archives
	PYTHONPATH=. $(PACKAGE)/$(notdir $(VENV))/python packaging/package.py $(ARGS)

# Kills, power cuts, full disks: needs strace, and root for the disks.  What cannot be tried fails.
faults: $(TEST) ## what may go wrong, done for real and counted; takes half an hour; ARGS='F5 F7'
	QT_QPA_PLATFORM=offscreen $(VENV)/python -m tests.faults.run $(ARGS)

bench: $(TEST) ## measure the engine and the window; ARGS='--rounds 5'
	$(VENV)/python -m tests.bench.run $(ARGS)

bench-timeline: $(TEST) ## what the timeline costs, and how long seeking takes; takes minutes
	$(VENV)/python -m tests.bench.timeline $(ARGS)

bench-network: $(TEST) ## how quickly the network view opens, pans, zooms and refreshes
	$(VENV)/python -m tests.bench.network_view $(ARGS)

# The rivals get an environment of their own. PLAYGROUND is src/nn.ts of tensorflow/playground.
RIVALS = build/bench-venv
bench-rivals: $(RIVALS)/ready ## the engine against PyTorch and others; PLAYGROUND=nn.ts
	$(RIVALS)/$(notdir $(VENV))/python -m tests.bench.rivals \
		$(if $(PLAYGROUND),--playground '$(PLAYGROUND)') $(ARGS)

# A picture of every state worth looking at, in both themes and two sizes.
SCREENSHOT = $(VENV)/backlit screenshot digits-5x5
screenshots: $(RUN) ## pictures of the window into build/screenshots
	@mkdir -p build/screenshots
	@for theme in light dark; do for size in 1280x800 1920x1080; do \
		echo "build/screenshots/*-$$theme-$$size.png"; \
		$(SCREENSHOT) build/screenshots/start-$$theme-$$size.png \
			--theme $$theme --size $$size && \
		$(SCREENSHOT) build/screenshots/trained-$$theme-$$size.png \
			--theme $$theme --size $$size --after 1250 && \
		$(SCREENSHOT) build/screenshots/stepping-$$theme-$$size.png \
			--theme $$theme --size $$size --after 40 --phase 4 || exit 1; \
	done; done

# uv resolves for every platform at once; it is needed for nothing else, so it lives in build.
COMPILE = build/lock/bin/uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-emit-find-links --strip-extras \
	--custom-compile-command 'make lock' $(UPGRADE)
COMPILE_PROJECT = $(COMPILE) pyproject.toml --group editable
lock: ## pin again what pyproject.toml asks for; UPGRADE=--upgrade moves to the newest
	@test -x build/lock/bin/uv || { python3 -m venv build/lock && build/lock/bin/pip -q install uv; }
	$(COMPILE_PROJECT) --output-file requirements.txt
	$(COMPILE_PROJECT) --extra dev --constraint requirements.txt --output-file requirements-dev.txt
	$(COMPILE_PROJECT) --extra keras packaging/requirements.in \
		--constraint requirements-dev.txt --output-file requirements-package.txt
	UV_FIND_LINKS="$${UV_FIND_LINKS-$$PIP_FIND_LINKS}" $(COMPILE) tests/bench/requirements.in \
		--constraint requirements.txt --output-file requirements-bench.txt
	UV_FIND_LINKS="$${UV_FIND_LINKS-$$PIP_FIND_LINKS}" $(COMPILE) \
		tests/exchange_torch/requirements.in --constraint requirements-dev.txt \
		--constraint requirements-bench.txt --output-file requirements-exchange.txt

clean: ## remove all that make made, .venv included
	rm -rf .venv build dist *.egg-info .*_cache .hypothesis .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(RUN): requirements.txt pyproject.toml packaging/setup.sh
	@packaging/setup.sh run

$(TEST): requirements.txt requirements-dev.txt pyproject.toml packaging/setup.sh
	@packaging/setup.sh dev

$(RIVALS)/ready: requirements-bench.txt | $(RUN)
	rm -rf $(RIVALS)
	$(VENV)/python -m venv $(RIVALS)
	$(RIVALS)/$(notdir $(VENV))/python -m pip -q --disable-pip-version-check install \
		--require-hashes --only-binary=:all: -r requirements-bench.txt || \
		{ echo "tests/bench/requirements.in says where it can be installed." >&2; exit 1; }
	@touch $@

$(PACKAGE)/ready: requirements-package.txt | $(RUN)
	rm -rf $(PACKAGE)
	$(VENV)/python -m venv $(PACKAGE)
	$(PACKAGE)/$(notdir $(VENV))/python -m pip -q --disable-pip-version-check install \
		--require-hashes --only-binary=:all: -r requirements-package.txt
	@touch $@

$(EXCHANGE)/ready: requirements-exchange.txt | $(RUN)
	rm -rf $(EXCHANGE)
	$(VENV)/python -m venv $(EXCHANGE)
	$(EXCHANGE)/$(notdir $(VENV))/python -m pip -q --disable-pip-version-check install \
		--require-hashes --only-binary=:all: -r requirements-exchange.txt || \
		{ echo "tests/bench/requirements.in says where it can be installed." >&2; exit 1; }
	@touch $@
