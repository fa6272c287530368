"""A training step as its users see it: report, states in and out, memory and its refusal."""

import re

import numpy as np
import onnx
import pytest

from command_line import refusal, report, systolith

FP32 = ["--format", "fp32", "--set", "core.datapath.native=[int8, fp32]"]
DEEP = ["run", "resnet18:size=32,classes=10", "--batch", "8", "--mode", "training",
        "--machine", "cloud_128x128", "--set", "core.scratchpad.capacity=1MiB",
        # Bandwidth enough that computing again is no faster than loading.
        "--set", "dram.pseudochannels=2", *FP32]


@pytest.fixture(scope="module")
def steps(tmp_path_factory):
    """The same step with every activation kept and with most computed again."""
    directories = {}
    for remat in ["keep_all", "sqrt"]:
        directories[remat] = tmp_path_factory.mktemp(remat)
        said = systolith(*DEEP, "--values", "--remat", remat, "--out", directories[remat]).stdout
        assert "every output equals the reference interpreter's, bit for bit" in said
    return directories


def states(directory):
    with np.load(directory / "outputs.npz") as arrays:
        return dict(arrays)


def test_forward_backward_and_update_sum_to_the_run(steps):
    content = report(steps["keep_all"])
    phases = content["phases"]
    assert list(phases) == ["forward", "backward", "update"]
    assert sum(phase["cycles"] for phase in phases.values()) == content["total_cycles"]
    assert sum(phase["macs"] for phase in phases.values()) == content["macs"]
    assert phases["backward"]["macs"] > 1.5 * phases["forward"]["macs"]
    assert {layer["phase"] for layer in content["layers"]} == set(phases)


def test_recomputing_gives_the_same_bits_for_less_memory_and_more_cycles(steps):
    kept, recomputed = states(steps["keep_all"]), states(steps["sqrt"])
    assert kept.keys() == recomputed.keys()
    assert any(name.endswith("/velocity") and value.any() for name, value in kept.items())
    for name, value in kept.items():
        assert value.tobytes() == recomputed[name].tobytes(), name
    before, after = report(steps["keep_all"]), report(steps["sqrt"])
    assert after["memory"]["peak_bytes"] < before["memory"]["peak_bytes"]
    assert after["memory"]["dram_bytes"] < before["memory"]["dram_bytes"]
    assert after["total_cycles"] > before["total_cycles"]
    for content in before, after:
        assert content["memory"]["dram_bytes_reached"] <= content["memory"]["dram_bytes"]


def test_a_budget_that_is_too_small_is_refused_with_the_least_that_would_do(steps):
    said = refusal(*DEEP, "--dram-budget", "1MiB")
    match = re.fullmatch(
        r"a training step of 'resnet18' needs (\d+) bytes of DRAM with remat keep_all, there are "
        r"1048576; the least that would do is (\d+) \(remat sqrt\)", said)
    assert match, said
    needed, least = map(int, match.groups())
    assert needed == report(steps["keep_all"])["memory"]["dram_bytes"]
    assert least == report(steps["sqrt"])["memory"]["dram_bytes"]
    assert str(least) in refusal(*DEEP, "--remat", "sqrt", "--dram-budget", f"{least - 1}B")
    systolith(*DEEP, "--remat", "sqrt", "--dram-budget", f"{least}B")


def test_states_go_on_where_a_run_left_them(tmp_path):
    """Three steps, each from the last one's states: the loss of a fixed batch falls."""
    step = ["run", "mlp", "--batch", 16, "--mode", "training", "--learning-rate", "0.002",
            "--machine", "cloud_128x128", "--values"]
    losses = []
    for number in range(3):
        begin = ["--states", tmp_path / str(number - 1) / "outputs.npz"] if number else []
        systolith(*step, *begin, "--out", tmp_path / str(number))
        losses.append(states(tmp_path / str(number))["training/loss"].item())
    assert losses[0] > losses[1] > losses[2]


def test_states_of_another_network_are_refused(tmp_path):
    np.savez(tmp_path / "states.npz", something=np.zeros(3, np.float32))
    assert refusal("run", "mlp", "--mode", "training", "--values", "--states",
                   tmp_path / "states.npz") == (
        f"--states {tmp_path}/states.npz: no array 'training/step_count'")


def test_an_op_without_gradient_is_named(tmp_path):
    node = onnx.helper.make_node("LRN", ["x"], ["y"], name="norm", size=3)
    weights = np.ones((4, 3, 1, 1), np.float32)
    conv = onnx.helper.make_node("Conv", ["image", "w"], ["x"], name="first")
    value = onnx.helper.make_tensor_value_info
    graph = onnx.helper.make_graph(
        [conv, node], "normalised", [value("image", onnx.TensorProto.FLOAT, [2, 3, 1, 1])],
        [value("y", onnx.TensorProto.FLOAT, [2, 4, 1, 1])],
        [onnx.numpy_helper.from_array(weights, "w")])
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 14)])
    onnx.save(model, tmp_path / "model.onnx")
    assert "op LRN of node 'norm' has no gradient (opset 14)" in refusal(
        "run", tmp_path / "model.onnx", "--mode", "training")
