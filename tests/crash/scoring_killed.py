"""A process that scores the pairs of a small warehouse and kills itself at a given moment."""

from __future__ import annotations

import os
import signal

import duckdb

from goldthread.identity import committed_model, score_pairs
from goldthread.identity.kept_scores import KeptScores


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main(path: str, moment: str) -> None:
    """path: the warehouse file. moment: before, during or after the scores are kept, or never."""
    con = duckdb.connect(path)
    catalog = con.execute("select current_catalog()").fetchone()
    assert catalog is not None
    keep = KeptScores.keep

    def interrupted(self: KeptScores, keys: str, afforded: str) -> None:
        if moment == "before":
            kill()
        if moment == "during":
            con.execute("begin")
            con.execute("delete from identity_kept.pair_scores")
            kill()
        keep(self, keys, afforded)
        if moment == "after":
            kill()

    # Replaced on purpose: the kill must fall inside the method that keeps the scores.
    KeptScores.keep = interrupted  # type: ignore[method-assign]
    table = score_pairs(
        con.sql("select * from main.records"),
        con.sql("select * from main.exact_pairs"),
        con.sql("select * from main.nicknames"),
        con,
        committed_model(),
        f"{catalog[0]}.identity_kept",
    )
    con.register("scored", table)
    con.execute("create or replace table scored_pairs as from scored")
    con.close()
