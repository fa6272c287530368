"""What `systolith dram` answers to a mistake: the exact message, status 2, nothing printed."""

import pytest

from command_line import refusal, systolith

MACHINE = "dram: {standard: ddr4_2400, channels: 1}\n"


@pytest.fixture
def traced(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m.yaml").write_text(MACHINE)

    def refused(requests, *arguments):
        (tmp_path / "r.trc").write_text(requests)
        said = refusal("dram", "r.trc", "--machine", "m.yaml", *arguments)
        assert systolith("dram", "r.trc", "--machine", "m.yaml", *arguments, status=2).stdout == ""
        return said

    return refused


@pytest.mark.parametrize("line, problem", [
    ("X 0x40", "'X 0x40' is not a request: expected 'R 0xADDRESS' or 'W 0xADDRESS', and "
               "optionally a clock"),
    ("R 0x41", "address 0x41 is not a multiple of the burst of 64 B"),
    ("W 0x200000000",
     "address 0x200000000 is beyond the capacity of 0x200000000 (8589934592 B)"),
])
def test_a_bad_line_is_named(traced, line, problem):
    assert traced(f"R 0x0\n\n{line}\n") == f"r.trc:3: {problem}"


@pytest.mark.parametrize("mapping, problem", [
    ("row:bank:column", "lacks bankgroup"),
    ("row:bank:column:bankgroup:bank", "has bank twice"),
    ("row:bank:column[9:4]:bankgroup", "lacks column[3]"),
    ("row[20:0]:bank:column:bankgroup", "has row[20:0], beyond row[15:0]"),
])
def test_an_impossible_mapping_is_refused_with_its_bits(traced, mapping, problem):
    override = f'dram.mapping="{mapping}"'
    assert traced("R 0x0\n", "--set", override) == (
        f"--set {override}: dram.mapping: '{mapping}' {problem}")


def test_a_policy_that_the_standard_has_not_is_refused(traced):
    assert traced("R 0x0\n", "--set", "dram.refresh=per_bank") == (
        "dram.refresh: ddr4_2400 has no refresh of one bank (allowed: all_bank, none)")


def test_a_missing_trace_is_named(traced, tmp_path):
    assert refusal("dram", "none.trc", "--machine", "m.yaml") == (
        "request trace 'none.trc' does not exist")
    assert refusal("dram", ".", "--machine", "m.yaml") == "request trace '.' is not a file"


def test_reads_in_flight_are_at_least_one(traced):
    assert "--outstanding" in traced("R 0x0\n", "--outstanding", "0")
