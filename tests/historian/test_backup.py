"""A backup holds everything, and every server takes it back."""

import dataclasses
import json
import os
import shutil
import zipfile
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import text

from twin.clock import FixedClock, Span
from twin.errors import InvalidInput, SchemaMismatch
from twin.event import EventFrame, Feedback, Kind, Severity
from twin.historian.backup import back_up, restore
from twin.historian.connection import open_engine
from twin.historian.events import PostgresEventLog
from twin.historian.maintenance import Maintenance
from twin.historian.migrations import migrate
from twin.historian.timescale import PostgresHistorian
from twin.plant import Retention, TagRole
from twin.sample import Quality, Sample, SampleBatch, SnapshotBatch

pytestmark = pytest.mark.integration

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
EVER = Span(NOW - 100 * DAY, NOW + DAY)
SERVERS = ["postgres", "timescale", *(["own"] if "FORETELL_TEST_DATABASE_URL" in os.environ else [])]
TAGS = ("level", "flow", "purity", "sp.level", "mv.valve")


def frame() -> EventFrame:
    return EventFrame(
        id="e1",
        kind=Kind.PROCESS,
        severity=Severity.LOW,
        start=NOW,
        end=None,
        detected_at=NOW,
        score=1.25,
        contributions=(),
        first_mover="level",
        asset="tank",
        explained_by=None,
        model_version="m1",
        message="level moves",
    )


def fill(engine, plant) -> datetime:
    """Samples of all kinds, corrections, an event, rollups whose samples are gone; gives a moment in between."""
    historian, events = PostgresHistorian(engine, plant), PostgresEventLog(engine)
    ages = (60, 59.9, 2, 1.9, 0.5)
    historian.write(SampleBatch.of(Sample(tag, NOW - age * DAY, age) for age in ages for tag in ("level", "purity")))
    historian.write(SampleBatch.of([Sample("sp.level", NOW - 3 * DAY, v) for v in (1.0,)]))
    known = datetime.now(UTC)
    while datetime.now(UTC) - known < timedelta(milliseconds=2):  # a server's clock may count milliseconds
        pass
    historian.write(SampleBatch.of([Sample("level", NOW - 2 * DAY, float("nan"), Quality.BAD)]))
    time = np.array([np.datetime64("2026-06-01T11:00", "us") + np.timedelta64(i, "m") for i in range(30)])
    historian.write_snapshots(SnapshotBatch(TAGS, time, np.arange(150.0).reshape(30, 5)))
    events.put([frame()])
    events.add_feedback(Feedback(event_id="e1", time=NOW, label="true"))
    assert Maintenance(engine, plant, FixedClock(NOW)).step()
    return known


def everything(engine, plant, known: datetime) -> dict:
    historian, events = PostgresHistorian(engine, plant), PostgresEventLog(engine)
    past = historian.as_of(known)
    return {
        "samples": {tag: list(historian.samples(tag, EVER)) for tag in TAGS if tag != "level"},
        "level": [(s.time, s.quality) for s in historian.samples("level", EVER)],
        "past": [(s.time, s.value) for s in past.samples("level", EVER)],
        "latest": sorted(historian.latest().items()),
        "backfills": [(b.number, b.span, b.tags) for b in historian.backfills(0)],
        "days": historian.series(TAGS, EVER, resolution=DAY).count.tolist(),
        "hours": historian.series(TAGS, EVER, resolution=timedelta(hours=1)).last.tolist(),
        "events": (events.get("e1"), events.feedback("e1")),
    }


@pytest.fixture
def plant(small_plant):
    return dataclasses.replace(small_plant, retention={TagRole.MEASURED: Retention(30 * DAY, 90 * DAY)})


@pytest.mark.parametrize("target", SERVERS)
@pytest.mark.parametrize("source", SERVERS)
def test_what_was_backed_up_is_restored(empty_server, plant, tmp_path, source, target):
    engine = empty_server(source)
    known = fill(engine, plant)
    before = everything(engine, plant, known)
    assert before["days"][40][:3] == [2, 0, 2]
    assert len(before["level"]) == 33
    back_up(engine, tmp_path / "backup")
    restored = empty_server(target)
    restore(restored, tmp_path / "backup")
    after = everything(restored, plant, known)
    assert str(after) == str(before)
    with restored.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM rollup_dirty")).scalar_one() == 0


