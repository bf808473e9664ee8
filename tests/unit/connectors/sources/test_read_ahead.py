"""Reading ahead: everything in order, never too much at once, and nobody left behind."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from connectors.sources._engine.batches import (
    AHEAD_BYTES,
    Batch,
    FileState,
    Part,
    Reading,
    read_ahead,
)
from connectors.sources._engine.jsonl import no_lines

READINGS = [Reading(name, "new", 1, FileState()) for name in ("a", "b", "c")]


def batch(size: int) -> Batch:
    return Batch(no_lines(), [], 0, size)


def parts(made: list[Part], sizes: list[int]) -> Iterator[Part]:
    for reading in READINGS:
        for part in [(reading, None), *((reading, batch(size)) for size in sizes)]:
            made.append(part)
            yield part


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def readers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "read-ahead"]


def test_files_follow_each_other_in_order() -> None:
    made: list[Part] = []
    assert list(read_ahead(parts(made, [1, 2, AHEAD_BYTES * 2, 0]))) == made
    assert len(made) == 15
    assert not readers()


def test_the_next_file_is_read_while_one_is_worked_on() -> None:
    made: list[Part] = []
    ahead = read_ahead(parts(made, [1]))
    next(ahead)
    wait_until(lambda: len(made) == 6)
    ahead.close()


def test_whoever_waits_for_a_part_can_do_other_work() -> None:
    may_go_on = threading.Event()

    def slow() -> Iterator[Part]:
        yield READINGS[0], None
        assert may_go_on.wait(10)
        yield READINGS[0], batch(1)

    # The second part comes only because somebody was told that it is waited for.
    ahead = read_ahead(slow(), may_go_on.set)
    assert [part[1] is None for part in ahead] == [True, False]


def test_no_more_is_prepared_than_there_is_room_for() -> None:
    made: list[Part] = []
    ahead = read_ahead(parts(made, [AHEAD_BYTES]))
    next(ahead)
    # What follows the first batch waits for the room that it takes.
    wait_until(lambda: len(made) == 3)
    time.sleep(0.05)
    assert len(made) == 3
    assert [part is made[n + 1] for n, part in enumerate(ahead)] == [True] * 5
    assert len(made) == 6


def test_whoever_stops_early_leaves_no_thread_behind() -> None:
    ahead = read_ahead(parts([], [AHEAD_BYTES]))
    next(ahead)
    assert readers()
    ahead.close()
    assert not readers()


def test_an_error_comes_after_what_was_read_before_it() -> None:
    def broken() -> Iterator[Part]:
        yield READINGS[0], batch(1)
        raise OSError("the disk is gone")

    ahead = read_ahead(broken())
    assert next(ahead)[1] is not None
    with pytest.raises(OSError, match="the disk is gone"):
        next(ahead)
    assert not readers()
