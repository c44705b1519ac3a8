"""A database of 50 million samples with all that dashboards show of a plant, made up."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import Engine, text

from twin.clock import to_datetime64
from twin.event import Contribution, Departure, EventFrame, EventMark, Feedback, Kind, MarkAction, Severity, Trait
from twin.historian.events import PostgresEventLog
from twin.historian.health import roll_up_predictions
from twin.historian.journal import PostgresJournal
from twin.historian.maintenance import MINUTES_KEPT
from twin.historian.rollups import refresh
from twin.historian.timescale import PostgresHistorian
from twin.journal import AlertNotice, TriedScenario
from twin.plant import Asset, Limits, Plant, Tag, TagRole
from twin.sample import SampleBatch, SnapshotBatch
from twin.scenario import AppliedMove, Band, Change, Move, Rollout, Scenario, Support, Verdict, WhatIf

UNITS, OF_UNIT, ALONE, PREDICTED = 4, 120, 40, 120
ASSETS = 13
EVENTS = 5_000
BEFORE = timedelta(days=90)
STRETCHES = (
    (BEFORE, timedelta(days=7), timedelta(minutes=30)),
    (timedelta(days=7), timedelta(days=1), timedelta(minutes=1)),
    (timedelta(days=1), timedelta(0), timedelta(seconds=1)),
)
"""Of the units: from so long ago, to so long ago, one row so often."""

_ROWS = 3_600
_SAMPLED = timedelta(minutes=2)
_SLICE = timedelta(days=10)
_PREDICTIONS = text("""
    INSERT INTO prediction (time, tag_id, mean, noise, sigma, model_version)
    SELECT moment, t.id, 50 + 5 * sin(extract(epoch FROM moment) / 7200 + t.id), 0.5, random_normal(), 'm1'
    FROM generate_series(CAST(:start AS timestamptz), CAST(:stop AS timestamptz), INTERVAL '3 minutes') moment
    CROSS JOIN (SELECT id FROM tag ORDER BY name LIMIT :tags) t
""")
_SCORES = text("""
    INSERT INTO score (time, score, model_version)
    SELECT moment, random() * 0.8, 'm1'
    FROM generate_series(CAST(:start AS timestamptz), CAST(:stop AS timestamptz), INTERVAL '3 minutes') moment
""")
_INGEST = text("""
    INSERT INTO ingest_status
    SELECT moment + number * INTERVAL '1 second', source, 60, true, random(), 31200, 31100, 0, 20, 0, 0
    FROM (
        SELECT generate_series(CAST(:start AS timestamptz), CAST(:week AS timestamptz), INTERVAL '1 hour')
        UNION ALL
        SELECT generate_series(CAST(:week AS timestamptz), CAST(:stop AS timestamptz), INTERVAL '1 minute')
    ) moments (moment)
    CROSS JOIN unnest(ARRAY['mqtt', 'opcua', 'kafka', 'caller']) WITH ORDINALITY AS s (source, number)
""")
_HEALTH = text("""
    INSERT INTO model_health
    SELECT moment, 'm1', 20, -0.4 + random() / 10, 0.88 + random() / 30, false, 1
    FROM generate_series(date_trunc('hour', CAST(:start AS timestamptz)), :stop, INTERVAL '1 hour') moment
""")
_ANSWERS = text("""
    INSERT INTO answer
    SELECT 'a' || n, CAST(:start AS timestamptz) + n * INTERVAL '6 minutes', 'Were there any unusual events?',
           'answered', 'None.', 'rules', 'm1', jsonb_build_object('text', repeat('None. ', 100)), 's' || n / 5,
           'events', random(), 4, 0
    FROM generate_series(1, 20000) n
