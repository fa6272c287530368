"""An installed Systolith works from anywhere, without the source tree's files."""

import os
import subprocess

from command_line import PROGRAM, systolith


def test_the_installed_program_runs_with_its_presets(tmp_path):
    build = os.environ["SYSTOLITH_BUILD_DIR"]
    subprocess.run(["cmake", "--install", build, "--prefix", tmp_path / "installed"], check=True,
                   stdout=subprocess.DEVNULL)
    program = tmp_path / "installed/bin/systolith"
    assert (tmp_path / "installed/share/systolith/presets/edge_npu.yaml").is_file()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    done = subprocess.run([program, "run", "mlp"], cwd=elsewhere, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout == systolith("run", "mlp").stdout
    assert str(PROGRAM) != str(program) and list(elsewhere.iterdir()) == []
