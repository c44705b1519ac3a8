"""Replay: the same samples in the same distances, never ahead of the clock, and on from where it was."""

import asyncio
import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ingest.recording import FileRecording, HistorianRecording
from ingest.replay import ReplayConfig, ReplaySource, Timeline
from ingest.source_config import SourceContext
from twin.clock import Span
from twin.delivery import Delivery
from twin.errors import ConfigurationError, InvalidInput, StoreUnavailable, UnknownTag
from twin.plant import Plant
from twin.sample import Sample, SampleBatch, SnapshotBatch

T0 = datetime(2026, 3, 4, 8, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ROWS = 6


class Hands:
    """A clock that only sleeping moves."""

    def __init__(self, moment: datetime = NOW) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    async def sleep(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


class Store:
    """A historian of some samples, at most two of them a page; away the first time it is asked."""

    def __init__(self, samples: Sequence[Sample], away: int = 0) -> None:
        self._samples = samples
        self.away = away

    def samples(self, tag: str, span: Span, limit: int) -> SampleBatch:
        if self.away:
            self.away -= 1
            raise StoreUnavailable("it is away")
        found = [sample for sample in self._samples if sample.tag == tag and sample.time in span]
        return SampleBatch.of(sorted(found, key=lambda sample: sample.time)[:limit])


def long_file(folder: Path, rows: int = ROWS) -> Path:
    """Tag after tag, as historians export them."""
    lines = [
        f"{tag},{(T0 + i * MINUTE).isoformat()},{base + i}"
        for tag, base in (("level", 10), ("flow", 20))
        for i in range(rows)
    ]
    file = folder / "history.csv"
    file.write_text("\n".join(["tag,time,value", *lines]))
    return file


def recorded(rows: int = ROWS) -> list[tuple[timedelta, str, float]]:
    return [(i * MINUTE, tag, base + i) for i in range(rows) for tag, base in (("level", 10.0), ("flow", 20.0))]


def replay(folder: Path, hands: Hands, **more: object) -> ReplaySource:
    given = {"kind": "replay", "name": "again", "file": folder / "history.csv", **more}
    config = ReplayConfig.model_validate({name: value for name, value in given.items() if value is not None})
    recording = FileRecording(folder / "history.csv", config.dialect)
    return ReplaySource(config, recording, hands, folder / "state" / "again.json", hands.sleep)


def play(source: ReplaySource, most: int = 10_000, acknowledged: int = 10_000) -> list[Sample]:
    """The first samples; so many of them are acknowledged."""

    async def listen() -> list[Sample]:
        got: list[Sample] = []
        async with source:
            async for delivery in source:
                got += narrow(delivery)
                if len(got) <= acknowledged:
                    await source.acknowledge(delivery)
                if len(got) >= most:
                    break
        return got

    return asyncio.run(listen())


def narrow(delivery: Delivery) -> SampleBatch:
    return delivery.samples.samples() if isinstance(delivery.samples, SnapshotBatch) else delivery.samples


def relative(samples: Sequence[Sample], to: datetime) -> list[tuple[timedelta, str, float]]:
    return [(sample.time - to, sample.tag, sample.value) for sample in samples]


def test_in_real_time_history_begins_now_and_no_sample_comes_before_its_time(tmp_path: Path) -> None:
    long_file(tmp_path)
    hands, ahead = Hands(), []

    async def listen() -> list[Sample]:
        got: list[Sample] = []
        async with replay(tmp_path, hands) as source:
            async for delivery in source:
                ahead.extend(sample.time - hands.now() for sample in narrow(delivery))
                got += narrow(delivery)
        return got

    assert relative(asyncio.run(listen()), NOW) == recorded()
    assert max(ahead) <= timedelta(0)
    assert min(ahead) > -timedelta(seconds=1)
    assert hands.now() - NOW < 5 * MINUTE + timedelta(seconds=1)


def test_faster_than_real_time_it_catches_up_with_the_clock_at_its_end(tmp_path: Path) -> None:
    long_file(tmp_path)
    hands = Hands()
    got = play(replay(tmp_path, hands, speed=10))
    assert relative(got, got[0].time) == recorded()
    assert got[-1].time == NOW + 5 * MINUTE / 10
    assert hands.now() - NOW < MINUTE


def test_as_fast_as_it_goes_it_ends_now_or_keeps_its_own_times(tmp_path: Path) -> None:
    long_file(tmp_path)
    hands = Hands()
    moved = play(replay(tmp_path, hands, speed=math.inf, name="moved"))
    assert relative(moved, NOW - 5 * MINUTE) == recorded()
    (tmp_path / "state" / "again.json").unlink()
    assert relative(play(replay(tmp_path, hands, speed=math.inf, times="kept")), T0) == recorded()
    assert hands.now() == NOW


def test_a_loop_begins_again_after_its_pause(tmp_path: Path) -> None:
    long_file(tmp_path)
    got = play(replay(tmp_path, Hands(), loop=True, pause="3 min"), most=2 * 2 * ROWS)
    assert relative(got[: 2 * ROWS], NOW) == recorded()
    assert relative(got[2 * ROWS :], NOW + 8 * MINUTE) == recorded()


@pytest.mark.parametrize("kept", [0, 4, 10])
def test_after_a_restart_it_goes_on_after_what_was_acknowledged_with_the_same_times(
    tmp_path: Path, kept: int
) -> None:
    long_file(tmp_path)
    hands = Hands()
    before = play(replay(tmp_path, hands), most=10, acknowledged=kept)
    hands.moment += 30 * MINUTE
    after = play(replay(tmp_path, hands))
    assert relative([*before[:kept], *after], NOW) == recorded()
    assert play(replay(tmp_path, hands)) == []


def test_in_a_later_round_too(tmp_path: Path) -> None:
    long_file(tmp_path)
    hands = Hands()
    play(replay(tmp_path, hands, loop=True), most=2 * ROWS + 4)
    (first, *_) = play(replay(tmp_path, hands, loop=True), most=1)
    assert (first.time, first.value) == (NOW + 6 * MINUTE + 2 * MINUTE, 12.0)


def test_a_file_that_changed_is_another_replay(tmp_path: Path) -> None:
    long_file(tmp_path)
    hands = Hands()
    play(replay(tmp_path, hands))
    long_file(tmp_path, rows=3)
    again = hands.now()
    assert relative(play(replay(tmp_path, hands)), again) == recorded(3)


def test_a_state_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    long_file(tmp_path)
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "again.json").write_text("{")
    with pytest.raises(ConfigurationError, match=r"again\.json"):
        play(replay(tmp_path, Hands()))


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "history.csv").write_text("tag,time,value\n")
    with pytest.raises(InvalidInput, match="no sample"):
        play(replay(tmp_path, Hands()))


