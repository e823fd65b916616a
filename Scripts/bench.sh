#!/bin/bash
# Runs the load generator's workloads against zaichik, its peers and the floor, and prints the ratios.
# Usage: bench.sh [RUNS [WORKLOADS [PEERS]]]; LOADGEN names the folder that has loadgen.c, measure.py and peers.sh.
set -euo pipefail
cd "$(dirname "$0")/.."

source=${LOADGEN:-../shared/bench}
runs=${1:-3}
workloads=${2:-W1,W2,W3,W4,W5,W5p,W6,W7,W8,W8p,W8d,W8dp}
peers=${3:-floor,zaichik,nats,redis,mosquitto}
folder=.build-bench

if [ ! -f "$source/measure.py" ]; then
    echo "there is no load generator in $source; 'zaichik bench' measures without one" >&2
    exit 1
fi
mkdir -p "$folder"
cp -r "$source"/. "$folder"/
chmod -R u+w "$folder"
make -s -C "$folder" all
if [ ! -d "$folder/.peers/x" ] || ! command -v redis-server mosquitto >/dev/null; then
    (cd "$folder" && ./peers.sh install >install.log 2>&1) || { cat "$folder/install.log" >&2; exit 1; }
fi
export ZAICHIK=$PWD/.build/release/zaichik
rm -f "$folder/results.jsonl"
(cd "$folder" && python3 measure.py run "$workloads" "$peers" "$runs")
# The classic dialect commits each message: its W1 is judged by our own round trips.
if [[ ",$workloads," == *,W8d,* ]]; then
    (cd "$folder" && for _ in $(seq "$runs"); do
        pid=$(./peers.sh start classic)
        ./loadgen --proto zaichik1 --port "$(./peers.sh port classic)" --count 30000 --warmup 1500 --window 1000 \
            --timeout 60 --json --pid "$pid" |
            python3 -c 'import json, sys; print(json.dumps(json.load(sys.stdin) | {"workload": "W1", "peer": "classic"}))' \
                >>results.jsonl
        ./peers.sh stop classic
    done)
fi
echo
Scripts/bench-ratios.py "$folder/results.jsonl"
