"""Compiling networks into programs."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from . import _core
from .graph import Graph, as_graph
from .machine import Machine, as_machine

# Arrays by input name, or batches of them.
Samples = Mapping[str, np.ndarray] | Sequence[Mapping[str, np.ndarray]]

_QUANTIZE = {"int8": ("int8", ""), "int8xint4": ("int8", "int4")}


@dataclasses.dataclass(frozen=True)
class Training:
    """One step of training: how parameters follow their gradients, and what is recomputed."""

    optimizer: str = "momentum"  # or sgd, adam
    learning_rate: float = 0.01
    # The optimiser's other settings: momentum, epsilon, …
    settings: Mapping[str, float] = dataclasses.field(default_factory=dict)
    remat: str = "keep_all"  # or sqrt: which activations are computed again
    trainable: Sequence[str] = ()  # names of constants; empty: all that the loss depends on


class Program:
    """A workload compiled for a machine: commands for every core."""

    def __init__(self, core: _core.Program, machine: Machine | None):
        self._core = core
        self.target = machine  # what it was compiled for; None where it comes from a file

    @classmethod
    def load(cls, path: str | os.PathLike) -> Program:
        """From a program file, text or binary."""
        return cls(_core.read_program(os.fspath(path)), None)

    def save(self, path: str | os.PathLike) -> None:
        """Binary, or the text form where the name ends in .txt."""
        self._core.save(os.fspath(path))

    @property
    def workload(self) -> str:
        return self._core.workload

    @property
    def machine(self) -> str:
        """The name of the machine it is for."""
        return self._core.machine

    @property
    def dram_bytes(self) -> int:
        """Of DRAM that it needs, from address 0 on."""
        return self._core.dram_bytes

    @property
    def peak_bytes(self) -> int:
        """The most that computed tensors take at one time, on chip or off."""
        return self._core.peak_bytes

    @property
    def tensors(self) -> list[dict[str, Any]]:
        """What enters, leaves or stays in DRAM: name, role, shape, format, address, bytes, …"""
        return self._core.tensors

    @property
    def layers(self) -> list[dict[str, Any]]:
        """The layer table as compiled: name, op, format, macs, bytes, phase."""
        return self._core.layers

    def inputs(self) -> dict[str, tuple[int, ...]]:
        """Shapes of the arrays that a run with values takes, by name."""
        return {t["name"]: t["shape"] for t in self.tensors if t["role"] == "input"}

    def reference(self, inputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """What a run with values must give, from the compiler's reference interpreter."""
        return self._core.reference(dict(inputs))

    def __len__(self) -> int:
        return self._core.commands

    def __repr__(self) -> str:
        return f"<Program {self.workload} for {self.machine}: {len(self)} commands>"


def _formats(quantize: str | None, format: str | None, training: bool) -> tuple[str, str]:
    if quantize is None and (training or format is not None):
        quantize = "none"
    quantize = quantize or "int8"
    if quantize == "none":
        return format or "bf16", ""
    if quantize not in _QUANTIZE:
        raise _core.UserError(f"quantize {quantize!r} is not available (allowed: "
                              f"{', '.join([*_QUANTIZE, 'none'])})")
    if training:
        raise _core.UserError(f"quantize {quantize!r} is post-training: a training step takes none")
    if format is not None:
        raise _core.UserError(f"format {format!r} needs quantize='none' (quantize is {quantize!r})")
    return _QUANTIZE[quantize]


def _samples(calibration: Samples | None) -> dict[str, Any] | None:
    """Batches one behind the other."""
    if calibration is None or isinstance(calibration, Mapping):
        return calibration if calibration is None else dict(calibration)
    batches = list(calibration) if isinstance(calibration, Sequence) else []
    if not batches or not all(isinstance(batch, Mapping) for batch in batches):
        raise TypeError("calibration is arrays by input name, or a list of such batches")
    names = list(batches[0])
    for batch in batches:
        if set(batch) != set(names):
            raise _core.UserError(f"calibration: a batch has {', '.join(batch)}, the first "
                                  f"{', '.join(names)}")
    try:
        return {name: np.concatenate([batch[name] for batch in batches]) for name in names}
    except ValueError as error:
        raise _core.UserError(f"calibration: {error}") from None


def compile(workload: Graph | str | os.PathLike | Any, machine: Machine | str = "edge_npu", *,
            batch: int = 0, quantize: str | None = None, format: str | None = None,
            values: bool = False, training: Training | bool | None = None,
            dram_budget: int = 0, calibration: Samples | None = None,
            calibration_seed: int = 1) -> Program:
    """Compiles a network for a machine.

    workload: a Graph, a zoo name with parameters, an .onnx path, an onnx.ModelProto.
    quantize: "int8" (the default of inference), "int8xint4", or "none" with `format` "bf16" or
        "fp32". Training takes none.
    values: put the weights' data into the program, so that runs can compute.
    training: one step of training instead of inference.
    dram_budget: bytes; what needs more is refused with the least that would do.
    calibration: what the ranges of quantisation are taken from: arrays by input name, of one or
        more batches behind each other, or a list of such batches. Where not given, normal values of
        `calibration_seed`.
    UserError: an op without kernel or gradient, a layer that doesn't fit, a format the machine
        lacks.
    """
    step = Training() if training is True else training or None
    options = _core.Options()
    options.format, options.weights = _formats(quantize, format, step is not None)
    options.values = values
    options.dram_budget = dram_budget
    options.calibration = _samples(calibration)
    options.calibration_seed = calibration_seed
    if step is not None:
        options.training = True
        options.optimizer, options.remat = step.optimizer, step.remat
        options.settings = {"learning_rate": step.learning_rate, **step.settings}
        options.trainable = list(step.trainable)
    target = as_machine(machine)
    graph = as_graph(workload, batch)
    return Program(_core.compile(graph._core, target._core, options), target)
