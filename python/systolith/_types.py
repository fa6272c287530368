"""Types that the modules share, and their checks."""

from __future__ import annotations

import operator
import os
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from ._core import UserError

StrPath: TypeAlias = str | os.PathLike[str]
# By name. What goes in is anything that NumPy makes an array of floats or integers from; what
# comes out is float32, integers int64.
Inputs: TypeAlias = Mapping[str, npt.ArrayLike]
Arrays: TypeAlias = dict[str, np.ndarray]
# Inputs of one or more batches behind each other, or a list of batches.
Samples: TypeAlias = Inputs | Sequence[Inputs]

_MOST = 2**63 - 1


def named(what: str, values: Any) -> dict[Any, Any]:
    """A mapping as a dict. TypeError: it is none."""
    if not isinstance(values, Mapping):
        raise TypeError(f"{what} come by name, in a dict, not {type(values).__name__}")
    return dict(values)


def flag(what: str, value: Any) -> bool:
    """TypeError: it is no truth value."""
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{what} is True or False, not {type(value).__name__}")
    return bool(value)


def text(what: str, value: Any) -> str | None:
    """TypeError: it is neither text nor None."""
    if value is not None and not isinstance(value, str):
        raise TypeError(f"{what} is text, not {type(value).__name__}")
    return value


def names(what: str, values: Any) -> list[str]:
    """TypeError: they are no list of texts."""
    if isinstance(values, (list, tuple)) and all(isinstance(value, str) for value in values):
        return list(values)
    raise TypeError(f"{what} is a list of names, not {values!r}")


def whole(what: str, value: Any) -> int:
    """A number from 0 on. TypeError, UserError: it is none."""
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{what} is a whole number, not {type(value).__name__}") from None
    if not 0 <= number <= _MOST:
        raise UserError(f"{what} {number} (allowed: 0 to {_MOST})")
    return number
