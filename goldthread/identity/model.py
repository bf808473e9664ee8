"""The trained model: Splink settings and frozen name frequencies in one JSON file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from math import log2
from pathlib import Path
from typing import Any

from goldthread.identity.relatives import HOUSEHOLD, NAMESAKES
from goldthread.settings import Settings

# Of the links by details alone. A wrong one shows one person's data to another, a missed one costs
# a second newsletter; the links by identifiers, three of four, are nearly all right.
EXPECTED_PRECISION = 0.96

COMMITTED = Path(__file__).parent / "models" / "people.json"


@dataclass(frozen=True)
class Level:
    """One level of agreement. number: Splink's, 0 is the last, -1 would be missing. m, u, h, n: its
    chance between records of one person, of strangers, of a household, of namesakes."""

    label: str
    number: int
    m: float
    u: float
    h: float
    n: float

    @property
    def bits(self) -> float:
        """Evidence for one person against two strangers."""
        return log2(self.m / self.u)

    @property
    def household_bits(self) -> float:
        """Evidence for one person against two members of a household."""
        return log2(self.m / self.h)

    @property
    def namesake_bits(self) -> float:
        """Evidence for one person against two namesakes of a family."""
        return log2(self.m / self.n)


@dataclass(frozen=True)
class LinkageModel:
    """settings: what Splink reads. term_frequencies: column of the people table → value → share of
    people; only names seen at least five times. notes: how it was trained. expected_precision: what
    share of the links must be expected to be right; null weighs wrong links and missed ones alike.
    """

    settings: dict[str, Any]
    term_frequencies: dict[str, dict[str, float]]
    notes: dict[str, Any]
    expected_precision: float | None = EXPECTED_PRECISION

    @classmethod
    def load(cls, path: Path = COMMITTED) -> LinkageModel:
        """Read a model file. Raises FileNotFoundError, or KeyError when it is no model file."""
        content = json.loads(path.read_text(encoding="utf-8"))
        return cls(
            content["settings"],
            content["term_frequencies"],
            content["notes"],
            content.get("expected_precision", EXPECTED_PRECISION),
        )

    def save(self, path: Path) -> None:
        """Write the model file, keys in order: two trainings can be compared line by line."""
        content = {
            "notes": self.notes,
            "expected_precision": self.expected_precision,
            "settings": self.settings,
            "term_frequencies": self.term_frequencies,
        }
        path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

    @property
    def prior_weight(self) -> float:
        """Bits that Splink adds to every pair for the prior; taken off again after scoring."""
        prior = self.settings["probability_two_random_records_match"]
        return log2(prior / (1 - prior))

    @property
    def takes_addresses_whole(self) -> bool:
        """Whether an address is compared as one text, and may stand for a name nobody has."""
        names = [comparison["output_column_name"] for comparison in self.settings["comparisons"]]
        return "street" not in names

    @property
    def levels(self) -> dict[str, list[Level]]:
        """The levels of each comparison, best first, missing values aside."""
        return {
            comparison["output_column_name"]: self._levels(comparison)
            for comparison in self.settings["comparisons"]
        }

    def _levels(self, comparison: dict[str, Any]) -> list[Level]:
        name = comparison["output_column_name"]
        found = [level for level in comparison["comparison_levels"] if not is_missing(level)]
        levels = []
        for position, level in enumerate(found):
            m, label = level["m_probability"], level["label_for_charts"]
            h = HOUSEHOLD.get(name, {}).get(label, m)
            n = NAMESAKES.get(name, {}).get(label, m)
            number = len(found) - 1 - position
            levels.append(Level(label, number, m, level["u_probability"], h, n))
        return levels


def is_missing(level: dict[str, Any]) -> bool:
    """Whether a Splink level stands for missing values."""
    return bool(level.get("is_null_level"))


def own_model_path(settings: Settings) -> Path:
    """Where a model trained on a home's own data lies; it never leaves the home."""
    return settings.home / "identity" / "people.json"


def current_model() -> LinkageModel:
    """The home's own model where there is one, else the model that ships with Goldthread."""
    own = own_model_path(Settings.load())
    return LinkageModel.load(own) if own.exists() else committed_model()


@cache
def committed_model() -> LinkageModel:
    """The model that ships with Goldthread."""
    return LinkageModel.load()
