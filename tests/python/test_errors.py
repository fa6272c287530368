"""Wrong arguments are exceptions that say what is allowed; the interpreter goes on."""

import numpy as np
import pytest
import systolith
from systolith import UserError


@pytest.fixture(scope="module")
def program():
    return systolith.compile("mlp:hidden=8,in=8", values=True)


def test_a_description_has_its_place(tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_text("name: bad\ncore:\n  array: {rows: 0, cols: 4}\n")
    with pytest.raises(UserError) as raised:
        systolith.Machine(path)
    assert (raised.value.file, raised.value.line) == (str(path), 3)
    assert isinstance(raised.value, ValueError)


@pytest.mark.parametrize("call, kind, message", [
    (lambda p: systolith.Machine("cloud"), UserError, "cloud"),
    (lambda p: systolith.Machine(3), TypeError, "a machine is a name or a path, not int"),
    (lambda p: systolith.Machine("edge_npu", {"core.cuont": 2}), UserError, "did you mean 'count'"),
    (lambda p: systolith.Machine("edge_npu", {"core.scratchpad.capacity": 512}), UserError, "unit"),
    (lambda p: systolith.compile(3), TypeError, "a workload is a Graph"),
    (lambda p: systolith.compile("resnet5"), UserError, "did you mean"),
    (lambda p: systolith.compile("mlp", 3), TypeError, "a machine is a Machine"),
    (lambda p: systolith.compile("mlp", quantize="int2"), UserError, "allowed: int8"),
    (lambda p: systolith.compile("mlp", quantize="int8", format="bf16"), UserError,
     "quantize='none'"),
    (lambda p: systolith.compile("mlp", format="fp64"), UserError, "fp64"),
    (lambda p: systolith.compile("mlp", format="fp32"), UserError, "no fp32 datapath"),
    (lambda p: systolith.compile("mlp", training=True, quantize="int8"), UserError, "training"),
    (lambda p: systolith.compile("mlp", training=systolith.Training(optimizer="sgt")), UserError,
     "did you mean 'sgd'"),
    (lambda p: systolith.compile("mlp", training=systolith.Training(settings={"momentun": 1})),
     UserError, "did you mean 'momentum'"),
    (lambda p: systolith.compile("mlp", batch="two"), TypeError, "batch is a whole number"),
    (lambda p: systolith.compile("mlp", batch=-1), UserError, "batch -1 (allowed: 0 to "),
    (lambda p: systolith.compile("mlp", quantize=8), TypeError, "quantize is text, not int"),
    (lambda p: systolith.compile("mlp", training="adam"), TypeError, "training is a Training"),
    (lambda p: systolith.compile("mlp", training=systolith.Training(trainable="fc1.weight")),
     TypeError, "trainable is a list of names, not 'fc1.weight'"),
    (lambda p: systolith.simulate(p, inputs={"input": np.zeros((1, 8))}), UserError,
     "inputs are for a run with values=True"),
    (lambda p: systolith.simulate(p, values=True, inputs=[1]), TypeError, "by name, in a dict"),
    (lambda p: systolith.compile("mlp", calibration=3), TypeError, "calibration is arrays"),
    (lambda p: systolith.compile("mlp", calibration=[]), TypeError, "calibration is arrays"),
    (lambda p: systolith.compile("mlp", calibration={}), UserError, "no array 'input'"),
    (lambda p: systolith.compile("mlp:in=8", calibration={"input": np.zeros((1, 8)), "x": []}),
     UserError, "calibration: the network has no input 'x' (it takes: input)"),
    (lambda p: systolith.compile("mlp:in=8", batch=2, calibration={"input": np.zeros((3, 8))}),
     UserError, "calibration: 'input' has shape [3, 8], the network takes batches of [2, 8]"),
    (lambda p: systolith.compile("mlp:in=8", calibration={"input": [[np.nan] * 8]}), UserError,
     "not finite"),
    (lambda p: systolith.compile("mlp:in=8", calibration=[{"input": np.zeros((1, 8))}, {"x": 1}]),
     UserError, "calibration: a batch has x, the first input"),
    (lambda p: systolith.compile("mlp", format="bf16", calibration={"input": np.zeros((1, 784))}),
     UserError, "calibration samples are for quantisation; the format is bf16"),
    (lambda p: systolith.simulate("mlp"), TypeError, "simulate() runs a Program"),
    (lambda p: systolith.simulate(p, "cloud_128x128"), UserError, ""),
    (lambda p: systolith.simulate(p, values=True), UserError, "no array 'input'"),
    (lambda p: systolith.simulate(p, values=True, inputs={"input": np.zeros((2, 8))}), UserError,
     "shape [2, 8], the program takes [1, 8]"),
    (lambda p: systolith.simulate(p, values=True, inputs={"input": [["a"] * 8]}), TypeError,
     "allowed: floats, integers"),
    (lambda p: systolith.simulate(p, values=True,
                                  inputs={"input": np.zeros((1, 8)), "x": np.zeros(1)}),
     UserError, "no input 'x'"),
    (lambda p: systolith.simulate(systolith.compile("mlp"), values=True), UserError, "values=True"),
    (lambda p: systolith.Program.load("/nowhere"), UserError, "/nowhere"),
    (lambda p: systolith.Graph.load("mlp:hiden=3"), UserError, "hiden"),
    (lambda p: systolith.Report.read("/nowhere"), UserError, "/nowhere"),
    (lambda p: systolith.sweep({"workload": "mlp", "axes": {"core.array.rowz": [1]}}), UserError,
     "did you mean 'core.array.rows'"),
    (lambda p: systolith.sweep({"workload": "mlp"}), UserError, "needs axes"),
    (lambda p: systolith.sweep({"workload": "mlp", "axes": {"batch": 3}}), UserError, "a list"),
    (lambda p: systolith.sweep({"workload": 3, "axes": {"batch": [1]}}), UserError,
     "workload is a text, not 3"),
    (lambda p: systolith.sweep({"workload": "mlp", "axes": {
        "core.array.rows,core.array.cols": [8], "core.array.rows": [16]}}), UserError,
     "'core.array.rows' is on two axes"),
    (lambda p: systolith.sweep({"axes": {"batch": [1]}}), UserError, "needs a workload"),
])
def test_what_is_wrong_is_said(program, call, kind, message):
    with pytest.raises(kind) as raised:
        call(program)
    assert message in str(raised.value)
    assert systolith.simulate(program).total_cycles > 0


def test_an_exception_in_progress_stops_the_run():
    def stop(cycle, fraction):
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        systolith.simulate(systolith.compile("mlp"), progress=stop)
    assert systolith.run("mlp").total_cycles > 0
