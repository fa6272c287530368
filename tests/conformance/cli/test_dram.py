"""`systolith dram`: the DRAM model alone, on request traces."""

import json

import pytest

from command_line import systolith

KEYS = ["total_cycles", "seconds", "reads", "writes", "forwarded", "bytes_read", "bytes_written",
        "bandwidth", "bandwidth_fraction", "latency", "row_hits", "row_misses", "commands",
        "energy"]
STANDARDS = [line.split()[0] for line in systolith("list", "dram").stdout.splitlines()]


def figures(directory, requests, *arguments):
    trace = directory / "requests.trc"
    trace.write_text("".join(f"{kind} {address:#x}\n" for kind, address in requests))
    said = systolith("dram", trace, "--set", "dram.channels=1", *arguments, "--json").stdout
    return json.loads(said)


@pytest.mark.parametrize("standard", STANDARDS)
def test_every_standard_streams_near_its_peak(tmp_path, standard):
    reads = [("R", 64 * i) for i in range(20_000)]
    said = figures(tmp_path, reads, "--set", f"dram.standard={standard}")
    assert list(said) == KEYS
    assert said["reads"] == 20_000 and said["writes"] == 0
    assert said["row_hits"] + said["row_misses"] == 20_000
    assert said["commands"]["RD"] == 20_000
    half = said["bytes_read"] // 20_000 < 64  # every other burst of 32 B
    assert (0.35 if half else 0.8) < said["bandwidth_fraction"] <= 1
    assert 0 < said["latency"]["p50"] <= said["latency"]["p99"] <= said["latency"]["max"]


def test_a_trace_gives_the_same_bytes_every_time(tmp_path):
    requests = [("RW"[i % 3 == 0], 64 * (i * i % 65_521)) for i in range(5_000)]
    first, second = (json.dumps(figures(tmp_path, requests)) for _ in range(2))
    assert first == second


def test_the_text_says_what_the_json_says(tmp_path):
    trace = tmp_path / "r.trc"
    trace.write_text("R 0x0\nR 0x40\nW 0x80\n")
    text = systolith("dram", trace, "--machine", "gemmini_16x16").stdout
    said = json.loads(systolith("dram", trace, "--machine", "gemmini_16x16", "--json").stdout)
    rows = dict(line.split(maxsplit=2)[:2] for line in text.splitlines())
    assert rows["reads"] == str(said["reads"]) == "2"
    assert rows["writes"] == str(said["writes"]) == "1"
    assert f"total cycles  {said['total_cycles']}" in text
    assert f"p50 {said['latency']['p50']}," in text
    assert rows["ACT"] == str(said["commands"]["ACT"])


def test_the_energy_is_that_of_the_commands(tmp_path):
    requests = [("RW"[i % 4 == 0], 64 * (i * i % 65_521)) for i in range(5_000)]
    said = figures(tmp_path, requests, "--set", "dram.ranks=2")
    energy, commands = said["energy"], said["commands"]
    parts = energy["components"]
    assert energy["table"] == "ddr4_2400"
    assert parts["dram_activate"]["events"] == commands["ACT"]
    assert parts["dram_read"]["events"] == commands["RD"] + commands["RDA"]
    assert parts["dram_write"]["events"] == commands["WR"] + commands["WRA"]
    assert parts["dram_refresh"]["events"] == commands["REF"]
    assert parts["dram_background"]["events"] == 2 * said["total_cycles"]
    assert all(part["picojoules"] > 0 for part in parts.values())
    assert sum(part["picojoules"] for part in parts.values()) == pytest.approx(
        energy["total_picojoules"])
    assert energy["average_watts"] == pytest.approx(
        energy["total_picojoules"] * 1e-12 / said["seconds"])


def test_without_reads_there_is_no_latency(tmp_path):
    said = figures(tmp_path, [("W", 0)])
    assert said["latency"] == {"mean": None, "p50": None, "p99": None, "max": None}


def test_an_empty_trace_takes_no_time(tmp_path):
    said = figures(tmp_path, [])
    assert said["total_cycles"] == said["bandwidth"] == 0


def test_the_clock_of_a_request_holds_it_back(tmp_path):
    trace = tmp_path / "r.trc"
    trace.write_text("R 0x0 1000\n")
    said = json.loads(systolith("dram", trace, "--json").stdout)
    assert said["total_cycles"] == 1000 + said["latency"]["max"]