def test_a_restored_historian_goes_on(emptied_engine, empty_server, plant, tmp_path):
    known = fill(emptied_engine, plant)
    numbers = len(PostgresHistorian(emptied_engine, plant).backfills(0))
    back_up(emptied_engine, tmp_path / "backup")
    restored = empty_server("postgres")
    restore(restored, tmp_path / "backup")
    historian = PostgresHistorian(restored, plant)
    historian.write(SampleBatch.of([Sample("level", NOW - DAY, 5.0), Sample("flow", NOW + DAY, 1.0)]))
    assert len(historian.backfills(0)) == numbers + 1
    assert historian.as_of(known).samples("level", EVER).value.tolist()[-1] == 0.5


@pytest.fixture
def backup(emptied_engine, plant, tmp_path):
    fill(emptied_engine, plant)
    back_up(emptied_engine, tmp_path / "backup")
    return tmp_path / "backup"


def test_a_database_without_tables_gets_them(backup, postgres_url, plant):
    server = open_engine(postgres_url).execution_options(isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text("CREATE DATABASE fresh"))
    fresh = open_engine(server.url.set(database="fresh").render_as_string(hide_password=False))
    restore(fresh, backup)
    assert PostgresHistorian(fresh, plant).latest()["level"].time == datetime(2026, 6, 1, 11, 29, tzinfo=UTC)
    fresh.dispose()
    with server.connect() as connection:
        connection.execute(text("DROP DATABASE fresh"))
    server.dispose()


def test_a_database_that_is_not_empty_is_refused(backup, emptied_engine):
    with pytest.raises(InvalidInput, match="not empty: there are rows in"):
        restore(emptied_engine, backup)


def test_a_file_that_is_there_is_not_overwritten(backup, emptied_engine):
    with pytest.raises(InvalidInput, match="is there already"):
        back_up(emptied_engine, backup)


def test_only_its_owner_may_read_a_backup(backup):
    assert backup.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("damage", ["cut", "flipped", "manifest", "text", "empty", "absent"])
def test_a_damaged_file_is_refused_and_nothing_is_restored(backup, empty_server, damage):
    content = bytearray(backup.read_bytes())
    with zipfile.ZipFile(backup) as archive:
        member = archive.getinfo("manifest.json" if damage == "manifest" else "snapshot/2026-06-01")
    if damage in {"flipped", "manifest"}:
        content[member.header_offset + len(member.filename) + 50 + member.compress_size // 2] ^= 0xFF
    changed = {
        "cut": content[: len(content) // 2],
        "flipped": content,
        "manifest": content,
        "text": b"SELECT 1",
        "empty": b"",
    }
    backup.unlink()
    if damage != "absent":
        backup.write_bytes(changed[damage])
    engine = empty_server("postgres")
    with pytest.raises(InvalidInput, match=r"is damaged or no backup|there is no file"):
        restore(engine, backup)
    assert PostgresEventLog(engine).between(EVER) == ()


def changed(backup, **manifest) -> None:
    """The same file with another manifest."""
    draft = backup.with_suffix(".changed")
    with zipfile.ZipFile(backup) as old, zipfile.ZipFile(draft, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "manifest.json":
                content = json.dumps(json.loads(content) | manifest).encode()
            new.writestr(name, content)
    shutil.move(draft, backup)


def test_a_backup_of_a_newer_foretell_is_refused(backup, empty_server):
    changed(backup, revision="9999")
    with pytest.raises(SchemaMismatch, match="9999"):
        restore(empty_server("postgres"), backup)
    changed(backup, format=2)
    with pytest.raises(InvalidInput, match="format 2"):
        restore(empty_server("postgres"), backup)


def test_a_backup_that_is_broken_off_leaves_no_file(emptied_engine, plant, tmp_path):
    fill(emptied_engine, plant)

    def stop(done: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        back_up(emptied_engine, tmp_path / "backup", stop)
    assert list(tmp_path.iterdir()) == []
    migrate(emptied_engine)
