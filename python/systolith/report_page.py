"""systolith report: the directory of a run as one self-contained page."""

from __future__ import annotations

import argparse
import base64
import html
import io
import pathlib
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from . import UserError
from .report import Report

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; color: #222 }
table { border-collapse: collapse; font-size: 13px }
td, th { padding: .2rem .7rem; text-align: left }
th { border-bottom: 1px solid #888 } .number { text-align: right }
tr:nth-child(even) { background: #f5f5f5 } img { max-width: 100% }
"""


def _colors(report: Report) -> dict[str, tuple[float, ...]]:
    """The same for a cause in every picture of every report."""
    from matplotlib import colormaps

    return {cause: colormaps["tab20"](number % 20)
            for number, cause in enumerate(report.engines.columns)}


def plot_layers(report: Report) -> Figure:
    """Cycles of each layer, coloured by what bounds it; a matplotlib figure."""
    from matplotlib.figure import Figure

    layers = report.layers
    figure = Figure(figsize=(9, 1.2 + 0.17 * len(layers)), layout="constrained")
    axes = figure.add_subplot()
    colors = _colors(report)
    for cause in [cause for cause in colors if (layers["bound_by"] == cause).any()]:
        rows = layers[layers["bound_by"] == cause]
        axes.barh(rows.index, rows["cycles"], color=colors[cause], label=cause)
    axes.set_yticks(layers.index, layers["name"], fontsize=6)
    axes.invert_yaxis()
    axes.margins(y=0.01)
    axes.set_xlabel("cycles")
    axes.xaxis.set_major_formatter("{x:,.0f}")
    figure.legend(title="bound by", loc="outside lower center", ncols=6, fontsize=8)
    return figure


def plot_stalls(report: Report) -> Figure:
    """Where every engine's cycles went, as shares; a matplotlib figure."""
    from matplotlib.figure import Figure

    shares = report.engines / report.total_cycles
    shares = shares.loc[:, (shares > 0).any()]
    figure = Figure(figsize=(9, 1.4 + 0.4 * len(shares)), layout="constrained")
    axes, colors = figure.add_subplot(), _colors(report)
    left = np.zeros(len(shares))
    for cause in shares.columns:
        axes.barh(shares.index, shares[cause], left=left, label=cause, color=colors[cause])
        left += shares[cause].to_numpy()
    axes.invert_yaxis()
    axes.set(xlabel="share of the run's cycles", xlim=(0, 1))
    figure.legend(loc="outside lower center", ncols=6, fontsize=8)
    return figure


def plot_roofline(report: Report) -> Figure:
    """The machine's roofs, the run's point and its layers'; a matplotlib figure."""
    from matplotlib.figure import Figure

    roof = report.roofline
    ridge = roof["peak_macs_per_second"] / roof["peak_bytes_per_second"]
    intensity = max(roof["operational_intensity"], ridge / 1000)
    x = np.geomspace(min(ridge, intensity) / 20, max(ridge, intensity) * 20, 200)
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.add_subplot()
    axes.loglog(x, np.minimum(roof["peak_macs_per_second"], x * roof["peak_bytes_per_second"]),
                color="0.3", label="attainable")
    layers = report.roofline_layers.dropna(subset="intensity_dram").query("achieved > 0")
    axes.plot(layers["intensity_dram"], layers["achieved"], ".", color="tab:blue", label="layers")
    axes.plot([intensity], [roof["achieved"]], "o", color="tab:red", label=report.workload)
    axes.set(xlabel="MACs per byte of DRAM traffic", ylabel="MACs per second")
    axes.grid(alpha=0.3, which="both")
    axes.legend()
    return figure


def _image(figure: Figure, title: str) -> str:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=130)
    data = base64.b64encode(buffer.getvalue()).decode()
    return f'<h2>{html.escape(title)}</h2><img alt="{html.escape(title)}" ' \
           f'src="data:image/png;base64,{data}">'


def _table(rows: pd.DataFrame) -> str:
    """HTML, numbers to the right with thousands apart, texts to the left."""
    def line(tag: str, cells: Iterable[object]) -> str:
        return "<tr>" + "".join(f'<{tag} class="{kind}">{html.escape(str(cell))}</{tag}>'
                                for kind, cell in zip(kinds, cells)) + "</tr>"

    whole = rows.select_dtypes("integer").columns
    kinds = ["number" if column in whole or column == "utilization" else "text"
             for column in rows.columns]
    shown = rows.assign(**{str(column): rows[column].map("{:,}".format) for column in whole})
    body = [line("td", cells) for cells in shown.itertuples(index=False)]
    return "\n".join(["<table>", line("th", rows.columns), *body, "</table>"])


def page(report: Report) -> str:
    """The whole page's HTML."""
    title = f"{report.workload} on {report.machine}"
    layers = report.layers.drop(columns=["start_cycle", "end_cycle"])
    layers["utilization"] = layers["utilization"].map("{:.1%}".format)
    parts = [f"<h1>{html.escape(title)}</h1>", f"<p>{html.escape(repr(report)[8:-1])}</p>",
             _image(plot_layers(report), "Layers"), _image(plot_stalls(report), "Engines"),
             _image(plot_roofline(report), "Roofline")]
    if len(report.phases):
        parts += ["<h2>Phases</h2>", _table(report.phases.reset_index(names="phase"))]
    parts += ["<h2>Table of layers</h2>", _table(layers)]
    return (f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
            f"<title>{html.escape(title)}</title><style>{_STYLE}</style></head>\n<body>\n"
            + "\n".join(parts) + "\n</body></html>\n")


def main() -> None:
    parser = argparse.ArgumentParser(prog="systolith report", description=__doc__)
    parser.add_argument("directory", metavar="DIR", help="what `systolith run --out` wrote")
    parser.add_argument("-o", "--output", metavar="PAGE.html",
                        help="default: DIR/report.html")
    options = parser.parse_args()
    try:
        target = pathlib.Path(options.output or pathlib.Path(options.directory) / "report.html")
        text = page(Report.read(options.directory))
        target.write_text(text)
    except UserError as error:
        sys.stderr.write(f"systolith: error: {error}\n")
        sys.exit(2)
    except OSError as error:
        sys.stderr.write(f"systolith: error: {target}: {error.strerror}\n")
        sys.exit(2)
    print(target)


if __name__ == "__main__":
    main()
