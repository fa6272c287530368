"""The package's API, as notebooks use it."""

import json
import pickle
import threading

import numpy as np
import onnx
import pytest
import systolith

from command_line import report as report_of, systolith as command


@pytest.fixture(scope="module")
def program():
    return systolith.compile("mlp:hidden=32,in=64", "edge_npu", values=True)


def test_a_report_is_the_command_lines(tmp_path):
    command("run", "lenet", "--machine", "gemmini_16x16", "--out", tmp_path)
    expected = report_of(tmp_path)
    del expected["host"]
    assert systolith.run("lenet", "gemmini_16x16").to_dict() == expected
    assert systolith.Report.read(tmp_path).to_dict() == expected


def test_frames_sum_to_the_run():
    report = systolith.run("lenet")
    assert report.layers["cycles"].sum() == report.total_cycles
    assert (report.engines.sum(axis=1) == report.total_cycles).all()
    assert report.layers["macs"].sum() == report.macs
    interval = report.bandwidth.index.step * report.seconds / report.total_cycles
    moved = report.bandwidth.sum() * interval
    assert moved["dram_read"] == pytest.approx(report.dram["bytes_read"])
    assert moved["dram_written"] == pytest.approx(report.dram["bytes_written"])
    assert len(report.bandwidth) <= 256
    places = report.roofline_layers
    assert places["bytes_dram"].sum() == report.dram["bytes_read"] + report.dram["bytes_written"]
    assert set(places["bound"]) <= {"compute", *report.roofline["memory_roofs"]}
    assert "lenet on edge_npu" in repr(report) and "lenet on edge_npu" in str(report)
    assert "<table" in report._repr_html_()


def test_values_are_the_reference_interpreters(program):
    image = np.random.default_rng(1).standard_normal((1, 64))
    outputs = systolith.simulate(program, values=True, inputs={"input": image}).outputs
    expected = program.reference({"input": image})
    assert outputs.keys() == expected.keys()
    for name, value in outputs.items():
        np.testing.assert_array_equal(value, expected[name])
    assert program.inputs() == {"input": (1, 64)}


def test_ranges_come_from_the_calibration_samples():
    images = np.linspace(-3, 1, 4 * 64, dtype=np.float32).reshape(4, 64)
    options = {"workload": "mlp:hidden=32,in=64", "batch": 2, "values": True}
    once = systolith.compile(**options, calibration={"input": images})
    again = systolith.compile(**options, calibration=[{"input": images[:2]}, {"input": images[2:]}])
    assert once.tensors == again.tensors != systolith.compile(**options).tensors
    image = once.tensors[0]
    assert image["scale"] == pytest.approx(4 / 255) and image["zero_point"] == 63


def test_float_inputs_are_quantised_on_the_chip_as_on_the_host():
    options = {"workload": "lenet", "machine": "tpu_v1", "values": True, "batch": 2}
    host = systolith.compile(**options)
    chip = systolith.compile(**options, float_inputs=True)
    assert host.tensors[0]["format"] == "int8" and chip.tensors[0]["format"] == "fp32"
    values = {"input": np.random.default_rng(3).standard_normal((2, 1, 28, 28))}
    results = [systolith.simulate(program, values=True, inputs=values) for program in (host, chip)]
    np.testing.assert_array_equal(*(result.outputs["output"] for result in results))
    levels = [result.to_dict()["levels"][0] for result in results]
    assert [level["bytes_read"] for level in levels] == [2 * 784, 2 * 784 * 4]


def test_a_mapping_is_followed_and_changes_no_value(tmp_path):
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text("layers:\n  - problem: P64 C32 K48\n    dram: K3 P4\n    scratchpad: K16X\n"
                       "    accumulator: C2 C16X\n    array: P16\n")
    options = {"workload": "gemm:m=64,k=32,n=48", "machine": "gemmini_16x16", "values": True,
               "quantize_outputs": True}
    free = systolith.compile(**options)
    mapped = systolith.compile(**options, mapping=mapping)
    assert systolith.simulate(mapped).total_cycles > systolith.simulate(free).total_cycles
    assert mapped.tensors[-1]["format"] == "int8"
    values = {"input": np.random.default_rng(2).standard_normal((64, 32))}
    outputs = [systolith.simulate(program, values=True, inputs=values).outputs["output"]
               for program in (free, mapped)]
    np.testing.assert_array_equal(*outputs)
    mapping.write_text("layers:\n  - layer: gemm\n    dram: P64 C32 K5\n")
    with pytest.raises(systolith.UserError, match="the factors of K multiply to 5"):
        systolith.compile(**options, mapping=mapping)


