"""What the command line answers to a user's mistake: the exact message, status 2, nothing left."""

import os
import signal
import subprocess
import time

import pytest

from command_line import PROGRAM, refusal, systolith

KNOWN = "run, compile, exec, serve, trace, export, dram, area, check, list"
SMALL = "mlp"


def test_an_unknown_subcommand_is_answered_with_the_known_ones():
    assert refusal("rum", "resnet50", env={"PATH": ""}) == (
        f"unknown subcommand 'rum' (known: {KNOWN}); did you mean 'run'? "
        "(and no program systolith-rum on PATH)")


def test_a_subcommand_with_a_slash_never_runs_a_file():
    assert refusal("a/../b", env={"PATH": ""}) == f"unknown subcommand 'a/../b' (known: {KNOWN})"


def test_an_unknown_option_is_named():
    assert "--frobnicate" in refusal("run", SMALL, "--frobnicate")


def test_a_missing_workload_is_named():
    assert refusal("run") == "workload is required"


def test_no_subcommand_is_an_error():
    assert refusal() == "A subcommand is required"


@pytest.mark.parametrize("arguments, message", [
    (["--mode", "serving"], "--mode serving is not available (allowed: inference, training)"),
    (["--mode", "training", "--quantize", "int8"],
     "--quantize int8 is post-training: --mode training takes none"),
    (["--mode", "training", "--optimizer", "sgt"],
     "unknown optimizer 'sgt' (known: adam, momentum, sgd); did you mean 'sgd'?"),
    (["--mode", "training", "--remat", "all"],
     "unknown remat policy 'all' (known: keep_all, sqrt)"),
    (["--remat", "sqrt"], "--remat needs --mode training (--mode is inference)"),
    (["--learning-rate", "0.1"], "--learning-rate needs --mode training (--mode is inference)"),
    (["--dram-budget", "64"], "--dram-budget 64: '64' has no unit (allowed: B, KiB, MiB, GiB, "
     "KB, MB, GB)"),
    (["--quantize", "int2"],
     "--quantize int2 is not available (allowed: int8, int8xint4, int4, int16, int16xint8, none)"),
    (["--quantize", "none", "--format", "fp24"],
     "--format fp24 is not available (allowed: bf16, fp16, fp32, fp8_e4m3, fp8_e5m2)"),
    (["--format", "bf16"], "--format bf16 needs --quantize none (--quantize is int8)"),
    (["--inputs", "x.npz"], "--inputs requires --values"),
    (["--batch", "0"], "--batch: Value 0 not in range 1 to 65536"),
    (["--set", "core.array.dataflow=output_stationary", "--mode", "training"],
     "training needs an array that is weight_stationary; that of machine 'edge_npu' is "
     "output_stationary (core.array.dataflow takes a list)"),
    (["--mapping", "absent.yaml"], "mapping file 'absent.yaml' does not exist"),
    (["--quantize-outputs", "--mode", "training"],
     "training has no quantised outputs (its losses and gradients are real numbers)"),
    (["--float-inputs", "--mode", "training"],
     "training has no quantised inputs that float ones could be brought for"),
    (["--dump", "fuze"], None),
])
def test_what_is_not_available_says_what_is(arguments, message):
    said = refusal("run", SMALL, *arguments)
    if message is None:
        assert said.startswith("unknown pass 'fuze' (known: ")
    else:
        assert said == message


def test_an_unknown_kind_of_list_is_answered_with_the_known_ones():
    assert refusal("list", "modelz").startswith("unknown kind 'modelz' (known: schema, models")


def test_a_mapping_that_does_not_fit_the_network_says_where_and_what_there_is(tmp_path):
    file = tmp_path / "m.yaml"
    file.write_text("layers:\n  - layer: fc3\n    dram: K2\n")
    for command in (["run", SMALL], ["compile", SMALL, "-o", tmp_path / "p.bin"]):
        assert refusal(*command, "--mapping", file) == (
            f"{file}:2:5: unknown layer 'fc3' (known: fc1, fc2, classifier); did you mean 'fc1'?")
    file.write_text("layers:\n  - problem: K7\n    dram: K7\n")
    assert refusal("run", SMALL, "--mapping", file) == (
        f"{file}:2:5: no layer of the network is this problem")
    file.write_text("layers:\n  - layer: fc1\n  - problem: K256 C784\n")
    assert refusal("run", SMALL, "--mapping", file) == (
        f"{file}:3:5: layer 'fc1' is mapped already on line 2")


