"""Dead letters: nothing refused is lost, a person can look, correct and try again."""

import asyncio
import threading
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from ingest.dead_letters import DeadLetters
from ingest.disk import Disk
from ingest.pipeline import Pipeline
from ingest.pipeline_config import PipelineConfig
from ingest.source_config import SourceConfig, SourceContext
from twin.clock import FixedClock
from twin.delivery import Delivery, Unreadable
from twin.errors import ConfigurationError, NotFound, SpoolUnavailable, StoreUnavailable
from twin.intake import Refused
from twin.plant import Plant
from twin.protocols import Source

from .ledgers import NOW, LedgerHistorian, ListedSource, at, batch

FAST = PipelineConfig(batch_age=timedelta(milliseconds=20))
LIMIT = 1_000_000


class OneSource(SourceConfig):
    """The entry of a source called listed."""

    name: str = "listed"

    def build(self, context: SourceContext) -> Source:
        return ListedSource([])


def run(pipeline: Pipeline, *given: object) -> None:
    asyncio.run(asyncio.wait_for(pipeline.run(ListedSource(list(given)), threading.Event()), 20))  # type: ignore[arg-type]


def payload(content: bytes, reason: str = "not JSON") -> Refused:
    return Refused("a", reason, "it is none", payload=content)


@pytest.fixture
def letters(tmp_path: Path) -> DeadLetters:
    return DeadLetters(Disk(tmp_path), LIMIT, FixedClock(NOW))


def test_a_letter_tells_source_reason_detail_content_and_time(small_plant: Plant, tmp_path: Path) -> None:
    wrong = batch(at(-1), at(-1, "nowhere", 3.0), at(-2, "nowhere", 4.0), at(90, value=5.0))
    with Pipeline(small_plant, LedgerHistorian(small_plant), FAST, FixedClock(NOW), state=tmp_path) as pipeline:
        run(pipeline, Delivery(wrong, (Unreadable(b"\xff{", "not JSON", "byte 0 is 0xff"),)))
    with Disk(tmp_path) as disk:
        unreadable, unknown, future = DeadLetters(disk, LIMIT, FixedClock(NOW))
    assert (unreadable.refused.source, unreadable.refused.reason) == ("listed", "not JSON")
    assert (unreadable.refused.payload, unreadable.refused.detail) == (b"\xff{", "byte 0 is 0xff")
    assert unknown.refused.detail == "nowhere: unknown tag, nowhere, and 1 more"
    assert unknown.refused.samples is not None
    assert [(sample.tag, sample.value) for sample in unknown.refused.samples] == [("nowhere", 3), ("nowhere", 4)]
    assert unknown.refused.samples.tags == ("nowhere",)
    assert future.refused.detail.startswith("level: time in the future, 2026-03-04T09:30")
    assert (future.first_at, future.last_at, future.times) == (NOW, NOW, 1)


def test_samples_are_kept_with_the_sources_own_address_and_unit(small_plant: Plant, tmp_path: Path) -> None:
    entry = OneSource(tags={"plc/7": {"tag": "flow", "unit": "l/s"}})
    historian = LedgerHistorian(small_plant)
    with Pipeline(small_plant, historian, FAST, FixedClock(NOW), sources=[entry], state=tmp_path) as pipeline:
        run(pipeline, batch(at(90, "plc/7", 2.0)))
        (letter,) = pipeline.dead_letters
    assert [(sample.tag, sample.value) for sample in letter.refused.samples or ()] == [("plc/7", 2.0)]


def test_the_same_delivery_again_is_the_same_letter(small_plant: Plant, tmp_path: Path) -> None:
    wrong = Delivery(batch(at(-1, "nowhere")), (Unreadable(b"{", "not JSON", "no object"),))
    other = batch(at(-1, "nowhere", 7.0))
    with Pipeline(small_plant, LedgerHistorian(small_plant), FAST, FixedClock(NOW), state=tmp_path) as pipeline:
        run(pipeline, wrong, other)
        run(pipeline, other, wrong)
        assert [letter.times for letter in pipeline.dead_letters] == [2, 2, 2]
        assert pipeline.dead_letters.counts() == {"unknown tag": 4, "not JSON": 2}


def test_beyond_the_limit_the_oldest_are_given_up_and_counted(tmp_path: Path) -> None:
    letters = DeadLetters(Disk(tmp_path), 1000, FixedClock(NOW))
    letters.add([payload(bytes([i]) * 190) for i in range(8)])
    kept = [letter.refused.payload[0] for letter in letters if letter.refused.payload]
    assert kept == [3, 4, 5, 6, 7]
    assert letters.given_up() == {"not JSON": 3}
    assert sum(letters.counts().values()) + sum(letters.given_up().values()) == 8
    letters.add([payload(b"x" * 5000, "huge")])
    assert list(letters) == []
    assert letters.given_up() == {"not JSON": 8, "huge": 1}


