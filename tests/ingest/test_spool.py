"""The spool: what it took is there after any death, in its order, within its limit."""

import os
import signal
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.disk import Disk
from ingest.packing import pack, unpack
from ingest.spool import Spool
from twin.errors import ConfigurationError, SpoolUnavailable
from twin.sample import Quality, Sample, SampleBatch, SnapshotBatch

NOW = datetime(2026, 3, 4, 8, 0, tzinfo=UTC)
LIMIT = 10_000_000


def batch(*values: float) -> SampleBatch:
    return SampleBatch.of([Sample("level", NOW + timedelta(seconds=i), value) for i, value in enumerate(values)])


def values(spool: Spool, source: str = "a") -> list[list[float]]:
    return [list(unpack(spooled.packed).value) for spooled in spool.head(source, 1_000_000)]


def test_batches_come_back_in_their_order_each_source_apart(tmp_path: Path) -> None:
    with Disk(tmp_path) as disk:
        spool = Spool(disk, LIMIT)
        spool.append("a", [batch(1, 2), batch(3)])
        spool.append("b", [batch(9)])
        spool.append("a", [batch(4)])
        assert values(spool) == [[1, 2], [3], [4]]
        assert values(spool, "b") == [[9]]
        assert (spool.samples_of("a"), spool.samples_of("b")) == (4, 1)


def test_what_is_stored_is_forgotten_and_gives_its_room_back(tmp_path: Path) -> None:
    with Disk(tmp_path) as disk:
        spool = Spool(disk, LIMIT)
        spool.append("a", [batch(1), batch(2)])
        spool.forget("a", spool.head("a", 1))
        assert values(spool) == [[2]]
        spool.forget("a", spool.head("a", 1))
        assert not spool.waits("a")
        assert (spool.size, spool.samples_of("a"), spool.sources) == (0, 0, ())


def test_a_head_is_as_many_batches_as_are_asked_for(tmp_path: Path) -> None:
    with Disk(tmp_path) as disk:
        spool = Spool(disk, LIMIT)
        spool.append("a", [batch(1, 2), batch(3, 4), batch(5, 6)])
        assert [spooled.samples for spooled in spool.head("a", 3)] == [2, 2]
        assert [spooled.samples for spooled in spool.head("a", 1)] == [2]


def test_another_process_finds_what_was_spooled(tmp_path: Path) -> None:
    with Disk(tmp_path) as disk:
        Spool(disk, LIMIT).append("a", [batch(1), batch(2, 3)])
    with Disk(tmp_path) as disk:
        spool = Spool(disk, LIMIT)
        assert values(spool) == [[1], [2, 3]]
        assert spool.samples_of("a") == 3
        assert spool.size == spool.size_of("a") > 0


def test_its_limit_is_named_and_nothing_of_the_batch_is_kept(tmp_path: Path) -> None:
    with Disk(tmp_path) as disk:
        spool = Spool(disk, 3000)
        spool.append("a", [batch(1)])
        with pytest.raises(SpoolUnavailable, match=r"pass its limit of 0\.0 MB") as caught:
            spool.append("a", [batch(2), batch(*range(5000))])
        assert (caught.value.field, caught.value.limit) == ("spool_limit", 3000)
        assert values(spool) == [[1]]


def test_a_full_disk_is_said_and_harms_nothing_that_is_kept(tmp_path: Path) -> None:
    with Disk(tmp_path) as disk:
        spool = Spool(disk, 1 << 30)
        spool.append("a", [batch(1)])
        with disk.transaction() as connection:
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
        disk._connection.execute(f"PRAGMA max_page_count={pages + 8}")
        noise = np.random.default_rng(1).normal(size=20_000)
        with pytest.raises(SpoolUnavailable, match=r"ingest\.db takes nothing: .*full"):
            spool.append("a", [batch(*noise)])
        assert values(spool) == [[1]]
        assert spool.samples_of("a") == 1
        disk._connection.execute("PRAGMA max_page_count=1000000")
        spool.append("a", [batch(2)])
        assert values(spool) == [[1], [2]]


def test_a_disk_that_fills_up_takes_no_more_before_it_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = [8 << 20]
    monkeypatch.setattr("ingest.disk.shutil.disk_usage", lambda path: SimpleNamespace(free=free[0]))
    with Disk(tmp_path) as disk:
        spool = Spool(disk, LIMIT)
        with pytest.raises(
            SpoolUnavailable, match=r"takes no more: 8\.4 MB are free on its disk, 8\.4 MB are needed"
        ):
            spool.append("a", [batch(1)])
        assert not spool.waits("a")
        free[0] += 10_000
        spool.append("a", [batch(1)])
        free[0] = 0
        spool.forget("a", spool.head("a", 1))
        assert not spool.waits("a")


def test_a_spool_that_is_emptied_gives_its_room_back_to_the_disk(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).normal(size=20_000)
    with Disk(tmp_path) as disk:
        spool = Spool(disk, LIMIT)
        spool.append("a", [batch(*noise[:1000]), batch(*noise)])
        spool.forget("a", spool.head("a", 1_000_000))
        assert sum(file.stat().st_size for file in tmp_path.iterdir()) < 150_000


