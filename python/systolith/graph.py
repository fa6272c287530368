"""Networks."""

from __future__ import annotations

import os
import pathlib
import tempfile
from typing import Any

from . import _core
from ._types import Arrays, Inputs, StrPath, named, whole


def zoo_names() -> list[str]:
    """The parametric networks that come with Systolith."""
    return _core.zoo_names()


class Graph:
    """A network: inputs, constants and nodes, as in ONNX. It never changes; what changes one gives
    another.

    >>> Graph.load("resnet18:classes=10", batch=4)
    >>> Graph.zoo("mlp", hidden=64)
    >>> Graph.from_onnx("model.onnx")
    """

    def __init__(self, core: _core.Graph):
        self._core = core

    @classmethod
    def load(cls, workload: StrPath, batch: int = 0) -> Graph:
        """An .onnx file, or a zoo network with parameters ("resnet50:batch=4").

        batch: how many samples the inputs hold at once; 0: as the file or the parameters say.
        UserError: what is not understood, all of it in one message.
        """
        return cls(_core.load_workload(os.fspath(workload), whole("batch", batch)))

    @classmethod
    def zoo(cls, name: str, **parameters: int) -> Graph:
        """A network of the zoo: Graph.zoo("resnet50", batch=4). UserError: an unknown name or
        parameter, a value out of range."""
        text = ",".join(f"{key}={value}" for key, value in parameters.items())
        return cls.load(f"{name}:{text}" if text else name)

    @classmethod
    def from_onnx(cls, model: Any, batch: int = 0) -> Graph:
        """A path, the bytes of a file, or an onnx.ModelProto. UserError as load()."""
        if isinstance(model, (str, os.PathLike)):
            return cls.load(pathlib.Path(model), batch)
        if not isinstance(model, bytes) and not hasattr(model, "SerializeToString"):
            raise TypeError(f"an ONNX model is a path, a file's bytes or a ModelProto, not "
                            f"{type(model).__name__}")
        data = model if isinstance(model, bytes) else model.SerializeToString()
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "model.onnx"
            path.write_bytes(data)
            return cls.load(path, batch)

    @property
    def name(self) -> str:
        """The zoo's or the model's."""
        return self._core.name

    @property
    def inputs(self) -> dict[str, tuple[tuple[int, ...], str]]:
        """Shape (N, C, H, W for images) and type ("float32", "int64") by name."""
        return {name: (tuple(shape), kind) for name, shape, kind in self._core.inputs}

    @property
    def outputs(self) -> dict[str, tuple[tuple[int, ...], str]]:
        """Shape and type by name."""
        return {name: (tuple(shape), kind) for name, shape, kind in self._core.outputs}

    @property
    def constants(self) -> Arrays:
        """Copies of the weights and other constants, by name."""
        return self._core.constants

    def with_constants(self, values: Inputs) -> Graph:
        """The same network with other values of some constants. UserError: no such constant, or
        another shape or type."""
        return Graph(self._core.with_constants(named("constants", values)))

    def evaluate(self, inputs: Inputs) -> Arrays:
        """The outputs in fp32 by the operators' reference semantics, without a machine.

        inputs: arrays of the shapes in `inputs`, all of them. UserError: one missing, unknown or of
        another shape.
        """
        return self._core.evaluate(named("inputs", inputs))

    def save(self, path: StrPath) -> None:
        """As an ONNX file. UserError: it can't be written."""
        self._core.save(os.fspath(path))

    def __repr__(self) -> str:
        return f"<Graph {self.name}: {self._core.nodes} nodes>"


def as_graph(workload: Any, batch: int = 0) -> Graph:
    """A network from whatever names or holds one. TypeError: it neither names nor holds one, or is
    a Graph and comes with a batch."""
    if isinstance(workload, Graph):
        if whole("batch", batch) != 0:
            raise TypeError("batch goes with a workload that is loaded here, not with a Graph")
        return workload
    if isinstance(workload, (str, os.PathLike)):
        return Graph.load(workload, batch)
    if isinstance(workload, bytes) or hasattr(workload, "SerializeToString"):
        return Graph.from_onnx(workload, batch)
    raise TypeError(f"a workload is a Graph, a name, a path or an ONNX model, not "
                    f"{type(workload).__name__}")
