#!/bin/bash
# Runs the load generator's workloads against zaichik, its peers and the floor, and prints the ratios.
# Usage: bench.sh [RUNS [WORKLOADS [PEERS]]]; LOADGEN names the folder that has loadgen.c, measure.py and peers.sh.
set -euo pipefail
cd "$(dirname "$0")/.."

source=${LOADGEN:-../shared/bench}
runs=${1:-3}
workloads=${2:-W1,W2,W3,W4,W5,W5p,W6,W7,W8,W8p,W8d,W8dp,queue}
peers=${3:-floor,zaichik,nats,redis,mosquitto}
folder=.build-bench

if [ ! -f "$source/measure.py" ]; then
    echo "there is no load generator in $source; 'zaichik bench' measures without one" >&2
    exit 1
fi
mkdir -p "$folder"
cp -r "$source"/. "$folder"/
chmod -R u+w "$folder"
# Clients of ours that the load generator does not have: unconfirmed, and of a session.
patch -s -d "$folder" -p1 <Scripts/loadgen.patch
make -s -C "$folder" all
if [ ! -d "$folder/.peers/x" ] || ! command -v redis-server mosquitto >/dev/null; then
    (cd "$folder" && ./peers.sh install >install.log 2>&1) || { cat "$folder/install.log" >&2; exit 1; }
fi
export ZAICHIK=$PWD/.build/release/zaichik
rm -f "$folder/results.jsonl"
measured=$(tr , '\n' <<<"$workloads" | { grep -vx queue || true; } | paste -sd,)
if [ -n "$measured" ]; then (cd "$folder" && python3 measure.py run "$measured" "$peers" "$runs"); fi

# run WORKLOAD LABEL PEER PROTOCOL [OPTION...]: a workload that measure.py does not know, with `loadgen` for the client.
run() {
    local workload=$1 label=$2 peer=$3 protocol=$4 pid
    shift 4
    pid=$(./peers.sh start "$peer")
    ./loadgen --proto "$protocol" --port "$(./peers.sh port "$peer")" "$@" --timeout 60 --json --pid "$pid" >row.json
    note "$workload" "$label"
    ./peers.sh stop "$peer"
}

# note WORKLOAD LABEL: the row just measured. Not in a pipe: it would start while the measurement runs, on the same core.
note() {
    python3 -c 'import json, sys
print(json.dumps(json.load(sys.stdin) | {"workload": sys.argv[1], "peer": sys.argv[2]}))' "$@" <row.json >>results.jsonl
}

# The work queue of NATS, in memory: its streams are files there.
run_nats_queue() {
    local port=14299 folder pid
    folder=$(mktemp -d -p /dev/shm)
    "$(ls .peers/x/*/scripts/nats-server)" -a 127.0.0.1 -p "$port" -js -sd "$folder" >"$folder.log" 2>&1 &
    pid=$!
    until (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do sleep 0.1; done
    ./loadgen --proto js --commit --port "$port" "$@" --timeout 60 --json --pid "$pid" >row.json
    note queue nats
    kill "$pid"
    wait "$pid" 2>/dev/null || true
    rm -rf "$folder" "$folder.log"
}

# One session with so many workers, told by `zaichik bench`.
run_workers() {
    ./peers.sh start zaichik >/dev/null
    "$ZAICHIK" bench queue --subscribers "$1" --connect "127.0.0.1:$(./peers.sh port zaichik)" --json |
        python3 -c 'import json, sys
row = json.load(sys.stdin)
print("queue, {subscribers} workers: {delivered_messages_per_second:,.0f} messages/s, {lost_messages} lost, "
      "{duplicated_messages} duplicated".format(**row))'
    ./peers.sh stop zaichik
}

cd "$folder"
window=(--warmup 1500 --window 1000)
for _ in $(seq "$runs"); do
    # The classic dialect commits each message: its W1 is judged by our own round trips.
    if [[ ",$workloads," == *,W8d,* ]]; then run W1 classic classic zaichik1 --count 30000 "${window[@]}"; fi
    # Like for like with brokers that confirm nothing: nothing is confirmed here either, and a delivery is done when sent.
    if [[ ",$workloads," == *,W8dp,* ]]; then
        core=$(($(nproc) - 1))
        taskset -pc "$core" $$ >/dev/null
        run W8dp zaichik0 zaichik zaichik0 --count 30000 --warmup 1000 --window 1
        taskset -pc "0-$core" $$ >/dev/null
    fi
    # One worker, which acknowledges each message.
    if [[ ",$workloads," == *,queue,* ]]; then
        run queue zaichik zaichik zaichikq --count 300000 "${window[@]}"
        run queue redis redis rstream --commit --count 100000 "${window[@]}"
        run_nats_queue --count 100000 "${window[@]}"
        if command -v beanstalkd >/dev/null; then
            run queue beanstalkd beanstalkd beanstalk --count 100000 "${window[@]}"
        fi
    fi
done
if [[ ",$workloads," == *,queue,* ]]; then for workers in 1 4 16; do run_workers "$workers"; done; fi
cd - >/dev/null
echo
Scripts/bench-ratios.py "$folder/results.jsonl"
