"""Networks."""

from __future__ import annotations

import os
import pathlib
import tempfile
from collections.abc import Mapping
from typing import Any

import numpy as np

from . import _core


def zoo_names() -> list[str]:
    """The parametric networks that come with Systolith."""
    return _core.zoo_names()


class Graph:
    """A network: inputs, constants and nodes, as in ONNX.

    >>> Graph.load("resnet18:classes=10", batch=4)
    >>> Graph.zoo("mlp", hidden=64)
    >>> Graph.from_onnx("model.onnx")
    """

    def __init__(self, core: _core.Graph):
        self._core = core

    @classmethod
    def load(cls, workload: str | os.PathLike, batch: int = 0) -> Graph:
        """An .onnx file, or a zoo network with parameters ("resnet50:batch=4"). UserError: what is
        not understood, all of it in one message."""
        return cls(_core.load_workload(os.fspath(workload), batch))

    @classmethod
    def zoo(cls, name: str, **parameters: int) -> Graph:
        """A network of the zoo: Graph.zoo("resnet50", batch=4)."""
        text = ",".join(f"{key}={value}" for key, value in parameters.items())
        return cls.load(f"{name}:{text}" if text else name)

    @classmethod
    def from_onnx(cls, model: Any, batch: int = 0) -> Graph:
        """A path, the bytes of a file, or an onnx.ModelProto."""
        if isinstance(model, (str, os.PathLike)):
            return cls.load(pathlib.Path(model), batch)
        data = model if isinstance(model, bytes) else model.SerializeToString()
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "model.onnx"
            path.write_bytes(data)
            return cls.load(path, batch)

    @property
    def name(self) -> str:
        return self._core.name

    @property
    def inputs(self) -> dict[str, tuple[tuple[int, ...], str]]:
        """Shape and type by name."""
        return {name: (tuple(shape), kind) for name, shape, kind in self._core.inputs}

    @property
    def outputs(self) -> dict[str, tuple[tuple[int, ...], str]]:
        """Shape and type by name."""
        return {name: (tuple(shape), kind) for name, shape, kind in self._core.outputs}

    @property
    def constants(self) -> dict[str, np.ndarray]:
        """Copies of the weights and other constants, by name."""
        return self._core.constants

    def with_constants(self, values: Mapping[str, np.ndarray]) -> Graph:
        """The same network with other values of some constants. UserError: no such constant, or
        another shape or type."""
        return Graph(self._core.with_constants(dict(values)))

    def evaluate(self, inputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """The outputs in fp32, by the operators' reference semantics."""
        return self._core.evaluate(dict(inputs))

    def save(self, path: str | os.PathLike) -> None:
        """As an ONNX file."""
        self._core.save(os.fspath(path))

    def __repr__(self) -> str:
        return f"<Graph {self.name}: {self._core.nodes} nodes>"


def as_graph(workload: Graph | str | os.PathLike | Any, batch: int = 0) -> Graph:
    """A network from whatever names or holds one."""
    if isinstance(workload, Graph):
        if batch:
            raise TypeError("batch goes with a workload that is loaded here, not with a Graph")
        return workload
    if isinstance(workload, (str, os.PathLike)):
        return Graph.load(workload, batch)
    if isinstance(workload, bytes) or hasattr(workload, "SerializeToString"):
        return Graph.from_onnx(workload, batch)
    raise TypeError(f"a workload is a Graph, a name, a path or an ONNX model, not "
                    f"{type(workload).__name__}")
