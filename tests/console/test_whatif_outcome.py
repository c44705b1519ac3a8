"""What the bench and the answers show of what-ifs, checked on their options and rows."""

import ast
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import orjson
import pytest

from api.console.bench.curves import Future, comparison_chart, past_chart
from api.console.bench.palette import ALONE, MARKS
from api.console.bench.reasons import reason_in
from api.console.bench.tables import effect_rows, kpi_rows, most_moved, risk_rows, told
from api.console.drawing import PlantTime
from api.console.words import Words
from api.console.writing import Writer
from twin.answer import Series
from twin.clock import Span
from twin.operations import verdict
from twin.plant import Asset, Limits, Plant, Tag, TagRole
from twin.scenario import (
    Band,
    Effect,
    Hazard,
    KpiEffect,
    LimitRisk,
    Method,
    Rollout,
    Support,
    Verdict,
    WhatIf,
)

ZONE = ZoneInfo("Europe/Berlin")
WRITE, GERMAN = (Writer(Words(language), ZONE) for language in ("en", "de"))
START = datetime(2026, 3, 10, 12, tzinfo=UTC)
STEP = timedelta(minutes=3)
ROWS = 20
SPAN = Span(START - timedelta(hours=2), START + ROWS * STEP)
PLANT = Plant(
    name="tank",
    description="A tank",
    time_zone=ZONE,
    step=STEP,
    night_shift="night",
    shifts=(),
    assets=(Asset("tank", "The tank", None),),
    tags=tuple(
        Tag(name, "tank", TagRole.MEASURED, "percent", f"The {name}", 0.0, 100.0, STEP)
        for name in ("level", "purity")
    ),
)


def rollout(rise, tag="level"):
    mean = tuple(50 + rise * (row + 1) / ROWS for row in range(ROWS))
    low, high = (tuple(value + spread for value in mean) for spread in (-1, 1))
    return Rollout(
        time=tuple(START + (row + 1) * STEP for row in range(ROWS)),
        bands=(Band(tag=tag, unit="percent", mean=mean, p05=low, p50=mean, p95=high),),
    )


def effect(mean, tag="level", sigma=1.0):
    return Effect(tag=tag, unit="percent", mean=mean, p05=mean - 0.5, p95=mean + 0.5, sigma=sigma)


def outcome(rise=5.0, support=Support.SUPPORTED, model="v1", **more):
    refused = support is Support.REFUSED
    told_of = {"effects": () if refused else (effect(rise),), "risks": (), **more}
    return WhatIf(
        start=START,
        end=START + ROWS * STEP,
        moves=(),
        baseline=None if refused else rollout(0),
        scenario=None if refused else rollout(rise),
        verdict=Verdict(support=support, reasons=("because",)),
        model_version=model,
        **told_of,
    )


def futures(*outcomes, names=("", "", "", "")):
    return [Future(mark, name, item) for mark, name, item in zip(MARKS, names, outcomes, strict=False)]


def series_of(values, start=START - STEP):
    time = tuple(start + index * STEP for index in range(len(values)))
    return Series(name="x", tag="level", unit="percent", time=time, values=tuple(values))


NO_LIMITS = Limits()


def drawn(shown, measured=None, limits=NO_LIMITS, write=WRITE, **more):
    return comparison_chart("level", shown, write, limits, SPAN, measured, **more)


def named(options, name):
    return next(item for item in options["series"] if item["name"] == name)


def letters(line):
    return [(line["markPoint"]["label"]["formatter"], point["coord"][0]) for point in line["markPoint"]["data"]]


def test_futures_on_the_same_ground_share_one_baseline_and_each_has_its_band():
    options = drawn(futures(outcome(5), outcome(8)))
    assert options["legend"]["data"] == ["baseline", "A", "B"]
    assert named(options, "A")["data"][-1][1:] == [55, 54, 56]
    assert named(options, "B")["data"][-1][1:] == [58, 57, 59]
    assert {"baseline band", "A band", "B band"} <= {item["name"] for item in options["series"]}


def test_futures_of_two_models_have_a_baseline_each():
    options = drawn(futures(outcome(5, model="v1"), outcome(8, model="v2"), names=("old", "new")))
    assert options["legend"]["data"] == ["baseline A", "baseline B", "A old", "B new"]


def test_futures_differ_in_colour_letter_and_shape():
    lines = [named(drawn(futures(*[outcome(rise) for rise in range(4)])), letter) for letter in "ABCD"]
    assert len({line["lineStyle"]["color"] for line in lines}) == 4
    assert len({line["markPoint"]["symbol"] for line in lines}) == 4
    marks = [mark for line in lines for mark in letters(line)]
    assert [letter for letter, _ in marks] == list("AABBCCDD")
    assert len({at for _, at in marks}) == 8, "no letter hides another one"


