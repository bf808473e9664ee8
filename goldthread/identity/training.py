"""Training the model off-line, without labels."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from goldthread.identity.birth_years import date_levels
from goldthread.identity.block_keys import Rule
from goldthread.identity.blocking import (
    LOOSE_RULES,
    RULES,
    THOROUGH_RULES,
    choose_loose_rules,
    write_candidates_by_rule,
)
from goldthread.identity.charts import save_estimates, save_model_charts
from goldthread.identity.comparison_vectors import weigh
from goldthread.identity.comparisons import LEVELS, TERM_FREQUENCIES
from goldthread.identity.homes import most_household_pairs
from goldthread.identity.mixture import Chances, separate, without_matches
from goldthread.identity.model import LinkageModel, is_missing
from goldthread.identity.people import prepare_people
from goldthread.identity.places import place_levels
from goldthread.identity.relatives import ANY_NUMBER, MostRelatives
from goldthread.identity.starting import drawn_to_start, starting_settings
from goldthread.identity.workspace import adopt, for_splink, quiet_splink, row_count, scratch

if TYPE_CHECKING:
    import duckdb

# A name must be borne by this many records before its frequency may leave the data. A model that
# is gone with its table knows all.
LEAST_BEARERS = 5

# Pairs that u is estimated from.
RANDOM_PAIRS = 2_000_000
# The starting values of u count like this many pairs: six records show no frequencies.
RANDOM_HOLD = 10_000

# Fewer pairs than this teach nothing.
LEAST_PAIRS = 200

# Share of the starting value in each parameter. No data shows every kind of mistake: a model of one
# shop's clean data would take the next shop's typing errors for other people.
TEMPER = 0.25

# Comparisons that a rule decides by the part it needs, where both have different names.
DECIDED_BY = {"address": {"street", "place"}, "postal_code": {"place"}, "city": {"place"}}

# What is held fixed while the rest is estimated: each session estimates all other comparisons.
SESSIONS = (
    "l.given_first = r.given_first and l.family_name = r.family_name",
    "l.birth_date = r.birth_date",
    "l.email = r.email",
    "l.phone = r.phone",
)


def train(
    records: Any,
    nicknames: Any,
    session: Any,
    seed: int = 1,
    temper: float = TEMPER,
    charts: Path | None = None,
    *,
    is_thorough: bool = False,
) -> LinkageModel:
    """Estimate the model's parameters from person records by expectation maximisation.

    records: int_identity__linkage_records. seed: of the random pairs u is estimated from. temper:
    share of the starting value in each parameter. charts: a folder that gets pictures of the model.
    is_thorough: the model judges these records only and leaves with them, so addresses and years
    are compared as suits them (``places``, ``birth_years``), more pairs are looked at, and rare
    names are weighed as such. The same records and seed give the same model.

    Splink estimates u from random pairs and m from pairs that agree on something. Its two classes
    tell no household from a person, so m is estimated once more with households as a third class.
    """
    with scratch(session) as cursor:
        adopt(cursor, "records", records)
        adopt(cursor, "nicknames", nicknames)
        prepare_people(cursor, "records", "nicknames", stand_in=not is_thorough)
        levels = LEVELS
        if is_thorough:
            levels = place_levels(cursor, "people") | date_levels(cursor, "people")
            if "address" in levels:
                # As the records are prepared for scoring with such a model.
                prepare_people(cursor, "records", "nicknames")
        people = row_count(cursor, "people")
        starting = starting_settings(levels)
        model = LinkageModel(
            settings=_estimate(cursor, starting, seed, charts) if people > 1 else starting,
            term_frequencies={
                column: _frequencies(cursor, column, 1 if is_thorough else LEAST_BEARERS)
                for column in TERM_FREQUENCIES.values()
            },
            notes={"people": people, "seed": seed},
        )
        if people < 2:
            return model
        loose = THOROUGH_RULES if is_thorough else LOOSE_RULES
        rules = (*RULES, *choose_loose_rules(cursor, "people", loose))
        write_candidates_by_rule(cursor, "people", "candidates", rules)
        weigh(cursor, model, "candidates", "scores")
        model = _with_households(
            cursor, model, starting, people, rules, temper, is_thorough=is_thorough
        )
        if charts:
            save_model_charts(cursor, model, charts)
        return model


def _estimate(
    cursor: duckdb.DuckDBPyConnection, starting: dict[str, Any], seed: int, charts: Path | None
) -> dict[str, Any]:
    """Splink's own training: u from random pairs, m in sessions that each fix something."""
    from splink import Linker

    with quiet_splink():
        people = for_splink(cursor, "people")
        linker = Linker(people, deepcopy(starting), log_level=logging.ERROR)
        linker.training.estimate_u_using_random_sampling(max_pairs=RANDOM_PAIRS, seed=seed)
        for rule in SESSIONS:
            pairs = f"(select 1 from people as l join people as r on {rule} and l.id < r.id)"
            if row_count(cursor, pairs) < LEAST_PAIRS:
                continue
            before = linker.misc.save_model_to_json()
            try:
                linker.training.estimate_parameters_using_expectation_maximisation(rule)
            except ValueError:
                # A probability fell below what Splink can hold, and left the linker in pieces.
                linker = Linker(people, before, log_level=logging.ERROR)
        settings: dict[str, Any] = linker.misc.save_model_to_json()
        if charts:
            save_estimates(linker, charts)
    # A name Splink makes up anew each time.
    settings.pop("linker_uid", None)
    # A level that never occurred has no estimate yet.
    return drawn_to_start(settings, starting, 0.01, 0.01)