def test_a_disk_without_room_is_said_before_it_is_full(letters: DeadLetters, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.disk.shutil.disk_usage", lambda path: SimpleNamespace(free=8 << 20))
    with pytest.raises(SpoolUnavailable, match="MB are free on its disk"):
        letters.add([payload(b"1")])
    assert list(letters) == []


def test_letters_are_listed_page_by_page(letters: DeadLetters) -> None:
    letters.add([payload(str(i).encode()) for i in range(250)])
    assert [int(letter.refused.payload or b"") for letter in letters] == list(range(250))
    first = letters.page(limit=10)
    assert [letter.number for letter in letters.page(first[-1].number, 10)] == list(range(11, 21))
    assert letters.get(17).refused.payload == b"16"
    with pytest.raises(NotFound, match="no dead letter 999"):
        letters.get(999)


def test_letters_are_purged_by_source_and_age(letters: DeadLetters) -> None:
    letters.add([payload(b"1"), Refused("b", "not JSON", "it is none", payload=b"2")])
    assert letters.purge(before=NOW) == 0
    assert letters.purge(source="b", before=NOW + timedelta(seconds=1)) == 1
    assert letters.purge(source="b") == 0
    assert letters.purge() == 1
    assert list(letters) == []


def test_another_process_may_look_while_one_ingests(tmp_path: Path) -> None:
    with Disk(tmp_path) as own, Disk(tmp_path, exclusive=False) as others:
        DeadLetters(own, LIMIT, FixedClock(NOW)).add([payload(b"1")])
        seen = DeadLetters(others, LIMIT, FixedClock(NOW))
        assert [letter.refused.payload for letter in seen] == [b"1"]
        seen.purge()
        assert list(DeadLetters(own, LIMIT, FixedClock(NOW))) == []


def test_after_the_mapping_is_corrected_a_replay_stores_what_was_refused(small_plant: Plant, tmp_path: Path) -> None:
    given = batch(at(-1, "plc/7", 2.0), at(-2, "plc/7", 1.0), at(-1, "plc/9", 4.0))
    historian = LedgerHistorian(small_plant)
    with Pipeline(small_plant, historian, FAST, FixedClock(NOW), sources=[OneSource()], state=tmp_path) as pipeline:
        run(pipeline, given)
    entry = OneSource(tags={"plc/7": {"tag": "flow", "unit": "l/s"}}, max_age="1 min")
    later = FixedClock(NOW + timedelta(days=30))
    with Pipeline(small_plant, historian, FAST, later, sources=[entry], state=tmp_path) as pipeline:
        replayed = pipeline.replay(list(pipeline.dead_letters))
        assert (replayed.stored, replayed.refused, replayed.letters) == (2, {"unknown tag": 1}, 0)
        (left,) = pipeline.dead_letters
        assert [sample.tag for sample in left.refused.samples or ()] == ["plc/9"]
        again = pipeline.replay([left])
        assert (again.stored, again.refused) == (0, {"unknown tag": 1})
        assert [letter.number for letter in pipeline.dead_letters] == [left.number]
    assert historian.values("flow") == [pytest.approx(3.6), pytest.approx(7.2)]


def test_a_replay_that_succeeds_leaves_no_letter_and_payloads_stay(small_plant: Plant, tmp_path: Path) -> None:
    historian = LedgerHistorian(small_plant)
    with Pipeline(small_plant, historian, FAST, FixedClock(NOW), state=tmp_path) as pipeline:
        run(pipeline, Delivery(batch(at(90)), (Unreadable(b"{", "not JSON", "no object"),)))
    with Pipeline(small_plant, historian, FAST, FixedClock(NOW + timedelta(hours=2)), state=tmp_path) as pipeline:
        replayed = pipeline.replay(list(pipeline.dead_letters))
        assert (replayed.letters, replayed.stored, replayed.unreadable) == (1, 1, 1)
        assert pipeline.dead_letters.counts() == {"not JSON": 1}


def test_what_the_historian_refused_is_replayed_without_a_second_conversion(
    small_plant: Plant, tmp_path: Path
) -> None:
    entry = OneSource(tags={"level": {"tag": "flow", "unit": "l/s"}})
    historian = LedgerHistorian(small_plant, refuses=lambda sample: True)
    with Pipeline(small_plant, historian, FAST, FixedClock(NOW), sources=[entry], state=tmp_path) as pipeline:
        run(pipeline, batch(at(-1, "level", 2.0)))
        historian.refuses = lambda sample: False
        assert pipeline.replay(list(pipeline.dead_letters)).stored == 1
    assert historian.values("flow") == [pytest.approx(7.2)]


def test_a_replay_while_the_store_is_away_keeps_the_letters(small_plant: Plant, tmp_path: Path) -> None:
    historian = LedgerHistorian(small_plant)
    with Pipeline(small_plant, historian, FAST, FixedClock(NOW), state=tmp_path) as pipeline:
        run(pipeline, batch(at(4), at(90)))
    historian.away = True
    with Pipeline(small_plant, historian, FAST, FixedClock(NOW + timedelta(hours=2)), state=tmp_path) as pipeline:
        with pytest.raises(StoreUnavailable):
            pipeline.replay(list(pipeline.dead_letters))
        assert pipeline.dead_letters.counts() == {"time in the future": 1}


def test_samples_without_a_time_are_kept_too(small_plant: Plant, tmp_path: Path) -> None:
    given = batch(at(-1, value=3.0))
    given.time[0] = np.datetime64("NaT")
    with Pipeline(small_plant, LedgerHistorian(small_plant), FAST, FixedClock(NOW), state=tmp_path) as pipeline:
        run(pipeline, given)
        (letter,) = pipeline.dead_letters
    assert letter.refused.reason == "no time"
    assert letter.refused.samples is not None
    assert np.isnat(letter.refused.samples.time).all()
    assert letter.refused.samples.value.tolist() == [3.0]


def test_without_a_state_folder_there_are_no_letters(small_plant: Plant) -> None:
    with pytest.raises(ConfigurationError, match="no state folder"):
        _ = Pipeline(small_plant, LedgerHistorian(small_plant)).dead_letters
