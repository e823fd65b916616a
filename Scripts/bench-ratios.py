#!/usr/bin/env python3
"""Prints zaichik's medians beside those of the best peer and of the floor, with the ratios aimed at.

Usage: bench-ratios.py results.jsonl
"""
import json
import statistics
import sys

PEERS = ["nats", "redis", "mosquitto", "beanstalkd"]


def rate(row):
    return row["delivered_per_s"] if row["subscribers"] else row["published_per_s"]


def p50(row):
    return row["lat_us"]["p50"]


def p99(row):
    return row["lat_us"]["p99"]


def processor(row):
    return 100 * row["broker_cpu_s"] / row["wall_s"]


def idle(row):
    return row["broker_kb_per_idle"]


# Workload, figure, its name, whether more is better, the ratio to the best peer, the ratio to the floor.
GOALS = [
    ("W1", rate, "W1 one to one, messages/s", True, 2.5, 0.7),
    ("W2", rate, "W2 publish only, messages/s", True, 4, None),
    ("W3", rate, "W3 one to 100, deliveries/s", True, 5, 0.5),
    ("W4", rate, "W4 ten to ten, messages/s", True, 2.5, 0.4),
    ("W5p", p50, "W5p 10,000/s on one core, p50 µs", False, 1.0, 1.3),
    ("W5p", p99, "W5p p99 µs", False, 1.0, None),
    ("W5p", processor, "W5p broker, % of a core", False, 1.0, None),
    ("W6", rate, "W6 64 KiB, messages/s", True, 1.4, 0.8),
    ("W7", rate, "W7 with 1,000 idle, messages/s", True, None, None),
    ("W5", p50, "W5 10,000/s on two cores, p50 µs", False, None, None),
    ("W8", rate, "W8 confirmed, window 1, two cores, 1/s", True, None, None),
    ("W8d", rate, "W8d delivered, window 1, two cores, 1/s", True, None, None),
    ("W8p", rate, "W8p confirmed, window 1, one core, 1/s", True, 1.0, 0.9),
    ("W8dp", rate, "W8dp delivered, window 1, one core, 1/s", True, 1.3, 0.9),
    ("queue", rate, "queue, one worker that acknowledges each, messages/s", True, 1.0, None),
]


def main():
    rows = {}
    for line in open(sys.argv[1]):
        row = json.loads(line)
        rows.setdefault((row["workload"], row["peer"]), []).append(row)

    def median(workload, peer, figure):
        values = rows.get((workload, peer))
        return statistics.median(map(figure, values)) if values else None

    def ratio(own, other, goal, more):
        if not other:
            return "–"
        value = own / other
        if goal is None:
            return f"{value:.2f}"
        met = value >= goal if more else value <= goal
        return f"{value:.2f} ({'≥' if more else '≤'} {goal}{'' if met else ', missed'})"

    print("| workload | zaichik | best peer | ratio | floor | ratio |\n| --- | --- | --- | --- | --- | --- |")
    for workload, figure, title, more, to_best, to_floor in GOALS:
        own = median(workload, "zaichik", figure)
        if own is None:
            continue
        peers = {name: median(workload, name, figure) for name in PEERS}
        peers = {name: value for name, value in peers.items() if value}
        best = (max if more else min)(peers, key=peers.get) if peers else None
        floor = median(workload, "floor", figure)
        print(
            f"| {title} | {number(own)} | {f'{best} {number(peers[best])}' if best else '–'} "
            f"| {ratio(own, peers.get(best), to_best, more)} | {number(floor)} | {ratio(own, floor, to_floor, more)} |"
        )
    print_own(median)
    faults = sum(
        row[fault] for rows_ in rows.values() for row in rows_ for fault in ("lost", "duplicated", "reordered", "corrupt"))
    print(f"\n{sum(map(len, rows.values()))} runs; lost, duplicated, reordered or damaged: {faults}")


def print_own(median):
    """What is judged by another of our own figures."""
    w1, w7 = median("W1", "zaichik", rate), median("W7", "zaichik", rate)
    if w1 and w7:
        print(f"\nW7 to our own W1: {w7 / w1:.2f} (≥ 0.9); KiB an idle connection: "
              f"{median('W7', 'zaichik', idle):.2f} (≤ 6)")
    classic, w8d = median("W1", "classic", rate), median("W8d", "zaichik", rate)
    if classic and w8d:
        print(f"Classic W1 to our own W8d: {number(classic)} to {number(w8d)}, {classic / w8d:.2f} (≥ 0.9)")
    alike, floor = median("W8dp", "zaichik0", rate), median("W8dp", "floor", rate)
    best = max((median("W8dp", peer, rate) or 0 for peer in PEERS), default=0)
    if alike and best and floor:
        print(f"W8dp like for like, unconfirmed and done when sent: {number(alike)}, {alike / best:.2f} of the best peer "
              f"(≥ 1.0), {alike / floor:.2f} of the floor (≥ 0.9)")


def number(value):
    if value is None:
        return "–"
    return f"{value:,.0f}" if value >= 1000 else f"{value:.1f}"


main()
