#!/bin/bash
# Builds once and runs every test. The numbers at the end are counted from the test runner's own lines.
set -uo pipefail
cd "$(dirname "$0")/.."
export LC_ALL=C.UTF-8

started=$SECONDS
passed=0
failed=0

finish() {
    local seconds=$((SECONDS - started))
    echo
    echo "took $((seconds / 60)) min $((seconds % 60)) s"
    echo "$passed passed, $failed failed"
    if [ "$failed" -gt 0 ]; then exit 1; fi
    exit 0
}

if ! swift build --build-tests --explicit-target-dependency-import-check error; then
    echo "the build failed"
    failed=1
    finish
fi

# The runner writes a line for each test and one for all of them; if it died, the last one is missing.
log=.build/tests.log
swift test --skip-build --disable-xctest 2>&1 | tee "$log"
status=${PIPESTATUS[0]}
passed=$(grep -aE '^✔ Test .* passed after' "$log" | grep -avc '^✔ Test run with')
failed=$(grep -aE '^✘ Test .* failed after' "$log" | grep -avc '^✘ Test run with')
if ! grep -aqE '^[✔✘] Test run with [0-9]+ test' "$log"; then
    echo "the test run ended with status $status before it was complete"
    failed=$((failed + 1))
elif [ "$status" != 0 ] && [ "$failed" = 0 ]; then
    echo "the test run ended with status $status"
    failed=1
fi

if Scripts/check-docs.sh .build/debug/zaichik; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
finish
