"""Versions and thresholds from the command line, with a running Foretell and without one."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from api.app import create_app
from api.dependencies import AppState
from api.server import WebServer, reserve

from ..test_lifecycle import Bench
from .test_start_errors import PLANT


@pytest.fixture
def bench(state: AppState, tmp_path: Path) -> Bench:
    made = Bench(state, tmp_path / "far")
    made.add("a")
    made.add("b")
    made.twin.events.put([made.twin.events.get("ev-1").model_copy(update={"model_version": "a"})])
    return made


@pytest.fixture
def remote(bench: Bench, state: AppState, foretell: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A Foretell with two versions that FORETELL_URL names."""
    bound = reserve("127.0.0.1", 0)
    with WebServer(create_app(replace(state, twin=bench.twin, lifecycle=bench.desk(bench.serving()))), bound):
        monkeypatch.setenv("FORETELL_URL", f"http://127.0.0.1:{bound.getsockname()[1]}")
        monkeypatch.setenv("FORETELL_API_KEY", state.api_key)
        yield foretell


@pytest.fixture
def near(bench: Bench, foretell: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """A registry's folder, and no Foretell that runs."""
    (tmp_path / "plant.yaml").write_text(PLANT.replace("name: tank\n", "name: small\n", 1))
    monkeypatch.setenv("FORETELL_PLANT_FILE", str(tmp_path / "plant.yaml"))
    monkeypatch.setenv("FORETELL_MODELS_DIR", str(tmp_path / "far"))
    return foretell


@pytest.fixture(params=["remote", "near"])
def command(request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue(request.param)


def test_versions_are_promoted_and_rolled_back(command: Any, bench: Bench) -> None:
    listed = command("models", "list", "--json")
    assert {item["version"]: item["status"] for item in listed.json} == {"a": "champion", "b": "challenger"}
    assert command("models", "promote", "b", "--who", "M. Weber", "--reason", "better").code == 0
    assert bench.registry.champion() == "b"
    assert "promoted b by M. Weber: better" in command("models", "show", "b").out
    assert "a is champion again" in command("models", "rollback", "--who", "M. Weber").out
    assert command("models", "remove", "b").code == 0
    assert "b" not in {item.version for item in bench.registry.versions()}
    assert "champion" in command("models", "list").out


@pytest.mark.parametrize(
    ("words", "slug"),
    [
        (["show", "x"], "not-found"),
        (["promote", "a"], "invalid-input"),
        (["remove", "a"], "invalid-input"),
        (["rollback"], "invalid-input"),
    ],
)
def test_what_cannot_be_done_is_exit_code_1(command: Any, words: list[str], slug: str) -> None:
    ended = command("models", *words, "--json")
    assert (ended.code, ended.json["type"]) == (1, f"urn:foretell:{slug}")


def test_without_a_model_it_is_said_how_to_get_one(near: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORETELL_MODELS_DIR", "empty")
    assert "foretell train" in near("models", "list").out


def test_the_demo_plant_begins_with_the_shipped_version(foretell: Any) -> None:
    [only] = foretell("models", "list", "--json").json
    assert (only["status"], only["origin"]) == ("champion", "shipped")


def test_a_judgement_tells_what_it_moved_and_can_be_undone(remote: Any) -> None:
    said = remote("events", "judge", "ev-1", "false_alarm", "--who", "M. Weber", "--comment", "planned test")
    assert "ev-1: false_alarm, by M. Weber" in said.out
    assert "T2: threshold 10 -> 14.28" in said.out
    listed = remote("events", "thresholds")
    assert "10 -> 14.28" in listed.out
    change = remote("events", "thresholds", "--json").json["changes"][0]["id"]
    assert "back to the budget's" in remote("events", "undo", change, "--who", "L. Braun").out
    assert "L. Braun" in remote("events", "thresholds").out
    assert remote("events", "undo", "nothing", "--json").json["type"] == "urn:foretell:not-found"


def test_what_is_done_with_an_event_is_told(remote: Any) -> None:
    assert "ev-1: acknowledged" in remote("events", "acknowledge", "ev-1", "--who", "M. Weber").out
    assert "named 'Valve sticks', acknowledged" in remote("events", "label", "ev-1", "Valve sticks").out
    shelved = remote("events", "shelve", "ev-1", "--until", "2026-03-04T06:00", "--why", "in repair", "--json").json
    assert (shelved["shelf_reason"], shelved["label"]) == ("in repair", "Valve sticks")
    assert "shelved" not in remote("events", "unshelve", "ev-1").out
    assert remote("events", "shelve", "ev-1", "--until", "2026-03-12T06:00", "--json").json["field"] == "until"


def test_jobs_are_listed(remote: Any) -> None:
    assert remote("models", "jobs", "--json").json == {"jobs": []}


@pytest.mark.parametrize("words", [["--demo", "--from", "x.csv"], ["--gate", "--from", "x.csv"], ["--hold", "-1"]])
def test_train_refuses_options_that_exclude_each_other(foretell: Any, words: list[str]) -> None:
    assert foretell("train", *words).code == 2
