"""Packs are reproducible, whoever makes them, and never overwrite what is not theirs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from goldthread.demo_data.generate import FolderInUse, Pack, PackOptions, generate_pack, read_pack
from tests.unit.demo_data.conftest import OPTIONS


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_two_processes_write_the_same_bytes_as_one(tmp_path: Path) -> None:
    options = replace(OPTIONS, people=3100)
    generate_pack(options, tmp_path / "one", processes=1)
    generate_pack(options, tmp_path / "two", processes=2)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_the_same_options_write_the_same_bytes(tmp_path: Path, pack: Pack) -> None:
    generate_pack(OPTIONS, tmp_path / "again", processes=1)
    assert contents(tmp_path / "again") == contents(pack.folder)


def test_another_seed_writes_other_people(tmp_path: Path, pack: Pack) -> None:
    other = generate_pack(replace(OPTIONS, seed=8, people=500), tmp_path, processes=1)
    name = "_truth/people.parquet"
    assert (other.folder / name).read_bytes() != (pack.folder / name).read_bytes()


def test_a_finished_pack_is_left_alone(tmp_path: Path) -> None:
    options = replace(OPTIONS, people=20)
    first = generate_pack(options, tmp_path)
    decided = tmp_path / "stewardship" / "suppressions.csv"
    decided.write_text("changed by a steward\n")
    second = generate_pack(options, tmp_path)
    assert (first.is_new, second.is_new) == (True, False)
    assert decided.read_text() == "changed by a steward\n"
    assert first.line_counts == second.line_counts


def test_a_pack_of_other_options_needs_overwrite(tmp_path: Path) -> None:
    generate_pack(replace(OPTIONS, people=40), tmp_path)
    (tmp_path / "signups" / "mine.csv").write_text("my own file\n")
    with pytest.raises(FolderInUse, match=r"40 people, seed 7.*--overwrite"):
        generate_pack(replace(OPTIONS, people=30), tmp_path)
    pack = generate_pack(replace(OPTIONS, people=30), tmp_path, overwrite=True)
    assert pack.options.people == 30
    assert (tmp_path / "signups" / "mine.csv").read_text() == "my own file\n"
    fresh = contents(generate_pack(replace(OPTIONS, people=30), tmp_path / "fresh").folder)
    mixed = contents(tmp_path)
    assert all(mixed[name] == content for name, content in fresh.items())


def test_a_folder_with_other_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "precious.txt").write_text("keep me")
    with pytest.raises(FolderInUse, match="holds no demo pack"):
        generate_pack(replace(OPTIONS, people=10), tmp_path, overwrite=True)
    assert [path.name for path in tmp_path.iterdir()] == ["precious.txt"]


def test_what_an_interrupted_run_left_is_replaced(tmp_path: Path) -> None:
    (tmp_path / ".partial" / "web").mkdir(parents=True)
    (tmp_path / ".partial" / "web" / "half.jsonl").write_text("{")
    generate_pack(replace(OPTIONS, people=10), tmp_path)
    assert not (tmp_path / ".partial").exists()
    assert not (tmp_path / "web" / "half.jsonl").exists()


@pytest.mark.parametrize("moment", ["putting", "taking"])
def test_a_run_killed_between_two_files_heals(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    options = replace(OPTIONS, people=10)
    if moment == "taking":
        generate_pack(replace(OPTIONS, people=20), tmp_path)
    with monkeypatch.context() as patch:
        steps = 0

        def die(path: Path, *rest: object, **named: object) -> object:
            nonlocal steps
            steps += 1
            # The draft of the list and the list itself are written first.
            if steps > 6:
                raise KeyboardInterrupt
            result: object = original(path, *rest, **named)
            return result

        name = "replace" if moment == "putting" else "unlink"
        original = getattr(Path, name)
        patch.setattr(Path, name, die)
        with pytest.raises(KeyboardInterrupt):
            generate_pack(options, tmp_path, overwrite=True)
    assert read_pack(tmp_path) is None
    generate_pack(options, tmp_path)
    healed = contents(tmp_path)
    assert healed == contents(generate_pack(options, tmp_path / "fresh").folder)


def test_one_person_is_a_pack(tmp_path: Path) -> None:
    pack = generate_pack(PackOptions(1, 1, OPTIONS.as_of), tmp_path)
    assert pack.line_counts["app/app.sqlite:purchases"] > 0
