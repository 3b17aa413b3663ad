# make demo: two CARs against a glioblastoma at the ventricle, 60 days, with a report.   make test: everything that must hold.
.PHONY: demo test check validate lock environment clean
.DEFAULT_GOAL := demo

environment:
	@scripts/environment

demo: environment
	.venv/bin/perforin run glioblastoma-bivalent

test:
	@scripts/test

check:
	@scripts/check

validate: environment
	.venv/bin/perforin validate

lock:
	@scripts/lock

clean:
	rm -rf .venv build dist *.egg-info .pytest_cache .ruff_cache .hypothesis .import_linter_cache .benchmarks
