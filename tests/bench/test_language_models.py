"""What the benches of language models tell: what was asked, what was said, and where two servers differ."""

import asyncio
from typing import Any

import numpy as np
import pytest

from api.language.asking import Opinion
from api.language.engines.form import Form
from api.language.engines.rules import Rules
from api.language.narrate import Narration
from bench import prose, servers
from bench.questions import run
from bench.questions.calibrate import dev_cases
from bench.questions.counted import Counted
from bench.questions.items import Item, load, spread
from bench.questions.planted import HERE
from models.language.client import OpenAILanguageModel
from twin.answer import Answer, Evidence, Fact, Question, Status
from twin.errors import LanguageModelUnavailable
from twin.query import INTENTS


class Model:
    """Answers from a list; where it says None, it is away."""

    name = "small"

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.warmed: list[str] = []

    async def complete(self, instructions: str, prompt: str, schema: type[Any]) -> Any:
        answer = self.answers.pop(0)
        if answer is None:
            raise LanguageModelUnavailable("away")
        return answer

    async def warm_up(self, instructions: str) -> None:
        self.warmed.append(instructions)


def form(intent: str) -> Form:
    return Form.model_validate({"questions": [{"intent": intent}]})


def test_questions_read_answers_told_and_calls_in_vain_are_counted_apart() -> None:
    model = Model(form("help"), Narration(text="Nothing."), None)
    counted = Counted(model)

    async def asked() -> None:
        await counted.complete("task", "data: 1", Form)
        await counted.complete("tell", "{}", Narration)
        with pytest.raises(LanguageModelUnavailable):
            await counted.complete("task", "data: 2", Form)

    asyncio.run(asked())
    assert model.warmed == ["task", "tell"]
    taken = counted.taken()
    assert (taken["name"], taken["read"], taken["narrated"], taken["unanswered"]) == ("small", 2, 1, 1)
    assert counted.taken()["read"] == 0


def test_a_run_with_a_model_never_takes_the_place_of_one_without(item: Item, monkeypatch: pytest.MonkeyPatch) -> None:
    saved: dict[str, Any] = {}
    monkeypatch.setattr(run, "save", lambda name, *_, **found: saved.setdefault(name, found))
    monkeypatch.setattr(run, "items_of", lambda *_: (item,))

    class Mute:
        async def ask(self, question: Question) -> Answer:
            return Answer(text="What?", status=Status.NOT_UNDERSTOOD)

    def asked(model: Counted | None) -> None:
        run.questions("auto", lambda _: Mute(), ("dev",), None, lambda _: None, model)

    asked(None)
    asked(Counted(Model()))
    assert "model" not in saved["questions_auto"]["sets"]["dev"]
    assert saved["questions_auto_llm_small"]["sets"]["dev"]["model"]["read"] == 0


def test_all_sets_are_asked_in_one_loop(item: Item, monkeypatch: pytest.MonkeyPatch) -> None:
    loops = []

    class Mute:
        async def ask(self, question: Question) -> Answer:
            loops.append(asyncio.get_running_loop())
            return Answer(text="What?", status=Status.NOT_UNDERSTOOD)

    monkeypatch.setattr(run, "save", lambda *_, **found: found)
    monkeypatch.setattr(run, "items_of", lambda *_: (item,))
    run.questions("rules", lambda _: Mute(), ("dev", "dev"), None, lambda _: None)
    assert len(loops) == 2
    assert loops[0] is loops[1]


@pytest.fixture(scope="module")
def items() -> tuple[Item, ...]:
    return load(HERE / "items" / "dev")


@pytest.fixture(scope="module")
def item(items: tuple[Item, ...]) -> Item:
    return next(one for one in items if one.world == "tep-dev" and one.plans)


def told(item: Item, text: str) -> prose.Told:
    evidence = Evidence(
        name="mean", value=2704.0, unit="kPa", tag="reactor_pressure", source="test", kind=Fact.NUMBER, id="e1"
    )
    answer = Answer(
        text="The reactor pressure was 2704 kPa.", status=Status.ANSWERED, language="en", evidence=(evidence,)
    )
    model = Model(Narration(text=text))
    return asyncio.run(prose.told(model, [(item, answer)]))[0]


def test_prose_that_passes_and_prose_that_is_withheld_are_told_apart(item: Item) -> None:
    true = told(item, "On average the reactor pressure was 2704 kPa.")
    false = told(item, "On average the reactor pressure was 2904 kPa.")
    found = prose.figures([true, false])
    assert (found["passed"], found["withheld"], found["prose_with_unsupported_numbers"]) == (1, 1, 1)
    assert found["said_with_unsupported_numbers"] == 0
    assert found["withheld_by_kind"] == {"number": 1}


def test_a_number_that_slips_through_is_told(item: Item) -> None:
    one = told(item, "On average the reactor pressure was 2904 kPa.")
    slipped = prose.Told(one.item, one.template, one.prose, one.template.model_copy(update={"text": one.prose}))
    assert prose.figures([slipped])["said_with_unsupported_numbers"] == 1


def opinion(intent: str) -> tuple[Opinion, ...]:
    return (Opinion("small", np.log([0.86 if intent == name else 0.01 for name in INTENTS])),)


def test_questions_that_two_servers_read_differently_are_listed(item: Item) -> None:
    deciding = servers.Deciding()
    case = dev_cases([item], [Rules()])[0]
    client = OpenAILanguageModel("http://127.0.0.1:9/v1")
    one = servers.Served(client, [opinion("status"), opinion("status")])
    other = servers.Served(client, [opinion("status"), opinion("help")])
    found = servers.judged(deciding, [case, case], one, other)
    assert (found["questions"], found["same_reading"]) == (2, 0.5)
    assert [apart["say"] for apart in found["differ"]] == [item.say]  # type: ignore[attr-defined]


def test_only_questions_that_are_not_clear_are_asked_of_the_servers(items: tuple[Item, ...]) -> None:
    some = [one for one in items if one.world == "tep-dev" and one.turn == 0][:60]
    cases, deciding = dev_cases(some, [Rules()]), servers.Deciding()
    sure = {case.asking.original: deciding.sure(case) for case in cases}
    found = {case.asking.original for case in servers.questions(cases, deciding)}
    assert found == {say for say, confidence in sure.items() if confidence is not None and confidence < servers.SURE}
    assert 0 < len(found) < len(cases)


def test_every_beginning_of_a_spread_is_a_sample(items: tuple[Item, ...]) -> None:
    files = {one.id.rpartition("-")[0] for one in spread(items)[:200]}
    assert files == {one.id.rpartition("-")[0] for one in items}
    assert sorted(one.id for one in spread(items)) == sorted(one.id for one in items)
