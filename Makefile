.DEFAULT_GOAL := help
.PHONY: help demo run test check bench lock sbom clean

help:  ## Show what can be made.
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-7s %s\n", $$1, $$2}' Makefile

demo:  ## Read the demo case: in the window, or into demo-output/ without a display.
	@.ci/demo.sh

run:  ## Start Batson; ARGS="PATH ..." opens those studies.
	@.ci/setup.sh run && exec .venv/bin/batson $(ARGS)

test:  ## Run every check and the whole test suite.
	@.ci/test.sh

check:  ## Format, lint, types, import contracts, budgets.
	@.ci/check.sh

bench:  ## Measure speed and memory against the limits; writes bench.json.
	@.ci/setup.sh dev && exec .venv/bin/python .ci/bench.py

lock:  ## Pin the newest dependencies that pyproject.toml allows.
	@.ci/lock.sh

sbom:  ## Write sbom.json (CycloneDX), check licenses and known vulnerabilities.
	@.ci/setup.sh dev && .venv/bin/python .ci/supply_chain.py sbom
	@.venv/bin/python .ci/supply_chain.py licenses
	@.venv/bin/python .ci/supply_chain.py vulnerabilities

clean:  ## Remove everything that these targets made.
	rm -rf .venv .venv-lock build dist demo-output bench.json sbom.json .coverage htmlcov
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
