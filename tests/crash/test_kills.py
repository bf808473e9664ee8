"""kill -9 in every stage, a full disk, two at once; after one more run all is as if undisturbed.

The tests tell one story in order and share two homes: one that nobody disturbs, and a victim. A
minute and a half on a quiet machine; `make bench-crash` kills two hundred times.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from goldthread.demo_data.generate import PackOptions, generate_pack
from goldthread.demo_data.stamps import DEFAULT_AS_OF
from tests.crash.victims import SYNC, CrashHome, stages_of
from tests.faulty_receiver import faulty_receiver

pytestmark = pytest.mark.crash

PEOPLE = 150
# Enough for an empty warehouse, too little for what is loaded into it.
SMALL_DISK = 700_000
# Enough for a lock, too little for the ledger of a sync.
SMALL_LEDGER = 200_000


@dataclass
class Story:
    """Two homes on one pack; ``seconds`` is what an undisturbed run took."""

    undisturbed: CrashHome
    victim: CrashHome
    seconds: float = 0.0
    rng: random.Random = field(default_factory=lambda: random.Random(7))

    def kill(self, name: str, times: int = 1, *, is_alone: bool = False) -> None:
        """Kill the victim's command in the named stage so many times.

        A stage that was over before the kill is tried again, earlier: machines are not always as
        busy as they were when it was measured.
        """
        shares = {"load": 0.15, "build": 0.4, "publish": 0.05}
        stages = stages_of({each: share * self.seconds for each, share in shares.items()})
        (stage,) = [stage for stage in stages if stage.name == name]
        hits = 0
        for _ in range(4 * times):
            if self.victim.kill(stage, self.rng, is_alone=is_alone):
                hits += 1
            else:
                stage = replace(stage, seconds=stage.seconds / 3)
            if hits == times:
                return
        pytest.fail(f"{name} was hit {hits} times, not {times}")


@pytest.fixture(scope="module")
def story(parsed_project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    folder = tmp_path_factory.mktemp("crash")
    pack = folder / "pack"
    generate_pack(PackOptions(PEOPLE, 7, DEFAULT_AS_OF), pack, processes=1)
    with ExitStack() as stack:
        homes = [
            CrashHome(folder / name, pack, stack.enter_context(faulty_receiver(folder / name)))
            for name in ("undisturbed", "victim")
        ]
        story = Story(*homes)
        for home in homes:
            home.take_over_parsed_project(parsed_project)
        story.seconds, _ = story.undisturbed.seconds("run")
        assert story.undisturbed.leftovers() == []
        assert story.undisturbed.receiver.lists.members()
        yield story


def test_a_full_disk_is_told_and_a_killed_load_is_no_obstacle(story: Story) -> None:
    victim = story.victim
    said = victim.type("load", exit_code=1, file_bytes=SMALL_DISK)
    assert "Traceback" not in said
    assert "The disk is full" in said
    story.kill("load", 2)
    victim.type("load")


def test_a_second_run_is_told_who_holds_the_home(story: Story) -> None:
    victim = story.victim
    building = victim.start("build")
    assert building.wait_for(lambda one: one.holds_lock)
    for command in ("run", "load", "publish"):
        said = victim.type(command, exit_code=5)
        assert "`goldthread build`" in said
        assert f"process {building.process.pid}" in said
    # Its dbt lives on, and is ended by whoever comes next.
    building.kill(is_alone=True)


def test_kills_of_builds_publishing_and_sending_leave_no_trace(story: Story) -> None:
    victim = story.victim
    story.kill("build")
    assert not victim.settings.marts_path.exists()
    victim.type("publish", exit_code=6)
    # Room for all that dbt writes itself, none for tables.
    room = max(path.stat().st_size for path in victim.target.iterdir()) + SMALL_DISK
    assert room < victim.settings.warehouse_path.stat().st_size
    said = victim.type("build", exit_code=3, file_bytes=room)
    assert "Traceback" not in said
    assert "The disk is full" in said
    victim.type("publish", exit_code=3)
    assert not victim.settings.marts_path.exists()
    victim.type("build")
    story.kill("publish")
    story.kill("swap")
    said = victim.type("publish", exit_code=1, file_bytes=SMALL_DISK)
    assert "Traceback" not in said
    assert "The disk is full" in said
    victim.type("publish")
    said = victim.type("apply", SYNC, exit_code=1, file_bytes=SMALL_LEDGER)
    assert "Traceback" not in said
    assert "The disk is full" in said
    story.kill("apply", 2)
    victim.type("run")
    assert victim.faults(story.undisturbed) == []
    before = len(victim.receiver.seen)
    victim.type("apply", SYNC)
    assert len(victim.receiver.seen) == before
