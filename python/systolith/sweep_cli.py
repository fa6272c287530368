"""systolith sweep: a sweep file to a table of rows."""

from __future__ import annotations

import argparse
import os
import pathlib
import sys

from . import UserError
from .pareto import pareto, plot_pareto
from .sweep import sweep
from .sweep_plan import Sweep


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="systolith sweep", description=__doc__)
    parser.add_argument("sweep", metavar="SWEEP.yaml")
    parser.add_argument("-o", "--out", default="out/sweep", metavar="DIR",
                        help="rows.parquet; points that are there are not run again "
                             "(default: %(default)s)")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), metavar="N",
                        help="local processes (default: the host's cores)")
    parser.add_argument("--scheduler", metavar="ADDRESS",
                        help="of a Dask cluster that runs the points instead")
    parser.add_argument("--pareto", metavar="X,Y",
                        help="print the rows with the least of both columns, and plot them to "
                             "DIR/pareto.png")
    parser.add_argument("--check", action="store_true", help="only read the file")
    return parser


def _run(options: argparse.Namespace) -> None:
    plan = Sweep.read(options.sweep)
    if options.check:
        print(f"{options.sweep}: a sweep of {len(plan)} points is valid")
        return
    if options.workers < 1:
        raise UserError(f"--workers {options.workers} (allowed: 1 or more)")
    columns = options.pareto.split(",") if options.pareto else []
    if columns and len(columns) != 2:
        raise UserError(f"--pareto {options.pareto}: expected two columns, as X,Y")
    rows = sweep(plan, options.out, workers=options.workers, scheduler=options.scheduler,
                 progress=True)
    shown = rows if not columns else pareto(rows, minimize=columns)
    print(shown.drop(columns="key").to_string(index=False, max_rows=40))
    if columns:
        plot_pareto(rows, columns[0], columns[1], pathlib.Path(options.out) / "pareto.png")
    failed = int(rows["error"].notna().sum())
    print(f"{len(rows)} points, {failed} failed; rows in {options.out}/rows.parquet")


def main() -> None:
    options = _parser().parse_args()
    try:
        _run(options)
    except UserError as error:
        sys.stderr.write(f"systolith: error: {error}\n")
        sys.exit(2)
    except RuntimeError as error:
        sys.stderr.write(f"systolith: {error}\n")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.stderr.write("systolith: interrupted\n")
        sys.exit(130)


if __name__ == "__main__":
    main()
