"""Models that are quantised already run on the simulated machine as ONNX defines them: with their
own scales and zero points, to the bit of ONNX's reference evaluator.

QLinearConv and QLinearMatMul: the definition leaves open how the sum is scaled. The machine, our
reference semantics and ONNX Runtime do it in float32; ONNX's reference evaluator promotes to
float64 and adds the zero point before it rounds, so that results within 2^-24 of a tie, and exact
ties with odd zero points, may differ by one code. No element of these seeded cases lies there.

QDQ form: fp32 sums have no order in the definition, so that the codes are compared where they do
not hang on it, which is everywhere but within some ulp of a tie; ONNX Runtime is asked with its
integer kernels (all optimisations), ONNX's evaluator in fp32.
"""

import re

import numpy as np
import onnx
import onnx.reference
import onnx.shape_inference
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import (CalibrationDataReader, QuantFormat, QuantType,
                                      quantize_static)

from command_line import refusal, systolith

ELEMENTS = {"uint8": TensorProto.UINT8, "int8": TensorProto.INT8, "int32": TensorProto.INT32,
            "float32": TensorProto.FLOAT}
BOUNDS = {"uint8": (0, 256), "int8": (-128, 128)}


class Model:
    """Nodes and constants that become a file, and what evaluators say of it."""

    def __init__(self, seed):
        self.random = np.random.default_rng(seed)
        self.nodes, self.constants, self.inputs, self.feeds = [], [], [], {}

    def constant(self, name, values, dtype):
        self.constants.append(numpy_helper.from_array(np.asarray(values, dtype), name))
        return name

    def codes(self, name, shape, dtype):
        return self.constant(name, self.random.integers(*BOUNDS[dtype], shape), dtype)

    def feed(self, name, values):
        self.inputs.append(helper.make_tensor_value_info(
            name, ELEMENTS[str(values.dtype)], values.shape))
        self.feeds[name] = values
        return name

    def node(self, op, inputs, output, **attributes):
        self.nodes.append(helper.make_node(op, inputs, [output], name=output, **attributes))
        return output

    def scale(self, name, scale, zero, dtype):
        return [self.constant(name + "_scale", scale, "float32"),
                self.constant(name + "_zero", zero, dtype)]

    def save(self, path, outputs, opset=21):
        graph = helper.make_graph(
            self.nodes, "model", self.inputs,
            [helper.make_tensor_value_info(name, ELEMENTS[dtype], None)
             for name, dtype in outputs.items()], self.constants)
        proto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
        proto.ir_version = 10
        self.proto = onnx.shape_inference.infer_shapes(proto, strict_mode=True)
        onnx.checker.check_model(self.proto)
        onnx.save(self.proto, path)
        return path

    def reference(self):
        return onnx.reference.ReferenceEvaluator(self.proto).run(None, self.feeds)

    def runtime(self, as_defined=False):
        """ONNX Runtime; as_defined: node by node, not with QDQ groups fused into kernels that
        round otherwise (QLinearAdd: at the sum of two factors, not at each operator)."""
        options = onnxruntime.SessionOptions()
        if as_defined:
            options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        session = onnxruntime.InferenceSession(self.proto.SerializeToString(), options,
                                               providers=["CPUExecutionProvider"])
        return session.run(None, self.feeds)


def on_the_chip(path, feeds, folder, machine="edge_npu"):
    np.savez(folder / "in.npz", **feeds)
    said = systolith("run", path, "--machine", machine, "--values", "--inputs", folder / "in.npz",
                     "--out", folder / "out").stdout
    assert "every output equals the reference interpreter's, bit for bit" in said
    counted = re.findall(r"definition: (\d+) of (\d+) equal", said)
    assert counted and all(equal == of for equal, of in counted), said
    return np.load(folder / "out" / "outputs.npz")


def check(model, path, outputs, tmp_path, machine="edge_npu", as_defined=False):
    model.save(path, outputs)
    actual = on_the_chip(path, model.feeds, tmp_path, machine)
    for name, reference, runtime in zip(outputs, model.reference(),
                                        model.runtime(as_defined)):
        np.testing.assert_array_equal(reference, runtime)
        np.testing.assert_array_equal(actual[name], reference.astype(np.float32))
        assert len(np.unique(reference)) > 8


