"""The nine real networks that the onnx package carries compile and run."""

import pathlib

import onnx
import pytest

from command_line import report, systolith

LIGHT = pathlib.Path(onnx.__file__).parent / "backend/test/data/light"
MODELS = ["bvlc_alexnet", "densenet121", "inception_v1", "inception_v2", "resnet50", "shufflenet",
          "squeezenet", "vgg19", "zfnet512"]


def test_the_package_carries_all_nine():
    assert [name for name in MODELS if not (LIGHT / f"light_{name}.onnx").is_file()] == []


@pytest.mark.parametrize("machine", ["edge_npu", "cloud_128x128"])
@pytest.mark.parametrize("name", MODELS)
def test_a_light_model_compiles_and_runs(name, machine, tmp_path):
    systolith("run", LIGHT / f"light_{name}.onnx", "--machine", machine, "--out", tmp_path)
    content = report(tmp_path)
    assert content["total_cycles"] > 0
    assert content["macs"] == sum(layer["macs"] for layer in content["layers"])
    assert content["total_cycles"] == sum(layer["cycles"] for layer in content["layers"])
    for name, engine in content["engines"].items():
        assert engine["busy"] + sum(engine["stalls"].values()) == content["total_cycles"], name
