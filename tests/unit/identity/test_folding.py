"""Texts are folded once each, and come out as if every record's had been."""

from __future__ import annotations

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from goldthread.identity.folding import STREET_WORDS, write_folded
from tests.unit.identity.conftest import linkage_records

WORDS = st.sampled_from(
    (
        *(
            "Street",
            "str.",
            "Hauptstraße",
            "Bahnhofstr",
            "12str",
            "Av",
            "avenue",
            "North",
            "12",
            "7b",
        ),
        *("Suite", "apt", "O'Hill", "Calle", "市street", "улица", "Östra", "Platz", "pl", "west"),
    )
)
ADDRESSES = st.lists(
    st.lists(WORDS | st.text(max_size=6), max_size=6).map(" ".join), min_size=1, max_size=20
)


@settings(max_examples=60, deadline=None)
@given(ADDRESSES)
def test_street_words_are_shortened_as_in_the_whole_address(addresses: list[str]) -> None:
    people = {f"r{n}": {"address_line": address} for n, address in enumerate(addresses)}
    with duckdb.connect() as con:
        con.register("records", linkage_records(people))
        write_folded(con, "records")
        whole = "folded"
        for pattern, short in STREET_WORDS:
            whole = f"regexp_replace({whole}, '{pattern}', '{short}', 'g')"
        differing = con.execute(
            f"select folded, shortened, {whole} from folded_addresses "
            f"where shortened is distinct from nullif({whole}, '')"
        ).fetchall()
        assert differing == []
        assert con.execute(
            "select count(distinct text) = count(*) from folded_addresses"
        ).fetchone() == (True,)


def test_a_suffix_is_no_part_of_the_name(con: duckdb.DuckDBPyConnection) -> None:
    names = {"a": "Pike Sr.", "b": "Pike III", "c": "MÜLLER-Lüdenscheidt", "d": "Jr."}
    people = {key: {"last_name": name} for key, name in names.items()}
    con.register("records", linkage_records(people))
    write_folded(con, "records")
    rows = con.execute("select text, typed, matched, suffix from folded_names").fetchall()
    assert sorted(rows) == [
        ("Jr.", None, None, "jr"),
        ("MÜLLER-Lüdenscheidt", "muller ludenscheidt", "muller ludenscheidt", None),
        ("Pike III", "pike", "pike", "iii"),
        ("Pike Sr.", "pike", "pike", "sr"),
    ]
