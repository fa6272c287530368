"""Sweeps: the same rows whoever runs them, and however often they were killed."""

import os
import pathlib
import re
import signal
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest
import systolith
from command_line import refusal, systolith as systolith_command
from pandas.testing import assert_frame_equal

GRID = """workload: mlp:hidden=64
machine: cloud_128x128
axes:
  core.array.rows,core.array.cols: [16, 32, [64, 16]]
  core.scratchpad.capacity: [64KiB, 1MiB]
  quantize: [int8, none]
  dram.channels: [1, 4]
"""


@pytest.fixture(scope="module")
def rows():
    return systolith.sweep(dict(
        workload="mlp:hidden=64", machine="cloud_128x128",
        axes={"core.array.rows,core.array.cols": [16, 32, [64, 16]],
              "core.scratchpad.capacity": ["64KiB", "1MiB"], "quantize": ["int8", "none"],
              "dram.channels": [1, 4]}), workers=1)


def sweep_file(folder, text=GRID):
    path = folder / "sweep.yaml"
    path.write_text(text)
    return path


def command(*arguments):
    return [sys.executable, "-m", "systolith.sweep_cli", *map(str, arguments)]


def test_a_row_is_what_a_run_says(rows):
    assert len(rows) == 24 and rows["error"].isna().all()
    row = rows.iloc[-1]
    assert (row["core.array.rows"], row["core.array.cols"]) == (64, 16)
    machine = systolith.Machine("cloud_128x128", {
        "core.array.rows": 64, "core.array.cols": 16, "core.scratchpad.capacity": "1MiB",
        "dram.channels": 4})
    report = systolith.run("mlp:hidden=64", machine, quantize="none")
    assert row["total_cycles"] == report.total_cycles
    assert row["energy_picojoules"] == report.energy["total_picojoules"]


