"""What the registry of world models keeps to."""

import threading
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from safetensors.numpy import save_file

from models.registry import ModelRegistry, read_card
from twin.errors import CheckpointError, InvalidInput, NotFound
from twin.lifecycle import GateDecision, ModelScore, ModelStatus
from twin.world import Envelope, ModelCard

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


def card(version, plant="Tank", day=0):
    return ModelCard(
        version=version,
        family="linear",
        plant=plant,
        tags=("level",),
        moves=("sp.level",),
        step=timedelta(minutes=3),
        context=timedelta(hours=6),
        horizon=timedelta(hours=12),
        scale=(1.0,),
        envelope=(Envelope(tag="sp.level", low=0, high=1),),
        disagreement_limit=1.0,
        data_start=MONDAY - timedelta(days=30),
        data_end=MONDAY + timedelta(days=day),
        data_hours=700,
        created=MONDAY + timedelta(days=day),
        seed=3,
        skill={"nrmse": 0.3},
        excluded_hours=2.5,
    )


def writer(version, plant="Tank", day=0, mark=1.0):
    """Puts a checkpoint where it is told."""
    about = '{"card": ' + card(version, plant, day).model_dump_json() + "}"
    return lambda path: save_file({"w": np.array([mark])}, path, metadata={"foretell": about})


@pytest.fixture
def registry(tmp_path):
    return ModelRegistry(tmp_path, "Tank", now=lambda: MONDAY)


def decision(version, *, passed):
    score = ModelScore(version="a", nrmse=0.3, by_tag={"level": 0.3}, false_alarms=0)
    other = score.model_copy(update={"version": version})
    fields = {"time": MONDAY, "start": MONDAY, "end": MONDAY, "hours": 48, "rollouts": 9}
    return GateDecision(**fields, champion=score, challenger=other, passed=passed, reasons=())


def status(registry):
    return {item.version: item.status.value for item in registry.versions()}


def test_the_first_version_is_champion_and_the_next_one_waits(registry):
    registry.add(writer("a"))
    second = registry.add(writer("b", day=1))
    assert registry.champion() == "a"
    assert second.status is ModelStatus.CHALLENGER
    assert second.parent == "a"
    assert second.excluded_hours == 2.5
    assert (second.seed, second.family, second.skill) == (3, "linear", {"nrmse": 0.3})
    assert registry.state().promotions[0].previous is None


def test_a_promotion_is_kept_with_who_when_and_why(registry):
    registry.add(writer("a"))
    registry.add(writer("b"))
    made = registry.promote("b", "M. Weber", "better at night")
    assert (made.version, made.previous, made.who, made.reason) == ("b", "a", "M. Weber", "better at night")
    assert made.time == MONDAY
    assert status(registry) == {"a": "retired", "b": "champion"}
    assert ModelRegistry(registry.folder.parent, "Tank").state().promotions[-1] == made


def test_rollbacks_go_back_one_champion_after_the_other(registry):
    for version in "abc":
        registry.add(writer(version))
    registry.promote("b", "w", "r")
    registry.promote("c", "w", "r")
    assert registry.rollback("w", "").version == "b"
    assert registry.rollback("w", "").version == "a"
    with pytest.raises(InvalidInput, match="no champion before"):
        registry.rollback("w", "")


def test_the_champion_is_neither_promoted_again_nor_removed(registry):
    registry.add(writer("a"))
    with pytest.raises(InvalidInput, match="already champion"):
        registry.promote("a", "w", "r")
    with pytest.raises(InvalidInput, match="the champion"):
        registry.remove("a")


def test_a_removed_version_is_gone_with_its_file(registry):
    registry.add(writer("a"))
    registry.add(writer("b"))
    path = registry.path("b")
    registry.remove("b")
    assert not path.exists()
    with pytest.raises(NotFound) as caught:
        registry.get("b")
    assert caught.value.candidates == ("a",)


def test_the_shipped_checkpoint_is_the_first_champion_and_stays(tmp_path):
    shipped = tmp_path / "shipped.safetensors"
    writer("s")(shipped)
    registry = ModelRegistry(tmp_path / "models", "Tank", shipped)
    assert registry.champion() == "s"
    assert registry.path("s") == shipped
    assert registry.add(writer("b")).status is ModelStatus.CHALLENGER
    registry.promote("b", "w", "r")
    assert registry.rollback("w", "").version == "s"
    registry.promote("b", "w", "r")
    with pytest.raises(InvalidInput, match="part of Foretell"):
        registry.remove("s")


def test_a_newer_shipped_checkpoint_takes_the_place_of_the_older_one(tmp_path):
    shipped, own = tmp_path / "shipped.safetensors", tmp_path / "models"
    writer("s1")(shipped)
    registry = ModelRegistry(own, "Tank", shipped)
    registry.add(writer("b"))
    registry.promote("b", "w", "r")
    registry.rollback("w", "")
    writer("s2")(shipped)
    assert registry.champion() == "s2"


def test_the_same_weights_again_are_the_same_version(registry):
    registry.add(writer("a"))
    registry.add(writer("b"))
    registry.promote("b", "w", "r")
    again = registry.add(writer("b", mark=2.0))
    assert (again.status, again.parent) == (ModelStatus.CHAMPION, "a")
    assert len(registry.versions()) == 2


def test_a_challenger_that_the_gate_refused_is_retired(registry):
    registry.add(writer("a"))
    registry.add(writer("b"))
    registry.add(writer("c"))
    registry.decide(decision("b", passed=False))
    registry.decide(decision("c", passed=True))
    assert status(registry) == {"a": "champion", "b": "retired", "c": "challenger"}


def test_every_change_is_seen_by_other_processes(registry):
    other = ModelRegistry(registry.folder.parent, "Tank")
    marks = [other.mark]
    registry.add(writer("a"))
    marks.append(other.mark)
    registry.add(writer("b"))
    marks.append(other.mark)
    registry.promote("b", "w", "r")
    assert len({*marks, other.mark}) == 4
    assert other.champion() == "b"


def test_changes_at_once_lose_nothing(registry):
    registry.add(writer("a"))
    threads = [threading.Thread(target=registry.add, args=(writer(f"v{i}"),)) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {item.version for item in registry.versions()} == {"a", *(f"v{i}" for i in range(6))}


def test_a_model_of_another_plant_is_refused_and_nothing_changes(registry):
    with pytest.raises(CheckpointError, match="Kiln"):
        registry.add(writer("k", plant="Kiln"))
    assert registry.versions() == ()
    assert registry.champion() is None


def test_two_plants_share_a_folder_without_meeting(tmp_path):
    one, other = ModelRegistry(tmp_path, "Tank"), ModelRegistry(tmp_path, "Kiln 2")
    one.add(writer("a"))
    other.add(writer("k", plant="Kiln 2"))
    assert (one.champion(), other.champion()) == ("a", "k")


def test_a_damaged_state_file_is_named(registry):
    registry.add(writer("a"))
    (registry.folder / "registry.json").write_text('{"plant": "Tank"')
    with pytest.raises(CheckpointError, match=r"registry\.json is damaged"):
        registry.versions()


def test_a_file_that_is_no_checkpoint_is_named(tmp_path):
    (tmp_path / "x.safetensors").write_bytes(b"nothing")
    with pytest.raises(CheckpointError, match=r"x\.safetensors is damaged"):
        read_card(tmp_path / "x.safetensors")
