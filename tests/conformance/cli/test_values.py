"""What leaves the simulated machine, seen through the files a user reads."""

import re

import numpy as np
import onnx
import onnxruntime
import pytest

from command_line import systolith


def exported(workload, directory):
    systolith("export", workload, "-o", directory / "model.onnx")
    return onnx.load(directory / "model.onnx")


def some_inputs(model, seed):
    generator = np.random.default_rng(seed)
    shapes = {i.name: [d.dim_value for d in i.type.tensor_type.shape.dim]
              for i in model.graph.input}
    return {name: generator.standard_normal(shape, np.float32) for name, shape in shapes.items()}


def cosine(a, b):
    a, b = a.ravel().astype(float), b.ravel().astype(float)
    return a @ b / np.sqrt((a @ a) * (b @ b))


@pytest.mark.parametrize("options, closest", [
    (["--quantize", "int8"], 0.98),  # 8 bits a value: measured quantisation error is below 1 %
    (["--quantize", "none", "--machine", "cloud_128x128"], 0.9995),  # 8 bits of significand
])
def test_the_outputs_are_close_to_onnx_runtimes(options, closest, tmp_path):
    model = exported("mlp", tmp_path)
    inputs = some_inputs(model, 5)
    np.savez(tmp_path / "inputs.npz", **inputs)
    systolith("run", tmp_path / "model.onnx", "--values", "--inputs", tmp_path / "inputs.npz",
              "--out", tmp_path / "out", *options)
    session = onnxruntime.InferenceSession(model.SerializeToString())
    expected = dict(zip([o.name for o in session.get_outputs()], session.run(None, inputs)))
    simulated = np.load(tmp_path / "out/outputs.npz")
    assert set(simulated) == set(expected)
    for name, reference in expected.items():
        assert simulated[name].shape == reference.shape
        assert cosine(simulated[name], reference) > closest


def test_the_run_says_how_it_compares(tmp_path):
    said = systolith("run", "mlp", "--values").stdout
    assert "every output equals the reference interpreter's, bit for bit" in said
    assert re.search(r"against the fp32 network: top-1 1/1 the same, cosine 0\.9\d+", said)


def test_exec_computes_what_run_computes(tmp_path):
    systolith("run", "mlp", "--values", "--seed", 3, "--out", tmp_path / "run")
    systolith("compile", "mlp", "--values", "-o", tmp_path / "p.bin")
    systolith("exec", tmp_path / "p.bin", "--values", "--seed", 3, "--out", tmp_path / "exec")
    one, other = ((tmp_path / name / "outputs.npz").read_bytes() for name in ("run", "exec"))
    assert one == other
