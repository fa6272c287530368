"""Running programs, and what runs say."""

from __future__ import annotations

import html
import json
import os
import pathlib
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from . import _core
from .machine import Machine, as_machine
from .program import Program, compile


def read_report(path: pathlib.Path) -> dict[str, Any]:
    """What a report.json holds, without what depends on the host."""
    try:
        content = json.loads(path.read_text())
    except OSError as error:
        raise _core.UserError(f"{path}: {error.strerror}") from None
    except ValueError as error:
        raise _core.UserError(f"{path}: not a report: {error}") from None
    content.pop("host", None)
    return content


def engine_frame(engines: Mapping[str, Any]) -> pd.DataFrame:
    """Causes by engine, from a report's section."""
    rows = {name: {"busy": engine["busy"], **engine["stalls"]}
            for name, engine in engines.items()}
    return pd.DataFrame.from_dict(rows, orient="index")


class Report:
    """What a run said: `to_dict()` is report.json, without what depends on the host."""

    def __init__(self, content: dict[str, Any], text: str = "",
                 outputs: dict[str, np.ndarray] | None = None):
        self._content, self.text = content, text
        self.outputs = outputs or {}  # with values: outputs and states by name

    @classmethod
    def read(cls, directory: str | os.PathLike) -> Report:
        """From the directory of `systolith run --out`. UserError: no report of a run."""
        path = pathlib.Path(directory) / "report.json"
        content = read_report(path)
        if "layers" not in content:
            raise _core.UserError(f"{path}: not the report of a run")
        return cls(content)

    def to_dict(self) -> dict[str, Any]:
        return self._content

    @property
    def workload(self) -> str:
        return self._content["workload"]

    @property
    def machine(self) -> str:
        return self._content["machine"]

    @property
    def total_cycles(self) -> int:
        """Core cycles."""
        return self._content["total_cycles"]

    @property
    def seconds(self) -> float:
        """Simulated."""
        return self._content["seconds"]

    @property
    def macs(self) -> int:
        return self._content["macs"]

    @property
    def array_utilization(self) -> float:
        """Share of the PEs' products over the whole run, 0 to 1."""
        return self._content["array_utilization"]

    @property
    def phases(self) -> pd.DataFrame:
        """Of a training step: cycles, macs and dram_bytes of forward, backward and update."""
        return pd.DataFrame.from_dict(self._content["phases"], orient="index")

    @property
    def layers(self) -> pd.DataFrame:
        """A row for each layer: name, op, format, cycles, macs, dram_bytes, utilization, …"""
        return pd.DataFrame(self._content["layers"])

    @property
    def engines(self) -> pd.DataFrame:
        """A row for each engine, a column for each cause; cycles, which sum to the run's."""
        return engine_frame(self._content["engines"])

    @property
    def dram(self) -> dict[str, Any]:
        return self._content["dram"]

    @property
    def memory(self) -> dict[str, int]:
        """Bytes: dram_bytes and peak_bytes as planned, dram_bytes_reached as run."""
        return self._content["memory"]

    @property
    def energy(self) -> dict[str, Any]:
        return self._content["energy"]

    @property
    def roofline(self) -> dict[str, Any]:
        return self._content["roofline"]

    def __str__(self) -> str:
        return self.text or repr(self)

    def __repr__(self) -> str:
        return (f"<Report {self.workload} on {self.machine}: {self.total_cycles:,} cycles, "
                f"{self.seconds * 1e3:.3f} ms, array {self.array_utilization:.1%}>")

    def _repr_html_(self) -> str:
        return f"<p><b>{html.escape(repr(self)[1:-1])}</b></p>" + self.layers.to_html(index=False)


def simulate(program: Program, machine: Machine | str | None = None, *, values: bool = False,
             inputs: Mapping[str, np.ndarray] | None = None,
             timeline: str | os.PathLike | None = None,
             progress: Callable[[int, float], None] | None = None) -> Report:
    """Runs a program. One run at a time in a process, whatever the thread; the GIL is free
    meanwhile and Ctrl-C is answered.

    machine: what it was compiled for, where it comes from a file.
    values: compute; `inputs` are then arrays by name, float32 of the graph's shapes (labels:
        integers), and of those states that don't begin as compiled. The report's `outputs` are the
        graph's outputs and the states.
    timeline: a file for Perfetto.
    progress: called about every 50 ms with the cycle and the fraction done.
    UserError: an array missing or of another shape, a program for another machine, a deadlock.
    """
    if not isinstance(program, Program):
        raise TypeError(f"simulate() runs a Program, not {type(program).__name__}; compile() makes "
                        "one")
    target = as_machine(machine) if machine is not None else program.target
    if target is None:
        raise _core.UserError("a program from a file needs the machine to run on")
    content, text, outputs = _core.simulate(
        program._core, target._core, values, dict(inputs or {}),
        os.fspath(timeline) if timeline else "", progress)
    report = json.loads(content)
    del report["host"]
    return Report(report, text, outputs)


def run(workload: Any, machine: Machine | str = "edge_npu", **options: Any) -> Report:
    """compile() and simulate() in one: timing only. `options` are compile()'s."""
    return simulate(compile(workload, machine, **options))
