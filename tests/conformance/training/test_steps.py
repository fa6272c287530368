"""steps.json is what make_steps.py works out."""

import json
import pathlib
import subprocess
import sys

import numpy as np

HERE = pathlib.Path(__file__).parent


def numbers(tree):
    """Every number of the tree with the path that leads to it."""
    if isinstance(tree, dict):
        return {f"{key}/{path}": value for key, branch in tree.items()
                for path, value in numbers(branch).items()}
    return {"": np.asarray(tree)} if not isinstance(tree, list) or not any(
        isinstance(item, dict) for item in tree) else {
            f"{index}/{path}": value for index, branch in enumerate(tree)
            for path, value in numbers(branch).items()}


def test_the_checked_in_steps_are_todays():
    fresh = subprocess.run([sys.executable, HERE / "make_steps.py"], capture_output=True, text=True,
                           check=True).stdout
    expected = numbers(json.loads(fresh))
    actual = numbers(json.loads((HERE / "steps.json").read_text()))
    assert actual.keys() == expected.keys() and len(actual) > 50
    for path, value in expected.items():
        if value.dtype.kind in "fi":  # sums may differ in the last digits between hosts
            np.testing.assert_allclose(actual[path], value, rtol=1e-6, atol=1e-9, err_msg=path)
        else:
            assert actual[path] == value, path
