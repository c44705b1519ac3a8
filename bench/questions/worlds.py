"""Worlds in memory: a twin of a planted plant, and the truth about it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np

from bench.questions.planted import Gap, Library, Planted, PlantedEvent, PlantedMove, instant
from bench.questions.response import LinearResponse
from bench.questions.signals import Signals, Times, chance
from twin.answer import Answer, Status
from twin.clock import FixedClock, to_datetime64
from twin.event import Contribution, EventFrame, Kind
from twin.historian.journal import MemoryJournal
from twin.historian.memory import MemoryEventLog, MemoryHistorian
from twin.journal import AnsweredQuestion, LogEntry, TriedScenario
from twin.plant import Plant, Tag
from twin.protocols import ScoreSeries, Twin
from twin.sample import SampleBatch
from twin.scenario import LoggedMove, Move, Scenario, Support, Verdict, WhatIf
from twin.world import Residual

QUIET, LOUD = 0.4, 5.5
"""Scores outside of an event and in it; 1 is the threshold."""
AROUND = np.timedelta64(2, "h")
"""Around an event, where predictions are kept."""


@dataclass(frozen=True, eq=False)
class Truth:
    """What was planted, resolved: everything that a right answer can be computed from.

    Attributes:
        time: (time,) instants of all samples, by tag; gaps have none.
        values: (time,) values, by tag.
    """

    signals: Signals
    now: datetime
    start: datetime
    moves: tuple[LoggedMove, ...]
    frames: tuple[EventFrame, ...]
    entries: tuple[LogEntry, ...]
    answers: tuple[AnsweredQuestion, ...]
    scenarios: tuple[TriedScenario, ...]
    time: dict[str, Times]
    values: dict[str, np.ndarray]


@dataclass(frozen=True, eq=False)
class World:
    """A twin that can be asked, and the truth about it."""

    name: str
    twin: Twin
    truth: Truth

    @property
    def zone(self) -> ZoneInfo:
        """The plant's."""
        return self.twin.plant.time_zone


@cache
def world(name: str, library: Library | None = None) -> World:
    """The planted world of that name; raises FileNotFoundError, ValueError for a mistake in its file."""
    library = library or Library()
    planted = library.planted(name)
    try:
        return _built(name, planted, library.plant(planted.plant))
    except (ValueError, IndexError) as error:
        raise ValueError(f"world {name}: {error}") from error


def _built(name: str, planted: Planted, plant: Plant) -> World:
    zone = plant.time_zone
    now, start = instant(planted.now, zone), instant(planted.history, zone)
    moves = tuple(sorted(_moves(planted.moves, plant), key=lambda move: move.time))
    frames = _frames(planted, plant)
    signals = Signals(plant, planted.seed, moves, frames)
    model = LinearResponse(signals, start)
    silent = [
        *planted.gaps,
        *(
            Gap(tags=event.tags, start=event.start, end=event.end or planted.now)
            for event in planted.events
            if event.kind is Kind.SILENCE
        ),
    ]
    times = {tag.name: _instants(tag, start, now, moves, silent, zone) for tag in plant.tags}
    values = {tag.name: signals.values(tag, times[tag.name]) for tag in plant.tags}
    truth = Truth(
        signals,
        now,
        start,
        moves,
        frames,
        tuple(LogEntry(**(item.model_dump() | {"time": instant(item.time, zone)})) for item in planted.entries),
        tuple(_answered(instant(item.time, zone), item.question) for item in planted.answers),
        tuple(
            _tried(instant(item.time, zone), Move(tag=item.tag, change=item.change, amount=item.amount))
            for item in planted.scenarios
        ),
        times,
        values,
    )
    twin = Twin(plant, _historian(plant, truth), _log(truth, model), model, FixedClock(now), _journal(truth))
    return World(name, twin, truth)


def _moves(planted: Sequence[PlantedMove], plant: Plant) -> Iterator[LoggedMove]:
    for item in planted:
        tag = plant.tag(item.tag)
        if not tag.movable:
            raise ValueError(f"moves: {item.tag} is no movable tag")
        time = instant(item.at, plant.time_zone)
        yield LoggedMove(tag=item.tag, time=time, before=item.before, after=item.after, unit=tag.unit)


def _frames(planted: Planted, plant: Plant) -> tuple[EventFrame, ...]:
    moves = list(_moves(planted.moves, plant))
    frames = (_frame(item, plant, moves) for item in planted.events)
    return tuple(sorted(frames, key=lambda frame: (frame.start, frame.id)))


