"""The source tree as the lint tests see it: what git tracks, or, in an export, every file."""

import os
import pathlib
import subprocess

ROOT = pathlib.Path(os.environ.get("SYSTOLITH_SOURCE_DIR", pathlib.Path(__file__).parents[1]))
BUILT = {"build", "out", ".venv", ".git", "__pycache__", ".cache"}


def files(*suffixes):
    """Tracked files with one of the suffixes (all where none is given), as paths from the root."""
    if (ROOT / ".git").exists():
        listing = subprocess.run(
            ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-co", "--exclude-standard"],
            cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
        paths = [pathlib.Path(line) for line in listing if line and (ROOT / line).is_file()]
    else:
        paths = [p.relative_to(ROOT) for p in ROOT.rglob("*") if p.is_file()]
        paths = [p for p in paths if not BUILT & set(p.parts)]
    return sorted(p for p in paths if not suffixes or p.suffix in suffixes)


def text(path):
    return (ROOT / path).read_text(encoding="utf-8")