def test_two_processes_on_one_folder_are_refused(tmp_path: Path) -> None:
    program = "import sys; from pathlib import Path; from ingest.disk import Disk; Disk(Path(sys.argv[1]))"
    with Disk(tmp_path):
        with pytest.raises(ConfigurationError, match="another process ingests with the state folder"):
            Disk(tmp_path)
        child = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, timeout=60)
        assert child.returncode == 1
        assert b"another process ingests" in child.stderr
        Disk(tmp_path, exclusive=False).close()
    Disk(tmp_path).close()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SpoolUnavailable, match=r"file/state cannot be made"):
        Disk(tmp_path / "file" / "state")


def test_a_damaged_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "ingest.db").write_bytes(b"no database at all" * 1000)
    with pytest.raises(SpoolUnavailable, match=r"ingest\.db takes nothing: file is not a database"):
        Disk(tmp_path)


def test_a_commit_is_synced(tmp_path: Path) -> None:
    with Disk(tmp_path) as disk, disk.transaction() as connection:
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


WRITER = """
import sys
from pathlib import Path
from ingest.disk import Disk
from ingest.spool import Spool
from twin.sample import Sample, SampleBatch
from datetime import UTC, datetime

spool = Spool(Disk(Path(sys.argv[1])), 1 << 30)
for number in range(int(sys.argv[2]), 1_000_000):
    spool.append("a", [SampleBatch.of([Sample("level", datetime.now(UTC), float(number))] * 50)])
    if number % 3 == 0:
        spool.forget("a", spool.head("a", 1))
        print("stored", flush=True)
    print(number, flush=True)
"""


def test_what_it_said_it_took_survives_kill_9(tmp_path: Path) -> None:
    taken, stored = 0, 0
    for deaths in range(1, 5):
        child = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path), str(taken)], stdout=subprocess.PIPE, text=True
        )
        assert child.stdout is not None
        for _ in range(7 * deaths):
            child.stdout.readline()
        os.kill(child.pid, signal.SIGKILL)
        said = child.stdout.read().split("\n")
        child.wait()
        with Disk(tmp_path) as disk:
            spool = Spool(disk, 1 << 30)
            kept = [int(numbers[0]) for numbers in values(spool)]
        numbers = [int(word) for word in said if word.isdigit()]
        assert kept == list(range(kept[0], kept[-1] + 1))
        assert not numbers or kept[-1] >= numbers[-1]
        assert kept[0] >= stored
        taken, stored = kept[-1] + 1, kept[0]


finite = st.floats(allow_nan=False)
moments = st.integers(-(2**53), 2**53).map(lambda us: np.datetime64(us, "us"))


@given(
    st.lists(st.tuples(st.text(max_size=5), moments, st.floats(), st.sampled_from(Quality)), max_size=20),
)
def test_packed_samples_are_the_same_unpacked(rows: list[tuple[str, np.datetime64, float, Quality]]) -> None:
    tags = tuple(dict.fromkeys(row[0] for row in rows))
    given = SampleBatch(
        tags,
        np.array([tags.index(row[0]) for row in rows], np.int32),
        np.array([row[1] for row in rows], "datetime64[us]"),
        np.array([row[2] for row in rows], np.float64),
        np.array([row[3] for row in rows], np.int8),
    )
    back = unpack(pack(given))
    assert isinstance(back, SampleBatch)
    assert back.tags == given.tags
    for name in ("tag", "time", "value", "quality"):
        assert getattr(back, name).dtype == getattr(given, name).dtype
        assert np.array_equal(getattr(back, name), getattr(given, name), equal_nan=name == "value")


@pytest.mark.parametrize("graded", [False, True])
def test_packed_snapshots_are_the_same_unpacked(graded: bool) -> None:
    time = np.array(["2026-03-04T08:00", "NaT"], "datetime64[us]")
    value = np.array([[1.0, np.nan, 3.0], [4.0, 5.0, 6.0]])
    quality = np.array([[2, 0, 2], [1, 2, 2]], np.int8) if graded else None
    back = unpack(pack(SnapshotBatch(("a", "b", "c"), time, value, quality)))
    assert isinstance(back, SnapshotBatch)
    assert back.tags == ("a", "b", "c")
    assert np.array_equal(back.time, time, equal_nan=True)
    assert np.array_equal(back.value, value, equal_nan=True)
    assert np.array_equal(back.quality, quality) if graded else back.quality is None


def test_bytes_that_were_not_packed_are_refused() -> None:
    with pytest.raises(ValueError):
        unpack(b"nothing of this kind")


def test_the_file_is_nobody_elses_to_read(tmp_path: Path) -> None:
    Disk(tmp_path).close()
    assert (tmp_path / "ingest.db").stat().st_mode & 0o077 == 0
    assert sqlite3.connect(tmp_path / "ingest.db").execute("PRAGMA integrity_check").fetchone() == ("ok",)
