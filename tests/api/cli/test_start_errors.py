"""What keeps Foretell from starting is said in a sentence, with exit code 1."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from twin.historian.migrations import migrate

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[3]
SHIPPED = ROOT / "models" / "shipped" / "demo.safetensors"
PLANT = """\
name: tank
description: A tank
time_zone: Europe/Berlin
step: 3 min
night_shift: night
shifts:
  - {name: day, start: "06:00", end: "22:00"}
  - {name: night, start: "22:00", end: "06:00"}
assets:
  - {name: tank, description: The tank}
tags:
  - {name: level, asset: tank, role: measured, unit: "%", description: Level, range: [0, 100], cadence: 1 min}
  - {name: sp.level, asset: tank, role: setpoint, unit: "%", description: Setpoint, range: [0, 100],
     cadence: on change, movable: true}
"""


@pytest.fixture
def database(engine: Engine, foretell: Any, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """A database that commands in this process take."""
    monkeypatch.setenv("FORETELL_DATABASE_URL", engine.url.render_as_string(hide_password=False))
    return engine


def refused(ended: Any, slug: str, *parts: str) -> None:
    assert ended.code == 1, ended
    assert ended.json["type"] == f"urn:foretell:{slug}"
    for part in parts:
        assert part in ended.json["detail"]
        assert part in ended.err
    assert "Traceback" not in ended.err


@pytest.fixture
def plant_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "plant.yaml"
    path.write_text(PLANT)
    monkeypatch.setenv("FORETELL_PLANT_FILE", str(path))
    return path


def test_a_plant_of_ones_own_needs_no_checkpoint_to_ingest_and_read(
    database: Engine, foretell: Any, plant_file: Path, tmp_path: Path
) -> None:
    table = tmp_path / "level.csv"
    table.write_text(
        "tag,time,value\nlevel,2026-03-02T08:00:00Z,50\nlevel,2026-03-02T08:01:00Z,nan\nlevle,2026-03-02T08:00:00Z,1\n"
    )
    ended = foretell("ingest", "import", str(table), "--json")
    assert ended.code == 1, "a sample was rejected"
    result = ended.json[str(table)]
    assert (result["accepted"], result["duplicates"], result["rejected"]) == (2, 0, {"unknown tag": 1})
    assert foretell("ingest", "import", str(table), "--json").json[str(table)]["duplicates"] == 2
    found = foretell("events", "--start", "2026-03-02T08:00Z", "--end", "2026-03-02T09:00Z", "--json")
    assert (found.code, found.json["scored"]) == (0, 0)


def test_a_mistake_in_the_plant_file_is_named_with_line_and_field(
    database: Engine, foretell: Any, plant_file: Path
) -> None:
    plant_file.write_text(PLANT.replace('role: measured, unit: "%"', 'role: measured, unit: "percentish"'))
    refused(foretell("events", "--json"), "plant-file", "plant.yaml:12", "unit", "percentish")
    plant_file.write_text(PLANT.replace("assets:\n", "assets:\n  - [\n"))
    refused(foretell("events", "--json"), "plant-file", "plant.yaml:")


def test_a_missing_plant_file_is_named(database: Engine, foretell: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORETELL_PLANT_FILE", "nowhere.yaml")
    refused(foretell("events", "--json"), "plant-file", "nowhere.yaml")


def test_the_checkpoint_of_another_plant_is_refused(
    database: Engine, foretell: Any, plant_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORETELL_CHECKPOINT", str(SHIPPED))
    refused(foretell("events", "--json"), "checkpoint", str(SHIPPED), "tank")


@pytest.mark.parametrize("share", [0.0, 0.3, 0.99])
def test_a_half_written_checkpoint_is_refused(
    database: Engine, foretell: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, share: float
) -> None:
    whole = SHIPPED.read_bytes()
    half = tmp_path / "half.safetensors"
    half.write_bytes(whole[: int(share * len(whole))])
    monkeypatch.setenv("FORETELL_CHECKPOINT", str(half))
    refused(foretell("events", "--json"), "checkpoint", str(half))


def test_a_missing_checkpoint_is_named(database: Engine, foretell: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORETELL_CHECKPOINT", "nowhere.safetensors")
    refused(foretell("events", "--json"), "checkpoint", "nowhere.safetensors")


def test_a_newer_schema_is_left_alone(database: Engine, foretell: Any) -> None:
    migrate(database)
    with database.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for words in (["db", "check"], ["db", "upgrade"], ["events"], ["ingest", "import", "x.csv"]):
        refused(foretell(*words, "--json"), "schema-mismatch", "9999")
    with database.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "9999"


def test_the_schema_is_made_and_checked(database: Engine, foretell: Any) -> None:
    assert foretell("db", "check", "--json").code == 1
    assert foretell("db", "upgrade", "--json").json == {"ok": True}
    assert foretell("db", "check").code == 0


def test_the_url_is_one_that_psql_takes(database: Engine, foretell: Any) -> None:
    assert foretell("db", "url").out.startswith("postgresql://")


def test_training_needs_history(database: Engine, foretell: Any, plant_file: Path, tmp_path: Path) -> None:
    target = tmp_path / "tank.safetensors"
    refused(foretell("train", "--out", str(target), "--json"), "empty-window")
    table = tmp_path / "level.csv"
    table.write_text("tag,time,value\nlevel,2026-03-02T08:00:00Z,50\n")
    assert foretell("ingest", "import", str(table)).code == 0
    refused(foretell("train", "--out", str(target), "--json"), "empty-window")
    assert not target.exists()
