"""The number formats are those of ml_dtypes and NumPy, code by code; requantisation rounds as its
sources say.

The independent sources: ml_dtypes (Google's extension types of NumPy: OCP's fp8, bfloat16, 4-bit
integers), NumPy's float16, gemmlowp's and TensorFlow Lite's published definitions (cited below),
exact fractions."""

import fractions

import ml_dtypes
import numpy as np
import pytest

from systolith import UserError, formats

FLOATS = {
    "bf16": ml_dtypes.bfloat16,
    "fp16": np.float16,
    "fp8_e4m3": ml_dtypes.float8_e4m3fn,
    "fp8_e5m2": ml_dtypes.float8_e5m2,
}
INTEGERS = {"int4": (-8, 7), "uint4": (0, 15), "int8": (-128, 127), "uint8": (0, 255),
            "int16": (-32768, 32767), "int32": (-2**31, 2**31 - 1)}


def values_of(codes, dtype):
    with np.errstate(invalid="ignore"):
        return codes.view(dtype).astype(np.float64)


def all_codes(dtype):
    width = np.dtype(dtype).itemsize
    return np.arange(1 << 8 * width, dtype=np.uint64).astype(f"uint{8 * width}")


def nearest(values, dtype):
    """Codes of float64 values by a table of all values: nearest, ties to the even code. It rounds
    once, as ml_dtypes from float64 need not (it may go through float32)."""
    codes = all_codes(dtype)
    table = values_of(codes, dtype)
    keep = (table >= 0) & np.isfinite(table) & (codes < 1 << 8 * codes.itemsize - 1)
    table, codes = table[keep], codes[keep].astype(np.int64)
    step = table[-1] - table[-2]
    table, codes = np.append(table, table[-1] + step), np.append(codes, codes[-1] + 1)
    magnitude = np.minimum(np.abs(values), table[-1])
    above = np.clip(np.searchsorted(table, magnitude), 1, len(table) - 1)
    down, up = magnitude - table[above - 1], table[above] - magnitude  # exact: Sterbenz, or wide
    take_up = (up < down) | ((up == down) & (codes[above] % 2 == 0))
    return np.where(take_up, codes[above], codes[above - 1]) | \
        (np.signbit(values).astype(np.int64) << 8 * np.dtype(dtype).itemsize - 1)


def same(codes, expected, dtype):
    """Equal, but for which NaN it is."""
    nan = np.isnan(values_of(expected, dtype))
    np.testing.assert_array_equal(np.isnan(values_of(codes, dtype)), nan)
    np.testing.assert_array_equal(codes[~nan], expected[~nan])


@pytest.mark.parametrize("name", FLOATS)
def test_every_code_decodes_and_comes_back(name):
    codes = all_codes(FLOATS[name])
    values = values_of(codes, FLOATS[name])
    np.testing.assert_array_equal(formats.decode(codes, name), values)
    same(formats.encode(values, name), codes, FLOATS[name])


@pytest.mark.parametrize("name", FLOATS)
@pytest.mark.parametrize("source", [np.float16, ml_dtypes.bfloat16])
def test_every_16_bit_float_is_encoded_as_ml_dtypes_does(name, source):
    sixteen = all_codes(source).view(source)
    with np.errstate(over="ignore", invalid="ignore"):
        single = sixteen.astype(np.float32)  # exact
        expected = single.astype(FLOATS[name])
        values = single.astype(np.float64)
    codes = formats.encode(values, name)
    same(codes, expected.view(codes.dtype), FLOATS[name])


@pytest.mark.parametrize("name", FLOATS)
def test_midpoints_tie_to_even_and_their_neighbours_do_not(name):
    values = values_of(all_codes(FLOATS[name]), FLOATS[name])
    values = np.unique(values[np.isfinite(values)])
    middle = (values[:-1] + values[1:]) / 2
    largest = values[-1] + (values[-1] - values[-2]) / 2  # from here on: beyond the range
    middle = np.concatenate([middle, [-largest, largest]])
    for tried in (middle, np.nextafter(middle, np.inf), np.nextafter(middle, -np.inf)):
        codes = formats.encode(tried, name)
        magnitude = 2 ** (8 * codes.itemsize - 1) - 1
        np.testing.assert_array_equal(codes & magnitude, nearest(tried, FLOATS[name]) & magnitude)
    codes = formats.encode(middle, name)
    with np.errstate(over="ignore"):
        expected = middle.astype(np.float32).astype(FLOATS[name])  # exact in float32
    same(codes, expected.view(codes.dtype), FLOATS[name])


