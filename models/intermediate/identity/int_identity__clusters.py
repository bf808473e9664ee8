"""Thin: clustering stands in goldthread.identity and is tested there."""

from goldthread.identity import cluster_records


def model(dbt, session):
    dbt.config(materialized="table")
    return cluster_records(
        records=dbt.ref("int_identity__linkage_records"),
        edges=dbt.ref("int_identity__edges"),
        scored_pairs=dbt.ref("int_identity__scored_pairs"),
        identifiers=dbt.ref("int_identity__joining_identifiers"),
        join_limits=dbt.ref("join_limits"),
        session=session,
        kept=f"{dbt.this.database}.identity_kept",
    )
