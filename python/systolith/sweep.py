"""Runs sweeps: one row for each point, kept as they come."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import pathlib
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd

from . import _core
from ._types import StrPath
from .graph import Graph
from .machine import Machine
from .program import compile
from .report import simulate
from .sweep_plan import Sweep
from .sweep_rows import RowStore

if TYPE_CHECKING:
    import tqdm

RESULTS = ("total_cycles", "seconds", "macs", "array_utilization", "dram_bytes", "peak_bytes",
           "energy_picojoules", "bound")
Job: TypeAlias = dict[str, Any]
Row: TypeAlias = dict[str, Any]


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
    except (_core.UserError, TypeError):
        pass  # the point's error is its result; it depends on what was given
    workload = str(job["workload"])
    if workload.endswith(".onnx") and os.path.exists(workload):
        parts["workload"] = _file_digest(workload)
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()[:32]


def run_job(job: Mapping[str, Any]) -> Row:
    """The results of one point, or its error."""
    row: Row = dict.fromkeys(RESULTS)
    row["error"] = None
    try:
        machine = Machine(job["machine"], job["set"])
        program = compile(_graph(str(job["workload"]), job["batch"] or 0), machine,
                          quantize=job["quantize"], format=job["format"],
                          sparsity=job["sparsity"])
        report = simulate(program)
    except (_core.UserError, TypeError) as error:
        row["error"] = str(error)
        return row
    except _core.InternalError as error:  # the other points are worth having all the same
        row["error"] = f"bug of Systolith: {error}"
        return row
    row.update(total_cycles=report.total_cycles, seconds=report.seconds, macs=report.macs,
               array_utilization=report.array_utilization,
               dram_bytes=report.dram["bytes_read"] + report.dram["bytes_written"],
               peak_bytes=report.memory["peak_bytes"],
               energy_picojoules=report.energy["total_picojoules"],
               bound=report.roofline["bound"])
    return row


def _completed_locally(jobs: Sequence[Job], workers: int) -> Iterator[tuple[int, Row]]:
    """(number, results) as they come, from processes that live as long as the sweep."""
    import concurrent.futures.process
    import multiprocessing

    # Not forked: the parent may have threads, and the simulator's kernel is the process's.
    context = multiprocessing.get_context("spawn")
    pool = concurrent.futures.ProcessPoolExecutor(workers, mp_context=context)
    try:
        numbers = {pool.submit(run_job, job): number for number, job in enumerate(jobs)}
        for future in concurrent.futures.as_completed(numbers):
            yield numbers[future], future.result()
    except concurrent.futures.process.BrokenProcessPool:
        raise RuntimeError("a worker process died, perhaps for want of memory; the points that "
                           "were finished are kept") from None
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _completed_on_dask(jobs: Sequence[Job], scheduler: Any) -> Iterator[tuple[int, Row]]:
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


def _completed(jobs: Sequence[Job], workers: int | None,
               scheduler: Any) -> Iterator[tuple[int, Row]]:
    if not jobs:
        return iter(())
    if scheduler is not None:
        return _completed_on_dask(jobs, scheduler)
    return _completed_locally(jobs, min(workers or os.cpu_count() or 1, len(jobs)))


def sweep(description: Sweep | StrPath | Mapping[str, Any], out: StrPath | None = None, *,
          workers: int | None = None, scheduler: Any = None,
          progress: bool = False) -> pd.DataFrame:
    """Runs every point of a sweep; a row for each, in the grid's order: the axes' values, then
    total_cycles, seconds (simulated), macs, array_utilization (0 to 1), dram_bytes, peak_bytes,
    energy_picojoules, bound, error (the message of a point that failed), key.

    description: a Sweep, its arguments, or a sweep file.
    out: a directory; rows are written there as they come (Parquet), and points that it has already
        are not run again. The finished sweep is OUT/rows.parquet.
    workers: local processes (the host's cores).
    scheduler: a dask.distributed Client or a scheduler's address instead.
    progress: show a bar with what is left.
    UserError: what is wrong with the description; a directory that can't be written. What is wrong
        with a point is its row's error. RuntimeError: a worker process died.
    """
    plan = description if isinstance(description, Sweep) else \
        Sweep(**description) if isinstance(description, Mapping) else Sweep.read(description)
    points = list(plan.points())
    jobs = [plan.job(point) for point in points]
    keys = [key_of(job) for job in jobs]
    with RowStore(out) as store:
        wanted = {key: job for key, job in zip(keys, jobs) if key not in store}
        todo = list(wanted.items())
        with _bar(len(points), len(points) - len(todo), progress) as bar:
            for number, row in _completed([job for _, job in todo], workers, scheduler):
                store.add(todo[number][0], row)
                bar.update()
        columns = {name: _column([point[name] for point in points]) for name in points[0]}
        axes = [dict(zip(columns, values)) for values in zip(*columns.values())]
        return store.finish([{**point, **store[key], "key": key}
                             for point, key in zip(axes, keys)])


def _column(values: list[Any]) -> list[Any]:
    """An axis's values as they are where they are of one kind, else as text."""
    plain = [value.item() if isinstance(value, np.generic) else value for value in values]
    for kinds in (bool, int, (int, float), str):
        if all(isinstance(value, kinds) for value in plain):
            return plain
    return [value if isinstance(value, str) else json.dumps(value) for value in plain]


def _bar(total: int, initial: int, shown: bool) -> tqdm.tqdm[Any]:
    import tqdm

    return tqdm.tqdm(total=total, initial=initial, disable=not shown, unit="point")
