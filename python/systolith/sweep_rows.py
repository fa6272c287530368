"""Rows of a sweep on disk: small Parquet parts as they come, one file in the end."""

from __future__ import annotations

import os
import pathlib
import time
from typing import Any

import pandas as pd
import pyarrow
import pyarrow.parquet

from . import _core
from ._types import StrPath

_FLUSH_SECONDS = 0.5  # how much work a kill may lose
_TYPES = {"total_cycles": pyarrow.int64(), "seconds": pyarrow.float64(), "macs": pyarrow.int64(),
          "array_utilization": pyarrow.float64(), "dram_bytes": pyarrow.int64(),
          "peak_bytes": pyarrow.int64(), "energy_picojoules": pyarrow.float64(),
          "bound": pyarrow.string(), "error": pyarrow.string(), "key": pyarrow.string()}
_SCHEMA = pyarrow.schema(list(_TYPES.items()))


def _write(table: pyarrow.Table, path: pathlib.Path) -> None:
    """Whole or not at all."""
    partial = path.with_name(f".{path.name}.partial-{os.getpid()}")
    pyarrow.parquet.write_table(table, partial)
    partial.replace(path)


class RowStore:
    """Results by key. Without a directory they live in memory."""

    def __init__(self, directory: StrPath | None):
        self._rows: dict[str, dict[str, Any]] = {}
        self._unwritten: list[str] = []
        self._flushed = time.monotonic()
        self._directory = pathlib.Path(directory) if directory is not None else None
        if self._directory is None:
            return
        try:
            (self._directory / "parts").mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _core.UserError(f"{self._directory}: {error.strerror}") from None
        for part in sorted((self._directory / "parts").glob("*.parquet")):
            self._read(part)
        if (self._directory / "rows.parquet").exists():
            self._read(self._directory / "rows.parquet")

    def _read(self, path: pathlib.Path) -> None:
        try:
            table = pyarrow.parquet.read_table(path, columns=list(_TYPES))
        except (OSError, pyarrow.ArrowException) as error:
            raise _core.UserError(f"{path}: not the rows of a sweep: {error}") from None
        for row in table.to_pylist():
            self._rows[row.pop("key")] = row

    def __contains__(self, key: str) -> bool:
        return key in self._rows

    def __getitem__(self, key: str) -> dict[str, Any]:
        return self._rows[key]

    def __enter__(self) -> RowStore:
        return self

    def __exit__(self, *_: Any) -> None:
        self._flush()

    def add(self, key: str, row: dict[str, Any]) -> None:
        self._rows[key] = row
        self._unwritten.append(key)
        if time.monotonic() - self._flushed > _FLUSH_SECONDS:
            self._flush()

    def _flush(self) -> None:
        self._flushed = time.monotonic()
        if self._directory is None or not self._unwritten:
            return
        rows = [{**self._rows[key], "key": key} for key in self._unwritten]
        # Named by content, so that two sweeps into one directory don't overwrite each other.
        path = self._directory / "parts" / f"{self._unwritten[0]}.parquet"
        _write(pyarrow.Table.from_pylist(rows, _SCHEMA), path)
        self._unwritten.clear()

    def finish(self, rows: list[dict[str, Any]]) -> pd.DataFrame:
        """The whole sweep as a frame, and in one file; the parts go."""
        table = pyarrow.Table.from_pylist(rows)
        fields = [pyarrow.field(f.name, _TYPES.get(f.name, f.type)) for f in table.schema]
        table = table.cast(pyarrow.schema(fields))
        if self._directory is not None:
            self._flush()
            _write(table, self._directory / "rows.parquet")
            for part in (self._directory / "parts").iterdir():  # what a kill cut off as well
                part.unlink()
        frame: pd.DataFrame = table.to_pandas()
        return frame
