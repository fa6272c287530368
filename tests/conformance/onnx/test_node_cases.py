"""ONNX's own backend node tests, for every operator that Systolith has.

The package's cases follow its newest operator set. Where an operator's definition has not changed
since opset 21, other than in the element types that it allows, the case is read as opset 21.

Every case of the quantised operators is either met to the bit or refused for a reason given here.
"""

import warnings

import numpy as np
import onnx
import pytest

from onnx_tools import as_proto, evaluate, registered_ops

NEWEST_OPSET = 21
TYPES = {np.dtype(name) for name in ("float32", "int64", "int32", "int8", "uint8", "bool")}

# Whose results are codes, or codes times a scale: no tolerance.
QUANTISED = {"QuantizeLinear", "DequantizeLinear", "QLinearMatMul", "QLinearConv", "MatMulInteger",
             "ConvInteger", "DynamicQuantizeLinear"}

# What Systolith says no to, by a part of the case's name, and what it says.
REFUSED = {
    "reduce_sum_empty_set": "dimension 1 is 0, it must be at least 1",
    "reduce_sum_square_empty_set": "dimension 1 is 0, it must be at least 1",
    "convtranspose_3d": "must have 1 or 2 spatial dimensions",
    "pool_3d_": "must have 1 or 2 spatial dimensions",
    "training_dropout": "training_mode.* is not supported",
    "split_zero_size": "dimension 0 is 0, it must be at least 1",
    "reshape_allowzero": "dimension 0 is 0, it must be at least 1",
    # No machine here computes in them, and the graph has no type for them.
    "quantizelinear_float4e2m1": "element type FLOAT4E2M1, which is not supported",
    "quantizelinear_int2": "element type INT2, which is not supported",
    "quantizelinear_uint2": "element type UINT2, which is not supported",
    # The function body in operators (ReduceMax, Round) that are not registered; the operator
    # itself is met.
    "dynamicquantizelinear_expanded": "op 'ReduceM.*' .* is not supported",
    "dynamicquantizelinear_max_adjusted_expanded": "op 'ReduceM.*' .* is not supported",
    "dynamicquantizelinear_min_adjusted_expanded": "op 'ReduceM.*' .* is not supported",
}


def all_cases():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # NumPy's, of cases that divide by zero
        from onnx.backend.test.case import node
        return node.collect_testcases(None)


def definition(node, opset):
    """What a model sees of an operator: inputs, outputs and attributes with their defaults. Of the
    quantised ones, attributes that came later are those that ask for another precision: they count
    where the node has them."""
    schema = onnx.defs.get_schema(node.op_type, opset)
    formals = lambda values: [(value.name, str(value.option)) for value in values]
    given = {attribute.name for attribute in node.attribute}
    later = {"precision", "output_dtype"} - given if node.op_type in QUANTISED else set()
    attributes = {name: (str(attribute.type), attribute.default_value.SerializeToString())
                  for name, attribute in schema.attributes.items() if name not in later}
    return formals(schema.inputs), formals(schema.outputs), attributes


def only_known_types(case):
    return all(isinstance(array, (np.ndarray, np.generic)) and array.dtype in TYPES
               for inputs, outputs in case.data_sets for array in [*inputs, *outputs])


def opset_for(case):
    """The opset to read the case as, or None where one of its operators has changed since."""
    opset = next(entry.version for entry in case.model.opset_import if entry.domain == "")
    if opset <= NEWEST_OPSET:
        return opset
    for node in case.model.graph.node:
        try:
            if definition(node, opset) != definition(node, NEWEST_OPSET):
                return None
        except onnx.defs.SchemaError:
            return None
    return NEWEST_OPSET


def is_quantised(case):
    return any(node.op_type in QUANTISED for node in case.model.graph.node)


def selected():
    ops = registered_ops()
    chosen, changed = [], []
    for case in all_cases():
        if is_quantised(case):
            chosen.append(case)  # whatever its types and operators
            continue
        if not {node.op_type for node in case.model.graph.node} <= ops:
            continue
        if any(node.domain for node in case.model.graph.node) or not only_known_types(case):
            continue
        if opset_for(case) is None:
            changed.append(case.name)
        else:
            chosen.append(case)
    return chosen, changed


CASES, CHANGED = selected()


def test_there_are_enough_cases():
    ran = {node.op_type for case in CASES for node in case.model.graph.node}
    print(f"{len(CASES)} cases of {len(ran)} operators; changed since opset {NEWEST_OPSET}: "
          f"{', '.join(sorted(CHANGED))}")
    assert len(CASES) >= 150
    assert len(CHANGED) <= 20
    of_onnx = {op for op in registered_ops() if onnx.defs.has(op)}  # the others are backward ops
    assert len(ran) >= 0.9 * len(of_onnx), sorted(of_onnx - ran)


def with_known_shapes(case, inputs):
    """The case's model, its integer and scalar parameters as initializers: Systolith compiles for
    shapes that are known. Returns the model and the inputs that are left."""
    model = onnx.ModelProto()
    model.CopyFrom(case.model)
    for entry in model.opset_import:
        if entry.domain == "":
            entry.version = opset_for(case)
    if is_quantised(case):
        return model, inputs
    left = []
    for index, (formal, array) in enumerate(zip(case.model.graph.input, inputs)):
        is_shape = case.model.graph.node[0].op_type == "ConstantOfShape"
        if is_shape or index > 0 and (array.dtype == np.int64 or array.ndim == 0):
            tensor = onnx.numpy_helper.from_array(np.asarray(array), formal.name)
            model.graph.initializer.append(tensor)
        else:
            left.append(array)
    return model, left


def test_no_case_of_a_quantised_operator_is_left_out():
    names = {case.name for case in all_cases() if is_quantised(case)}
    assert names == {case.name for case in CASES if is_quantised(case)}
    assert len(names) >= 44  # of onnx 1.23
    unread = [case.name for case in CASES if opset_for(case) is None]
    assert not unread, f"their definition has changed since opset {NEWEST_OPSET}"
    assert QUANTISED <= registered_ops()


def assert_equal(ours, theirs):
    """The same codes of the same element type; floats to the bit but for NaN's own."""
    ours, theirs = np.asarray(ours), onnx.numpy_helper.to_array(as_proto(theirs))
    assert ours.dtype == theirs.dtype
    assert ours.shape == theirs.shape
    if np.issubdtype(ours.dtype, np.integer):
        np.testing.assert_array_equal(ours, theirs)
        return
    ours, theirs = ours.astype(np.float32), theirs.astype(np.float32)  # holds them all
    np.testing.assert_array_equal(ours, theirs)
    np.testing.assert_array_equal(np.signbit(ours), np.signbit(theirs))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_node_case(case, tmp_path):
    path = tmp_path / "model.onnx"
    for inputs, expected in case.data_sets:
        model, left = with_known_shapes(case, inputs)
        path.write_bytes(model.SerializeToString())
        reason = next((text for part, text in REFUSED.items() if part in case.name), None)
        if reason:
            with pytest.raises(AssertionError, match=reason):
                evaluate(path, left, tmp_path)
            continue
        actual = evaluate(path, left, tmp_path)
        assert len(actual) == len(expected)
        for ours, theirs in zip(actual, expected):
            if is_quantised(case):
                assert_equal(ours, theirs)
                continue
            assert ours.dtype == theirs.dtype
            assert ours.shape == theirs.shape
            np.testing.assert_allclose(ours, theirs, rtol=case.rtol, atol=max(case.atol, 1e-6))
