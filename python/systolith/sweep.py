"""Sweeps: a grid over any parameters of machine and workload, one row for each point.

A sweep file:

    workload: resnet50
    machine: cloud_128x128
    quantize: int8
    set: {core.dma.outstanding: 64}          # the same at every point
    axes:
      core.array.rows,core.array.cols: [32, 64, 128]     # tied: one value, or a list of both
      core.scratchpad.capacity: [4MiB, 16MiB, 32MiB]
      dram.channels: [4, 16]

Axes are paths of the machine's fields, or workload, batch, quantize, format, machine.
"""

from __future__ import annotations

import dataclasses
import difflib
import functools
import hashlib
import itertools
import json
import os
import pathlib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import yaml

from . import _core
from .graph import Graph
from .machine import Machine, machine_parameters
from .program import compile
from .report import simulate
from .sweep_rows import RowStore

_WORKLOAD_AXES = ("workload", "machine", "batch", "quantize", "format")
_KEYS = ("workload", "machine", "batch", "quantize", "format", "set", "axes")
RESULTS = ("total_cycles", "seconds", "macs", "array_utilization", "dram_bytes", "peak_bytes",
           "energy_picojoules", "bound")


def _error(message: str, place: tuple[str, int, int] | None = None) -> _core.UserError:
    if place is None:
        return _core.UserError(message)
    file, line, column = place
    error = _core.UserError(f"{file}:{line}:{column}: {message}")
    error.file, error.line, error.column = place
    return error


