"""Loading into a warehouse: only what is new, nothing twice, nothing lost."""

from __future__ import annotations

import gzip
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from connectors.sources import NotWritten, UnreadableFile, find_source, source_names
from connectors.sources._engine.state import pipeline_name, read_state
from connectors.sources.raw_columns import table_columns
from goldthread.warehouse.errors import HomeRefused
from tests.integration.loading import Home
from tests.unit.connectors.sources.samples import (
    SIGNUP_HEADER,
    app_database,
    lines,
    message,
    signup,
)

HEADER = "suppression_id,identifier_type,identifier_value,purpose,reason,suppressed_at\n"
DECISION = "{0},email,{0}@example.org,,asked,2026-11-01T00:00:00Z\n"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def signups(*records: str) -> str:
    return "".join(f"{record}\n" for record in (SIGNUP_HEADER, *records))


def test_without_any_input_every_table_exists_with_its_types(home: Home) -> None:
    results = home.load()
    assert {table.rows_loaded for table in results.values()} == {0}
    found = home.rows(
        "select table_schema, table_name, column_name, lower(data_type) "
        "from information_schema.columns"
    )
    for name in source_names():
        source = find_source(name)
        for table in source.tables:
            for column, kind in table_columns(table):
                assert (source.schema, table.name, column, kind) in found
    assert home.rows("from raw_goldthread.quarantined_rows") == []
    assert home.rows("from raw_goldthread.value_issues") == []
    assert not home.settings.dlt_dir.exists(), "nothing to load, yet dlt was started"


def test_rows_carry_their_lineage(home: Home) -> None:
    home.put("web/a.jsonl.gz", gzip.compress(lines(message("m1")).encode()))
    app_database(
        home.settings.input_dir / "app/app.sqlite",
        users=[{"user_id": "u1", "email": "ann@example.org"}],
    )
    home.load("web", "app")
    lineage = "_source_file, _row_number, _file_version, _loaded_at, length(_row_hash)"
    as_of = datetime(2026, 11, 15, 12)
    assert home.rows(f"select {lineage} from raw_web.messages") == [
        ("web/a.jsonl.gz", 1, 0, as_of, 32)
    ]
    assert home.rows(f"select {lineage} from raw_app.users") == [
        ("app/app.sqlite", 1, 0, as_of, 32)
    ]
    assert home.column("select distinct _load_run from raw_web.messages") == home.column(
        "select run_id from raw_goldthread.runs"
    )


def test_a_second_load_finds_nothing_new(home: Home) -> None:
    home.put("web/a.jsonl", lines(message("m1"), "{"))
    home.put("signups/a.csv", signups(signup("s1"), signup("", "x")))
    home.load()
    before = home.content()
    again = home.load()
    assert {(table.files, table.rows_read) for table in again.values()} == {(0, 0)}
    assert home.content() == before
    left = [path for path in home.settings.dlt_dir.rglob("*") if path.is_file()]
    assert left == [], "a copy of people's data was left behind"


def test_a_touched_file_is_looked_at_once(home: Home) -> None:
    path = home.put("web/a.jsonl", lines(message("m1"), "{"))
    home.load("web")
    before = home.content()
    path.touch()
    assert home.load("web")["web.messages"].rows_loaded == 0
    assert home.content() == before
    assert home.broken() == [("web/a.jsonl", 2)]


def test_only_the_grown_part_of_a_file_is_loaded(home: Home) -> None:
    home.put("web/a.jsonl", lines(message("m1"), "{") + '{"messageId": "m3", "ty')
    assert home.load("web")["web.messages"].rows_loaded == 1
    assert home.broken() == [("web/a.jsonl", 2), ("web/a.jsonl", 3)]

    home.add("web/a.jsonl", 'pe": "page", "userId": "u1", "timestamp": "2026-11-01"}\n')
    home.add("web/a.jsonl", lines(message("m4")))
    grown = home.load("web")["web.messages"]
    assert (grown.rows_read, grown.rows_loaded) == (2, 2)
    assert home.column("select message_id from raw_web.messages order by _row_number") == [
        "m1",
        "m3",
        "m4",
    ]
    assert home.broken() == [("web/a.jsonl", 2)], "a row that healed leaves quarantine"


def test_a_row_cut_off_in_the_middle_is_replaced_when_it_is_whole(home: Home) -> None:
    # Cut here, the line is a sound row with a wrong value: only the next delivery shows it.
    home.put("signups/a.csv", signups(signup("s1", "ann@example.org")[:-20])[:-1])
    home.put("signups/a.csv", SIGNUP_HEADER + "\ns1,ann@example.org,,,,,,,,,,2026-01-0")
    home.load("signups")
    home.put("signups/a.csv", SIGNUP_HEADER + "\ns1,ann@example.org,,,,,,,,,,2026-01-02\n")
    home.load("signups")
    assert home.column("select signed_up_at from raw_signups.signups") == [datetime(2026, 1, 2)]


