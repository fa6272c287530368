"""The timeline opens in Perfetto and Chrome: it is Chrome's trace event format, and it adds up."""

import json

import pytest

from command_line import report, systolith


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    directory = tmp_path_factory.mktemp("run")
    systolith("run", "mlp", "--out", directory)
    return report(directory), json.loads((directory / "timeline.json").read_text())


def slices(timeline):
    return [event for event in timeline["traceEvents"] if event["ph"] == "X"]


def test_every_event_has_what_the_format_asks_for(run):
    _, timeline = run
    assert slices(timeline)
    for event in timeline["traceEvents"]:
        assert event["ph"] in {"X", "M", "C", "s", "f", "t", "i"}
        assert {"name", "pid"} <= event.keys()
        if event["ph"] == "X":
            assert event["ts"] >= 0 and event["dur"] >= 0 and "tid" in event


def test_every_track_is_named(run):
    _, timeline = run
    named = {(e["pid"], e["tid"]) for e in timeline["traceEvents"]
             if e["ph"] == "M" and e["name"] == "thread_name"}
    assert {(e["pid"], e["tid"]) for e in slices(timeline)} <= named


def test_no_slice_ends_after_the_run(run):
    content, timeline = run
    microseconds = content["seconds"] * 1e6
    assert max(e["ts"] + e["dur"] for e in slices(timeline)) <= microseconds * (1 + 1e-9)
