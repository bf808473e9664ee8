"""Candidate pairs of person records with the evidence for and against one person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from goldthread.identity.block_keys import write_all_keys, write_keys
from goldthread.identity.blocking import rules_of
from goldthread.identity.candidates import write_candidates
from goldthread.identity.kept_people import write_people
from goldthread.identity.kept_scores import KeptScores, fingerprint
from goldthread.identity.kept_tables import KeptTables
from goldthread.identity.level_sql import corroborated_sql
from goldthread.identity.model import LinkageModel, current_model
from goldthread.identity.numbering import require_one_numbering
from goldthread.identity.people import comparable
from goldthread.identity.probability import CONFLICT_WEIGHT, LEAST_PROBABILITY, Judgement, judge
from goldthread.identity.second_look import look_again
from goldthread.identity.workspace import adopt, handed_over, scratch

if TYPE_CHECKING:
    import duckdb

# Improbable pairs below this many bits are kept only where an identifier or a cluster joins them.
FLOOR_WEIGHT = 10.0

# Clusters of more people than this are not completed pair by pair.
MAX_COMPLETED = 60


def score_pairs(
    records: Any,
    exact_pairs: Any,
    nicknames: Any,
    session: Any,
    model: LinkageModel | None = None,
    kept: str | None = None,
) -> duckdb.DuckDBPyRelation:
    """Score the pairs of records that blocking, a shared identifier or a cluster brings together.

    records: int_identity__linkage_records. exact_pairs: left_number, right_number of records that
    share an identifier, and numbering. nicknames: nickname, name. kept: a schema (database.schema)
    of the session that keeps scores from run to run; only pairs with a new or changed record are
    scored then.
    Raises BuildFailed when exact_pairs were built of other records.
    Returns left_key < right_key (source_record_key of profiles) with their left_number and
    right_number (record_number of this run) and the records' numbering, match_weight,
    household_weight, namesake_weight (bits for one person against two strangers, two members of a
    household, two namesakes of a family), match_probability (prior included), is_link (probable
    enough), conflict (the attribute that makes two people of them, null when none does), the level
    of agreement for each attribute, and the prior_weight, ratios and threshold that all pairs were
    judged with.
    """
    model = model or current_model()
    with scratch(session) as cursor:
        adopt(cursor, "records", records)
        adopt(cursor, "nicknames", nicknames)
        adopt(cursor, "exact_pairs", exact_pairs)
        require_one_numbering(cursor, "records", "exact_pairs")
        maker = _maker(cursor, model) if kept else ""
        held = KeptTables(cursor, kept, maker)
        write_people(cursor, held, stand_in=model.takes_addresses_whole)
        _write_known_pairs(cursor)
        goal, linkable = model.expected_precision, corroborated_sql(model)
        new_keys = write_keys(cursor, "people", rules_of(is_thorough=not goal))
        keys = write_all_keys(cursor, held, new_keys)
        afforded = write_candidates(cursor, held, keys, new_keys, is_thorough=not goal)
        scores = KeptScores(cursor, model, held)
        scores.weigh("candidates", "scores")
        judgement = judge(
            cursor, *("scores", "candidates", "people_ids"), goal, linkable, model.most_relatives
        )
        if not goal:
            judgement = look_again(cursor, model, judgement, "people_ids")
        _write_meeting_pairs(cursor, model, judgement, keys)
        scores.weigh("unscored_pairs", "meeting_scores")
        scores.keep(new_keys, afforded)
        return handed_over(session, cursor, _pairs_sql(model, judgement))


def _maker(cursor: duckdb.DuckDBPyConnection, model: LinkageModel) -> str:
    """A hash of all that people, keys and scores follow from besides the records."""
    row = cursor.execute(
        "select bit_xor(hash(nickname, name)) || ' ' || sum(hash(nickname, name)) from nicknames"
    ).fetchone()
    known = comparable(cursor, "records", stand_in=model.takes_addresses_whole)
    return f"{fingerprint(model)} {known} {row}"


def _write_known_pairs(cursor: duckdb.DuckDBPyConnection) -> None:
    """Write table ``known_pairs``: the exact pairs by id, where both sides can be compared."""
    cursor.execute(
        """
        create table record_ids as
        select records.record_number, people_ids.id
        from records join people_ids on records.profile_number = people_ids.record_number
        """
    )
    cursor.execute(
        """
        create table known_pairs as
        select distinct least(l.id, r.id) as id_l, greatest(l.id, r.id) as id_r
        from exact_pairs
        join record_ids as l on exact_pairs.left_number = l.record_number
        join record_ids as r on exact_pairs.right_number = r.record_number
        where l.id <> r.id
        """
    )


def _write_meeting_pairs(
    cursor: duckdb.DuckDBPyConnection, model: LinkageModel, judgement: Judgement, keys: str
) -> None:
    """Write table ``meeting_pairs``: all pairs of people of one would-be cluster.

    A record that fits two people ("J. Smith", or one without birth date) would join them though
    nothing compares the two. Only clusters in which first names or birth dates differ can hold
    more than one person that way. Column is_scored tells which of the pairs have scores already.
    keys: of all people, as ``write_keys`` writes them.
    """
    import pyarrow as pa

    from goldthread.identity.components import component_of

    links = cursor.sql(
        f"select id_l, id_r from scores where {judgement.probability_sql} >= {judgement.threshold} "
        f"and {corroborated_sql(model)} union all select id_l, id_r from known_pairs"
    ).fetchnumpy()
    components = component_of(links["id_l"], links["id_r"])
    table = pa.table({"id": components.nodes, "component": components.labels})
    cursor.register("components", table)
    cursor.execute(
        f"""
        create table meeting_pairs as
        with mixed as (
            select list(components.id order by components.id) as ids
            from components join {keys} using (id)
            group by components.component
            having greatest(count(distinct given_first), count(distinct birth_date)) > 1
                and count(*) <= {MAX_COMPLETED}
        )
        select
            member_l.id as id_l,
            member_r.id as id_r,
            scores.id_l is not null as is_scored
        from mixed
        cross join unnest(mixed.ids) as member_l(id)
        cross join unnest(mixed.ids) as member_r(id)
        left join scores on member_l.id = scores.id_l and member_r.id = scores.id_r
        where member_l.id < member_r.id
        """
    )
    cursor.unregister("components")
    cursor.execute(
        "create table unscored_pairs as select id_l, id_r from meeting_pairs where not is_scored"
    )


def _pairs_sql(model: LinkageModel, judgement: Judgement) -> str:
    levels = ", ".join(f"{name}_level" for name in model.levels)
    return f"""
        with kept as (
            select scores.* from scores
            left join known_pairs using (id_l, id_r)
            left join meeting_pairs using (id_l, id_r)
            where match_weight >= {FLOOR_WEIGHT}
                or {judgement.probability_sql} >= {LEAST_PROBABILITY}
                or known_pairs.id_l is not null
                or meeting_pairs.id_l is not null
            union all
            select * from meeting_scores
        ),
        judged as (
            select *, {judgement.probability_sql} as match_probability from kept
        )
        select
            if(l.record_number < r.record_number, l.source_record_key, r.source_record_key)
                as left_key,
            if(l.record_number < r.record_number, r.source_record_key, l.source_record_key)
                as right_key,
            least(l.record_number, r.record_number) as left_number,
            greatest(l.record_number, r.record_number) as right_number,
            (select min(numbering) from records) as numbering,
            round(match_weight, 6) as match_weight,
            round(household_weight, 6) as household_weight,
            round(namesake_weight, 6) as namesake_weight,
            match_probability,
            match_probability >= {judgement.threshold}
                and {corroborated_sql(model)} as is_link,
            case
                when least(household_weight, namesake_weight) > {CONFLICT_WEIGHT} then null
                when suffixes_differ then 'name_suffix'
                when first_name_level = 0 then 'first_name'
                when birth_date_level in (0, 1) then 'birth_date'
                else 'household'
            end as conflict,
            {levels},
            cast({judgement.prior_weight} as double) as prior_weight,
            cast({judgement.household_ratio} as double) as household_ratio,
            cast({judgement.namesake_ratio} as double) as namesake_ratio,
            cast({judgement.threshold} as double) as threshold
        from judged
        join people_ids as l on judged.id_l = l.id
        join people_ids as r on judged.id_r = r.id
    """