@pytest.mark.parametrize("machine", ["edge_npu", "cloud_128x128"])
@pytest.mark.parametrize("per_channel", [False, True])
@pytest.mark.parametrize("x_type, w_type", [("uint8", "int8"), ("int8", "int8"),
                                            ("uint8", "uint8")])
def test_qoperator_network(x_type, w_type, per_channel, machine, tmp_path):
    """uint8 or int8 in and out; MaxPool, Reshape and Concat work on codes in between."""
    model = Model([len(x_type), len(w_type), per_channel])
    random = model.random
    x = model.feed("x", random.integers(*BOUNDS[x_type], (2, 3, 9, 8)).astype(x_type))
    x_parameters = model.scale("x", 0.021, 7, x_type)

    def conv(name, value, parameters, inputs, outputs, y_parameters, **attributes):
        w_scale = random.uniform(0.001, 0.01, outputs) if per_channel else 0.0037
        middle = 128 if w_type == "uint8" else 0
        w_zero = np.full(outputs, middle) if per_channel else middle
        weights = [model.codes(name + "_w", (outputs, inputs, 3, 3), w_type),
                   *model.scale(name + "_w", w_scale, w_zero, w_type)]
        bias = model.constant(name + "_b", random.integers(-3000, 3000, outputs), "int32")
        return model.node("QLinearConv", [value, *parameters, *weights, *y_parameters, bias], name,
                          kernel_shape=[3, 3], **attributes)

    a_parameters = model.scale("a", 0.083, 100 if x_type == "uint8" else -20, x_type)
    a = conv("a", x, x_parameters, 3, 8, a_parameters, pads=[1, 1, 1, 1])
    pooled = model.node("MaxPool", [a], "pool", kernel_shape=[2, 2], strides=[2, 2])
    b = conv("b", pooled, a_parameters, 8, 8, a_parameters, pads=[1, 1, 1, 1])
    both = model.node("Concat", [pooled, b], "both", axis=1)
    flat = model.node("Reshape", [both, model.constant("flat_shape", [2, 256], "int64")], "flat")
    n_scale = random.uniform(0.001, 0.01, 11) if per_channel else [0.0041]
    n_zero = np.zeros(11) if per_channel else [0]
    matrix = [model.codes("n_w", (256, 11), "int8"), *model.scale("n_w", n_scale, n_zero, "int8")]
    y = model.node("QLinearMatMul", [flat, *a_parameters, *matrix,
                                     *model.scale("y", 1.7, 3, x_type)], "y")
    check(model, tmp_path / "m.onnx", {y: x_type}, tmp_path, machine)


@pytest.mark.parametrize("dtype", ["uint8", "int8"])
def test_integer_products_cast_and_scaled(dtype, tmp_path):
    model = Model([3, len(dtype)])
    x = model.feed("x", model.random.integers(*BOUNDS[dtype], (5, 40)).astype(dtype))
    zero = model.constant("x_zero", 9, dtype)
    w_zero = model.constant("w_zero", 0, "int8")
    w = model.codes("w", (40, 13), "int8")
    sums = model.node("MatMulInteger", [x, w, zero, w_zero], "sums")
    real = model.node("Cast", [sums], "real", to=TensorProto.FLOAT)
    scaled = model.node("Mul", [real, model.constant("scale", 0.00123, "float32")], "scaled")
    offset = model.constant("offset", model.random.standard_normal(13), "float32")
    y = model.node("Add", [scaled, offset], "y")
    check(model, tmp_path / "m.onnx", {y: "float32"}, tmp_path)


def test_integer_convolution_gives_out_its_sums(tmp_path):
    model = Model(4)
    x = model.feed("x", model.random.integers(0, 256, (1, 4, 6, 7)).astype("uint8"))
    zero = model.constant("x_zero", 130, "uint8")
    y = model.node("ConvInteger", [x, model.codes("w", (6, 2, 3, 3), "int8"), zero], "y", group=2,
                   pads=[1, 1, 1, 1], strides=[2, 1])
    check(model, tmp_path / "m.onnx", {y: "int32"}, tmp_path)


