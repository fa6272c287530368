"""Running programs, and what runs say."""

from __future__ import annotations

import html
import json
import os
import pathlib
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from . import _core
from ._types import Arrays, Inputs, StrPath, flag, named
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
    if not isinstance(content, dict) or "total_cycles" not in content:
        raise _core.UserError(f"{path}: not a report: it has no total_cycles")
    content.pop("host", None)
    return content


def engine_frame(engines: Mapping[str, Any]) -> pd.DataFrame:
    """Causes by engine, from a report's section."""
    rows = {name: {"busy": engine["busy"], **engine["stalls"]}
            for name, engine in engines.items()}
    return pd.DataFrame.from_dict(rows, orient="index")


class Report:
    """What a run said: `to_dict()` is report.json, without what depends on the host.

    outputs: of a run with values, the graph's outputs and the states by name.
    text: the tables that the command line prints; empty for a report from a file.
    """

    def __init__(self, content: dict[str, Any], text: str = "", outputs: Arrays | None = None):
        self._content, self.text = content, text
        self.outputs: Arrays = outputs or {}

    @classmethod
    def read(cls, directory: StrPath) -> Report:
        """From the directory of `systolith run --out`. UserError: there is none, or it is no
        report of a run."""
        path = pathlib.Path(directory) / "report.json"
        content = read_report(path)
        if "layers" not in content:
            raise _core.UserError(f"{path}: not the report of a run")
        return cls(content)

    def to_dict(self) -> dict[str, Any]:
        """report.json's content."""
        return self._content

    @property
    def workload(self) -> str:
        """The network's name."""
        return str(self._content["workload"])

    @property
    def machine(self) -> str:
        """The machine's name."""
        return str(self._content["machine"])

    @property
    def total_cycles(self) -> int:
        """Core cycles from the start to the end of the last command."""
        return int(self._content["total_cycles"])

    @property
    def seconds(self) -> float:
        """Simulated."""
        return float(self._content["seconds"])

    @property
    def macs(self) -> int:
        """Multiply-accumulates of the array."""
        return int(self._content["macs"])

    @property
    def array_utilization(self) -> float:
        """Share of the PEs' products over the whole run, 0 to 1."""
        return float(self._content["array_utilization"])

    @property
    def phases(self) -> pd.DataFrame:
        """Of a training step: cycles, macs and dram_bytes of forward, backward and update."""
        return pd.DataFrame.from_dict(self._content["phases"], orient="index")

    @property
    def layers(self) -> pd.DataFrame:
        """A row for each layer: name, op, format, start_cycle, end_cycle, cycles (exclusive: they
        sum to the run's), macs, dram_bytes, utilization (0 to 1), bound_by, phase."""
        return pd.DataFrame(self._content["layers"])

    @property
    def engines(self) -> pd.DataFrame:
        """A row for each engine, a column for each cause; cycles, which sum to the run's."""
        return engine_frame(self._content["engines"])

    @property
    def levels(self) -> pd.DataFrame:
        """A row for each level between the cores and DRAM: name, kind, bytes_read, bytes_written,
        hits, misses, hit_bytes, miss_bytes, bytes_in and bytes_out (from and to what lies behind),
        bank_wait_cycles, miss_wait_cycles (the level's clock, summed over accesses)."""
        return pd.DataFrame(self._content["levels"])

    @property
    def links(self) -> pd.DataFrame:
        """A row for each link of a bus, ring or mesh: name, bytes, packets, busy_cycles (of the
        interconnect's clock), peak_flits (that the buffer behind it held at most)."""
        return pd.DataFrame(self._content["links"])

    @property
    def dram(self) -> dict[str, Any]:
        """bytes_read, bytes_written, requests, row_hits, row_misses, and bandwidth_fraction, 0 to
        1."""
        return dict(self._content["dram"])

    @property
    def memory(self) -> dict[str, int]:
        """Bytes: dram_bytes and peak_bytes as planned, dram_bytes_reached as run."""
        return dict(self._content["memory"])

    @property
    def area(self) -> dict[str, Any]:
        """Of the machine, as Machine.area()."""
        return dict(self._content["area"])

    @property
    def energy(self) -> dict[str, Any]:
        """total_picojoules, components (picojoules by name), average_watts, table (the prices)."""
        return dict(self._content["energy"])

    @property
    def bandwidth(self) -> pd.DataFrame:
        """Bytes per second over time, a row for each interval of the run: its start_cycle (the
        index) and what crossed the ports of DRAM and of each level (dram_read, dram_written,
        channel0 ..., l2_read, l2_written ...), and the interconnect's sum. Times the interval's
        seconds, a column sums to the bytes moved."""
        section = self._content["bandwidth"]
        columns = {}
        for series in [section["dram"], *section["levels"]]:
            columns[f"{series['name']}_read"] = series["read_bytes"]
            columns[f"{series['name']}_written"] = series["written_bytes"]
        for number, channel in enumerate(section["dram_channels"]):
            columns[f"channel{number}"] = channel
        columns["interconnect"] = section["interconnect"]
        interval = section["interval_cycles"]
        a_second = self._content["clock_hz"] / interval
        frame = pd.DataFrame(columns, dtype=float).mul(a_second)
        frame.index = pd.RangeIndex(0, interval * len(frame), interval, name="start_cycle")
        return frame

    @property
    def roofline(self) -> dict[str, Any]:
        """peak_macs_per_second, peak_bytes_per_second, operational_intensity (MACs per byte of
        DRAM traffic), attainable and achieved (MACs per second), bound ("compute", "memory");
        compute_roofs (MACs per second by formats), memory_roofs (bytes per second of the
        scratchpads, each level, DRAM), layers."""
        return dict(self._content["roofline"])

    @property
    def roofline_layers(self) -> pd.DataFrame:
        """A row for each layer: name, macs, attainable and achieved (MACs per second), bound (the
        lowest roof), and for each memory roof bytes_... and intensity_... (MACs per byte)."""
        rows = []
        for layer in self._content["roofline"]["layers"]:
            row = {key: layer[key] for key in ("name", "macs", "attainable", "achieved", "bound")}
            for roof, moved in layer["bytes"].items():
                row[f"bytes_{roof}"] = moved
                row[f"intensity_{roof}"] = layer["operational_intensity"][roof]
            rows.append(row)
        return pd.DataFrame(rows)

    def __str__(self) -> str:
        return self.text or repr(self)

    def __repr__(self) -> str:
        return (f"<Report {self.workload} on {self.machine}: {self.total_cycles:,} cycles, "
                f"{self.seconds * 1e3:.3f} ms, array {self.array_utilization:.1%}>")

    def _repr_html_(self) -> str:
        return f"<p><b>{html.escape(repr(self)[1:-1])}</b></p>" + self.layers.to_html(index=False)


