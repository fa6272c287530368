"""Machine descriptions."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from typing import Any

import numpy as np
import yaml

from . import _core
from ._types import StrPath, named


def machine_names() -> list[str]:
    """The machines that come with Systolith."""
    return _core.preset_names()


def machine_parameters() -> list[str]:
    """The paths of all fields of a description: "core.array.rows"; of levels "memory[].banks"."""
    return _core.machine_paths()


def machine_schema() -> dict[str, Any]:
    """The JSON Schema of a description, for editors."""
    return dict(json.loads(_core.machine_schema()))


def _assignment(path: str, value: Any) -> str:
    """"path=value", the value in YAML's flow style."""
    if isinstance(value, str):
        return f"{path}={value}"
    if isinstance(value, np.generic):
        value = value.item()
    try:
        return f"{path}={json.dumps(value)}"
    except TypeError:
        raise TypeError(f"'{path}': a value is a number, a text, a list or a dict, not "
                        f"{type(value).__name__}") from None


class Machine:
    """One machine: a preset's name or a YAML file, with overrides. It never changes.

    >>> Machine("cloud_128x128", {"core.count": 4, "dram.channels": 8})

    Sizes and rates are given with their units ("512KiB", "1.05GHz") and read in base units: bytes,
    Hz, cycles. Raises UserError with file, line and column for what a description has wrong.
    """

    def __init__(self, source: StrPath = "edge_npu", overrides: Mapping[str, Any] | None = None):
        if not isinstance(source, (str, os.PathLike)):
            raise TypeError(f"a machine is a name or a path, not {type(source).__name__}; "
                            "Machine.from_dict and Machine.from_yaml take descriptions")
        name = os.fspath(source)
        try:
            text = _core.machine_text(name)
        except UnicodeDecodeError as error:
            raise _core.UserError(f"{name}: not UTF-8 at byte {error.start}") from None
        self._set(text, name, overrides)

    @classmethod
    def from_yaml(cls, text: str, name: str = "<text>",
                  overrides: Mapping[str, Any] | None = None) -> Machine:
        """From a description's text; `name` stands for the file in messages."""
        if not isinstance(text, str):
            raise TypeError(f"a description is text, not {type(text).__name__}")
        machine = cls.__new__(cls)
        machine._set(text, name, overrides)
        return machine

    @classmethod
    def from_dict(cls, description: Mapping[str, Any]) -> Machine:
        """From a description as nested dicts and lists. TypeError: other things inside."""
        try:
            text = yaml.safe_dump(named("fields", description), sort_keys=False)
        except yaml.representer.RepresenterError as error:
            raise TypeError(f"a description is dicts, lists, texts and numbers: {error}") from None
        return cls.from_yaml(text, "<dict>")

    def _set(self, text: str, name: str, overrides: Mapping[str, Any] | None) -> None:
        self._text, self._file = text, name
        self._overrides = named("overrides", {} if overrides is None else overrides)
        assignments = [_assignment(path, value) for path, value in self._overrides.items()]
        self._core = _core.parse_machine(text, name, assignments)

    def with_overrides(self, overrides: Mapping[str, Any]) -> Machine:
        """The same machine with other values at some paths, as {"core.array.rows": 64}."""
        return Machine.from_yaml(self._text, self._file,
                                 {**self._overrides, **named("overrides", overrides)})

    @property
    def name(self) -> str:
        """As the description says."""
        return self._core.name

    @property
    def peak_bytes_per_second(self) -> float:
        """Of all DRAM channels together."""
        return self._core.peak_bytes_per_second

    def area(self) -> dict[str, Any]:
        """Estimated from the energy table's areas, as report.json's "area": components with their
        square_mm, total_square_mm."""
        return dict(json.loads(self._core.area()))

    def to_dict(self) -> dict[str, Any]:
        """Every field by its path, defaults included, in base units: bytes, Hz, cycles. Levels are
        a list under "memory"."""
        return self._core.values()

    def __getitem__(self, path: str) -> Any:
        """One field, in base units: machine["core.array.rows"]. KeyError: no such path."""
        return self.to_dict()[path]

    def digest(self) -> str:
        """Of all fields: the same for descriptions that mean the same machine."""
        return hashlib.sha256(json.dumps(self.to_dict(), sort_keys=True).encode()).hexdigest()

    def __reduce__(self) -> tuple[Any, ...]:
        return Machine.from_yaml, (self._text, self._file, self._overrides)

    def __repr__(self) -> str:
        return f"<Machine {self.name}: {self['core.count']} x {self['core.array.rows']}x" \
               f"{self['core.array.cols']}>"


def as_machine(machine: Machine | StrPath | Mapping[str, Any]) -> Machine:
    """A machine from whatever names or describes one. TypeError: nothing does."""
    if isinstance(machine, Machine):
        return machine
    if isinstance(machine, Mapping):
        return Machine.from_dict(machine)
    if isinstance(machine, (str, os.PathLike)):
        return Machine(machine)
    raise TypeError(f"a machine is a Machine, a name, a path or a dict, not "
                    f"{type(machine).__name__}")
