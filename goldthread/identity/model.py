"""The trained model: Splink settings and frozen name frequencies in one JSON file."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from functools import cache
from math import log2
from pathlib import Path
from typing import Any

from goldthread.identity.birth_years import BIRTH_YEAR
from goldthread.identity.comparisons import LEVELS
from goldthread.identity.places import APART, IN_PLACE
from goldthread.identity.relatives import ANY_NUMBER, HOUSEHOLD, NAMESAKES, MostRelatives
from goldthread.settings import Settings
from goldthread.warehouse.errors import ModelRefused
from goldthread.warehouse.files import flush

# Of the links by details alone. A wrong one shows one person's data to another, a missed one costs
# a second newsletter; the links by identifiers, three of four, are nearly all right.
EXPECTED_PRECISION = 0.96

RENEW = (
    "Train it again (goldthread identity train), or remove the file: Goldthread's own model is "
    "used then."
)

# Of each way of comparing: name and condition of every level but the missing one.
_KNOWN = [
    {name: [level[:2] for level in levels] for name, levels in each.items()}
    for each in (LEVELS, APART, IN_PLACE, {"birth_date": BIRTH_YEAR})
]

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
    most_relatives: among the records the model was trained on, if it judges no others; not saved.
    """

    settings: dict[str, Any]
    term_frequencies: dict[str, dict[str, float]]
    notes: dict[str, Any]
    expected_precision: float | None = EXPECTED_PRECISION
    most_relatives: MostRelatives = ANY_NUMBER

    @classmethod
    def load(cls, path: Path = COMMITTED) -> LinkageModel:
        """Read a model file. Raises FileNotFoundError, or ModelRefused when it cannot be used."""
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            model = cls(
                content["settings"],
                content["term_frequencies"],
                content["notes"],
                content.get("expected_precision", EXPECTED_PRECISION),
            )
            is_known = model._is_of_this_version()
            # Chances that are missing or not above zero have no bits.
            all(level.bits for levels in model.levels.values() for level in levels)
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise ModelRefused(f"{path} is damaged, or no identity model. {RENEW}") from error
        if not is_known:
            raise ModelRefused(
                f"{path} was trained by another version of Goldthread, which compared records in "
                f"another way. {RENEW}"
            )
        return model

    def save(self, path: Path) -> None:
        """Write the model file, keys in order: two trainings can be compared line by line.

        A kill leaves the old file or the new one, never a half."""
        content = {
            "notes": self.notes,
            "expected_precision": self.expected_precision,
            "settings": self.settings,
            "term_frequencies": self.term_frequencies,
        }
        # Not named .json: what a kill leaves behind is no model of the home.
        written = path.with_name(f".{path.name}.tmp")
        written.write_text(
            json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
        )
        flush(written)
        os.replace(written, path)

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

    def _is_of_this_version(self) -> bool:
        """Whether this code compares like that: the rules on levels and the chances of relatives go
        by a level's name, so a level of another name would silently mean nothing."""
        return all(
            self._conditions(comparison)
            in (known.get(comparison["output_column_name"]) for known in _KNOWN)
            for comparison in self.settings["comparisons"]
        )

    @staticmethod
    def _conditions(comparison: dict[str, Any]) -> list[tuple[str, str]]:
        levels = [each for each in comparison["comparison_levels"] if not is_missing(each)]
        return [(each["label_for_charts"], each["sql_condition"]) for each in levels]

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
