"""Serving from Python: what the command line says, and errors with their place."""

import pathlib
import pickle
import threading

import numpy as np
import pytest
import systolith
from pandas.testing import assert_frame_equal
from systolith import UserError

from command_line import report as report_of, systolith as command

SHARED = """machine: small.yaml
policy: background
duration: 1ms
tenants:
  - name: vision
    workload: lenet
    scratchpad: 50%
    arrivals: {kind: poisson, load: 60%}
    target: 20us
  - name: learner
    workload: mlp:hidden=16,in=32
    mode: training
    batch: 4
    scratchpad: 50%
    background: true
    arrivals: {kind: continuous}
"""
SMALL = "name: small\ncore: {array: {rows: 16, cols: 16}, datapath: {native: [int8, bf16]}}\n"


def tenant(**keys):
    return {"name": "a", "workload": "mlp:hidden=16,in=32",
            "arrivals": {"kind": "periodic", "rate": "20/ms", "requests": 5}, **keys}


def one(keys=None, **of_the_scenario):
    return {"tenants": [tenant(**(keys or {}))], **of_the_scenario}


@pytest.fixture(scope="module")
def scenario(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scenario")
    (folder / "small.yaml").write_text(SMALL)
    (folder / "shared.yaml").write_text(SHARED)
    return folder / "shared.yaml"


@pytest.fixture(scope="module")
def report(scenario):
    return systolith.serve(scenario)


def test_a_service_is_the_command_lines(scenario, tmp_path):
    command("serve", scenario, "--out", tmp_path / "cli")
    report = systolith.serve(scenario, timeline=tmp_path / "api/timelines")
    expected = report_of(tmp_path / "cli")
    del expected["host"]
    assert report.to_dict() == expected
    read = systolith.ServeReport.read(tmp_path / "cli")
    assert read.to_dict() == expected
    assert_frame_equal(read.requests, report.requests)
    assert str(report) == command("serve", scenario).stdout
    for name in ("timeline", "timeline_vision", "timeline_learner"):
        assert (tmp_path / f"api/timelines/{name}.json").read_bytes() == \
            (tmp_path / f"cli/{name}.json").read_bytes()


@pytest.mark.parametrize("detail", ["requests", "commands"])
def test_timelines_have_the_detail_that_was_asked_for(scenario, tmp_path, detail):
    command("serve", scenario, "--out", tmp_path / "cli", "--timeline", detail)
    systolith.serve(scenario, timeline=tmp_path, detail=detail)
    assert (tmp_path / "timeline.json").read_bytes() == \
        (tmp_path / "cli/timeline.json").read_bytes()


def test_the_same_from_a_path_text_and_a_dict(scenario, report, monkeypatch):
    monkeypatch.chdir(scenario.parent)  # small.yaml is there
    text = systolith.Scenario.from_yaml(SHARED, "shared.yaml")
    assert systolith.serve(text).to_dict() == report.to_dict()
    described = {
        "name": "shared", "machine": pathlib.Path("small.yaml"), "policy": "background",
        "duration": "1ms",
        "tenants": [
            {"name": "vision", "workload": "lenet", "scratchpad": 0.5, "target": "20us",
             "arrivals": {"kind": "poisson", "load": np.float64(0.6)}},
            {"name": "learner", "workload": "mlp:hidden=16,in=32", "mode": "training",
             "batch": np.int64(4), "scratchpad": 0.5, "background": True,
             "arrivals": {"kind": "continuous"}},
        ]}
    assert systolith.serve(described).to_dict() == report.to_dict()


def test_tenants_say_what_their_requests_do(report):
    assert list(report.tenants.index) == ["vision", "learner"]
    requests = report.requests
    for name, row in report.tenants.iterrows():
        own = requests[requests["tenant"] == name]
        assert list(own["request"]) == list(range(row["completed"])) and len(own) > 3
        latency = own["finish_s"] - own["arrival_s"]
        assert row["latency_seconds_mean"] == pytest.approx(latency.mean(), rel=1e-9)
        for column, share in (("p50", .5), ("p95", .95), ("p99", .99), ("max", 1)):
            nearest_rank = np.quantile(latency, share, method="inverted_cdf")
            assert row[f"latency_seconds_{column}"] == pytest.approx(nearest_rank, rel=1e-9)
        service = own["finish_s"] - own["start_s"]
        assert row["slowdown"] == pytest.approx(service.mean() / row["alone_seconds"], rel=1e-9)
        assert row["preemptions"] == own["preemptions"].sum()
        assert row["suspended_seconds"] == pytest.approx(own["suspended_s"].sum(), abs=1e-12)
    vision, learner = report.tenants.loc["vision"], report.tenants.loc["learner"]
    latency = (requests["finish_s"] - requests["arrival_s"])[requests["tenant"] == "vision"]
    assert 0 < vision["sla_satisfaction"] == (latency <= 20e-6).mean()
    assert np.isnan(learner["sla_satisfaction"]) and learner["preemptions"] > 0
    assert report.tenants["fault"].isna().all()


def test_engines_sum_to_the_service(report):
    assert (report.engines.sum(axis=1) == report.total_cycles).all()
    assert report.macs == report.tenants["macs"].sum() > 0
    assert report.seconds == report.total_cycles / 1e9
    assert "shared on small" in repr(report) and "vision" in str(report)
    assert "<table" in report._repr_html_() and "learner" in report._repr_html_()


def test_overrides_are_of_the_machine(scenario, report, tmp_path):
    command("serve", scenario, "--set", "dram.channels=1", "--out", tmp_path)
    narrow = systolith.serve(scenario, set={"dram.channels": 1})
    assert narrow.to_dict()["tenants"] == report_of(tmp_path)["tenants"]
    assert narrow.to_dict() != report.to_dict()
    again = pickle.loads(pickle.dumps(systolith.Scenario(scenario, {"dram.channels": 1})))
    assert systolith.serve(again).to_dict() == narrow.to_dict()
    assert repr(again) == "<Scenario shared: vision, learner on small>"


def test_names_stay_names():
    report = systolith.serve(one({"name": "NA"}))
    assert set(report.requests["tenant"]) == {"NA"} and list(report.tenants.index) == ["NA"]


def test_a_tenant_without_requests_has_a_row():
    never = tenant(name="b", arrivals={"kind": "periodic", "rate": "1/s", "phase": "1ms"})
    report = systolith.serve({"duration": "300us", "tenants": [tenant(), never]})
    assert list(report.tenants["completed"]) == [5, 0]
    alone = systolith.serve({"duration": "300us", "tenants": [never]})
    assert len(alone.requests) == 0 and alone.requests["arrival_s"].dtype == float


def test_a_fault_is_its_tenants(tmp_path):
    scenario = {"tenants": [tenant(), tenant(name="b", workload=tmp_path / "program.txt")]}
    systolith.compile("mlp:hidden=16,in=32").save(tmp_path / "program.txt")
    good = systolith.serve(scenario)
    assert good.tenants["fault"].isna().all()
    text = (tmp_path / "program.txt").read_text()
    before, _, after = text.rpartition("store ")
    (tmp_path / "program.txt").write_text(
        f"{before}store {after.replace('system_address=0x', 'system_address=0x3000000', 1)}")
    report = systolith.serve(scenario)
    assert "of the DRAM, which has" in report.tenants["fault"]["b"]
    assert list(report.tenants["fault"].isna()) == [True, False]
    assert report.tenants["completed"]["a"] == 5


def test_progress_rises_and_an_exception_in_it_stops_the_service(report, scenario):
    fractions = []

    def stop(cycle, fraction):
        fractions.append(fraction)
        if len(fractions) == 3:
            raise RuntimeError("enough")

    long = one({"workload": "squeezenet:size=64",
                "arrivals": {"kind": "continuous", "requests": 100_000}})
    with pytest.raises(RuntimeError, match="enough"):
        systolith.serve(long, progress=stop)
    assert len(fractions) == 3 and fractions == sorted(fractions) and 0 <= fractions[-1] < 1
    assert systolith.serve(scenario).to_dict() == report.to_dict()


def test_any_thread_may_serve_beside_runs(report, scenario):
    program = systolith.compile("mlp:hidden=16,in=32")
    cycles = systolith.simulate(program).total_cycles
    said = []
    work = [lambda: said.append(systolith.serve(scenario).to_dict() == report.to_dict()),
            lambda: said.append(systolith.simulate(program).total_cycles == cycles)]
    threads = [threading.Thread(target=work[i % 2]) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said == [True] * 6


@pytest.mark.parametrize("change, place, message", [
    (lambda s: s["tenants"][1].update(prioritee=3), (15, 3), "did you mean 'priority'"),
    (lambda s: s.update(policy="prio"), (1, 9), "known: background, first_come, priority"),
    (lambda s: s["tenants"][0]["arrivals"].update(rate=1000), (7, 11), "has no unit"),
    (lambda s: s["tenants"][0].pop("workload"), (3, 3), "missing key 'workload'"),
    (lambda s: s["tenants"][1].update(cores=2), (15, 10), "wants 2 cores"),
    (lambda s: s.update(machine="edge_npo"), (15, 10), "did you mean 'edge_npu'"),
    (lambda s: s["tenants"][0].update(workload="resnet5"), (4, 13), "did you mean 'resnet50'"),
])
def test_what_is_wrong_in_a_dict_has_its_place(change, place, message):
    description = {"policy": "priority", "tenants": [tenant(), tenant(name="b")]}
    change(description)
    with pytest.raises(UserError) as raised:
        systolith.serve(description)
    assert message in str(raised.value)
    assert (raised.value.file, raised.value.line, raised.value.column) == ("<dict>", *place)


def test_what_is_wrong_in_a_file_has_its_place(tmp_path):
    path = tmp_path / "wrong.yaml"
    path.write_text(SHARED.replace("small.yaml", "edge_npu").replace("60%", "lots"))
    with pytest.raises(UserError, match="'lots' is not a share") as raised:
        systolith.Scenario(path)
    assert (raised.value.file, raised.value.line, raised.value.column) == (str(path), 8, 37)
    assert command("serve", path, status=2).stderr == f"systolith: error: {raised.value}\n"


@pytest.mark.parametrize("call, kind, message", [
    (lambda: systolith.serve(3), TypeError, "a scenario is a Scenario, a path or a dict, not int"),
    (lambda: systolith.Scenario(one()), TypeError, "Scenario.from_dict"),
    (lambda: systolith.serve(one(duration=object())), TypeError, "not object"),
    (lambda: systolith.serve(one(), set=["core.count=2"]), TypeError, "mapping"),
    (lambda: systolith.Scenario("x.yaml", "core.count=2"), UserError, "x.yaml"),
    (lambda: systolith.Scenario.from_yaml(SHARED, overrides=3), TypeError, "not int"),
    (lambda: systolith.serve(one(), timeline=3), TypeError, "int"),
    (lambda: systolith.serve(one(), timeline="/proc/nothing"), UserError, "/proc/nothing"),
    (lambda: systolith.serve(one(), detail="layer"), UserError, "did you mean 'layers'"),
    (lambda: systolith.serve(one(), progress=3), TypeError, "progress is a function"),
    (lambda: systolith.serve(one(), set={"core.cuont": 2}), UserError, "did you mean 'count'"),
    (lambda: systolith.serve("nowhere.yaml"), UserError, "'nowhere.yaml' does not exist"),
    (lambda: systolith.Scenario.from_yaml(""), UserError, "the scenario is empty"),
    (lambda: systolith.ServeReport.read("/nowhere"), UserError, "/nowhere/report.json"),
])
def test_what_is_wrong_is_said(call, kind, message):
    with pytest.raises(kind) as raised:
        call()
    assert message in str(raised.value)


def test_reports_of_runs_and_services_are_told_apart(tmp_path, scenario):
    command("run", "mlp", "--out", tmp_path / "run")
    command("serve", scenario, "--out", tmp_path / "serve")
    with pytest.raises(UserError, match="not the report of a service"):
        systolith.ServeReport.read(tmp_path / "run")
    with pytest.raises(UserError, match="not the report of a run"):
        systolith.Report.read(tmp_path / "serve")
    (tmp_path / "serve/requests.csv").unlink()
    with pytest.raises(UserError, match="requests.csv: No such file"):
        systolith.ServeReport.read(tmp_path / "serve")


def test_a_network_may_have_the_name_of_a_directory_beside_the_scenario(tmp_path):
    (tmp_path / "lenet").mkdir()
    (tmp_path / "edge_npu").mkdir()
    path = tmp_path / "one.yaml"
    path.write_text("machine: edge_npu\ntenants:\n- {name: a, workload: lenet, "
                    "arrivals: {kind: continuous, requests: 1}}\n")
    report = systolith.serve(path)
    assert len(report.requests) == 1
