"""What the pipeline does while the historian is away, while it refuses, and when nothing takes any more."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import numpy as np

from ingest.disk import Disk
from ingest.packing import unpack
from ingest.pipeline import Pipeline
from ingest.pipeline_config import DeadbandConfig, Overflow, PipelineConfig
from ingest.spool import Spool
from twin.clock import FixedClock
from twin.delivery import Delivery, Unreadable
from twin.errors import SpoolUnavailable
from twin.plant import Plant
from twin.sample import SampleBatch, SnapshotBatch

from .ledgers import NOW, LedgerHistorian, ListedSource, at, batch

ONE_BY_ONE = PipelineConfig(batch_size=1)
LISTED = [batch(at(-100 + i, value=float(i))) for i in range(20)]


def run(pipeline: Pipeline, source: ListedSource, stop: threading.Event | None = None) -> None:
    asyncio.run(asyncio.wait_for(pipeline.run(source, stop or threading.Event()), 30))


def spooled(folder: Path, source: str = "listed") -> list[float]:
    with Disk(folder) as disk:
        return [float(v) for item in Spool(disk, 1 << 30).head(source, 1 << 30) for v in unpack(item.packed).value]


def test_while_the_store_is_away_samples_are_safe_on_the_disk_and_acknowledged(
    small_plant: Plant, tmp_path: Path
) -> None:
    stop = threading.Event()
    historian = LedgerHistorian(small_plant, away=True)
    source = ListedSource(LISTED, end="waits")
    source.on_acknowledged = lambda number: stop.set() if number == 20 else None
    with Pipeline(small_plant, historian, ONE_BY_ONE, FixedClock(NOW), state=tmp_path) as pipeline:
        run(pipeline, source, stop)
        counts = pipeline.counters.sources["listed"]
        assert (counts.accepted, counts.spooled, counts.waiting) == (0, 20, 0)
        assert counts.spooled_bytes > 0
    assert source.acknowledged == source.deliveries
    assert spooled(tmp_path) == list(range(20))


def test_after_a_restart_the_spool_is_stored_before_what_is_newer(small_plant: Plant, tmp_path: Path) -> None:
    with Disk(tmp_path) as disk:
        Spool(disk, 1 << 30).append("listed", LISTED)
    historian = LedgerHistorian(small_plant)
    newer = [batch(at(-10 + i / 100, value=50.0 + i)) for i in range(10)]
    with Pipeline(small_plant, historian, ONE_BY_ONE, FixedClock(NOW), state=tmp_path) as pipeline:
        run(pipeline, ListedSource(newer))
        assert pipeline.counters.accepted == 30
        assert pipeline.counters.spooled == 0
    assert [sample.value for sample in historian.order] == [*range(20), *range(50, 60)]
    assert spooled(tmp_path) == []


def test_when_the_store_is_back_everything_is_stored_in_order(small_plant: Plant, tmp_path: Path) -> None:
    historian = LedgerHistorian(small_plant, away=2)
    units = SnapshotBatch(("flow", "purity"), LISTED[0].time, np.array([[1.0, 2.0]]))
    with Pipeline(small_plant, historian, ONE_BY_ONE, FixedClock(NOW), state=tmp_path) as pipeline:
        run(pipeline, ListedSource([*LISTED, units]))
        assert (pipeline.counters.spooled, pipeline.counters.retries) == (0, 2)
        assert pipeline.counters.accepted == 22
    assert historian.values() == list(range(20))
    assert [sample.value for sample in historian.order if sample.tag == "level"] == list(range(20))
    assert historian.values("purity") == [2.0]


def test_a_database_error_that_blames_no_sample_counts_as_away(small_plant: Plant, tmp_path: Path) -> None:
    import psycopg

    class ReadOnly(LedgerHistorian):
        def write(self, batch: SampleBatch) -> object:
            if len(self.writes) < 2:
                self.writes.append(0)
                raise psycopg.errors.ReadOnlySqlTransaction("cannot execute COPY in a read-only transaction")
            return super().write(batch)

    historian = ReadOnly(small_plant)
    with Pipeline(small_plant, historian, ONE_BY_ONE, FixedClock(NOW), state=tmp_path) as pipeline:
        run(pipeline, ListedSource(LISTED))
        assert pipeline.dead_letters.counts() == {}
    assert historian.values() == list(range(20))


def _stuck(plant: Plant, folder: Path, overflow: Overflow, end_when: str) -> tuple[ListedSource, Pipeline]:
    """A source of 20 one-sample batches on a pipeline whose store is away and whose spool takes nothing."""
    config = PipelineConfig(batch_size=1, queue_size=4, overflow=overflow, spool_limit=1)
    historian = LedgerHistorian(plant, away=True)
    pipeline = Pipeline(plant, historian, config, FixedClock(NOW), state=folder)
    source = ListedSource(LISTED, end="waits")
    stop = threading.Event()

    def look(number: int) -> None:
        if number >= (20 if end_when == "all given" else 6):
            stop.set()

    source.on_given = look
    with pipeline:
        run(pipeline, source, stop)
    return source, pipeline


def test_by_default_a_full_spool_means_back_pressure(small_plant: Plant, tmp_path: Path) -> None:
    source, pipeline = _stuck(small_plant, tmp_path, Overflow.BLOCK, "six given")
    assert source.acknowledged == []
    assert source.given < 12
    counts = pipeline._tallies["listed"].snapshot(NOW)
    assert counts.dropped == 0
    assert "pass its limit" in str(counts.last_error)


def test_drop_newest_gives_up_what_comes_when_nothing_takes_more(small_plant: Plant, tmp_path: Path) -> None:
    source, pipeline = _stuck(small_plant, tmp_path, Overflow.DROP_NEWEST, "all given")
    assert source.given == 20
    assert source.acknowledged == []  # those before them are not safe, and acknowledgements keep their order
    assert pipeline._tallies["listed"].snapshot(NOW).dropped >= 10


def test_drop_newest_acknowledges_in_order_when_the_store_is_back(small_plant: Plant, tmp_path: Path) -> None:
    config = PipelineConfig(batch_size=1, queue_size=4, overflow=Overflow.DROP_NEWEST, spool_limit=1)
    historian = LedgerHistorian(small_plant, away=True)
    source = ListedSource(LISTED)
    source.on_given = lambda number: setattr(historian, "away", number < 15)
    with Pipeline(small_plant, historian, config, FixedClock(NOW), state=tmp_path) as pipeline:
        run(pipeline, source)
        dropped = pipeline.counters.dropped
    assert [delivery.receipt for delivery in source.acknowledged] == list(range(20))
    assert dropped > 0
    assert len(historian.kept) == 20 - dropped
    assert historian.values()[:4] == [0, 1, 2, 3]


def test_drop_oldest_gives_up_what_waits_longest(small_plant: Plant, tmp_path: Path) -> None:
    config = PipelineConfig(batch_size=1, queue_size=4, overflow=Overflow.DROP_OLDEST, spool_limit=1)
    historian = LedgerHistorian(small_plant, away=True)
    source = ListedSource(LISTED)
    source.on_given = lambda number: setattr(historian, "away", number < 15)
    with Pipeline(small_plant, historian, config, FixedClock(NOW), state=tmp_path) as pipeline:
        run(pipeline, source)
        dropped = pipeline.counters.dropped
    assert source.acknowledged == source.deliveries
    assert dropped > 0
    assert historian.values() == list(range(dropped, 20))


def test_one_poisonous_sample_costs_the_others_nothing(small_plant: Plant, tmp_path: Path) -> None:
    historian = LedgerHistorian(small_plant, refuses=lambda sample: sample.value in (7.0, 13.0))
    config = PipelineConfig(batch_age=timedelta(milliseconds=20))
    source = ListedSource(LISTED)
    with Pipeline(small_plant, historian, config, FixedClock(NOW), state=tmp_path) as pipeline:
        run(pipeline, source)
        assert historian.values() == [i for i in range(20) if i not in (7, 13)]
        assert source.acknowledged == source.deliveries
        assert pipeline.counters.rejected == {"refused by the historian": 2}
        letters = list(pipeline.dead_letters)
    assert [letter.refused.samples.value.tolist() for letter in letters] == [[7.0], [13.0]]
    assert "numeric value out of range" in letters[0].refused.detail


def test_a_poisonous_cell_of_a_unit_costs_the_others_nothing(small_plant: Plant, tmp_path: Path) -> None:
    historian = LedgerHistorian(small_plant, refuses=lambda sample: sample.value == 7.0)
    time = np.concatenate([item.time for item in LISTED[:4]])
    units = SnapshotBatch(("flow", "purity"), time, np.arange(8.0).reshape(4, 2))
    with Pipeline(small_plant, historian, ONE_BY_ONE, FixedClock(NOW), state=tmp_path) as pipeline:
        run(pipeline, ListedSource([units]))
        assert pipeline.counters.accepted == 7
        assert pipeline.dead_letters.counts() == {"refused by the historian": 1}
    assert (historian.values("flow"), historian.values("purity")) == ([0, 2, 4, 6], [1, 3, 5])


def test_a_tag_that_left_the_plant_while_its_samples_were_spooled_becomes_a_dead_letter(
    small_plant: Plant, tmp_path: Path
) -> None:
    with Disk(tmp_path) as disk:
        Spool(disk, 1 << 30).append("listed", [batch(at(-3, "old", 1.0), at(-3), at(-2, "old", 2.0), at(-2))])
    historian = LedgerHistorian(small_plant)
    with Pipeline(small_plant, historian, ONE_BY_ONE, FixedClock(NOW), state=tmp_path) as pipeline:
        run(pipeline, ListedSource([]))
        assert pipeline.dead_letters.counts() == {"refused by the historian": 2}
        assert pipeline.counters.spooled == 0
    assert len(historian.kept) == 2


def test_what_a_source_left_in_the_spool_can_be_stored_without_it(small_plant: Plant, tmp_path: Path) -> None:
    with Disk(tmp_path) as disk:
        Spool(disk, 1 << 30).append("gone", LISTED)
    historian = LedgerHistorian(small_plant)
    with Pipeline(small_plant, historian, ONE_BY_ONE, FixedClock(NOW), state=tmp_path) as pipeline:
        assert pipeline.counters.sources["gone"].spooled == 20
        pipeline.store_spooled()
        assert pipeline.counters.sources["gone"].spooled == 0
    assert historian.values() == list(range(20))


def test_a_spooled_batch_that_cannot_be_read_is_kept_and_the_others_are_stored(
    small_plant: Plant, tmp_path: Path
) -> None:
    with Disk(tmp_path) as disk:
        Spool(disk, 1 << 30).append("listed", LISTED[:3])
        with disk.transaction() as connection:
            connection.execute("UPDATE spooled SET batch = x'00112233' WHERE id = 2")
    historian = LedgerHistorian(small_plant)
    with Pipeline(small_plant, historian, ONE_BY_ONE, FixedClock(NOW), state=tmp_path) as pipeline:
        run(pipeline, ListedSource([]))
        (letter,) = pipeline.dead_letters
    assert (letter.refused.reason, letter.refused.payload) == ("spool damaged", b"\x00\x11\x22\x33")
    assert historian.values() == [0, 2]


def test_dead_letters_are_on_the_disk_before_the_source_is_acknowledged(small_plant: Plant, tmp_path: Path) -> None:
    historian = LedgerHistorian(small_plant, away=True)
    stop = threading.Event()
    source = ListedSource(
        [Delivery(batch(at(90)), (Unreadable(b"{", "not JSON", "no object"),)), *LISTED[:1]], end="waits"
    )
    found = []
    with Pipeline(small_plant, historian, ONE_BY_ONE, FixedClock(NOW), state=tmp_path) as pipeline:

        def look(number: int) -> None:
            found.append(dict(pipeline.dead_letters.counts()))
            if number == 2:
                stop.set()

        source.on_acknowledged = look
        run(pipeline, source, stop)
    assert found[0] == {"not JSON": 1, "time in the future": 1}


def test_when_dead_letters_find_no_room_on_the_disk_nothing_is_acknowledged(
    small_plant: Plant, tmp_path: Path
) -> None:
    stop = threading.Event()
    source = ListedSource([batch(at(-1, "nowhere")), batch(at(-1))], end="waits")
    with Pipeline(small_plant, LedgerHistorian(small_plant), ONE_BY_ONE, FixedClock(NOW), state=tmp_path) as pipeline:
        add = pipeline.dead_letters.add

        def full(refused: object) -> None:
            if refused:
                stop.set()
                raise SpoolUnavailable("the disk is full")

        pipeline.dead_letters.add = full
        run(pipeline, source, stop)
        assert source.acknowledged == []
        pipeline.dead_letters.add = add
        again = ListedSource(source.deliveries)
        run(pipeline, again)
        assert again.acknowledged == again.deliveries
        assert pipeline.dead_letters.counts() == {"unknown tag": 1}


def test_held_samples_are_stored_at_the_end_and_thinned_ones_counted(small_plant: Plant, tmp_path: Path) -> None:
    config = PipelineConfig(batch_size=1, deadband={"level": DeadbandConfig(percent=2, max_silence="1 h")})
    historian = LedgerHistorian(small_plant)
    levels = [50.0, 50.5, 51.0, 51.5, 60.0, 60.5, 61.0]
    given = [batch(at(-50 + i, value=level), at(-50 + i, "flow", 5.0)) for i, level in enumerate(levels)]
    with Pipeline(small_plant, historian, config, FixedClock(NOW), state=tmp_path) as pipeline:
        run(pipeline, ListedSource(given))
        assert pipeline.counters.thinned == 3
        assert pipeline.counters.read == 14
        assert pipeline.counters.accepted == 11
    assert historian.values() == [50.0, 51.5, 60.0, 61.0]
    assert len(historian.values("flow")) == 7


BAND = {"level": DeadbandConfig(absolute=5, max_silence="1 d")}


def test_the_band_does_not_lie_around_a_value_that_was_refused(small_plant: Plant, tmp_path: Path) -> None:
    config = PipelineConfig(batch_size=1, deadband=BAND)
    historian = LedgerHistorian(small_plant, refuses=lambda sample: sample.value == 50.0)
    given = [batch(at(-50 + i, value=50.0 + i / 100)) for i in range(30)]
    with Pipeline(small_plant, historian, config, FixedClock(NOW), state=tmp_path) as pipeline:
        run(pipeline, ListedSource(given))
    first, *_, last = historian.values()
    assert 50 < first < 50.1
    assert last == 50.29


def test_the_band_does_not_lie_around_a_value_that_was_dropped(small_plant: Plant, tmp_path: Path) -> None:
    config = PipelineConfig(batch_size=1, queue_size=4, overflow=Overflow.DROP_OLDEST, spool_limit=1, deadband=BAND)
    historian = LedgerHistorian(small_plant, away=True)
    source = ListedSource([batch(at(-50 + i, value=50.0 + i / 100)) for i in range(30)])
    source.on_given = lambda number: setattr(historian, "away", number < 10)
    with Pipeline(small_plant, historian, config, FixedClock(NOW), state=tmp_path) as pipeline:
        run(pipeline, source)
        assert pipeline.counters.dropped > 0
    first, *_, last = historian.values()
    assert 50 < first < 50.15
    assert last == 50.29


CHILD = """
import asyncio, os, sys, threading
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from ledgers_alone import LedgerHistorian, ListedSource, NOW, at, batch, plant
from ingest.pipeline import Pipeline
from ingest.pipeline_config import PipelineConfig
from twin.clock import FixedClock

