"""What a build need not do again: nodes whose code and inputs are the same.

After a full build that passed, its basis is noted: the project's code and the content of every raw
table. The next build leaves out what no changed raw table and no clock reaches, and takes over its
outcome. In doubt everything is built: after a failed, killed, partial or foreign build, a change of
code or versions, a missing table.

The clock is new with every run. A model that only dates its new rows by it says so
(``config.meta.clock: stamps``); a raw table whose rows take effect or lapse at a moment names the
columns (``config.meta.clock: [expires_at]``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from goldthread.warehouse.connection import current_run
from goldthread.warehouse.contents import content_of
from goldthread.warehouse.dbt_process import (
    manifest_path,
    project_fingerprint,
    read_artifact,
    target_dir,
)
from goldthread.warehouse.files import literal, quoted

if TYPE_CHECKING:
    import duckdb

    from goldthread.settings import Settings

Manifest = dict[str, Any]

# What the models run on besides their own code.
_ENGINES = ("dbt-core", "dbt-duckdb", "duckdb", "splink")
_KINDS = ("model", "seed", "snapshot", "test")
# Of Goldthread's own tables only these hold what was loaded; the rest is new with every run.
_LOADED_VIEWS = ("quarantined_rows", "value_issues")
_CLOCK = "current_run"

_TABLE = """
create table if not exists raw_goldthread.build_basis (
    build_number bigint, invocation_id varchar, basis varchar
)
"""


@dataclass(frozen=True)
class Kept:
    """A node that is left out of a build; ``unique_id`` as dbt has it."""

    unique_id: str
    name: str
    schema: str

    @property
    def is_model(self) -> bool:
        return self.unique_id.startswith("model.")


@dataclass(frozen=True)
class Basis:
    """What a build stands on.

    code: the fingerprint of the code. graph: of what dbt made of it. sources: the content of each
    raw table by its dbt id, None for what is new with every run.
    """

    code: str
    graph: str
    sources: dict[str, str | None]


def read_manifest(settings: Settings) -> Manifest:
    """What dbt made of the project when it last parsed it; empty where it left nothing whole."""
    return read_artifact(manifest_path(settings)) or {}


def basis_of(con: duckdb.DuckDBPyConnection, manifest: Manifest, code: str) -> Basis:
    """What a build of the code with this fingerprint stands on now."""
    graph = json.dumps(manifest.get("child_map", {}), sort_keys=True)
    contents = {name: _content(con, source) for name, source in manifest.get("sources", {}).items()}
    return Basis(code, hashlib.sha256(graph.encode()).hexdigest(), contents)


def note_basis(con: duckdb.DuckDBPyConnection, number: int, basis: Basis) -> None:
    """Remember on what build ``number`` stands, which was full and passed."""
    con.execute(_TABLE)
    con.execute("begin")
    con.execute("delete from raw_goldthread.build_basis")
    told = literal(json.dumps(asdict(basis)))
    con.execute(
        f"insert into raw_goldthread.build_basis select build_number, invocation_id, {told} "
        f"from raw_goldthread.builds where build_number = {number}"
    )
    con.execute("commit")


def forget_basis(con: duckdb.DuckDBPyConnection) -> None:
    """Forget on what the last full build stood: tables are about to be made of other code.

    However that ends, code that is put back must not take them for its own.
    """
    con.execute(_TABLE)
    con.execute("delete from raw_goldthread.build_basis")


def is_built_from(con: duckdb.DuckDBPyConnection, code: str) -> bool:
    """Whether the last full build that passed was of the code with this fingerprint."""
    con.execute(_TABLE)
    rows = con.execute("select basis from raw_goldthread.build_basis").fetchall()
    return any(json.loads(basis)["code"] == code for (basis,) in rows)


def unchanged_nodes(
    con: duckdb.DuckDBPyConnection, settings: Settings, manifest: Manifest, now: Basis
) -> list[Kept]:
    """The nodes that a full build on ``now`` may leave out; their tables are as they must be."""
    then = _newest_basis(con, settings)
    if then is None or (then.code, then.graph) != (now.code, now.graph):
        return []
    nodes = manifest["nodes"]
    changed = {
        name
        for name, content in now.sources.items()
        if content is None or content != then.sources.get(name)
    }
    changed |= _without_table(con, nodes)
    reached = _descendants(_without_stamps(manifest), changed)
    stale_names = {nodes[node]["name"] for node in reached if node in nodes}
    return [
        Kept(node, properties["name"], properties["schema"])
        for node, properties in sorted(nodes.items())
        if node not in reached
        and properties["resource_type"] in _KINDS
        # dbt is told names.
        and properties["name"] not in stale_names
    ]


def without(manifest: Manifest, kept: Collection[Kept]) -> list[str]:
    """The arguments that make dbt leave these nodes out, and no others.

    Of the two ways to say it the shorter one: dbt compares every name with every node. The names
    are one argument, dagster-dbt reads no more.
    """
    left_out = {node.name for node in kept}
    nodes = manifest["nodes"].values()
    built = {node["name"] for node in nodes if node["resource_type"] in _KINDS} - left_out
    option, names = ("--select", built) if len(built) < len(left_out) else ("--exclude", left_out)
    # Just these: else dbt leaves out the tests that a model shares with them, too.
    return ["--indirect-selection", "empty", option, " ".join(sorted(names))]


def _newest_basis(con: duckdb.DuckDBPyConnection, settings: Settings) -> Basis | None:
    """The noted basis, if nobody has built anything since."""
    con.execute(_TABLE)
    row = con.execute(
        "select invocation_id, basis from raw_goldthread.build_basis where build_number = "
        "(select max(build_number) from raw_goldthread.builds)"
    ).fetchone()
    results = read_artifact(target_dir(settings) / "run_results.json")
    # A plain `dbt build` or `dbt run` of somebody's own leaves other results.
    if row is None or results is None or results["metadata"]["invocation_id"] != row[0]:
        return None
    return Basis(**json.loads(row[1]))


def _content(con: duckdb.DuckDBPyConnection, source: dict[str, Any]) -> str | None:
    """What a raw table holds and, where its rows have moments, how many of those have passed.

    None for what is new with every run.
    """
    if source["schema"] == "raw_goldthread" and source["identifier"] not in _LOADED_VIEWS:
        # Kept state is what a model itself left: it is read only where the model has no table.
        return "state" if source["identifier"].startswith("state_") else None
    content = content_of(con, source["schema"], source["identifier"])
    moments = source["config"].get("meta", {}).get("clock", [])
    if content is None or not moments:
        return content
    as_of = f"timestamp '{current_run(con).as_of.isoformat(sep=' ')}'"
    passed = ", ' ', ".join(f"count(*) filter ({quoted(name)} <= {as_of})" for name in moments)
    table = f"{quoted(source['schema'])}.{quoted(source['identifier'])}"
    row = con.execute(f"select concat({passed}) from {table}").fetchone()
    assert row is not None
    return f"{content} {row[0]}"


def _without_stamps(manifest: Manifest) -> dict[str, list[str]]:
    """Children by node, but not those of the clock that only date their new rows by it."""
    nodes = manifest["nodes"]
    return {
        parent: [
            child
            for child in children
            if nodes.get(parent, {}).get("name") != _CLOCK
            or nodes.get(child, {}).get("config", {}).get("meta", {}).get("clock") != "stamps"
        ]
        for parent, children in manifest["child_map"].items()
    }


def code_fingerprint(settings: Settings) -> str:
    """Stands for all code and settings a model's rows depend on: project, engines, identity."""
    digest = hashlib.sha256(project_fingerprint(settings.project_dir).encode())
    for engine in _ENGINES:
        digest.update(f"{engine} {version(engine)}\0".encode())
    # What Python models call, and the identity model of this home.
    for folder in (Path(__file__).parents[1] / "identity", settings.home / "identity"):
        for path in sorted(folder.rglob("*")):
            if path.suffix in (".py", ".json"):
                digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _without_table(con: duckdb.DuckDBPyConnection, nodes: dict[str, Any]) -> set[str]:
    held = set(
        con.execute(
            "select table_schema, table_name from information_schema.tables "
            "where table_catalog = current_database()"
        ).fetchall()
    )
    return {
        node
        for node, properties in nodes.items()
        if properties["resource_type"] != "test"
        and (properties["schema"], properties["name"]) not in held
    }


def _descendants(children: dict[str, list[str]], roots: set[str]) -> set[str]:
    """The roots and all that depends on them, near and far."""
    found: set[str] = set()
    waiting = list(roots)
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting += children.get(node, [])
    return found
