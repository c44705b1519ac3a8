"""Sentences and what they are read as; tables in seen.txt and blind.txt."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from api.language.grammar import Grammar
from api.language.reading import plan
from api.language.sessions import Memory, followed
from api.language.vocabulary import Vocabulary
from twin.calendar import PlantCalendar
from twin.errors import ForetellError

HERE = Path(__file__).parent


def table(name):
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return [tuple(part.strip() for part in line.split(" | ")) for line in lines if line and not line.startswith("#")]


@pytest.fixture(scope="module")
def read(twin):
    grammar = Grammar(Vocabulary(twin.plant))
    calendar = PlantCalendar(twin.plant, twin.clock.now())

    def reading(question):
        try:
            found = followed(grammar.read(question, calendar), question, Memory())
            return None if found is None else plan(found, calendar)
        except ForetellError as error:
            return error

    return reading


def shown(moment, twin):
    return f"{moment.astimezone(twin.plant.time_zone):%dT%H:%M}"


def intent_of(steps):
    if steps is None or isinstance(steps, ForetellError):
        return "none" if steps is None else type(steps).__name__
    return f"{steps.intent}:{steps.statistic}" if steps.intent == "describe" else steps.intent


def tags_of(steps):
    tags = steps.focus if steps.intent == "what_if" else getattr(steps, "tags", ())
    return " ".join(tags) or getattr(steps, "asset", None) or "-"


def moves_of(steps):
    said = (
        f"{move.tag} {move.change} {move.amount:g} {move.unit or ''}".strip()
        + (f" for {move.duration}" if move.duration else "")
        for move in steps.scenario.moves
    )
    return ", ".join(said) if steps.intent == "what_if" else "-"


def timed(steps, want, twin):
    if steps.intent == "what_if":
        return want == (shown(steps.scenario.start, twin) if steps.scenario.start else "now")
    if " " in want:
        return want == f"{shown(steps.start, twin)} {shown(steps.end, twin)}"
    instant = datetime.strptime(f"2026-11-{want}", "%Y-%m-%dT%H:%M").replace(tzinfo=twin.plant.time_zone)
    return steps.start <= instant <= steps.end <= instant + timedelta(hours=1)


def right(steps, intent, tags, moves, time, twin):
    if intent_of(steps) != intent:
        return False
    if steps is None:
        return True
    return (
        tags in {"-", tags_of(steps)}
        and (moves == "-" or moves == moves_of(steps))
        and (time == "-" or timed(steps, time, twin))
    )


@pytest.mark.parametrize("row", table("seen.txt"), ids=lambda row: row[0])
def test_a_sentence_is_read_as_it_is_meant(read, twin, row):
    question, *want = row
    steps = read(question)
    assert right(steps, *want, twin), steps


def test_of_the_paraphrases_nearly_all_are_still_read_right(read, twin):
    rows = table("blind.txt")
    wrong = [question for question, *want in rows if not right(read(question), *want, twin)]
    assert len(rows) > 100
    assert len(wrong) <= 0.03 * len(rows), wrong


def test_the_tables_hold_enough():
    assert len(table("seen.txt")) >= 60


@pytest.mark.parametrize("noise", ["{}!!!", "  {}  ", "please {}", "{}".upper(), "Hey, {}"])
def test_manners_and_letters_change_nothing(read, twin, noise):
    question = "were there any unusual events last night"
    text = question.upper() if noise == "{}" else noise.format(question)
    steps = read(text)
    assert right(steps, "events", "-", "-", "21T22:00 22T06:00", twin)
