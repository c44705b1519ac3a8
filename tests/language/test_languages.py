"""Questions in German, Spanish and Chinese, read through the English of the rules."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from api.language.reading.lexicon.languages import language_of, to_english
from api.language.reading.movewords import find_moves
from api.language.reading.vocabulary import Vocabulary
from twin.clock import Shift

TABLE = [
    line.split(" | ") for line in (Path(__file__).parent / "languages.txt").read_text("utf-8").splitlines() if line
]


@pytest.fixture(scope="module")
def vocabulary(twin):
    return Vocabulary(twin.plant)


@pytest.mark.parametrize(("language", "text", "english"), TABLE, ids=lambda part: part[:40])
def test_a_question_becomes_the_english_of_the_rules(vocabulary, language, text, english):
    assert language_of(text) == language
    said = to_english(text, language, vocabulary)
    assert re.search(english, said, re.IGNORECASE), said


@pytest.mark.parametrize(
    "text",
    [
        "Were there any unusual events last night?",
        "rx press lst nite?",
        "PI-207?",
        "why?",
        "",
        "20 %",
        "and yesterday?",
        "status",
        "Tell me about Müller's note in the shift log",
    ],
)
def test_what_is_not_clear_is_english(text):
    assert language_of(text) == "en"


@pytest.mark.parametrize(
    ("language", "text", "tag", "change", "amount"),
    [
        ("de", "Was passiert, wenn wir den A feed um 10 % senken?", "bias.a_feed", "times", 0.9),
        ("de", "wenn wir den A feed um 10 % gesenkt hätten", "bias.a_feed", "times", 0.9),
        ("de", "Wenn wir den A feed um ein Drittel drosseln, was macht der Druck?", "bias.a_feed", "times", 2 / 3),
        ("de", "Erhöhe den Reaktordruck auf 2,745 MPa", "sp.reactor_pressure", "to", 2.745),
        ("de", "Erhöhe den Reaktordruck auf 2.745 kPa", "sp.reactor_pressure", "to", 2745),
        ("es", "¿Qué pasa si bajamos el A feed un 10 %?", "bias.a_feed", "times", 0.9),
        ("es", "Sube la presión del reactor en 40 kPa", "sp.reactor_pressure", "by", 40),
        ("zh", "如果我们把反应器压力提高40千帕会怎么样？", "sp.reactor_pressure", "by", 40),
        ("zh", "将A feed减少三分之一，持续2小时", "bias.a_feed", "times", 2 / 3),
        ("zh", "把反应器压力降到2,745千帕", "sp.reactor_pressure", "to", 2745),
    ],
)
def test_a_move_in_another_language_is_the_same_move(vocabulary, language, text, tag, change, amount):
    found = find_moves(to_english(text, language, vocabulary), vocabulary, language)
    assert [(said.move.tag, said.move.change, said.move.amount) for said in found.moves] == [
        (tag, change, pytest.approx(amount))
    ], found


def test_two_moves_with_their_verbs_at_the_end_keep_their_directions(vocabulary):
    text = "Was passiert, wenn wir den A feed um 5 % erhöhen und den Reaktordruck um 20 kPa senken?"
    found = find_moves(to_english(text, "de", vocabulary), vocabulary, "de")
    assert [said.move.amount for said in found.moves] == [pytest.approx(1.05), -20]


def test_a_comma_that_no_range_settles_is_a_problem(vocabulary):
    english = to_english("Erhöhe den Reaktordruck auf 2,745 kPa", "de", vocabulary)
    found = find_moves(english, vocabulary, "de")
    assert found.moves == ()
    assert found.problems[0].candidates == ("2.745 kPa", "2745 kPa")


def test_names_are_kept_as_they_are_written(twin):
    tags = [
        replace(tag, aliases=(*tag.aliases, "Druck im Kessel Ä")) if tag.name == "reactor_pressure" else tag
        for tag in twin.plant.tags
    ]
    vocabulary = Vocabulary(replace(twin.plant, tags=tuple(tags)))
    assert "Druck im Kessel Ä" in to_english("Wie hoch ist der Druck im Kessel Ä jetzt?", "de", vocabulary)


def test_a_shift_has_the_name_that_the_plant_gives_it(twin):
    shifts = tuple(
        replace(shift, name=f"{name}schicht")
        for shift, name in zip(twin.plant.shifts, ("Früh", "Spät", "Nacht"), strict=True)
    )
    assert all(isinstance(shift, Shift) for shift in shifts)
    vocabulary = Vocabulary(replace(twin.plant, shifts=shifts))
    assert "Spätschicht shift yesterday" in to_english(
        "Was war gestern in der Spätschicht? Spätschicht gestern", "de", vocabulary
    )
