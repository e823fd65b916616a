# The one entry point: what the recipes do is in Scripts/.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run test check check-docs build release growth install-deps format screenshots clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: install-deps ## build, start a broker if none listens, and open the terminal program on it
	@Scripts/run.sh

test: ## every test, from a single value to a real terminal; says what passed and how long it took
	@Scripts/setup.sh test
	@Scripts/test.sh

check: ## format, dependency arrows, names, shell scripts; lists what has grown long
	@Scripts/check.sh

check-docs: ## run the client of docs/PROTOCOL.md against a broker
	@Scripts/setup.sh python
	swift build --product zaichik
	@Scripts/check-docs.sh .build/debug/zaichik

build: install-deps ## debug build
	swift build

release: install-deps ## optimised build of the broker and the terminal program
	swift build -c release --product zaichik
	swift build -c release --product zaichik-tui

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
	rm -rf .build
