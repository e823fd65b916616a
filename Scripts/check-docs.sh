#!/bin/bash
# Takes the client out of docs/PROTOCOL.md and runs it against a broker. Usage: check-docs.sh ZAICHIK
set -euo pipefail
cd "$(dirname "$0")/.."

folder=$(mktemp -d)
broker=
cleanup() {
    if [ -n "$broker" ]; then kill "$broker" 2>/dev/null && wait "$broker" || true; fi
    rm -rf "$folder"
}
trap cleanup EXIT

fail() {
    echo "the client of docs/PROTOCOL.md: $1" >&2
    cat "$folder/log" >&2
    exit 1
}

awk '/^```python$/ { take = 1; next } /^```$/ { take = 0 } take' docs/PROTOCOL.md >"$folder/client.py"
"$1" serve --listen 127.0.0.1:0 >"$folder/log" 2>&1 &
broker=$!

# The broker says where it listens; port 0 is any free one.
address=
for _ in {1..200}; do
    address=$(grep -aoE '127\.0\.0\.1:[1-9][0-9]*' "$folder/log" | head -n 1 || true)
    if [ -n "$address" ]; then break; fi
    kill -0 "$broker" 2>/dev/null || fail "the broker did not start"
    sleep 0.05
done
[ -n "$address" ] || fail "the broker did not say where it listens"

expected="hello.python 1 b'k' b'one'
hello.python 2 b'k' b'two'
hello.python 3 b'k' b'three'
work.python 1 b'' b'dig'
work.python 1 b'' b'dig' attempt 2
work.python 1 b'' b'dig' attempt 3
done.python 1 b'' b'dig is done'
work.python 2 b'' b'eat' attempt 1
done.python 2 b'' b'eat is done'"
answer=$(timeout 30 python3 "$folder/client.py" "$address" 2>&1) || fail "it failed: $answer"
[ "$answer" = "$expected" ] || fail "it printed: $answer"
echo "the client of docs/PROTOCOL.md works"
