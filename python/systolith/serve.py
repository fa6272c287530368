"""Tenants that share a machine."""

from __future__ import annotations

import html
import io
import json
import os
import pathlib
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import yaml

from . import _core
from ._types import StrPath
from .machine import _assignment
from .report import engine_frame, read_report


class _Dumper(yaml.SafeDumper):
    """Every value where it stands, so that errors name the place of each; what NumPy and pathlib
    hold counts as what it says."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


_Dumper.add_multi_representer(  # abstract: every scalar of NumPy
    np.generic,  # type: ignore[type-abstract]
    lambda dumper, value: dumper.represent_data(value.item()))
_Dumper.add_multi_representer(
    pathlib.PurePath, lambda dumper, value: dumper.represent_str(os.fspath(value)))


class Scenario:
    """Tenants with their workloads, their parts of a machine and their arrivals: a YAML file, with
    overrides of its machine.

    >>> Scenario("shared.yaml", {"core.count": 4})

    Files that it names are looked for beside it, then in the working directory. UserError, with
    file, line and column: what a description has wrong, parts that the machine doesn't have.
    """

    def __init__(self, source: StrPath, overrides: Mapping[str, Any] | None = None):
        if not isinstance(source, (str, os.PathLike)):
            raise TypeError(f"a scenario is a path, not {type(source).__name__}; "
                            "Scenario.from_dict and Scenario.from_yaml take descriptions")
        path = os.fspath(source)
        self._set(_core.scenario_text(path), path, overrides)

    @classmethod
    def from_yaml(cls, text: str, name: str = "<text>",
                  overrides: Mapping[str, Any] | None = None) -> Scenario:
        """From a description's text; `name` stands for the file in messages."""
        scenario = cls.__new__(cls)
        scenario._set(text, name, overrides)
        return scenario

    @classmethod
    def from_dict(cls, description: Mapping[str, Any]) -> Scenario:
        """From a description as nested dicts and lists. Lines in messages are those of `text`."""
        try:
            text = yaml.dump(dict(description), Dumper=_Dumper, sort_keys=False)
        except yaml.representer.RepresenterError as error:
            raise TypeError("a scenario holds text, numbers, lists and dicts, not "
                            f"{type(error.args[1]).__name__}") from None
        return cls.from_yaml(text, "<dict>")

    def _set(self, text: str, file: str, overrides: Mapping[str, Any] | None) -> None:
        if overrides is not None and not isinstance(overrides, Mapping):
            raise TypeError("overrides are a dict of the machine's paths and values, not "
                            f"{type(overrides).__name__}")
        self.text, self._file, self._overrides = text, file, dict(overrides or {})
        assignments = [_assignment(path, value) for path, value in self._overrides.items()]
        self._core = _core.parse_scenario(text, file, assignments)

    def with_overrides(self, overrides: Mapping[str, Any]) -> Scenario:
        """The same scenario on a machine with other values at some paths."""
        return Scenario.from_yaml(self.text, self._file, {**self._overrides, **overrides})

    @property
    def name(self) -> str:
        """As it says, else its file's."""
        return self._core.name

    @property
    def machine(self) -> str:
        """The machine's name."""
        return self._core.machine

    @property
    def tenants(self) -> list[str]:
        """The tenants' names, in order."""
        return self._core.tenants

    def __reduce__(self) -> tuple[Any, ...]:
        return Scenario.from_yaml, (self.text, self._file, self._overrides)

    def __repr__(self) -> str:
        return f"<Scenario {self.name}: {', '.join(self.tenants)} on {self.machine}>"


def as_scenario(scenario: Scenario | StrPath | Mapping[str, Any]) -> Scenario:
    """A scenario from whatever names or describes one."""
    if isinstance(scenario, Scenario):
        return scenario
    if isinstance(scenario, Mapping):
        return Scenario.from_dict(scenario)
    if isinstance(scenario, (str, os.PathLike)):
        return Scenario(scenario)
    raise TypeError(f"a scenario is a Scenario, a path or a dict, not {type(scenario).__name__}")


def _flat(tenant: Mapping[str, Any]) -> dict[str, Any]:
    row = {}
    for key, value in tenant.items():
        if key.endswith("_seconds") and isinstance(value, dict):
            row.update({f"{key}_{name}": number for name, number in value.items()})
        else:
            row[key] = value["message"] if key == "fault" and value else value
    return row


