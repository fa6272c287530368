"""What a sweep runs: a grid over any parameters of machine and workload.

A sweep file:

    workload: resnet50
    machine: cloud_128x128
    quantize: int8
    set: {core.dma.outstanding: 64}          # the same at every point
    axes:
      core.array.rows,core.array.cols: [32, 64, 128]     # tied: one value, or a list of both
      core.scratchpad.capacity: [4MiB, 16MiB, 32MiB]
      dram.channels: [4, 16]

Axes are paths of the machine's fields, or workload, batch, quantize, format,
sparsity, machine.
"""

from __future__ import annotations

import dataclasses
import difflib
import itertools
import math
import pathlib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import yaml

from . import _core
from ._types import StrPath
from .machine import machine_parameters

WORKLOAD_AXES = ("workload", "machine", "batch", "quantize", "format", "sparsity")
_KEYS = (*WORKLOAD_AXES, "set", "axes")
Place: TypeAlias = tuple[str, int, int]  # file, line, column
Places: TypeAlias = dict[tuple[Any, ...], Place]  # by path of keys


def error_at(message: str, place: Place | None = None) -> _core.UserError:
    """A UserError, with its place where that is known."""
    if place is None:
        return _core.UserError(message)
    error = _core.UserError("{}:{}:{}: {}".format(*place, message))
    error.file, error.line, error.column = place
    return error


def unknown(kind: str, name: str, known: Sequence[str]) -> str:
    """The message for a name that is not among `known`."""
    close = difflib.get_close_matches(name, known, 1)
    return f"unknown {kind} '{name}'" + (f"; did you mean '{close[0]}'?" if close else
                                         f" (known: {', '.join(known)})")


def _is_parameter(path: str) -> bool:
    """Levels are numbered in paths, as memory.0.capacity."""
    return re.sub(r"^memory\.\d+\.", "memory[].", path) in machine_parameters()


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _tied(axis: str) -> list[str]:
    return [path.strip() for path in axis.split(",")]


@dataclasses.dataclass
class Sweep:
    """What is run at every point, and the axes of the grid, the last one fastest.

    workload, machine, batch, quantize, format, sparsity: as compile() takes them, the first two by
        name or path.
    axes: lists of values by name; "a,b" ties two parameters, with one value or a list of both.
    set: the machine's overrides, the same at every point.
    UserError: what is wrong with them.
    """

    workload: str = ""
    machine: str = "edge_npu"
    axes: Mapping[str, Sequence[Any]] = dataclasses.field(default_factory=dict)
    batch: int = 0
    quantize: str | None = None
    format: str | None = None
    sparsity: str | None = None
    set: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        _check(self, {}, "")

    @classmethod
    def read(cls, path: StrPath) -> Sweep:
        """From a YAML file. UserError with file, line and column for what it has wrong."""
        content, places, name = _read(pathlib.Path(path))
        for key in content:
            if key not in _KEYS:
                raise error_at(unknown("key", str(key), _KEYS), places[(key,)])
        sweep = cls.__new__(cls)
        for field in dataclasses.fields(cls):
            default = None if field.default is dataclasses.MISSING else field.default
            setattr(sweep, field.name, content.get(field.name, default))
        sweep.set = {} if sweep.set is None else sweep.set
        _check(sweep, places, name)
        return sweep

    def points(self) -> Iterator[dict[str, Any]]:
        """Every point: its axes' values by name, tied ones apart."""
        for values in itertools.product(*self.axes.values()):
            point: dict[str, Any] = {}
            for axis, value in zip(self.axes, values):
                names = _tied(axis)
                each = value if len(names) > 1 and _is_list(value) else [value] * len(names)
                point.update(zip(names, each))
            yield point

    def __len__(self) -> int:
        return math.prod(len(values) for values in self.axes.values())

    def job(self, point: Mapping[str, Any]) -> dict[str, Any]:
        """All that decides a point's result."""
        overrides = {path: value for path, value in point.items() if path not in WORKLOAD_AXES}
        job = {axis: point.get(axis, getattr(self, axis)) for axis in WORKLOAD_AXES}
        job["set"] = {**self.set, **overrides}
        return job


def _read(path: pathlib.Path) -> tuple[dict[Any, Any], Places, str]:
    """The file's mapping, where its parts are, and its name."""
    name = str(path)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise error_at(f"{name}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise error_at(f"{name}: not UTF-8 at byte {error.start}") from None
    try:
        content, node = yaml.safe_load(text), yaml.compose(text, yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        place = (name, mark.line + 1, mark.column + 1) if mark else (name, 1, 1)
        raise error_at(getattr(error, "problem", None) or str(error), place) from None
    if not isinstance(content, dict) or node is None:
        raise error_at("a sweep is a mapping with workload and axes", (name, 1, 1))
    return content, _places(node, name), name


def _places(node: yaml.Node, file: str, path: tuple[Any, ...] = ()) -> Places:
    places = {path: (file, node.start_mark.line + 1, node.start_mark.column + 1)}
    if not isinstance(node, yaml.MappingNode):
        return places
    for key, value in node.value:
        below = (*path, key.value)
        place = (file, key.start_mark.line + 1, key.start_mark.column + 1)
        if below in places:
            raise error_at(f"key '{key.value}' is given twice", place)
        places.update(_places(value, file, below))
        places[below] = place
    return places


def _check(sweep: Sweep, places: Places, file: str) -> None:
    """UserError for what the sweep has wrong, at its place in `file` where it is from one."""
    def place(*path: Any) -> Place | None:
        return places.get(path, (file, 1, 1) if file else None)

    for name, kind in (("workload", str), ("machine", str), ("batch", int), ("quantize", str),
                       ("format", str), ("sparsity", str)):
        value = getattr(sweep, name)
        if value is not None and (not isinstance(value, kind) or isinstance(value, bool)):
            raise error_at(f"{name} is a {'number' if kind is int else 'text'}, not {value!r}",
                           place(name))
    if not isinstance(sweep.axes, Mapping) or not sweep.axes:
        raise error_at("a sweep needs axes: names with lists of values", place("axes"))
    names: list[str] = []
    for axis, values in sweep.axes.items():
        _check_axis(axis, values, names, place("axes", axis))
    if not isinstance(sweep.set, Mapping):
        raise error_at("set is a mapping of the machine's parameters to values", place("set"))
    for path in sweep.set:
        if not isinstance(path, str) or not _is_parameter(path):
            raise error_at(unknown("parameter", str(path), machine_parameters()),
                           place("set", path))
    if not sweep.workload and "workload" not in names:
        raise error_at("a sweep needs a workload", place())


def _check_axis(axis: Any, values: Any, names: list[str], place: Place | None) -> None:
    """UserError for what an axis has wrong; its parameters go to `names`."""
    tied = _tied(str(axis))
    for path in tied:
        if path not in WORKLOAD_AXES and not _is_parameter(path):
            raise error_at(unknown("axis", path, [*WORKLOAD_AXES, *machine_parameters()]), place)
        if path in names:
            raise error_at(f"'{path}' is on two axes", place)
        names.append(path)
    if not _is_list(values) or not values:
        raise error_at(f"axis '{axis}' needs a list of values", place)
    for value in values:
        if len(tied) > 1 and _is_list(value) and len(value) != len(tied):
            raise error_at(f"axis '{axis}' has {len(tied)} parameters, value {value} has "
                           f"{len(value)}", place)
