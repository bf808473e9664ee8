"""Thin: scoring stands in goldthread.identity and is tested there."""

from goldthread.identity import score_pairs


def model(dbt, session):
    dbt.config(materialized="table")
    return score_pairs(
        records=dbt.ref("int_identity__linkage_records"),
        exact_pairs=dbt.ref("int_identity__exact_pairs"),
        nicknames=dbt.ref("nicknames"),
        session=session,
        kept=f"{dbt.this.database}.identity_kept",
    )