def test_the_command_line_writes_the_same_rows(rows, tmp_path):
    done = subprocess.run(command(sweep_file(tmp_path), "-o", tmp_path / "out", "--workers", 2,
                                  "--pareto", "total_cycles,energy_picojoules"),
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "24 points, 0 failed" in done.stdout and "100%" in done.stderr
    assert_frame_equal(pd.read_parquet(tmp_path / "out/rows.parquet"), rows, check_dtype=False)
    assert (tmp_path / "out/pareto.png").read_bytes().startswith(b"\x89PNG")
    assert list((tmp_path / "out/parts").iterdir()) == []


def test_a_killed_sweep_goes_on_where_it_was(rows, tmp_path):
    out = tmp_path / "out"
    slow = GRID.replace("mlp:hidden=64", "mlp:hidden=64,depth=1").replace(
        "int8, none]", "int8, none]\n  workload: [mlp:hidden=64, squeezenet:size=64]")
    path = sweep_file(tmp_path, slow)
    process = subprocess.Popen(command(path, "-o", out, "--workers", 2), start_new_session=True,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not (out / "parts").exists() or not list((out / "parts").glob("*.parquet")):
        assert process.poll() is None, "finished before it could be killed"
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    kept = sum(len(pd.read_parquet(part)) for part in (out / "parts").glob("*.parquet"))
    assert 0 < kept < 48
    done = subprocess.run(command(path, "-o", out), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    started = re.search(r"(\d+)/48", done.stderr)
    assert started and int(started.group(1)) == kept
    resumed = pd.read_parquet(out / "rows.parquet")
    assert_frame_equal(resumed, systolith.sweep(path, workers=2), check_dtype=False)
    of_the_mlp = resumed[resumed["workload"] == "mlp:hidden=64"].drop(columns="workload")
    assert_frame_equal(of_the_mlp.reset_index(drop=True), rows, check_dtype=False)


def test_a_finished_sweep_runs_nothing_again(rows, tmp_path, monkeypatch):
    path = sweep_file(tmp_path)
    assert_frame_equal(systolith.sweep(path, tmp_path / "out", workers=2), rows, check_dtype=False)
    monkeypatch.setattr(sys.modules["systolith.sweep"], "_completed_locally",
                        lambda *_: pytest.fail("a point ran again"))
    assert_frame_equal(systolith.sweep(path, tmp_path / "out"), rows, check_dtype=False)


@pytest.mark.filterwarnings("ignore")  # of the cluster's own libraries
def test_a_dask_cluster_gives_the_same_rows(rows, tmp_path):
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True,
                                  dashboard_address=None) as cluster:
        by_address = systolith.sweep(sweep_file(tmp_path), scheduler=cluster.scheduler_address)
        with distributed.Client(cluster) as client:
            by_client = systolith.sweep(sweep_file(tmp_path), scheduler=client)
    assert_frame_equal(by_address, rows, check_dtype=False)
    assert_frame_equal(by_client, rows, check_dtype=False)


def test_a_failing_point_is_a_row_with_its_error():
    rows = systolith.sweep({"workload": "resnet18:size=64", "machine": "edge_npu",
                            "axes": {"core.scratchpad.capacity": ["1KiB", "64KiB"],
                                     "core.array.rows": [0, 32]}}, workers=1)
    assert list(rows["error"].isna()) == [False, False, False, True]
    assert "core.array.rows" in rows["error"][0] and "smallest tile" in rows["error"][1]
    assert np.isnan(rows["total_cycles"][0]) and rows["total_cycles"][3] > 0


def test_check_leaves_sweeps_to_the_package(tmp_path, monkeypatch):
    path = sweep_file(tmp_path)
    monkeypatch.setenv("PATH", "/usr/bin")
    assert refusal("check", path) == (
        f"{path} is a sweep: checking it needs the Python package (no program systolith-sweep on "
        "PATH)")
    extension = tmp_path / "systolith-sweep"
    extension.write_text(f"#!/bin/sh\nexec {sys.executable} -m systolith.sweep_cli \"$@\"\n")
    extension.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin")
    assert systolith_command("check", path).stdout == f"{path}: a sweep of 24 points is valid\n"
    assert refusal("check", path, "--set", "core.count=2") == (
        f"{path} is a sweep: it takes no --set")
    sweep_file(tmp_path, GRID.replace("dram.channels", "dram.chanels"))
    assert refusal("check", path) == (
        f"{path}:7:3: unknown axis 'dram.chanels'; did you mean 'dram.channels'?")


@pytest.mark.parametrize("text, message", [
    ("workload: mlp\naxes:\n  core.array.rowz: [1]\n",
     ":3:3: unknown axis 'core.array.rowz'; did you mean 'core.array.rows'?"),
    ("workload: mlp\naxis: {batch: [1]}\n", ":2:1: unknown key 'axis'; did you mean 'axes'?"),
    ("workload: mlp\naxes:\n  batch: 3\n", ":3:3: axis 'batch' needs a list of values"),
    ("workload: mlp\naxes: {batch: [1]}\nset: {core.cuont: 1}\n",
     ":3:7: unknown parameter 'core.cuont'; did you mean 'core.count'?"),
    ("axes: {batch: [1]}\n", "a sweep needs a workload"),
    ("workload: [", ":1:12: "),
    ("workload: mlp\naxes: {batch: [1]}\nset: [1]\n", ":3:1: set is a mapping of the machine's"),
    ("workload: mlp\nbatch: two\naxes: {batch: [1]}\n", ":2:1: batch is a number, not 'two'"),
    ("workload: mlp\naxes:\n  batch: [1]\n  batch: [2]\n", ":4:3: key 'batch' is given twice"),
    ("workload: mlp\naxes:\n  batch: [1]\n  machine,batch: [2]\n",
     ":4:3: 'batch' is on two axes"),
    ("workload: mlp\naxes:\n  core.array.rows,core.array.cols: [[1, 2, 3]]\n",
     ":3:3: axis 'core.array.rows,core.array.cols' has 2 parameters, value [1, 2, 3] has 3"),
])
def test_a_wrong_file_is_refused_with_its_place(tmp_path, text, message):
    path = sweep_file(tmp_path, text)
    done = subprocess.run(command(path), capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("systolith: error: ") and message in done.stderr, done.stderr
    assert [entry.name for entry in pathlib.Path(tmp_path).iterdir()] == ["sweep.yaml"]


def test_an_axis_of_numbers_and_texts_is_a_column_of_texts(tmp_path):
    rows = systolith.sweep({"workload": "mlp:hidden=8", "axes": {
        "dram.channels": [np.int64(1), 2], "core.scratchpad.capacity": ["64KiB", {"x": 1}]}},
        tmp_path, workers=1)
    assert list(rows["dram.channels"]) == [1, 1, 2, 2]
    assert list(rows["core.scratchpad.capacity"][:2]) == ["64KiB", '{"x": 1}']
    assert list(rows["error"].isna()) == [True, False] * 2


def test_rows_of_something_else_are_refused(tmp_path):
    pd.DataFrame({"a": [1]}).to_parquet(tmp_path / "rows.parquet")
    with pytest.raises(systolith.UserError, match="not the rows of a sweep"):
        systolith.sweep({"workload": "mlp", "axes": {"batch": [1]}}, tmp_path)


def test_the_pareto_front_is_what_nothing_beats():
    points = pd.DataFrame({"a": [1, 2, 3, 2, np.nan], "b": [3, 2, 1, 3, 0]})
    assert list(systolith.pareto(points, minimize=["a", "b"]).index) == [0, 1, 2]
    assert list(systolith.pareto(points, minimize=["a"], maximize=["b"]).index) == [0]
