"""What --inputs answers to an archive it can't use."""

import io
import zipfile

import numpy as np
import pytest

from command_line import refusal, systolith


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    path = tmp_path_factory.mktemp("program") / "p.bin"
    systolith("compile", "mlp", "--values", "-o", path)
    return path


@pytest.fixture(scope="module")
def right(program, tmp_path_factory):
    """The name and shape of the program's input, from the refusal of an empty archive."""
    empty = tmp_path_factory.mktemp("empty") / "empty.npz"
    np.savez(empty)
    name = refusal("exec", program, "--values", "--inputs", empty).split("'")[1]
    wrong = empty.with_name("wrong.npz")
    np.savez(wrong, **{name: np.zeros(3)})
    shape = refusal("exec", program, "--values", "--inputs", wrong).split("takes [")[1]
    return name, tuple(int(n) for n in shape.rstrip("]").split(","))


def test_a_wrong_shape_is_answered_with_the_right_one(program, right, tmp_path):
    name, shape = right
    np.savez(tmp_path / "x.npz", **{name: np.zeros((2, 3), np.float32)})
    listed = ", ".join(map(str, shape))
    assert refusal("exec", program, "--values", "--inputs", tmp_path / "x.npz") == (
        f"--inputs: '{name}' has shape [2, 3], the program takes [{listed}]")


def test_calibration_samples_must_be_the_networks(tmp_path):
    np.savez(tmp_path / "x.npz", input=np.zeros((3, 784), np.float32))
    assert refusal("run", "mlp", "--batch", 2, "--calibration", tmp_path / "x.npz") == (
        "calibration: 'input' has shape [3, 784], the network takes batches of [2, 784]")
    assert refusal("run", "mlp", "--quantize", "none", "--calibration", tmp_path / "x.npz") == (
        "calibration samples are for quantisation; the format is bf16")
    np.savez(tmp_path / "empty.npz")
    assert refusal("compile", "mlp", "-o", tmp_path / "p", "--calibration",
                   tmp_path / "empty.npz") == "calibration: no array 'input'"
    assert "nowhere.npz" in refusal("run", "mlp", "--calibration", tmp_path / "nowhere.npz")


def test_an_unknown_array_is_answered_with_the_inputs(program, right, tmp_path):
    name, shape = right
    np.savez(tmp_path / "x.npz", **{name: np.zeros(shape), "other": np.zeros(1)})
    assert refusal("exec", program, "--values", "--inputs", tmp_path / "x.npz") == (
        f"--inputs: the program has no input 'other' (it takes: {name})")


@pytest.mark.parametrize("array, complaint", [
    (np.zeros((2, 2), np.complex64), "unknown element type '<c8' (allowed: <f4, <f8, <i2, <i4, "
                                     "<i8, |i1, |u1)"),
    (np.asfortranarray(np.ones((2, 2))),
     "Fortran order is not read; save numpy.ascontiguousarray(array)"),
])
def test_an_array_that_cannot_be_read_says_why(program, array, complaint, tmp_path):
    np.savez(tmp_path / "x.npz", a=array)
    assert refusal("exec", program, "--values", "--inputs", tmp_path / "x.npz") == (
        f"{tmp_path}/x.npz: a.npy: {complaint}")


def test_garbage_is_no_archive(program, tmp_path):
    (tmp_path / "x.npz").write_bytes(b"garbage" * 10)
    assert refusal("exec", program, "--values", "--inputs", tmp_path / "x.npz") == (
        f"{tmp_path}/x.npz: Not a zip archive")


def test_a_cut_off_array_is_refused(program, tmp_path):
    stream = io.BytesIO()
    np.save(stream, np.zeros((4, 4), np.float32))
    with zipfile.ZipFile(tmp_path / "x.npz", "w") as archive:
        archive.writestr("a.npy", stream.getvalue()[:-5])
    assert refusal("exec", program, "--values", "--inputs", tmp_path / "x.npz") == (
        f"{tmp_path}/x.npz: a.npy: 59 bytes do not hold shape [4, 4] of <f4")
