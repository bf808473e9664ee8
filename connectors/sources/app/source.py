"""The app's own database: ``app/app.sqlite``, tables ``users`` and ``purchases``.

A user without ``updated_at`` still names a person and sorts as the oldest version of its row.
A purchase is a fact: it needs its status, quantity, price and currency, and one of
``purchased_at`` and ``updated_at`` to stand in time. The database holds one row a key, so where
times do not tell two versions apart, the one it held last counts.
"""

from connectors.sources.declaration import Column, Source, Table

SOURCE = Source(
    name="app",
    description="Users and purchases of the app.",
    tables=(
        Table(
            name="users",
            files=("app/app.sqlite",),
            format="sqlite",
            sqlite_table="users",
            key=("user_id",),
            newest="line",
            identifying=("email", "phone", "first_name", "last_name"),
            columns=(
                Column("user_id", need="required"),
                Column("email", "email"),
                Column("phone", "phone"),
                Column("first_name"),
                Column("last_name"),
                Column("birth_date", "date", birthday=True),
                Column("address_line"),
                Column("postal_code"),
                Column("city"),
                Column("country"),
                Column("created_at", "timestamp"),
                Column("updated_at", "timestamp", need="checked"),
            ),
        ),
        Table(
            name="purchases",
            files=("app/app.sqlite",),
            format="sqlite",
            sqlite_table="purchases",
            key=("purchase_id",),
            newest="line",
            identifying=("user_id",),
            dated_by=("purchased_at", "updated_at"),
            columns=(
                Column("purchase_id", need="required"),
                Column("user_id"),
                Column("product_id"),
                Column("product_name"),
                Column("category"),
                Column("quantity", "number", need="required", above=0, at_most=100_000),
                Column("unit_price", "number", need="required", at_least=0, at_most=10**9),
                Column(
                    "currency",
                    need="required",
                    pattern="[A-Za-z]{3}",
                    meaning="a currency code of three letters",
                ),
                Column("status", need="required", allowed=("completed", "refunded", "cancelled")),
                Column("purchased_at", "timestamp", need="checked"),
                Column("updated_at", "timestamp", need="checked"),
            ),
        ),
    ),
)
