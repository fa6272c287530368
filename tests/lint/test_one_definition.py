"""One type, one name: two headers that define the same name in namespace systolith are undefined
behaviour that neither compiler nor linker reports (the linker keeps one of two destructors)."""

import collections
import re

import source_tree as tree

DEFINITION = re.compile(
    r"^(?:struct|class|enum class|enum)\s+(\w+)(?:\s+final)?(?:\s*:[^;{]*)?\s*\{", re.MULTILINE)


def test_a_type_name_is_defined_in_one_header():
    headers = collections.defaultdict(set)
    for path in tree.files(".h"):
        for name in DEFINITION.findall(tree.text(path)):
            headers[name].add(str(path))
    assert len(headers) > 100
    assert {name: sorted(paths) for name, paths in headers.items() if len(paths) > 1} == {}
