"""The package's type hints are right, and the native module is what its stub says."""

import os
import subprocess
import sys

SOURCE = os.environ["SYSTOLITH_SOURCE_DIR"]
CACHE = os.path.join(os.environ["SYSTOLITH_BUILD_DIR"], "mypy_cache")
# What pybind11's classes have and no stub can say: their metaclass; that those which Python can't
# make take any arguments before they refuse.
OF_PYBIND = r"systolith\._core\.(Graph|Machine|Options|Program|Scenario)(\.__init__)?"


def said_by(tool, *arguments, **environment):
    done = subprocess.run([sys.executable, "-m", tool, *map(str, arguments)], cwd=SOURCE,
                          env=os.environ | {"MYPY_CACHE_DIR": CACHE} | environment,
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_mypy_agrees():
    assert "no issues found" in said_by("mypy", "python/systolith")


def test_the_stub_is_the_native_modules(tmp_path):
    (tmp_path / "allowed").write_text(OF_PYBIND + "\n")
    said = said_by("mypy.stubtest", "systolith._core", "--allowlist", tmp_path / "allowed",
                   MYPYPATH=os.environ["PYTHONPATH"])
    assert "no issues found" in said
