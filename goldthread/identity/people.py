"""Person records in the form in which they are compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldthread.identity.transliteration import transliterate

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

# Columns whose letters beyond ASCII are spelled in Latin letters before anything is compared.
SPELLED = ("first_name", "last_name", "address_line", "city")

# Dates that forms and exports put where nobody gave one.
PLACEHOLDER_DATES = "('1900-01-01', '1901-01-01', '1970-01-01', '1900-01-02', '1899-12-31')"

# What makes a record worth a comparison.
NAMED = "coalesce(first_name, last_name, cast(birth_date as varchar))"

SUFFIXES = r"\b(jr|sr|junior|senior|ii|iii|iv)\b"

# Spellings of the same street word in the languages most addresses come in.
STREET_WORDS = (
    (r"\b(street|str|straat|strasse)\b", "st"),
    (r"(strasse|str)\b", "st"),
    (r"\b(road)\b", "rd"),
    (r"\b(avenue|av)\b", "ave"),
    (r"\b(boulevard)\b", "blvd"),
    (r"\b(drive)\b", "dr"),
    (r"\b(lane)\b", "ln"),
    (r"\b(court)\b", "ct"),
    (r"\b(place|pl|platz)\b", "pl"),
    (r"\b(square)\b", "sq"),
    (r"\b(terrace)\b", "ter"),
    (r"\b(circle)\b", "cir"),
    (r"\b(crescent)\b", "cres"),
    (r"\b(highway)\b", "hwy"),
    (r"\b(apartment|suite|unit|flat|app)\b", "apt"),
    (r"\b(north)\b", "n"),
    (r"\b(south)\b", "s"),
    (r"\b(east)\b", "e"),
    (r"\b(west)\b", "w"),
)


def prepare_people(
    cursor: duckdb.DuckDBPyConnection, records: str, nicknames: str, target: str = "people"
) -> None:
    """Write table ``target``: one row per person record of table ``records`` that can be compared.

    records: source_record_key, profile_key and the person columns; only rows that are their own
    profile and carry a name or a birth date are taken. Where nobody has either, whoever has an
    address is, and that stands for a name: one comparison cannot tell alone what it is worth.
    nicknames: nickname, name (lower case).
    Columns of the result: id (bigint, position by source_record_key), source_record_key, and the
    person columns folded: names without accents and suffixes, as typed and with umlauts made one,
    roots of the given name, the birth date as date and digits, parts of e-mail and address.
    """
    _spell(cursor, records)
    someone = cursor.execute(f"select 1 from {records} where {NAMED} is not null limit 1")
    is_named = someone.fetchone() is not None
    cursor.execute(_people_sql(records, nicknames, target, is_named))


def _spell(cursor: duckdb.DuckDBPyConnection, records: str) -> None:
    """Write table ``spellings``: each text with letters beyond ASCII, in Latin letters."""
    import pyarrow as pa

    texts = " union ".join(
        f"select {column} from {records} where regexp_matches({column}, '[^\\x00-\\x7F]')"
        for column in SPELLED
    )
    found = [row[0] for row in cursor.execute(texts).fetchall()]
    spelled = pa.array([transliterate(text) for text in found], "string")
    cursor.register("spellings", pa.table({"text": pa.array(found, "string"), "spelled": spelled}))


def _folded(column: str, letters: str = "a-z") -> str:
    """Lower case, no accents, no marks, one blank between words."""
    spelled = f"coalesce({column}_spelled.spelled, lower({column}))"
    no_marks = f"replace(replace({spelled}, '''', ''), '.', ' ')"
    return f"nullif(trim(regexp_replace({no_marks}, '[^{letters}\\p{{L}}]+', ' ', 'g')), '')"


def _umlauts(expression: str) -> str:
    """ä, ae and a are one, so are ö and ü. For equality only: it would double a typing error."""
    return f"replace(replace(replace({expression}, 'ae', 'a'), 'oe', 'o'), 'ue', 'u')"


def _people_sql(records: str, nicknames: str, target: str, is_named: bool) -> str:
    family, address, known = _folded("last_name"), _folded("address_line", "a-z0-9"), NAMED
    if not is_named:
        family, address, known = address, "cast(null as varchar)", "address_line"
    street = "address_folded"
    for pattern, short in STREET_WORDS:
        street = f"regexp_replace({street}, '{pattern}', '{short}', 'g')"
    spelled = "\n".join(
        f"left join spellings as {column}_spelled on {column} = {column}_spelled.text"
        for column in SPELLED
    )
    return f"""
    create or replace table {target} as
    with folded as (
        select
            source_record_key,
            {_folded("first_name")} as given,
            {family} as family,
            {address} as address_folded,
            {_folded("city")} as city,
            case when birth_date not in {PLACEHOLDER_DATES} then birth_date end as birth_date,
            regexp_replace(email, '\\+[^@]*@', '@') as email,
            phone,
            regexp_replace(upper(postal_code), '[^A-Z0-9]', '', 'g') as postal_code,
            country
        from {records}
        {spelled}
        where source_record_key = profile_key
            and {known} is not null
    ),
    stripped as (
        select
            *,
            nullif(trim(regexp_replace(given, '{SUFFIXES}', '', 'g')), '') as given_typed,
            nullif(trim(regexp_replace(family, '{SUFFIXES}', '', 'g')), '') as family_typed,
            nullif(regexp_extract(coalesce(family, ''), '{SUFFIXES}', 1), '') as suffix
        from folded
    ),
    parts as (
        select *, split_part({_umlauts("given_typed")}, ' ', 1) as given_first from stripped
    ),
    roots as (
        select {_umlauts("nickname")} as nickname, list(distinct {_umlauts("name")}) as names
        from {nicknames} group by 1
    )
    select
        row_number() over (order by parts.source_record_key) as id,
        parts.source_record_key,
        given_typed,
        given_first,
        list_append(coalesce(roots.names, []), given_first) as given_roots,
        family_typed,
        {_umlauts("family_typed")} as family_name,
        string_split({_umlauts("family_typed")}, ' ') as family_parts,
        given_typed || ' ' || family_typed as full_name,
        family_typed || ' ' || given_typed as full_name_swapped,
        left(replace(suffix, 'junior', 'jr'), 2) as suffix,
        birth_date,
        strftime(birth_date, '%Y%m%d') as birth_digits,
        email,
        replace(replace(split_part(email, '@', 1), '.', ''), '_', '') as email_local,
        phone,
        nullif({street}, '') as address,
        regexp_extract(address_folded, '\\d+') as house_number,
        nullif(trim(regexp_replace({street}, '[0-9]+', '', 'g')), '') as street,
        postal_code,
        city,
        country
    from parts
    left join roots on parts.given_first = roots.nickname
    """
