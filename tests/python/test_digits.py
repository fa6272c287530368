"""The shipped example: trained on the simulated chip, quantised, good enough in every format."""

import json
import os
import pathlib
import re
import subprocess
import sys

import numpy as np
import pytest
import systolith
from command_line import systolith as command
from systolith.examples import digits

GUIDE = pathlib.Path(os.environ["SYSTOLITH_SOURCE_DIR"]) / "docs/guide/digits.md"
# Of the test images; the CNN's are what the project promises.
LEAST = {"bf16": 0.96, "int8": 0.955, "int8xint4": 0.92, "int4": 0.92}


def example(*arguments):
    return subprocess.run([sys.executable, "-m", "systolith.examples.digits",
                           *map(str, arguments)], capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    """The directory that the whole example leaves."""
    out = tmp_path_factory.mktemp("digits")
    done = example("--out", out)
    assert done.returncode == 0, done.stderr
    assert "1437 images to train on, 360 to test with, seed 0" in done.stdout
    for accuracy in re.findall(r"^cnn: .* test accuracy .*%", GUIDE.read_text(), re.M):
        assert accuracy in done.stdout
    return out


@pytest.mark.parametrize("format", digits.FORMATS)
@pytest.mark.parametrize("network", digits.NETWORKS)
def test_the_test_images_are_recognised(lived, network, format):
    results = {result["format"]: result
               for result in json.loads((lived / f"{network}.json").read_text())["results"]}
    assert results[format]["accuracy"] >= LEAST[format]
    assert results[format]["seconds"] == pytest.approx(results[format]["cycles"] / 1e9)


def test_training_made_the_loss_small(lived):
    for name in digits.NETWORKS:
        losses = json.loads((lived / f"{name}.json").read_text())["losses"]
        assert np.mean(losses[:5]) > 1 and np.mean(losses[-44:]) < 0.02


def test_a_second_life_is_the_same(lived, tmp_path):
    assert example("--network", "mlp", "--out", tmp_path).returncode == 0
    for file in ("mlp.json", "mlp.onnx"):
        assert (tmp_path / file).read_bytes() == (lived / file).read_bytes()


def test_the_command_line_computes_the_same_with_the_same_calibration(lived, tmp_path):
    command("run", lived / "cnn.onnx", "--quantize", "int8", "--calibration",
            lived / "cnn_calibration.npz", "--values", "--inputs", lived / "cnn_inputs.npz",
            "--out", tmp_path)
    with np.load(tmp_path / "outputs.npz") as arrays:
        scores = arrays["output"]
    with np.load(lived / "cnn_calibration.npz") as calibration, \
            np.load(lived / "cnn_inputs.npz") as inputs:
        program = systolith.compile(lived / "cnn.onnx", quantize="int8", values=True,
                                    calibration=dict(calibration))
        outputs = systolith.simulate(program, values=True, inputs=dict(inputs)).outputs
    np.testing.assert_array_equal(scores, outputs["output"])
    labels = digits.Digits.load().test_labels[:len(scores)]
    assert (scores.argmax(axis=1) == labels).mean() >= LEAST["int8"]


def test_a_wrong_machine_is_refused():
    done = example("--machine", "edge_npo")
    assert done.returncode == 2 and "edge_npo" in done.stderr
    assert done.stderr.startswith("systolith: error: ")
