"""Items: short forms, mistakes, quotas."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from bench.questions import generate
from bench.questions.apart import Text, everything, pairs
from bench.questions.items import STYLES, Item, load, place_of, plan_of
from bench.questions.planted import HERE, Library
from bench.questions.templates import FILLERS
from twin.answer import Status
from twin.query import INTENTS, CounterfactualPlan, DescribePlan, Length, WhatIfPlan


@pytest.fixture(scope="module")
def items() -> tuple[Item, ...]:
    return (*load(HERE / "items" / "dev"), *load(HERE / "items" / "test"))


def written(folder: Path, *items: dict[str, Any], **head: Any) -> Path:
    content = {"author": "me", "date": "2026-11-23", "world": "tep-dev", "items": list(items)} | head
    (folder / "mine.yaml").write_text(yaml.safe_dump(content))
    return folder


def test_short_forms_are_read() -> None:
    place = place_of("tep-dev", Library())
    described = plan_of(
        {"intent": "describe", "tags": ["reactor_pressure"], "limit": "above reactor_pressure hi"}, place
    )
    assert isinstance(described, DescribePlan)
    assert described.window.start == datetime(2026, 11, 24, 0, 20, tzinfo=UTC)
    assert (described.limit.side, described.limit.name) == ("above", "hi") if described.limit else False
    move = {"tag": "sp.reactor_pressure", "change": "by", "amount": 40, "unit": "kPa", "duration": "90 min"}
    scenario = plan_of({"intent": "what_if", "moves": [move]}, place)
    assert isinstance(scenario, WhatIfPlan)
    assert scenario.moves[0].duration == Length(amount=90, unit="min")
    past = plan_of({"intent": "counterfactual", "start": "2026-11-24T02:00", "moves": [move]}, place)
    assert isinstance(past, CounterfactualPlan)
    assert past.start == datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
    assert past.horizon.delta == timedelta(hours=8)


@pytest.mark.parametrize(
    ("item", "said"),
    [
        ({"say": "x", "plans": [{"intent": "guess"}]}, "plan 1: intent: 'guess' is none of events"),
        ({"say": "x", "plans": [{"intent": "trend", "tags": ["nothing"]}]}, "has no tag 'nothing'"),
        ({"say": "x", "plans": [{"intent": "trend", "windows": "a"}]}, "plan 1: trend.windows: Extra inputs"),
        ({"say": "x", "plans": [{"intent": "trend", "window": "2026-11-24T02:00"}]}, "is no window: START/END"),
        ({"say": "x", "plans": [{"intent": "describe", "limit": "over 9"}]}, "'over 9' is no limit"),
        ({"say": "x", "style": ["rude"], "plans": []}, "style: Value error, no such style: rude"),
        ({"say": "x"}, "status: an item without plans names its status"),
        (
            {
                "say": "x",
                "plans": [{"intent": "what_if", "moves": [{"tag": "reactor_pressure", "change": "by", "amount": 1}]}],
            },
            "plan 1: reactor_pressure is no movable tag",
        ),
    ],
)
def test_a_mistake_names_file_item_and_field(tmp_path: Path, item: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match="mine") as caught:
        load(written(tmp_path, item))
    assert "mine.yaml: " in str(caught.value)
    assert "mine-001" in str(caught.value)
    assert said in str(caught.value)


def test_statuses_that_are_not_named_follow_from_the_plans(tmp_path: Path) -> None:
    said = [
        {"say": "a", "plans": [{"intent": "status"}], "turns": [{"say": "b", "plans": [{"intent": "help"}]}]},
        {"say": "c", "plans": [{"intent": "out_of_scope", "reason": "secrets"}]},
        {"say": "d", "plans": [{"intent": "out_of_scope"}]},
    ]
    found = load(written(tmp_path, *said))
    assert [item.status for item in found] == [
        Status.ANSWERED,
        Status.ANSWERED,
        Status.REFUSED,
        Status.NOT_UNDERSTOOD,
    ]
    assert found[0].session == found[1].session != found[2].session
    assert found[1].style == ("followup",)


def test_generated_items_are_those_of_the_generator() -> None:
    for world in FILLERS:
        file = HERE / "items" / "dev" / f"generated-{world}.yaml"
        assert file.read_text(encoding="utf-8") == generate.generated(world), (
            "stale: run `python -m bench.questions.generate`"
        )


def test_there_are_enough_questions_of_every_kind(items: tuple[Item, ...]) -> None:
    assert len(items) >= 600
    styles = Counter(style for item in items for style in item.style)
    intents = Counter(intent for item in items for intent in item.intents)
    assert all(styles[style] >= 12 for style in STYLES), styles
    assert all(intents[intent] >= 12 for intent in INTENTS), intents
    languages = Counter(item.language for item in items)
    assert all(languages[language] >= 20 for language in ("de", "es", "zh")), languages
    assert len({item.world for item in items}) >= 5


def test_ids_are_unique(items: tuple[Item, ...]) -> None:
    assert len({item.id for item in items}) == len(items)


def test_no_phrase_of_one_set_is_nearly_one_of_another() -> None:
    found = pairs(everything())
    assert not found, "\n".join(map(str, found))


def test_near_phrases_of_two_sets_are_found() -> None:
    first = Text("train", "a", "what was the mean name last night please")
    again = Text("test", "b", "what was the mean name last night please")
    turned = Text("test", "c", "please last night what was the mean name")
    alike = Text("dev", "d", "what was the mean name last night, please?")
    apart = Text("dev", "e", "did the operators touch any of the valves")
    found = {(pair.one.id, pair.other.id): pair.why for pair in pairs([first, again, turned, alike, apart])}
    assert found["a", "b"] == "the same"
    assert found["a", "c"] == "the same words"
    assert ("a", "d") in found
    assert not any("e" in ids for ids in found)
    assert not pairs([first, Text("train", "f", first.masked)])
