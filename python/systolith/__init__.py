"""Systolith: a cycle-level simulator of systolic-array machine-learning accelerators.

    import systolith

    report = systolith.run("resnet50", machine="cloud_128x128")
    report.total_cycles
    report.layers            # a pandas DataFrame

Machines are described in YAML, workloads are ONNX files or networks of the zoo. What is wrong with
either raises :class:`UserError`, which says what, where and what is allowed.
"""

import atexit
import os
import pathlib

# An installed package brings its presets; it must be said before they are first looked for.
_presets = pathlib.Path(__file__).parent / "presets"
if _presets.is_dir():
    os.environ.setdefault("SYSTOLITH_PRESETS", str(_presets))

from . import _core, formats
from ._core import InternalError, UserError, __version__
from .graph import Graph, zoo_names
from .machine import Machine, machine_names, machine_schema
from .program import Program, Training, compile
from .report import Report, run, simulate
from .pareto import pareto, plot_pareto
from .serve import Scenario, ServeReport, serve
from .sweep import sweep
from .sweep_plan import Sweep

atexit.register(_core.join_abandoned)

__all__ = [
    "Graph", "InternalError", "Machine", "Program", "Report", "Scenario", "ServeReport", "Sweep",
    "Training", "UserError", "__version__", "compile", "formats", "machine_names", "machine_schema",
    "pareto", "plot_pareto", "run", "serve", "simulate", "sweep", "zoo_names",
]