@pytest.mark.parametrize("name", FLOATS)
def test_random_doubles(name):
    random = np.random.default_rng(7)
    bits = random.integers(0, 2**64, 200_000, dtype=np.uint64).view(np.float64)
    finite = values_of(all_codes(FLOATS[name]), FLOATS[name])
    largest = np.max(finite[np.isfinite(finite)])
    near = random.standard_normal(200_000) * np.exp2(random.uniform(-30, 20, 200_000))
    values = np.concatenate([bits[~np.isnan(bits)], near, random.uniform(-2, 2, 1000) * largest])
    np.testing.assert_array_equal(formats.encode(values, name).astype(np.int64),
                                  nearest(values, FLOATS[name]))


def test_beyond_the_range():
    assert formats.encode([448, 464, 464.0001, -1e9, np.inf], "fp8_e4m3").tolist() == \
        [0x7E, 0x7E, 0x7F, 0xFF, 0x7F]
    assert formats.encode([57344, 61439, 61440, -np.inf], "fp8_e5m2").tolist() == \
        [0x7B, 0x7B, 0x7C, 0xFC]
    assert formats.encode([65504, 65519.9, 65520], "fp16").tolist() == [0x7BFF, 0x7BFF, 0x7C00]


@pytest.mark.parametrize("name", INTEGERS)
def test_integers_saturate_and_tie_to_even(name):
    low, high = INTEGERS[name]
    tried = [0.5, 1.5, 2.5, low - 1e10, high + 1e10, low, high, np.nan]
    assert formats.encode(tried, name).tolist() == [0, 2, 2, low, high, low, high, 0]
    assert formats.decode([low, high], name).tolist() == [low, high]
    if high < 2**16:
        every = np.arange(low, high + 1)
        np.testing.assert_array_equal(formats.encode(every, name), every)
        np.testing.assert_array_equal(formats.decode(every, name), every)


@pytest.mark.parametrize("name,dtype", [("int4", ml_dtypes.int4), ("uint4", ml_dtypes.uint4)])
def test_four_bit_integers_are_those_of_ml_dtypes(name, dtype):
    every = np.arange(*INTEGERS[name]).astype(dtype)
    np.testing.assert_array_equal(formats.decode(every.astype(np.int8), name),
                                  every.astype(np.float64))


@pytest.mark.parametrize("a", FLOATS)
@pytest.mark.parametrize("b", FLOATS)
def test_products_of_random_values_in_fp32(a, b):
    random = np.random.default_rng(3)
    x, y = random.standard_normal((2, 64))
    ours = [formats.decode(formats.encode(v, f), f).astype(np.float32)
            for v, f in ((x, a), (y, b))]
    theirs = [v.astype(np.float32).astype(FLOATS[f]).astype(np.float32)
              for v, f in ((x, a), (y, b))]
    sums = [np.float32(0), np.float32(0)]
    for p, q, r, s in zip(*ours, *theirs):
        sums = [sums[0] + p * q, sums[1] + r * s]
    assert sums[0] == sums[1]


# -- requantisation ----------------------------------------------------------------------------

INT32 = -2**31, 2**31 - 1


def saturated(value, low=INT32[0], high=INT32[1]):
    return min(max(value, low), high)


def quantize_multiplier(real):
    """TensorFlow Lite's QuantizeMultiplier (tensorflow/lite/kernels/internal/quantization_util.cc),
    with TFLITE_SINGLE_ROUNDING's limits on the shift."""
    fraction, shift = np.frexp(real)
    mantissa = int(fractions.Fraction(float(fraction)) * 2**31 + fractions.Fraction(1, 2))
    if mantissa == 2**31:
        mantissa, shift = mantissa // 2, shift + 1
    if shift < -31:
        return 0, 0
    return (2**31 - 1, 30) if shift > 30 else (mantissa, int(shift))


def double_rounding(x, mantissa, shift):
    """MultiplyByQuantizedMultiplier (tensorflow/lite/kernels/internal/common.h) on gemmlowp's
    SaturatingRoundingDoublingHighMul and RoundingDivideByPOT (fixedpoint/fixedpoint.h)."""
    left, right = max(shift, 0), max(-shift, 0)
    a = saturated(x * 2**left)
    if a == mantissa == INT32[0]:
        high = INT32[1]
    else:
        product = a * mantissa
        nudged = product + (2**30 if product >= 0 else 1 - 2**30)
        high = abs(nudged) // 2**31 * (1 if nudged >= 0 else -1)  # C++ divides towards zero
    mask = 2**right - 1
    threshold = (mask >> 1) + (1 if high < 0 else 0)
    return (high >> right) + (1 if (high & mask) > threshold else 0)


