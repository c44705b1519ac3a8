"""Plans carried out: which operations run, what they find, how a question ends. No wording."""

from dataclasses import replace
from datetime import timedelta

import pytest

from api.language.run import Cancelled, Limits, run
from api.language.run.findings import Described, EventsSeen, Explained, Imagined, NothingToUndo, Unexplained
from twin.answer import Status
from twin.errors import HorizonTooLong, InvalidInput, NoJournal, TooLarge
from twin.historian.memory import MemoryEventLog, MemoryHistorian
from twin.query import (
    AboutPlan,
    AskedMove,
    Basis,
    CounterfactualPlan,
    DescribePlan,
    EventsPlan,
    ExplainPlan,
    ForecastPlan,
    HelpPlan,
    Length,
    Limit,
    LogPlan,
    MovesPlan,
    OutOfScopePlan,
    StatusPlan,
    TrendPlan,
    WhatIfPlan,
    Window,
)

PRESSURE = "reactor_pressure"
RAISED = AskedMove(tag="sp.reactor_pressure", change="by", amount=20, unit="kPa")


@pytest.fixture(scope="session")
def night(fake):
    end = fake.NOW.replace(hour=5, minute=0)
    return Window(start=end - timedelta(hours=8), end=end)


@pytest.fixture(scope="session")
def hour(fake):
    return Window(start=fake.NOW - timedelta(hours=1), end=fake.NOW)


def found(plan, twin, recent=(), limits=None):
    return run(plan, twin, limits or Limits(), recent, lambda _: None)


def names(findings):
    return [call.name for call in findings.tools]


def test_every_operation_is_told_as_it_begins(twin, night):
    told = []
    findings = run(TrendPlan(window=night, tags=(PRESSURE, "separator_level")), twin, Limits(), (), told.append)
    assert [call.arguments["tag"] for call in told] == [PRESSURE, "separator_level"]
    assert tuple(told) == findings.tools


def test_a_plan_that_nobody_waits_for_stops_before_its_next_operation(twin, night):
    limits, told = Limits(), []

    def tell(call):
        told.append(call)
        limits.cancelled.set()

    with pytest.raises(Cancelled):
        run(DescribePlan(window=night, tags=(PRESSURE, "separator_level")), twin, limits, (), tell)
    assert len(told) == 1


def test_a_plan_of_too_many_operations_is_refused_with_the_bound(twin, night):
    limit = Limit(tag=PRESSURE, side="above", value=2702.0)
    plan = DescribePlan(window=night, tags=(PRESSURE, "separator_level"), aggregation="max", limit=limit)
    with pytest.raises(TooLarge, match="more than the 2 operations accepted"):
        found(plan, twin, limits=Limits(steps=2))
    with pytest.raises(TooLarge, match="2 tags and assets at once, at most 1"):
        found(plan, twin, limits=Limits(steps=1))


def test_events_are_those_of_the_asset_and_at_least_as_severe(twin, night):
    everything = found(EventsPlan(window=night), twin)
    assert isinstance(everything.result, EventsSeen)
    assert [frame.id for frame in everything.result.anomalies] == ["fault", "stuck"]
    assert [frame.id for frame in everything.result.explained] == ["response"]
    severe = found(EventsPlan(window=night, severity="high"), twin)
    assert [frame.id for frame in severe.result.anomalies] == ["fault"]
    elsewhere = found(EventsPlan(window=night, assets=("separator",)), twin)
    assert [frame.id for frame in elsewhere.result.anomalies] == ["stuck"]
    assert everything.status is Status.ANSWERED


def test_nothing_happened_and_nothing_was_looked_at_are_two_things(twin, hour):
    assert found(EventsPlan(window=hour), twin).status is Status.NO_EVENTS
    unscored = replace(twin, events=MemoryEventLog())
    assert found(EventsPlan(window=hour), unscored).status is Status.NO_DATA
    assert found(ExplainPlan(window=hour), unscored).status is Status.NO_DATA


def test_without_samples_every_question_about_them_has_no_data(twin, fake, night):
    empty = replace(twin, historian=MemoryHistorian(fake.PLANT), events=MemoryEventLog())
    plans = [
        StatusPlan(),
        DescribePlan(window=night, tags=(PRESSURE,)),
        MovesPlan(window=night),
        TrendPlan(window=night, tags=(PRESSURE,)),
    ]
    assert {found(plan, empty).status for plan in plans} == {Status.NO_DATA}