def _frame(item: PlantedEvent, plant: Plant, moves: Sequence[LoggedMove]) -> EventFrame:
    start = instant(item.start, plant.time_zone)
    end = instant(item.end, plant.time_zone) if item.end else None
    names = [plant.tag(name).name for name in item.tags]
    shares = np.array([0.5**i for i in range(len(names))])
    contributions = tuple(
        Contribution(
            tag=name,
            share=round(float(share), 4),
            peak_sigma=round((1 if chance("sign", item.id, name) < 0.5 else -1) * (8.25 - i), 2),
            first_seen=start + i * plant.step,
        )
        for i, (name, share) in enumerate(zip(names, shares / shares.sum(), strict=True))
    )
    return EventFrame(
        id=item.id,
        kind=item.kind,
        severity=item.severity,
        start=start,
        end=end,
        detected_at=start + 2 * plant.step,
        score=LOUD,
        contributions=contributions,
        first_mover=names[0],
        asset=plant.tag(names[0]).asset,
        explained_by=None if item.explained_by is None else moves[item.explained_by],
        model_version="linear-response-1",
        message=item.message,
    )


def _instants(
    tag: Tag, start: datetime, now: datetime, moves: Sequence[LoggedMove], gaps: Sequence[Gap], zone: ZoneInfo
) -> Times:
    """(time,) of the tag's samples."""
    first, last = to_datetime64(start), to_datetime64(now)
    if tag.cadence is None:
        return np.array([first, *(to_datetime64(m.time) for m in moves if m.tag == tag.name)], "datetime64[us]")
    time: Times = np.arange(first, last, np.timedelta64(tag.cadence))
    for gap in gaps:
        if tag.name in gap.tags:
            begin, end = (to_datetime64(instant(text, zone)) for text in (gap.start, gap.end))
            time = time[(time < begin) | (time >= end)]
    return time


def _historian(plant: Plant, truth: Truth) -> MemoryHistorian:
    historian = MemoryHistorian(plant)
    for tag in plant.tags:
        time, values = truth.time[tag.name], truth.values[tag.name]
        good = np.full(len(time), 2, np.int8)
        historian.write(SampleBatch((tag.name,), np.zeros(len(time), np.int32), time, values, good))
    return historian


def _log(truth: Truth, model: LinearResponse) -> MemoryEventLog:
    log = MemoryEventLog()
    log.put(truth.frames)
    step = np.timedelta64(model.card.step)
    first = -(-to_datetime64(truth.start).astype(np.int64) // step.astype("m8[us]").astype(np.int64))
    time = np.arange(np.datetime64(0, "us") + first * step, to_datetime64(truth.now), step).astype("datetime64[us]")
    loud = np.zeros(len(time), bool)
    near = np.zeros(len(time), bool)
    for frame in truth.frames:
        start, end = to_datetime64(frame.start), to_datetime64(frame.end or truth.now)
        loud |= (time >= start) & (time < end)
        near |= (time >= start - AROUND) & (time < end + AROUND)
    scores = ScoreSeries(time, np.where(loud, LOUD, QUIET))
    log.record(model.card.version, scores, _expected(truth, model, time[near]))
    return log


def _expected(truth: Truth, model: LinearResponse, time: Times) -> Residual:
    """What was expected of the tags without their faults."""
    plant = truth.signals.plant
    clean = Signals(plant, truth.signals.seed, truth.moves)
    predicted = np.array([clean.values(plant.tag(name), time) for name in model.card.tags]).T
    noise = np.tile(0.1 * np.array(model.card.scale), (len(time), 1))
    predicted = predicted.reshape(noise.shape)
    return Residual(model.card.tags, time, predicted, noise, np.zeros_like(noise))


def _journal(truth: Truth) -> MemoryJournal:
    journal = MemoryJournal()
    for entry in truth.entries:
        journal.add_entry(entry)
    for answered in truth.answers:
        journal.add_answer(answered)
    for tried in truth.scenarios:
        journal.add_scenario(tried)
    return journal


def _answered(time: datetime, question: str) -> AnsweredQuestion:
    return AnsweredQuestion(time=time, question=question, answer=Answer(text="Answered.", status=Status.ANSWERED))


def _tried(time: datetime, move: Move) -> TriedScenario:
    verdict = Verdict(support=Support.SUPPORTED, reasons=("planted",))
    outcome = WhatIf(
        start=time,
        end=time + timedelta(hours=8),
        moves=(),
        baseline=None,
        scenario=None,
        effects=(),
        risks=(),
        verdict=verdict,
        model_version="linear-response-1",
    )
    return TriedScenario(created_at=time, scenario=Scenario(moves=(move,)), outcome=outcome)
