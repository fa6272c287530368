"""Manners of the text itself: one rule, one test."""

import re

import source_tree as tree

SOURCES = tree.files(".h", ".cpp")
# Spelled in pieces so that this file passes its own test.
LEFTOVERS = re.compile("|".join(["TO" + "DO", "FIX" + "ME", r"\bXX" + r"X\b", r"\bHA" + r"CK\b"]))
HOME_PATHS = re.compile(r"(?<![\w.$])/(home|root|Users)/\w")


def lines(paths):
    for path in paths:
        for number, line in enumerate(tree.text(path).split("\n"), 1):
            yield f"{path}:{number}", line


def test_every_header_is_included_once():
    assert [str(p) for p in SOURCES
            if p.suffix == ".h" and "#pragma once\n" not in tree.text(p)] == []


def test_every_header_says_what_it_is():
    assert [str(p) for p in SOURCES if p.suffix == ".h" and not tree.text(p).startswith("//")] == []


def test_no_line_of_code_is_longer_than_100_columns():
    paths = tree.files(".h", ".cpp", ".py", ".sv")
    assert [where for where, line in lines(paths) if len(line) > 100] == []


def test_no_tabs_and_no_trailing_blanks():
    paths = tree.files(".h", ".cpp", ".py", ".sv", ".cmake", ".yaml", ".json")
    assert [where for where, line in lines(paths) if "\t" in line or line != line.rstrip()] == []


def test_nothing_is_left_for_later():
    paths = [p for p in tree.files(".h", ".cpp", ".py", ".sv", ".cmake", ".md", ".yaml")]
    assert [where for where, line in lines(paths) if LEFTOVERS.search(line)] == []


def test_no_path_of_anybodys_machine():
    paths = tree.files(".h", ".cpp", ".py", ".cmake", ".md", ".yaml", ".txt", ".sh")
    assert [where for where, line in lines(paths) if HOME_PATHS.search(line)] == []


def test_no_globbing_in_the_build():
    paths = [p for p in tree.files(".txt", ".cmake") if "CMake" in p.name or p.suffix == ".cmake"]
    assert [where for where, line in lines(paths) if re.search(r"\bGLOB(_RECURSE)?\b", line)] == []