def test_graphs_come_from_the_zoo_and_from_onnx(tmp_path):
    graph = systolith.Graph.zoo("mlp", hidden=32)
    assert graph.inputs == {"input": ((1, 784), "float32")}
    graph.save(tmp_path / "model.onnx")
    model = onnx.load(tmp_path / "model.onnx")
    image = {"input": np.ones((1, 784), np.float32)}
    for again in (systolith.Graph.load(tmp_path / "model.onnx"), systolith.Graph.from_onnx(model),
                  systolith.Graph.from_onnx(model.SerializeToString())):
        for name, value in graph.evaluate(image).items():
            np.testing.assert_array_equal(again.evaluate(image)[name], value)


def test_constants_can_be_replaced():
    graph = systolith.Graph.zoo("mlp", hidden=8, depth=1)
    constants = graph.constants
    name = next(n for n, value in constants.items() if value.ndim == 2)
    zeros = graph.with_constants({name: np.zeros_like(constants[name])})
    assert not zeros.constants[name].any() and graph.constants[name].any()
    with pytest.raises(systolith.UserError, match="has no constant 'nothing'"):
        graph.with_constants({"nothing": np.zeros(1, np.float32)})


def test_energy_and_area_are_sums_of_their_components():
    report = systolith.run("lenet")
    energy, area = report.energy, report.area
    parts = energy["components"]
    assert sum(part["picojoules"] for part in parts.values()) == pytest.approx(
        energy["total_picojoules"])
    assert parts["dram_read"]["events"] * 64 >= report.dram["bytes_read"] > 0
    clocks = report.seconds * 1.2e9 * 2  # of two channels of DDR4-2400
    assert parts["dram_background"]["events"] == pytest.approx(clocks, rel=1e-3)
    assert area == systolith.Machine("edge_npu").area()
    assert sum(part["square_mm"] for part in area["components"].values()) == pytest.approx(
        area["total_square_mm"])
    larger = systolith.Machine("edge_npu", {"core.array.rows": 64}).area()
    assert larger["components"]["array"]["square_mm"] == pytest.approx(
        2 * area["components"]["array"]["square_mm"])


def test_machines_are_values():
    machine = systolith.Machine("cloud_128x128", {"core.count": 4})
    assert machine["core.count"] == 4 and machine["core.scratchpad.capacity"] == 32 << 20
    assert machine.with_overrides({"core.count": 1}).digest() == \
        systolith.Machine("cloud_128x128").digest()
    assert pickle.loads(pickle.dumps(machine)).digest() == machine.digest()
    described = systolith.Machine.from_dict(
        {"name": "small", "core": {"array": {"rows": 8, "cols": 8}}})
    assert described["core.array.rows"] == 8
    assert json.dumps(machine.to_dict())


def test_programs_go_through_files(program, tmp_path):
    for name in ("program.bin", "program.txt"):
        program.save(tmp_path / name)
        again = systolith.Program.load(tmp_path / name)
        assert len(again) == len(program)
        assert systolith.simulate(again, "edge_npu").to_dict() == \
            systolith.simulate(program).to_dict()


def test_a_timeline_is_written(program, tmp_path):
    systolith.simulate(program, timeline=tmp_path / "timeline.json")
    assert json.loads((tmp_path / "timeline.json").read_text())["traceEvents"]


def test_any_thread_may_run(program):
    expected = systolith.simulate(program).to_dict()
    reports = []
    threads = [threading.Thread(target=lambda: reports.append(
        systolith.simulate(program).to_dict())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert reports == [expected] * 4


def test_training_steps_go_on_from_their_states():
    step = systolith.compile("mlp:hidden=16,in=8,classes=3", "cloud_128x128", batch=12, values=True,
                             training=systolith.Training(learning_rate=0.01))
    generator = np.random.default_rng(1)
    batch = {"input": generator.standard_normal((12, 8)), "labels": generator.integers(0, 3, 12)}
    losses, states = [], {}
    for _ in range(5):
        outputs = systolith.simulate(step, values=True, inputs={**batch, **states}).outputs
        losses.append(outputs.pop("training/loss").item())
        states = outputs
    assert losses == sorted(losses, reverse=True) and losses[-1] < losses[0]
    report = systolith.simulate(step)
    assert report.phases["cycles"].sum() == report.total_cycles
    assert list(report.phases.index) == ["forward", "backward", "update"]
