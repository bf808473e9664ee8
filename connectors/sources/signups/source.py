"""E-mail sign-ups: ``signups/*.csv``.

A sign-up that says nothing about its moment still names a person, so ``signed_up_at`` may be
absent; a wrong one breaks the row.
"""

from connectors.sources.declaration import Column, Source, Table

SOURCE = Source(
    name="signups",
    description="E-mail sign-ups, one row a form that was sent.",
    tables=(
        Table(
            name="signups",
            files=("signups/*.csv",),
            format="csv",
            key=("signup_id",),
            identifying=("email", "phone", "first_name", "last_name"),
            columns=(
                Column("signup_id", need="required"),
                Column("email", "email"),
                Column("first_name"),
                Column("last_name"),
                Column("phone", "phone"),
                Column("birth_date", "date", birthday=True),
                Column("postal_code"),
                Column("city"),
                Column("country"),
                Column("marketing_opt_in", "boolean"),
                Column("signup_source"),
                Column("signed_up_at", "timestamp", need="checked"),
            ),
        ),
    ),
)
