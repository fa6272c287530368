#!/usr/bin/env python3
"""What a whole run costs the computer: CPU seconds to compile and to simulate, and peak memory.

    whole_process.py PATH/TO/systolith [--runs N] [WORKLOAD OPTION...]

Runs one process a time and prints each run and the best. Nothing is asserted: speed depends on the
host (DESIGN section 5 holds the figures to beat).
"""

import argparse
import json
import pathlib
import resource
import subprocess
import tempfile
import time

WORKLOAD = ["resnet50", "--quantize", "int8", "--machine", "cloud_128x128"]


def children():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def measured(program, workload):
    """One run: what the report says of the host, and what the operating system says."""
    # Timed without --out: the report's own host section comes from a second, written run.
    with tempfile.TemporaryDirectory() as directory:
        before, begin = children(), time.monotonic()
        subprocess.run([program, "run", *workload], check=True, stdout=subprocess.DEVNULL)
        process = {"process_cpu": children() - before, "process_wall": time.monotonic() - begin}
        out = pathlib.Path(directory) / "out"
        subprocess.run([program, "run", *workload, "--out", out], check=True,
                       stdout=subprocess.DEVNULL)
        report = json.loads((out / "report.json").read_text())
    return {**process, **report["host"], "cycles": report["total_cycles"]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("--runs", type=int, default=5)
    options, workload = parser.parse_known_args()
    workload = workload or WORKLOAD
    print(" ".join(workload))
    print(f"{'compile CPU s':>14} {'simulate CPU s':>15} {'process CPU s':>14} "
          f"{'wall s':>7} {'peak MB':>8} {'cycles':>10}")
    rows = [measured(options.program, workload) for _ in range(options.runs)]
    best = {key: min(row[key] for row in rows) for key in rows[0]}
    for label, row in [*(("", row) for row in rows), ("best", best)]:
        print(f"{row['compile_seconds']:14.3f} {row['simulate_cpu_seconds']:15.3f} "
              f"{row['process_cpu']:14.3f} {row['process_wall']:7.2f} "
              f"{row['peak_rss_bytes'] / 1e6:8.1f} {row['cycles']:10,} {label}")


if __name__ == "__main__":
    main()
