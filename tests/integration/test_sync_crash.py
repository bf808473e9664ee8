"""kill -9 at every step of an apply; after one more apply all is as if nothing had happened."""

from __future__ import annotations

import signal
import threading
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest

from tests.dbt_commands import FORKS
from tests.faulty_receiver import SECRET, Fault, FaultyReceiver, Seen, faulty_receiver
from tests.integration import killed_apply
from tests.sync_home import Row, SyncHome, members

WEBHOOK, FILES = "webhook__audience_members", "files__members"
APPLY = "connectors.sync.apply"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SyncHome:
    monkeypatch.setenv("TEST_SECRET", SECRET)
    monkeypatch.setenv("TEST_URL", "http://127.0.0.1:9/")
    return SyncHome(tmp_path / "home")


def publish(home: SyncHome, rows: list[Row], **options: dict[str, str | None]) -> None:
    settings = {"url_env": "TEST_URL", "secret_env": "TEST_SECRET", "rows": 10, "concurrency": 2}
    home.publish(rows, home.spec(settings=settings), home.files_spec(), **options)


def start(home: SyncHome, sync: str, url: str, *point: str | int) -> ForkServerProcess:
    arguments = (home.settings.home, sync, url, SECRET, point)
    process = FORKS.Process(target=killed_apply.run, args=arguments)
    process.start()
    return process


def run_until_killed(home: SyncHome, sync: str, url: str, *point: str | int) -> None:
    process = start(home, sync, url, *point)
    process.join(timeout=60)
    assert process.exitcode == -signal.SIGKILL


def apply_again(home: SyncHome, receiver: FaultyReceiver) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TEST_URL", receiver.url)
        assert home.apply(WEBHOOK).is_complete
        assert home.apply(WEBHOOK).sent == 0


def held(receiver: FaultyReceiver) -> set[str]:
    return {str(fields["customer_id"]) for fields in receiver.lists.members().values()}


def keys_of_rows(seen: list[Seen]) -> dict[str, set[str]]:
    keys: dict[str, set[str]] = {}
    for each in seen:
        for fields in each.fields:
            keys.setdefault(fields["customer_id"], set()).add(each.idempotency_key)
    return keys


def leftovers(home: SyncHome) -> list[str]:
    """Anything temporary."""
    return [
        path.name
        for path in home.settings.home.rglob("*")
        if path.suffix in {".tmp", ".new", ".wal"}
    ]


@pytest.mark.parametrize(
    ("function", "when", "count"),
    [
        ("begin_run", "after", 1),
        ("intend", "before", 1),
        ("intend", "after", 1),
        ("stage", "after", 1),
        ("record", "before", 1),
        ("record", "after", 1),
        ("record", "after", 2),
        ("settle", "before", 1),
        ("settle", "after", 1),
        ("end_run", "after", 1),
        ("publish_history", "before", 1),
    ],
)
def test_a_kill_between_any_two_steps(
    home: SyncHome, tmp_path: Path, function: str, when: str, count: int
) -> None:
    publish(home, members(45))
    with faulty_receiver(tmp_path / "tool") as receiver:
        run_until_killed(home, WEBHOOK, receiver.url, APPLY, function, when, count)
        apply_again(home, receiver)
        assert len(held(receiver)) == 45
        assert all(len(keys) == 1 for keys in keys_of_rows(receiver.seen).values())
    assert home.history("select count(*), count(distinct customer_id) from sync_rows") == [(45, 45)]
    assert leftovers(home) == []