def _unknown(kind: str, name: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(name, known, 1)
    return f"unknown {kind} '{name}'" + (f"; did you mean '{close[0]}'?" if close else
                                         f" (known: {', '.join(known)})")


def _is_parameter(path: str) -> bool:
    """Levels are numbered in paths, as memory.0.capacity."""
    return re.sub(r"^memory\.\d+\.", "memory[].", path) in machine_parameters()


@dataclasses.dataclass
class Sweep:
    """What is run at every point, and the axes of the grid, the last one fastest."""

    workload: str = ""
    machine: str = "edge_npu"
    axes: Mapping[str, Sequence[Any]] = dataclasses.field(default_factory=dict)
    batch: int = 0
    quantize: str | None = None
    format: str | None = None
    set: Mapping[str, Any] = dataclasses.field(default_factory=dict)  # machine overrides

    def __post_init__(self):
        self._check({})

    @classmethod
    def read(cls, path: str | os.PathLike) -> Sweep:
        """From a YAML file. UserError with file, line and column for what it has wrong."""
        name = os.fspath(path)
        try:
            text = pathlib.Path(path).read_text()
        except OSError as error:
            raise _error(f"{name}: {error.strerror}") from None
        try:
            content, node = yaml.safe_load(text), yaml.compose(text, yaml.SafeLoader)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            place = (name, mark.line + 1, mark.column + 1) if mark else (name, 1, 1)
            raise _error(getattr(error, "problem", None) or str(error), place) from None
        if not isinstance(content, dict):
            raise _error("a sweep is a mapping with workload and axes", (name, 1, 1))
        places = _places(node, name)
        for key in content:
            if key not in _KEYS:
                raise _error(_unknown("key", str(key), _KEYS), places[(key,)])
        sweep = cls.__new__(cls)
        for field in dataclasses.fields(cls):
            default = field.default if field.default is not dataclasses.MISSING \
                else field.default_factory()
            setattr(sweep, field.name, content.get(field.name, default))
        sweep._check(places, name)
        return sweep

    def _check(self, places: Mapping[tuple, tuple], name: str = "") -> None:
        def place(*path):
            return places.get(path, (name, 1, 1) if name else None)

        if not isinstance(self.axes, Mapping) or not self.axes:
            raise _error("a sweep needs axes: names with lists of values", place("axes"))
        for axis, values in self.axes.items():
            for path in _tied(axis):
                if path not in _WORKLOAD_AXES and not _is_parameter(path):
                    known = [*_WORKLOAD_AXES, *machine_parameters()]
                    raise _error(_unknown("axis", path, known), place("axes", axis))
            if not isinstance(values, Sequence) or isinstance(values, str) or not values:
                raise _error(f"axis '{axis}' needs a list of values", place("axes", axis))
            for value in values:
                if isinstance(value, Sequence) and not isinstance(value, str) \
                        and len(_tied(axis)) > 1 and len(value) != len(_tied(axis)):
                    raise _error(f"axis '{axis}' has {len(_tied(axis))} parameters, value {value} "
                                 f"has {len(value)}", place("axes", axis))
        for path in self.set:
            if not _is_parameter(path):
                raise _error(_unknown("parameter", path, machine_parameters()), place("set", path))
        if not self.workload and "workload" not in self.axes:
            raise _error("a sweep needs a workload", place())

    def points(self) -> Iterator[dict[str, Any]]:
        """Every point: its axes' values by name, tied ones apart."""
        for values in itertools.product(*self.axes.values()):
            point: dict[str, Any] = {}
            for axis, value in zip(self.axes, values):
                names = _tied(axis)
                several = isinstance(value, Sequence) and not isinstance(value, str)
                point.update(zip(names, value if several and len(names) > 1
                                 else [value] * len(names)))
            yield point

    def __len__(self) -> int:
        return int(np.prod([len(values) for values in self.axes.values()]))

    def job(self, point: Mapping[str, Any]) -> dict[str, Any]:
        """All that decides a point's result."""
        overrides = {path: value for path, value in point.items() if path not in _WORKLOAD_AXES}
        job = {"workload": self.workload, "machine": self.machine, "batch": self.batch,
               "quantize": self.quantize, "format": self.format}
        job.update({axis: point[axis] for axis in _WORKLOAD_AXES if axis in point})
        job["set"] = {**self.set, **overrides}
        return job


def _tied(axis: str) -> list[str]:
    return [path.strip() for path in str(axis).split(",")]


def _places(node: yaml.Node, file: str, path: tuple = ()) -> dict[tuple, tuple[str, int, int]]:
    places = {path: (file, node.start_mark.line + 1, node.start_mark.column + 1)}
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            places.update(_places(value, file, (*path, key.value)))
            places[(*path, key.value)] = (file, key.start_mark.line + 1, key.start_mark.column + 1)
    return places


@functools.lru_cache(maxsize=4)
def _graph(workload: str, batch: int) -> Graph:
    return Graph.load(workload, batch)


def _file_digest(path: str) -> str:
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()


def key_of(job: Mapping[str, Any]) -> str:
    """A hash of what the job's result depends on: the machine that its description means, the
    workload's content, the options, Systolith's version."""
    parts = {**job, "version": _core.__version__}
    try:
        parts["machine"] = Machine(job["machine"], job["set"]).digest()
        del parts["set"]
    except _core.UserError:
        pass  # the point's error is its result; it depends on what was given
    workload = str(job["workload"])
    if workload.endswith(".onnx") and os.path.exists(workload):
        parts["workload"] = _file_digest(workload)
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()[:32]


def run_job(job: Mapping[str, Any]) -> dict[str, Any]:
    """The results of one point, or its error."""
    row: dict[str, Any] = dict.fromkeys(RESULTS)
    row["error"] = None
    try:
        machine = Machine(job["machine"], job["set"])
        program = compile(_graph(str(job["workload"]), job["batch"] or 0), machine,
                          quantize=job["quantize"], format=job["format"])
        report = simulate(program)
    except _core.UserError as error:
        row["error"] = str(error)
        return row
    row.update(total_cycles=report.total_cycles, seconds=report.seconds, macs=report.macs,
               array_utilization=report.array_utilization,
               dram_bytes=report.dram["bytes_read"] + report.dram["bytes_written"],
               peak_bytes=report.memory["peak_bytes"],
               energy_picojoules=report.energy["total_picojoules"],
               bound=report.roofline["bound"])
    return row


def _completed_locally(jobs: Sequence[dict], workers: int) -> Iterator[tuple[int, dict]]:
    """(number, results) as they come, from processes that live as long as the sweep."""
    import concurrent.futures
    import multiprocessing

    # Not forked: the parent may have threads, and the simulator's kernel is the process's.
    context = multiprocessing.get_context("spawn")
    pool = concurrent.futures.ProcessPoolExecutor(workers, mp_context=context)
    try:
        numbers = {pool.submit(run_job, job): number for number, job in enumerate(jobs)}
        for future in concurrent.futures.as_completed(numbers):
            yield numbers[future], future.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _completed_on_dask(jobs: Sequence[dict], scheduler: Any) -> Iterator[tuple[int, dict]]:
    import distributed

    client = distributed.Client(scheduler) if isinstance(scheduler, str) else scheduler
    try:
        numbers = {client.submit(run_job, job, pure=False): number
                   for number, job in enumerate(jobs)}
        for future, result in distributed.as_completed(list(numbers), with_results=True):
            yield numbers[future], result
    finally:
        if isinstance(scheduler, str):
            client.close()


def _completed(jobs: Sequence[dict], workers: int | None,
               scheduler: Any) -> Iterator[tuple[int, dict]]:
    if not jobs:
        return iter(())
    if scheduler is not None:
        return _completed_on_dask(jobs, scheduler)
    return _completed_locally(jobs, workers or os.cpu_count() or 1)


def sweep(description: Sweep | str | os.PathLike | Mapping[str, Any],
          out: str | os.PathLike | None = None, *, workers: int | None = None,
          scheduler: Any = None, progress: bool = False) -> pd.DataFrame:
    """Runs every point of a sweep; a row for each, in the grid's order: the axes' values, then
    total_cycles, seconds, macs, array_utilization, dram_bytes, peak_bytes, energy_picojoules,
    bound, error (the message of a point that failed), key.

    out: a directory; rows are written there as they come (Parquet), and points that it has already
        are not run again. The finished sweep is OUT/rows.parquet.
    workers: local processes (the host's cores).
    scheduler: a dask.distributed Client or a scheduler's address instead.
    progress: show a bar with what is left.
    """
    plan = description if isinstance(description, Sweep) else \
        Sweep(**description) if isinstance(description, Mapping) else Sweep.read(description)
    points = list(plan.points())
    jobs = [plan.job(point) for point in points]
    keys = [key_of(job) for job in jobs]
    with RowStore(out) as store:
        wanted: dict[str, dict] = {key: job for key, job in zip(keys, jobs) if key not in store}
        todo = list(wanted.items())
        bar = _bar(len(points), len(points) - len(todo), progress)
        for number, row in _completed([job for _, job in todo], workers, scheduler):
            store.add(todo[number][0], row)
            bar.update()
        bar.close()
        rows = [{**{name: _plain(value) for name, value in point.items()}, **store[key],
                 "key": key} for point, key in zip(points, keys)]
        return store.finish(rows)


def _plain(value: Any) -> Any:
    """Values of one axis share a column, so what is no number or text becomes text."""
    return value if isinstance(value, (int, float, str, bool)) else json.dumps(value)


def _bar(total: int, initial: int, shown: bool):
    import tqdm

    return tqdm.tqdm(total=total, initial=initial, disable=not shown, unit="point")


def pareto(rows: pd.DataFrame, minimize: Sequence[str] = (),
           maximize: Sequence[str] = ()) -> pd.DataFrame:
    """The rows that no other row beats: at least as good in everything, better in something."""
    columns = [*minimize, *maximize]
    if not columns:
        raise TypeError("pareto() needs columns to minimize or maximize")
    for column in columns:
        if column not in rows.columns:
            raise _error(_unknown("column", column, list(map(str, rows.columns))))
    valid = rows.dropna(subset=columns)
    costs = np.column_stack([valid[c].to_numpy(float) for c in minimize]
                            + [-valid[c].to_numpy(float) for c in maximize])
    beaten = [bool(((costs <= cost).all(axis=1) & (costs < cost).any(axis=1)).any())
              for cost in costs]
    return valid[~np.array(beaten, bool)]


def plot_pareto(rows: pd.DataFrame, x: str, y: str, path: str | os.PathLike | None = None):
    """All points, and the front of those with the least of both; returns the matplotlib figure."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4.5), layout="constrained")
    axes = figure.add_subplot()
    front = pareto(rows, minimize=[x, y]).sort_values(x)
    axes.scatter(rows[x], rows[y], color="0.7", label="all points")
    axes.plot(front[x], front[y], "o-", color="tab:blue", label="Pareto front")
    axes.set(xlabel=x, ylabel=y)
    axes.grid(alpha=0.3)
    axes.legend()
    if path is not None:
        figure.savefig(path, dpi=150)
    return figure
