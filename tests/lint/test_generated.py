"""docs/reference is what its generator writes today."""

import os
import subprocess
import sys

import source_tree as tree


def test_the_reference_is_up_to_date(tmp_path):
    generator = tree.ROOT / "docs/reference/generate.py"
    subprocess.run([sys.executable, generator, os.environ["SYSTOLITH"], tmp_path], check=True)
    written = sorted(p.name for p in tmp_path.iterdir())
    assert written
    stale = [name for name in written
             if not (tree.ROOT / "docs/reference" / name).is_file()
             or tree.text(f"docs/reference/{name}") != (tmp_path / name).read_text()]
    assert stale == [], "run `make docs`"
