#!/usr/bin/env python3
"""Compares `systolith dram` with what three public simulators take for the same requests.

    compare.py [--systolith PROGRAM] [--machine MACHINE] [--set KEY=VALUE ...] CSV TRACES

CSV has a row for each simulator, mapping, pattern and mode: columns mapping, pattern, mode,
simulator, n_requests, total_cycles, avg_read_latency_clk, p99_clk. TRACES holds a file
*_PATTERN.trc for each pattern. Modes: sat, at most 32 reads in flight; half, one request every 8
clocks; idle, one request at a time. Prints, for each case, our clocks and how far they and the 99th
percentile of the read latency are from each simulator's.
"""

from __future__ import annotations

import argparse
import collections
import csv
import json
import subprocess
import tempfile
from pathlib import Path

MAPPINGS = {"M1": "row:bank:bankgroup:column", "M2": "row:bank:column:bankgroup"}
OUTSTANDING = {"sat": 32, "half": 100_000, "idle": 1}
CLOCKS_BETWEEN = 8  # of mode half


def replay(arguments: argparse.Namespace, mapping: str, trace: list[str], mode: str) -> dict:
    if mode == "half":
        trace = [f"{request} {i * CLOCKS_BETWEEN}" for i, request in enumerate(trace)]
    with tempfile.NamedTemporaryFile("w", suffix=".trc") as file:
        file.write("\n".join(trace) + "\n")
        file.flush()
        sets = [f"dram.mapping={MAPPINGS[mapping]}", *arguments.set]
        command = [arguments.systolith, "dram", file.name, "--machine", arguments.machine, "--json",
                   "--outstanding", str(OUTSTANDING[mode])]
        for override in sets:
            command += ["--set", override]
        return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def difference(ours: float | None, theirs: float) -> str:
    return "-" if ours is None else f"{100 * (ours / theirs - 1):+.1f}%"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--systolith", default="build/release/bin/systolith")
    parser.add_argument("--machine", default="edge_npu")
    parser.add_argument("--set", action="append", default=["dram.channels=1"])
    parser.add_argument("csv", type=Path)
    parser.add_argument("traces", type=Path)
    arguments = parser.parse_args()

    cases: dict[tuple, dict[str, dict]] = collections.defaultdict(dict)
    with arguments.csv.open() as file:
        for row in csv.DictReader(file):
            case = row["mapping"], row["pattern"], row["mode"]
            cases[case][row["simulator"]] = row
    names = sorted({name for rows in cases.values() for name in rows})
    print("| case | clocks | " + " | ".join(f"{name}, its p99" for name in names) + " |")
    print("|---|---|" + "---|" * len(names))
    for (mapping, pattern, mode), rows in cases.items():
        [path] = arguments.traces.glob(f"*_{pattern}.trc")
        count = int(next(iter(rows.values()))["n_requests"])
        report = replay(arguments, mapping, path.read_text().split("\n")[:count], mode)
        cells = []
        for name in names:
            row = rows[name]
            p99 = difference(report["latency"]["p99"], float(row["p99_clk"]))
            cells.append(f"{difference(report['total_cycles'], float(row['total_cycles']))}, {p99}")
        print(f"| {mapping} {pattern} {mode} | {report['total_cycles']:,} | " + " | ".join(cells) +
              " |")


if __name__ == "__main__":
    main()
