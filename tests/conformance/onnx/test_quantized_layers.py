"""Quantised layers on the simulated machine against the same in ONNX's QDQ form: DequantizeLinear,
the operator in fp32, QuantizeLinear (opset 21, which has int4), by ONNX's reference evaluator and
by ONNX Runtime.

Scales are powers of two (or thrice one, where no quotient is a tie), so that fp32 holds every
intermediate value exactly and the comparison is of codes, not of rounding noise."""

import json

import numpy as np
import onnx
import onnx.reference
import onnxruntime
import pytest
from onnx import TensorProto, helper

from onnx_tools import run_tool

LIMITS = {"int4": (-8, 7), "int8": (-128, 127)}
TYPES = {"int4": TensorProto.INT4, "int8": TensorProto.INT8}


def quantised(random, shape, form, scale, zero, limits=None):
    low, high = limits or LIMITS[form]
    return {"shape": list(shape), "format": form, "scale": float(scale), "zero": int(zero),
            "codes": random.integers(low, high + 1, shape)}


def real(tensor):
    return (np.float32(tensor["scale"]) *
            (tensor["codes"] - tensor["zero"]).astype(np.float32)).reshape(tensor["shape"])


class Qdq:
    """An ONNX graph in QDQ form over fp32 inputs and one fp32 output."""

    def __init__(self):
        self.nodes, self.constants, self.feeds, self.inputs = [], [], {}, []

    def constant(self, name, kind, values, shape=None):
        values = np.asarray(values)
        self.constants.append(helper.make_tensor(
            name, kind, values.shape if shape is None else shape, values.ravel().tolist()))
        return name

    def parameters(self, name, tensor):
        return [self.constant(name + "_s", TensorProto.FLOAT, np.float32(tensor["scale"])),
                self.constant(name + "_z", TYPES[tensor["format"]], np.int8(tensor["zero"]))]

    def dequantised(self, name, quantised_name, parameters):
        self.nodes.append(helper.make_node("DequantizeLinear", [quantised_name, *parameters],
                                           [name]))
        return name

    def feed(self, name, tensor):
        """An fp32 input through QuantizeLinear and DequantizeLinear."""
        self.feeds[name] = real(tensor)
        self.inputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, tensor["shape"]))
        return self.round(name, name, tensor)

    def round(self, name, value, tensor):
        parameters = self.parameters(name, tensor)
        self.nodes.append(helper.make_node("QuantizeLinear", [value, *parameters], [name + "_q"]))
        return self.dequantised(name + "_dq", name + "_q", parameters)

    def evaluate(self, output, shape):
        """What both evaluators say, which must be the same."""
        graph = helper.make_graph(
            self.nodes, "layer", self.inputs,
            [helper.make_tensor_value_info(output, TensorProto.FLOAT, shape)], self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)])
        model.ir_version = 10
        onnx.checker.check_model(model)
        reference = onnx.reference.ReferenceEvaluator(model).run(None, self.feeds)[0]
        options = onnxruntime.SessionOptions()  # as written: no fusion into integer kernels
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        session = onnxruntime.InferenceSession(model.SerializeToString(), options)
        np.testing.assert_array_equal(session.run(None, self.feeds)[0], reference)
        return reference


def codes(values, tensor):
    return np.rint(values / np.float32(tensor["scale"])).astype(int) + tensor["zero"]


def on_the_machine(layer, machine, tmp_path):
    """The codes that the layer's output has, in order of the logical shape."""
    path = tmp_path / "layer.json"
    path.write_text(json.dumps(layer, default=lambda array: array.ravel().tolist()))
    results = json.loads(run_tool("quantized_layer", path, machine))
    assert results["simulated"] == results["interpreted"]
    return np.reshape(results["simulated"], layer["y"]["shape"]), results["bytes"]


CONVOLUTIONS = {
    # name: input (n, c, h, w), outputs, kernel, groups, strides, pads, residual, relu
    "3x3": ((2, 6, 7, 5), 8, (3, 3), 1, (1, 1), (1, 1, 1, 1), False, True),
    "odd_channels": ((1, 5, 6, 6), 7, (3, 3), 1, (1, 1), (1, 1, 1, 1), True, False),
    "strided": ((1, 16, 9, 9), 40, (3, 3), 1, (2, 2), (1, 0, 1, 0), False, False),
    "depthwise": ((1, 13, 8, 8), 13, (3, 3), 13, (1, 1), (1, 1, 1, 1), False, True),
    "odd_groups": ((1, 9, 5, 5), 15, (1, 1), 3, (1, 1), (0, 0, 0, 0), True, True),
    "matrix_product": ((5, 96, 1, 1), 11, (1, 1), 1, (1, 1), (0, 0, 0, 0), False, False),
}