@pytest.mark.parametrize("zero", [0, 131])
def test_operators_between_scales(zero, tmp_path):
    """Powers of two around products, so that the order of fp32 sums is of no matter; elsewhere any
    scale: requantisation, Add of two scales, an unquantised bias, and codes as an output beside
    their real values."""
    model = Model([5, zero])

    def rounded(value, name, scale, zero_point, dtype="uint8"):
        parameters = model.scale(name, scale, zero_point, dtype)
        model.node("QuantizeLinear", [value, *parameters], name + "_q")
        return model.node("DequantizeLinear", [name + "_q", *parameters], name)

    values = model.random.integers(-128, 124, (2, 4, 6, 6)) / 16
    x = rounded(model.feed("in", values.astype(np.float32)), "x", 2.0 ** -4, zero or 64)
    weights = model.node("DequantizeLinear", [
        model.codes("w", (4, 4, 1, 1), "int8"),
        *model.scale("w", np.exp2(model.random.integers(-9, -4, 4)), np.zeros(4), "int8")],
        "w_dq", axis=0)
    bias = model.constant("bias", model.random.integers(-8, 8, 4) / 4, "float32")
    c = rounded(model.node("Conv", [x, weights, bias], "conv"), "c", 2.0 ** -3, zero)
    d = rounded(model.node("Relu", [c], "relu"), "d", 0.26, 5)
    e = rounded(model.node("Add", [d, x], "sum"), "e", 0.371, zero)
    m = rounded(model.node("Mul", [e, model.constant("half", 0.513, "float32")], "product"), "m",
                0.191, 3)
    f = rounded(model.node("Concat", [m, d], "concat", axis=1), "f", 2.0 ** -2, 17)
    y = model.node("AveragePool", [f], "y", kernel_shape=[2, 2], strides=[2, 2])
    check(model, tmp_path / "m.onnx", {y: "float32", "e_q": "uint8"}, tmp_path, as_defined=True)


@pytest.mark.parametrize("shape", [(9,), (1, 9), (1,), (2, 1), (2, 9)])
def test_a_bias_of_any_shape_that_gemm_takes(shape, tmp_path):
    model = Model([10, *shape])
    x = model.feed("x", model.random.integers(-90, 90, (2, 6)).astype(np.float32) / 16)
    parameters = model.scale("x", 2.0 ** -4, 100, "uint8")
    model.node("QuantizeLinear", [x, *parameters], "q")
    model.node("DequantizeLinear", ["q", *parameters], "real")
    w = model.node("DequantizeLinear", [model.codes("w", (6, 9), "int8"),
                                        *model.scale("w", 2.0 ** -5, 0, "int8")], "w_dq")
    bias = model.constant("b", model.random.integers(-3000, 3000, shape), "int32")
    b = model.node("DequantizeLinear", [bias, *model.scale("b", 2.0 ** -9, 0, "int32")], "b_dq")
    y = model.node("Gemm", ["real", w, b], "y")
    check(model, tmp_path / "m.onnx", {y: "float32"}, tmp_path, as_defined=True)


class Samples(CalibrationDataReader):
    def __init__(self, random, shape):
        self.batches = iter([{"x": random.standard_normal(shape).astype(np.float32)}
                             for _ in range(8)])

    def get_next(self):
        return next(self.batches, None)


def small_cnn(random, path, last=None):
    """Convolutions with Relu, a residual, MaxPool, depthwise, global mean and two matrices; or the
    nodes up to the one that makes `last`."""
    constant = lambda name, deviation, *shape: numpy_helper.from_array(
        random.normal(0, deviation, shape).astype(np.float32), name)
    three = {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1]}
    nodes = [helper.make_node("Conv", ["x", "w1", "b1"], ["c1"], name="conv1", **three),
             helper.make_node("Relu", ["c1"], ["r1"], name="relu1"),
             helper.make_node("MaxPool", ["r1"], ["p1"], name="pool1", kernel_shape=[2, 2],
                              strides=[2, 2]),
             helper.make_node("Conv", ["p1", "w2", "b2"], ["c2"], name="conv2", **three),
             helper.make_node("Add", ["c2", "p1"], ["sum"], name="add"),
             helper.make_node("Relu", ["sum"], ["r2"], name="relu2"),
             helper.make_node("Conv", ["r2", "w3"], ["c3"], name="depthwise", group=8, **three),
             helper.make_node("GlobalAveragePool", ["c3"], ["mean"], name="mean"),
             helper.make_node("Flatten", ["mean"], ["flat"], name="flatten"),
             helper.make_node("Gemm", ["flat", "w5", "b5"], ["hidden"], name="hidden"),
             helper.make_node("Relu", ["hidden"], ["r3"], name="relu3"),
             helper.make_node("Gemm", ["r3", "w4", "b4"], ["y"], name="classifier", transB=1)]
    constants = [constant("w1", 0.3, 8, 3, 3, 3), constant("b1", 0.3, 8),
                 constant("w2", 0.2, 8, 8, 3, 3), constant("b2", 0.2, 8),
                 constant("w3", 0.4, 8, 1, 3, 3), constant("w4", 0.5, 10, 12),
                 constant("b4", 0.2, 10), constant("w5", 0.5, 8, 12), constant("b5", 0.2, 12)]
    shape = [4, 3, 16, 16]
    count = 1 + [node.output[0] for node in nodes].index(last or "y")
    read = {name for node in nodes[:count] for name in node.input}
    graph = helper.make_graph(nodes[:count], "cnn",
                              [helper.make_tensor_value_info("x", 1, shape)],
                              [helper.make_tensor_value_info(last or "y", 1, None)],
                              [constant for constant in constants if constant.name in read])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)])
    model.ir_version = 10
    onnx.save(onnx.shape_inference.infer_shapes(model, strict_mode=True), path)
    return shape


