"""The RTL passes `verilator -Wall` without warning or waiver, whatever its parameters."""

import itertools
import re
import subprocess

import pytest

import source_tree as tree

SOURCES = tree.files(".sv")
# The top levels and the values of their parameters (hw/rtl/*_pkg.sv).
COMMON = {"PACKING": (0, 1, 2), "BUFFERS": (1, 2)}
TOPS = {"stationary_array": {**COMMON, "HOLDS": (0, 1), "LOAD": (0, 1)},
        "output_stationary_array": COMMON}
SIZES = [(1, 1), (3, 5)]


def packages_first():
    return sorted((tree.ROOT / p for p in SOURCES), key=lambda p: (not p.stem.endswith("_pkg"), p))


@pytest.mark.parametrize("rows, columns", SIZES)
@pytest.mark.parametrize("top", TOPS)
def test_the_rtl_is_lint_clean(top, rows, columns):
    for values in itertools.product(*TOPS[top].values()):
        parameters = {"ROWS": rows, "COLUMNS": columns, **dict(zip(TOPS[top], values))}
        done = subprocess.run(
            ["verilator", "--lint-only", "-Wall", "--top-module", top,
             *(f"-G{name}={value}" for name, value in parameters.items()), *packages_first()],
            capture_output=True, text=True)
        assert done.returncode == 0, f"{top} {parameters}\n{done.stderr}"


def test_every_warning_is_answered_and_none_waived():
    assert SOURCES
    assert [str(p) for p in SOURCES if re.search(r"lint_off|lint_on", tree.text(p))] == []


def test_a_module_is_in_the_file_of_its_name():
    for path in SOURCES:
        names = re.findall(r"^(?:module|package) (\w+)", tree.text(path), re.MULTILINE)
        assert names == [path.stem]
