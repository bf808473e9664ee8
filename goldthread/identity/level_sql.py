"""SQL over the levels of agreement that Splink found for pairs of records."""

from __future__ import annotations

from collections.abc import Container

from goldthread.identity.comparisons import CORROBORATION
from goldthread.identity.model import LinkageModel


def sum_sql(
    model: LinkageModel, kind: str, form: str = ".4f", leave_out: Container[str] = ()
) -> str:
    """SQL over the level columns: the sum of the levels' bits of one kind.

    form: of the numbers; DuckDB adds up ".4f" as decimals, ".17e" as doubles without loss.
    leave_out: comparisons that do not count."""
    terms = []
    for name, levels in model.levels.items():
        if name in leave_out:
            continue
        bits = {level.number: getattr(level, kind) for level in levels}
        if any(bits.values()):
            arms = " ".join(f"when {number} then {value:{form}}" for number, value in bits.items())
            terms.append(f"case {name}_level {arms} else 0 end")
    return " + ".join(terms)


def agrees_sql(model: LinkageModel, agreements: dict[str, set[str]]) -> str:
    """SQL condition over the level columns: one of these levels of agreement was found."""
    conditions = []
    for name, levels in model.levels.items():
        labels = agreements.get(name, set())
        numbers = [str(level.number) for level in levels if level.label in labels]
        if numbers:
            conditions.append(f"{name}_level in ({', '.join(numbers)})")
    return f"({' or '.join(conditions)})"


def corroborated_sql(model: LinkageModel) -> str:
    """SQL condition over the level columns: more than a name agrees. Where wrong links are no worse
    than missed ones, it always holds and the probability alone decides."""
    return "true" if model.expected_precision is None else agrees_sql(model, CORROBORATION)