@pytest.mark.parametrize("is_stored", [True, False], ids=["taken", "not taken"])
@pytest.mark.parametrize("number", [0, 2, 4])
def test_a_kill_while_a_request_is_under_way(
    home: SyncHome, tmp_path: Path, number: int, is_stored: bool
) -> None:
    publish(home, members(45))
    victim: list[ForkServerProcess] = []
    ready = threading.Event()

    def kill(seen: Seen) -> Fault | None:
        if seen.number != number:
            return None
        assert ready.wait(timeout=30)
        victim[0].kill()
        return Fault(None, is_stored=is_stored)

    with faulty_receiver(tmp_path / "tool", kill) as receiver:
        process = start(home, WEBHOOK, receiver.url)
        victim.append(process)
        ready.set()
        process.join(timeout=60)
        assert process.exitcode == -signal.SIGKILL
        receiver.faults = lambda seen: None
        apply_again(home, receiver)
        assert len(held(receiver)) == 45
        assert all(len(keys) == 1 for keys in keys_of_rows(receiver.seen).values())
    assert home.history("select state from sync_runs order by run_number")[0] == ("interrupted",)


def test_rows_that_changed_or_left_after_the_kill(home: SyncHome, tmp_path: Path) -> None:
    publish(home, members(40))
    with faulty_receiver(tmp_path / "tool") as receiver:
        # Everything was taken, and the ledger heard of nothing.
        run_until_killed(home, WEBHOOK, receiver.url, APPLY, "record", "before", 1)
        taken = held(receiver)
        assert taken
        rows = members(40)
        rows[0]["email"] = "moved@example.com"
        publish(home, rows[:30], denied={"cus_0001": "consent_denied"})
        apply_again(home, receiver)
        assert held(receiver) == {f"cus_{n:04d}" for n in range(30) if n != 1}
        assert receiver.lists.members()["lapsed_buyers:cus_0000"]["email"] == "moved@example.com"


def test_a_kill_during_removals(home: SyncHome, tmp_path: Path) -> None:
    publish(home, members(45))
    with faulty_receiver(tmp_path / "tool") as receiver:
        apply_again(home, receiver)
        publish(home, members(20))
        run_until_killed(home, WEBHOOK, receiver.url, APPLY, "record", "before", 1)
        # They come back before the next apply: whatever was taken off is put on again.
        publish(home, members(45))
        apply_again(home, receiver)
        assert len(held(receiver)) == 45


def test_kill_after_kill(home: SyncHome, tmp_path: Path) -> None:
    publish(home, members(45))
    with faulty_receiver(tmp_path / "tool") as receiver:
        for function in ("stage", "record", "settle"):
            run_until_killed(home, WEBHOOK, receiver.url, APPLY, function, "before", 1)
        apply_again(home, receiver)
        assert len(held(receiver)) == 45
        assert all(len(keys) == 1 for keys in keys_of_rows(receiver.seen).values())


def snapshots(home: SyncHome) -> dict[str, list[str]]:
    root = home.settings.home / "exports" / "sync_files__members"
    return {
        folder.name: sorted(path.name for path in folder.iterdir())
        for folder in sorted(root.glob("*"))
    }


COMPLETE = ["manifest.json", "members.csv", "members.jsonl", "members.parquet"]


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_an_unfinished_snapshot_is_cleared_and_written_anew(home: SyncHome, count: int) -> None:
    publish(home, members(5))
    point = ("connectors.sync.transport", "write_file", "before", count)
    run_until_killed(home, FILES, "", *point)
    assert all("manifest.json" not in names for names in snapshots(home).values())
    assert home.apply(FILES).acknowledged == 5
    assert list(snapshots(home).values()) == [COMPLETE]
    assert home.apply(FILES).sent == 0
    assert leftovers(home) == []


def test_a_finished_snapshot_is_known_by_its_manifest(home: SyncHome) -> None:
    publish(home, members(5))
    run_until_killed(home, FILES, "", APPLY, "record", "before", 1)
    before = snapshots(home)
    assert list(before.values()) == [COMPLETE]
    assert home.plan(FILES).unchanged == 5
    assert home.apply(FILES).sent == 0
    assert snapshots(home) == before


def test_a_plan_reads_what_a_kill_left(home: SyncHome, tmp_path: Path) -> None:
    publish(home, members(45))
    with faulty_receiver(tmp_path / "tool") as receiver:
        run_until_killed(home, WEBHOOK, receiver.url, APPLY, "record", "after", 1)
    plan = home.plan()
    assert plan.resends + plan.unchanged == 45
    assert plan.resends > 0 and plan.adds == 0
