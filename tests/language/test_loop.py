"""The answer loop on the demo plant in memory, by the grammar alone and with a language model."""

import asyncio
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from api.engines import conversation
from twin.answer import Question, Status
from twin.errors import StoreUnavailable
from twin.formula import Formula
from twin.historian.memory import MemoryEventLog, MemoryHistorian
from twin.plant import Kpi


def test_the_night_question_tells_the_two_anomalies_and_not_the_setpoint_change(ask):
    answer = ask("Tell me, factory, were there any unusual events last night?")
    assert answer.status is Status.ANSWERED
    assert answer.text.startswith("Yes: 2 unusual events")
    assert [frame["id"] for frame in answer.result["find_events"]["anomalies"]] == ["fault", "stuck"]
    assert "Not counted: 1 response to logged moves (sp.reactor_pressure from 2700 to 2745 kPa" in answer.text
    assert answer.window.text == "Sat 21 Nov 22:00 to Sun 22 Nov 06:00 CET"
    assert answer.engine == "rules"


def test_the_counterfactual_leads_with_the_effect_on_the_tag_asked_for(ask):
    answer = ask("What would have happened to reactor pressure if we had cut the A feed by 10 % at 02:00?")
    assert answer.text.startswith("Reactor pressure would have been 10 kPa lower")
    assert "bias.a_feed 1 → 0.9 from 02:00 CET" in answer.text
    assert {line.name.rpartition(", ")[2] for line in answer.series} == {
        "without the moves",
        "with the moves",
        "measured",
    }
    assert answer.model_version == "proportional-1"
    assert answer.result["what_if"]["verdict"]["support"] == "supported"


def test_a_counterfactual_says_what_it_keeps_and_what_it_costs(twin):
    cost = Kpi("cost", "$/h", "Operating cost", Formula.parse("1000 * {feed_a_flow}"))
    interpreter = conversation(replace(twin, plant=replace(twin.plant, kpis=(cost,))))
    past = asyncio.run(interpreter.ask(Question(question="what if we had cut the A feed by 10 % at 02:00?")))
    assert past.status is Status.ANSWERED
    assert "the disturbances of that time are kept" in past.text
    assert re.search(r"Operating cost would have been 2\d\.\d \$/h lower on average", past.text)
    assert not past.grounding.unmatched
    future = asyncio.run(interpreter.ask(Question(question="what if we cut the A feed by 10 %?")))
    assert "disturbances" not in future.text
    assert "Operating cost would be" in future.text


def test_the_average_is_the_historians_own(ask, twin, fake):
    answer = ask("What was the average reactor pressure last night?")
    mean = next(item for item in answer.evidence if item.name == "mean")
    stored = twin.historian.statistics(["reactor_pressure"], _span(answer))[0]
    assert mean.value == stored.mean
    assert mean.unit == "kPa"
    assert len(answer.series) == 2


def _span(answer):
    from twin.clock import Span

    return Span(answer.window.start, answer.window.end)


SENTENCES = """
Tell me, factory, were there any unusual events last night?
what if we had cut the A feed by 10 % at 02:00?
What was the average reactor pressure last night?
explain the first event of last night
why did the separator level jump last night?
how is the reactor pressure?
show me separator level over the last 6 hours
status of the plant
how is the reactor?
what moves were made last night?
what will reactor pressure be in the next 4 hours?
what can I move?
what is XMEAS 7?
describe the plant
what sensors are on the stripper?
did the reactor pressure exceed 2705 kPa last night?
what did the A feed read at 04:30?
what if we raise the reactor pressure setpoint to 2790 kPa
what if we had not raised the reactor pressure setpoint last night
set the agitator to 60 %
standard deviation of compressor work yesterday
was the reactor pressure setpoint changed today?
help
""".strip().splitlines()


@pytest.mark.parametrize("sentence", SENTENCES)
def test_every_number_of_every_answer_has_its_evidence(ask, sentence):
    answer = ask(sentence)
    assert answer.status in {Status.ANSWERED, Status.NO_EVENTS}
    assert answer.grounding.ok, answer.grounding.unmatched
    assert "withh" not in answer.text


