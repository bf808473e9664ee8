"""E-mail events as SendGrid's event webhook writes them: ``email/*.jsonl``."""

from connectors.sources.declaration import Column, Source, Table

EVENTS = (
    "processed",
    "delivered",
    "open",
    "click",
    "bounce",
    "dropped",
    "spamreport",
    "unsubscribe",
    "group_unsubscribe",
)

SOURCE = Source(
    name="email",
    description="What became of each e-mail, one row an event.",
    tables=(
        Table(
            name="events",
            files=("email/*.jsonl", "email/*.jsonl.gz"),
            format="jsonl",
            key=("sg_event_id",),
            identifying=("email",),
            skip_known=False,
            columns=(
                Column("email", "email"),
                Column("timestamp", "epoch", need="required"),
                Column("event", need="required", allowed=EVENTS),
                Column("sg_event_id", need="required"),
                Column("sg_message_id"),
                Column("campaign_id"),
                Column("url"),
                Column("reason"),
                Column("ip"),
                Column("useragent"),
            ),
        ),
    ),
)
