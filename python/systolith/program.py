"""Compiling networks into programs."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from . import _core
from ._types import Arrays, Inputs, Samples, StrPath, flag, named, names, text, whole
from .graph import Graph, as_graph
from .machine import Machine, as_machine

_QUANTIZE = {"int8": ("int8", ""), "int8xint4": ("int8", "int4"), "int4": ("int4", ""),
             "int16": ("int16", ""), "int16xint8": ("int16", "int8")}


@dataclasses.dataclass(frozen=True)
class Training:
    """One step of training: how parameters follow their gradients, and what is recomputed.

    optimizer: "sgd", "momentum" or "adam".
    learning_rate: a step's, constant in a program.
    settings: the optimiser's others: weight_decay, momentum, first_moment, second_moment, epsilon.
    remat: which activations are kept and which computed again: "keep_all" or "sqrt".
    trainable: names of constants; empty: all that the loss depends on.
    """

    optimizer: str = "momentum"
    learning_rate: float = 0.01
    settings: Mapping[str, float] = dataclasses.field(default_factory=dict)
    remat: str = "keep_all"
    trainable: Sequence[str] = ()


class Program:
    """A workload compiled for a machine: commands for every core."""

    def __init__(self, core: _core.Program, machine: Machine | None):
        self._core = core
        self.target = machine  # what it was compiled for; None where it comes from a file

    @classmethod
    def load(cls, path: StrPath) -> Program:
        """From a program file, text or binary. UserError: damaged, truncated or of a newer version;
        with the offset or line."""
        return cls(_core.read_program(os.fspath(path)), None)

    def save(self, path: StrPath) -> None:
        """Binary, or the text form where the name ends in .txt. UserError: it can't be written."""
        self._core.save(os.fspath(path))

    @property
    def workload(self) -> str:
        """The network's name."""
        return self._core.workload

    @property
    def machine(self) -> str:
        """The name of the machine it is for."""
        return self._core.machine

    @property
    def dram_bytes(self) -> int:
        """Bytes of DRAM that it needs, from address 0 on."""
        return self._core.dram_bytes

    @property
    def peak_bytes(self) -> int:
        """The most bytes that computed tensors take at one time, on chip or off."""
        return self._core.peak_bytes

    @property
    def tensors(self) -> list[dict[str, Any]]:
        """What enters, leaves or stays in DRAM: name, role (input, output, state), shape, format,
        scale, zero_point, address, bytes."""
        return self._core.tensors

    @property
    def layers(self) -> list[dict[str, Any]]:
        """The layer table as compiled: name, op, format, macs, weight_bytes, dram_bytes, phase."""
        return self._core.layers

    def inputs(self) -> dict[str, tuple[int, ...]]:
        """Shapes of the arrays that a run with values takes, by name."""
        return {t["name"]: t["shape"] for t in self.tensors if t["role"] == "input"}

    def reference(self, inputs: Inputs) -> Arrays:
        """What a run with values must give, from the compiler's reference interpreter; arrays as
        simulate() takes and returns them. UserError: an array missing, unknown or of another shape;
        a program from a file."""
        return self._core.reference(named("inputs", inputs))

    def __len__(self) -> int:
        return self._core.commands

    def __repr__(self) -> str:
        return f"<Program {self.workload} for {self.machine}: {len(self)} commands>"


def _formats(quantize: str | None, format: str | None, weights: str | None,
             training: bool) -> tuple[str, str]:
    if quantize is None and (training or format is not None or weights is not None):
        quantize = "none"
    quantize = quantize or "int8"
    if quantize == "none":
        return format or "bf16", weights or ""
    if quantize not in _QUANTIZE:
        raise _core.UserError(f"quantize {quantize!r} is not available (allowed: "
                              f"{', '.join([*_QUANTIZE, 'none'])})")
    if training:
        raise _core.UserError(f"quantize {quantize!r} is post-training: a training step takes none")
    for what, given in (("format", format), ("weights", weights)):
        if given is not None:
            raise _core.UserError(
                f"{what} {given!r} needs quantize='none' (quantize is {quantize!r})")
    return _QUANTIZE[quantize]


