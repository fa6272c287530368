"""Runs the built command line, for the tests that see Systolith as its users do."""

import json
import os
import subprocess

PROGRAM = os.environ.get("SYSTOLITH", "systolith")


def systolith(*arguments, status=0, **options):
    """The finished process; fails with what it said where the exit status is another."""
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, **options)
    assert done.returncode == status, (
        f"{' '.join(map(str, arguments))}: exit status {done.returncode}, not {status}\n"
        f"{done.stdout[-2000:]}{done.stderr[-4000:]}")
    return done


def refusal(*arguments, **options):
    """What is printed after "systolith: error: " where the user is at fault."""
    done = systolith(*arguments, status=2, **options)
    prefix = "systolith: error: "
    assert done.stderr.startswith(prefix), done.stderr
    return done.stderr[len(prefix):].rstrip("\n")


def report(directory):
    return json.loads((directory / "report.json").read_text())


def simulated(directory):
    """report.json's text without the part that depends on the host."""
    content = report(directory)
    del content["host"]
    return json.dumps(content)
