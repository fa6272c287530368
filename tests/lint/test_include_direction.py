"""Rooms include only what DESIGN's table of layers allows (docs/rationale/layers.md)."""

import pathlib
import re

import pytest

import source_tree as tree

# The SystemC rooms, lowest first: each may look into those before it (docs/rationale/layers.md).
MODULE_ORDER = tuple(f"hw/{name}" for name in
                     ("control", "memory", "noc", "dram", "dma", "array", "vector", "tenancy"))
MODULES = set(MODULE_ORDER)
BELOW_MODULES = {"hw/base", "hw/arith", "hw/arch", "hw/isa", "hw/dataflow"}
# Where a room may look, besides itself. A prefix without a second level means all of its rooms.
ALLOWED = {
    "hw/base": set(),
    "hw/arith": {"hw/base"},
    "hw/arch": {"hw/base", "hw/arith"},
    "hw/isa": {"hw/base", "hw/arith"},
    "hw/dataflow": {"hw/base", "hw/arith", "hw/arch"},
    **{module: BELOW_MODULES | set(MODULE_ORDER[:i]) for i, module in enumerate(MODULE_ORDER)},
    "models": {"models", "hw/base", "hw/arith"},
    "compiler": {"compiler", "models", "traces"} | BELOW_MODULES,
    **{room: {"models", "hw/base", "hw/arith"}
       for room in ("compiler/autodiff", "compiler/optimizer", "compiler/remat")},
    "traces": {"traces", "hw/base", "hw/isa", "hw/arith"},
    "sim": {"sim", "compiler", "models", "traces", "hw"},
    "python": {"sim", "compiler", "models", "traces", "hw"},
}
SYSTEMC = re.compile(r"^(systemc|tlm|tlm_utils/.*)(\.h)?$")
MAY_USE_SYSTEMC = MODULES | {"sim"}
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^">]+)[">]', re.MULTILINE)


def room(path):
    return "/".join(pathlib.PurePosixPath(path).parts[:2])


def rules_for(path):
    return ALLOWED.get(room(path), ALLOWED.get(pathlib.PurePosixPath(path).parts[0]))


def within(target, prefixes):
    return any(target == prefix or target.startswith(prefix + "/") for prefix in prefixes)


def violations(path, source):
    """What `source`, the text of the file `path`, includes against the rules."""
    allowed = rules_for(path)
    if allowed is None:
        return []
    found = []
    for header in INCLUDE.findall(source):
        if SYSTEMC.match(header):
            if not within(room(path), MAY_USE_SYSTEMC):
                found.append(f"{path} includes <{header}>, but its room knows no SystemC")
        elif header.split("/")[0] in ("hw", "models", "compiler", "traces", "sim", "tests"):
            if room(header) != room(path) and not within(room(header), allowed):
                found.append(f"{path} includes {header}, which is not below it")
    return found


def test_every_room_includes_only_rooms_below_it():
    sources = [p for p in tree.files(".h", ".cpp") if p.parts[0] != "tests"]
    assert sources
    assert [v for p in sources for v in violations(str(p), tree.text(p))] == []


def test_every_room_has_a_rule():
    rooms = {room(str(p)) for p in tree.files(".h", ".cpp") if p.parts[0] != "tests"}
    assert [r for r in sorted(rooms) if rules_for(r + "/x.h") is None] == []


@pytest.mark.parametrize("path, include", [
    ("compiler/passes/fold.cpp", '#include "hw/array/array.h"'),
    ("compiler/compile.cpp", "#include <systemc>"),
    ("compiler/autodiff/differentiate.cpp", '#include "compiler/passes/passes.h"'),
    ("hw/arith/format.h", '#include "hw/arch/machine.h"'),
    ("hw/dataflow/dataflow.h", "#include <systemc.h>"),
    ("models/graph/graph.cpp", '#include "compiler/compile.h"'),
    ("traces/format/program.h", '  #  include "sim/system/simulate.h"'),
    ("hw/dram/dram.cpp", '#include "models/ops/op.h"'),
])
def test_a_planted_violation_is_found(path, include):
    assert len(violations(path, "#pragma once\n" + include + "\n")) == 1


@pytest.mark.parametrize("path, include", [
    ("compiler/tiling/cost.cpp", '#include "hw/dataflow/dataflow.h"'),
    ("hw/array/array.cpp", "#include <systemc>"),
    ("hw/array/array.cpp", '#include "hw/array/array.h"'),
    ("sim/cli/run.cpp", '#include "compiler/compile.h"'),
])
def test_what_the_table_allows_passes(path, include):
    assert violations(path, include + "\n") == []
