"""`foretell bench questions` on a folder of one's own."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from api.cli.app import app
from bench.questions import run
from bench.questions.ask import Asker
from bench.questions.planted import HERE, Library
from bench.questions.worlds import World
from twin.answer import Answer, Question, Status
from twin.errors import InvalidInput

WORLD = """
plant: mine
seed: 3
now: 2026-05-06T14:25
history: 2026-05-04T00:00
"""
ITEMS = """
author: me
date: 2026-11-23
world: mine
items:
  - {say: how is the plant?, plans: [{intent: status}]}
  - {say: which tags are on the steam header?, plans: [{intent: about, assets: [header], aspect: members}]}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "worlds").mkdir()
    (tmp_path / "items").mkdir()
    (tmp_path / "plant.yaml").write_text((HERE / "plants" / "dev-boilers.yaml").read_text())
    (tmp_path / "worlds" / "mine.yaml").write_text(WORLD)
    (tmp_path / "items" / "mine.yaml").write_text(ITEMS)
    return tmp_path


class Mute:
    """Understands nothing."""

    async def ask(self, question: Question) -> Answer:
        await asyncio.sleep(0)
        return Answer(text=f"What? {question.question}", status=Status.NOT_UNDERSTOOD)


def mute(_: World) -> Asker:
    return Mute()


def test_a_folder_is_asked_and_nothing_is_kept_of_it(folder: Path) -> None:
    before = {file: file.stat().st_mtime_ns for file in run.RESULTS.iterdir()}
    words = ["bench", "questions", "--engine", "rules", "--data", str(folder), "--json"]
    asked = CliRunner().invoke(app, words)
    assert asked.exit_code == 0, asked.output
    found = json.loads(asked.stdout)["sets"][folder.name]
    assert (found["items"], found["plan"], found["exact"], found["over_claims"]) == (2, 1.0, 1.0, 0)
    assert {file: file.stat().st_mtime_ns for file in run.RESULTS.iterdir()} == before


def test_misses_are_told_side_by_side(folder: Path) -> None:
    found, misses = run.questions("rules", mute, (), folder, lambda _: None)
    assert found["sets"][folder.name]["right"] == 0.0  # type: ignore[index]
    assert "how is the plant?" in misses[0]
    assert "wanted answered: " in misses[1]
    assert "given  not_understood" in misses[2]


def test_misses_of_the_held_back_set_are_never_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "items" / "test").mkdir()
    (folder / "items" / "mine.yaml").rename(folder / "items" / "test" / "mine.yaml")
    monkeypatch.setattr(run, "HERE", folder)
    monkeypatch.setattr(run, "Library", lambda: Library(folder))
    kept: dict[str, Any] = {}
    monkeypatch.setattr(run, "save", lambda *_, **found: kept | found)
    found, misses = run.questions("nobody", mute, ("test",), None, lambda _: None)
    assert found["sets"]["test"]["items"] == 2  # type: ignore[index]
    assert misses == []


def test_a_folder_without_questions_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="holds no items"):
        run.questions("rules", mute, (), tmp_path, lambda _: None)
