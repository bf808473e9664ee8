"""CRM contacts: ``crm/*.csv``, a full export each time.

A contact without ``updated_at`` still names a person and sorts as the oldest version of its
row; a wrong ``updated_at`` breaks the row.
"""

from connectors.sources.declaration import Column, Source, Table

SOURCE = Source(
    name="crm",
    description="CRM contacts, one row a contact and export.",
    tables=(
        Table(
            name="contacts",
            files=("crm/*.csv",),
            format="csv",
            key=("contact_id",),
            identifying=("email", "phone", "first_name", "last_name"),
            columns=(
                Column("contact_id", need="required"),
                Column("email", "email"),
                Column("first_name"),
                Column("last_name"),
                Column("phone", "phone"),
                Column("birth_date", "date", birthday=True),
                Column("company"),
                Column("address_line"),
                Column("postal_code"),
                Column("city"),
                Column("country"),
                Column("user_id"),
                Column("lifecycle_stage"),
                Column("updated_at", "timestamp", need="checked"),
            ),
        ),
    ),
)