@given(
    blocks=st.lists(
        st.lists(st.tuples(st.integers(0, 50), st.sampled_from(["a", "b"])), min_size=1, max_size=8),
        min_size=1,
        max_size=6,
    ),
    after=st.none() | st.integers(-1, 51),
)
def test_blocks_in_any_order_are_read_in_order_of_time(
    blocks: list[list[tuple[int, str]]], after: int | None
) -> None:
    batches = [SampleBatch.of([Sample(tag, T0 + i * MINUTE, i) for i, tag in block]) for block in blocks]
    recording = FileRecording(Path("unused"), ReplayConfig.model_fields["dialect"].default)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ingest.recording.read_samples", lambda *_: iter(batches))
        moment = None if after is None else np.datetime64((T0 + after * MINUTE).replace(tzinfo=None), "us")
        read = list(recording.read(moment))
    times = [batch.time for batch in read]
    assert all(len(batch) for batch in read)
    assert all(first[-1] < second[0] for first, second in pairwise(times))
    found = [(sample.value, sample.tag) for batch in read for sample in batch]
    expected = [row for block in blocks for row in block if after is None or row[0] > after]
    assert sorted(found) == sorted(expected)
    assert [value for value, _ in found] == sorted(value for value, _ in found)


def test_the_historians_own_span_is_played_in_order_and_whole(
    small_plant: Plant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.recording._PAGE", 2)
    samples = [
        Sample(tag, T0 + i * MINUTE, base + i) for tag, base in (("level", 10), ("flow", 20)) for i in range(90)
    ]
    store, hands = Store(samples, away=2), Hands()
    span = Span(T0 + 5 * MINUTE, T0 + 80 * MINUTE)
    config = ReplayConfig(kind="replay", name="again", span={"start": span.start, "end": span.end}, speed=math.inf)  # type: ignore[arg-type]
    recording = HistorianRecording(store, ["level", "flow"], span)  # type: ignore[arg-type]
    got = play(ReplaySource(config, recording, hands, tmp_path / "again.json", hands.sleep))
    expected = [sample for sample in sorted(samples, key=lambda sample: sample.time) if sample.time in span]
    assert [(sample.tag, sample.value) for sample in got] == [(sample.tag, sample.value) for sample in expected]
    assert NOW - got[-1].time == MINUTE - timedelta(microseconds=1)


def test_a_span_needs_a_historian_tags_of_the_plant_and_a_past(small_plant: Plant, tmp_path: Path) -> None:
    span = {"start": T0.isoformat(), "end": (T0 + MINUTE).isoformat()}
    plain = SourceContext(small_plant, Hands(), tmp_path)
    whole = SourceContext(small_plant, Hands(), tmp_path, Store([]))  # type: ignore[arg-type]
    early = SourceContext(small_plant, Hands(T0), tmp_path, Store([]))  # type: ignore[arg-type]

    def config(**more: object) -> ReplayConfig:
        return ReplayConfig.model_validate({"kind": "replay", "name": "again", "span": {**span, **more}})

    assert config(only=["level"]).build(whole).name == "again"
    with pytest.raises(ConfigurationError, match="no historian"):
        config().build(plain)
    with pytest.raises(UnknownTag, match="pressure"):
        config(only=["pressure"]).build(whole)
    with pytest.raises(ConfigurationError, match="future"):
        config().build(early)


MISTAKES = {
    "either file or span": {},
    "either file or span ": {"file": "a.csv", "span": {"start": T0, "end": NOW}},
    "loop needs": {"file": "a.csv", "loop": True, "speed": 2},
    "loop needs ": {"file": "a.csv", "loop": True, "times": "kept"},
    "greater than 0": {"file": "a.csv", "speed": 0},
    "greater than 0 ": {"file": "a.csv", "speed": math.nan},
    "not after the start": {"span": {"start": NOW, "end": T0}},
}


@pytest.mark.parametrize("said", MISTAKES)
def test_a_mistake_in_the_configuration_is_named(said: str) -> None:
    with pytest.raises(ValidationError, match=said.strip()):
        ReplayConfig.model_validate({"kind": "replay", "name": "again", **MISTAKES[said]})


@given(
    speed=st.floats(0.01, 1000) | st.just(math.inf),
    length=st.integers(0, 10**12),
    at=st.floats(0, 1),
    laps=st.integers(0, 3),
)
def test_no_sample_carries_a_time_after_the_instant_at_which_it_plays(
    speed: float, length: int, at: float, laps: int
) -> None:
    begun = int(NOW.timestamp() * 1e6)
    timeline = Timeline(first=0, last=length, lap=length + 1, begun=begun, speed=speed, kept=False)
    laps = laps if speed <= 1 else 0
    time = round(at * length)
    due = timeline.due(time, laps)
    assert time + timeline.shift(laps) <= due + 1
    assert timeline.reached(math.ceil(due) + 1, laps) >= time
