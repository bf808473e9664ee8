"""Person records in the form in which they are compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldthread.identity.folding import umlauts_sql, write_folded

if TYPE_CHECKING:
    import duckdb

PERSON_COLUMNS = (
    "first_name",
    "last_name",
    "birth_date",
    "email",
    "phone",
    "address_line",
    "postal_code",
    "city",
    "country",
)

# Dates that forms and exports put where nobody gave one.
PLACEHOLDER_DATES = "('1900-01-01', '1901-01-01', '1970-01-01', '1900-01-02', '1899-12-31')"

# What makes a record worth a comparison.
NAMED = "coalesce(first_name, last_name, cast(birth_date as varchar))"
LOCATED = f"coalesce({NAMED}, address_line)"
ANYTHING = "coalesce(email, phone, postal_code, city)"


def prepare_people(
    cursor: duckdb.DuckDBPyConnection,
    records: str,
    nicknames: str,
    target: str = "people",
    *,
    stand_in: bool = True,
    known: str | None = None,
    first_id: int = 1,
) -> None:
    """Write table ``target``: one row per person record of table ``records`` that can be compared.

    records: source_record_key, record_number (by the key's order), profile_number and the person
    columns; only rows that are their own profile and carry a name or a birth date are taken. Where
    nobody has either, whoever has an address is, and that stands for a name: one comparison cannot
    tell alone what it is worth. Without stand_in, for models that take addresses apart, it stays an
    address: whoever has one is taken, and where nobody has any of these, whoever has anything else
    to compare.
    nicknames: nickname, name (lower case). known: as ``comparable`` found it for a table of which
    this one is a part. first_id: the first record's number.
    Columns of the result: id (bigint, in order of record_number), source_record_key, record_number,
    and the person columns folded: names without accents and suffixes, as typed and with umlauts
    made one, roots of the given name, the birth date as date and digits, parts of e-mail and
    address.
    """
    write_folded(cursor, records)
    known = known or comparable(cursor, records, stand_in=stand_in)
    cursor.execute(_people_sql(records, nicknames, target, known, first_id))


def comparable(cursor: duckdb.DuckDBPyConnection, records: str, *, stand_in: bool) -> str:
    """SQL that is not null for whoever of the records can be compared (see ``prepare_people``)."""
    known, otherwise = (NAMED, "address_line") if stand_in else (LOCATED, ANYTHING)
    if cursor.execute(f"select 1 from {records} where {known} is not null limit 1").fetchone():
        return known
    return otherwise


def _people_sql(records: str, nicknames: str, target: str, known: str, first_id: int) -> str:
    last, street = "folded_names as last on last_name = last.text", "address_line"
    if known == "address_line":
        last = "folded_addresses as last on address_line = last.text"
        street = "cast(null as varchar)"
    return f"""
    create or replace table {target} as
    with profiles as (
        select
            record_number,
            row_number() over (order by record_number) + {first_id - 1} as id
        from {records}
        where record_number = profile_number and {known} is not null
    ),
    folded as (
        select
            profiles.id,
            source_record_key,
            record_number,
            first.typed as given_typed,
            split_part(first.matched, ' ', 1) as given_first,
            last.typed as family_typed,
            last.matched as family_name,
            last.suffix,
            case when birth_date not in {PLACEHOLDER_DATES} then birth_date end as birth_date,
            regexp_replace(email, '\\+[^@]*@', '@') as email,
            phone,
            addresses.shortened as address,
            addresses.house_number,
            addresses.street,
            regexp_replace(upper(postal_code), '[^A-Z0-9]', '', 'g') as postal_code,
            cities.folded as city,
            country
        from {records}
        join profiles using (record_number)
        left join folded_names as first on first_name = first.text
        left join {last}
        left join folded_addresses as addresses on {street} = addresses.text
        left join folded_names as cities on city = cities.text
    ),
    roots as (
        select {umlauts_sql("nickname")} as nickname, list(distinct {umlauts_sql("name")}) as names
        from {nicknames} group by 1
    )
    select
        id,
        source_record_key,
        record_number,
        given_typed,
        given_first,
        list_append(coalesce(roots.names, []), given_first) as given_roots,
        family_typed,
        family_name,
        string_split(family_name, ' ') as family_parts,
        given_typed || ' ' || family_typed as full_name,
        family_typed || ' ' || given_typed as full_name_swapped,
        left(replace(suffix, 'junior', 'jr'), 2) as suffix,
        birth_date,
        strftime(birth_date, '%Y%m%d') as birth_digits,
        email,
        replace(replace(split_part(email, '@', 1), '.', ''), '_', '') as email_local,
        phone,
        address,
        house_number,
        street,
        postal_code,
        city,
        country
    from folded
    left join roots on given_first = roots.nickname
    """