""")


def plant() -> Plant:
    """520 tags of 13 assets."""
    minute = timedelta(minutes=1)
    names = [f"A{number:02d}" for number in range(ASSETS)]
    site = (Asset("site", "All of it", None), *(Asset(name, "A part", "site") for name in names))
    number = UNITS * OF_UNIT + ALONE
    tags = tuple(_tag(i, names[i * ASSETS // number]) for i in range(number))
    return Plant("bench", "", ZoneInfo("UTC"), minute, "night", (), site, tags)


def _tag(number: int, asset: str) -> Tag:
    limits = Limits(lo=20.0, hi=80.0) if number % 5 == 0 else Limits()
    cadence = timedelta(seconds=1) if number < UNITS * OF_UNIT else _SAMPLED
    return Tag(f"T{number:04d}", asset, TagRole.MEASURED, "%", "made up", -1e6, 1e6, cadence, limits=limits)


def fill(engine: Engine, end: datetime, say: Callable[[str], None]) -> None:
    """Everything, up to `end`."""
    made = plant()
    historian = PostgresHistorian(engine, made)
    for number, batch in enumerate(units(made, end)):
        historian.write_snapshots(batch)
        if number % 40 == 0:
            say(f"samples, {batch.time[-1]}")
    for alone in singles(made, end):
        historian.write(alone)
    say("rollups")
    refresh(engine, end)
    say("predictions")
    _predictions(engine, end)
    say("events")
    _events(engine, made, end)
    _scenarios(engine, end)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def units(made: Plant, end: datetime) -> Iterator[SnapshotBatch]:
    """Rows of whole units in order of time."""
    rng = np.random.default_rng(1)
    names = [tag.name for tag in made.tags]
    for start, stop, step in STRETCHES:
        time = np.arange(to_datetime64(end - start), to_datetime64(end - stop), np.timedelta64(step))
        for first in range(0, len(time), _ROWS):
            rows = time[first : first + _ROWS]
            swing = 5 * np.sin(rows.astype(np.int64)[:, None] / 7.2e9 + np.arange(OF_UNIT))
            for unit in range(UNITS):
                value = 50 + swing + rng.normal(0, 0.5, swing.shape)
                yield SnapshotBatch(tuple(names[unit * OF_UNIT : (unit + 1) * OF_UNIT]), rows, value)


def singles(made: Plant, end: datetime) -> Iterator[SampleBatch]:
    """Samples that come alone, a day in each batch."""
    names = tuple(tag.name for tag in made.tags[UNITS * OF_UNIT :])
    rng = np.random.default_rng(2)
    for day in range(BEFORE // timedelta(days=1)):
        start = end - BEFORE + timedelta(days=day)
        time = np.arange(to_datetime64(start), to_datetime64(start + timedelta(days=1)), np.timedelta64(_SAMPLED))
        tag = np.tile(np.arange(len(names), dtype=np.int32), len(time))
        value = rng.normal(50, 5, len(tag))
        yield SampleBatch(names, tag, np.repeat(time, len(names)), value, np.full(len(tag), 2, np.int8))


def _predictions(engine: Engine, end: datetime) -> None:
    start = end - BEFORE
    while start < end:
        stop = min(start + _SLICE, end) - timedelta(microseconds=1)
        with engine.begin() as connection:
            connection.execute(_PREDICTIONS, {"start": start, "stop": stop, "tags": PREDICTED})
            roll_up_predictions(connection, start, stop)
        start += _SLICE
    with engine.begin() as connection:
        for statement in (_SCORES, _INGEST, _HEALTH, _ANSWERS):
            connection.execute(statement, {"start": end - BEFORE, "week": end - MINUTES_KEPT, "stop": end})


def _events(engine: Engine, made: Plant, end: datetime) -> None:
    log, rng = PostgresEventLog(engine), np.random.default_rng(3)
    every = BEFORE / EVENTS
    for first in range(0, EVENTS, 500):
        frames = [_event(made, rng, number, end - BEFORE + number * every) for number in range(first, first + 500)]
        log.put(frames)
        for frame in frames[::10]:
            log.add_feedback(Feedback(event_id=frame.id, time=frame.start, label="true"))
            mark = EventMark(event_id=frame.id, time=frame.start, action=MarkAction.LABEL, text="Valve sticks")
            log.add_mark(mark)


def _event(made: Plant, rng: np.random.Generator, number: int, start: datetime) -> EventFrame:
    about = 40 * int(rng.integers(ASSETS))  # events of one asset are alike
    chosen = [made.tags[i] for i in about + rng.choice(40, 30, replace=False)]
    parts = np.sqrt(rng.dirichlet(np.ones(30)))
    share = np.sort(rng.dirichlet(np.ones(10)))[::-1]
    return EventFrame(
        id=f"e{number}",
        kind=Kind.PROCESS if number % 7 else Kind.SILENCE,
        severity=list(Severity)[number % 3],
        start=start,
        end=None if number > EVENTS - 5 else start + timedelta(minutes=20),
        detected_at=start + timedelta(minutes=3),
        score=1.0 + float(rng.random()),
        contributions=tuple(
            Contribution(tag=tag.name, share=float(part), peak_sigma=4.0, first_seen=start)
            for tag, part in zip(chosen, share, strict=False)
        ),
        first_mover=chosen[0].name,
        asset=chosen[0].asset,
        propagation=tuple(Departure(asset=tag.asset, tag=tag.name, time=start, after=None) for tag in chosen[:3]),
        fingerprint=tuple(
            Trait(tag=tag.name, residual=float(part), shift=float(part))
            for tag, part in zip(chosen, parts, strict=True)
        ),
        model_version="m1",
        message=f"{chosen[0].name} left its prediction",
    )


def _scenarios(engine: Engine, end: datetime) -> None:
    journal = PostgresJournal(engine)
    time = tuple(end + timedelta(minutes=3 * (row + 1)) for row in range(160))
    line = tuple(50.0 + row / 7 for row in range(160))
    bands = tuple(Band(tag=f"T{i:04d}", unit="%", mean=line, p05=line, p50=line, p95=line) for i in range(52))
    rollout = Rollout(time=time, bands=bands)
    move = AppliedMove(tag="T0000", unit="%", before=50.0, after=55.0, start=end, end=time[-1])
    verdict = Verdict(support=Support.SUPPORTED, reasons=())
    scenario = Scenario(moves=(Move(tag="T0000", change=Change.TO, amount=55.0),), start=end)
    for number in range(60):
        created = end - timedelta(days=number)
        outcome = WhatIf(
            start=end,
            end=time[-1],
            moves=(move,),
            baseline=rollout,
            scenario=rollout,
            difference=rollout,
            effects=(),
            risks=(),
            verdict=verdict,
            model_version="m1",
        )
        tried = TriedScenario(
            id=f"s{number}", created_at=created, scenario=scenario, outcome=outcome, name=f"No {number}"
        )
        journal.add_scenario(tried)
        told = {"id": f"n{number}", "received_at": created, "starts_at": created, "fingerprint": "f"}
        journal.add_notice(AlertNotice(**told, status="firing", name="Score over threshold"))
