"""A plant of three assets and a day of it, as Foretell would have stored it, up to this minute."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from twin.answer import Answer, Grounding, Spent, Status
from twin.clock import Shift, Span
from twin.event import Contribution, Departure, EventFrame, EventMark, Feedback, Kind, MarkAction, Severity, Trait
from twin.historian.events import PostgresEventLog
from twin.historian.ingest_log import PostgresIngestLog
from twin.historian.journal import PostgresJournal
from twin.historian.timescale import PostgresHistorian
from twin.intake import IngestStatus
from twin.journal import AlertNotice, AnsweredQuestion, TriedScenario
from twin.plant import Asset, Limits, Plant, Tag, TagRole
from twin.protocols import ScoreSeries
from twin.query import StatusPlan
from twin.sample import Sample, SampleBatch
from twin.scenario import AppliedMove, Band, Change, LoggedMove, Move, Rollout, Scenario, Support, Verdict, WhatIf
from twin.world import Residual

NOW = datetime.now(UTC).replace(second=0, microsecond=0)
STEP = timedelta(minutes=3)


def ago(**length):
    return NOW - timedelta(**length)


def plant():
    def tag(name, asset, role, unit, high, cadence_min, **more):
        cadence = None if cadence_min is None else timedelta(minutes=cadence_min)
        return Tag(name, asset, role, unit, f"{name} of the {asset}", 0.0, high, cadence, **more)

    return Plant(
        name="small",
        description="A tank with a pump",
        time_zone=ZoneInfo("Europe/Berlin"),
        step=STEP,
        night_shift="night",
        shifts=(Shift("day", time(6), time(22)), Shift("night", time(22), time(6))),
        assets=(
            Asset("site", "All of it", None),
            Asset("tank", "The tank", "site"),
            Asset("pump", "The pump", "site"),
        ),
        tags=(
            tag("level", "tank", TagRole.MEASURED, "%", 100.0, 1, limits=Limits(lo=20.0, hi=80.0), handle="sp.level"),
            tag("flow", "pump", TagRole.MEASURED, "m^3/h", 50.0, 1),
            tag("purity", "tank", TagRole.ANALYSER, "%", 100.0, 6),
            tag("sp.level", "tank", TagRole.SETPOINT, "%", 100.0, None, movable=True),
            tag("mv.valve", "pump", TagRole.MV, "%", 100.0, None, movable=True),
        ),
    )


def store(engine):
    """Everything that a running Foretell writes."""
    samples(engine)
    scores(engine)
    events(engine)
    journal(engine)
    sources(engine)


def samples(engine):
    minutes = range(24 * 60)
    stored = [Sample("level", ago(minutes=m), 50 + m % 7) for m in minutes]
    stored += [Sample("flow", ago(minutes=m), 20 + m % 5) for m in minutes]
    stored += [Sample("sp.level", ago(hours=10), 50.0), Sample("sp.level", ago(hours=2), 55.0)]
    PostgresHistorian(engine, plant()).write(SampleBatch.of(stored))


def scores(engine):
    """A row every three minutes, of one version and then of the next."""
    times = np.array([ago(minutes=3 * row).replace(tzinfo=None) for row in range(480)], "M8[us]")[::-1]
    half = len(times) // 2
    for version, part in (("v1", slice(0, half)), ("v2", slice(half, None))):
        time_of = times[part]
        wave = np.sin(np.arange(len(time_of)) / 20)
        predicted = np.column_stack([53 + wave, 22 + wave])
        residual = Residual(
            ("level", "flow"), time_of, predicted, np.full_like(predicted, 2.0), np.column_stack([wave * 3, wave])
        )
        PostgresEventLog(engine).record(version, ScoreSeries(time_of, np.abs(wave) * 1.5), residual)
    PostgresEventLog(engine).sum_up(Span(ago(hours=25), NOW), {"level": 5.0, "flow": 3.0}, budget_per_week=2.0)


def frame(identity, start, end, *, kind=Kind.PROCESS, explained=None, withdrawn=False):
    return EventFrame(
        id=identity,
        kind=kind,
        severity=Severity.HIGH,
        start=start,
        end=end,
        detected_at=start,
        score=3.0,
        contributions=(
            Contribution(tag="level", share=0.7, peak_sigma=5.0, first_seen=start),
            Contribution(tag="flow", share=0.3, peak_sigma=-3.0, first_seen=start + timedelta(minutes=9)),
        ),
        first_mover="level",
        asset="tank",
        explained_by=explained,
        propagation=(
            Departure(asset="tank", tag="level", time=start, after=None),
            Departure(asset="pump", tag="flow", time=start + timedelta(minutes=9), after="tank"),
        ),
        fingerprint=(Trait(tag="level", residual=0.8, shift=0.6), Trait(tag="flow", residual=-0.6, shift=0.8)),
        model_version="v1",
        message=f"level left its prediction ({identity})",
        withdrawn=withdrawn,
    )


def events(engine):
    """Of each state one: going on since before the range, acknowledged, shelved, over, explained, withdrawn."""
    log = PostgresEventLog(engine)
    move = LoggedMove(tag="sp.level", time=ago(hours=2), before=50.0, after=55.0, unit="%")
    log.put(
        [
            frame("earlier", ago(days=3), ago(days=2, hours=23)),
            frame("ongoing", ago(hours=30), None),
            frame("over", ago(hours=5), ago(hours=4)),
            frame("explained", ago(hours=2), None, explained=move),
            frame("acknowledged", ago(hours=7), None, kind=Kind.NEW_REGIME),
            frame("shelved", ago(hours=6), None, kind=Kind.SENSOR),
            frame("silence", ago(days=2), ago(hours=20), kind=Kind.SILENCE),
            frame("withdrawn", ago(hours=3), ago(hours=2), withdrawn=True),
        ]
    )
    log.add_mark(EventMark(event_id="acknowledged", time=ago(hours=1), action=MarkAction.ACKNOWLEDGE, author="mk"))
    log.add_mark(
        EventMark(event_id="shelved", time=ago(hours=1), action=MarkAction.SHELVE, until=NOW + timedelta(hours=5))
    )
    log.add_mark(EventMark(event_id="ongoing", time=ago(hours=1), action=MarkAction.LABEL, text="stuck valve"))
    log.add_feedback(Feedback(event_id="earlier", time=ago(days=1), label="false_alarm"))


def journal(engine):
    """Two answers, one of them refused, a scenario with its curves, and an alert."""
    kept = PostgresJournal(engine)
    for minutes, status, unmatched in ((30, Status.ANSWERED, ("12",)), (20, Status.REFUSED, ())):
        answer = Answer(
            text="51.5 %",
            status=status,
            grounding=Grounding(checked=4, unmatched=unmatched),
            session="s",
            plans=(StatusPlan(),),
            spent=Spent(read_ms=5, run_ms=40, word_ms=2),
            model_version="v2",
        )
        asked = AnsweredQuestion(time=ago(minutes=minutes), question="How high is the level?", answer=answer)
        kept.add_answer(asked)
    kept.add_scenario(scenario())
    notice = {"annotations": {"summary": "level left its prediction"}, "labels": {"severity": "high"}}
    kept.add_notice(
        AlertNotice(
            received_at=ago(minutes=40),
            status="firing",
            name="unusual event",
            fingerprint="a1",
            starts_at=ago(minutes=41),
            **notice,
        )
    )


def scenario():
    start, hours = ago(hours=4), [ago(hours=4) + timedelta(hours=hour) for hour in range(1, 9)]

    def rollout(level_at, flow_at):
        def band(tag, unit, level):
            mean = tuple(level for _ in hours)
            low, high = (tuple(value + side for value in mean) for side in (-1.0, 1.0))
            return Band(tag=tag, unit=unit, mean=mean, p05=low, p50=mean, p95=high)

        return Rollout(time=tuple(hours), bands=(band("level", "%", level_at), band("flow", "m^3/h", flow_at)))

    move = AppliedMove(tag="sp.level", unit="%", before=50.0, after=55.0, start=start, end=hours[-1])
    outcome = WhatIf(
        start=start,
        end=hours[-1],
        moves=(move,),
        baseline=rollout(50.0, 20.0),
        scenario=rollout(52.0, 19.0),
        difference=rollout(2.0, -1.0),
        effects=(),
        risks=(),
        verdict=Verdict(support=Support.SUPPORTED, reasons=()),
        model_version="v2",
    )
    asked = Scenario(moves=(Move(tag="sp.level", change=Change.TO, amount=55.0),), start=start)
    return TriedScenario(
        id="tried", created_at=ago(minutes=50), question="What if …?", scenario=asked, outcome=outcome
    )


def sources(engine):
    """A source that does well and one that was away for a minute."""
    rows = [
        IngestStatus(ago(minutes=m), source, 60.0, source == "opcua" or m != 7, 2.0, 120, 118, 2, 4, 1, 512)
        for m in range(60)
        for source in ("opcua", "mqtt")
    ]
    PostgresIngestLog(engine).add_ingest(rows)
