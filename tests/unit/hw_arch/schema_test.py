"""The published JSON Schema agrees with the reader: what one accepts or refuses, so does the other.

SYSTOLITH_PRINT_SCHEMA names the program that prints the schema (tests/unit/CMakeLists.txt sets it).
"""

import json
import os
import pathlib
import re
import subprocess

import jsonschema
import pytest
import yaml

ROOT = pathlib.Path(__file__).parents[3]
PRESETS = sorted((ROOT / "hw" / "presets").glob("*.yaml"))
CASES = [
    case
    for path in sorted((ROOT / "tests" / "errors" / "machine").glob("*.yaml"))
    for case in yaml.safe_load(path.read_text())
]
SEEN = [case for case in CASES if case.get("schema") != "blind"]
BLIND = [case for case in CASES if case.get("schema") == "blind"]


def names(cases):
    return [case["case"] for case in cases]


@pytest.fixture(scope="session")
def validator():
    command = [os.environ["SYSTOLITH_PRINT_SCHEMA"]]
    printed = subprocess.run(command, check=True, capture_output=True)
    schema = json.loads(printed.stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("path", PRESETS, ids=lambda path: path.stem)
def test_every_preset_is_valid(validator, path):
    validator.validate(yaml.safe_load(path.read_text()))


def test_the_documented_example_is_valid(validator):
    source = (ROOT / "tests" / "unit" / "hw_arch" / "read_machine_test.cpp").read_text()
    example = re.search(r'kExample = R"\((.*?)\)"', source, re.DOTALL).group(1)
    validator.validate(yaml.safe_load(example))


@pytest.mark.parametrize("case", SEEN, ids=names(SEEN))
def test_what_the_reader_refuses_is_refused(validator, case):
    assert not validator.is_valid(yaml.safe_load(case["machine"]))


@pytest.mark.parametrize("case", BLIND, ids=names(BLIND))
def test_a_case_marked_blind_really_is_beyond_the_schema(validator, case):
    try:
        machine = yaml.safe_load(case["machine"])
    except (yaml.YAMLError, RecursionError):
        return
    assert validator.is_valid(machine)
