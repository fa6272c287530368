"""The registries, as the command line shows them."""

import json

import jsonschema
import pytest
from command_line import systolith

KINDS = ["models", "presets", "dataflows", "memory", "replacements", "dram", "schedulers", "pages",
         "refreshes", "interconnects", "policies", "arrivals", "ops", "formats", "passes",
         "optimizers", "remat", "energy", "events", "areas"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_members(kind):
    assert systolith("list", kind).stdout.strip()


def names(kind):
    return {line.split()[0] for line in systolith("list", kind).stdout.splitlines()}


def test_the_promised_members_are_there():
    assert {"edge_npu", "gemmini_16x16", "tpu_v1", "cloud_128x128"} <= names("presets")
    assert {"resnet50", "resnet18", "vgg16", "mobilenet_v2", "alexnet", "mlp"} <= names("models")
    assert {"int8", "bf16", "fp32"} <= names("formats")
    assert {"sgd", "momentum", "adam"} <= names("optimizers")
    assert {"keep_all", "sqrt"} <= names("remat")
    assert {"Conv", "Gemm", "MaxPool", "BatchNormalization", "LRN"} <= names("ops")


def test_without_a_kind_every_kind_is_listed():
    headings = [line.split(":")[0][2:] for line in systolith("list").stdout.splitlines()
                if line.startswith("# ")]
    assert headings == [*KINDS, "schema"]


def test_every_preset_is_valid():
    for preset in names("presets"):
        assert "is valid" in systolith("check", preset).stdout


def test_the_schema_is_a_json_schema():
    schema = json.loads(systolith("list", "schema").stdout)
    jsonschema.Draft202012Validator.check_schema(schema)


def test_help_and_version_succeed():
    assert systolith("--version").stdout.startswith("systolith ")
    for command in ("run", "compile", "exec", "trace", "export", "area", "check", "list"):
        assert command in systolith(command, "--help").stdout
