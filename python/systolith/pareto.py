"""Which rows of a sweep nothing beats."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ._types import StrPath
from .sweep_plan import error_at, unknown

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def pareto(rows: pd.DataFrame, minimize: Sequence[str] = (),
           maximize: Sequence[str] = ()) -> pd.DataFrame:
    """The rows that no other row beats: at least as good in everything, better in something. Rows
    without a value in one of the columns are out. UserError: no such column."""
    columns = [*minimize, *maximize]
    if not columns:
        raise TypeError("pareto() needs columns to minimize or maximize")
    for column in columns:
        if column not in rows.columns:
            raise error_at(unknown("column", column, list(map(str, rows.columns))))
        if not pd.api.types.is_numeric_dtype(rows[column]):
            raise error_at(f"column '{column}' holds no numbers")
    valid = rows.dropna(subset=columns)
    costs = np.column_stack([valid[c].to_numpy(float) for c in minimize]
                            + [-valid[c].to_numpy(float) for c in maximize])
    beaten = [bool(((costs <= cost).all(axis=1) & (costs < cost).any(axis=1)).any())
              for cost in costs]
    return valid[~np.array(beaten, bool)]


def plot_pareto(rows: pd.DataFrame, x: str, y: str, path: StrPath | None = None) -> Figure:
    """All points, and the front of those with the least of both columns; into a picture file too
    where `path` says so."""
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
