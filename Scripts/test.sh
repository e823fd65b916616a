#!/bin/bash
# Builds once and runs every test. The numbers at the end are counted from the test runner's own lines.
set -uo pipefail
cd "$(dirname "$0")/.."
export LC_ALL=C.UTF-8

started=$SECONDS
passed=0
failed=0
# Seconds that the tests of one target may take.
limit=300

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

# One target after the other: some of them measure time or drive terminals, and would get in each other's way.
# The runner writes a line for each test and one for all of them; if it died or hung, the last one is missing.
log=.build/tests.log
: >"$log"
for target in Tests/*Tests; do
    target=$(basename "$target")
    echo "== $target"
    timeout --kill-after 10 "$limit" swift test --skip-build --disable-xctest --filter "^$target\\." >.build/target.log 2>&1
    status=$?
    cat .build/target.log >>"$log"
    # What passed is not worth a line; what did not is worth all of them.
    grep -avE '^(◇|✔ (Test|Suite) .* passed)|^\[|^Building|^Build |^Test Suite|^$' .build/target.log | cut -c1-2000
    passed=$((passed + $(grep -aE '^✔ Test .* passed after' .build/target.log | grep -avc '^✔ Test run with')))
    broken=$(grep -aE '^✘ Test .* failed after' .build/target.log | grep -avc '^✘ Test run with')
    if ! grep -aqE '^[✔✘] Test run with [0-9]+ test' .build/target.log; then
        echo "$target ended with status $status before it was complete (after $limit s it is ended)"
        broken=$((broken + 1))
    elif [ "$status" != 0 ] && [ "$broken" = 0 ]; then
        echo "$target ended with status $status"
        broken=1
    fi
    grep -aE '^[✔✘] Test run with' .build/target.log
    failed=$((failed + broken))
done

if Scripts/check-docs.sh .build/debug/zaichik; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
finish
