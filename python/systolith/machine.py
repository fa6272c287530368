"""Machine descriptions."""

from __future__ import annotations

import hashlib
import json
import os
import pathlib
from collections.abc import Mapping
from typing import Any

import yaml

from . import _core


def machine_names() -> list[str]:
    """The machines that come with Systolith."""
    return _core.preset_names()


def machine_parameters() -> list[str]:
    """The paths of all fields of a description: "core.array.rows"; of levels "memory[].banks"."""
    return _core.machine_paths()


def _assignment(path: str, value: Any) -> str:
    """"path=value", the value in YAML's flow style."""
    if isinstance(value, str):
        return f"{path}={value}"
    return f"{path}={json.dumps(value)}"


class Machine:
    """One machine: a preset's name or a YAML file, with overrides.

    >>> Machine("cloud_128x128", {"core.count": 4, "dram.channels": 8})

    Sizes and rates are given with their units ("512KiB", "1.05GHz") and read in base units: bytes,
    Hz, cycles. Raises UserError with file, line and column for what a description has wrong.
    """

    def __init__(self, source: str | os.PathLike = "edge_npu",
                 overrides: Mapping[str, Any] | None = None):
        if not isinstance(source, (str, os.PathLike)):
            raise TypeError(f"a machine is a name or a path, not {type(source).__name__}; "
                            "Machine.from_dict and Machine.from_yaml take descriptions")
        name = os.fspath(source)
        self._set(_core.machine_text(name), name, dict(overrides or {}))

    @classmethod
    def from_yaml(cls, text: str, name: str = "<text>",
                  overrides: Mapping[str, Any] | None = None) -> Machine:
        """From a description's text; `name` stands for the file in messages."""
        machine = cls.__new__(cls)
        machine._set(text, name, dict(overrides or {}))
        return machine

    @classmethod
    def from_dict(cls, description: Mapping[str, Any]) -> Machine:
        """From a description as nested dicts and lists."""
        return cls.from_yaml(yaml.safe_dump(dict(description), sort_keys=False), "<dict>")

    def _set(self, text: str, name: str, overrides: dict[str, Any]) -> None:
        self._text, self._file, self._overrides = text, name, overrides
        assignments = [_assignment(path, value) for path, value in overrides.items()]
        self._core = _core.parse_machine(text, name, assignments)

    def with_overrides(self, overrides: Mapping[str, Any]) -> Machine:
        """The same machine with other values at some paths, as {"core.array.rows": 64}."""
        return Machine.from_yaml(self._text, self._file, {**self._overrides, **overrides})

    @property
    def name(self) -> str:
        return self._core.name

    @property
    def peak_bytes_per_second(self) -> float:
        """Of all DRAM channels together."""
        return self._core.peak_bytes_per_second

    def to_dict(self) -> dict[str, Any]:
        """Every field by its path, defaults included, in base units."""
        return self._core.values()

    def __getitem__(self, path: str) -> Any:
        """One field, in base units: machine["core.array.rows"]."""
        return self.to_dict()[path]

    def digest(self) -> str:
        """Of all fields: the same for descriptions that mean the same machine."""
        return hashlib.sha256(json.dumps(self.to_dict(), sort_keys=True).encode()).hexdigest()

    def __reduce__(self):
        return Machine.from_yaml, (self._text, self._file, self._overrides)

    def __repr__(self) -> str:
        return f"<Machine {self.name}: {self['core.count']} x {self['core.array.rows']}x" \
               f"{self['core.array.cols']}>"


def as_machine(machine: Machine | str | os.PathLike | Mapping[str, Any]) -> Machine:
    """A machine from whatever names or describes one."""
    if isinstance(machine, Machine):
        return machine
    if isinstance(machine, Mapping):
        return Machine.from_dict(machine)
    if isinstance(machine, (str, pathlib.PurePath)):
        return Machine(machine)
    raise TypeError(f"a machine is a Machine, a name, a path or a dict, not "
                    f"{type(machine).__name__}")
