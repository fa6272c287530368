"""pip install . in an empty virtual environment: module, command lines and presets."""

import os
import pathlib
import shutil
import subprocess
import venv

SOURCE = pathlib.Path(os.environ["SYSTOLITH_SOURCE_DIR"])
SWEEP = "workload: mlp:hidden=8\naxes: {core.array.rows: [8, 16]}\n"


def test_an_installed_package_needs_nothing_of_the_source_tree(tmp_path):
    venv.create(tmp_path / "venv", with_pip=True)
    binaries = tmp_path / "venv/bin"
    environment = {key: value for key, value in os.environ.items()
                   if not key.startswith(("PYTHON", "SYSTOLITH"))}
    environment["PATH"] = f"{binaries}:{environment['PATH']}"
    # Without the preset's flags nothing of this build would be found again.
    launcher = "-DCMAKE_CXX_COMPILER_LAUNCHER=ccache " if shutil.which("ccache") else ""
    environment["CMAKE_ARGS"] = f"{launcher}-DSYSTOLITH_WARNINGS_AS_ERRORS=ON"

    def run(*arguments):
        done = subprocess.run([*map(str, arguments)], cwd=tmp_path, env=environment,
                              capture_output=True, text=True)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return done.stdout

    run(binaries / "python", "-m", "pip", "install", "--quiet", SOURCE,
        f"--config-settings=build-dir={tmp_path}/build")
    assert "edge_npu" in run(binaries / "python", "-c",
                             "import systolith; print(systolith.run('mlp'))")
    assert "mlp on cloud_128x128" in run("systolith", "run", "mlp", "--machine", "cloud_128x128",
                                         "--out", "one")
    (tmp_path / "sweep.yaml").write_text(SWEEP)
    assert "2 points, 0 failed" in run("systolith", "sweep", "sweep.yaml", "--workers", "1")
    assert run("systolith", "report", "one").strip() == "one/report.html"
    page = (tmp_path / "one/report.html").read_text()
    assert page.count("data:image/png") == 3 and "mlp on cloud_128x128" in page
