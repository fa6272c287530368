"""Runs models on Systolith's reference evaluator, and workloads through its ONNX writer."""

import os
import pathlib
import subprocess

import numpy as np
import onnx

TOOLS = pathlib.Path(os.environ.get("SYSTOLITH_ONNX_TOOLS", "build/tests/conformance"))


def run_tool(name, *arguments):
    done = subprocess.run([TOOLS / name, *map(str, arguments)], capture_output=True, text=True,
                          stdin=subprocess.DEVNULL)
    assert done.returncode == 0, f"{name}: exit status {done.returncode}\n{done.stderr[-4000:]}"
    return done.stdout


def registered_ops():
    return set(run_tool("onnx_evaluate", "--ops").split())


def write_workload(workload, path, *batch):
    run_tool("write_onnx", workload, path, *batch)
    return path


def evaluate(model, inputs, folder):
    """The outputs of a model file for a list of arrays."""
    files = []
    for index, array in enumerate(inputs):
        files.append(folder / f"input_{index}.pb")
        files[-1].write_bytes(as_proto(array).SerializeToString())
    outputs = folder / "outputs"
    outputs.mkdir(exist_ok=True)
    run_tool("onnx_evaluate", model, outputs, *files)
    return [read_tensor(path)
            for path in sorted(outputs.iterdir(), key=lambda path: int(path.stem))]


def as_proto(tensor):
    """A TensorProto of an array; element types that NumPy lacks come as TensorProtos already."""
    if isinstance(tensor, onnx.TensorProto):
        return tensor
    return onnx.numpy_helper.from_array(np.asarray(tensor))


def read_tensor(path):
    return onnx.numpy_helper.to_array(onnx.TensorProto.FromString(path.read_bytes()))


def cosine(a, b):
    a, b = np.ravel(a).astype(np.float64), np.ravel(b).astype(np.float64)
    return float(a @ b / np.sqrt((a @ a) * (b @ b)))
