"""Names and addresses in the form in which spellings of one meet.

Names repeat, so every text is folded once, in tables of their own that records are joined with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldthread.identity.transliteration import transliterate

if TYPE_CHECKING:
    import duckdb

NAMES = ("first_name", "last_name", "city")

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


def write_folded(cursor: duckdb.DuckDBPyConnection, records: str) -> None:
    """Write tables ``folded_names`` and ``folded_addresses``: one row for each text of ``records``.

    Columns: text; folded (lower case, no accents, no marks, one blank between words), typed (folded
    without suffixes), matched (typed, with umlauts made one), suffix; and of addresses shortened
    (folded, with street words in their short spelling), house_number, street (without numbers).
    """
    _register_spellings(cursor, records)
    _write_texts(cursor, "folded_names", records, NAMES, "a-z")
    _write_texts(cursor, "address_texts", records, ("address_line",), "a-z0-9")
    cursor.execute(
        "create or replace table folded_addresses as "
        "with shortened as ("
        f"select *, nullif({_shortened_sql(cursor)}, '') as shortened from address_texts) "
        "select *, regexp_extract(folded, '\\d+') as house_number, "
        "nullif(trim(regexp_replace(shortened, '[0-9]+', '', 'g')), '') as street from shortened"
    )


def umlauts_sql(expression: str) -> str:
    """ä, ae and a are one, so are ö and ü. For equality only: it would double a typing error."""
    return f"replace(replace(replace({expression}, 'ae', 'a'), 'oe', 'o'), 'ue', 'u')"


def _register_spellings(cursor: duckdb.DuckDBPyConnection, records: str) -> None:
    """Register table ``spellings``: each text with letters beyond ASCII, in Latin letters."""
    import pyarrow as pa

    texts = " union ".join(
        f"select {column} from {records} where regexp_matches({column}, '[^\\x00-\\x7F]')"
        for column in (*NAMES, "address_line")
    )
    found = [row[0] for row in cursor.execute(texts).fetchall()]
    spelled = pa.array([transliterate(text) for text in found], "string")
    cursor.register("spellings", pa.table({"text": pa.array(found, "string"), "spelled": spelled}))


def _write_texts(
    cursor: duckdb.DuckDBPyConnection,
    target: str,
    records: str,
    columns: tuple[str, ...],
    letters: str,
) -> None:
    """letters: what is kept besides letters beyond ASCII."""
    texts = " union ".join(f"select distinct {column} as text from {records}" for column in columns)
    no_marks = "replace(replace(coalesce(spelled, lower(text)), '''', ''), '.', ' ')"
    cursor.execute(
        f"""
        create or replace table {target} as
        with folded as (
            select
                text,
                nullif(
                    trim(regexp_replace({no_marks}, '[^{letters}\\p{{L}}]+', ' ', 'g')), ''
                ) as folded
            from ({texts}) left join spellings using (text)
            where text is not null
        ),
        stripped as (
            select
                *,
                nullif(trim(regexp_replace(folded, '{SUFFIXES}', '', 'g')), '') as typed,
                nullif(regexp_extract(coalesce(folded, ''), '{SUFFIXES}', 1), '') as suffix
            from folded
        )
        select *, {umlauts_sql("typed")} as matched from stripped
        """
    )


def _shortened_sql(cursor: duckdb.DuckDBPyConnection) -> str:
    """SQL over ``address_texts``: the address with its street words shortened.

    No pattern reaches over a blank, and addresses have few different words: the patterns are
    applied to each word once, and the words that they change are replaced.
    """
    short = "word"
    for pattern, spelling in STREET_WORDS:
        short = f"regexp_replace({short}, '{pattern}', '{spelling}', 'g')"
    # A table of its own: DuckDB would else apply the patterns before it makes words distinct.
    cursor.execute(
        "create or replace table address_words as "
        "select distinct unnest(string_split(folded, ' ')) as word from address_texts"
    )
    changed = cursor.execute(
        f"select word, {short} as short from address_words "
        "where regexp_matches(word, '[a-z]') and short <> word order by word"
    ).fetchall()
    if not changed:
        return "folded"
    arms = " ".join(f"when '{word}' then '{spelling}'" for word, spelling in changed)
    shorten = f"lambda word: case word {arms} else word end"
    return f"array_to_string(list_transform(string_split(folded, ' '), {shorten}), ' ')"
