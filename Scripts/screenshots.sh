#!/usr/bin/env bash
# Makes the pictures in screenshots/ from the real program in a real terminal (tmux).
# Needs a debug build of zaichik and zaichik-tui; installs pyte and Pillow into .build-screenshots/.
set -euo pipefail
cd "$(dirname "$0")/.."

need() {
    command -v "$1" > /dev/null || { echo "screenshots: $1 is missing: apt-get install $2" >&2; exit 1; }
}
need tmux tmux
need python3 python3-venv
for font in DejaVuSansMono.ttf:fonts-dejavu-core NotoSansCJK-Regular.ttc:fonts-noto-cjk \
    NotoColorEmoji.ttf:fonts-noto-color-emoji; do
    fc-list | grep -q "${font%%:*}" || echo "screenshots: without ${font##*:} some characters are boxes" >&2
done

venv=.build-screenshots/venv
if [ ! -x "$venv/bin/python" ]; then python3 -m venv "$venv"; fi
"$venv/bin/python" -c 'import pyte, PIL' 2> /dev/null || "$venv/bin/pip" -q install pyte pillow

programs=${ZAICHIK_PROGRAMS:-.build/debug}
for program in zaichik zaichik-tui; do
    [ -x "$programs/$program" ] || { echo "screenshots: build $program first: swift build" >&2; exit 1; }
done
exec "$venv/bin/python" Scripts/screenshots.py --programs "$programs" --out screenshots "$@"
