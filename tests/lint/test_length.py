"""Files and functions stay short: the 95th percentile is what makes a house hard to live in.

Run as a program it prints the report: `python tests/lint/test_length.py`.
"""

import re
import statistics

import source_tree as tree

# Of files: STYLE's "median near 100, p95 near 350". Of functions: "over about 60 lines, ask".
FILE_P95 = 350
FUNCTION_P95 = 60
NOT_A_FUNCTION = re.compile(r"^(namespace|struct|class|enum|union|extern|constexpr|const|static "
                            r"const|inline constexpr|template|using|#)|=\s*\{$")


def percentile_95(values):
    return sorted(values)[int(0.95 * (len(values) - 1))]


def functions(source):
    """(first line, length) of every function defined at column 0, clang-formatted."""
    start = None
    for number, line in enumerate(source.split("\n"), 1):
        if line.endswith("{") and not line.startswith((" ", "}")):
            start = None if NOT_A_FUNCTION.search(line) else number
        elif line.endswith("{") and re.match(r" {4,}\S.*\) (const )?\{$", line) and start is None:
            start = number  # a signature over several lines
        elif line == "}" and start:
            yield start, number - start + 1
            start = None


def measured():
    sources = [p for p in tree.files(".h", ".cpp") if p.parts[0] != "tests"]
    lengths = {str(p): tree.text(p).count("\n") for p in sources}
    found = {f"{p}:{line}": length for p in sources for line, length in functions(tree.text(p))}
    return lengths, found


def test_files_are_short():
    lengths, _ = measured()
    assert percentile_95(lengths.values()) <= FILE_P95


def test_functions_are_short():
    _, lengths = measured()
    assert lengths and percentile_95(lengths.values()) <= FUNCTION_P95


def test_a_function_is_measured_from_its_signature_to_its_brace():
    source = "int f() {\n  return 1;\n}\n\nstruct S {\n};\nvoid g(int a,\n       int b) {\n}\n"
    assert list(functions(source)) == [(1, 3), (8, 2)]


if __name__ == "__main__":
    for title, table in zip(("files", "functions"), measured()):
        print(f"{len(table)} {title}: median {statistics.median(table.values()):.0f}, "
              f"95th percentile {percentile_95(table.values())} lines; the longest:")
        for where, length in sorted(table.items(), key=lambda item: -item[1])[:10]:
            print(f"  {length:5} {where}")