def test_why_means_the_gravest_of_the_events_just_spoken_of(twin, night):
    leaning = night.model_copy(update={"basis": Basis.SESSION})
    recent = ("fault", "stuck")
    assert found(ExplainPlan(window=leaning), twin, recent).tools[0].arguments == {"event_id": "fault"}
    second = ExplainPlan(window=leaning, which=2)
    assert found(second, twin, recent).tools[0].arguments == {"event_id": "stuck"}
    assert found(ExplainPlan(window=leaning, which=2), twin, ("stuck",)).tools[0].name == "find_events"


def test_a_window_that_is_said_counts_before_the_events_spoken_of(twin, night, hour):
    asked = found(ExplainPlan(window=night, which=-1), twin, ("fault",))
    assert isinstance(asked.result, Explained)
    assert asked.result.explanation.event.id == "stuck"
    assert isinstance(found(ExplainPlan(window=hour), twin, ("fault",)).result, Unexplained)


def test_a_maximum_comes_with_its_instant(twin, night):
    findings = found(DescribePlan(window=night, tags=(PRESSURE,), aggregation="max"), twin)
    assert isinstance(findings.result, Described)
    highest = findings.result.extremes[PRESSURE].highest
    batch = twin.historian.samples(PRESSURE, night.span)
    assert batch.value[list(batch.time).index(highest.replace(tzinfo=None))] == batch.value.max()


def test_a_share_is_that_of_the_samples(twin, night):
    limit = Limit(tag=PRESSURE, side="above", value=2702.0)
    findings = found(DescribePlan(window=night, tags=(PRESSURE,), aggregation="share", limit=limit), twin)
    values = twin.historian.samples(PRESSURE, night.span).value
    assert findings.result.beyond.share == (values > 2702.0).mean()


def test_a_limit_by_name_is_the_plant_files(twin, night):
    named = DescribePlan(
        window=night, tags=(PRESSURE,), aggregation="max", limit=Limit(tag=PRESSURE, side="above", name="hi")
    )
    assert found(named, twin).result.limit == 2895.0
    missing = named.model_copy(update={"limit": Limit(tag=PRESSURE, side="below", name="lolo")})
    with pytest.raises(InvalidInput, match="no limit of the name lolo"):
        found(missing, twin)


def test_a_scenario_of_the_past_is_told_as_one(twin, fake):
    future = found(WhatIfPlan(moves=(RAISED,)), twin)
    assert isinstance(future.result, Imagined)
    assert not future.result.past
    start = fake.NOW - timedelta(hours=8)
    assert found(CounterfactualPlan(start=start, moves=(RAISED,)), twin).result.past


def test_the_last_logged_move_is_imagined_away(twin, night, hour):
    taken_back = found(CounterfactualPlan(undone=night, undone_tags=(PRESSURE,)), twin)
    assert names(taken_back) == ["undone", "what_if"]
    assert taken_back.result.undone.move.after == 2745.0
    nothing = found(CounterfactualPlan(undone=hour), twin)
    assert isinstance(nothing.result, NothingToUndo)
    assert nothing.status is Status.NO_EVENTS


def test_a_horizon_beyond_what_is_accepted_is_refused(twin):
    plan = ForecastPlan(horizon=Length(amount=3, unit="h"), tags=(PRESSURE,))
    with pytest.raises(HorizonTooLong):
        found(plan, twin, limits=Limits(max_horizon=timedelta(hours=2)))


def test_a_refused_rollout_ends_as_refused(twin):
    beyond = AskedMove(tag="sp.reactor_pressure", change="to", amount=2829, unit="kPa")
    assert found(WhatIfPlan(moves=(beyond,)), twin).status is Status.REFUSED


def test_moves_on_a_tag_are_those_of_its_handle(twin, night):
    assert [move.tag for move in found(MovesPlan(window=night, tags=(PRESSURE,)), twin).result.moves] == [
        "sp.reactor_pressure"
    ]
    assert found(MovesPlan(window=night, tags=("separator_level",)), twin).status is Status.NO_EVENTS


def test_a_second_result_of_a_name_does_not_replace_the_first(twin, night):
    findings = found(DescribePlan(window=night, tags=(PRESSURE, "separator_level")), twin)
    assert [findings.raw[name]["tag"] for name in ("describe_tag", "describe_tag_2")] == [PRESSURE, "separator_level"]


def test_without_a_journal_there_is_no_log(twin, night):
    with pytest.raises(NoJournal):
        found(LogPlan(window=night), replace(twin, journal=None))


def test_what_needs_no_operation_runs_none(twin):
    assert names(found(HelpPlan(), twin)) == []
    assert names(found(AboutPlan(aspect="movable"), twin)) == []
    assert found(OutOfScopePlan(), twin).status is Status.NOT_UNDERSTOOD
