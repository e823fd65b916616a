#!/bin/bash
# Starts a broker with 50 clients, of which six are in trouble, each in another way: to try out how such things are found and
# mended with nothing but zaichik. Ends all of them when it ends: Ctrl-C.
# Usage: Scripts/troubles.sh [--programs DIRECTORY] [--port PORT]; PORT + 1 is that of a slow link to the broker.
set -euo pipefail
# Each program is a group of its own, so that what it has started ends with it.
set -m
cd "$(dirname "$0")/.."

programs=.build/release port=8890
while [ $# -gt 0 ]; do
    case $1 in
    --programs) programs=$2 && shift 2 ;;
    --port) port=$2 && shift 2 ;;
    *) echo "usage: Scripts/troubles.sh [--programs DIRECTORY] [--port PORT]" >&2 && exit 64 ;;
    esac
done
zaichik=$programs/zaichik
[ -x "$zaichik" ] || { echo "troubles: $zaichik is missing: make release, or --programs .build/debug" >&2; exit 1; }
command -v python3 >/dev/null || { echo "troubles: python3 is missing, which is the slow link" >&2; exit 1; }

export ZAICHIK_ADDRESS=127.0.0.1:$port
started=()
end() {
    trap - EXIT INT TERM
    for group in "${started[@]}"; do kill -CONT -- "-$group" 2>/dev/null || true; done
    for group in "${started[@]}"; do kill -- "-$group" 2>/dev/null || true; done
    wait 2>/dev/null || true
}
trap end EXIT
trap 'exit 130' INT TERM

# Runs a command in the background, without output.
start() {
    "$@" >/dev/null 2>&1 </dev/null &
    started+=($!)
}
# Subscribes as a client of this name: reader NAME ARGUMENTS...
reader() { start "$zaichik" sub --name "$@"; }
# Publishes so many messages a second, for ever: publisher NAME TOPIC RATE [MESSAGE]
publisher() { start "$zaichik" pub --name "$1" "$2" "${4-hop}" --count 1000000000 --rate "$3"; }
until_true() {
    for _ in {1..200}; do
        if "$@" >/dev/null 2>&1; then return; fi
        sleep 0.1
    done
    echo "troubles: this did not come true: $*" >&2
    exit 1
}

start "$zaichik" serve --listen "$ZAICHIK_ADDRESS"
until_true "$zaichik" status
"$zaichik" topic create carrots --limit 1MiB --history-bytes 0
start python3 Scripts/slow-link.py $((port + 1)) "$port" 50
until_true bash -c "exec 3<>/dev/tcp/127.0.0.1/$((port + 1))"

# The healthy ones.
for number in {01..44}; do reader "hare-$number" meadow; done

# One whose program never returns from message 30.
reader burrow-7 orders --session billing --window 4 --exec 'if [ "$ZAICHIK_SEQUENCE" = 30 ]; then sleep infinity; fi'
# One that is stopped, so that its socket takes nothing more.
reader night-shift pictures
stopped=${started[-1]}
# One with a window of 10 at the end of a link of 100 ms.
reader far-away meadow.fast --window 10 --connect "127.0.0.1:$((port + 1))"
# One that fails on one message whenever it comes.
reader picky jobs --session grinder --exec '! grep -q rotten'
# One that an operator has paused.
reader sleeper meadow
# One that does 50 a second, while 100 come, towards a limit.
reader tortoise carrots --session harvest --shared --window 1 --commit-delay 20ms

until_true bash -c "[ \$('$zaichik' client ls --json | grep -cE '\"subscriptions\":[1-9]') -ge 50 ]"
publisher weather meadow 5
publisher weather-fast meadow.fast 500
publisher shop orders 10
publisher camera pictures 200 "$(head -c 20000 /dev/zero | tr '\0' x)"
publisher field carrots 100 "$(head -c 100 /dev/zero | tr '\0' x)"
for number in {1..20}; do "$zaichik" pub jobs "job $number" 2>/dev/null; done
"$zaichik" pub jobs 'a rotten one'
publisher clerk jobs 5
"$zaichik" client pause sleeper --reason 'the garden is being dug up' --name gardener
kill -STOP "$stopped"

cat <<TEXT
50 clients read from the broker at $ZAICHIK_ADDRESS, and six are in trouble. After half a minute the broker knows which:
  export ZAICHIK_ADDRESS=$ZAICHIK_ADDRESS
  $zaichik top
  $zaichik why NAME
  $zaichik help
docs/OPERATIONS.md says how they are mended. Ctrl-C ends it all.
TEXT
wait "${started[0]}"
