import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.language.vocabulary import Vocabulary
from twin.errors import AmbiguousTag, UnknownTag


@pytest.fixture(scope="session")
def vocabulary(twin):
    return Vocabulary(twin.plant)


def test_every_name_and_alias_finds_its_own_tag(twin, vocabulary):
    wrong = []
    for tag in twin.plant.tags:
        for name in (tag.name, *tag.aliases):
            try:
                found = vocabulary.tag(name).name
            except (AmbiguousTag, UnknownTag) as error:
                found = str(error)
            if found != tag.name:
                wrong.append((name, tag.name, found))
    assert wrong == []


@pytest.mark.parametrize(
    ("phrase", "tag"),
    [
        ("pressure in the reactor", "reactor_pressure"),
        ("the level of the separator", "separator_level"),
        ("reactor temp", "reactor_temperature"),
        ("REACTOR PRESSURE", "reactor_pressure"),
        ("reactor presure", "reactor_pressure"),
        ("seperator level", "separator_level"),
        ("xmeas(12)", "separator_level"),
        ("XMEAS12", "separator_level"),
        ("PIC 207", "reactor_pressure"),
        ("setpoint of the reactor pressure", "sp.reactor_pressure"),
        ("stirrer", "mv.agitator"),
    ],
)
def test_a_phrase_finds_its_tag(vocabulary, phrase, tag):
    assert vocabulary.tag(phrase).name == tag


@pytest.mark.parametrize(
    ("phrase", "candidates"),
    [
        ("the pressure", {"reactor_pressure", "separator_pressure", "stripper_pressure"}),
        ("the level", {"reactor_level", "separator_level", "stripper_level"}),
        ("cooling water temperature", {"reactor_cw_outlet_temperature", "condenser_cw_outlet_temperature"}),
    ],
)
def test_an_ambiguous_phrase_gives_every_candidate(vocabulary, phrase, candidates):
    with pytest.raises(AmbiguousTag) as raised:
        vocabulary.tag(phrase)
    assert set(raised.value.candidates) == candidates


@pytest.mark.parametrize("phrase", ["furnace temperature", "PI-999", "XMEAS 99", "viscosity", "sp.furnace"])
def test_an_unknown_name_is_said_to_be_unknown(vocabulary, phrase):
    with pytest.raises(UnknownTag) as raised:
        vocabulary.tag(phrase)
    assert phrase in raised.value.detail


def test_in_a_move_a_word_means_what_can_be_moved(vocabulary):
    assert vocabulary.tag("the pressure", movable=True).name in {"reactor_pressure", "sp.reactor_pressure"}
    with pytest.raises(AmbiguousTag):
        vocabulary.tag("the level", movable=True)


def test_one_word_is_shared_by_two_assets(vocabulary):
    mentions = vocabulary.find("compare reactor and separator pressure")
    assert [mention.tags for mention in mentions] == [("reactor_pressure",), ("separator_pressure",)]


@given(st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_one_wrong_letter_never_leads_to_another_tag_silently(twin, vocabulary, data):
    tag = data.draw(st.sampled_from([t for t in twin.plant.tags if t.aliases and len(t.aliases[0]) > 9]))
    name = tag.aliases[0]
    place = data.draw(st.integers(1, len(name) - 2))
    letter = data.draw(st.sampled_from("qxzjw"))
    typed = name[:place] + letter + name[place + 1 :]
    try:
        found = vocabulary.tag(typed).name
    except (UnknownTag, AmbiguousTag):
        return
    mention = vocabulary.find(typed)[0]
    assert found == tag.name or mention.text != typed or not mention.exact