def test_a_future_that_extrapolates_is_dashed_and_only_that_one():
    options = drawn(futures(outcome(), outcome(8, Support.EXTRAPOLATING)))
    assert {name: named(options, name)["lineStyle"]["type"] for name in ("baseline", "A", "B")} == {
        "baseline": "dotted",
        "A": "solid",
        "B": "dashed",
    }


def test_a_refused_future_has_no_curve_and_leaves_its_letter_to_nobody():
    options = drawn(futures(outcome(support=Support.REFUSED), outcome(8)))
    assert options["legend"]["data"] == ["baseline", "B"]
    assert letters(named(options, "B"))[0][0] == "B"
    assert drawn(futures(outcome(support=Support.REFUSED)))["series"] == []


def test_a_model_that_does_not_tell_of_a_tag_has_no_curve_of_it():
    other = outcome(8).model_copy(update={"scenario": rollout(8, "purity"), "baseline": rollout(0, "purity")})
    assert drawn(futures(outcome(), other))["legend"]["data"] == ["baseline", "A"]


def test_bands_can_be_left_out():
    shown = drawn(futures(outcome()), bands=False)["series"]
    assert [item["name"] for item in shown] == ["baseline", "A"]


def test_the_truth_is_drawn_over_everything_from_before_the_start_and_gaps_stay_open():
    options = drawn(futures(outcome()), series_of([48.0, None, 50.5]))
    assert options["series"][-1]["name"] == "measured"
    assert [value for _, value in options["series"][-1]["data"]] == [48.0, None, 50.5]
    assert options["series"][-1]["connectNulls"] is False
    marks = options["series"][0]["markLine"]["data"]
    assert [(mark["name"], mark["xAxis"]) for mark in marks] == [("start", PlantTime(WRITE, SPAN.end)(START))]


def test_nothing_measured_is_no_line():
    assert drawn(futures(outcome()), series_of([None, None]))["legend"]["data"] == ["baseline", "A"]


def test_before_anything_was_run_the_chart_shows_what_was_measured():
    assert drawn([], series_of([48.0, 49.0]))["legend"]["data"] == ["measured"]


def test_only_limits_in_reach_of_the_curves_are_drawn():
    marks = drawn(futures(outcome()), limits=Limits(hi=58.0, hihi=95.0))["series"][0]["markLine"]["data"]
    assert [mark["name"] for mark in marks] == ["start", "Hi 58 %"]


def test_every_chart_is_described_in_the_readers_language_and_is_plain_json():
    past = past_chart(series_of([48.0, 49.0]), WRITE, SPAN, SPAN)
    shown = {
        "level: baseline, A more over time in %, times in CET.": drawn(futures(outcome(), names=("more",))),
        "level: ohne Eingriff, A mehr über der Zeit in %, Zeiten in CET.": drawn(
            futures(outcome(), names=("mehr",)), write=GERMAN
        ),
        "level in the past, to choose a start on, times in CET.": past,
    }
    for description, options in shown.items():
        assert options["aria"]["label"]["description"] == description
        assert orjson.loads(orjson.dumps(options)) == options


def test_the_chosen_stretch_is_shaded_on_the_past_as_far_as_the_past_goes():
    at = PlantTime(WRITE, START)
    span = Span(START - timedelta(hours=24), START)
    options = past_chart(series_of([48.0]), WRITE, span, Span(START - timedelta(hours=1), START + timedelta(hours=7)))
    area = options["series"][0]["markArea"]["data"][0]
    assert [edge["xAxis"] for edge in area] == [at(START - timedelta(hours=1)), at(START)]
    assert "markArea" not in past_chart(series_of([48.0]), WRITE, span, None)["series"][0]


def test_the_effect_of_every_future_stands_in_its_own_column_with_its_interval():
    shown = futures(outcome(5), outcome(-8, effects=(effect(-8), effect(0.1, "purity"))))
    assert effect_rows(shown, ["level", "purity"], PLANT, WRITE) == [
        {"tag": "level", "what": "The level", "mark-a": "+5 % (+4.5 … +5.5)", "mark-b": "−8 % (−8.5 … −7.5)"},
        {"tag": "purity", "what": "The purity", "mark-b": "+0.1 % (−0.4 … +0.6)"},
    ]
    assert effect_rows(shown, ["purity"], PLANT, GERMAN)[0]["mark-b"] == "+0,1 % (−0,4 … +0,6)"


def test_tags_are_ordered_by_what_any_future_does_to_them():
    first = outcome(effects=(effect(1, "level", sigma=0.5), effect(1, "purity", sigma=-0.7)))
    second = outcome(effects=(effect(1, "level", sigma=-2.0), effect(1, "purity", sigma=0.1)))
    assert most_moved(futures(first)) == ["purity", "level"]
    assert most_moved(futures(first, second)) == ["level", "purity"]


