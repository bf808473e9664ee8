"""The trained model: Splink settings and frozen name frequencies in one JSON file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

COMMITTED = Path(__file__).parent / "models" / "people.json"


@dataclass(frozen=True)
class LinkageModel:
    """settings: what Splink reads. term_frequencies: column of the people table → value → share
    of people with that value; only names seen at least five times. notes: how it was trained."""

    settings: dict[str, Any]
    term_frequencies: dict[str, dict[str, float]]
    notes: dict[str, Any]

    @classmethod
    def load(cls, path: Path = COMMITTED) -> LinkageModel:
        """Read a model file. Raises FileNotFoundError, or KeyError when it is no model file."""
        content = json.loads(path.read_text(encoding="utf-8"))
        return cls(content["settings"], content["term_frequencies"], content["notes"])

    def save(self, path: Path) -> None:
        """Write the model file, keys in order, so that two trainings can be compared line by line."""
        content = {
            "notes": self.notes,
            "settings": self.settings,
            "term_frequencies": self.term_frequencies,
        }
        path.write_text(
            json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
        )

    @property
    def prior_weight(self) -> float:
        """Bits that Splink adds to every pair for the prior; taken off again after scoring."""
        from math import log2

        prior = self.settings["probability_two_random_records_match"]
        return log2(prior / (1 - prior))


@cache
def committed_model() -> LinkageModel:
    """The model that ships with Goldthread."""
    return LinkageModel.load()
