"""Every shell and Python block of the README and the guides runs as printed.

Blocks whose info string is `sh` or `python` run in their order, in one shell, with the built
program first on PATH and the built package; `yaml NAME` and `csv NAME` are files that they find.
`sh setup` marks the blocks that would build the tree again (make ...), which this test must not.
"""

import os
import pathlib
import re
import shlex
import subprocess
import sys

import pytest

import source_tree as tree

PAGES = ["README.md"] + [str(p) for p in tree.files(".md") if p.parts[:2] == ("docs", "guide")]
BLOCK = re.compile(r"^```(\S*)([^\n]*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(page):
    found = BLOCK.findall(tree.text(page))
    return [(language, info.strip(), body) for language, info, body in found]


@pytest.mark.parametrize("page", PAGES)
def test_the_pages_commands_run(page, tmp_path):
    script = "set -eu\n"
    for language, info, body in blocks(page):
        if language in ("yaml", "csv") and info:
            (tmp_path / info).write_text(body)
        elif language == "sh" and info != "setup":
            script += body
        elif language == "python":
            script += f"{shlex.quote(sys.executable)} -c {shlex.quote(body)}\n"
    program = pathlib.Path(os.environ["SYSTOLITH"])
    environment = dict(os.environ, PATH=f"{program.parent}:{os.environ['PATH']}",
                       PYTHONPATH=f"{os.environ['SYSTOLITH_BUILD_DIR']}/python")
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, env=environment,
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_only_make_is_left_out():
    for page in PAGES:
        for language, info, body in blocks(page):
            if language == "sh" and info == "setup":
                for line in filter(None, body.split("\n")):
                    assert line.startswith(("make ", "git clone", "cd ")), f"{page}: {line}"


def test_links_between_pages_lead_somewhere():
    broken = []
    for page in tree.files(".md"):
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", tree.text(page)):
            if not (tree.ROOT / page.parent / target).exists():
                broken.append(f"{page}: {target}")
    assert broken == []
