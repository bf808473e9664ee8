"""The command says what it wrote, and refuses what it must."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from goldthread.cli.demo_data import command


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(command, list(arguments))
    return result.exit_code, result.output


def test_it_writes_a_pack_and_tells_the_moment(tmp_path: Path) -> None:
    code, output = run("--people", "30", "--out", str(tmp_path / "input"))
    assert code == 0
    assert "Wrote 30 people (seed 7)" in output
    assert "--as-of 2026-11-15T12:00:00+00:00" in output
    code, output = run("--people", "30", "--out", str(tmp_path / "input"), "--json")
    assert code == 0
    body = json.loads(output)
    assert body["is_new"] is False
    assert body["lines"]["signups"] > 0


def test_it_uses_the_input_folder_of_the_settings(tmp_path: Path, monkeypatch: object) -> None:
    result = CliRunner().invoke(
        command, ["--people", "5"], env={"GOLDTHREAD_INPUT_DIR": str(tmp_path / "in")}
    )
    assert result.exit_code == 0
    assert (tmp_path / "in" / "_truth" / "pack.json").exists()


def test_it_refuses_a_folder_in_use_and_a_wrong_moment(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    code, output = run("--people", "5", "--out", str(tmp_path))
    assert code == 1
    assert "holds no demo pack" in output
    code, output = run("--people", "5", "--out", str(tmp_path / "x"), "--as-of", "soon")
    assert code == 2
    assert "--as-of" in output
