"""Makes a pack: blocks of people in worker processes, written in order by this one."""

from __future__ import annotations

import json
import shutil
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from goldthread.demo_data.blocks import BLOCK_PEOPLE, BlockTask, make_blocks
from goldthread.demo_data.broken_rows import unfinished_line
from goldthread.demo_data.collected import Block
from goldthread.demo_data.pack_files import PackFiles
from goldthread.demo_data.stamps import iso_seconds, parse_moment

#: Written last: a folder that holds it is a complete pack.
PACK_FILE: Final = "_truth/pack.json"
AS_OF_FILE: Final = "_truth/as_of.txt"
#: Raised whenever the same options begin to give other bytes.
FORMAT: Final = 1
_PARTIAL: Final = ".partial"
#: Lists the files that are being put in place or taken away, for the run after an interrupted one.
_UNFINISHED: Final = ".unfinished.json"
#: Below this a pool costs more than it gives.
_POOL_FROM_TASKS: Final = 6


class FolderInUse(Exception):
    """The output folder holds something that this generator did not write."""


@dataclass(frozen=True, slots=True)
class PackOptions:
    """What determines a pack's bytes. ``as_of`` is ISO 8601 with offset."""

    people: int
    seed: int
    as_of: str
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class Pack:
    """A finished pack. ``line_counts`` are physical lines by file; ``is_new`` false if it stood."""

    folder: Path
    options: PackOptions
    line_counts: dict[str, int]
    is_new: bool


def generate_pack(
    options: PackOptions,
    folder: Path,
    *,
    processes: int = 2,
    overwrite: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Pack:
    """Write the pack into ``folder``, or leave it alone when it is there already.

    ``progress`` hears how many people are done. Raises FolderInUse when the folder holds other
    files or a pack of other options (``overwrite`` replaces a pack, never other files), and
    ValueError for an unreadable ``as_of``.
    """
    as_of = parse_moment(options.as_of)
    found = read_pack(folder)
    if found is not None and found.options == options and not overwrite:
        return found
    _make_room(folder, found, overwrite)
    partial = folder / _PARTIAL
    partial.mkdir(parents=True)
    step = _task_people(options.people)
    tasks = [
        BlockTask(options.seed, first, min(first + step, options.people), as_of)
        for first in range(0, options.people, step)
    ]
    with PackFiles(partial, as_of) as files:
        for task, block in zip(tasks, _blocks(tasks, processes), strict=True):
            files.add(block)
            if progress is not None:
                progress(task.last)
        files.cut_off(*unfinished_line(as_of))
    (partial / AS_OF_FILE).write_text(iso_seconds(as_of) + "\n")
    return _finish(folder, options, files.line_counts)


def read_pack(folder: Path) -> Pack | None:
    """The complete pack in the folder, if there is one."""
    path = folder / PACK_FILE
    if not path.is_file() or (folder / _UNFINISHED).exists():
        return None
    body = json.loads(path.read_text())
    return Pack(folder, PackOptions(**body["options"]), body["line_counts"], is_new=False)


def _make_room(folder: Path, found: Pack | None, overwrite: bool) -> None:
    shutil.rmtree(folder / _PARTIAL, ignore_errors=True)
    if found is not None and not overwrite:
        made = found.options
        raise FolderInUse(
            f"{folder} holds a pack of {made.people} people, seed {made.seed}, as of {made.as_of}; "
            "use --overwrite to replace it"
        )
    if found is not None:
        own = sorted({path.partition(":")[0] for path in found.line_counts})
        own += [path.relative_to(folder).as_posix() for path in (folder / "_truth").iterdir()]
        _write_whole(folder / _UNFINISHED, own)
    if (folder / _UNFINISHED).exists():
        for path in json.loads((folder / _UNFINISHED).read_text()):
            (folder / path).unlink(missing_ok=True)
        (folder / _UNFINISHED).unlink()
    elif folder.exists() and any(folder.iterdir()):
        raise FolderInUse(f"{folder} is not empty and holds no demo pack; choose another folder")


def _finish(folder: Path, options: PackOptions, line_counts: dict[str, int]) -> Pack:
    """Move the finished files into place; the file that says so comes last."""
    partial = folder / _PARTIAL
    _write_whole(partial / PACK_FILE, {"options": asdict(options), "line_counts": line_counts})
    files = sorted(path.relative_to(partial) for path in partial.rglob("*") if path.is_file())
    _write_whole(folder / _UNFINISHED, [path.as_posix() for path in files])
    files.sort(key=lambda path: path.as_posix() == PACK_FILE)
    for path in files:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (partial / path).replace(folder / path)
    shutil.rmtree(partial)
    (folder / _UNFINISHED).unlink()
    return Pack(folder, options, line_counts, is_new=True)


def _write_whole(path: Path, content: object) -> None:
    """Write a JSON file so that it is there in full or not at all."""
    draft = path.with_name(path.name + ".draft")
    draft.write_text(json.dumps(content, indent=2) + "\n")
    draft.replace(path)


def _task_people(people: int) -> int:
    """People of one task: whole blocks, at most 5,000 people, and tasks enough to share out."""
    blocks = -(-people // BLOCK_PEOPLE)
    return BLOCK_PEOPLE * max(1, min(10, blocks // 12))


def _blocks(tasks: list[BlockTask], processes: int) -> Iterator[Block]:
    """Blocks in the order of their tasks, only a few of them in memory at a time."""
    if processes < 2 or len(tasks) < _POOL_FROM_TASKS:
        yield from map(make_blocks, tasks)
        return
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        waiting: deque[Future[Block]] = deque()
        for task in tasks:
            waiting.append(pool.submit(make_blocks, task))
            if len(waiting) > processes + 2:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
