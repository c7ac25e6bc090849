# `make` alone lists what there is. Everything runs in environments that make keeps in the checkout:
# .venv to run, test and check, .venv-package (Python 3.12 or newer) to package and deploy.
#
# PYTHON=/path/to/python3  makes them with that interpreter; VENV=dir keeps another one beside .venv.

PORT ?= 8000
ARGS ?=
VENV ?= .venv
PACKAGE_VENV ?= .venv-package

python := $(VENV)/bin/python
package_python := $(PACKAGE_VENV)/bin/python
# Another PYTHON has other stamps: the environment is made anew with it.
stamps := $(VENV)/stamps$(subst /,_,$(PYTHON))
package_stamps := $(PACKAGE_VENV)/stamps$(subst /,_,$(PYTHON))
ready_to_run := $(stamps)/requirements-run
ready_to_test := $(stamps)/requirements-dev
ready_to_package := $(package_stamps)/requirements-package

# A name as one word of the shell, whatever is in it.
quoted = '$(subst ','\'',$(1))'

# An environment that compiles every module anew for each process doubles the time of the tests.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help
help: ## list the targets
	@grep -h '^[a-z-]*:.*## ' Makefile | while IFS= read -r line; do printf '  make %-14s %s\n' "$${line%%:*}" "$${line##*## }"; done

.PHONY: run
run: $(ready_to_run) ## the whole system on this machine: PORT=8000 HOST=127.0.0.1 KEYS=keys.json DATA=dir DEMO=1 ARGS=...
	@$(python) -m infra.local --port $(PORT) $(if $(HOST),--host $(HOST)) \
		$(if $(KEYS),--keys $(call quoted,$(KEYS))) $(if $(DATA),--data $(call quoted,$(DATA))) $(if $(DEMO),--demo) $(ARGS)

.PHONY: test
test: $(ready_to_test) ## every test that a fresh machine can run; ARGS="-k sweep"
	$(python) -m pytest --numprocesses auto --dist worksteal $(ARGS)

# The tests that make their cases at random or strike every call, and take many more with time.
thorough := tests/core tests/storms tests/store/test_series_walk.py tests/flows/test_ping_order.py \
	tests/flows/test_boards.py tests/flows/test_probe_strikes.py tests/flows/test_faults.py tests/flows/test_feedback_faults.py \
	tests/flows/test_kills.py tests/monitor/test_judging_errors.py tests/monitor/test_live_and_backtest.py \
	tests/monitor/test_replaying.py tests/monitor/test_alert_definitions.py tests/monitor/test_pages.py \
	tests/monitor/test_commands_struck.py tests/languages/graphite/test_templates.py \
	tests/languages/graphite/functions/test_transform.py \
	tests/monitor/test_places_walk.py tests/monitor/test_deletion.py tests/monitor/test_downtimes_races.py \
	tests/monitor/test_listeners.py tests/monitor/test_managing_probes.py tests/monitor/test_project_deletion.py tests/monitor/test_series_deletion.py \
	tests/monitor/test_tick.py tests/languages/graphite/test_aggregation.py \
	tests/languages/graphite/test_parser_bad_input.py tests/languages/graphite/test_patterns.py \
	tests/languages/conditions/test_walk.py \
	tests/api/alertra/test_bad_input.py tests/api/test_never_fails.py $(wildcard tests/api/*/test_never_fails.py)

.PHONY: long
long: $(ready_to_test) ## what takes long: ten minutes of random walks, on as many cores as there are, each call of the stories struck, many random cases
	$(python) -m pytest -q --long --numprocesses auto --dist worksteal $(thorough)
	$(python) -m tests.walk.strikes
	infra/lanes/servers || test $$? = 77
	$(python) -m tests.walk --steps 100000 --seed $${SEED:-$$(date +%s)} --jobs $$(nproc) $(ARGS)

.PHONY: check format-check lint types imports
check: format-check lint types imports ## formatting, lint, types and the import rules

format-check: $(ready_to_test)
	$(python) -m ruff format --check

lint: $(ready_to_test)
	$(python) -m ruff check

types: $(ready_to_test)
	$(python) -m mypy

imports: $(ready_to_test)
	$(VENV)/bin/lint-imports --no-logo

.PHONY: format
format: $(ready_to_test) ## format, and mend what lint can mend
	$(python) -m ruff format
	$(python) -m ruff check --fix

.PHONY: openapi
openapi: $(ready_to_test) ## write docs/openapi.json, the document of the API
	$(python) -m infra.openapi

.PHONY: bench
bench: $(ready_to_test) ## store calls, request units and CPU of the hot paths
	$(python) -m tests.bench $(ARGS)

.PHONY: package
package: $(ready_to_package) ## the deployment package and its template into build/: STAGE=dev, APPRISE=1 with that library
	$(package_python) -m infra.package --out build/ $(if $(STAGE),--stage $(STAGE)) $(if $(APPRISE),--apprise) $(ARGS)

.PHONY: deploy
deploy: stage-given $(ready_to_package) ## package and deploy with your AWS credentials: STAGE=dev, PLACE=1 for a place, APPRISE=1 with that library
	$(package_python) -m infra.deploy --stage $(STAGE) $(if $(PLACE),--place) $(if $(APPRISE),--apprise) $(ARGS)

.PHONY: admin
admin: $(ready_to_run) ## projects and keys: ARGS="project create --name x", STAGE=dev for a deployed stage
	@$(python) -m infra.admin $(if $(STAGE),--stage $(STAGE)) $(ARGS)

.PHONY: smoke
smoke: stage-given $(ready_to_run) ## prove a deployed stage alive: STAGE=dev
	$(python) -m infra.smoke --stage $(STAGE) $(ARGS)

.PHONY: lock
lock: ## compile requirements*.txt from pyproject.toml; needs Python 3.11, 3.12 and 3.13
	"$$(infra/python)" -m infra.lock

.PHONY: clean
clean: ## remove everything that make made
	rm -rf build .venv .venv-* .venv.lock .cache .mypy_cache .ruff_cache .import_linter_cache .pytest_cache .hypothesis .chalice/deployments
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: stage-given
stage-given:
	@test -n "$(STAGE)" || { echo "which stage? make $(MAKECMDGOALS) STAGE=dev" >&2; exit 1; }

$(ready_to_run): requirements.txt requirements-run.txt
	@python=$$(infra/python 3.11) && "$$python" -m infra.environment $@ requirements-run.txt

$(ready_to_test): requirements.txt requirements-run.txt requirements-dev.txt
	@python=$$(infra/python 3.11) && "$$python" -m infra.environment $@ requirements-dev.txt

$(ready_to_package): requirements.txt requirements-package.txt
	@python=$$(infra/python 3.12) && "$$python" -m infra.environment $@ requirements-package.txt

# An environment whose interpreter has been uninstalled since: its stamps mean nothing.
ifneq ($(shell test -x $(python) && echo sound),sound)
.PHONY: $(ready_to_run) $(ready_to_test)
endif
ifneq ($(shell test -x $(package_python) && echo sound),sound)
.PHONY: $(ready_to_package)
endif