def _with_households(
    cursor: duckdb.DuckDBPyConnection,
    model: LinkageModel,
    starting: dict[str, Any],
    people: int,
    rules: Sequence[Rule],
    temper: float,
    *,
    is_thorough: bool,
) -> LinkageModel:
    """Estimate m again from the levels that the candidate pairs show, if there are any."""
    names = list(model.levels)
    columns = ", ".join(f"{name}_level" for name in names)
    rows = cursor.execute(
        f"select {columns}, rules, count(*) from scores join candidates using (id_l, id_r) "
        "group by all order by all"
    ).fetchall()
    if not rows:
        return model
    free = [_found_without([rules[n] for n in row[-2]], names) for row in rows]
    all_pairs = people * (people - 1) / 2
    chances = Chances.of(model)
    sampled = chances.strangers
    most = ANY_NUMBER
    if is_thorough:
        most = MostRelatives(share_of_one_name=_share_of_one_name(names, chances))
    # Twice: what is taken out of the strangers follows from how one person's pairs look.
    for _ in range(2):
        person, share = separate(
            patterns=[row[:-2] for row in rows],
            counts=[row[-1] for row in rows],
            free=free,
            starting=chances,
            all_pairs=all_pairs,
            most=most,
        )
        strangers = [
            without_matches(observed, ours, share, min(all_pairs, RANDOM_PAIRS))
            for observed, ours in zip(sampled, person, strict=True)
        ]
        chances = replace(chances, strangers=strangers)
        if is_thorough:
            most = MostRelatives(
                most_household_pairs(cursor, model, share), _share_of_one_name(names, chances)
            )
    for ours, theirs, comparison in zip(
        person, strangers, model.settings["comparisons"], strict=True
    ):
        levels = [each for each in comparison["comparison_levels"] if not is_missing(each)]
        for level, m, u in zip(levels, reversed(ours), reversed(theirs), strict=True):
            level["m_probability"] = float(m)
            level["u_probability"] = float(u)
    of_few = RANDOM_HOLD / (RANDOM_HOLD + min(all_pairs, RANDOM_PAIRS))
    return replace(
        model,
        settings=drawn_to_start(model.settings, starting, temper, max(temper, of_few)),
        most_relatives=most,
    )


def _share_of_one_name(names: Sequence[str], chances: Chances) -> float:
    first, last = (chances.strangers[names.index(name)] for name in ("first_name", "last_name"))
    return float(first[-1] * last[-1])


def _found_without(rules: Sequence[Rule], names: list[str]) -> list[bool]:
    """For each comparison whether one of the rules finds a pair without its help."""
    return [
        any(not DECIDED_BY.get(name, {name}) & rule.comparisons for rule in rules) for name in names
    ]


def _frequencies(cursor: duckdb.DuckDBPyConnection, column: str, least: int) -> dict[str, float]:
    """Share of people by value, for values that at least ``least`` of them bear."""
    rows = cursor.execute(
        f"select {column}, count(*) / (select count({column}) from people) from people "
        f"where {column} is not null group by 1 having count(*) >= {least} order by 1"
    ).fetchall()
    return {value: float(f"{share:.3g}") for value, share in rows}