def test_of_a_rewritten_file_only_changed_rows_are_loaded(home: Home) -> None:
    home.put("signups/a.csv", signups(signup("s1"), signup("s2"), signup("", "x@y.co")))
    home.load("signups")
    home.put("signups/a.csv", signups(signup("s2", city="Rome"), signup("s1"), signup("s3")))
    result = home.load("signups")["signups.signups"]
    assert (result.rows_read, result.rows_loaded, result.rows_skipped) == (3, 2, 1)
    assert home.rows(
        "select signup_id, city, _row_number, _file_version from raw_signups.signups "
        "order by _file_version, _row_number"
    ) == [("s1", None, 2, 0), ("s2", None, 3, 0), ("s2", "Rome", 2, 1), ("s3", None, 4, 1)]
    assert home.broken() == []


def test_rows_of_a_new_export_that_are_known_are_left_out(home: Home) -> None:
    home.put("signups/a.csv", signups(signup("s1"), signup("s2", birth_date="soon")))
    home.load("signups")
    home.put("signups/b.csv", signups(signup("s1"), signup("s2", birth_date="soon"), signup("s3")))
    result = home.load("signups")["signups.signups"]
    assert (result.rows_loaded, result.rows_skipped, result.value_issues) == (1, 2, 0)
    assert home.rows("select row_key, source_file from raw_goldthread.value_issues") == [
        ("s2", "signups/a.csv")
    ]


def test_the_value_issues_of_a_rewritten_file_are_those_of_its_newest_version(home: Home) -> None:
    home.put("signups/a.csv", signups(signup("s1", phone="12"), signup("s2", phone="13")))
    home.load("signups")
    home.put("signups/a.csv", signups(signup("s1", phone="12"), signup("s2")))
    home.load("signups")
    assert home.rows("select row_key, raw_value from raw_goldthread.value_issues") == [("s1", "12")]


def test_the_last_line_of_an_object_counts_even_if_it_says_what_was_known(home: Home) -> None:
    def customer(name: str) -> dict[str, object]:
        return {"id": "cus_1", "name": name, "created": 1793527200}

    newest = (
        "select name from raw_stripe.customers "
        "order by _file_version desc, _row_number desc limit 1"
    )
    home.put("stripe/customers.jsonl", lines(customer("Ann"), customer("Anna")))
    home.load("stripe")
    assert home.column(newest) == ["Anna"]
    home.add("stripe/customers.jsonl", lines(customer("Ann")))
    home.load("stripe")
    assert home.column(newest) == ["Ann"]
    home.put("stripe/customers.jsonl", lines(customer("Anne"), customer("Ann")))
    home.load("stripe")
    assert home.column(newest) == ["Ann"]
    home.put("stripe/customers.jsonl", lines(customer("Ann")))
    assert home.load("stripe")["stripe.customers"].rows_skipped == 1


def test_changed_rows_of_the_app_are_loaded_as_new_versions(home: Home) -> None:
    path = home.settings.input_dir / "app/app.sqlite"
    user = {"user_id": "u1", "email": "ann@example.org", "updated_at": "2026-11-01T00:00:00Z"}
    app_database(path, users=[user, {**user, "user_id": "u2"}])
    home.load("app")
    path.unlink()
    changed = {**user, "email": "lee@example.org", "updated_at": "2026-11-02T00:00:00Z"}
    app_database(path, users=[changed, {**user, "user_id": "u2"}])
    result = home.load("app")["app.users"]
    assert (result.rows_read, result.rows_loaded) == (2, 1)
    assert home.column("select email from raw_app.users where user_id = 'u1' order by all") == [
        "ann@example.org",
        "lee@example.org",
    ]


def test_a_decision_taken_out_of_its_file_is_taken_back(home: Home) -> None:
    name = "stewardship/suppressions.csv"
    header, row = HEADER, DECISION
    ids = "select suppression_id from raw_stewardship.suppressions order by all"
    home.put(name, header + row.format("a") + row.format("b") + row.format("c"))
    home.load("stewardship")
    # b is gone; c was mistyped: until it is mended, what it said before still holds.
    home.put(name, header + row.format("a") + "c,email,,,asked,\n")
    home.load("stewardship")
    assert home.column(ids) == ["a", "c"]
    assert home.broken() == [(name, 3)]
    home.put(name, header)
    home.load("stewardship")
    assert home.column(ids) == []
    home.put(name, header + row.format("a"))
    home.load("stewardship")
    (home.settings.input_dir / name).unlink()
    home.load("stewardship")
    assert home.column(ids) == ["a"], "a file that is missing takes nothing back"


