"""What the views and functions of the schema `grafana` say on a real Postgres: their numbers."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import text

from twin.answer import Answer, Grounding, Spent, Status
from twin.clock import FixedClock
from twin.event import Contribution, Departure, EventFrame, EventMark, Feedback, Kind, MarkAction, Severity, Trait
from twin.historian.events import PostgresEventLog
from twin.historian.ingest_log import PostgresIngestLog
from twin.historian.journal import PostgresJournal
from twin.historian.maintenance import Maintenance
from twin.historian.timescale import PostgresHistorian
from twin.intake import IngestStatus
from twin.journal import AlertNotice, AnsweredQuestion, TriedScenario
from twin.operations.similar import cosine
from twin.protocols import ScoreSeries
from twin.query import StatusPlan
from twin.sample import Quality, Sample, SampleBatch, SnapshotBatch
from twin.scenario import AppliedMove, Band, Change, Move, Rollout, Scenario, Support, Verdict, WhatIf
from twin.world import Residual

pytestmark = pytest.mark.integration

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOW = datetime.now(UTC)


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def rows(engine, query: str, **values: object) -> list[dict]:
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(text(query), values).mappings()]


def event(name: str, minutes: float, **fields: object) -> EventFrame:
    frame = EventFrame(
        id=name,
        kind=Kind.PROCESS,
        severity=Severity.MEDIUM,
        start=at(minutes),
        end=at(minutes + 10),
        detected_at=at(minutes + 1),
        score=1.5,
        contributions=(Contribution(tag="level", share=0.75, peak_sigma=-4.5, first_seen=at(minutes)),),
        first_mover="level",
        asset="tank",
        model_version="m1",
        message="level is low",
    )
    return frame.model_copy(update=fields)


# ------------------------------------------------------------------ history


@pytest.fixture
def measured(emptied_engine, small_plant):
    """A ramp of level, one a second over two hours, the same in a unit; a bad sample and one that is uncertain."""
    historian = PostgresHistorian(emptied_engine, small_plant)
    time = np.datetime64("2026-03-01T12:00", "us") + np.arange(7200) * np.timedelta64(1, "s")
    ramp = np.arange(7200.0)
    historian.write_snapshots(
        SnapshotBatch(("flow", "purity", "sp.level", "mv.valve"), time, np.tile(ramp, (4, 1)).T)
    )
    quality = np.full(7200, Quality.GOOD, np.int8)
    quality[[5, 6]] = Quality.BAD, Quality.UNCERTAIN
    historian.write(SampleBatch(("level",), np.zeros(7200, np.int32), time, ramp, quality))
    return emptied_engine


def history(engine, tags: list[str], start: float, end: float, step: str) -> list[dict]:
    query = "SELECT * FROM grafana.history(:tags, :start, :end, CAST(:step AS interval))"
    return rows(engine, query, tags=tags, start=at(start), end=at(end), step=step)


@pytest.mark.parametrize("maintained", [False, True])
@pytest.mark.parametrize(
    ("step", "width"), [("10 seconds", 10), ("90 seconds", 120), ("20 minutes", 1200), ("40 minutes", 3600)]
)
def test_history_is_the_mean_of_good_samples_in_buckets(measured, small_plant, step, width, maintained):
    if maintained:
        assert Maintenance(measured, small_plant, FixedClock(at(300))).step()
    flow = history(measured, ["flow"], 0, 120, step)
    assert [row["time"] for row in flow] == [at(i * width / 60) for i in range(7200 // width)]
    assert [row["value"] for row in flow] == pytest.approx([i * width + (width - 1) / 2 for i in range(len(flow))])
    assert (flow[1]["low"], flow[1]["high"], flow[1]["count"]) == (width, 2 * width - 1, width)
    assert {(row["tag"], row["unit"]) for row in flow} == {("flow", "m^3/h")}
    level = history(measured, ["level"], 0, 120, step)
    assert level[0]["count"] == width - 2


def test_history_of_several_tags_is_in_order_of_time_and_unknown_ones_are_left_out(measured):
    found = history(measured, ["sp.level", "flow", "nowhere"], 0, 3, "1 minute")
    assert [(row["time"], row["tag"]) for row in found] == [
        (at(minute), tag) for minute in range(3) for tag in ("flow", "sp.level")
    ]


def test_history_begins_with_the_whole_bucket_and_ends_before_the_end(measured):
    assert [row["time"] for row in history(measured, ["flow"], 10.5, 12, "1 minute")] == [at(10), at(11)]
    assert [row["time"] for row in history(measured, ["flow"], 0.2, 0.7, "30 seconds")] == [at(0), at(0.5)]


def test_a_gap_in_history_is_no_row(measured):
    assert history(measured, ["level"], 0.085, 0.1, "1 second") == []
    assert history(measured, ["level"], 200, 300, "1 minute") == []


# -------------------------------------------------------- what was expected


def record(engine, plant, minutes, mean, sigma, noise=2.0) -> None:
    PostgresHistorian(engine, plant).write(SampleBatch.of([Sample("level", at(0), 1.0)]))
    time = np.array([at(minute).replace(tzinfo=None) for minute in minutes], "M8[us]")
    shaped = [np.array(values, np.float64).reshape(len(minutes), -1) for values in (mean, sigma)]
    residual = Residual(("level", "flow"), time, shaped[0], np.full_like(shaped[0], noise), shaped[1])
    PostgresEventLog(engine).record("m1", ScoreSeries(time, np.ones(len(minutes))), residual)


def expected(engine, step: str, start: float = 0, end: float = 120) -> list[tuple]:
    query = "SELECT * FROM grafana.expected(ARRAY['level'], :start, :end, CAST(:step AS interval))"
    found = rows(engine, query, start=at(start), end=at(end), step=step)
    return [tuple(row.values()) for row in found]


def test_what_was_expected_comes_with_its_90_percent_band(emptied_engine, small_plant):
    record(emptied_engine, small_plant, [0, 3, 60, 63], [[1, 9], [3, 9], [5, 9], [9, 9]], [[0, 0]] * 4)
    band = 1.645 * 2.0
    means = {at(0): 2.0, at(60): 7.0}
    hourly = [(time, "level", "%", mean, mean - band, mean + band) for time, mean in means.items()]
    assert expected(emptied_engine, "1 hour") == expected(emptied_engine, "30 minutes") == hourly
    assert [row[3] for row in expected(emptied_engine, "1 minute")] == [1.0, 3.0, 5.0, 9.0]
    assert expected(emptied_engine, "2 hours")[0][3] == pytest.approx(4.5)


def test_predictions_that_are_made_again_replace_what_was_summed_up_of_them(emptied_engine, small_plant):
    record(emptied_engine, small_plant, [0, 3], [[1, 9], [3, 9]], [[9, 0], [9, 0]])
    record(emptied_engine, small_plant, [3], [[5, 9]], [[-3, 0]])
    assert [row[3] for row in expected(emptied_engine, "1 hour")] == [3.0]
    (score,) = rows(
        emptied_engine, "SELECT score FROM grafana.asset_score(:t, :t + INTERVAL '1 hour', '15 m')", t=at(0)
    )
    assert score["score"] == pytest.approx(1.0)


def test_the_score_of_an_asset_is_that_of_the_tag_that_stays_away_longest(emptied_engine, small_plant):
    minutes = [0, 3, 6, 9, 12, 15]
    sigma = [[3, 0], [3, 0], [3, 0], [-3, 0], [3, 0], [-6, 1.5]]
    record(emptied_engine, small_plant, minutes, [[0, 0]] * 6, sigma)
    asked = "SELECT * FROM grafana.asset_score(:start, :end, CAST(:step AS interval))"
    within = {"start": at(0), "end": at(30)}
    fine = rows(emptied_engine, asked, step="1 minute", **within)
    assets = {tag.name: tag.asset for tag in small_plant.tags}
    of_level = [(row["time"], row["score"]) for row in fine if row["asset"] == assets["level"]]
    assert of_level == [(at(0), pytest.approx(1.8 / 3)), (at(15), pytest.approx(2.0))]
    coarse = rows(emptied_engine, asked, step="1 hour", **within)
    assert {row["asset"]: row["score"] for row in coarse}[assets["level"]] == pytest.approx(2.0)


# ------------------------------------------------------------------- events


def test_an_event_says_whether_it_is_open_and_what_people_did_with_it(emptied_engine):
    log = PostgresEventLog(emptied_engine)
    young = (NOW - NOON) / timedelta(minutes=1) - 5
    log.put([event("a", young, end=None), event("b", 0), event("c", young, end=None, first_mover="flow")])
    log.put([event("d", 0, withdrawn=True), event("e", young, end=None, kind=Kind.SILENCE)])
    for minute, action, more in (
        (1, MarkAction.ACKNOWLEDGE, {"author": "M. Weber"}),
        (2, MarkAction.ACKNOWLEDGE, {"author": "somebody else"}),
        (3, MarkAction.LABEL, {"text": "first"}),
        (4, MarkAction.LABEL, {"text": "Pump cavitates"}),
    ):
        log.add_mark(EventMark(event_id="a", time=at(minute), action=action, **more))
    until = NOW + timedelta(hours=1)
    log.add_mark(EventMark(event_id="b", time=NOW - timedelta(minutes=2), action=MarkAction.SHELVE, until=until))
    log.add_feedback(Feedback(event_id="b", time=at(1), label="true"))
    log.add_feedback(Feedback(event_id="b", time=at(2), label="known"))
    found = {row["id"]: row for row in rows(emptied_engine, "SELECT * FROM grafana.event")}
    assert {name: row["open"] for name, row in found.items()} == {
        "a": True,
        "b": False,
        "c": True,
        "d": False,
        "e": True,
    }
    assert (found["a"]["acknowledged_by"], found["a"]["acknowledged_at"]) == ("M. Weber", at(1))
    assert (found["a"]["label"], found["b"]["label"], found["b"]["feedback"]) == ("Pump cavitates", None, "known")
    assert [name for name, row in found.items() if row["shelved_until"] == until] == ["a", "b", "d"]
    assert (found["b"]["duration"], found["d"]["withdrawn"]) == (timedelta(minutes=10), True)
    assert timedelta(minutes=5) <= found["a"]["duration"] < timedelta(hours=1)


@pytest.mark.parametrize(("ago", "lasts", "shelved"), [(2, 1, False), (2, 3, True), (6.9 * 24, 7 * 24, True)])
def test_a_shelving_that_is_over_is_not_shown(emptied_engine, ago, lasts, shelved):
    log, start = PostgresEventLog(emptied_engine), NOW - timedelta(hours=ago)
    log.put([event("a", 0)])
    end = start + timedelta(hours=lasts)
    log.add_mark(EventMark(event_id="a", time=start, action=MarkAction.SHELVE, until=end))
    (row,) = rows(emptied_engine, "SELECT shelved_until FROM grafana.event")
    assert row["shelved_until"] == (end if shelved else None)
    log.add_mark(EventMark(event_id="a", time=NOW - timedelta(minutes=1), action=MarkAction.UNSHELVE))
    assert rows(emptied_engine, "SELECT shelved_until FROM grafana.event") == [{"shelved_until": None}]


def test_contributions_and_departures_are_rows_of_their_event(emptied_engine, small_plant):
    PostgresHistorian(emptied_engine, small_plant).write(SampleBatch.of([Sample("level", at(0), 1.0)]))
    way = [Departure(asset=name, tag="level", time=at(i), after=None) for i, name in enumerate(("tank", "pump"))]
    PostgresEventLog(emptied_engine).put([event("a", 0, propagation=tuple(way)), event("b", 5)])
    asset = small_plant.tag("level").asset
    assert rows(emptied_engine, "SELECT * FROM grafana.contribution WHERE event_id = 'a'") == [
        {
            "event_id": "a",
            "tag": "level",
            "asset": asset,
            "unit": "%",
            "share": 0.75,
            "peak_sigma": -4.5,
            "first_seen": at(0),
        }
    ]
    assert rows(emptied_engine, "SELECT * FROM grafana.departure ORDER BY position") == [
        {"event_id": "a", "asset": step.asset, "tag": "level", "time": step.time, "after": None, "position": i}
        for i, step in enumerate(way, 1)
    ]


def traits(**parts: tuple[float, float]) -> tuple[Trait, ...]:
    return tuple(Trait(tag=tag, residual=residual, shift=shift) for tag, (residual, shift) in parts.items())


def test_similar_events_are_ranked_as_the_twin_ranks_them(emptied_engine):
    log = PostgresEventLog(emptied_engine)
    this = event("this", 60, fingerprint=traits(a=(0.8, 0.6), b=(-0.6, 0.8)))
    past = [
        event("same", 1, fingerprint=this.fingerprint),
        event("half known", 2, fingerprint=traits(a=(0.8, 0.0), b=(-0.6, 0.0))),
        event("near", 3, fingerprint=traits(a=(0.6, 0.6), c=(0.8, 0.8))),
        event("opposite", 4, fingerprint=traits(a=(-0.8, -0.6), b=(0.6, -0.8))),
        event("withdrawn", 5, fingerprint=this.fingerprint, withdrawn=True),
        event("silent", 6, fingerprint=this.fingerprint, kind=Kind.SILENCE),
        event("later", 61, fingerprint=this.fingerprint),
        event("old", 7, contributions=(Contribution(tag="a", share=1, peak_sigma=3, first_seen=at(7)),)),
    ]
    log.put([this, *past])
    log.add_feedback(Feedback(event_id="same", time=at(9), label="known"))
    found = rows(emptied_engine, "SELECT * FROM grafana.similar('this')")
    assert {row["event_id"] for row in found} == {"this"}
    told = {frame.id: cosine(this, frame) for frame in past[:4] + past[7:]}
    assert {row["other_id"]: row["likeness"] for row in found} == pytest.approx(
        {name: alike for name, alike in told.items() if alike >= 0.5}
    )
    assert len(found) == 3
    assert [row["likeness"] for row in found] == sorted((row["likeness"] for row in found), reverse=True)
    assert (found[0]["time"], found[0]["kind"], found[0]["message"]) == (at(2), "process", "level is low")
    assert {row["other_id"]: row["feedback"] for row in found}["same"] == "known"


def test_an_event_that_grew_is_compared_as_it_is_now(emptied_engine):
    log = PostgresEventLog(emptied_engine)
    log.put([event("this", 60, fingerprint=traits(a=(1, 1))), event("past", 0, fingerprint=traits(b=(1, 1)))])
    assert rows(emptied_engine, "SELECT * FROM grafana.similar('this')") == []
    log.put([event("past", 0, fingerprint=traits(a=(1, 1)))])
    assert [row["likeness"] for row in rows(emptied_engine, "SELECT * FROM grafana.similar('this')")] == [1.0]


# -------------------------------------------------------------- the journal


def what_if() -> WhatIf:
    def rollout(offset: float) -> Rollout:
        bands = (
            Band(tag="level", unit="%", mean=(1 + offset, 2), p05=(0, 1), p50=(1, 2), p95=(2, 3)),
            Band(tag="flow", unit="m^3/h", mean=(7, 8), p05=(6, 7), p50=(7, 8), p95=(8, 9)),
        )
        return Rollout(time=(at(3), at(6)), bands=bands)

    move = {"tag": "sp.level", "unit": "%", "start": at(0), "end": at(6)}
    return WhatIf(
        start=at(0),
        end=at(6),
        moves=(AppliedMove(before=50, after=55, **move), AppliedMove(before=1.5, after=0.25, **move)),
        baseline=rollout(0),
        scenario=rollout(4),
        difference=Rollout(
            time=(at(3), at(6)),
            bands=(Band(tag="level", unit="%", mean=(4, 0), p05=(3, -1), p50=(4, 0), p95=(5, 1)),),
        ),
        effects=(),
        risks=(),
        verdict=Verdict(support=Support.SUPPORTED, reasons=()),
        model_version="m1",
    )


def try_out(engine, name: str, outcome: WhatIf) -> None:
    scenario = Scenario(moves=(Move(tag="sp.level", change=Change.TO, amount=55),))
    tried = TriedScenario(id=name, created_at=at(9), name="Full tank", scenario=scenario, outcome=outcome)
    PostgresJournal(engine).add_scenario(tried)


def test_a_scenario_is_a_row_and_its_bands_are_rows_by_tag_and_step(emptied_engine):
    try_out(emptied_engine, "s1", what_if())
    (scenario,) = rows(emptied_engine, "SELECT * FROM grafana.scenario")
    assert scenario == {
        "id": "s1",
        "created_at": at(9),
        "name": "Full tank",
        "question": None,
        "model_version": "m1",
        "verdict": "supported",
        "start_time": at(0),
        "end_time": at(6),
        "moves": "sp.level 50 → 55 %, sp.level 1.5 → 0.25 %",
    }
    asked = "SELECT * FROM grafana.scenario_band WHERE scenario_id = 's1' AND tag = :tag ORDER BY time"
    level, flow = (rows(emptied_engine, asked, tag=tag) for tag in ("level", "flow"))
    assert [tuple(row.values())[1:] for row in level] == [
        (at(3), "level", "%", 1, 0, 2, 5, 0, 2, 4, 3, 5),
        (at(6), "level", "%", 2, 1, 3, 2, 1, 3, 0, -1, 1),
    ]
    assert [(row["effect"], row["effect_low"], row["effect_high"]) for row in flow] == [(0, None, None)] * 2


def test_a_refused_scenario_has_no_bands(emptied_engine):
    refused = {"baseline": None, "scenario": None, "difference": None}
    try_out(emptied_engine, "s1", what_if().model_copy(update=refused))
    assert len(rows(emptied_engine, "SELECT * FROM grafana.scenario")) == 1
    assert rows(emptied_engine, "SELECT * FROM grafana.scenario_band") == []


def test_answers_and_alerts_say_what_dashboards_count(emptied_engine):
    journal = PostgresJournal(emptied_engine)
    answer = Answer(
        text="All is well.",
        status=Status.ANSWERED,
        session="s",
        model_version="m1",
        plans=(StatusPlan(),),
        grounding=Grounding(checked=4, unmatched=("7 %",)),
        spent=Spent(read_ms=500, run_ms=1500, word_ms=250),
    )
    journal.add_answer(AnsweredQuestion(id="q1", time=at(1), question="Is all well?", answer=answer))
    (found,) = rows(emptied_engine, "SELECT * FROM grafana.answer")
    assert (found["session"], found["intent"], found["latency_s"]) == ("s", "status", 2.25)
    assert (found["statements"], found["withheld"], found["engine"]) == (4, 1, "rules")
    told = {"status": "firing", "name": "Score", "fingerprint": "f", "starts_at": at(0), "received_at": at(1)}
    said = {"labels": {"severity": "high"}, "annotations": {"summary": "Look"}}
    journal.add_notice(AlertNotice(**told, **said))
    assert rows(emptied_engine, "SELECT * FROM grafana.alert") == [
        {"received_at": at(1), "name": "Score", "status": "firing", "starts_at": at(0), "ends_at": None}
        | {"summary": "Look", "severity": "high"}
    ]


# ------------------------------------------------------------ sources, tags


def test_rates_of_a_source_are_those_of_its_stretch(emptied_engine):
    PostgresIngestLog(emptied_engine).add_ingest(
        [IngestStatus(at(1), "mqtt", 120.0, True, 0.5, 1200, 600, 60, 7, 3, 300)]
    )
    (found,) = rows(emptied_engine, "SELECT * FROM grafana.ingest")
    assert (found["read_per_s"], found["accepted_per_s"], found["rejected_per_s"]) == (10, 5, 0.5)
    assert (found["lag_s"], found["connected"], found["waiting"], found["spooled"]) == (0.5, True, 7, 3)


def test_a_tag_is_dead_when_it_was_heard_and_is_silent_longer_than_it_may_be(emptied_engine, small_plant):
    limit = small_plant.max_silence(small_plant.tag("level"))
    assert limit is not None
    now = datetime.now(UTC)
    heard = [Sample("level", now - 2 * limit, 1.0), Sample("flow", now, 1.0), Sample("sp.level", at(0), 1.0)]
    PostgresHistorian(emptied_engine, small_plant).write(SampleBatch.of(heard))
    found = {row["tag"]: row for row in rows(emptied_engine, "SELECT * FROM grafana.silent")}
    assert {tag for tag, row in found.items() if row["dead"]} == {"level"}
    assert found["level"]["allowed_s"] == limit.total_seconds()
    assert found["level"]["age_s"] > 2 * limit.total_seconds()
    assert (found["purity"]["last_sample"], found["purity"]["age_s"], found["purity"]["dead"]) == (None, None, False)


def test_a_tag_comes_with_its_alarm_limits(emptied_engine, small_plant):
    PostgresHistorian(emptied_engine, small_plant).write(SampleBatch.of([Sample("level", at(0), 1.0)]))
    found = {row["tag"]: row for row in rows(emptied_engine, "SELECT * FROM grafana.tag")}
    for tag in small_plant.tags:
        told = [found[tag.name][name] for name in ("lo_lo", "lo", "hi", "hi_hi")]
        assert told == [tag.limits.lolo, tag.limits.lo, tag.limits.hi, tag.limits.hihi]
    assert any(row["hi"] is not None for row in found.values())


def test_the_functions_give_the_same_on_every_server(any_engine, small_plant):
    samples = [Sample("level", at(minute), float(minute)) for minute in range(120)]
    PostgresHistorian(any_engine, small_plant).write(SampleBatch.of(samples))
    record(any_engine, small_plant, [0, 3], [[1, 9], [3, 9]], [[3, 0], [3, 0]])
    PostgresEventLog(any_engine).put(
        [event("a", 0, fingerprint=traits(a=(1, 1))), event("b", 60, fingerprint=traits(a=(1, 1)))]
    )
    # the first sample is corrected from 0 to 1
    hours = history(any_engine, ["level"], 0, 120, "1 hour")
    assert [(row["value"], row["count"]) for row in hours] == [(29.5 + 1 / 60, 60), (89.5, 60)]
    assert [row[3] for row in expected(any_engine, "1 hour")] == [2.0]
    (score,) = [
        row["score"]
        for row in rows(any_engine, "SELECT * FROM grafana.asset_score(:t, :t + INTERVAL '1 hour', '1 h')", t=at(0))
        if row["asset"] == small_plant.tag("level").asset
    ]
    assert score == pytest.approx(1.0)
    assert [row["other_id"] for row in rows(any_engine, "SELECT * FROM grafana.similar('b')")] == ["a"]
