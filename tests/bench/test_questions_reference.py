"""The reference agrees with the twin's operations and with brute force over the samples."""

from datetime import timedelta
from typing import Any

import pytest

from bench.questions.items import place_of, plan_of
from bench.questions.planted import Library
from bench.questions.reference import Reference, expected
from bench.questions.worlds import World, world
from twin.answer import Status
from twin.operations.forecast import forecast
from twin.operations.whatif import what_if
from twin.query import CounterfactualPlan, DescribePlan, ForecastPlan, Plan, WhatIfPlan, scenario_of

WORLDS = ("tep-dev", "tep-night", "boilers")
MAX = timedelta(hours=24)


def planned(name: str, **short: Any) -> Plan:
    return plan_of(short, place_of(name, Library()))


def wanted(place: World, plan: Plan) -> Reference:
    return expected([plan], place)


@pytest.mark.parametrize("name", WORLDS)
@pytest.mark.parametrize("aggregation", ["mean", "max", "min", "std", "count", "first", "last", "now", "share"])
def test_statistics_are_those_of_the_raw_samples(name: str, aggregation: str) -> None:
    place = world(name)
    tag = place.twin.plant.observed[0].name
    limit = {"limit": f"above {tag} {place.twin.plant.tag(tag).low}"} if aggregation == "share" else {}
    plan = planned(name, intent="describe", tags=[tag], aggregation=aggregation, **limit)
    assert isinstance(plan, DescribePlan)
    values = [float(value) for value in place.twin.historian.samples(tag, plan.window.span).value]
    average = sum(values) / len(values)
    brute = {
        "mean": average,
        "max": max(values),
        "min": min(values),
        "std": (sum((value - average) ** 2 for value in values) / len(values)) ** 0.5,
        "count": float(len(values)),
        "first": values[0],
        "last": values[-1],
        "now": values[-1],
        "share": 1.0,
    }
    assert wanted(place, plan).numbers[0].value == pytest.approx(brute[aggregation], rel=1e-9)


@pytest.mark.parametrize("name", WORLDS)
def test_forecasts_are_those_of_the_model(name: str) -> None:
    place = world(name)
    tags = [tag.name for tag in place.twin.plant.observed]
    plan = planned(name, intent="forecast", tags=tags, horizon="5 h")
    assert isinstance(plan, ForecastPlan)
    rollout = forecast(place.twin, plan.horizon.delta, max_horizon=MAX).rollout
    assert rollout is not None
    for number in wanted(place, plan).numbers:
        assert number.value == pytest.approx(rollout.band(str(number.tag)).mean[-1], rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("start", [None, "2026-11-24T01:10", "2026-11-24T06:00"])
@pytest.mark.parametrize("horizon", ["3 h", "8 h"])
def test_effects_are_those_of_the_rollout(start: str | None, horizon: str) -> None:
    place = world("tep-dev")
    moves: list[dict[str, Any]] = [
        {"tag": "sp.reactor_pressure", "change": "by", "amount": 3, "unit": "psi", "duration": "2 h"},
        {"tag": "bias.a_feed", "change": "times", "amount": 0.9},
        {"tag": "sp.stripper_level", "change": "to", "amount": 45, "unit": "%"},
    ]
    kind = {"intent": "counterfactual", "start": start} if start else {"intent": "what_if"}
    tags = [tag.name for tag in place.twin.plant.observed]
    plan = planned("tep-dev", **kind, tags=tags, moves=moves, horizon=horizon)
    assert isinstance(plan, WhatIfPlan | CounterfactualPlan)
    found = what_if(place.twin, scenario_of(plan, place.truth.now), max_horizon=MAX)
    effects = {effect.tag: effect.mean for effect in found.effects}
    assert len(wanted(place, plan).numbers) == len(tags)
    for number in wanted(place, plan).numbers:
        assert number.value == pytest.approx(effects[str(number.tag)], rel=1e-6, abs=1e-6)


@pytest.mark.parametrize(
    ("short", "status", "values", "ids"),
    [
        ({"intent": "events", "window": "2026-11-23T22:00/2026-11-24T06:00"}, "answered", [2], "ab"),
        ({"intent": "events", "window": "2026-11-24T06:00/2026-11-24T09:20"}, "no_events", [], ""),
        ({"intent": "events", "window": "2026-10-24T06:00/2026-10-24T09:20"}, "outside_retention", [], ""),
        ({"intent": "events", "severity": "high"}, "answered", [1], "a"),
        ({"intent": "events", "assets": ["separator"]}, "answered", [2], "ab"),
        ({"intent": "explain", "window": "2026-11-23T22:00/2026-11-24T06:00", "which": 2}, "answered", [], "b"),
        ({"intent": "explain", "window": "2026-11-23T22:00/2026-11-24T06:00"}, "answered", [], "a"),
        ({"intent": "explain", "window": "2026-11-24T06:00/2026-11-24T07:00"}, "no_events", [], ""),
        ({"intent": "moves", "window": "2026-11-24T00:00/2026-11-24T09:20"}, "answered", [2], ""),
        ({"intent": "moves", "window": "2026-11-24T06:00/2026-11-24T09:20"}, "no_events", [], ""),
        (
            {
                "intent": "describe",
                "tags": ["purge_flow"],
                "window": "2026-11-23T12:30/2026-11-23T13:30",
                "aggregation": "mean",
            },
            "no_data",
            [],
            "",
        ),
        (
            {
                "intent": "what_if",
                "moves": [{"tag": "sp.reactor_pressure", "change": "to", "amount": 9000, "unit": "kPa"}],
            },
            "refused",
            [],
            "",
        ),
        (
            {"intent": "about", "tags": ["reactor_level"], "aspect": "limits"},
            "answered",
            [-2.1, 50, 100, 114.4],
            "",
        ),
        (
            {"intent": "counterfactual", "undone": "2026-11-24T06:00/2026-11-24T09:00"},
            "no_events",
            [],
            "",
        ),
        ({"intent": "log", "window": "2026-11-23T22:00/2026-11-24T06:00"}, "answered", [2], ""),
        ({"intent": "out_of_scope", "reason": "secrets"}, "refused", [], ""),
    ],
)
def test_what_is_planted_is_expected(short: dict[str, Any], status: str, values: list[float], ids: str) -> None:
    found = wanted(world("tep-dev"), planned("tep-dev", **short))
    assert Status(status) in found.statuses
    assert [number.value for number in found.numbers] == values
    if short["intent"] == "events" and short.get("severity") is None and "window" not in short:
        assert {f"evt-1124-{letter}" for letter in ids} <= set(found.ids)
    elif short["intent"] in {"events", "explain"}:
        assert [identity[-1] for identity in found.ids if "1124" in identity] == list(ids)
