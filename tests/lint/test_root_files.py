"""The files at the root that tools and readers look for, and nothing beside DESIGN's folders."""

import json
import re
import tomllib

import pytest

import source_tree as tree

FOLDERS = {"hw", "models", "compiler", "traces", "sim", "python", "tests", "docs", "cmake", ".ci"}


@pytest.mark.parametrize("name", [
    "CMakeLists.txt", "CMakePresets.json", "Makefile", "README.md", "LICENSE", "CHANGELOG.md",
    "pyproject.toml", ".clang-format", ".clang-tidy", ".ci/run"])
def test_a_root_file_is_there(name):
    assert (tree.ROOT / name).is_file()


def test_the_top_level_has_only_the_rooms_of_the_design():
    assert {p.parts[0] for p in tree.files() if len(p.parts) > 1} <= FOLDERS


def test_every_preset_is_there_and_parses():
    presets = json.loads(tree.text("CMakePresets.json"))
    names = {p["name"] for p in presets["configurePresets"] if not p.get("hidden")}
    assert names == {"dev", "release", "asan", "ubsan", "coverage", "ci", "tidy"}


def test_the_license_is_apache_2():
    assert "Apache License" in tree.text("LICENSE") and "Version 2.0" in tree.text("LICENSE")


def test_the_changelog_has_the_version_being_built():
    version = re.search(r"VERSION (\d+\.\d+\.\d+)", tree.text("CMakeLists.txt"))[1]
    changelog = tree.text("CHANGELOG.md")
    assert f"[{version}]" in changelog or "[Unreleased]" in changelog


def test_every_python_requirement_has_a_lower_bound():
    groups = tomllib.loads(tree.text("pyproject.toml"))["dependency-groups"]
    lines = [line for group in groups.values() for line in group]
    assert lines and all(re.match(r"[\w-]+(\[\w+\])?>=\d", line) for line in lines)
