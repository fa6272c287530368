"""Every shell and Python block of the README and the guides runs as printed.

A block whose info string is `sh` runs, in one shell, with the built program first on PATH, then
the package's; the page's `python` blocks run after them, as one script; `yaml NAME` and `csv NAME`
are files that they find. `sh setup` marks the blocks that would build the tree again (make ...),
which this test must not.
"""

import os
import pathlib
import re
import subprocess
import sys
import tomllib

import pytest

import source_tree as tree

PAGES = ["README.md"] + [str(p) for p in tree.files(".md") if p.parts[:2] == ("docs", "guide")]
BLOCK = re.compile(r"^```(\S*)([^\n]*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(page):
    found = BLOCK.findall(tree.text(page))
    return [(language, info.strip(), body) for language, info, body in found]


@pytest.mark.parametrize("page", PAGES)
def test_the_pages_commands_run(page, tmp_path):
    script, python = "set -eu\n", ""
    for language, info, body in blocks(page):
        if language in ("yaml", "csv") and info:
            (tmp_path / info).write_text(body)
        elif language == "sh" and info != "setup":
            script += body
        elif language == "python":
            python += body
    program = pathlib.Path(os.environ["SYSTOLITH"])
    path = [str(program.parent), str(installed_scripts(tmp_path)), os.environ["PATH"]]
    environment = dict(os.environ, PATH=":".join(path))
    for command in (["bash", "-c", script], [sys.executable, "-W", "error", "-c", python]):
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True,
                              text=True)
        assert done.returncode == 0, done.stdout + done.stderr


def installed_scripts(folder):
    """What pip would put beside the command line, and the Python that has the package."""
    scripts = tomllib.loads(tree.text("pyproject.toml"))["project"]["scripts"]
    calls = {name: "-c 'from {} import {}; {}()' ".format(*target.split(":"), target.split(":")[1])
             for name, target in scripts.items()}
    place = folder / ".scripts"
    place.mkdir()
    for name, call in {**calls, "python": ""}.items():
        (place / name).write_text(f'#!/bin/sh\nexec {sys.executable} {call}"$@"\n')
        (place / name).chmod(0o755)
    return place


def test_only_make_is_left_out():
    for page in PAGES:
        for language, info, body in blocks(page):
            if language == "sh" and info == "setup":
                for line in filter(None, body.split("\n")):
                    assert line.startswith(("make ", "pip install", "git clone", "cd ")), \
                        f"{page}: {line}"


def test_links_between_pages_lead_somewhere():
    broken = []
    for page in tree.files(".md"):
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", tree.text(page)):
            if not (tree.ROOT / page.parent / target).exists():
                broken.append(f"{page}: {target}")
    assert broken == []
