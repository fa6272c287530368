"""Thousands of runs in one process leave nothing behind."""

import gc
import pathlib

import numpy as np
import pytest
import systolith

RUNS, ROOM = 5000, 20 << 20  # bytes


def resident_bytes():
    return int(pathlib.Path("/proc/self/statm").read_text().split()[1]) * 4096


@pytest.mark.parametrize("values", [False, True])
def test_five_thousand_runs_grow_by_at_most_twenty_megabytes(values):
    program = systolith.compile("mlp:hidden=8,in=8,depth=1", values=True)
    inputs = {"input": np.ones((1, 8))} if values else None
    expected = systolith.simulate(program, values=values, inputs=inputs).to_dict()
    gc.collect()
    before = resident_bytes()
    for _ in range(RUNS):
        report = systolith.simulate(program, values=values, inputs=inputs)
    assert report.to_dict() == expected
    assert resident_bytes() - before <= ROOM