@pytest.mark.parametrize("machine", ["edge_npu", "cloud_128x128"])
@pytest.mark.parametrize("operands", ["int4", "int8xint4"])
@pytest.mark.parametrize("name", CONVOLUTIONS)
def test_a_convolution(name, operands, machine, tmp_path):
    random = np.random.default_rng(list(name.encode()))
    shape, outputs, kernel, groups, strides, pads, has_residual, relu = CONVOLUTIONS[name]
    form = operands.split("x")[0]
    x = quantised(random, shape, form, 2.0 ** -3, random.integers(*LIMITS[form]))
    w = quantised(random, (outputs, shape[1] // groups, *kernel), "int4", 1, 0, (-7, 7))
    w_scale = np.exp2(random.integers(-4, 1, outputs)).astype(np.float32)
    bias = random.integers(-200, 200, outputs)
    y_shape = [shape[0], outputs, *((shape[2 + d] + pads[d] + pads[d + 2] - kernel[d])
                                    // strides[d] + 1 for d in (0, 1))]
    y_scale = 3 * 2.0 ** (-2 if form == "int4" else 1)
    y = quantised(random, y_shape, "int4", y_scale, random.integers(-8, 8))

    qdq = Qdq()
    weights = qdq.dequantised(
        "w_dq", qdq.constant("w", TensorProto.INT4, w["codes"]),
        [qdq.constant("w_s", TensorProto.FLOAT, w_scale),
         qdq.constant("w_z", TensorProto.INT4, np.zeros(outputs, int))])
    qdq.nodes[-1].attribute.append(helper.make_attribute("axis", 0))
    offset = qdq.constant("b", TensorProto.FLOAT, bias * w_scale * np.float32(x["scale"]))
    qdq.nodes.append(helper.make_node(
        "Conv", [qdq.feed("x", x), weights, offset], ["sum"], group=groups, strides=strides,
        pads=pads, kernel_shape=kernel))
    value = "sum"
    layer = {"kind": "conv", "x": x, "w": w, "groups": groups, "strides": strides, "pads": pads,
             "relu": relu, "y": y,
             "factors": [float(np.float32(x["scale"] * float(s) / y_scale)) for s in w_scale],
             "bias": bias - x["zero"] * w["codes"].reshape(outputs, -1).sum(1)}
    if has_residual:
        layer["residual"] = quantised(random, y_shape, "int4", 0.75, random.integers(-8, 8))
        layer["residual_factor"] = float(np.float32(0.75 / y_scale))
        qdq.nodes.append(helper.make_node(
            "Add", [value, qdq.feed("residual", layer["residual"])], ["total"]))
        value = "total"
    if relu:
        qdq.nodes.append(helper.make_node("Relu", [value], ["active"]))
        value = "active"
    expected = codes(qdq.evaluate(qdq.round("y", value, y), y_shape), y)
    actual, size = on_the_machine(layer, machine, tmp_path)
    np.testing.assert_array_equal(actual, expected)
    assert len(np.unique(expected)) > 5  # neither all saturated nor all alike
    assert size == y_shape[0] * y_shape[2] * y_shape[3] * ((outputs + 1) // 2)


@pytest.mark.parametrize("zero", [-8, -3, 0, 7])
def test_quantize_linear(zero, tmp_path):
    """Every quarter step from far below the codes to far above, ties among them."""
    y = {"shape": [1, 7, 5, 5], "format": "int4", "scale": 0.5, "zero": zero, "codes": None}
    values = (np.arange(175) - 87).astype(np.float32).reshape(y["shape"]) / 8
    qdq = Qdq()
    qdq.feeds["x"] = values
    qdq.inputs.append(helper.make_tensor_value_info("x", TensorProto.FLOAT, y["shape"]))
    expected = codes(qdq.evaluate(qdq.round("y", "x", y), y["shape"]), y)
    x = {"shape": y["shape"], "format": "fp32", "scale": 1, "zero": 0, "codes": values}
    layer = {"kind": "map", "x": x, "factor": 2.0, "y": {**y, "codes": []}}
    actual, size = on_the_machine(layer, "edge_npu", tmp_path)
    np.testing.assert_array_equal(actual, expected)
    assert set(np.unique(expected)) == set(range(-8, 8))
    assert size == 5 * 5 * 4


@pytest.mark.parametrize("zero", [-8, 0, 5])
def test_dequantize_linear(zero, tmp_path):
    x = {"shape": [2, 5, 3, 3], "format": "int4", "scale": 0.1, "zero": zero,
         "codes": np.arange(90) % 16 - 8}
    qdq = Qdq()
    code = qdq.constant("x", TensorProto.INT4, x["codes"], x["shape"])
    expected = qdq.evaluate(qdq.dequantised("y", code, qdq.parameters("x", x)), x["shape"])
    y = {"shape": x["shape"], "format": "fp32", "scale": 1, "zero": 0, "codes": []}
    layer = {"kind": "map", "x": x, "factor": 0.1, "y": y}
    actual, _ = on_the_machine(layer, "edge_npu", tmp_path)
    np.testing.assert_array_equal(actual.astype(np.float32), expected)
