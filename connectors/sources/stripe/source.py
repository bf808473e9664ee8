"""Stripe customers and charges: ``stripe/customers.jsonl`` and ``stripe/charges.jsonl``.

An object that changed stands again further down; the newest line counts. Amounts are in minor
units. A customer without ``created`` still names a person; a charge without it stands nowhere
in time and is broken.
"""

from connectors.sources.declaration import Column, Source, Table

# Stripe's own limit: amounts have up to twelve digits.
MOST = 999_999_999_999

SOURCE = Source(
    name="stripe",
    description="Card payments: customers and charges.",
    tables=(
        Table(
            name="customers",
            files=("stripe/customers.jsonl", "stripe/customers.jsonl.gz"),
            format="jsonl",
            key=("id",),
            newest="line",
            identifying=("email", "phone", "name", "metadata.user_id"),
            columns=(
                Column("id", need="required"),
                Column("object"),
                Column("email", "email"),
                Column("name"),
                Column("phone", "phone"),
                Column("address", "json"),
                Column("created", "epoch", need="checked"),
                Column("metadata", "json", inner=(("user_id", "text"),)),
            ),
        ),
        Table(
            name="charges",
            files=("stripe/charges.jsonl", "stripe/charges.jsonl.gz"),
            format="jsonl",
            key=("id",),
            newest="line",
            identifying=(
                "customer",
                "receipt_email",
                "billing_details.email",
                "billing_details.phone",
                "billing_details.name",
                "metadata.user_id",
                "metadata.purchase_id",
            ),
            columns=(
                Column("id", need="required"),
                Column("object"),
                Column("customer"),
                Column("amount", "integer", need="required", at_least=0, at_most=MOST),
                Column("amount_refunded", "integer", at_least=0, at_most=MOST),
                Column(
                    "currency",
                    need="required",
                    pattern="[A-Za-z]{3}",
                    meaning="a currency code of three letters",
                ),
                Column("status", need="required", allowed=("succeeded", "failed", "pending")),
                Column("created", "epoch", need="required"),
                Column("receipt_email", "email"),
                Column("billing_details", "json", inner=(("email", "email"),)),
                Column("metadata", "json", inner=(("user_id", "text"), ("purchase_id", "text"))),
            ),
        ),
    ),
)
