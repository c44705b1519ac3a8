"""What every journal keeps to."""

from datetime import UTC, datetime, timedelta

import pytest

from twin.answer import Answer, Evidence, Status
from twin.clock import Span
from twin.errors import NotFound
from twin.journal import AlertNotice, AnsweredQuestion, LogEntry, TriedScenario
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


def test_scenarios_are_listed_without_their_rollouts(journal):
    saved = tried("d", 4).model_copy(update={"name": "Full tank", "author": "mk", "rerun_of": "c"})
    for scenario in (saved, tried("c", 3), tried("later", 60)):
        journal.add_scenario(scenario)
    other, head = journal.scenario_heads(HOUR)
    assert other.id == "c"
    assert (head.id, head.created_at, head.name, head.author, head.rerun_of) == ("d", at(4), "Full tank", "mk", "c")
    assert (head.model_version, head.verdict, head.start, head.end) == ("m1", Support.REFUSED, at(0), at(60))
    assert (head.moves, head.question) == ("sp.level 50 → 55 %", "What if …?")
    assert journal.scenario_heads(HOUR, named=True) == (head,)
    assert journal.scenario("d") == saved


def test_a_scenario_gets_another_name_or_none(journal):
    journal.add_scenario(tried("d", 4))
    renamed = journal.rename_scenario("d", "Full tank")
    assert renamed == tried("d", 4).model_copy(update={"name": "Full tank"})
    assert journal.scenario("d") == renamed
    assert journal.rename_scenario("d", None) == tried("d", 4)
    with pytest.raises(NotFound, match="no scenario 'x'"):
        journal.rename_scenario("x", "Full tank")


def notice(name: str, minutes: float, **fields: object) -> AlertNotice:
    told = {
        "id": name,
        "received_at": at(minutes),
        "status": "firing",
        "name": "Score over threshold",
        "fingerprint": "f1",
        "starts_at": at(0),
        "labels": {"severity": "high"},
        "annotations": {"summary": "The plant is unusual"},
        "values": {"A": 1.25},
    }
    return AlertNotice.model_validate({**told, **fields})


def test_notices_of_alerts_come_back_as_they_were_told(journal):
    over = notice("b", 9, status="resolved", ends_at=at(8))
    told = notice("a", 1)
    for one in (over, told, notice("later", 60, fingerprint="f2")):
        journal.add_notice(one)
    assert journal.notices(HOUR) == (told, over)


def test_a_notice_that_is_told_again_is_kept_once(journal):
    journal.add_notice(notice("a", 1))
    journal.add_notice(notice("b", 2, annotations={}))
    journal.add_notice(notice("c", 3, starts_at=at(2)))
    assert [told.id for told in journal.notices(HOUR)] == ["a", "c"]
