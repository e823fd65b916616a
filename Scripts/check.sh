#!/bin/bash
# What can be said of the sources without building them. Fails on format, arrows and scripts; lists what is long.
set -uo pipefail
cd "$(dirname "$0")/.."

failures=0
complain() {
    echo "  $1"
    failures=$((failures + 1))
}

swift_files() { find Sources Tests Examples Benchmarks/Sources -name '*.swift' 2>/dev/null | sort; }

# Prints "file module" for every import under a folder.
imports() {
    find "$1" -name '*.swift' -print0 2>/dev/null |
        xargs -0 -r grep -HoE '^ *(@[A-Za-z_]+(\([A-Za-z]+\))? +)*((public|package|internal|fileprivate|private) +)?import +((struct|class|enum|protocol|func|var|let|typealias) +)?[A-Za-z_]+' |
        sed -E 's/^([^:]+):.*[ ]([A-Za-z_]+)$/\1 \2/'
}

# only FOLDER MODULE…: nothing else is imported there.
only() {
    local folder=$1 file module
    shift
    while read -r file module; do
        case " $* " in *" $module "*) ;; *) complain "$file imports $module; $folder may import $*" ;; esac
    done < <(imports "$folder")
}

# never FOLDER MODULE…: these are not imported there.
never() {
    local folder=$1 file module
    shift
    while read -r file module; do
        case " $* " in *" $module "*) complain "$file imports $module; nothing in $folder may" ;; esac
    done < <(imports "$folder")
}

echo "format"
mapfile -t sources < <(swift_files)
if ! swift format lint --strict --parallel Package.swift "${sources[@]}"; then
    complain "'make format' puts most of that right"
fi

echo "dependency arrows"
only Sources/Protocol NIOCore
only Sources/Words ZaichikProtocol
only Sources/System Glibc Musl
never Sources/Broker ZaichikClient ZaichikTUI CNcurses
never Sources/Client ZaichikBroker ZaichikTUI CNcurses
never Sources/ZaichikTUI ZaichikBroker
never Sources/Zaichik CNcurses ZaichikTUI
never Sources/Broker/Topics Foundation NIOPosix Logging
never Sources/Broker/Queues Foundation NIOPosix Logging
while read -r file module; do
    case $file in
    Sources/ZaichikTUI/Terminal/*) ;;
    *) [ "$module" != CNcurses ] || complain "$file imports CNcurses; only Sources/ZaichikTUI/Terminal may" ;;
    esac
done < <(imports Sources)

# In the terminal program views draw and updates decide; both ask Layout.
views=$(grep -rhoE '^(struct|enum|final class|class|protocol) +[A-Za-z]+' Sources/ZaichikTUI/View | awk '{ print $NF }' | paste -sd'|')
while read -r use; do
    complain "$use: only Panes, View and App name views"
done < <(cd Sources/ZaichikTUI && grep -rnwoE "^ *[^/ ].*($views)" Canvas Layout Model Text Theme Update)

echo "the log's face"
while read -r line; do
    complain "$line: only TopicLog reaches its segments"
done < <(grep -nE '\blog\.segments\b' -r Sources/Broker --include='*.swift' | grep -v '/TopicLog' | cut -d: -f1,2)

echo "shell scripts"
for script in Scripts/*.sh .ci/run; do
    bash -n "$script" || complain "$script does not parse"
    [ -x "$script" ] || complain "$script is not executable"
done

echo "names (to look at)"
grep -nE '\b(class|struct|enum|actor|protocol|typealias) +[A-Za-z]*(Manager|Controller|Wrapper|Channel|Item|Helper|Util)[A-Za-z]*' \
    "${sources[@]}" | sed 's/^/  /'

echo "files over 400 lines (to look at)"
wc -l "${sources[@]}" | awk '$2 != "total" && $1 > 400 { print "  " $1, $2 }' | sort -rn

echo "functions over 60 lines (to look at)"
awk -f Scripts/function-lengths.awk "${sources[@]}" | awk '$1 > 60 { print "  " $0 }' | sort -rn

if [ "$failures" -gt 0 ]; then
    echo "$failures to put right"
    exit 1
fi
echo "all right"