@pytest.mark.parametrize(
    ("sentence", "status", "said"),
    [
        ("any events around the separator yesterday?", Status.NO_EVENTS, "No unusual events around separator"),
        ("were there events on 2026-10-01?", Status.OUTSIDE_RETENTION, "holds data from Fri 20 Nov 22:15 CET on"),
        ("events tomorrow?", Status.REFUSED, "lies in the future"),
        ("what was the average pressure last night?", Status.ASK_BACK, "separator_pressure"),
        ("what was the average furnace temperature?", Status.REFUSED, "no tag 'furnace temperature'"),
        ("what if we set the reactor pressure setpoint to 3000 kPa?", Status.REFUSED, "outside [2580, 2830] kPa"),
        ("what if we raise the reactor pressure setpoint by 5 degC?", Status.REFUSED, "does not convert to kPa"),
        ("what if we cut the A feed by 10 %, 40 hours ahead?", Status.REFUSED, "longer than the 24 h accepted"),
        ("what if we had cut the A feed by 10 %?", Status.ASK_BACK, "from when on"),
        ("what if we raise the reactor pressure setpoint?", Status.ASK_BACK, "by how much"),
        ("what if we raise the reactor level setpoint by 10 %?", Status.ASK_BACK, "in points"),
        ("what if we raise the reactor pressure setpoint to 2829 kPa?", Status.REFUSED, "outside the trained range"),
        ("explain event nothing-42", Status.REFUSED, "nothing-42"),
        ("write me a poem", Status.NOT_UNDERSTOOD, "did not understand"),
    ],
)
def test_what_cannot_be_answered_says_why(ask, sentence, status, said):
    answer = ask(sentence)
    assert answer.status is status
    assert said in answer.text


def test_nothing_scored_is_no_data_and_not_no_events(twin):
    unscored = conversation(replace(twin, events=MemoryEventLog()))
    answer = asyncio.run(unscored.ask(Question(question="any unusual events last night?")))
    assert answer.status is Status.NO_DATA
    assert "nothing was scored" in answer.text


def test_an_empty_historian_has_no_data(twin, fake):
    empty = conversation(replace(twin, historian=MemoryHistorian(fake.PLANT)))
    for sentence in ("status of the plant", "average reactor pressure last night", "what moves were made last night"):
        assert asyncio.run(empty.ask(Question(question=sentence))).status is Status.NO_DATA


def test_without_a_model_a_what_if_has_no_data(twin):
    bare = conversation(replace(twin, model=None))
    answer = asyncio.run(bare.ask(Question(question="what if we cut the A feed by 10 %?")))
    assert answer.status is Status.NO_DATA
    assert "no world model" in answer.text.lower()


def test_a_store_that_is_away_is_an_error_and_no_answer(twin):
    class Away(MemoryHistorian):
        def extent(self):
            raise StoreUnavailable("the database is away")

    away = conversation(replace(twin, historian=Away(twin.plant)))
    with pytest.raises(StoreUnavailable):
        asyncio.run(away.ask(Question(question="any unusual events last night?")))


def test_a_question_is_answered_as_of_another_instant(interpreter, fake):
    yesterday = fake.NOW - timedelta(hours=10)
    answer = asyncio.run(interpreter.ask(Question(question="any unusual events in the last hour?", at=yesterday)))
    assert answer.window.end == yesterday
    later = asyncio.run(interpreter.ask(Question(question="status", at=fake.NOW + timedelta(days=1))))
    assert later.status is Status.REFUSED


def test_why_means_the_gravest_event_just_spoken_of(ask):
    ask("any unusual events last night?", session="a")
    assert ask("why?", session="a").tools[0].arguments == {"event_id": "fault"}
    assert ask("explain the second event", session="a").tools[0].arguments == {"event_id": "stuck"}


def test_a_follow_up_keeps_what_it_does_not_say(ask):
    ask("what was the average reactor pressure last night?", session="b")
    level = ask("and the separator level?", session="b")
    assert level.text.startswith("Separator level was")
    assert level.window.text == "Sat 21 Nov 22:00 to Sun 22 Nov 06:00 CET"
    assert ask("and yesterday?", session="b").window.text == "Sat 21 Nov 00:00 to Sun 22 Nov 00:00 CET"


def test_make_it_another_amount_keeps_tag_time_and_direction(ask):
    ask("what if we had cut the A feed by 10 % at 02:00?", session="c")
    answer = ask("make it 20 %", session="c")
    assert "bias.a_feed 1 → 0.8 from 02:00 CET" in answer.text


def test_what_was_asked_back_is_completed_by_the_reply(ask):
    asked = ask("what was the average pressure last night?", session="d")
    answer = ask(asked.candidates[1], session="d")
    assert answer.text.startswith("Separator pressure was")
    ask("what if we raise the reactor level setpoint by 4 %?", session="e")
    assert "sp.reactor_level 75 → 79 %" in ask("4 percentage points", session="e").text
    ask("what if we had cut the A feed by 10 %?", session="f")
    assert "from 03:00 CET" in ask("at 03:00", session="f").text


def test_sessions_do_not_hear_each_other(ask):
    ask("any unusual events last night?", session="g")
    assert (
        ask("why?", session="h").tools[0].arguments != ask("explain the second event", session="g").tools[0].arguments
    )
    assert ask("make it 20 %", session="i").status is not Status.ANSWERED