@pytest.mark.parametrize(
    "unreadable",
    [
        HEADER + DECISION.format("a") + "b,email,b@example.org,,asked, twice,2026-11-01\n",
        HEADER + DECISION.format("a") + 'b,email,b@example.org,,"asked,2026-11-01\n',
        HEADER + DECISION.format("a") + "b,email,b@example.org,,fr\xfcher,2026-11-01\n",
        (HEADER + DECISION.format("a")).replace(",", ";"),
        DECISION.format("a"),
        "",
        "\n",
        HEADER[:9],
    ],
)
def test_beside_a_line_that_cannot_be_read_no_decision_is_taken_back(
    home: Home, unreadable: str
) -> None:
    name = "stewardship/suppressions.csv"
    held = "select suppression_id from raw_stewardship.suppressions order by all"
    home.put(name, HEADER + DECISION.format("a") + DECISION.format("b"))
    home.load("stewardship")
    home.put(name, unreadable.encode("latin-1"))
    home.load("stewardship")
    assert home.column(held) == ["a", "b"]
    assert home.broken(), "nobody is told"
    # Cells that were cleared are no line.
    home.put(name, HEADER + DECISION.format("a") + ",,,,,\n")
    home.load("stewardship")
    assert home.column(held) == ["a"]


def test_a_decision_is_known_by_its_id_without_the_blanks_around_it(home: Home) -> None:
    name = "stewardship/suppressions.csv"
    held = "select trim(suppression_id) from raw_stewardship.suppressions order by all"
    home.put(name, HEADER + DECISION.format(" a") + DECISION.format("b"))
    home.load("stewardship")
    home.put(name, HEADER + "a,email,,,asked,\n" + "b\t,email,b@example.org,,asked,never\n")
    home.load("stewardship")
    assert home.column(held) == ["a", "b"], "a row that is only broken now was taken back"


def test_a_decision_moved_to_another_file_stays(home: Home) -> None:
    header, row = HEADER, DECISION
    held = "select suppression_id, _source_file from raw_stewardship.suppressions order by all"
    new, old = "stewardship/suppressions.csv", "stewardship/suppressions_2026.csv"
    home.put(new, header + row.format("a") + row.format("b"))
    home.load("stewardship")
    # Both at once, and first copied, then taken out.
    home.put(old, header + row.format("a"))
    home.put(new, header + row.format("b"))
    home.load("stewardship")
    assert home.rows(held) == [("a", old), ("b", new)]
    home.put(old, header + row.format("a") + row.format("b"))
    home.load("stewardship")
    home.put(new, header)
    home.load("stewardship")
    assert home.rows(held) == [("a", old), ("b", old)]


def test_a_decision_that_is_dated_back_replaces_what_stood_there(home: Home) -> None:
    name = "stewardship/suppressions.csv"
    header = "suppression_id,identifier_type,identifier_value,purpose,reason,suppressed_at\n"
    for year in ("2027", "2026"):
        home.put(name, f"{header}a,email,a@example.org,,asked,{year}-01-01T00:00:00Z\n")
        home.load("stewardship")
    # Staging takes the newest decision of what is there.
    assert home.column("select year(suppressed_at) from raw_stewardship.suppressions") == [2026]


def test_a_deleted_warehouse_is_filled_again_from_the_input(home: Home) -> None:
    home.put("web/a.jsonl", lines(message("m1"), "{"))
    home.put("signups/a.csv", signups(signup("s1", phone="x")))
    home.load("web", "signups")
    before = home.content()
    home.settings.warehouse_path.unlink()
    home.load("web", "signups")
    assert home.content() == before


def test_an_older_copy_of_the_warehouse_catches_up(home: Home, tmp_path: Path) -> None:
    home.put("web/a.jsonl", lines(message("m1")))
    home.load("web")
    backup = home.settings.warehouse_path.read_bytes()
    home.add("web/a.jsonl", lines(message("m2")))
    home.load("web")
    home.settings.warehouse_path.write_bytes(backup)
    home.load("web")
    assert home.column("select message_id from raw_web.messages order by all") == ["m1", "m2"]


def test_a_column_declared_later_is_added(home: Home) -> None:
    home.load("fx")
    with duckdb.connect(str(home.settings.warehouse_path)) as con:
        con.execute("alter table raw_fx.rates drop column rate_to_base")
    home.put("fx/rates.csv", "currency,rate_to_base,valid_from\nEUR,1.1,2026-01-01\n")
    home.load("fx")
    assert home.rows("select currency, rate_to_base::double from raw_fx.rates") == [("EUR", 1.1)]


