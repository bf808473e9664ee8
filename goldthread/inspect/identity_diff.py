"""Two states of the customers compared: who merged, split or moved, whose id changed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from goldthread.identity.components import component_of
from goldthread.settings import Settings
from goldthread.warehouse.errors import PublishRefused
from goldthread.warehouse.files import literal
from goldthread.warehouse.versions import was_built_since

if TYPE_CHECKING:
    import duckdb

EXAMPLES = 5


class NoState(PublishRefused):
    """What was named is no state of customers; the message says what may be."""


@dataclass(frozen=True)
class Group:
    """Customers that share records: those of before and those of after, ascending."""

    kind: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    record_count: int


@dataclass(frozen=True)
class IdentityDiff:
    """Counts over customers unless the name says records.

    renamed: neither merged nor split, but with another id. moved: groups of customers that
    exchanged records. churned_records: in both states, with another customer_id.
    audiences: name → open memberships before and after, null where the audience was not there.
    """

    customers_before: int
    customers_after: int
    records_before: int
    records_after: int
    common_records: int
    unchanged: int
    renamed: int
    merged: int
    split: int
    moved: int
    appeared: int
    disappeared: int
    churned_records: int
    audiences: dict[str, tuple[int | None, int | None]]
    examples: list[Group]

    @property
    def churn_percent(self) -> float:
        """Records with another customer_id, of a hundred that are in both states."""
        return 100 * self.churned_records / self.common_records if self.common_records else 0.0


def compare_identities(before: Path, after: Path) -> IdentityDiff:
    """Compare two states.

    before, after: a published file, a warehouse file, or a home (its published marts, else its
    warehouse). Customers are held together by the records that both states know.
    Raises NoState when one is not there or holds no customers.
    """
    import duckdb

    with duckdb.connect() as con:
        for name, path in (("before", before), ("after", after)):
            _adopt(con, name, state_file(path))
        con.execute(
            "create table common as select source_record_key, before.customer_id as old_id, "
            "after.customer_id as new_id from before join after using (source_record_key)"
        )
        groups = _groups(con)
        kinds = [group.kind for group in groups]
        return IdentityDiff(
            customers_before=_one(con, "select count(distinct customer_id) from before"),
            customers_after=_one(con, "select count(distinct customer_id) from after"),
            records_before=_one(con, "select count(*) from before"),
            records_after=_one(con, "select count(*) from after"),
            common_records=_one(con, "select count(*) from common"),
            **{kind: kinds.count(kind) for kind in ("unchanged", "renamed", "merged", "split",
                                                    "moved")},
            appeared=_one(con, _ONLY.format("after", "new_id")),
            disappeared=_one(con, _ONLY.format("before", "old_id")),
            churned_records=_one(con, "select count(*) from common where old_id <> new_id"),
            audiences=_audiences(con),
            examples=_examples(groups),
        )  # fmt: skip


def markdown(diff: IdentityDiff, budget: float | None = None) -> str:
    """The comparison as Markdown for a pull request, without a word of personal data."""
    lines = [
        "## Customer identities, before and after",
        "",
        "| | before | after | change |",
        "|---|--:|--:|--:|",
        _row("customers", diff.customers_before, diff.customers_after),
        _row("source records", diff.records_before, diff.records_after),
        "",
        "| what became of the customers | groups |",
        "|---|--:|",
        *(
            f"| {meaning} | {getattr(diff, kind):,} |"
            for kind, meaning in (
                ("unchanged", "unchanged"),
                ("merged", "merged into one"),
                ("split", "split into several"),
                ("moved", "exchanged records"),
                ("renamed", "same records, another id"),
                ("appeared", "only after"),
                ("disappeared", "only before"),
            )
        ),
        "",
        f"Id churn: {diff.churned_records:,} of {diff.common_records:,} records that are in both "
        f"states have another `customer_id` ({diff.churn_percent:.2f} %)"
        + (f"; the budget is {budget:g} %." if budget is not None else "."),
    ]
    if diff.audiences:
        lines += ["", "| audience | before | after | change |", "|---|--:|--:|--:|"]
        lines += [_row(f"`{name}`", *sizes) for name, sizes in diff.audiences.items()]
    if diff.examples:
        lines += ["", "| example | before | after | records |", "|---|---|---|--:|"]
        lines += [
            f"| {group.kind} | {_ids(group.before)} | {_ids(group.after)} | {group.record_count} |"
            for group in diff.examples
        ]
    return "\n".join(lines)


def state_file(path: Path) -> Path:
    """The file that a path means: itself, or a home's published marts or else its warehouse.
    Raises NoState for a home that was built since it was published."""
    if not path.is_dir():
        return path
    home = Settings(home=path, input_dir=path / "input")
    published, built = home.marts_path, home.warehouse_path
    if not published.exists():
        return built
    if was_built_since(published, built, "customer_source_records"):
        raise NoState(
            f"{path} was built since it was published; name {built} for what was built, "
            f"{published} for what is published."
        )
    return published


_ONLY = (
    "select count(distinct customer_id) from {0} where customer_id not in (select {1} from common)"
)


def _adopt(con: duckdb.DuckDBPyConnection, name: str, path: Path) -> None:
    import duckdb

    if not path.exists():
        raise NoState(f"There is no {path}; name a published file, a warehouse file or a home.")
    try:
        con.execute(f"attach {literal(path)} as {name}_file (read_only)")
        con.execute(
            f"create table {name} as select source_record_key, customer_id "
            f"from {name}_file.marts.customer_source_records"
        )
        con.execute(
            f"create table {name}_audiences as select audience, count(*) as members "
            f"from {name}_file.marts.audience_memberships where exited_at is null group by 1"
        )
    except (duckdb.IOException, duckdb.CatalogException) as error:
        raise NoState(
            f"{path} holds no customers that can be read; a state is a published file, a warehouse "
            f"file or a home in which a build was finished ({str(error).splitlines()[0]})."
        ) from error


def _groups(con: duckdb.DuckDBPyConnection) -> list[Group]:
    """Customers of both states, held together by common records: each group on its own."""
    import pyarrow as pa

    con.execute(
        """
        create table meetings as select old_id, new_id, count(*) as record_count,
            dense_rank() over (order by old_id) * 2 as old_node,
            dense_rank() over (order by new_id) * 2 + 1 as new_node
        from common group by 1, 2
        """
    )
    nodes = con.execute("select old_node, new_node from meetings").fetchnumpy()
    found = component_of(nodes["old_node"], nodes["new_node"])
    con.register("found", pa.table({"node": found.nodes, "label": found.labels}))
    rows = con.execute(
        """
        select list(distinct old_id order by old_id), list(distinct new_id order by new_id),
            cast(sum(record_count) as bigint)
        from meetings join found on old_node = node group by label order by 1
        """
    ).fetchall()
    con.unregister("found")
    return [Group(_kind(old, new), tuple(old), tuple(new), count) for old, new, count in rows]


def _kind(before: list[str], after: list[str]) -> str:
    if len(before) > 1:
        return "moved" if len(after) > 1 else "merged"
    if len(after) > 1:
        return "split"
    return "unchanged" if before == after else "renamed"


def _examples(groups: list[Group]) -> list[Group]:
    """The largest few of each kind that means a change."""
    found: list[Group] = []
    for kind in ("merged", "split", "moved", "renamed"):
        alike = [group for group in groups if group.kind == kind]
        found += sorted(alike, key=lambda group: (-group.record_count, group.before))[:EXAMPLES]
    return found


def _audiences(con: duckdb.DuckDBPyConnection) -> dict[str, tuple[int | None, int | None]]:
    rows = con.execute(
        "select audience, before_audiences.members, after_audiences.members "
        "from before_audiences full join after_audiences using (audience) order by 1"
    ).fetchall()
    return {audience: (before, after) for audience, before, after in rows}


def _one(con: duckdb.DuckDBPyConnection, query: str) -> int:
    row = con.execute(query).fetchone()
    assert row is not None
    return int(row[0])


def _row(name: str, before: int | None, after: int | None) -> str:
    change = f"{(after or 0) - (before or 0):+,}"
    shown = ["none" if count is None else f"{count:,}" for count in (before, after)]
    return f"| {name} | {shown[0]} | {shown[1]} | {change} |"


def _ids(ids: tuple[str, ...]) -> str:
    shown = ", ".join(f"`{each[:12]}`" for each in ids[:3])
    return f"{shown} and {len(ids) - 3} more" if len(ids) > 3 else shown
