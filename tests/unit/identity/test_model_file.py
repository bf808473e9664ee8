"""A model file is used whole and as trained, or refused with a remedy."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from goldthread.identity import LinkageModel, committed_model
from goldthread.identity.comparisons import LEVELS
from goldthread.identity.places import APART, IN_PLACE
from goldthread.identity.starting import starting_settings
from goldthread.warehouse.errors import ModelRefused


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "people.json"
    committed_model().save(path)
    return path


@pytest.mark.parametrize("levels", [LEVELS, APART, IN_PLACE])
def test_each_way_of_comparing_can_be_saved_and_read(levels: Any, tmp_path: Path) -> None:
    model = LinkageModel(starting_settings(levels), {"given_first": {"ada": 0.1}}, {"people": 7})
    model.save(tmp_path / "people.json")
    assert LinkageModel.load(tmp_path / "people.json") == model


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{}", b'{"settings": {}, "term_frequencies": {}, "notes": {}}', b"\xff"],
)
def test_a_file_that_is_no_model_is_named_with_the_remedy(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(ModelRefused, match=r"people\.json is damaged.*goldthread identity train"):
        LinkageModel.load(path)


def test_a_half_written_file_is_refused(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(ModelRefused, match="is damaged"):
        LinkageModel.load(path)


@pytest.mark.parametrize("chance", [None, 0, "much"])
def test_a_level_without_a_chance_is_refused(path: Path, chance: Any) -> None:
    content = json.loads(path.read_text())
    content["settings"]["comparisons"][0]["comparison_levels"][1]["m_probability"] = chance
    path.write_text(json.dumps(content))
    with pytest.raises(ModelRefused, match="is damaged"):
        LinkageModel.load(path)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        # Under another name a level would tell households from persons no longer.
        ('"label_for_charts": "spelled alike"', '"label_for_charts": "similar"'),
        # A column that the records no longer have.
        ("given_first_l", "first_given_l"),
        ('"output_column_name": "phone"', '"output_column_name": "telephone"'),
    ],
)
def test_a_model_of_another_version_is_refused(path: Path, ours: str, theirs: str) -> None:
    text = path.read_text()
    assert ours in text
    path.write_text(text.replace(ours, theirs))
    with pytest.raises(ModelRefused, match="trained by another version"):
        LinkageModel.load(path)


def test_a_kill_while_saving_leaves_the_old_model(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", killed)
    other = LinkageModel(starting_settings(), {}, {"people": 7})
    with pytest.raises(KeyboardInterrupt):
        other.save(path)
    assert LinkageModel.load(path) == committed_model()
    # The home's fingerprint counts .json files.
    assert list(path.parent.glob("*.json")) == [path]
