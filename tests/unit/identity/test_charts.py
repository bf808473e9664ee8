"""Charts are files that need nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from goldthread.identity.charts import save_chart

SPEC = {
    "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
    "data": {"values": [{"threshold": 0.5, "f1": 0.9}]},
    "mark": "point",
    "encoding": {"x": {"field": "threshold"}, "y": {"field": "f1"}},
}


@pytest.mark.parametrize(
    ("form", "start"), [("svg", b"<svg"), ("png", b"\x89PNG"), ("html", b"<!DOCTYPE html")]
)
def test_the_ending_says_the_form(tmp_path: Path, form: str, start: bytes) -> None:
    path = tmp_path / "new folder" / f"chart.{form}"
    save_chart(SPEC, path)
    content = path.read_bytes()
    assert content.startswith(start)
    assert b'src="http' not in content


def test_another_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"\.svg, \.png, \.html"):
        save_chart(SPEC, tmp_path / "chart.gif")
