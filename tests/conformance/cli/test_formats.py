"""Networks in every number format, through the files a user reads: what the chip computes is what
the compiler's interpreter does, to the bit."""

import re

import pytest

from command_line import refusal, report, systolith

ALL = "core.datapath.native=[int8, int16, bf16, fp16, fp32, fp8_e4m3, fp8_e5m2]"
# With the least cosine of the outputs and the network's in fp32.
FORMATS = {
    "fp16": (["--quantize", "none", "--format", "fp16"], 0.999),
    "fp8_e4m3": (["--quantize", "none", "--format", "fp8_e4m3"], 0.98),
    "fp8_e5m2": (["--quantize", "none", "--format", "fp8_e5m2"], 0.95),
    "bf16xfp8_e4m3": (["--quantize", "none", "--weights", "fp8_e4m3"], 0.98),
    "fp16xfp8_e5m2": (["--quantize", "none", "--format", "fp16", "--weights", "fp8_e5m2"], 0.95),
    "int16": (["--quantize", "int16"], 0.999),
    "int16xint8": (["--quantize", "int16xint8"], 0.999),
}
NETWORKS = ["mlp", "lenet", "mobilenet_v2:size=32", "resnet18:size=32"]


def run(network, out, *options):
    said = systolith("run", network, "--set", ALL, "--out", out, *options).stdout
    return said, report(out)


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("name", FORMATS)
def test_a_network_computes_what_the_interpreter_does(name, network, tmp_path):
    options, cosine = FORMATS[name]
    said, result = run(network, tmp_path, "--values", *options)
    assert "every output equals the reference interpreter's, bit for bit" in said
    assert float(re.search(r"cosine (\S+)", said)[1]) > cosine
    assert name in {layer["format"] for layer in result["layers"]}


@pytest.mark.parametrize("dataflow", ["weight_stationary", "output_stationary", "input_stationary"])
@pytest.mark.parametrize("overflow", ["wrap", "saturate"])
@pytest.mark.parametrize("rounding", ["half_even", "double_rounding", "single_rounding"])
def test_overflow_and_rounding_are_the_interpreters_too(rounding, overflow, dataflow, tmp_path):
    for quantize in ("int8", "int16"):
        said, _ = run("lenet", tmp_path, "--values", "--quantize", quantize,
                      "--set", f"core.vector.rounding={rounding}",
                      "--set", f"core.datapath.overflow={overflow}",
                      "--set", f"core.array.dataflow={dataflow}")
        assert "every output equals the reference interpreter's, bit for bit" in said


def test_every_rounding_takes_the_same_time(tmp_path):
    cycles = {run("lenet", tmp_path, "--set", f"core.vector.rounding={rounding}")[1]["total_cycles"]
              for rounding in ("half_even", "double_rounding", "single_rounding")}
    assert len(cycles) == 1


def test_wider_integers_take_two_and_four_times_the_arrays_cycles(tmp_path):
    """TPU v1: 8 x 16 bits at half, 16 x 16 at a quarter of the rate (Jouppi et al., ISCA 2017)."""
    busy = {}
    for quantize in ("int8", "int16xint8", "int16"):
        _, result = run("mlp", tmp_path / quantize, "--quantize", quantize, "--batch", "64",
                        "--set", "core.datapath.packing=none")
        busy[quantize] = result["engines"]["core0.array"]["busy"]
    assert busy["int16xint8"] == 2 * busy["int8"]
    assert busy["int16"] == 4 * busy["int8"]


def test_each_format_has_its_own_energy(tmp_path):
    for options, key in ((["--quantize", "int16"], "mac_int16"),
                         (["--quantize", "int16xint8"], "mac_int16xint8"),
                         (["--quantize", "none", "--format", "fp16"], "mac_fp16"),
                         (["--quantize", "none", "--format", "fp8_e5m2"], "mac_fp8")):
        _, result = run("mlp", tmp_path, *options)
        assert result["energy"]["components"][key]["events"] == result["macs"]


@pytest.mark.parametrize("options, message", [
    (["--quantize", "none", "--format", "fp16"],
     "the array of machine 'edge_npu' has no fp16 datapath (has: int8, bf16)"),
    (["--quantize", "int16xint8"],
     "the array of machine 'edge_npu' has no int16 datapath (has: int8, bf16)"),
    (["--quantize", "none", "--weights", "fp8_e4m3"],
     "the array of machine 'edge_npu' has no fp8_e4m3 datapath (has: int8, bf16)"),
    (["--quantize", "int8", "--weights", "fp8_e4m3"],
     "--weights fp8_e4m3 needs --quantize none (--quantize is int8)"),
    (["--quantize", "none", "--format", "fp8"],
     "--format fp8 is not available (allowed: bf16, fp16, fp32, fp8_e4m3, fp8_e5m2)"),
    (["--mode", "training", "--format", "fp16"],
     "training has no fp16 data path (allowed: bf16, fp32)"),
])
def test_what_is_not_there_is_answered_with_what_is(options, message):
    assert refusal("run", "mlp", *options) == message