def test_a_refused_future_has_no_column():
    shown = futures(outcome(support=Support.REFUSED), outcome())
    assert [future.mark.letter for future in told(shown)] == ["B"]


def kpi(effect, name="cost", baseline=170.5):
    scenario = baseline + effect
    return KpiEffect(
        name=name,
        unit="$/h",
        description="Cost",
        baseline=baseline,
        scenario=scenario,
        effect=effect,
        p05=effect - 1.5,
        p95=effect + 1.5,
    )


def test_a_key_figure_is_shown_with_its_baseline_and_with_level_and_effect_of_every_future():
    shown = futures(outcome(kpis=(kpi(-10.5),)), outcome(kpis=(kpi(2.0),)))
    assert kpi_rows(shown, WRITE) == [
        {
            "what": "Cost",
            "baseline": "170.5 $/h",
            "mark-a": "160 $/h, −10.5 $/h (−12 … −9)",
            "mark-b": "172.5 $/h, +2 $/h (+0.5 … +3.5)",
        }
    ]


def test_baselines_that_differ_are_both_told():
    shown = futures(outcome(kpis=(kpi(0),)), outcome(model="v2", kpis=(kpi(0, baseline=169.0),)))
    assert kpi_rows(shown, WRITE)[0]["baseline"] == "170.5 $/h / 169 $/h"


def risk(scenario, baseline=0.0, limit="hi", half=None):
    hazard = Hazard(per_step=(0.0, 0.6), p05=timedelta(minutes=6), p50=half, p95=None)
    return LimitRisk(
        tag="level",
        unit="percent",
        limit=limit,
        value=90,
        baseline=baseline,
        scenario=scenario,
        scenario_hazard=hazard,
    )


def test_a_limit_is_told_where_any_future_may_pass_it_with_the_time_where_half_of_them_do():
    shown = futures(
        outcome(risks=(risk(0.0), risk(0.0, limit="lo"))),
        outcome(risks=(risk(0.6, half=timedelta(minutes=90)), risk(0.005, limit="lo"))),
    )
    assert risk_rows(shown, WRITE) == [
        {
            "tag": "level",
            "limit": "Hi 90 %",
            "baseline": "0 %",
            "mark-a": "0 %",
            "mark-b": "60 %, half within 1 h 30 min",
        }
    ]


def test_the_only_future_of_an_answer_needs_no_letter():
    options = drawn([Future(ALONE, "with the moves", outcome(method=Method.ABDUCTION))])
    assert options["legend"]["data"] == ["baseline", "with the moves"]
    assert "markPoint" not in named(options, "with the moves")


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_future_is_told_apart_by_its_words_too(language):
    words = Words(language)
    assert len({words(f"whatif.verdict.{support}") for support in Support}) == 3
    assert len({words(f"whatif.method.{method}") for method in Method}) == 2


def reasons_of_the_twin():
    """Every reason that the twin's verdict can give, its slots filled."""
    module = ast.parse(Path(verdict.__file__).read_text())
    told = [
        call.args[1]
        for call in ast.walk(module)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Finding"
    ]
    named = [node.value for node in ast.walk(module) if isinstance(node, ast.Assign) and _is(node, "reason")]
    for text in (*told, *named):
        parts = text.values if isinstance(text, ast.JoinedStr) else [text]
        yield "".join(part.value if isinstance(part, ast.Constant) else _slot(part) for part in parts)


def _is(node, name):
    return isinstance(node.targets[0], ast.Name) and node.targets[0].id == name


def _slot(part):
    """What stands in a slot; two of them are sentences of their own."""
    source = ast.unparse(part.value)
    own = {"validated": "the 8 h up to which the model was validated", "_named(frame)": NAMED}
    return own.get(source, "1.5")


NAMED = "e1 around tank, so the plant does not behave as the model learned it"


def test_every_reason_of_the_twin_is_known_in_german():
    found = list(reasons_of_the_twin())
    assert len(found) >= 12
    assert [reason for reason in found if reason_in(Words("de"), reason) == reason] == []


@pytest.mark.parametrize("reason", list(reasons_of_the_twin()))
def test_in_english_a_reason_stays_as_the_twin_gave_it(reason):
    assert reason_in(Words("en"), reason) == reason


def test_a_reason_in_german_keeps_its_names_and_writes_its_numbers_with_a_comma():
    told = "sp.1.level = 95.5 % is outside the trained range [40, 60.5] %"
    assert reason_in(Words("de"), told) == "sp.1.level = 95,5 % liegt außerhalb des gelernten Bereichs [40; 60,5] %"
    told = "the training log moves sp.level not once"
    assert reason_in(Words("de"), told) == "in den Lerndaten wird sp.level kein einziges Mal verstellt"
    assert reason_in(Words("de"), "a reason of tomorrow") == "a reason of tomorrow"
