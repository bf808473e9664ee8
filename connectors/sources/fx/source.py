"""Exchange rates into the base currency (optional): ``fx/rates.csv``."""

from connectors.sources.declaration import Column, Source, Table

SOURCE = Source(
    name="fx",
    description="Exchange rates, one row a currency and first day of validity.",
    tables=(
        Table(
            name="rates",
            files=("fx/rates.csv",),
            format="csv",
            key=("currency", "valid_from"),
            newest="line",
            columns=(
                Column(
                    "currency",
                    need="required",
                    pattern="[A-Za-z]{3}",
                    meaning="a currency code of three letters",
                ),
                Column("rate_to_base", "rate", need="required", above=0, at_most=100_000),
                Column("valid_from", "date", need="required"),
            ),
        ),
    ),
)