def _samples(calibration: Samples | None) -> dict[str, Any] | None:
    """Batches one behind the other."""
    if calibration is None or isinstance(calibration, Mapping):
        return calibration if calibration is None else dict(calibration)
    batches = list(calibration) if isinstance(calibration, Sequence) else []
    if not batches or not all(isinstance(batch, Mapping) for batch in batches):
        raise TypeError("calibration is arrays by input name, or a list of such batches")
    first = batches[0]
    for batch in batches:
        if set(batch) != set(first):
            raise _core.UserError(f"calibration: a batch has {', '.join(batch)}, the first "
                                  f"{', '.join(first)}")
    try:
        return {name: np.concatenate([np.asarray(batch[name]) for batch in batches])
                for name in first}
    except ValueError as error:
        raise _core.UserError(f"calibration: {error}") from None


def _training(training: Training | bool | None) -> Training | None:
    if training is None or isinstance(training, (Training, bool)):
        return Training() if training is True else training or None
    raise TypeError(f"training is a Training or True, not {type(training).__name__}")


def compile(workload: Graph | StrPath | Any, machine: Machine | StrPath | Mapping[str, Any] =
            "edge_npu", *, batch: int = 0, quantize: str | None = None, format: str | None = None,
            weights: str | None = None, values: bool = False,
            training: Training | bool | None = None, dram_budget: int = 0,
            calibration: Samples | None = None, calibration_seed: int = 1,
            sparsity: str | None = None, quantize_outputs: bool = False,
            float_inputs: bool = False, mapping: StrPath | None = None) -> Program:
    """Compiles a network for a machine. The GIL is free meanwhile and Ctrl-C is answered.

    workload: a Graph, a zoo name with parameters, an .onnx path, an onnx.ModelProto.
    machine: a Machine, a preset's name, a YAML file, a description as dicts.
    batch: samples at once; 0: as the workload says.
    quantize: "int8" (the default of inference), "int8xint4" (int4 weights), "int4" (activations
        too), "int16", "int16xint8" (int8 weights), or "none" with `format` "bf16", "fp16", "fp32",
        "fp8_e4m3" or "fp8_e5m2". Training takes none, and "bf16" or "fp32".
    weights: another float format than `format` for the weights, which are cast, not scaled.
    values: put the weights' data into the program, so that runs can compute.
    training: one step of training instead of inference.
    dram_budget: bytes; what needs more is refused with the least that would do.
    calibration: what the ranges of quantisation are taken from: arrays by input name, of one or
        more batches behind each other ([k * N, ...] for an input [N, ...]), or a list of such
        batches. Where not given, normal values drawn from `calibration_seed`.
    sparsity: "2:4" and the like: weights are pruned to it; the machine's core.array.sparsity lists
        what its array takes. Weights that are so already need nothing said.
    quantize_outputs: store the outputs in the array's format, not in fp32.
    float_inputs: take the inputs in fp32 and quantise them on the chip.
    mapping: a file that says how layers are cut and ordered (docs/guide/mapping.md).
    UserError: an op without kernel or gradient, a layer that doesn't fit, a format the machine
        lacks, calibration samples of another shape.
    """
    step = _training(training)
    options = _core.Options()
    options.format, options.weights = _formats(
        text("quantize", quantize), text("format", format), text("weights", weights),
        step is not None)
    options.values = flag("values", values)
    options.dram_budget = whole("dram_budget", dram_budget)
    options.calibration = _samples(calibration)
    options.calibration_seed = whole("calibration_seed", calibration_seed)
    options.sparsity = text("sparsity", sparsity)
    options.quantize_outputs = flag("quantize_outputs", quantize_outputs)
    options.float_inputs = flag("float_inputs", float_inputs)
    options.mapping = None if mapping is None else os.fspath(mapping)
    if step is not None:
        options.training = True
        options.optimizer, options.remat = step.optimizer, step.remat
        options.settings = {"learning_rate": step.learning_rate,
                            **named("settings", step.settings)}
        options.trainable = names("trainable", step.trainable)
    target = as_machine(machine)
    graph = as_graph(workload, batch)
    return Program(_core.compile(graph._core, target._core, options), target)
