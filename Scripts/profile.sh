#!/bin/bash
# Where the broker's time goes, passing on one to one and one to a hundred. Usage: profile.sh [SECONDS]
# Samples by the clock, so it works where the processor's counters cannot be had; calls are in .build-profile/*.data.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:-5}
zaichik=.build/release/zaichik
folder=.build-profile
mkdir -p "$folder"

profile() {
    local name=$1 broker address recording
    shift
    "$zaichik" serve --listen 127.0.0.1:0 --loops 1 >"$folder/serve.log" 2>&1 &
    broker=$!
    until address=$(grep -oE '[0-9.]+:[0-9]+$' "$folder/serve.log" | head -1) && [ -n "$address" ]; do sleep 0.05; done
    perf record -q -e cpu-clock -F 2000 -g -p "$broker" -o "$folder/$name.data" >/dev/null 2>&1 &
    recording=$!
    echo "== $name"
    "$zaichik" bench "$name" --connect "$address" --duration "${seconds}s" "$@" 2>/dev/null | grep -E '^(published|delivered)'
    kill -INT "$recording"
    wait "$recording" 2>/dev/null || true
    kill "$broker"
    wait "$broker" 2>/dev/null || true
    echo "by program and library"
    report "$name" --sort dso | sed -n '1,5p'
    echo "by function"
    report "$name" --sort symbol | sed -n '1,25p'
}

report() {
    perf report -i "$folder/$1.data" --no-children -g none "${@:2}" --stdio 2>/dev/null |
        grep -vE '^#|^$' | swift demangle --simplified | cut -c1-130
}

profile one-to-one
profile fan-out --subscribers 100
