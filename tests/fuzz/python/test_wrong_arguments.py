"""Whatever the package is given, it answers with an exception of the user's: never a crash, never
one of our own bugs. (A crash ends pytest itself.)"""

import tempfile

import numpy as np
import pytest
import systolith
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

GRAPH = systolith.Graph.load("mlp:hidden=8,in=8")
PROGRAM = systolith.compile(GRAPH, values=True)
MACHINE = systolith.Machine()

# Texts that mean something somewhere, so that a call gets further.
WORDS = ["", "mlp", "mlp:in=8", "mlp:hidden=-1", "resnet50:", "edge_npu", "int8", "none", "bf16",
         "\0", "é", "a" * 300, "/", "/dev/null", "core.count=0", "{}%s"]
KEYS = ["input", "x", "axes", "workload", "name", "core", "core.count", "dram.channels", 3, None]
ARRAYS = [np.zeros(shape, kind) for shape in [(), (1,), (1, 8), (2, 8), (0, 8), (1, 8, 1)]
          for kind in ["f4", "f8", "f2", "i8", "u1", "?", "c8", "U3", "O"]]
ATOMS = some.one_of(
    some.none(), some.booleans(), some.integers(), some.floats(), some.binary(max_size=4),
    some.sampled_from(WORDS), some.sampled_from(ARRAYS),
    some.sampled_from([GRAPH, PROGRAM, MACHINE, object(), int, range(3)]))
JUNK = some.recursive(
    ATOMS, lambda below: some.lists(below, max_size=3)
    | some.dictionaries(some.sampled_from(KEYS), below, max_size=3), max_leaves=6)


def scratch(save):
    """`save` under a path in a folder of its own where it was given a name, not wherever."""
    def call(name):
        with tempfile.TemporaryDirectory() as folder:
            save(f"{folder}/{name}" if isinstance(name, str) else name)
    return call


CALLS = {
    "compile": lambda a, b: systolith.compile(a, b),
    "batch": lambda a, b: systolith.compile("mlp:in=8", batch=a, dram_budget=b),
    "formats": lambda a, b: systolith.compile(GRAPH, quantize=a, format=b),
    "calibration": lambda a, b: systolith.compile(GRAPH, calibration=a, calibration_seed=b),
    "samples": lambda a, b: systolith.compile(GRAPH, calibration={"input": a}, values=b),
    "training": lambda a, b: systolith.compile(GRAPH, training=systolith.Training(
        settings=a, trainable=b)),
    "optimizer": lambda a, b: systolith.compile(GRAPH, training=systolith.Training(a, b)),
    "simulate": lambda a, b: systolith.simulate(a, b),
    "inputs": lambda a, b: systolith.simulate(PROGRAM, values=True, inputs=a, progress=b),
    "array": lambda a, b: systolith.simulate(PROGRAM, values=True, inputs={"input": a}),
    "reference": lambda a, b: PROGRAM.reference({"input": a}),
    "evaluate": lambda a, b: GRAPH.evaluate({"input": a}),
    "constants": lambda a, b: GRAPH.with_constants({"fc1.weight": a}),
    "load": lambda a, b: systolith.Graph.load(a, b),
    "zoo": lambda a, b: systolith.Graph.zoo("mlp", hidden=a),
    "onnx": lambda a, b: systolith.Graph.from_onnx(a, b),
    "save": lambda a, b: scratch(GRAPH.save)(a),
    "save_program": lambda a, b: scratch(PROGRAM.save)(a),
    "load_program": lambda a, b: systolith.Program.load(a),
    "machine": lambda a, b: systolith.Machine(a, b),
    "overrides": lambda a, b: MACHINE.with_overrides({"core.count": a, "dram.channels": b}),
    "yaml": lambda a, b: systolith.Machine.from_yaml(a, overrides=b),
    "dict": lambda a, b: systolith.Machine.from_dict({"name": a, "core": b}),
    "sweep": lambda a, b: systolith.Sweep(workload=a, axes=b),
    "axes": lambda a, b: systolith.Sweep("mlp", axes={"batch": a, "core.count": b}),
    "report": lambda a, b: systolith.Report.read(a),
}


@pytest.mark.filterwarnings("ignore:overflow encountered in cast")
@pytest.mark.parametrize("name", CALLS)
@settings(max_examples=60, deadline=None, derandomize=True, database=None,
          suppress_health_check=list(HealthCheck))
@given(first=JUNK, second=JUNK)
def test_it_is_refused_or_done(name, first, second):
    try:
        CALLS[name](first, second)
    except (systolith.UserError, TypeError):
        pass
    assert systolith.simulate(PROGRAM).total_cycles > 0
