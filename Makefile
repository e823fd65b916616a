# The one entry point: what the recipes do is in Scripts/.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run test test-threads check check-docs build release bench bench-terminal profile growth install-deps format screenshots clean \
	counts counts-check counts-accept

# One file that needs no Swift runtime where it runs, and no dynamic exclusivity checks in the libraries either: 15 % less
# processor time a round trip. Debug builds, in which every test runs, have the checks.
RELEASE := --static-swift-stdlib -Xswiftc -enforce-exclusivity=unchecked

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: install-deps ## build, start a broker if none listens, and open the terminal program on it
	@Scripts/run.sh

test: ## every test, from a single value to a real terminal; says what passed and how long it took
	@Scripts/setup.sh test
	@Scripts/test.sh

test-threads: ## the tests of the whole broker under the thread sanitizer, in a build of its own
	@Scripts/setup.sh test
	@Scripts/test-threads.sh

check: ## format, dependency arrows, names, shell scripts; lists what has grown long
	@Scripts/check.sh

check-docs: ## run the client of docs/PROTOCOL.md against a broker
	@Scripts/setup.sh python
	swift build --product zaichik
	@Scripts/check-docs.sh .build/debug/zaichik

build: install-deps ## debug build
	swift build

release: install-deps ## optimised build of the broker and the terminal program
	swift build -c release $(RELEASE) --product zaichik
	swift build -c release $(RELEASE) --product zaichik-tui

bench: release ## the load generator's workloads against other brokers and the floor, and the ratios
	@Scripts/setup.sh bench
	@Scripts/bench.sh $(RUNS)

bench-terminal: release ## what zaichik-tui costs under load, and how fast it answers keys
	@python3 Benchmarks/terminal.py .build/release --size $(or $(SIZE),200x60)

profile: release ## where the broker's time goes, passing on one to one and one to a hundred
	@Scripts/setup.sh profile
	@Scripts/profile.sh

growth: ## how costs grow with clients behind, messages kept, topics, patterns, keys and loops
	cd Benchmarks && swift run -c release Growth all

install-deps: ## install what a build needs and is missing (Debian, Ubuntu)
	@Scripts/setup.sh build

format: ## format all Swift sources
	swift format --in-place --parallel --recursive Package.swift $(wildcard Sources Tests Examples Benchmarks/Sources)

screenshots: install-deps ## make the pictures in screenshots/ anew, from the real program in a real terminal
	swift build --product zaichik
	swift build --product zaichik-tui
	@Scripts/screenshots.sh

clean: ## remove everything that was built
	rm -rf .build .build-threads

counts: ## what the data plane costs in instructions and allocations, beside what it may cost
	@Scripts/setup.sh counts
	@Scripts/counts.sh print

counts-check: ## fail if it costs more than it may
	@Scripts/setup.sh counts
	@Scripts/counts.sh check

counts-accept: ## take what it costs now for what it may cost
	@Scripts/setup.sh counts
	@Scripts/counts.sh accept
