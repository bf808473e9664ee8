"""Charts of a trained model and of thresholds, as files that need nothing else to be looked at."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from goldthread.identity.workspace import for_splink, quiet_splink

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

    from goldthread.identity.model import LinkageModel
    from goldthread.identity.sweep import SweepStep

FORMATS = (".svg", ".png", ".html")


def save_chart(spec: dict[str, Any], path: Path) -> None:
    """Write a Vega-Lite chart as .svg, .png or .html, which holds all that it needs.

    Raises ValueError for another ending.
    """
    import vl_convert

    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".svg":
        path.write_text(_numbered_anew(vl_convert.vegalite_to_svg(spec)), encoding="utf-8")
    elif path.suffix == ".png":
        path.write_bytes(vl_convert.vegalite_to_png(spec, scale=2))
    elif path.suffix == ".html":
        path.write_text(vl_convert.vegalite_to_html(spec, bundle=True), encoding="utf-8")
    else:
        raise ValueError(f"{path} does not end in one of {', '.join(FORMATS)}")


def _numbered_anew(svg: str) -> str:
    """Count the names of clips and gradients from 0: the renderer counts on from chart to chart,
    and one model would have two pictures."""
    numbers: dict[str, int] = {}
    return re.sub(
        r"\b(clip|gradient_)(\d+)\b",
        lambda found: f"{found[1]}{numbers.setdefault(found[0], len(numbers))}",
        svg,
    )


def save_estimates(linker: Any, folder: Path) -> None:
    """Write what each of Splink's training sessions made of the parameters.

    linker: a Splink linker after training.
    """
    chart = linker.visualisations.parameter_estimate_comparisons_chart(include_u=True)
    save_chart(chart.chart_dict, folder / "parameter_estimates.svg")


def save_model_charts(cursor: duckdb.DuckDBPyConnection, model: LinkageModel, folder: Path) -> None:
    """Write Splink's charts of the finished model.

    match_weights: bits of each level. m_u_parameters: its chance between records of one person
    (m) and of strangers (u). unlinkables: the share of records that, even compared with
    themselves, do not reach a match weight. Needs table ``people``.
    """
    from splink import Linker

    with quiet_splink():
        linker = Linker(for_splink(cursor, "people"), model.settings, log_level=logging.ERROR)
        charts: dict[str, Any] = {
            "match_weights": linker.visualisations.match_weights_chart(),
            "m_u_parameters": linker.visualisations.m_u_parameters_chart(),
            "unlinkables": linker.evaluation.unlinkables_chart(),
        }
    for name, chart in charts.items():
        save_chart(chart.chart_dict, folder / f"{name}.svg")


def save_sweep(steps: Sequence[SweepStep], own_threshold: float, path: Path) -> None:
    """Draw cluster and B-cubed figures, and the largest cluster, by threshold.

    own_threshold: the one that followed from the data, drawn as a line.
    """
    shares, sizes = [], []
    for step in steps:
        figures = step.measured.figures()
        for name in ("precision", "recall", "f1", "b_cubed_f1"):
            share = {"threshold": step.threshold, "figure": name.replace("_", " ")}
            shares.append({**share, "value": figures[name]})
        for name in ("largest_cluster", "largest_person"):
            size = {"threshold": step.threshold, "figure": name.replace("_", " ")}
            sizes.append({**size, "value": figures[name]})
    save_chart(
        {
            "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
            "title": "Customers against the truth, by threshold of the match probability",
            "vconcat": [
                _lines(shares, "share", 300, own_threshold),
                _lines(sizes, "records", 120, own_threshold),
            ],
            "resolve": {"scale": {"color": "independent"}},
        },
        path,
    )


def _lines(
    values: list[dict[str, Any]], title: str, height: int, own_threshold: float
) -> dict[str, Any]:
    """One panel: a line a figure, and a dashed one at the threshold in use."""
    threshold = {"field": "threshold", "type": "quantitative", "scale": {"domain": [0, 1]}}
    value = {
        "field": "value",
        "type": "quantitative",
        "title": title,
        "scale": {"zero": title == "records"},
    }
    return {
        "width": 600,
        "height": height,
        "layer": [
            {
                "data": {"values": values},
                "mark": {"type": "line", "point": True},
                "encoding": {
                    "x": threshold,
                    "y": value,
                    "color": {"field": "figure", "type": "nominal", "title": None},
                },
            },
            {
                "data": {"values": [{"threshold": own_threshold}]},
                "mark": {"type": "rule", "strokeDash": [4, 4]},
                "encoding": {"x": threshold},
            },
        ],
    }
