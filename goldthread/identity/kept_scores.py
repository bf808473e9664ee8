"""Scores of earlier runs: a pair of unchanged records is not scored again.

A score follows from the two records' details and the model alone. So each is kept by the records'
numbers (``kept_people``) and looked up instead of computed. Which pairs are candidates, what the
weights are worth and what becomes of them is worked out anew at each run: an increment differs from
a full run in time only.
"""

from __future__ import annotations

import hashlib
import json
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from goldthread.identity.comparison_vectors import weigh
from goldthread.identity.kept_people import write_compared

if TYPE_CHECKING:
    import duckdb

    from goldthread.identity.kept_tables import KeptTables
    from goldthread.identity.model import LinkageModel


class KeptScores:
    """Scores of this run and of earlier ones.

    Needs the tables that ``kept_people.write_people`` writes; writes to the cursor's scratch
    database, and what is kept with ``keep``.
    """

    def __init__(
        self, cursor: duckdb.DuckDBPyConnection, model: LinkageModel, kept: KeptTables
    ) -> None:
        self._cursor = cursor
        self._model = model
        self._kept = kept
        self._weighed: list[str] = []

    def weigh(self, pairs: str, target: str) -> None:
        """Write table ``target`` as ``weigh`` does, scoring only what is not known yet.

        pairs: a table of id_l < id_r over table ``people_ids``.
        """
        self._weighed.append(target)
        if not self._kept.is_held:
            weigh(self._cursor, self._model, pairs, target)
            return
        self._cursor.execute(
            f"create table {target} as "
            f"from {self._kept.scores} semi join {pairs} using (id_l, id_r)"
        )
        new_pairs = f"new_{pairs}"
        self._cursor.execute(
            f"create table {new_pairs} as "
            f"select id_l, id_r from {pairs} anti join {target} using (id_l, id_r)"
        )
        write_compared(self._cursor, new_pairs, stand_in=self._model.takes_addresses_whole)
        weigh(self._cursor, self._model, "compared_pairs", "compared_scores", "compared")
        self._cursor.execute(
            "create or replace table added_scores as "
            "select kept_l as id_l, kept_r as id_r, compared_scores.* exclude (id_l, id_r) "
            "from compared_scores join compared_pairs using (id_l, id_r)"
        )
        self._cursor.execute("create table if not exists new_scores as from added_scores limit 0")
        for table in (target, "new_scores"):
            self._cursor.execute(f"insert into {table} by name from added_scores")

    def keep(self, keys: str, afforded: str) -> None:
        """Keep what is known of all people and pairs of this run for the next one.

        keys: a table of the keys of people who were not known. afforded: see ``KeptTables.keep``.
        """
        if self._kept.is_wanted:
            scores = " union all by name ".join(f"from {table}" for table in self._weighed)
            self._cursor.execute(f"create view all_scores as {scores}")
            self._kept.keep(keys, "all_scores", afforded)


def fingerprint(model: LinkageModel) -> str:
    """A hash of all that results are made of besides the data: model, code, libraries."""
    made_of = hashlib.sha256()
    parameters = [model.settings, model.term_frequencies]
    made_of.update(json.dumps(parameters, sort_keys=True).encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        made_of.update(path.read_bytes())
    for library in ("splink", "duckdb"):
        made_of.update(version(library).encode())
    return made_of.hexdigest()
