"""Decisions of people (optional): ``stewardship/*.csv``."""

from connectors.sources.declaration import Column, Source, Table

SOURCE = Source(
    name="stewardship",
    description="Identity overrides, attribute corrections and suppressions made by people.",
    tables=(
        Table(
            name="identity_overrides",
            files=("stewardship/identity_overrides*.csv",),
            format="csv",
            key=("override_id",),
            newest="file",
            columns=(
                Column("override_id", need="required"),
                Column("override_type", need="required", allowed=("must_link", "cannot_link")),
                Column("left_source", need="required"),
                Column("left_source_record_id", need="required"),
                Column("right_source", need="required"),
                Column("right_source_record_id", need="required"),
                Column("decided_by"),
                Column("reason"),
                Column("decided_at", "timestamp", need="checked"),
                Column("expires_at", "timestamp", need="checked", any_year=True),
            ),
        ),
        Table(
            name="attribute_corrections",
            files=("stewardship/attribute_corrections*.csv",),
            format="csv",
            key=("correction_id",),
            newest="file",
            columns=(
                Column("correction_id", need="required"),
                Column("source", need="required"),
                Column("source_record_id", need="required"),
                Column("attribute", need="required"),
                Column("value"),
                Column("decided_by"),
                Column("reason"),
                Column("decided_at", "timestamp", need="checked"),
            ),
        ),
        Table(
            name="suppressions",
            files=("stewardship/suppressions*.csv",),
            format="csv",
            key=("suppression_id",),
            newest="file",
            columns=(
                Column("suppression_id", need="required"),
                Column("identifier_type", need="required"),
                Column("identifier_value", need="required"),
                Column("purpose"),
                Column("reason"),
                Column("suppressed_at", "timestamp", need="checked"),
            ),
        ),
    ),
)
