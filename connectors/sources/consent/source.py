"""Consent receipts of a consent platform: ``consent/*.jsonl``."""

from connectors.sources.consent.tcf import consented_purposes
from connectors.sources.declaration import Column, Source, Table

SOURCE = Source(
    name="consent",
    description="What people agreed to, one row a receipt.",
    tables=(
        Table(
            name="receipts",
            files=("consent/*.jsonl", "consent/*.jsonl.gz"),
            format="jsonl",
            key=("receipt_id",),
            identifying=("identifier_value",),
            skip_known=False,
            columns=(
                Column("receipt_id", need="required"),
                Column(
                    "identifier_type",
                    need="required",
                    allowed=("email", "user_id", "anonymous_id", "phone"),
                ),
                Column("identifier_value"),
                Column("purposes", "json"),
                Column("jurisdiction"),
                Column("gpc", "boolean"),
                Column(
                    "tcf",
                    meaning="an IAB TCF v2 consent string",
                    derives=(("tcf_purposes", consented_purposes),),
                ),
                Column("collected_at", "timestamp", need="required"),
            ),
        ),
    ),
)
