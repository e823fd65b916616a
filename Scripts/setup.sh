#!/bin/bash
# Installs what is missing on Debian or Ubuntu, and nothing else. Usage: setup.sh build|test|python|counts|bench|profile
set -euo pipefail

# Prints the packages that a purpose needs and that are not there.
missing() {
    case $1 in
    build)
        has_header curses.h || echo libncurses-dev
        command -v git >/dev/null || echo git
        [ -e /etc/ssl/certs/ca-certificates.crt ] || echo ca-certificates
        ;;
    python) command -v python3 >/dev/null || echo python3 ;;
    test)
        missing build
        missing python
        command -v tmux >/dev/null || echo tmux
        ;;
    counts)
        missing build
        command -v valgrind >/dev/null || echo valgrind
        ;;
    bench)
        missing python
        command -v cc >/dev/null || echo gcc libc6-dev
        command -v make >/dev/null || echo make
        command -v patch >/dev/null || echo patch
        ;;
    profile) command -v perf >/dev/null || echo linux-perf ;;
    *)
        echo "usage: setup.sh build|test|python|counts|bench|profile" >&2
        return 2
        ;;
    esac
}

has_header() {
    local folder
    for folder in /usr/include /usr/local/include /usr/include/ncursesw; do
        if [ -e "$folder/$1" ]; then return 0; fi
    done
    return 1
}

list=$(missing "$1")
if [ -z "$list" ]; then exit 0; fi
read -r -d '' -a packages <<<"$list" || true
if ! command -v apt-get >/dev/null; then
    echo "missing: ${packages[*]} (as Debian calls them). There is no apt-get here; please install them." >&2
    exit 1
fi
as_root=()
if [ "$(id -u)" != 0 ]; then as_root=(sudo); fi
install=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${packages[@]}")
echo "installing ${packages[*]}: ${install[*]}"
if ! "${install[@]}" >/dev/null 2>&1; then
    echo "once more with fresh package lists"
    "${as_root[@]}" apt-get update -q
    "${install[@]}"
fi