def simulate(program: Program, machine: Machine | StrPath | Mapping[str, Any] | None = None, *,
             values: bool = False, inputs: Inputs | None = None, timeline: StrPath | None = None,
             progress: Callable[[int, float], object] | None = None) -> Report:
    """Runs a program. Any thread may call; a process runs one at a time. The GIL is free meanwhile
    and Ctrl-C is answered.

    machine: what the program runs on: one that agrees in all that programs rely on, such as the
        array; the one it was compiled for where not given.
    values: compute; `inputs` are then arrays by name, of the shapes in program.inputs(), and of
        those states that don't begin as compiled. The report's `outputs` are the graph's outputs
        and the states.
    timeline: a file for Perfetto.
    progress: called about every 25 ms with the cycle and the fraction done; what it raises ends the
        run.
    UserError: an array missing, unknown or of another shape, a program for another machine, a
        deadlock.
    """
    if not isinstance(program, Program):
        raise TypeError(f"simulate() runs a Program, not {type(program).__name__}; compile() makes "
                        "one")
    arrays = named("inputs", {} if inputs is None else inputs)
    computed = flag("values", values)
    if arrays and not computed:
        raise _core.UserError("inputs are for a run with values=True")
    target = as_machine(machine) if machine is not None else program.target
    if target is None:
        raise _core.UserError("a program from a file needs the machine to run on")
    content, text, outputs = _core.simulate(
        program._core, target._core, computed, arrays,
        os.fspath(timeline) if timeline is not None else "", progress)
    report = json.loads(content)
    del report["host"]
    return Report(report, text, outputs)


def run(workload: Any, machine: Machine | StrPath | Mapping[str, Any] = "edge_npu",
        **options: Any) -> Report:
    """compile() and simulate() in one: timing only. `options` are compile()'s."""
    return simulate(compile(workload, machine, **options))