first = int(sys.argv[3])
source = ListedSource([batch(at(-5000 + i, value=float(i % 100))) for i in range(first, 5000)])
source.on_acknowledged = lambda number: print(first + number - 1, file=sys.stderr, flush=True)
pipeline = Pipeline(plant, LedgerHistorian(plant, away=True), PipelineConfig(batch_size=10), FixedClock(NOW),
                    state=Path(sys.argv[2]))
asyncio.run(pipeline.run(source, threading.Event()))
"""


def test_what_was_acknowledged_survives_kill_9_of_the_whole_pipeline(small_plant: Plant, tmp_path: Path) -> None:
    import pickle

    (tmp_path / "plant.pickle").write_bytes(pickle.dumps(small_plant))
    own = Path(__file__).with_name("ledgers.py").read_text()
    (tmp_path / "ledgers_alone.py").write_text(
        f"{own}\nimport pickle, pathlib\n"
        "plant = pickle.loads(pathlib.Path(__file__).with_name('plant.pickle').read_bytes())\n"
    )
    state, acknowledged = tmp_path / "state", 0
    for lines in (1, 40, 15):
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(tmp_path), str(state), str(acknowledged)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert child.stderr is not None
        for _ in range(lines):
            assert child.stderr.readline()
        os.kill(child.pid, signal.SIGKILL)
        rest = [int(line) for line in child.stderr.read().split("\n")[:-1]]
        child.wait()
        acknowledged = rest[-1] + 1 if rest else acknowledged + lines
    historian = LedgerHistorian(small_plant)
    with Pipeline(small_plant, historian, clock=FixedClock(NOW), state=state) as pipeline:
        run(pipeline, ListedSource([]))
    stored = {sample.time for sample in historian.order}
    wanted = {at(-5000 + i).time for i in range(acknowledged)}
    assert acknowledged >= 56
    assert wanted <= stored
    assert len(historian.kept) == len(stored)
