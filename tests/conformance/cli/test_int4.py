"""Networks in int4, activations and weights, through the files a user reads."""

import re

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from command_line import refusal, report, systolith

NETWORKS = ["mlp", "lenet", "alexnet:size=64", "mobilenet_v2:size=64", "resnet18:size=64",
            "resnet50:size=64", "squeezenet:size=64"]


@pytest.mark.parametrize("machine", ["edge_npu", "cloud_128x128"])
@pytest.mark.parametrize("network", NETWORKS)
def test_a_network_computes_what_the_interpreter_does(network, machine, tmp_path):
    said = systolith("run", network, "--quantize", "int4", "--values", "--machine", machine,
                     "--out", tmp_path).stdout
    assert "every output equals the reference interpreter's, bit for bit" in said
    assert float(re.search(r"cosine (\S+)", said)[1]) > 0.9
    layers = report(tmp_path)["layers"]
    assert layers[0]["format"] == "int8xint4"  # the image keeps its 8 bits
    assert {layer["format"] for layer in layers[1:]} == {"int4"}


def test_a_machine_without_packed_operands_says_what_is_missing():
    assert refusal("run", "mlp", "--quantize", "int4", "--machine", "tpu_v1") == (
        "the array of machine 'tpu_v1' has no packed int4 operands (core.datapath.packed lists "
        "what it has)")


def convolutions_around_a_pool(channels, path):
    """conv, MaxPool, conv: on two cores the pool is a layer of its own, from DRAM to DRAM."""
    random = np.random.default_rng(channels)
    weights = [numpy_helper.from_array(
        random.standard_normal((channels, inputs, 3, 3)).astype(np.float32) / (3 * inputs ** 0.5),
        name) for name, inputs in (("w1", 3), ("w2", channels))]
    pads = {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1]}
    nodes = [helper.make_node("Conv", ["x", "w1"], ["a"], **pads),
             helper.make_node("MaxPool", ["a"], ["b"], name="pool", kernel_shape=[2, 2],
                              strides=[2, 2]),
             helper.make_node("Conv", ["b", "w2"], ["y"], **pads)]
    graph = helper.make_graph(
        nodes, "pooled", [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, 16, 16])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, channels, 8, 8])], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.save(model, path)


@pytest.mark.parametrize("channels, bytes_a_pixel", [(32, 16), (30, 15), (31, 16)])
def test_activations_take_half_the_traffic(channels, bytes_a_pixel, tmp_path):
    """Exactly half for even numbers of channels; odd ones are filled up to whole bytes."""
    convolutions_around_a_pool(channels, tmp_path / "m.onnx")
    moved = {}
    for quantize in ("int8", "int4"):
        said = systolith("run", tmp_path / "m.onnx", "--quantize", quantize, "--values", "--set",
                         "core.count=2", "--out", tmp_path / quantize).stdout
        assert "bit for bit" in said
        layers = {layer["name"]: layer for layer in report(tmp_path / quantize)["layers"]}
        moved[quantize] = layers["pool"]["dram_bytes"]
    assert moved["int8"] == (16 * 16 + 8 * 8) * channels
    assert moved["int4"] == (16 * 16 + 8 * 8) * bytes_a_pixel


def test_int4_streams_as_fast_as_its_weights_and_moves_less(tmp_path):
    reports = {}
    for quantize in ("int8", "int8xint4", "int4"):
        systolith("run", "resnet18", "--quantize", quantize, "--out", tmp_path / quantize)
        reports[quantize] = report(tmp_path / quantize)
    cycles = {name: run["total_cycles"] for name, run in reports.items()}
    moved = {name: run["dram"]["bytes_read"] + run["dram"]["bytes_written"]
             for name, run in reports.items()}
    assert cycles["int4"] <= cycles["int8xint4"] < 0.6 * cycles["int8"]
    assert moved["int4"] < moved["int8xint4"] < moved["int8"]
    parts = reports["int4"]["energy"]["components"]
    events = {name: part["events"] for name, part in parts.items()}
    assert events["mac_int8xint4"] == reports["int4"]["layers"][0]["macs"]
    assert events["mac_int8xint4"] + events["mac_int4"] == reports["int4"]["macs"]


def test_calibration_inputs_set_the_ranges(tmp_path):
    """Inputs far from the seeded ones: without them most codes would be the largest."""
    random = np.random.default_rng(7)
    images = 100 + 40 * random.standard_normal((4, 784)).astype(np.float32)
    np.savez(tmp_path / "some.npz", input=images[:3])
    np.savez(tmp_path / "one.npz", input=images[3:])
    cosines = []
    for calibration in ([], ["--calibration", tmp_path / "some.npz"]):
        said = systolith("run", "mlp", "--quantize", "int4", "--values", "--inputs",
                         tmp_path / "one.npz", *calibration).stdout
        cosines.append(float(re.search(r"cosine (\S+)", said)[1]))
    assert cosines[1] > 0.98 > cosines[0]
