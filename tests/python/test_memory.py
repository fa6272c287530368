"""Thousands of runs in one process leave nothing behind."""

import gc
import pathlib

import systolith


def resident_bytes():
    return int(pathlib.Path("/proc/self/statm").read_text().split()[1]) * 4096


def test_five_thousand_runs_grow_by_at_most_twenty_megabytes():
    program = systolith.compile("mlp:hidden=8,in=8,depth=1")
    expected = systolith.simulate(program).to_dict()
    gc.collect()
    before = resident_bytes()
    for _ in range(5000):
        report = systolith.simulate(program)
    assert report.to_dict() == expected
    assert resident_bytes() - before <= 20 << 20