def test_a_column_of_another_type_is_changed(home: Home) -> None:
    home.put("fx/rates.csv", "currency,rate_to_base,valid_from\nEUR,1.1,2026-01-01\n")
    home.load("fx")
    with duckdb.connect(str(home.settings.warehouse_path)) as con:
        con.execute("alter table raw_fx.rates alter column rate_to_base type decimal(18, 6)")
    home.put("fx/rates.csv", "currency,rate_to_base,valid_from\nVND,0.0000391427,2026-01-01\n")
    home.load("fx")
    rates = home.rows("select rate_to_base::varchar from raw_fx.rates order by 1")
    assert rates == [("0.000039142700",), ("1.100000000000",)]


def test_our_reading_of_the_state_is_that_of_dlt(home: Home) -> None:
    home.put("web/a.jsonl", lines(message("m1")))
    home.load("web")
    import dlt

    pipeline = dlt.pipeline(
        pipeline_name("web"),
        pipelines_dir=str(home.settings.home / "elsewhere"),
        destination=dlt.destinations.duckdb(str(home.settings.warehouse_path)),
        dataset_name="raw_web",
    )
    pipeline.sync_destination()
    kept = pipeline.state["sources"]["web"]["goldthread"]
    with duckdb.connect(str(home.settings.warehouse_path)) as con:
        assert read_state(con, "web").to_dict() == kept
    assert kept["files"]["messages"]["web/a.jsonl"]["lines"] == 1


def test_a_load_that_cannot_be_written_says_so_and_counts_for_nothing(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dlt.destinations.impl.duckdb.duck import DuckDbCopyJob

    def refuse(self: object) -> None:
        raise OSError(28, "No space left on device")

    home.put("web/a.jsonl", lines(message("m1"), "{"))
    with monkeypatch.context() as patch:
        patch.setattr(DuckDbCopyJob, "run", refuse)
        with pytest.raises(NotWritten, match=r"warehouse.duckdb: OSError: .* No space left on"):
            home.load("web")
    assert home.load("web")["web.messages"].rows_loaded == 1
    assert home.broken() == [("web/a.jsonl", 2)]


def test_a_file_name_may_hold_anything(home: Home) -> None:
    home.put("web/it's \udcff.jsonl", lines(message("m1")))
    home.load("web")
    assert home.column("select _source_file from raw_web.messages") == ["web/it's \\xff.jsonl"]


def test_a_file_name_may_be_in_capitals(home: Home) -> None:
    home.put("Web/A.JSONL", lines(message("m1")))
    home.put("web/b.JSONL.GZ", gzip.compress(lines(message("m2")).encode()))
    home.load("web")
    assert home.rows("select message_id, _source_file from raw_web.messages order by 1") == [
        ("m1", "Web/A.JSONL"),
        ("m2", "web/b.JSONL.GZ"),
    ]


def test_hidden_and_unfinished_files_are_left_alone(home: Home) -> None:
    for name in (".a.jsonl", "a.jsonl.part", "a.txt", "inner/a.jsonl"):
        home.put(f"web/{name}", lines(message("m1")))
    (home.settings.input_dir / "web/b.jsonl").mkdir()
    assert home.load("web")["web.messages"].files == 0


def test_a_link_or_folder_in_place_of_a_file_is_told(home: Home) -> None:
    (home.settings.input_dir / "web").mkdir()
    link = home.settings.input_dir / "web/b.jsonl"
    link.symlink_to(home.settings.home / "not_mounted/b.jsonl")
    with pytest.raises(UnreadableFile, match=r"web/b\.jsonl cannot be read: it is a link to .*/n"):
        home.load("web")
    link.unlink()
    # As a container makes one for a file that is not there.
    (home.settings.input_dir / "app/app.sqlite").mkdir(parents=True)
    with pytest.raises(UnreadableFile, match=r"app/app\.sqlite cannot be read: it is a folder"):
        home.load("app")


@pytest.mark.parametrize("name", ["o'brien", "tenant=acme", "what?", "100%", "home #2"])
def test_a_home_that_the_engines_misread_is_refused_before_loading(
    tmp_path: Path, name: str
) -> None:
    home = Home(tmp_path / name)
    home.put("fx/rates.csv", "currency,rate_to_base,valid_from\nEUR,1.1,2026-01-01\n")
    with pytest.raises(HomeRefused, match="in its path; name another home"):
        home.load("fx")


def test_other_odd_homes_are_loaded_into(tmp_path: Path) -> None:
    home = Home(tmp_path / "a;$HOME~<c>|d:e@f g,h+i!j^(k) [bold]x *{a} {{ b }} 名前 `id`\\z")
    home.put("fx/rates.csv", "currency,rate_to_base,valid_from\nEUR,1.1,2026-01-01\n")
    assert home.load("fx")["fx.rates"].rows_loaded == 1
