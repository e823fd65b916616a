#!/bin/bash
# Builds the programs, starts a broker in the background if nothing listens, and opens the terminal program.
set -euo pipefail
cd "$(dirname "$0")/.."

address=127.0.0.1:8889
port=${address##*:}
state=${XDG_STATE_HOME:-$HOME/.local/state}/zaichik
log=$state/broker.log

listens() { (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; }

echo "building (the first time takes some minutes)"
make -s release
programs=$(swift build -c release --show-bin-path)

if listens; then
    echo "something listens on $address already: using it"
else
    mkdir -p "$state"
    setsid nohup "$programs/zaichik" serve --listen "$address" >>"$log" 2>&1 </dev/null &
    broker=$!
    for _ in {1..100}; do
        if listens; then break; fi
        if ! kill -0 "$broker" 2>/dev/null; then
            echo "the broker did not start; the end of $log:" >&2
            tail -n 5 "$log" >&2
            exit 1
        fi
        sleep 0.1
    done
    echo "a broker runs on $address, process $broker, log $log"
    echo "stop it with: .build/release/zaichik stop"
fi
exec "$programs/zaichik-tui" --connect "$address"