@pytest.mark.parametrize("per_channel", [False, True])
@pytest.mark.parametrize("activations", [QuantType.QUInt8, QuantType.QInt8])
def test_what_quantize_static_emits(activations, per_channel, tmp_path):
    random = np.random.default_rng([activations.value, per_channel])
    shape = small_cnn(random, tmp_path / "fp32.onnx")
    quantize_static(tmp_path / "fp32.onnx", tmp_path / "m.onnx", Samples(random, shape),
                    quant_format=QuantFormat.QDQ, per_channel=per_channel,
                    activation_type=activations, weight_type=QuantType.QInt8)
    all_agree(tmp_path, random.standard_normal(shape).astype(np.float32))


@pytest.mark.parametrize("per_channel", [False, True])
def test_what_quantize_static_emits_as_operators(per_channel, tmp_path):
    """QuantizeLinear, QLinearConv, MaxPool on codes, QLinearConv, DequantizeLinear."""
    random = np.random.default_rng([11, per_channel])
    shape = small_cnn(random, tmp_path / "fp32.onnx", last="c2")
    quantize_static(tmp_path / "fp32.onnx", tmp_path / "m.onnx", Samples(random, shape),
                    quant_format=QuantFormat.QOperator, per_channel=per_channel,
                    activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8)
    ops = {node.op_type for node in onnx.load(tmp_path / "m.onnx").graph.node}
    assert ops == {"QuantizeLinear", "QLinearConv", "MaxPool", "DequantizeLinear"}
    all_agree(tmp_path, random.standard_normal(shape).astype(np.float32))


def all_agree(folder, x):
    """m.onnx in the folder: on the chip, by ONNX's reference evaluator and by ONNX Runtime."""
    path, feeds = folder / "m.onnx", {"x": x}
    (actual,) = on_the_chip(path, feeds, folder).values()
    (reference,) = onnx.reference.ReferenceEvaluator(str(path)).run(None, feeds)
    (runtime,) = onnxruntime.InferenceSession(
        path, providers=["CPUExecutionProvider"]).run(None, feeds)
    np.testing.assert_array_equal(actual, reference)
    np.testing.assert_array_equal(actual, runtime)
    assert len(np.unique(actual)) > 8


def test_an_operator_outside_of_onnx_is_named(tmp_path):
    """QLinearAdd, which ONNX Runtime adds in its own domain."""
    random = np.random.default_rng(12)
    shape = small_cnn(random, tmp_path / "fp32.onnx", last="sum")
    quantize_static(tmp_path / "fp32.onnx", tmp_path / "m.onnx", Samples(random, shape),
                    quant_format=QuantFormat.QOperator)
    said = refusal("run", tmp_path / "m.onnx", "--machine", "edge_npu")
    assert "com.microsoft" in said and "QLinearAdd" in said and "add" in said


def matrix_model(path, x_scale=0.1, x_zero=3, x_type="uint8", w_zero=0, computed_scale=False):
    model = Model(6)
    x = model.feed("x", np.zeros((2, 4), np.float32))
    parameters = [model.constant("x_scale", x_scale, "float32"),
                  model.constant("x_zero", x_zero, x_type)]
    if computed_scale:
        parameters[0] = model.feed("scale", np.float32(1))
    model.node("QuantizeLinear", [x, *parameters], "q")
    real = model.node("DequantizeLinear", ["q", *parameters], "dq")
    w = model.node("DequantizeLinear", [model.codes("w", (4, 9), "uint8"),
                                        *model.scale("w", 0.1, w_zero, "uint8")], "w_dq")
    model.node("MatMul", [real, w], "y")
    return model.save(path, {"y": "float32"})


