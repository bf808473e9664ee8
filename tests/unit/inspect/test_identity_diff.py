"""Two states of customers, made by hand, and what the comparison says of them."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner, Result

from goldthread.cli import main
from goldthread.inspect.identity_diff import NoState, compare_identities, markdown

Customers = dict[str, str]  # each record by one letter, with its customer_id

BEFORE: Customers = {
    **dict.fromkeys("ab", "stays"),
    **dict.fromkeys("cd", "left"),
    **dict.fromkeys("e", "right"),
    **dict.fromkeys("fgh", "whole"),
    **dict.fromkeys("ij", "old-name"),
    **dict.fromkeys("klm", "one"),
    **dict.fromkeys("no", "two"),
    **dict.fromkeys("p", "gone"),
}
AFTER: Customers = {
    **dict.fromkeys("ab", "stays"),
    **dict.fromkeys("cde", "left"),
    **dict.fromkeys("fg", "whole"),
    **dict.fromkeys("h", "part"),
    **dict.fromkeys("ij", "new-name"),
    **dict.fromkeys("kl", "one"),
    **dict.fromkeys("mno", "two"),
    **dict.fromkeys("q", "fresh"),
}


def state(path: Path, customers: Customers, audiences: dict[str, int]) -> Path:
    """A file with the two tables that a state consists of."""
    with duckdb.connect(str(path)) as con:
        con.execute(f'create schema "{path.stem}".marts')
        con.execute(f'use "{path.stem}".marts')
        con.execute(
            "create table customer_source_records (source_record_key varchar, customer_id varchar)"
        )
        con.executemany("insert into customer_source_records values (?, ?)", customers.items())
        con.execute(
            "create table audience_memberships "
            "(audience varchar, customer_id varchar, exited_at timestamp)"
        )
        for name, members in audiences.items():
            con.execute(
                "insert into audience_memberships "
                f"select '{name}', 'c' || i, null from range({members}) as numbers(i)"
            )
            con.execute(f"insert into audience_memberships values ('{name}', 'x', now())")
    return path


@pytest.fixture
def states(tmp_path: Path) -> tuple[Path, Path]:
    return (
        state(tmp_path / "before.duckdb", BEFORE, {"buyers": 4, "dropped": 2}),
        state(tmp_path / "after.duckdb", AFTER, {"buyers": 3, "added": 1}),
    )


def test_each_customer_is_counted_for_what_became_of_it(states: tuple[Path, Path]) -> None:
    diff = compare_identities(*states)
    counts = (diff.unchanged, diff.merged, diff.split, diff.moved, diff.renamed)
    assert counts == (1, 1, 1, 1, 1)
    assert (diff.appeared, diff.disappeared) == (1, 1)
    assert (diff.customers_before, diff.customers_after) == (8, 8)
    kinds = {group.kind: (group.before, group.after) for group in diff.examples}
    assert kinds["merged"] == (("left", "right"), ("left",))
    assert kinds["split"] == (("whole",), ("part", "whole"))
    assert kinds["moved"] == (("one", "two"), ("one", "two"))
    assert kinds["renamed"] == (("old-name",), ("new-name",))


def test_churn_is_the_share_of_common_records_with_another_id(states: tuple[Path, Path]) -> None:
    diff = compare_identities(*states)
    # e, h, i, j and m of the fifteen letters that are in both.
    assert (diff.churned_records, diff.common_records) == (5, 15)
    assert diff.churn_percent == pytest.approx(100 / 3)


def test_audiences_are_compared_by_open_memberships(states: tuple[Path, Path]) -> None:
    audiences = compare_identities(*states).audiences
    assert audiences == {"buyers": (4, 3), "dropped": (2, None), "added": (None, 1)}


def test_a_state_compared_with_itself_has_not_changed(states: tuple[Path, Path]) -> None:
    diff = compare_identities(states[0], states[0])
    assert (diff.unchanged, diff.churned_records) == (8, 0)
    assert diff.examples == []
    assert "0.00 %" in markdown(diff)


def test_a_home_means_its_published_marts_or_its_warehouse(tmp_path: Path) -> None:
    (tmp_path / "published").mkdir()
    state(tmp_path / "warehouse.duckdb", BEFORE, {})
    assert compare_identities(tmp_path, tmp_path).customers_after == 8
    state(tmp_path / "published" / "marts.duckdb", {"a": "stays"}, {})
    assert compare_identities(tmp_path, tmp_path).customers_after == 1


def test_a_home_built_since_it_was_published_is_not_taken_for_what_is_published(
    tmp_path: Path,
) -> None:
    """A copied home, built with other rules, was compared by what it had published before."""
    (tmp_path / "published").mkdir()
    marts = state(tmp_path / "published" / "marts.duckdb", BEFORE, {})
    built = state(tmp_path / "warehouse.duckdb", AFTER, {})
    with duckdb.connect(str(marts)) as con:
        con.execute("create schema publishing")
        con.execute("create table publishing.versions (table_name varchar, version varchar)")
        con.execute("insert into publishing.versions values ('customer_source_records', 'v1')")
    with duckdb.connect(str(built)) as con:
        con.execute("create schema raw_goldthread")
        con.execute(
            "create table raw_goldthread.build_results as select "
            "'model.goldthread.customer_source_records' as node_id, 'v1' as ran_in, "
            "1 as build_number"
        )
    assert ask(tmp_path, tmp_path).exit_code == 0
    with duckdb.connect(str(built)) as con:
        con.execute("update raw_goldthread.build_results set ran_in = 'v2', build_number = 2")
    told = ask(marts, tmp_path, "--churn-budget", "0.5")
    assert told.exit_code == 6
    assert f"name {built} for what was built" in told.output
    assert ask(marts, built, "--churn-budget", "0.5").exit_code == 3


def test_what_is_no_state_is_refused(tmp_path: Path, states: tuple[Path, Path]) -> None:
    empty = tmp_path / "empty.duckdb"
    duckdb.connect(str(empty)).close()
    for path in (empty, tmp_path / "nothing.duckdb"):
        with pytest.raises(NoState, match=path.name):
            compare_identities(states[0], path)
    assert ask(states[0], tmp_path / "nothing.duckdb").exit_code == 6


def ask(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["identity", "diff", *map(str, arguments)])


def test_the_budget_decides_on_the_exit_code(states: tuple[Path, Path]) -> None:
    assert ask(*states).exit_code == 0
    assert ask(*states, "--churn-budget", "34").exit_code == 0
    over = ask(*states, "--churn-budget", "33")
    assert over.exit_code == 3
    assert "33.33 %" in over.output


def test_a_budget_is_held_against_something(states: tuple[Path, Path], tmp_path: Path) -> None:
    other = state(tmp_path / "other.duckdb", {"z": "stranger"}, {})
    assert ask(states[0], other).exit_code == 0
    told = ask(states[0], other, "--churn-budget", "5")
    assert (told.exit_code, "No record is in both states" in told.output) == (3, True)


def test_a_budget_is_a_number(states: tuple[Path, Path]) -> None:
    told = ask(*states, "--churn-budget", "nan")
    assert (told.exit_code, "'nan' is not a number" in told.output) == (2, True)


def test_the_report_is_markdown_or_json(states: tuple[Path, Path]) -> None:
    text = ask(*states).stdout
    assert "| merged into one | 1 |" in text
    assert "| `buyers` | 4 | 3 | -1 |" in text
    document = json.loads(ask(*states, "--json").stdout)
    assert document["audiences"]["dropped"] == [2, None]
    assert document["churn_percent"] == pytest.approx(33.3333)
