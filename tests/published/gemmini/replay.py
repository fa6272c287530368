#!/usr/bin/env python3
"""Replays layers that DOSA measured on Gemmini's RTL and compares the cycles.

    replay.py [--systolith PROGRAM] CSV ...

The CSV files are those of the artifact of DOSA (Hong et al., MICRO 2023): github.com/ucb-bar/
gemmini-rocc-tests, branch dosa. Each row is a layer (prob.*), a mapping (mapping.mapping), and the
cycles measured with that mapping (target.gemmini_cycle) and with Gemmini's own tiler
(target.gemmini_auto_cycle). Every row is run twice on the preset gemmini_16x16: with the mapping,
and with Systolith's own mapper in the memories that the tiler works in (256 KiB of scratchpad,
64 KiB of accumulators: BANK_ROWS and ACC_ROWS of its gemmini_params.h).
"""

from __future__ import annotations

import argparse
import csv
import json
import statistics
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

LEVELS = {"L3": "dram", "L2": "scratchpad", "L1": "accumulator", "L0": "array"}
TILER_MEMORIES = ["core.scratchpad.capacity=256KiB", "core.accumulator.capacity=64KiB"]


@dataclass
class Row:
    workload: str
    layer: str
    mapping: str
    measured: float
    tiler: float


def workload_of(problem: dict[str, int]) -> tuple[str, str]:
    """The zoo model and the name of its layer. P and R are columns, Q and S rows."""
    if problem["Q"] == problem["R"] == problem["S"] == 1:
        return f"gemm:m={problem['P']},k={problem['C']},n={problem['K']}", "gemm"
    pixels, kernel, stride = problem["P"], problem["R"], problem["Wstride"]
    size = pixels * stride
    if (size + kernel // 2 * 2 - kernel) // stride + 1 != pixels:
        size = (pixels - 1) * stride + kernel - kernel // 2 * 2
    return (f"conv:in={problem['C']},out={problem['K']},size={size},kernel={kernel},"
            f"stride={stride},batch={problem['N']}", "conv")


def mapping_of(text: str, layer: str) -> str:
    """"L3[WIO] K6 - L2[WI] N1 K16X - ..." as a mapping file."""
    lines = ["layers:", f"  - layer: {layer}"]
    for level in text.split(" - "):
        name, loops = level.split(" ", 1)
        lines.append(f"    {LEVELS[name[:2]]}: {loops}")
    return "\n".join(lines) + "\n"


def rows_of(path: Path) -> list[Row]:
    rows = []
    with path.open() as file:
        for line in csv.DictReader(file):
            problem = {key[5:]: int(value) for key, value in line.items()
                       if key.startswith("prob.") and key != "prob.shape"}
            workload, layer = workload_of(problem)
            rows.append(Row(workload, layer, mapping_of(line["mapping.mapping"], layer),
                            float(line["target.gemmini_cycle"]),
                            float(line["target.gemmini_auto_cycle"])))
    return rows


def cycles(systolith: str, workload: str, *options: str) -> int:
    with tempfile.TemporaryDirectory() as out:
        command = [systolith, "run", workload, "--machine", "gemmini_16x16", "--quantize-outputs",
                   "--out", out, *options]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SystemExit(f"{' '.join(command)}\n{done.stderr}")
        return json.loads((Path(out) / "report.json").read_text())["total_cycles"]


def replayed(systolith: str, row: Row) -> int:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "mapping.yaml"
        file.write_text(row.mapping)
        return cycles(systolith, row.workload, "--mapping", str(file))


def mapped_by_us(systolith: str, row: Row) -> int:
    options = [word for memory in TILER_MEMORIES for word in ("--set", memory)]
    return cycles(systolith, row.workload, *options)


def ranks(values: list[float]) -> list[float]:
    """From 0; equal values share the mean of theirs."""
    ordered = sorted(values)
    return [ordered.index(v) + (ordered.count(v) - 1) / 2 for v in values]


def spearman(a: list[float], b: list[float]) -> float:
    return statistics.correlation(ranks(a), ranks(b))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--systolith", default="systolith", help="the program (default: of PATH)")
    parser.add_argument("csv", nargs="+", type=Path)
    arguments = parser.parse_args()
    ours, measured, worse, count = [], [], 0, 0
    print(f"{'layer':54}{'ours':>10}{'RTL':>10}{'error':>8}{'own':>10}{'tiler':>10}{'ratio':>7}")
    for row in (row for path in arguments.csv for row in rows_of(path)):
        replay = replayed(arguments.systolith, row)
        own = mapped_by_us(arguments.systolith, row)
        ours.append(float(replay))
        measured.append(row.measured)
        worse += own > row.tiler
        count += 1
        print(f"{row.workload:54}{replay:10,}{row.measured:10,.0f}{replay / row.measured - 1:8.1%}"
              f"{own:10,}{row.tiler:10,.0f}{own / row.tiler:7.2f}")
    errors = [abs(a / b - 1) for a, b in zip(ours, measured)]
    print(f"{count} layers: median error {statistics.median(errors):.1%}, "
          f"rank correlation {spearman(ours, measured):.3f}; "
          f"own mapping slower than Gemmini's tiler's on {worse}")


if __name__ == "__main__":
    main()