def test_compile_without_anything_to_write_is_refused():
    assert refusal("compile", SMALL) == "compile needs -o PROGRAM or --dump PASS"


def test_an_output_place_that_cannot_be_written_is_refused_before_any_work(tmp_path):
    (tmp_path / "file").write_text("kept")
    assert refusal("run", "no_such_model", "--out", tmp_path / "file") == (
        f"--out {tmp_path}/file: exists and is not a directory")
    assert refusal("run", "no_such_model", "--out", tmp_path / "file" / "below") == (
        f"--out {tmp_path}/file/below: cannot write there: Not a directory")
    assert refusal("compile", "no_such_model", "-o", tmp_path / "absent" / "p.bin") == (
        f"{tmp_path}/absent/p.bin: cannot write there: No such file or directory")
    assert refusal("compile", "no_such_model", "-o", tmp_path) == f"{tmp_path}: is a directory"
    assert (tmp_path / "file").read_text() == "kept"


@pytest.mark.parametrize("arguments", [
    ["run", "no_such_model", "--out", "deep/er"],
    ["run", SMALL, "--machine", "no_such_machine", "--out", "out"],
    ["run", SMALL, "--set", "core.arra.rows=4", "--out", "out"],
    ["compile", "no_such_model", "-o", "program.bin"],
    ["export", "no_such_model", "-o", "model.onnx"],
    ["run", SMALL, "--vcd", "wave.vcd", "--machine", "no_such_machine"],
    ["run", SMALL, "--values", "--inputs", "absent.npz", "--out", "out"],
])
def test_a_failed_command_leaves_nothing(arguments, tmp_path):
    refusal(*arguments, cwd=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_failed_run_leaves_an_earlier_runs_results_alone(tmp_path):
    systolith("run", SMALL, "--out", "out", cwd=tmp_path)
    before = {p.name: p.read_bytes() for p in (tmp_path / "out").iterdir()}
    refusal("run", "no_such_model", "--out", "out", cwd=tmp_path)
    assert {p.name: p.read_bytes() for p in (tmp_path / "out").iterdir()} == before


def test_missing_files_are_named(tmp_path):
    for arguments in (["run", "absent.onnx"], ["exec", "absent.bin"], ["check", "absent.yaml"],
                      ["trace", "check", "absent.bin"]):
        assert "absent" in refusal(*arguments, cwd=tmp_path)


def test_a_program_for_another_machine_is_refused(tmp_path):
    systolith("compile", SMALL, "-o", "p.bin", cwd=tmp_path)
    said = refusal("exec", "p.bin", "--machine", "gemmini_16x16", "--out", "out", cwd=tmp_path)
    assert "edge_npu" in said and "gemmini_16x16" in said
    assert not (tmp_path / "out").exists()


def test_values_of_a_program_without_weights_are_refused(tmp_path):
    systolith("compile", SMALL, "-o", "p.bin", cwd=tmp_path)
    assert refusal("exec", "p.bin", "--values", cwd=tmp_path) == (
        "p.bin: holds no weights, so --values has nothing to compute with; "
        "compile it with --values")


def test_ctrl_c_stops_cleanly_and_leaves_nothing(tmp_path):
    running = subprocess.Popen([PROGRAM, "run", "vgg16:batch=16", "--out", "out"], cwd=tmp_path,
                               stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    while not (tmp_path / "out").exists():  # the handlers are there before the directory is
        time.sleep(0.01)
    running.send_signal(signal.SIGINT)
    _, said = running.communicate()
    assert running.returncode == 130
    assert said.endswith("systolith: interrupted\n")
    assert list(tmp_path.iterdir()) == []


def test_an_extension_from_path_gets_the_remaining_arguments(tmp_path):
    program = tmp_path / "systolith-hello"
    program.write_text('#!/bin/sh\necho "$@"\nexit 7\n')
    program.chmod(0o755)
    environment = dict(os.environ, PATH=f"{tmp_path}:{os.environ['PATH']}")
    done = systolith("hello", "--machine", "x", "y", status=7, env=environment)
    assert done.stdout == "--machine x y\n"