class ServeReport:
    """What a service said: `to_dict()` is report.json, without what depends on the host.
    docs/guide/serving.md defines each number."""

    def __init__(self, content: dict[str, Any], requests: str, text: str = ""):
        self._content, self._requests, self.text = content, requests, text

    @classmethod
    def read(cls, directory: StrPath) -> ServeReport:
        """From the directory of `systolith serve --out`. UserError: no report of a service."""
        folder = pathlib.Path(directory)
        content = read_report(folder / "report.json")
        if "scenario" not in content:
            raise _core.UserError(f"{folder / 'report.json'}: not the report of a service")
        try:
            return cls(content, (folder / "requests.csv").read_text())
        except OSError as error:
            raise _core.UserError(f"{folder / 'requests.csv'}: {error.strerror}") from None

    def to_dict(self) -> dict[str, Any]:
        return self._content

    @property
    def scenario(self) -> str:
        """Its name."""
        return str(self._content["scenario"])

    @property
    def machine(self) -> str:
        """Its name."""
        return str(self._content["machine"])

    @property
    def policy(self) -> str:
        return str(self._content["policy"])

    @property
    def isolation(self) -> str:
        """"none" or "strict"."""
        return str(self._content["isolation"])

    @property
    def total_cycles(self) -> int:
        """Core cycles to the service's end."""
        return int(self._content["total_cycles"])

    @property
    def seconds(self) -> float:
        """Simulated."""
        return float(self._content["seconds"])

    @property
    def macs(self) -> int:
        """Of all tenants."""
        return int(self._content["macs"])

    @property
    def array_utilization(self) -> float:
        """Share of the products that the PEs of all cores could have made, 0 to 1."""
        return float(self._content["array_utilization"])

    @property
    def tenants(self) -> pd.DataFrame:
        """A row for each tenant, by name. Times are in seconds: latency_seconds_p99 is what
        report.json has as p99 of latency_seconds; `fault` is its message, missing where none."""
        frame = pd.DataFrame([_flat(tenant) for tenant in self._content["tenants"]])
        numbers = ["target_seconds", "sla_satisfaction"]  # NaN where a tenant has none
        return frame.astype(dict.fromkeys(numbers, float)).set_index("name")

    @property
    def requests(self) -> pd.DataFrame:
        """A row for each request that was carried out, by tenant in order of finish: tenant,
        request, arrival_s, start_s, finish_s, suspended_s (seconds), preemptions."""
        types = {"request": int, "preemptions": int,
                 **dict.fromkeys(["arrival_s", "start_s", "finish_s", "suspended_s"], float)}
        # As text first: a tenant may be called NA, and every bit of a time counts.
        return pd.read_csv(io.StringIO(self._requests), dtype=str,
                           keep_default_na=False).astype(types)

    @property
    def engines(self) -> pd.DataFrame:
        """A row for each engine, a column for each cause; cycles, which sum to the service's."""
        return engine_frame(self._content["engines"])

    @property
    def dram(self) -> dict[str, Any]:
        return dict(self._content["dram"])

    @property
    def energy(self) -> dict[str, Any]:
        return dict(self._content["energy"])

    def __str__(self) -> str:
        return self.text or repr(self)

    def __repr__(self) -> str:
        return (f"<ServeReport {self.scenario} on {self.machine}: {self.policy}, isolation "
                f"{self.isolation}, {self.seconds * 1e3:.3f} ms, array "
                f"{self.array_utilization:.1%}>")

    def _repr_html_(self) -> str:
        columns = ["completed", "arrived", "throughput_per_second", "latency_seconds_mean",
                   "latency_seconds_p50", "latency_seconds_p99", "sla_satisfaction", "slowdown",
                   "preemptions", "fault"]
        return (f"<p><b>{html.escape(repr(self)[1:-1])}</b></p>"
                + self.tenants[columns].to_html(index_names=False))


def _timeline_files(directory: StrPath | None, scenario: Scenario) -> list[str]:
    if directory is None:
        return []
    folder = pathlib.Path(directory)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _core.UserError(f"{folder}: {error.strerror}") from None
    names = ["timeline", *(f"timeline_{tenant}" for tenant in scenario.tenants)]
    return [os.fspath(folder / f"{name}.json") for name in names]


def serve(scenario: Scenario | StrPath | Mapping[str, Any], *,
          set: Mapping[str, Any] | None = None, timeline: StrPath | None = None,
          detail: str = "layers",
          progress: Callable[[int, float], None] | None = None) -> ServeReport:
    """Serves the requests of tenants that share a machine. One run at a time in a process, whatever
    the thread; the GIL is free meanwhile and Ctrl-C is answered.

    scenario: a Scenario, a YAML file's path, or a description as a dict.
    set: overrides of the machine, as {"core.count": 4}.
    timeline: a directory for timeline.json, of all tenants, and timeline_<tenant>.json, which tells
        of no other; both for Perfetto.
    detail: what timelines show: "requests", the "layers" of each too, or "commands".
    progress: called about every 50 ms with the cycle and the fraction done; 0 while tenants are
        tried alone.
    UserError: with file, line and column what the scenario has wrong, and what doesn't compile; a
        service that cannot go on. A fault of one tenant is no error but in the report.
    """
    if progress is not None and not callable(progress):
        raise TypeError(f"progress is a function, not {type(progress).__name__}")
    target = as_scenario(scenario)
    if set is not None:
        target = target.with_overrides(set)
    content, text, requests = _core.serve(target._core, _timeline_files(timeline, target), detail,
                                          progress)
    report = json.loads(content)
    del report["host"]
    return ServeReport(report, requests, text)
