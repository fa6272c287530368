"""The nine real networks that the onnx package carries give the outputs that come with them.

Their weights are all alike, so that much could go wrong unseen: ONNX Runtime is the second witness,
on the same networks with seeded weights of the right size.
"""

import pathlib

import numpy as np
import onnx
import onnxruntime
import pytest

from onnx_tools import cosine, evaluate, read_tensor

LIGHT = pathlib.Path(onnx.__file__).parent / "backend/test/data/light"
MODELS = sorted(path.stem for path in LIGHT.glob("light_*.onnx"))


def image_input(model):
    constants = {tensor.name for tensor in model.graph.initializer}
    (value,) = [value for value in model.graph.input if value.name not in constants]
    return value.name, [dim.dim_value for dim in value.type.tensor_type.shape.dim]


def test_there_are_nine():
    assert len(MODELS) == 9


@pytest.mark.parametrize("name", MODELS)
def test_the_stored_output_is_met(name, tmp_path):
    path = LIGHT / f"{name}.onnx"
    _, shape = image_input(onnx.load(path))
    count = np.prod(shape)
    # What onnx.backend.test.runner feeds these models: generate_dummy_data().
    image = (np.arange(count).reshape(shape) / count).astype(np.float32)
    (output,) = evaluate(path, [image], tmp_path)
    expected = read_tensor(LIGHT / f"{name}_output_0.pb")
    np.testing.assert_allclose(output, expected, rtol=1e-3, atol=1e-6)


def with_seeded_weights(model):
    """The weights as these files keep them: ConstantOfShape nodes of a stored shape."""
    rng = np.random.default_rng(1)
    shapes = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    graph = onnx.GraphProto()
    graph.CopyFrom(model.graph)
    del graph.node[:]
    for node in model.graph.node:
        if node.op_type != "ConstantOfShape":
            graph.node.append(node)
            continue
        shape = shapes[node.input[0]]
        fan_in = np.prod(shape[1:]) if len(shape) > 1 else 1
        # Vectors are biases, scales and variances alike: positive, near 1.
        values = (rng.normal(0, np.sqrt(2 / fan_in), shape) if len(shape) > 1
                  else rng.uniform(0.8, 1.2, shape))
        tensor = onnx.numpy_helper.from_array(values.astype(np.float32), node.output[0])
        graph.initializer.append(tensor)
    seeded = onnx.ModelProto()
    seeded.CopyFrom(model)
    seeded.graph.CopyFrom(graph)
    seeded.ir_version = max(seeded.ir_version, 4)  # initializers need not be inputs
    return seeded


@pytest.mark.parametrize("name", MODELS)
def test_onnx_runtime_agrees_on_seeded_weights(name, tmp_path):
    model = with_seeded_weights(onnx.load(LIGHT / f"{name}.onnx"))
    path = tmp_path / "seeded.onnx"
    path.write_bytes(model.SerializeToString())
    input_name, shape = image_input(model)
    image = np.random.default_rng(2).standard_normal(shape).astype(np.float32)
    (output,) = evaluate(path, [image], tmp_path)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    (expected,) = session.run(None, {input_name: image})
    assert output.shape == expected.shape
    assert np.std(expected) > 0
    assert cosine(output, expected) > 0.99999
    np.testing.assert_allclose(output, expected, rtol=1e-3, atol=1e-4 * np.abs(expected).max())
