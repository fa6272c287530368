"""A third party's TLM-2.0 memory, a shared library, in the place of our DRAM."""

import json
import os
from pathlib import Path

import pytest
from command_line import refusal, systolith

PLUGIN = Path(os.environ["SYSTOLITH_BUILD_DIR"]) / "tests/conformance/libat_memory.so"


def plugin(configuration="prompt"):
    return ["--set", f"dram.plugin={PLUGIN}", "--set", f"dram.plugin_config={configuration}"]


def report(tmp_path, *arguments):
    systolith("run", *arguments, "--out", tmp_path)
    said = json.loads((tmp_path / "report.json").read_text())
    del said["host"]
    return said


def test_it_runs_resnet18(tmp_path):
    ours = report(tmp_path / "ours", "resnet18", "--quantize", "int8")
    theirs = report(tmp_path / "theirs", "resnet18", "--quantize", "int8", *plugin())
    for key in ("macs", "commands"):
        assert theirs[key] == ours[key]
    for key in ("bytes_read", "bytes_written", "requests"):
        assert theirs["dram"][key] == ours["dram"][key]
    # At most 8 requests of 64 B each in 70 ns on each of two channels, 14.6 GB/s in all; and a
    # request is 10 ns in its request phase.
    assert theirs["seconds"] > theirs["dram"]["bytes_read"] / (2 * 64 / 10e-9)
    assert theirs["total_cycles"] > ours["total_cycles"]


@pytest.mark.parametrize("levels", ["", "[{name: l2, kind: cache, capacity: 64KiB}]"])
def test_values_are_those_of_our_memory(tmp_path, levels):
    extra = ["--set", f"memory={levels}"] if levels else []
    said = {}
    for name, arguments in {"ours": [], "theirs": plugin()}.items():
        systolith("run", "lenet", "--values", *extra, *arguments, "--out", tmp_path / name)
        said[name] = (tmp_path / name / "outputs.npz").read_bytes()
    assert said["ours"] == said["theirs"]


def test_two_runs_are_the_same(tmp_path):
    runs = [report(tmp_path / name, "lenet", *plugin()) for name in ("a", "b")]
    assert runs[0] == runs[1]


def test_a_memory_that_never_answers_is_a_deadlock_with_who_waits():
    said = refusal("run", "lenet", *plugin("silent"))
    assert "deadlock" in said and "load" in said


def test_what_is_no_plugin_is_refused(tmp_path):
    assert "dram.plugin: './none.so' cannot be loaded" in refusal(
        "run", "lenet", "--set", "dram.plugin=./none.so")
    assert refusal("run", "lenet", "--set", "dram.plugin=libz.so.1") == (
        "dram.plugin: 'libz.so.1' is no memory plug-in: it has no function systolith_create_memory")
    assert "refuses: dram.plugin_config is 'slow' (allowed: prompt, silent)" in refusal(
        "run", "lenet", *plugin("slow"))
