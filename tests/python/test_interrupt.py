"""Ctrl-C is answered while compiled code runs, and the interpreter then ends."""

import signal
import subprocess
import sys
import time

import pytest

# What is prepared, and what is then done over and over.
WORK = {
    "simulate": ('program = systolith.compile("resnet18:size=64", "cloud_128x128", batch=8, '
                 'quantize="none", training=True)', "systolith.simulate(program)"),
    "compile": ('graph = systolith.Graph.load("resnet50", 8)',
                'systolith.compile(graph, "gemmini_16x16")'),
    "load": ("", 'systolith.Graph.load("vgg16")'),
    "evaluate": ('graph = systolith.Graph.load("resnet50", 8); '
                 'image = np.zeros((8, 3, 224, 224), "f4")', 'graph.evaluate({"input": image})'),
    "reference": ('program = systolith.compile("resnet50", values=True); '
                  'image = np.zeros((1, 3, 224, 224), "f4")',
                  'program.reference({"input": image})'),
    "wait for another thread's run": (
        'program = systolith.compile("resnet18", "gemmini_16x16", batch=8); '
        "threading.Thread(target=systolith.simulate, args=(program,), daemon=True).start()",
        "systolith.simulate(program)"),
    "serve": ('tenant = {"name": "a", "workload": "lenet", '
              '"arrivals": {"kind": "continuous", "requests": 10 ** 6}}',
              'systolith.serve({"tenants": [tenant]})'),
    "serve, compiling": ('tenant = {"name": "a", "workload": "resnet50", "batch": 8, '
                         '"arrivals": {"kind": "continuous", "requests": 1}}',
                         'systolith.serve({"machine": "gemmini_16x16", "tenants": [tenant]})'),
}

SCRIPT = """
import os, threading, time
import numpy as np
import systolith
try:
    {prepare}
    print("ready", flush=True)
    while True:
        {work}
except KeyboardInterrupt:
    print("interrupted", flush=True)
    if threading.active_count() > 1:
        os._exit(0)  # Python would wait for the other run
"""


@pytest.mark.parametrize("work", WORK)
def test_control_c_is_answered(work):
    script = SCRIPT.format(prepare=WORK[work][0] or "pass", work=WORK[work][1])
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE,
                          text=True) as process:
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline() == "interrupted\n"
        assert process.wait() == 0
