from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.language.reading.spelling import Speller
from api.language.reading.vocabulary import Vocabulary
from twin.errors import AmbiguousTag, UnknownTag
from twin.plant import Asset, Tag, TagRole
from twin.plantfile import load_plant

DAIRY = Path(__file__).parents[2] / "bench/questions/plants/dairy.yaml"


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


def told(mentions):
    """Tags by name, ambiguous ones joined by |, assets behind @, unknown names behind ?."""
    return [
        "|".join(mention.tags) or (f"@{mention.asset}" if mention.asset else f"?{mention.text}")
        for mention in mentions
    ]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("rx press lst nite?", ["reactor_pressure"]),
        ("sep lvl now", ["separator_level"]),
        ("comp work", ["compressor_work"]),
        ("reactor cw temp", ["reactor_cw_outlet_temperature"]),
        ("strip temp", ["stripper_temperature"]),
        ("reactorpressure", ["reactor_pressure"]),
        ("reactor pressure set point", ["sp.reactor_pressure"]),
        ("PIC-207", ["reactor_pressure"]),
        ("XMEAS 7 and 8", ["reactor_pressure", "reactor_level"]),
        ("feeds D and E", ["feed_d_flow", "feed_e_flow"]),
        ("A and D feed", ["feed_a_flow", "feed_d_flow"]),
        ("reactor, separator and stripper pressure", ["reactor_pressure", "separator_pressure", "stripper_pressure"]),
        ("the pressure and level in the separator", ["separator_pressure", "separator_level"]),
        ("level in the reactor and the separator", ["reactor_level", "separator_level"]),
        ("effect of the A feed on reactor pressure", ["feed_a_flow", "reactor_pressure"]),
        ("effect on the purge of a cut", ["purge_flow"]),
        ("the flux capacitor pressure", ["?flux capacitor pressure"]),
        ("pressure of the flux capacitor", ["?pressure of the flux capacitor"]),
        ("how is the boiler doing", ["?boiler"]),
        ("anything odd with the seperator", ["@separator"]),
        ("explain evt-1119-a", []),
        ("what did the operators change today", []),
        ("tell me a joke about engineers", []),
    ],
)
def test_a_sentence_names_what_it_names(vocabulary, text, names):
    assert told(vocabulary.find(text)) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("vat temp lst nite avg?", ["TI701|TI702"]),
        ("vat 2 temp", ["TI702"]),
        ("vat 3 temperature", ["?vat 3 temperature"]),
        ("TI-204 and ti 701", ["TI204", "TI701"]),
        ("TI 999", ["?TI 999"]),
        ("FIC110", ["FIC110.PV"]),
        ("FIC110 setpoint", ["FIC110.SP"]),
        ("feed pump pressure", ["PI112"]),
        ("homo press", ["PI301"]),
        ("steam hdr pressure", ["PI501"]),
        ("the conductivity", ["AI601"]),
        ("the level", ["LI101|LI121"]),
        ("what's the power draw of the homogenizer", ["JI302"]),
        ("reactor pressure", ["?reactor pressure"]),
    ],
)
def test_names_are_found_on_a_plant_with_instrument_codes(text, names):
    assert told(Vocabulary(load_plant(DAIRY)).find(text)) == names


def _plant(plant, *tags):
    """A plant of one asset with these tags: name, unit, description, aliases."""
    made = tuple(
        Tag(
            name,
            "tank",
            TagRole.MEASURED,
            unit,
            description,
            0.0,
            100.0,
            timedelta(minutes=1),
            aliases=tuple(aliases),
        )
        for name, unit, description, aliases in tags
    )
    return replace(plant, assets=(Asset("tank", "A tank", None),), tags=made, kpis=(), gains=())


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        (("PV_Tank-3.level", "%", "", ()), "how is PV_Tank-3.level"),
        (("PV_Tank-3.level", "%", "", ()), "level of tank 3"),
        (("AT-301", "mg/l", "", ()), "AT-301 now"),
        (("T1", "degC", "", ()), "T1"),
        (("X", "bar", "", ()), "how is X doing"),
        (("q7", "bar", "", ()), "pressure in the tank"),
        (("q7", "bar", "", ()), "tank pressure"),
        (("t", "degC", "", ("Rührwerktemperatur",)), "Ruhrwerktemperatur jetzt"),
        (("t", "bar", "", ("presión del baño",)), "la presion del bano"),
        (("t", "bar", "", ("反应器压力",)), "昨晚反应器压力是多少"),
        (("ReactorPressure", "bar", "", ()), "reactor pressure"),
    ],
)
def test_any_plant_file_has_its_names_found(twin, tag, text):
    other = ("z9", "kW", "Something else", ())
    found = Vocabulary(_plant(twin.plant, tag, other)).find(text)
    assert [mention.tags for mention in found] == [(tag[0],)]


def test_an_article_is_no_tag_of_one_letter(twin):
    vocabulary = Vocabulary(_plant(twin.plant, ("A", "bar", "", ()), ("I", "A", "", ())))
    assert vocabulary.find("I want a report of a day") == []


def test_a_word_near_two_names_is_mended_to_neither(twin):
    plant = _plant(twin.plant, ("boile", "bar", "", ("boiler",)), ("coiler", "bar", "", ("coiler",)))
    assert all(len(mention.tags) != 1 or mention.exact for mention in Vocabulary(plant).find("the xoiler"))


def test_what_an_asset_measures_is_found_by_unit(vocabulary):
    assert vocabulary.inside("separator", unit="%") == ("separator_level",)
    assert vocabulary.inside("stripper", quantity="temperature") == ("stripper_temperature",)


@given(st.text(max_size=300))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_mention_is_a_place_in_the_text(vocabulary, text):
    for mention in vocabulary.find(text):
        assert text[mention.start : mention.end] == mention.text


def test_a_mistyped_word_is_read_as_the_nearest_name_only():
    assert Speller({"separator", "generator"}).readings("seperator") == (("separator",),)
