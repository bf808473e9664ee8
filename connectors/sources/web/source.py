"""Web and app messages by the Segment specification: ``web/*.jsonl`` and ``web/*.jsonl.gz``.

The client's own ``timestamp`` may be wrong by years, because clocks are; staging corrects it by
``sentAt`` and ``receivedAt``. So only its form is checked, and a message without it stands at
its ``receivedAt`` or ``sentAt``. Where all that a message tells is impossible, it is broken.
"""

from connectors.sources.declaration import Column, Source, Table

SOURCE = Source(
    name="web",
    description="Behaviour on web site and app, one row a message.",
    tables=(
        Table(
            name="messages",
            files=("web/*.jsonl", "web/*.jsonl.gz"),
            format="jsonl",
            key=("message_id",),
            identifying=("anonymous_id", "user_id"),
            dated_by=("timestamp", "received_at", "sent_at"),
            skip_known=False,
            columns=(
                Column("message_id", need="required", source_name="messageId"),
                Column(
                    "type",
                    need="required",
                    allowed=("identify", "track", "page", "screen", "group", "alias"),
                ),
                Column("anonymous_id", source_name="anonymousId"),
                Column("user_id", source_name="userId"),
                Column("previous_id", source_name="previousId"),
                Column("timestamp", "timestamp", need="checked", any_year=True),
                Column("sent_at", "timestamp", source_name="sentAt", any_year=True),
                Column("received_at", "timestamp", source_name="receivedAt"),
                Column("event"),
                Column("name"),
                Column("properties", "json"),
                Column("traits", "json"),
                Column("context", "json"),
            ),
        ),
    ),
)
