"""The same inputs give the same bytes, the report's host section aside."""

import subprocess

import numpy as np

from command_line import PROGRAM, simulated, systolith


def results(directory):
    return {p.name: p.read_bytes() for p in directory.iterdir() if p.name != "report.json"}


def test_two_processes_write_the_same_bytes(tmp_path):
    for name in ("one", "other"):
        systolith("run", "mlp", "--values", "--out", tmp_path / name)
    assert simulated(tmp_path / "one") == simulated(tmp_path / "other")
    assert results(tmp_path / "one") == results(tmp_path / "other")


def test_runs_side_by_side_do_not_disturb_each_other(tmp_path):
    running = [subprocess.Popen([PROGRAM, "run", "mlp", "--out", tmp_path / name],
                                stdout=subprocess.DEVNULL) for name in ("one", "other")]
    assert [process.wait() for process in running] == [0, 0]
    assert simulated(tmp_path / "one") == simulated(tmp_path / "other")


def test_a_compiled_program_gives_the_same_report_as_the_run(tmp_path):
    systolith("run", "mlp", "--out", tmp_path / "run")
    systolith("compile", "mlp", "-o", tmp_path / "p.bin")
    systolith("exec", tmp_path / "p.bin", "--out", tmp_path / "exec")
    assert simulated(tmp_path / "run") == simulated(tmp_path / "exec")


def test_values_do_not_change_the_timing(tmp_path):
    systolith("run", "mlp", "--out", tmp_path / "without")
    systolith("run", "mlp", "--values", "--out", tmp_path / "with")
    assert simulated(tmp_path / "without") == simulated(tmp_path / "with")


def test_another_seed_gives_other_outputs_in_the_same_time(tmp_path):
    systolith("run", "mlp", "--values", "--seed", 1, "--out", tmp_path / "one")
    systolith("run", "mlp", "--values", "--seed", 2, "--out", tmp_path / "two")
    assert simulated(tmp_path / "one") == simulated(tmp_path / "two")
    one, two = (np.load(tmp_path / name / "outputs.npz") for name in ("one", "two"))
    assert list(one) == list(two)
    assert any((one[name] != two[name]).any() for name in one)


def test_a_directory_never_mixes_two_runs(tmp_path):
    systolith("run", "mlp", "--values", "--out", tmp_path)
    assert (tmp_path / "outputs.npz").exists()
    systolith("run", "mlp", "--out", tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["report.json", "timeline.json"]
