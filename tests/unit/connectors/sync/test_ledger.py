"""One ledger a sync: whose it is, who may hold it, and what it remembers of people."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import duckdb
import pytest

from connectors.sync.errors import LedgerBusy, LedgerMismatch, LedgerUnreadable
from connectors.sync.lock import ledger_lock
from tests.sync_home import SyncHome, members

FILES = "files__members"

HOLD = """
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from connectors.sync.lock import ledger_lock
from goldthread.settings import Settings
with ledger_lock(Settings(Path(sys.argv[1]), Path(sys.argv[1])), sys.argv[2]):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def held_elsewhere(home: SyncHome, name: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds a ledger until it is killed."""
    command = [sys.executable, "-c", HOLD, str(home.settings.home), name]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None and holder.stdout.readline() == "held\n"
        yield holder
        holder.kill()


def test_the_second_process_is_told_who_holds_the_ledger(home: SyncHome) -> None:
    with (
        held_elsewhere(home, "sync_x") as holder,
        pytest.raises(LedgerBusy, match=f"process {holder.pid}.*kill {holder.pid}"),
        ledger_lock(home.settings, "sync_x", patience=0.0),
    ):
        pass


def test_a_killed_holder_leaves_no_lock(home: SyncHome) -> None:
    with held_elsewhere(home, "sync_x"):
        pass
    with ledger_lock(home.settings, "sync_x", patience=0.0):
        pass


def test_another_ledger_is_free_meanwhile(home: SyncHome) -> None:
    with (
        ledger_lock(home.settings, "sync_x", patience=0.0),
        ledger_lock(home.settings, "sync_y", patience=0.0),
    ):
        pass


def test_who_withdraws_while_an_apply_waits_for_the_ledger_is_not_sent(
    home: SyncHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.publish(members(3))
    held = ExitStack()
    held.enter_context(ledger_lock(home.settings, f"sync_{FILES}"))

    def meanwhile(seconds: float) -> None:
        home.publish(members(3), denied={"cus_0001": "consent_denied"})
        held.close()

    monkeypatch.setattr("connectors.sync.lock.time.sleep", meanwhile)
    result = home.apply(FILES)
    assert (result.acknowledged, result.plan.held_back) == (2, {"consent_denied": 1})


def test_a_ledger_keeps_its_destination(home: SyncHome) -> None:
    home.publish(members(1), home.files_spec(name="sync_x__members"))
    home.apply("x__members")
    home.publish(members(1), home.spec(name="sync_x__members"))
    with pytest.raises(LedgerMismatch, match=r"about files/members.*webhook/list_members"):
        home.plan("x__members")


def test_a_ledger_keeps_its_key(home: SyncHome, monkeypatch: pytest.MonkeyPatch) -> None:
    home.publish(members(1))
    home.apply(FILES)
    monkeypatch.setenv("GOLDTHREAD_LEDGER_KEY", "another")
    with pytest.raises(LedgerMismatch, match="another key"):
        home.apply(FILES)


def test_a_lost_ledger_sends_everything_under_new_keys(home: SyncHome) -> None:
    home.publish(members(1))
    home.apply(FILES)
    first = home.history("select idempotency_key from sync_rows")
    (home.settings.ledger_dir / "sync_files__members.duckdb").unlink()
    assert home.apply(FILES).acknowledged == 1
    assert home.history("select idempotency_key from sync_rows") != first


def every_text(path: Path, skip: frozenset[str] = frozenset()) -> str:
    """Every value of every table of a DuckDB file, as text."""
    with duckdb.connect() as con:
        con.execute(f"attach '{path}' as file (read_only)")
        tables = con.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = 'file'"
        ).fetchall()
        return "\n".join(
            str(con.execute(f'from file."{schema}"."{table}"').fetchall())
            for schema, table in tables
            if table not in skip
        )


def test_personal_data_stays_out_but_for_the_destinations_key(home: SyncHome) -> None:
    home.publish(members(3), home.files_spec(key=["email"]))
    home.apply(FILES)
    ledger = home.settings.ledger_dir / "sync_files__members.duckdb"
    assert "person1@example.com" in every_text(ledger)
    history = every_text(ledger, frozenset({"live"})) + every_text(home.settings.syncs_path)
    for personal in ("person1", "example.com", "Firstname1"):
        assert personal not in history
    assert "cus_0001" in history


def test_a_removal_takes_the_destinations_key_out_of_the_ledger(home: SyncHome) -> None:
    spec = home.files_spec(key=["email"])
    home.publish(members(3), spec)
    home.apply(FILES)
    home.publish(members(1), spec)
    home.apply(FILES)
    assert "person2" not in every_text(home.settings.ledger_dir / "sync_files__members.duckdb")


@pytest.mark.parametrize("size", [0, 1_000, 10_000])
def test_a_damaged_ledger_stops_its_own_sync_only(
    home: SyncHome, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    both = [home.files_spec(), home.files_spec(name="sync_files__more")]
    home.publish(members(3), *both)
    home.apply(FILES)
    path = home.settings.ledger_dir / "sync_files__members.duckdb"
    path.write_bytes(path.read_bytes()[:size])
    for step in (home.plan, home.apply):
        with pytest.raises(LedgerUnreadable, match="move it away to start over"):
            step(FILES)
    assert home.apply("files__more").is_complete
    told = home.history("select sync_name, count(*) from sync_rows group by 1 order by 1")
    assert told == [("sync_files__members", 3), ("sync_files__more", 3)]


def damage_data(path: Path) -> None:
    """Spoil every block of data but the first, which says where the others are."""
    content = bytearray(path.read_bytes())
    for block in range(3 * 4_096 + 262_144, len(content), 262_144):
        content[block + 100 : block + 200] = b"\xff" * 100
    path.write_bytes(content)


def make_empty(path: Path) -> None:
    path.unlink()
    duckdb.connect(str(path)).close()


def make_foreign(path: Path) -> None:
    make_empty(path)
    with duckdb.connect(str(path)) as con:
        con.execute("create table orders (order_id bigint)")


@pytest.mark.parametrize("spoil", [damage_data, make_foreign])
def test_a_ledger_that_opens_and_cannot_be_read_stops_its_own_sync_only(
    home: SyncHome, spoil: Callable[[Path], None]
) -> None:
    both = [home.files_spec(), home.files_spec(name="sync_files__more")]
    home.publish(members(3_000), *both)
    home.apply(FILES)
    path = home.settings.ledger_dir / "sync_files__members.duckdb"
    spoil(path)
    spoiled = path.read_bytes()
    for step in (home.plan, home.apply):
        with pytest.raises(LedgerUnreadable, match="move it away to start over"):
            step(FILES)
    assert home.apply("files__more").is_complete
    told = home.history("select sync_name, count(*) from sync_rows group by 1 order by 1")
    assert told == [("sync_files__members", 3_000), ("sync_files__more", 3_000)]
    assert path.read_bytes() == spoiled


def test_a_ledger_without_a_table_is_a_new_one(home: SyncHome) -> None:
    home.publish(members(3), home.files_spec(), home.files_spec(name="sync_files__more"))
    home.apply(FILES)
    make_empty(home.settings.ledger_dir / "sync_files__members.duckdb")
    assert home.apply("files__more").is_complete
    assert home.plan(FILES).adds == 3
    assert home.apply(FILES).acknowledged == 3


def test_a_ledger_of_a_later_version_is_told_by_its_format(home: SyncHome) -> None:
    home.publish(members(1))
    home.apply(FILES)
    with duckdb.connect(str(home.settings.ledger_dir / "sync_files__members.duckdb")) as con:
        con.execute("update meta set value = '2' where name = 'format'")
        con.execute("alter table runs drop stopped")
    for step in (home.plan, home.apply):
        with pytest.raises(LedgerMismatch, match="has format 2"):
            step(FILES)


def test_a_damaged_history_is_made_anew(home: SyncHome) -> None:
    both = [home.files_spec(), home.files_spec(name="sync_files__more")]
    home.publish(members(3), *both)
    home.apply(FILES)
    make_foreign(home.settings.ledger_dir / "sync_files__members.duckdb")
    home.settings.syncs_path.chmod(0o644)
    home.settings.syncs_path.write_bytes(b"no database")
    assert home.apply("files__more").is_complete
    assert home.history("select distinct sync_name from sync_rows") == [("sync_files__more",)]
