"""python -m systolith ARGUMENTS: the native command line, where it is on PATH."""

import os
import shutil
import sys


def main() -> None:
    program = shutil.which("systolith")
    if program is None:
        sys.exit("systolith: the command line is not on PATH")
    os.execv(program, [program, *sys.argv[1:]])


if __name__ == "__main__":
    main()
