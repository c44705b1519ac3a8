"""What every journal keeps to."""

from datetime import UTC, datetime, timedelta

import pytest

from twin.answer import Answer, Evidence, Status
from twin.clock import Span
from twin.errors import NotFound
from twin.journal import AnsweredQuestion, LogEntry, TriedScenario
from twin.query import HelpPlan, StatusPlan
from twin.scenario import AppliedMove, Change, Move, Scenario, Support, Verdict, WhatIf

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = Span(NOON, NOON + timedelta(hours=1))


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def entry(name: str, minutes: float, **more: str) -> LogEntry:
    return LogEntry(id=name, time=at(minutes), author="mk", text="Sight glass cleaned", **more)


def answered(name: str, minutes: float) -> AnsweredQuestion:
    evidence = (Evidence(name="mean", value=51.5, unit="%", tag="level", source="describe"),)
    answer = Answer(text="51.5 %", status=Status.ANSWERED, evidence=evidence, model_version="m1")
    return AnsweredQuestion(id=name, time=at(minutes), question="How high is the level?", answer=answer)


def tried(name: str, minutes: float) -> TriedScenario:
    move = AppliedMove(tag="sp.level", unit="%", before=50.0, after=55.0, start=at(0), end=at(60))
    outcome = WhatIf(
        start=at(0),
        end=at(60),
        moves=(move,),
        baseline=None,
        scenario=None,
        effects=(),
        risks=(),
        verdict=Verdict(support=Support.REFUSED, reasons=("outside the envelope",)),
        model_version="m1",
    )
    scenario = Scenario(moves=(Move(tag="sp.level", change=Change.TO, amount=55.0),), horizon=timedelta(hours=1))
    return TriedScenario(id=name, created_at=at(minutes), question="What if …?", scenario=scenario, outcome=outcome)


def test_everything_comes_back_as_it_was_added(journal):
    about_tag, about_asset, asked, scenario = (
        entry("a", 1, tag="level"),
        entry("b", 2, asset="tank"),
        answered("c", 3),
        tried("d", 4),
    )
    for add, thing in (
        (journal.add_entry, about_asset),
        (journal.add_entry, about_tag),
        (journal.add_answer, asked),
        (journal.add_scenario, scenario),
    ):
        add(thing)
    assert journal.entries(HOUR) == (about_tag, about_asset)
    assert journal.answers(HOUR) == (asked,)
    assert journal.scenarios(HOUR) == (scenario,)
    assert journal.scenario("d") == scenario


def test_a_span_holds_its_start_and_not_its_end(journal):
    for minutes in (-1, 0, 59, 60):
        journal.add_entry(entry(str(minutes), minutes))
        journal.add_answer(answered(str(minutes), minutes))
        journal.add_scenario(tried(str(minutes), minutes))
    for found in (journal.entries(HOUR), journal.answers(HOUR), journal.scenarios(HOUR)):
        assert [thing.id for thing in found] == ["0", "59"]


def test_adding_a_thing_again_changes_nothing(journal):
    first = entry("a", 1)
    journal.add_entry(first)
    journal.add_entry(entry("a", 1, tag="flow"))
    assert journal.entries(HOUR) == (first,)


def test_ids_are_given_when_none_are():
    assert LogEntry(time=NOON, author="mk", text="a").id != LogEntry(time=NOON, author="mk", text="a").id


def test_a_scenario_that_is_not_there_is_named(journal):
    with pytest.raises(NotFound, match="no scenario 'x'"):
        journal.scenario("x")


def test_the_last_answer_of_a_session_is_the_newest_with_a_plan(journal):
    def kept(name, minutes, session, *plans):
        note = answered(name, minutes)
        journal.add_answer(
            note.model_copy(update={"answer": note.answer.model_copy(update={"session": session, "plans": plans})})
        )

    kept("first", 1, "s", StatusPlan())
    kept("second", 2, "s", HelpPlan())
    kept("without a plan", 3, "s")
    kept("another session", 4, "t", StatusPlan())
    assert journal.latest_answer(["s"], HOUR).id == "second"
    assert journal.latest_answer(["s", "t"], HOUR).id == "another session"
    assert journal.latest_answer(["u"], HOUR) is None
    assert journal.latest_answer(["s"], Span(NOON, at(2))).id == "first"
