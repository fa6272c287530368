"""Zoo models, written as ONNX: the package's checker takes them, and ONNX Runtime computes what our
reference evaluator computes."""

import numpy as np
import onnx
import onnxruntime
import pytest

from onnx_tools import cosine, evaluate, write_workload

WORKLOADS = ["alexnet", "conv", "conv:in=12,out=18,size=17,kernel=5,stride=2,groups=3", "gemm",
             "lenet:batch=3", "mlp:depth=4", "mobilenet_v2", "resnet18", "resnet34:size=96",
             "resnet50", "squeezenet:size=97", "vgg16:size=64"]


@pytest.mark.parametrize("workload", WORKLOADS)
def test_onnx_runtime_agrees(workload, tmp_path):
    path = write_workload(workload, tmp_path / "model.onnx")
    onnx.checker.check_model(path, full_check=True)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    (value,) = session.get_inputs()
    image = np.random.default_rng(3).standard_normal(value.shape).astype(np.float32)
    (expected,) = session.run(None, {value.name: image})
    (output,) = evaluate(path, [image], tmp_path)
    assert output.shape == expected.shape
    assert cosine(output, expected) > 0.99999
    np.testing.assert_allclose(output, expected, rtol=1e-3, atol=1e-4 * np.abs(expected).max())


@pytest.mark.parametrize("opset", range(9, 22))
def test_every_opset_reads_as_it_runs(opset, tmp_path):
    """One network with the operators that changed most, in each opset's own form."""
    model = changing_model(opset)
    onnx.checker.check_model(model, full_check=True)
    path = tmp_path / "model.onnx"
    path.write_bytes(model.SerializeToString())
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    image = np.random.default_rng(4).standard_normal((1, 3, 8, 9)).astype(np.float32)
    expected = session.run(None, {"x": image})
    for ours, theirs in zip(evaluate(path, [image], tmp_path), expected):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)


def changing_model(opset):
    nodes, constants = [], {}

    def node(op, inputs, output, **attributes):
        nodes.append(onnx.helper.make_node(op, inputs, output, **attributes))

    def parameter(name, values, since, op, inputs, output, **other):
        """A list that is an attribute of `op` before opset `since`, and an input from then on."""
        if opset < since:
            node(op, inputs, output, **{name: values}, **other)
        else:
            constants[f"{op}.{name}"] = np.array(values, np.int64)
            node(op, [*inputs, f"{op}.{name}"], output, **other)

    if opset < 11:
        node("Clip", ["x"], ["clip"], min=-1.0, max=1.5)
        node("Pad", ["clip"], ["pad"], pads=[0, 0, 1, 2, 0, 0, 0, 1], value=0.5)
    else:
        constants |= {"low": np.float32(-1), "high": np.float32(1.5), "half": np.float32(0.5),
                      "pads": np.array([0, 0, 1, 2, 0, 0, 0, 1], np.int64)}
        node("Clip", ["x", "low", "high"], ["clip"])
        node("Pad", ["clip", "pads", "half"], ["pad"])
    if opset < 10:
        node("Slice", ["pad"], ["slice"], starts=[1, -9], ends=[9, 2**31 - 1], axes=[2, 3])
    else:
        constants |= {"starts": np.array([1, -9], np.int64),
                      "ends": np.array([9, 2**31 - 1], np.int64),
                      "axes": np.array([2, 3], np.int64)}
        node("Slice", ["pad", "starts", "ends", "axes"], ["slice"])
    parameter("split", [3, 6], 13, "Split", ["slice"], ["left", "right"], axis=3)
    node("Softmax", ["left"], ["softmax"], axis=1)  # over all that follows, before opset 13
    parameter("axes", [2, 3], 18, "ReduceMean", ["right"], ["mean"], keepdims=1)
    parameter("axes", [3], 13, "Squeeze", ["mean"], ["squeeze"])
    parameter("axes", [0], 13, "Unsqueeze", ["squeeze"], ["unsqueeze"])
    node("Dropout", ["unsqueeze"], ["dropout"])
    node("AveragePool", ["pad"], ["pool"], kernel_shape=[3, 3], strides=[2, 2],
         pads=[1, 1, 1, 1], count_include_pad=1)
    outputs = ["softmax", "dropout", "pool"]
    float_value = lambda name, shape: onnx.helper.make_tensor_value_info(name, 1, shape)
    graph = onnx.helper.make_graph(
        nodes, "changing", [float_value("x", [1, 3, 8, 9])],
        [float_value(name, [None] * 4) for name in outputs],
        [onnx.numpy_helper.from_array(np.asarray(value), name)
         for name, value in constants.items()])
    return onnx.helper.make_model(graph, ir_version=8,
                                  opset_imports=[onnx.helper.make_opsetid("", opset)])
