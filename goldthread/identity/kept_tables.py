"""What scoring keeps from run to run: four tables of the warehouse that fit each other.

people: id, source_record_key, details_hash. people_keys: id and the keys it may be found by.
found_pairs: id_l < id_r and the rules that find the pair, of those that were ``afforded``.
pair_scores: id_l < id_r and what ``weigh`` found. They hold for one ``maker`` only, a hash of all
else that they follow from; another one begins anew. They are changed in one transaction: a run that
is killed leaves all of them as they were or as they are to be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldthread.identity.workspace import row_count
from goldthread.warehouse.files import literal

if TYPE_CHECKING:
    import duckdb

SCORES = "pair_scores"
FOUND = "found_pairs"
TABLES = ("people", "people_keys", FOUND, SCORES, "maker")

CHANGED = "changed_pairs"

# Of table people_ids what holds beyond this run.
PEOPLE = "(select * exclude (record_number) from people_ids)"

# Scores that were of no use to this run, as a share of those that were.
MOST_UNUSED = 0.25


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

    @property
    def pairs(self) -> str:
        return f"{self._schema}.{FOUND}"

    def afforded(self) -> str:
        """The rules that found the pairs."""
        row = self._cursor.execute(f"select afforded from {self._schema}.maker").fetchone()
        assert row is not None
        return str(row[0])

    def keep(self, keys: str, scores: str, afforded: str) -> None:
        """Keep tables people_ids and found_pairs, and the keys and scores of this run, for the
        next one.

        keys: a table of the keys of people that were not held. scores: one of all pairs scored.
        afforded: the rules by which pairs were found.
        """
        if not self.is_held:
            self._write_anew(keys, scores, afforded)
            return
        self._cursor.execute("begin")
        for table, added in ((self.people, PEOPLE), (self.people_keys, keys)):
            self._cursor.execute(f"delete from {table} where id in (from gone_ids)")
            self._cursor.execute(
                f"insert into {table} by name from {added} semi join people using (id)"
            )
        self._replace_found(afforded)
        self._add_scores(scores)
        self._cursor.execute(f"update {self._schema}.maker set afforded = {literal(afforded)}")
        self._cursor.execute("commit")

    def _replace_found(self, afforded: str) -> None:
        """Make the kept pairs what ``found_pairs`` is. Which changed is known where the same rules
        found them."""
        if afforded != self.afforded():
            self._cursor.execute(f"create or replace table {self.pairs} as from {FOUND}")
            return
        self._delete_gone(self.pairs)
        same = f"{FOUND}.id_l = changed.id_l and {FOUND}.id_r = changed.id_r"
        self._cursor.execute(f"delete from {self.pairs} using {CHANGED} as changed where {same}")
        self._cursor.execute(
            f"insert into {self.pairs} by name from {FOUND} semi join {CHANGED} using (id_l, id_r)"
        )

    def _add_scores(self, scores: str) -> None:
        """Add new scores. Those of pairs that nothing brings together any more stay right, and go
        when they have become many."""
        self._delete_gone(self.scores)
        held = row_count(self._cursor, self.scores) + row_count(self._cursor, "new_scores")
        if held > (1 + MOST_UNUSED) * row_count(self._cursor, scores):
            self._cursor.execute(f"create or replace table {self.scores} as from {scores}")
        else:
            self._cursor.execute(f"insert into {self.scores} by name from new_scores")

    def _delete_gone(self, table: str) -> None:
        gone = "(from gone_ids)"
        self._cursor.execute(f"delete from {table} where id_l in {gone} or id_r in {gone}")

    def _write_anew(self, keys: str, scores: str, afforded: str) -> None:
        self._cursor.execute(f"create schema if not exists {self._schema}")
        maker = f"(select {literal(self._maker)} as maker, {literal(afforded)} as afforded)"
        self._cursor.execute("begin")
        for table, content in zip(TABLES, (PEOPLE, keys, FOUND, scores, maker), strict=True):
            self._cursor.execute(
                f"create or replace table {self._schema}.{table} as from {content}"
            )
        self._cursor.execute("commit")

    def _is_of_this_maker(self) -> bool:
        if not all(is_there(self._cursor, f"{self._schema}.{table}") for table in TABLES):
            return False
        made_by = self._cursor.execute(f"select maker from {self._schema}.maker").fetchall()
        return made_by == [(self._maker,)]


def is_there(cursor: duckdb.DuckDBPyConnection, table: str) -> bool:
    """Whether there is a table of this full name (database.schema.table)."""
    # No prepared statement: its first parameter takes a third of a second, to import pandas.
    found = cursor.execute(
        "select 1 from duckdb_tables() "
        f"where database_name || '.' || schema_name || '.' || table_name = {literal(table)}"
    ).fetchone()
    return found is not None