def single_rounding(x, mantissa, shift):
    """MultiplyByQuantizedMultiplier with TFLITE_SINGLE_ROUNDING (same file)."""
    total = 31 - shift
    return saturated((x * mantissa + (1 << (total - 1))) >> total)


def half_even(x, multiplier):
    return saturated(round(fractions.Fraction(multiplier) * x))  # Python rounds half to even


def expected(x, multiplier, rounding):
    if rounding == "half_even":
        return half_even(x, multiplier)
    how = double_rounding if rounding == "double_rounding" else single_rounding
    return how(x, *quantize_multiplier(multiplier))


ROUNDINGS = "double_rounding", "single_rounding", "half_even"
VECTORS = [(1, 0.5, (1, 1, 0)), (-3, 0.5, (-1, -1, -2)), (5, 0.5, (3, 3, 2)),
           (-10, 0.25, (-3, -2, -2)), (-6, 0.25, (-2, -1, -2)), (1000, 0.0375, (38, 38, 37))]


@pytest.mark.parametrize("x,multiplier,codes", VECTORS)
def test_the_three_roundings_differ_as_published(x, multiplier, codes):
    for rounding, code in zip(ROUNDINGS, codes):
        assert formats.requantize([x], multiplier, rounding=rounding).tolist() == [code]
        assert expected(x, multiplier, rounding) == code


@pytest.mark.parametrize("rounding", ROUNDINGS)
def test_random_sums_and_multipliers(rounding):
    random = np.random.default_rng(11)
    count = 20_000
    sums = np.concatenate([random.integers(*INT32, count),
                           random.integers(-2000, 2000, count), [*INT32, -1, 0, 1] * 20])
    multipliers = np.exp2(random.uniform(-33, 3, sums.size)) * random.choice([1, -1], sums.size)
    multipliers[::3] = np.float32(multipliers[::3])
    multipliers[::5] = np.exp2(np.round(np.log2(np.abs(multipliers[::5]))))  # ties
    got = formats.requantize(sums[None], multipliers, 3, "int16", rounding)[0]
    want = [saturated(expected(int(x), float(m), rounding) + 3, -2**15, 2**15 - 1)
            for x, m in zip(sums, multipliers)]
    np.testing.assert_array_equal(got, want)


@pytest.mark.parametrize("rounding", ROUNDINGS)
@pytest.mark.parametrize("name", ["int4", "uint4", "int8", "uint8", "int16"])
def test_saturation_zero_point_and_clamp(rounding, name):
    low, high = INTEGERS[name]
    sums = [*INT32, -1, 0, 1]
    for multiplier in (1.0, 2.0**29, 0.999):
        want = [saturated(expected(x, multiplier, rounding) + 2, low, high) for x in sums]
        assert formats.requantize(sums, multiplier, 2, name, rounding).tolist() == want
    fused = formats.requantize(sums, 1.0, 2, name, rounding, low=2, high=5)
    assert fused.tolist() == [2, 5, 2, 2, 3]


def test_one_multiplier_per_channel():
    assert formats.requantize([[10, 10], [-6, -6]], [0.5, 0.25]).tolist() == [[5, 2], [-3, -2]]


@pytest.mark.parametrize("call,message", [
    (lambda: formats.encode([1], "fp7"), "unknown number format 'fp7' \\(known: bf16, fp16"),
    (lambda: formats.decode([256], "fp8_e4m3"), "256 is no code of fp8_e4m3 \\(allowed: 0 to 255"),
    (lambda: formats.decode([-9], "int4"), "-9 is no code of int4 \\(allowed: -8 to 7"),
    (lambda: formats.requantize([1], 1.0, format="fp16"), "int4, int8, int16, uint4 or uint8, not"),
    (lambda: formats.requantize([1], 1.0, 128), "zero point 128 is no code of int8"),
    (lambda: formats.requantize([1], 1.0, low=3, high=2), "low 3 is above high 2"),
    (lambda: formats.requantize([1], 1.0, rounding="up"), "unknown rounding 'up' \\(known: half_"),
    (lambda: formats.requantize([1], np.nan), "multiplier nan is not finite"),
    (lambda: formats.requantize([2**31], 1.0), "2147483648 is no int32"),
    (lambda: formats.requantize([1, 2], [1.0, 1.0, 1.0]), "multipliers of shape \\(3,\\) for sums"),
])
def test_wrong_input_is_answered_with_what_is_allowed(call, message):
    with pytest.raises(UserError, match=message):
        call()


def test_codes_are_integers():
    with pytest.raises(TypeError, match="codes are integers, not float64"):
        formats.decode([0.5], "int8")
