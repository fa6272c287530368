"""The number formats of the array and the vector unit, value by value: what the hardware computes.

    from systolith import formats

    formats.encode([1.0, 0.3], "fp8_e4m3")      # array([56, 42], dtype=uint8)
    formats.decode([56, 42], "fp8_e4m3")        # array([1.    , 0.3125])
    formats.requantize([1000], 0.0375)          # array([37], dtype=int8)

Codes of a float format are its bits, in uint8, uint16 or uint32; codes of an integer format are
the integers, in the narrowest NumPy type that has them (int4 in int8, uint4 in uint8).

Sources: fp16 and fp32 are IEEE 754's binary16 and binary32; fp8_e4m3 and fp8_e5m2 those of the OCP
8-bit Floating Point Specification (OFP8) 1.0; bf16 is the upper half of binary32.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from . import _core
from ._core import UserError

_FORMATS = {name: (bits, is_float) for name, bits, is_float in _core.formats()}
names = tuple(_FORMATS)


def _check(format: str) -> tuple[int, bool]:
    if format not in _FORMATS:
        raise UserError(f"unknown number format '{format}' (known: {', '.join(names)})")
    return _FORMATS[format]


def _code_type(format: str) -> np.dtype[Any]:
    bits, is_float = _check(format)
    unsigned = is_float or format.startswith("u")
    return np.dtype(f"{'uint' if unsigned else 'int'}{max(bits, 8)}")


def _integers(what: str, values: npt.ArrayLike) -> npt.NDArray[np.int64]:
    array = np.asarray(values)
    if array.dtype.kind not in "iu" and array.size:
        raise TypeError(f"{what} are integers, not {array.dtype}")
    return array.astype(np.int64)


def encode(values: npt.ArrayLike, format: str) -> npt.NDArray[Any]:
    """The nearest codes of real numbers (float64), ties to even, rounded once; of the same shape.

    Beyond the range: integers saturate, fp8_e4m3 gives NaN, other floats infinity. NaN gives NaN,
    among integers 0. UserError: no such format."""
    bits, is_float = _check(format)
    codes = _core.encode(np.asarray(values, dtype=np.float64), format)
    if is_float:
        return codes.astype(_code_type(format))
    return _core.decode(codes, format).astype(_code_type(format))


def decode(codes: npt.ArrayLike, format: str) -> npt.NDArray[np.float64]:
    """The values of codes, exact, of the same shape. UserError: no such format, no code of it.
    TypeError: no integers."""
    bits, is_float = _check(format)
    array = _integers("codes", codes)
    low = 0 if is_float or format.startswith("u") else -(1 << (bits - 1))
    high = low + (1 << bits) - 1
    if array.size and (array.min() < low or array.max() > high):
        wrong = array.min() if array.min() < low else array.max()
        raise UserError(f"{wrong} is no code of {format} (allowed: {low} to {high})")
    return _core.decode((array & ((1 << bits) - 1)).astype(np.uint64), format)


def requantize(accumulators: npt.ArrayLike, multiplier: npt.ArrayLike, zero_point: int = 0,
               format: str = "int8", rounding: str = "half_even", low: int | None = None,
               high: int | None = None) -> npt.NDArray[Any]:
    """int32 sums times `multiplier` (one, or one per element of the last axis: channels), rounded,
    plus `zero_point`, clamped to the codes `low` to `high` (default: all of `format`).

    rounding: `half_even` of the exact product (ONNX's QuantizeLinear), or TensorFlow Lite's
    MultiplyByQuantizedMultiplier with a 31-bit multiplier, `double_rounding` (gemmlowp) or
    `single_rounding` (TFLITE_SINGLE_ROUNDING). `format` is an integer's of at most 16 bits.

    UserError: no such format or rounding, a sum that is no int32, a code that `format` lacks,
    multipliers that are not finite or do not fit the shape. TypeError: sums that are no integers.
    """
    sums = _integers("accumulators", accumulators)
    multipliers = np.asarray(multiplier, dtype=np.float64)
    if multipliers.ndim > 1 or (multipliers.ndim == 1 and multipliers.shape != sums.shape[-1:]):
        raise UserError(f"multipliers of shape {multipliers.shape} for sums of shape {sums.shape} "
                        "(allowed: one, or one per element of the last axis)")
    codes = _core.requantize(sums, np.broadcast_to(multipliers, sums.shape), int(zero_point),
                             format, rounding, low, high)
    return codes.astype(_code_type(format))
