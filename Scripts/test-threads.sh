#!/bin/bash
# test-threads.sh [ARGUMENT…]: what swift test is to run instead of all of ServerTests, for example --filter OrderTests.
#
# Builds the tests for the thread sanitizer, beside the usual build, and runs those of the whole broker. Fails if two
# threads touched the same memory with nothing to order them, and shows where.
#
# The sanitizer knows pthread's locks, atomics and Swift's tasks. It does not see that Synchronization's Mutex orders
# anything, so builds with THREAD_SANITIZER have another lock in its place: Sources/Broker/Topics/TopicLock.swift.
set -uo pipefail
cd "$(dirname "$0")/.."
export LC_ALL=C.UTF-8

scratch=.build-threads
build=(--sanitize=thread --scratch-path "$scratch" -Xswiftc -DTHREAD_SANITIZER)
# Everything takes several times as long; this many random histories for each number of loops do.
export ZAICHIK_MODEL_HISTORIES=${ZAICHIK_MODEL_HISTORIES:-50}
export TSAN_OPTIONS="log_path=$PWD/$scratch/race ${TSAN_OPTIONS:-}"

[ $# -gt 0 ] || set -- --filter '^ServerTests\.'

swift build --build-tests "${build[@]}" || exit 1
rm -f "$scratch"/race.*
log=$scratch/tests.log
timeout --kill-after 10 "${LIMIT:-900}" \
    swift test --skip-build "${build[@]}" --disable-xctest "$@" >"$log" 2>&1
status=$?
grep -aE '^(✘|↳|[✔✘] Test run with)' "$log" | cut -c1-2000

# Of each report, what happened and where in this package.
races=$(cat "$scratch"/race.* 2>/dev/null | grep -c '^WARNING: ThreadSanitizer')
for report in "$scratch"/race.*; do
    [ -f "$report" ] || continue
    awk '/^WARNING|^  [A-Z]/ { print; frames = 0 }
         /\/(Sources|Tests)\// && !/checkouts/ && frames++ < 4 { sub(/ \(zaichikPackageTests.*/, ""); print }' "$report" |
        swift demangle --simplified
done | head -n 200
echo "$races races"
[ "$races" = 0 ] && [ "$status" = 0 ]
