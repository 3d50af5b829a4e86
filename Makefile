.DEFAULT_GOAL := help
.PHONY: help run assets demo test bench lint fmt audit

help: ## Show this list.
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-6s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Build Hanok and serve the demo on http://localhost:8080 (another port: make run PORT=8081).
	@scripts/run

assets: ## Build scripts, styles and icons (web/) where they have changed.
	@scripts/assets

demo: ## Play one identity request, message by message, against the running demo.
	@scripts/run demo walk

test: ## Run every check and every test.
	@scripts/test

bench: ## Measure Hanok and its peers, calls and pages; results in benches/README.md.
	@benches/run && benches/pages --no-build
	@echo 'At scale, with stores to be filled first: benches/board, benches/lists, benches/reports.'

lint: ## Check formatting, clippy, documentation and the shell scripts.
	@scripts/test fmt clippy doc shell

fmt: ## Format the Rust code.
	@cargo fmt --all

audit: ## Check licences, advisories and unused dependencies.
	@scripts/audit
