"""Ctrl-C is answered while compiled code runs."""

import signal
import subprocess
import sys
import time

import pytest

WORK = {
    "simulate": """
program = systolith.compile("resnet18:size=64", "cloud_128x128", batch=8, quantize="none",
                            training=True)
print("ready", flush=True)
while True: systolith.simulate(program)
""",
    "compile": """
graph = systolith.Graph.load("resnet50", 8)
print("ready", flush=True)
while True: systolith.compile(graph, "gemmini_16x16")
""",
    "serve": """
scenario = {"tenants": [{"name": "a", "workload": "lenet",
                         "arrivals": {"kind": "continuous", "requests": 10 ** 6}}]}
said = []
def ready(cycle, fraction):
    if fraction > 0 and not said: said.append(print("ready", flush=True))
systolith.serve(scenario, progress=ready)
""",
    "serve, compiling": """
scenario = {"machine": "gemmini_16x16",
            "tenants": [{"name": "a", "workload": "resnet50", "batch": 8,
                         "arrivals": {"kind": "continuous", "requests": 1}}]}
print("ready", flush=True)
systolith.serve(scenario)
""",
}


@pytest.mark.parametrize("work", WORK)
def test_control_c_is_answered(work):
    with subprocess.Popen(
        [sys.executable, "-c", f"""
import time
import systolith
try:
    {WORK[work].strip().replace(chr(10), chr(10) + '    ')}
except KeyboardInterrupt:
    print("interrupted", flush=True)
    import os
    os._exit(0)
"""], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline() == "interrupted\n"
        assert process.wait() == 0
