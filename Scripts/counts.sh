#!/bin/bash
# Counts what the data plane costs in instructions and allocations, under valgrind: both repeat there, time never does.
# Usage: counts.sh print|check|accept, or counts.sh profile NAME for the functions in which a benchmark spends it.
set -euo pipefail
cd "$(dirname "$0")/../Benchmarks"

mode=${1:-}
case $mode in
print | check | accept) ;;
profile) name=${2:?which benchmark?} ;;
*)
    echo "usage: counts.sh print|check|accept|profile NAME" >&2
    exit 64
    ;;
esac

scratch=.build-counts
program=$scratch/release/Counts
folder=$scratch/counts
thresholds=thresholds.tsv
jobs=${JOBS:-$(nproc)}

# count NAME STEPS: in a process of its own, so that no benchmark meets the heap that another left. It repeats because
# the environment is empty and hashing has no random seed. Without ERMS, memcpy does not copy by an instruction that
# counts once a byte, from a length that is the processor's to say.
count() {
    if ! env -i SWIFT_DETERMINISTIC_HASHING=1 GLIBC_TUNABLES=glibc.cpu.hwcaps=-ERMS \
        valgrind --tool=callgrind --instr-atstart=no --compress-strings=no --callgrind-out-file="$folder/$1.out" \
        "$program" run "$1" "$2" >"$folder/$1.log" 2>&1; then
        cat "$folder/$1.log"
        echo "counting $1 failed"
        return 1
    fi
}
export -f count
export folder program

# count_all: what is listed on standard input.
count_all() { xargs -r -P "$jobs" -n 2 bash -c 'count "$@"' count; }

mkdir -p "$scratch"
echo "building the benchmarks (the first time takes some minutes)"
# The data plane is internal to its module: '@testable import' wants this flag. It keeps functions that a release build
# leaves out, and changes those of the data plane by less than 1 %.
if ! swift build -j "$jobs" -c release -Xswiftc -enable-testing --scratch-path "$scratch" --product Counts \
    >"$scratch/build.log" 2>&1; then
    cat "$scratch/build.log"
    exit 1
fi

rm -rf "$folder"
mkdir "$folder"
echo "counting"
if [ "$mode" = profile ]; then
    "$program" list | { grep "^$name " || true; } | count_all
    callgrind_annotate --threshold=97 "$folder/$name.out" | swift demangle --simplified | cut -c 1-160
    exit
fi
"$program" list | count_all
"$program" "$mode" "$folder" "$thresholds"
