"""The scorer catches planted wrong answers, and the naive reader numbers that nothing supports."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bench.questions.audit import unsupported
from bench.questions.items import Item, place_of, plan_of
from bench.questions.planted import Library
from bench.questions.reference import Reference, expected
from bench.questions.score import Scored, last_digit, score
from bench.questions.tally import calibration, figures, latency, precision_recall, tally
from bench.questions.worlds import World, world
from twin.answer import Answer, Evidence, Fact, Status, TimeWindow
from twin.query import Plan

NIGHT = "2026-11-23T22:00/2026-11-24T06:00"
MEAN = {"intent": "describe", "tags": ["reactor_pressure"], "window": NIGHT, "aggregation": "mean"}


@pytest.fixture(scope="module")
def dev() -> World:
    return world("tep-dev")


def planned(**short: Any) -> Plan:
    return plan_of(short, place_of("tep-dev", Library()))


def item(*plans: Plan, status: Status = Status.ANSWERED, **more: Any) -> Item:
    fields = {"id": "x", "session": "x", "turn": 0, "say": "x", "world": "tep-dev", "language": "en"} | more
    return Item(**({"style": ("plain",), "plans": plans, "status": status} | fields))


def judged(dev: World, one: Item, answer: Answer) -> Scored:
    reference = expected(one.plans, dev) if one.plans else Reference(frozenset({one.status}))
    return score(one, answer, reference, dev.twin.plant, dev.truth.now, 1.0)


def mean(value: float, text: str = "It was 2713 kPa.", **more: Any) -> Answer:
    found = Evidence(name="mean", value=value, unit="kPa", tag="reactor_pressure", source="describe_tag")
    return Answer(
        **({"text": text, "status": Status.ANSWERED, "evidence": (found,), "plans": (planned(**MEAN),)} | more)
    )


def truth(dev: World) -> float:
    return expected([planned(**MEAN)], dev).numbers[0].value


def test_the_right_answer_is_right(dev: World) -> None:
    value = round(truth(dev), 1)
    found = judged(dev, item(planned(**MEAN)), mean(value, f"It was {value} kPa."))
    assert (found.intent, found.right, found.exact) == (True, True, True)
    assert not found.over_claims
    assert not found.missing


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"tags": ["separator_pressure"]}, "describe.tags"),
        ({"window": "2026-11-23T22:00/2026-11-24T05:59"}, "describe.window"),
        ({"aggregation": "max"}, "describe.aggregation"),
        ({"limit": "above reactor_pressure 2850"}, "describe.limit"),
        ({"assets": ["reactor"]}, "describe.assets"),
    ],
)
def test_every_wrong_field_is_caught(dev: World, change: dict[str, Any], field: str) -> None:
    wrong = planned(**(MEAN | change))
    found = judged(dev, item(planned(**MEAN)), mean(truth(dev), plans=(wrong,)))
    assert [name for name, right in found.fields.items() if not right] == [field]
    assert found.intent
    assert not found.right


def test_a_plan_too_many_or_too_few_is_caught(dev: World) -> None:
    one = planned(**MEAN)
    assert not judged(dev, item(one), mean(truth(dev), plans=(one, one))).right
    assert not judged(dev, item(one), mean(truth(dev), plans=())).right
    turned = (planned(intent="status"), one)
    assert not judged(dev, item(one, planned(intent="status")), mean(truth(dev), plans=turned)).intent


@pytest.mark.parametrize("off", [0.1, -0.1, 10.0])
def test_a_wrong_number_is_missing(dev: World, off: float) -> None:
    found = judged(dev, item(planned(**MEAN)), mean(round(round(truth(dev), 1) + off, 1)))
    assert not found.exact
    assert found.missing


def test_a_number_of_another_tag_does_not_do(dev: World) -> None:
    other = Evidence(name="mean", value=truth(dev), unit="kPa", tag="separator_pressure", source="describe_tag")
    assert not judged(dev, item(planned(**MEAN)), mean(0.0, evidence=(other,))).exact


def test_moves_are_the_same_in_another_unit(dev: World) -> None:
    def raised(amount: float, unit: str, **more: Any) -> Plan:
        move = {"tag": "sp.reactor_pressure", "change": "by", "amount": amount, "unit": unit} | more
        return planned(intent="what_if", moves=[move])

    wanted = item(raised(40, "kPa"))
    blank = {"text": "", "status": Status.ANSWERED}
    assert judged(dev, wanted, Answer(plans=(raised(0.4, "bar"),), **blank)).right
    assert judged(dev, wanted, Answer(plans=(raised(40, "kPa", at="2026-11-24T09:20"),), **blank)).right
    for wrong in (raised(-40, "kPa"), raised(0.4001, "bar"), raised(40, "kPa", duration="2 h")):
        found = judged(dev, wanted, Answer(plans=(wrong,), **blank))
        assert [name for name, right in found.fields.items() if not right] == ["what_if.moves"]


def test_answering_what_has_no_answer_is_an_over_claim(dev: World) -> None:
    wanted = item(status=Status.ASK_BACK, candidates=("reactor_pressure", "separator_pressure"))
    claimed = judged(dev, wanted, Answer(text="All is well.", status=Status.ANSWERED))
    assert claimed.over_claims
    assert not claimed.right
    back = Answer(text="Which?", status=Status.ASK_BACK, candidates=("separator_pressure", "reactor_pressure"))
    assert judged(dev, wanted, back).right
    few = back.model_copy(update={"candidates": ("reactor_pressure",)})
    many = back.model_copy(update={"candidates": (*back.candidates, "a", "b", "c", "d")})
    assert not judged(dev, wanted, few).right
    assert not judged(dev, wanted, many).right


def test_no_data_is_no_wrong_plan_but_not_the_exact_answer(dev: World) -> None:
    found = judged(dev, item(planned(**MEAN)), mean(truth(dev), status=Status.NO_DATA))
    assert found.right
    assert not found.exact


START = datetime(2026, 11, 23, 21, 0, tzinfo=UTC)
WINDOW = TimeWindow(start=START, end=START + timedelta(hours=8), text="Mon 23 Nov 22:00 to Tue 24 Nov 06:00 CET")
EVIDENCE = (
    Evidence(name="mean", value=2713.42, unit="kPa", tag="reactor_pressure", source="d"),
    Evidence(name="share", value=0.345, tag="reactor_pressure", source="d", kind=Fact.NUMBER),
    Evidence(name="lasted", value=1.5, unit="h", source="d"),
    Evidence(name="start", value=START + timedelta(minutes=42), source="e", kind=Fact.TIME),
    Evidence(name="id", value="evt-1124-a", source="e", kind=Fact.ID),
)


@pytest.mark.parametrize(
    "text",
    [
        "Reactor pressure (XMEAS 7) was 2713 kPa on average.",
        "It was 2,713.4 kPa, 34.5 % of the time above; it lasted 90 min or 1.5 h.",
        "Es waren 2.713,4 kPa, seit 22:42 am 23. November.",
        "Mon 23 Nov 22:00 to Tue 24 Nov 06:00 CET: evt-1124-a began at 22:42 on 2026-11-23.",
        "Fue de 2713,42 kPa el 23 de noviembre.",
        "11月23日的平均值是2713千帕。",
        "XMEAS 7平均为 2713.4. It lasted 1 h 30 min.",
    ],
)
def test_what_the_evidence_holds_is_supported(dev: World, text: str) -> None:
    answer = Answer(text=text, status=Status.ANSWERED, evidence=EVIDENCE, window=WINDOW)
    assert unsupported(answer, dev.twin.plant) == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("It was 2714 kPa.", "2714"),
        ("It was 271.3 kPa.", "271.3"),
        ("It was 2,713.9 kPa.", "2,713.9"),
        ("35.5 % of the time.", "35.5"),
        ("It lasted 91 min.", "91"),
        ("It lasted 1 h 31 min.", "1 h 31 min"),
        ("It began at 22:43.", "22:43"),
        ("It began on 2026-11-22.", "2026-11-22"),
        ("Am 22. November.", "22. November"),
        ("11月22日", "11月22日"),
        ("There were 17 events.", "17"),
        ("evt-1124-a of 7 kPa", "7"),
    ],
)
def test_what_the_evidence_does_not_hold_is_found(dev: World, text: str, said: str) -> None:
    answer = Answer(text=text, status=Status.ANSWERED, evidence=EVIDENCE, window=WINDOW)
    assert unsupported(answer, dev.twin.plant) == (said,)


def test_the_weight_of_the_last_digit() -> None:
    assert [last_digit(value) for value in (2713.0, 0.25, 120.4)] == pytest.approx([1.0, 0.01, 0.1])
    assert last_digit(2713.4208364906825) == pytest.approx(2.7134e-3, rel=1e-3)


def test_figures_of_judged_answers(dev: World) -> None:
    wanted, none = item(planned(**MEAN)), item(status=Status.REFUSED)
    right = judged(dev, wanted, mean(round(truth(dev), 1), "", confidence=0.95))
    wrong = judged(dev, wanted, mean(1.0, "", confidence=0.85, plans=()))
    refused = judged(dev, none, Answer(text="", status=Status.REFUSED))
    claimed = judged(dev, none, Answer(text="", status=Status.ANSWERED))
    scored = [right, wrong, refused, claimed]
    assert figures(scored) == {
        "items": 4,
        "planned": 2,
        "intent": 0.5,
        "plan": 0.5,
        "right": 0.5,
        "exact": 0.5,
        "over_claims": 1,
        "unsupported": 0,
    }
    assert precision_recall(scored, lambda status: status is Status.REFUSED) == {
        "precision": 1.0,
        "recall": 0.5,
        "of": 2,
    }
    assert calibration(scored)["ece"] == pytest.approx((0.05 + 0.85) / 2)
    assert latency(scored)["all"] == {"p50": 1.0, "p99": 1.0}
    assert set(tally(scored, Library())["by_plant"]) == {"tep"}