@pytest.mark.parametrize("change, reason", [
    ({"w_zero": 20}, r"layer 'y': a weight less its zero point is \d+, the int8 array takes "
                     r"-128 to 127"),
    ({"x_type": "int16"}, r"node 'q' \(QuantizeLinear\): activations of int16 have no datapath "
                          r"here \(allowed: int8, uint8\)"),
    ({"x_scale": 0}, r"node 'q' \(QuantizeLinear\): scale 0 must be positive"),
    ({"x_scale": [1, 1, 1, 1], "x_zero": [0, 0, 0, 0]},
     r"node 'q' \(QuantizeLinear\): 'x_scale' has 4 values; activations have one scale and zero "
     r"point each"),
    ({"computed_scale": True}, r"node 'q' \(QuantizeLinear\): 'scale' is computed; only constant "
                               r"scales, zero points and weights are supported"),
])
def test_what_cannot_run_is_named(change, reason, tmp_path):
    path = matrix_model(tmp_path / "m.onnx", **{"w_zero": 128, **change})
    assert re.fullmatch(reason, refusal("run", path, "--machine", "edge_npu"))


def test_an_operand_that_is_not_quantised_is_named(tmp_path):
    model = Model(7)
    x = model.feed("x", np.zeros((2, 4), np.float32))
    w = model.node("DequantizeLinear", [model.codes("w", (4, 9), "int8"),
                                        *model.scale("w", 0.1, 0, "int8")], "w_dq")
    model.node("MatMul", [x, w], "y")
    path = model.save(tmp_path / "m.onnx", {"y": "float32"})
    assert refusal("run", path, "--machine", "edge_npu") == (
        "node 'y' (MatMul): input 'x' is not quantised; in a quantised model every product must be")


def test_a_division_that_would_be_a_product_is_refused(tmp_path):
    model = Model(9)
    parameters = model.scale("x", 0.1, 3, "uint8")
    model.node("QuantizeLinear", [model.feed("x", np.zeros((2, 4), np.float32)), *parameters], "q")
    model.node("DequantizeLinear", ["q", *parameters], "dq")
    model.node("Div", ["dq", model.constant("three", 3, "float32")], "y")
    path = model.save(tmp_path / "m.onnx", {"y": "float32"})
    assert refusal("run", path, "--machine", "edge_npu") == (
        "node 'y' (Div): a quantised model's values are divided by powers of two only, as the "
        "reciprocal of 'three' would round otherwise (multiply by it in the model instead)")


def test_scales_from_the_values_are_refused(tmp_path):
    model = Model(8)
    model.feed("x", np.zeros((2, 4), np.float32))
    model.nodes.append(
        helper.make_node("DynamicQuantizeLinear", ["x"], ["q", "s", "z"], name="dyn"))
    model.node("MatMulInteger", ["q", model.codes("w", (4, 9), "int8"), "z"], "y")
    path = model.save(tmp_path / "m.onnx", {"y": "int32"})
    assert refusal("run", path, "--machine", "edge_npu") == (
        "node 'dyn' (DynamicQuantizeLinear): scales that are computed at run time are not "
        "supported")


@pytest.mark.parametrize("option", [["--quantize", "none"], ["--quantize", "int4"],
                                    ["--quantize", "int8xint4"]])
def test_another_format_is_refused(option, tmp_path):
    path = matrix_model(tmp_path / "m.onnx", w_zero=128)
    assert re.fullmatch(r"'model' is quantised already \(node 'q' is a QuantizeLinear\): it runs "
                        r"on the int8 datapath only, not as (bf16|int4)",
                        refusal("run", path, "--machine", "edge_npu", *option))


def test_pruning_is_refused(tmp_path):
    path = matrix_model(tmp_path / "m.onnx", w_zero=128)
    assert refusal("run", path, "--machine", "edge_npu", "--set", "core.array.sparsity=['2:4']",
                   "--sparsity", "2:4") == (
        "'model' is quantised already (node 'q' is a QuantizeLinear): its weights can't be pruned")
