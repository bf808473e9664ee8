"""`goldthread identity resolve` on a table of two sources, from file to file."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from goldthread.cli import main

HEADER = (
    "source,nr,first_name,last_name,birth_date,email,address_line,postal_code,city,phone,country"
)
ROWS = (
    # One person by details, one of them mistyped; and her mailbox in a record without a name.
    "shop,1,Paula,Hensley,1987-04-11,paula@mail.example,12 Hill Road,94110,San Francisco,,",
    "desk,1,Paula,Hensly,1987-04-11,,12 Hill Road,94110,San Francisco,,",
    "desk,2,,,,paula@mail.example,,,,,",
    # Father and son at one address.
    "shop,2,Henry,Marlow,1948-01-30,,7 Lake Drive,60601,Chicago,,",
    "desk,3,Henry,Marlow,1979-08-11,,7 Lake Drive,60601,Chicago,,",
    # Nobody else.
    "shop,3,Ida,Kern,1991-02-17,ida@mail.example,3 Mill Lane,10001,New York,020 7946 0958,GB",
    # Her number again, dialled from abroad; and one that no country knows, written in two ways.
    "desk,4,,,,,,,,+44 20 7946 0958,",
    "shop,4,,,,,,,,(02) 12-34-56,",
    "desk,5,,,,,,,,02 12 34 56,",
    # A digit too many, which makes it a number that nobody can dial.
    "shop,5,Otto,Brandt,,,,,,919 555 0142,",
    "desk,6,Otto,Brandt,,,,,,919 5555 0142,",
)

pytestmark = pytest.mark.usefixtures("forked_dbt", "no_parsed_project_of_our_own")


@pytest.fixture
def no_parsed_project_of_our_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever stands in ``target`` of this checkout: the command takes what it finds there."""
    monkeypatch.setenv("DBT_TARGET_PATH", str(tmp_path / "target"))


def resolve(folder: Path, rows: tuple[str, ...], out: str, *options: str) -> list[dict[str, str]]:
    table = folder / "people.csv"
    table.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    arguments = ["identity", "resolve", str(table), "--out", str(folder / out), "--json"]
    done = CliRunner().invoke(main, [*arguments, "--id-column", "nr", *options])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["records"] == len(rows)
    with (folder / out).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("options", [(), ("--train",)])
def test_a_table_is_resolved_with_evidence(tmp_path: Path, options: tuple[str, ...]) -> None:
    found = resolve(tmp_path, ROWS, "out.csv", *options)
    customers = {(row["source"], row["nr"]): row["customer_id"] for row in found}
    assert len(customers) == len(ROWS)
    assert customers["shop", "1"] == customers["desk", "1"] == customers["desk", "2"]
    assert customers["shop", "3"] == customers["desk", "4"]
    assert customers["shop", "4"] == customers["desk", "5"]
    assert customers["shop", "5"] == customers["desk", "6"]
    assert len(set(customers.values())) == 6
    by_phone = next(row for row in found if (row["source"], row["nr"]) == ("desk", "6"))
    assert "phone one digit differs" in by_phone["evidence"]
    by_mail = next(row for row in found if (row["source"], row["nr"]) == ("desk", "2"))
    assert by_mail["evidence"].startswith("shared email")
    assert (by_mail["matched_source"], by_mail["matched_record_id"]) == ("shop", "1")
    by_details = next(row for row in found if (row["source"], row["nr"]) == ("desk", "1"))
    assert "last name spelled alike" in by_details["evidence"]
    assert float(by_details["match_probability"]) > 0.9
    assert by_details["record_count"] == "3"
    # Nothing of it follows from the order of the rows.
    assert resolve(tmp_path, tuple(reversed(ROWS)), "again.csv", *options) == found


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "people.csv"
    table.write_text("id,email\n1,a@b.example\n")
    done = CliRunner().invoke(
        main, ["identity", "resolve", str(table), "--out", str(tmp_path / "out.xlsx")]
    )
    assert done.exit_code == 2
    assert "neither .parquet nor .csv" in done.output
