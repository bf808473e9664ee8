"""What scoring keeps from run to run: three tables of the warehouse that fit each other.

people: id, source_record_key, details_hash. people_keys: id and the keys it may be found by.
pair_scores: id_l < id_r and what ``weigh`` found. They hold for one ``maker`` only, a hash of all
else that they follow from; another one begins anew. They are changed in one transaction: a run that
is killed leaves all of them as they were or as they are to be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

SCORES = "pair_scores"
TABLES = ("people", "people_keys", SCORES, "maker")

# Where more of the scores changed than this share, the table is written anew.
LARGE_CHANGE = 0.25


class KeptTables:
    """The tables of a schema that outlives the run, as far as they were made by ``maker``.

    schema: its full name (database.schema), created when missing; None keeps nothing.
    """

    def __init__(self, cursor: duckdb.DuckDBPyConnection, schema: str | None, maker: str) -> None:
        self._cursor = cursor
        self._schema = schema
        self._maker = maker
        self.is_held = bool(schema) and self._is_of_this_maker()
        if not self.is_held:
            cursor.execute(
                "create table nobody (id bigint, source_record_key varchar, details_hash ubigint)"
            )

    @property
    def is_wanted(self) -> bool:
        """Whether what this run finds is to be kept."""
        return self._schema is not None

    @property
    def people(self) -> str:
        return f"{self._schema}.people" if self.is_held else "nobody"

    @property
    def people_keys(self) -> str:
        return f"{self._schema}.people_keys"

    @property
    def scores(self) -> str:
        return f"{self._schema}.{SCORES}"

    def keep(self, keys: str, scores: str) -> None:
        """Keep table people_ids, and the keys and scores of this run, for the next one.

        keys: a table of the keys of people that were not held. scores: one of all pairs scored.
        """
        if not self.is_held:
            self._write_anew(keys, scores)
            return
        self._cursor.execute(
            f"create table unused_pairs as select id_l, id_r from {self.scores} "
            f"anti join {scores} using (id_l, id_r)"
        )
        self._cursor.execute(
            f"create table added_pairs as from {scores} anti join {self.scores} using (id_l, id_r)"
        )
        self._cursor.execute("begin")
        for table, added in ((self.people, "people_ids"), (self.people_keys, keys)):
            self._cursor.execute(f"delete from {table} where id in (from gone_ids)")
            self._cursor.execute(
                f"insert into {table} by name from {added} semi join people using (id)"
            )
        if self._is_large_change():
            self._cursor.execute(f"create or replace table {self.scores} as from {scores}")
        else:
            self._cursor.execute(
                f"delete from {self.scores} using unused_pairs as unused "
                f"where {SCORES}.id_l = unused.id_l and {SCORES}.id_r = unused.id_r"
            )
            self._cursor.execute(f"insert into {self.scores} by name from added_pairs")
        self._cursor.execute("commit")

    def _write_anew(self, keys: str, scores: str) -> None:
        self._cursor.execute(f"create schema if not exists {self._schema}")
        contents = ("people_ids", keys, scores, f"(select {literal(self._maker)} as maker)")
        self._cursor.execute("begin")
        for table, content in zip(TABLES, contents, strict=True):
            self._cursor.execute(
                f"create or replace table {self._schema}.{table} as from {content}"
            )
        self._cursor.execute("commit")

    def _is_large_change(self) -> bool:
        changed = count(self._cursor, "unused_pairs") + count(self._cursor, "added_pairs")
        return changed > LARGE_CHANGE * count(self._cursor, self.scores)

    def _is_of_this_maker(self) -> bool:
        if not all(is_there(self._cursor, f"{self._schema}.{table}") for table in TABLES):
            return False
        made_by = self._cursor.execute(f"from {self._schema}.maker").fetchall()
        return made_by == [(self._maker,)]


def is_there(cursor: duckdb.DuckDBPyConnection, table: str) -> bool:
    """Whether there is a table of this full name (database.schema.table)."""
    # No prepared statement: its first parameter takes a third of a second, to import pandas.
    found = cursor.execute(
        "select 1 from duckdb_tables() "
        f"where database_name || '.' || schema_name || '.' || table_name = {literal(table)}"
    ).fetchone()
    return found is not None


def literal(text: str) -> str:
    """A text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def count(cursor: duckdb.DuckDBPyConnection, table: str) -> int:
    """How many rows a table holds."""
    row = cursor.execute(f"select count(*) from {table}").fetchone()
    assert row is not None
    return int(row[0])
