"""pip install in an empty virtual environment: module, command lines and presets."""

import os
import pathlib
import re
import shutil
import subprocess
import tomllib
import venv
import zipfile

SOURCE = pathlib.Path(os.environ["SYSTOLITH_SOURCE_DIR"])
BUILD = pathlib.Path(os.environ["SYSTOLITH_BUILD_DIR"])
SWEEP = "workload: mlp:hidden=8\naxes: {core.array.rows: [8, 16]}\n"


def execute(*arguments, **options):
    done = subprocess.run([*map(str, arguments)], capture_output=True, text=True, check=False,
                          **options)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def clean_environment(*path):
    environment = {key: value for key, value in os.environ.items()
                   if not key.startswith(("PYTHON", "SYSTOLITH"))}
    return environment | {"PATH": ":".join([*map(str, path), environment["PATH"]])}


def build_tools():
    """A Python with what pyproject.toml wants for building, and nothing else. It stays in the
    build's folder: where pip makes one anew, in a folder of a random name, ccache finds nothing
    again that includes pybind11."""
    tools = BUILD / "wheel_tools"
    wanted = tomllib.loads((SOURCE / "pyproject.toml").read_text())["build-system"]["requires"]
    stamp = tools / "requires"
    if not stamp.exists() or stamp.read_text() != "\n".join(wanted):
        shutil.rmtree(tools, ignore_errors=True)
        venv.create(tools, with_pip=True)
        execute(tools / "bin/python", "-m", "pip", "install", "--quiet", *wanted)
        stamp.write_text("\n".join(wanted))
    return tools / "bin"


def build_wheel(folder):
    """Compiled as this build was and beside it, so that ccache knows most of it."""
    cached = dict(re.findall(r"^(\w+):\w+=(.*)$", (BUILD / "CMakeCache.txt").read_text(), re.M))
    tools = build_tools()
    environment = clean_environment(tools) | {"CXX": cached["CMAKE_CXX_COMPILER"]}
    kept = ("CMAKE_CXX_COMPILER_LAUNCHER", "SYSTOLITH_WARNINGS_AS_ERRORS")
    environment["CMAKE_ARGS"] = " ".join(f"-D{name}={cached[name]}" for name in kept
                                         if name in cached)
    execute(tools / "python", "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation",
            f"--config-settings=build-dir={BUILD}_wheel", "--wheel-dir", folder, SOURCE,
            env=environment)
    return next(folder.glob("*.whl"))


def test_an_installed_package_needs_nothing_of_the_source_tree(tmp_path):
    wheel = build_wheel(tmp_path)
    names = zipfile.ZipFile(wheel).namelist()
    assert sum(name.endswith("bin/systolith") or name.endswith("scripts/systolith")
               for name in names) == 1
    assert {name.split("/")[0].split("-")[0] for name in names} == {"systolith"}
    venv.create(tmp_path / "venv", with_pip=True)
    binaries = tmp_path / "venv/bin"
    execute(binaries / "python", "-m", "pip", "install", "--quiet", wheel)

    def run(*arguments):
        return execute(*arguments, cwd=tmp_path, env=clean_environment(binaries))

    assert str(SOURCE).encode() not in (binaries / "systolith").read_bytes()
    assert "edge_npu" in run(binaries / "python", "-c",
                             "import systolith; print(systolith.run('mlp'))")
    assert "mlp on cloud_128x128" in run("systolith", "run", "mlp", "--machine", "cloud_128x128",
                                         "--out", "one")
    (tmp_path / "sweep.yaml").write_text(SWEEP)
    assert "2 points is valid" in run("systolith", "check", "sweep.yaml")
    assert "2 points, 0 failed" in run("systolith", "sweep", "sweep.yaml", "--workers", "1")
    assert run("systolith", "report", "one").strip() == "one/report.html"
    page = (tmp_path / "one/report.html").read_text()
    assert page.count("data:image/png") == 3 and "mlp on cloud_128x128" in page
