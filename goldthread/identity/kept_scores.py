"""Scores of earlier runs: a pair of unchanged records is not scored again.

A score follows from the two records' details and the model alone. So each is kept with a hash of
both sides' details and of everything else that makes it, and looked up instead of computed. Which
pairs are candidates, what the weights are worth and what becomes of them is worked out anew at each
run: an increment differs from a full run in time only. Scores of records that were deleted or
corrected, or made by another model, are found by nobody and gone with the next writing.

The table is one statement's work, so a run that is killed leaves the old one or the new one.
"""

from __future__ import annotations

import hashlib
import json
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb

    from goldthread.identity.model import LinkageModel

    Weigh = Callable[[duckdb.DuckDBPyConnection, LinkageModel, str, str], None]

TABLE = "pair_scores"


class KeptScores:
    """The scores kept in table ``pair_scores`` of a schema that outlives the run.

    schema: its full name (database.schema), created when missing; None keeps nothing and scores
    every pair. weigh: what scores the pairs that are not known (``comparison_vectors.weigh``).
    Needs table ``people`` as ``prepare_people`` writes it; writes to the cursor's scratch database.
    """

    def __init__(
        self,
        cursor: duckdb.DuckDBPyConnection,
        model: LinkageModel,
        weigh: Weigh,
        schema: str | None,
    ) -> None:
        self._cursor = cursor
        self._model = model
        self._weigh = weigh
        self._schema = schema
        self._maker = fingerprint(model)
        self._weighed: list[str] = []
        self._new_count = 0
        if schema:
            _write_person_hashes(cursor)
        self._held_count = self._count_held()

    def weigh(self, pairs: str, target: str) -> None:
        """Write table ``target`` as ``weigh`` does, scoring only what is not known yet.

        pairs: a table of id_l < id_r over table ``people``.
        """
        new_pairs = pairs
        if self._held_count:
            new_pairs = f"{pairs}_new"
            self._cursor.execute(
                f"""
                create table {target}_known as
                select pairs.id_l, pairs.id_r, kept.* exclude (maker, hash_l, hash_r)
                from {pairs} as pairs
                join person_hashes as l on pairs.id_l = l.id
                join person_hashes as r on pairs.id_r = r.id
                join {self._schema}.{TABLE} as kept
                    on l.person_hash = kept.hash_l and r.person_hash = kept.hash_r
                where kept.maker = '{self._maker}'
                """
            )
            self._cursor.execute(
                f"create table {new_pairs} as "
                f"select id_l, id_r from {pairs} anti join {target}_known using (id_l, id_r)"
            )
        self._weigh(self._cursor, self._model, new_pairs, target)
        self._new_count += _count(self._cursor, new_pairs)
        if self._held_count:
            self._cursor.execute(f"insert into {target} by name from {target}_known")
        self._weighed.append(target)

    def keep(self) -> None:
        """Keep the scores of all pairs weighed for the next run, in place of the earlier ones."""
        if not self._schema:
            return
        scores = "(" + " union all by name ".join(f"from {table}" for table in self._weighed) + ")"
        if not self._new_count and _count(self._cursor, scores) == self._held_count:
            return
        self._cursor.execute(f"create schema if not exists {self._schema}")
        self._cursor.execute(
            f"""
            create or replace table {self._schema}.{TABLE} as
            select
                '{self._maker}' as maker,
                l.person_hash as hash_l,
                r.person_hash as hash_r,
                scores.* exclude (id_l, id_r)
            from {scores} as scores
            join person_hashes as l on scores.id_l = l.id
            join person_hashes as r on scores.id_r = r.id
            """
        )

    def _count_held(self) -> int:
        """How many scores are kept that were made as they would be made now."""
        exists = self._cursor.execute(
            "select 1 from duckdb_tables() "
            "where database_name || '.' || schema_name = ? and table_name = ?",
            [self._schema, TABLE],
        ).fetchone()
        if not exists:
            return 0
        return _count(self._cursor, f"(from {self._schema}.{TABLE} where maker = '{self._maker}')")


def fingerprint(model: LinkageModel) -> str:
    """A hash of all that a score is made of besides the records: model, code, libraries."""
    made_of = hashlib.sha256()
    parameters = [model.settings, model.term_frequencies]
    made_of.update(json.dumps(parameters, sort_keys=True).encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        made_of.update(path.read_bytes())
    for library in ("splink", "duckdb"):
        made_of.update(version(library).encode())
    return made_of.hexdigest()


def _write_person_hashes(cursor: duckdb.DuckDBPyConnection) -> None:
    """Write table ``person_hashes``: id, and a hash of everything a person is compared by.

    The record's key is part of it: it decides which side of a pair the person stands on. 64 bits
    are enough: a score would be mistaken only if two versions of one record had the same hash, or
    both sides of a candidate pair had those of another.
    """
    columns = [str(row[0]) for row in cursor.execute("describe people").fetchall()]
    fields = ", ".join(name for name in columns if name != "id")
    cursor.execute(
        f"create table person_hashes as select id, hash({fields}) as person_hash from people"
    )


def _count(cursor: duckdb.DuckDBPyConnection, table: str) -> int:
    row = cursor.execute(f"select count(*) from {table}").fetchone()
    assert row is not None
    return int(row[0])
