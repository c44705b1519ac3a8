"""What is listed, what an event is said to be, and its way through the plant."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from api.console.events.card import card_markup, look_of
from api.console.events.filters import EventFilter
from api.console.events.sentences import cause
from api.console.events.spread import spread, spread_markup
from api.console.events.states import UNUSUAL, Entry, State, entries
from api.console.grafana import event_dashboard, tag_dashboard
from api.console.spans import Stretch, local_instant
from api.console.view import View
from api.console.words import Words
from twin.clock import Span
from twin.errors import InvalidInput
from twin.event import Contribution, Departure, EventFrame, Handling, Kind, Severity
from twin.plant import Asset, Plant, Tag, TagRole
from twin.scenario import LoggedMove

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
MOVE = LoggedMove(tag="level", time=NOW - HOUR, before=50, after=53, unit="%")
PLANT = Plant(
    name="works",
    description="",
    time_zone=ZoneInfo("Europe/Berlin"),
    step=timedelta(minutes=3),
    night_shift="night",
    shifts=(),
    assets=(Asset("site", "", None), Asset("tank", "", "site"), Asset("pump", "", "tank"), Asset("mill", "", "site")),
    tags=(Tag("level", "tank", TagRole.MEASURED, "%", "Level of the tank", 0, 100, HOUR),),
)


def view(language="en"):
    return View(SimpleNamespace(twin=SimpleNamespace(plant=PLANT)), Words(language))


def event(identity="e1", asset="tank", **fields):
    frame = EventFrame(
        id=identity,
        kind=Kind.SENSOR,
        severity=Severity.HIGH,
        start=NOW - 2 * HOUR,
        end=NOW - HOUR,
        detected_at=NOW - HOUR,
        score=3.0,
        contributions=(Contribution(tag="level", share=1, peak_sigma=6, first_seen=NOW - 2 * HOUR),),
        first_mover="level",
        asset=asset,
        model_version="v1",
        message="Level reads <b>high</b>",
    )
    return frame.model_copy(update=fields)


def entry(frame=None, **handling):
    return Entry(frame or event(), Handling(**handling))


def listed(chosen, *events):
    return [item.event.id for item in events if chosen.admits(item, PLANT)]


@pytest.mark.parametrize(
    ("found", "states"),
    [
        (entry(event(end=None)), {State.OPEN}),
        (entry(), {State.OVER}),
        (entry(event(end=None), acknowledged_at=NOW), {State.OPEN, State.ACKNOWLEDGED}),
        (entry(event(end=None), shelved_until=NOW), {State.SHELVED}),
        (entry(event(explained_by=MOVE)), {State.EXPLAINED}),
        (entry(event(withdrawn=True), acknowledged_at=NOW), {State.WITHDRAWN}),
    ],
)
def test_an_event_is_what_it_has_become_and_what_people_did_with_it(found, states):
    assert found.states == states


def test_events_are_listed_newest_first_with_no_handling_where_there_is_none():
    found = entries([event("old", start=NOW - 3 * HOUR), event("new")], {})
    assert [item.event.id for item in found] == ["new", "old"]
    assert found[0].handling == Handling()


def test_the_usual_list_leaves_out_what_is_explained_or_withdrawn():
    shown = listed(EventFilter(), entry(), entry(event("x", explained_by=MOVE)), entry(event("y", withdrawn=True)))
    assert shown == ["e1"]


@pytest.mark.parametrize(
    ("chosen", "shown"),
    [
        (EventFilter(kinds=frozenset({Kind.PROCESS})), []),
        (EventFilter(kinds=frozenset({Kind.PROCESS, Kind.SENSOR})), ["e1"]),
        (EventFilter(severities=frozenset({Severity.LOW})), []),
        (EventFilter(asset="site"), ["e1"]),
        (EventFilter(asset="pump"), []),
        (EventFilter(text="READS level"), ["e1"]),
        (EventFilter(text="level bubbles"), ["e1"]),
        (EventFilter(text="pressure"), []),
        (EventFilter(states=frozenset({State.OPEN})), []),
        (EventFilter(states=frozenset()), ["e1"]),
    ],
)
def test_a_filter_admits_what_fits_all_of_it(chosen, shown):
    assert listed(chosen, entry(label="bubbles again")) == shown


def test_a_filter_comes_back_from_the_address_that_it_makes():
    chosen = EventFilter(
        kinds=frozenset({Kind.UNLOGGED_MOVE, Kind.SILENCE}),
        severities=frozenset({Severity.HIGH}),
        states=frozenset({State.WITHDRAWN}),
        asset="tank",
        text="level & valve",
    )
    assert EventFilter.read(chosen.query(), PLANT) == chosen
    assert EventFilter.read(EventFilter(states=frozenset()).query(), PLANT).states == frozenset()
    assert EventFilter.read({}, PLANT).states == UNUSUAL
    assert EventFilter().query() == {}


@pytest.mark.parametrize("query", [{"kind": "sensor,earthquake"}, {"state": "gone"}, {"asset": "moon"}])
def test_an_address_that_asks_for_what_is_not_there_is_refused_by_name(query):
    with pytest.raises(InvalidInput, match=r"earthquake|gone|moon"):
        EventFilter.read(query, PLANT)


def test_a_stretch_comes_back_from_the_address_that_it_makes():
    own = Stretch(own=Span(NOW - HOUR, NOW))
    for stretch in (Stretch(), Stretch("30d"), own):
        assert Stretch.read(stretch.query()) == stretch
    assert Stretch().query() == {}
    assert Stretch("8h").span(NOW) == Span(NOW - 8 * HOUR, NOW)
    assert own.span(NOW + HOUR) == Span(NOW - HOUR, NOW)


@pytest.mark.parametrize(
    "query",
    [
        {"span": "2 weeks"},
        {"start": "2026-03-10", "end": "2026-03-11T00:00:00Z"},
        {"start": "2026-03-11T00:00:00Z", "end": "2026-03-10T00:00:00Z"},
    ],
)
def test_an_address_with_no_stretch_of_time_is_refused(query):
    with pytest.raises(InvalidInput):
        Stretch.read(query)


def test_a_time_that_is_typed_is_on_the_plants_clock():
    assert local_instant("2026-07-01T02:00", PLANT.time_zone) == datetime(2026, 7, 1, 0, tzinfo=UTC)
    with pytest.raises(InvalidInput, match="no date and time"):
        local_instant("", PLANT.time_zone)


def test_a_card_tells_severity_state_and_name_and_escapes_what_it_is_told():
    told = card_markup(view("de"), entry(label="Blasen <i>", acknowledged_at=NOW, shelved_until=NOW + HOUR))
    assert "◆ hoch" in told
    assert "✓ quittiert" in told
    assert "zurückgestellt bis Di 10. März 14:00" in told
    assert "Blasen &lt;i&gt;" in told
    assert "reads &lt;b&gt;high" in told


def test_only_what_is_abnormal_and_not_shelved_has_a_colour():
    looks = [look_of(item) for item in (entry(), entry(shelved_until=NOW), entry(event(explained_by=MOVE)))]
    assert looks == ["high", "shelved", "explained"]


def test_the_cause_is_a_sentence_in_the_readers_language():
    assert cause(view(), event(explained_by=MOVE)) == (
        "Explained by a logged move: Level of the tank (level) 50 % → 53 % at Tue 10 Mar 12:00 CET."
    )
    assert "niemand aufgezeichnet" in cause(view("de"), event(suspected_move=MOVE))
    assert cause(view(), event(kind=Kind.SILENCE)).startswith("The samples cannot say why")


def way():
    first = Departure(asset="pump", tag="level", time=NOW, after=None)
    return event(propagation=(first, Departure(asset="site", tag="level", time=NOW + HOUR, after="tank")))


def test_the_way_through_the_plant_stands_on_its_tree_with_order_and_delay():
    rows = spread(PLANT, way())
    assert [(row.asset.name, row.depth, row.order) for row in rows] == [
        ("site", 0, 2),
        ("tank", 1, None),
        ("pump", 2, 1),
        ("mill", 1, None),
    ]
    assert rows[0].delay == HOUR
    assert spread(PLANT, event()) == ()


def test_of_a_large_plant_only_the_way_and_what_it_is_part_of_is_drawn():
    more = tuple(Asset(f"silo {number}", "", "site") for number in range(20))
    large = replace(PLANT, assets=(*PLANT.assets, *more))
    assert [row.asset.name for row in spread(large, way())] == ["site", "tank", "pump"]


def test_an_asset_on_the_way_says_when_and_after_which():
    site = spread_markup(view(), spread(PLANT, way())[0])
    assert "+60 min" in site
    assert "after tank" in site
    assert 'href="/tags/level"' in site
    assert "not reached" in spread_markup(view(), spread(PLANT, way())[1])


def test_grafana_is_asked_for_the_event_at_its_time():
    address = event_dashboard("http://grafana/", event("e 1"), NOW)
    assert address.startswith("http://grafana/d/foretell-event?")
    assert "var-event=e+1" in address
    assert f"from={round((NOW - 3 * HOUR).timestamp() * 1000)}" in address
    assert "/d/foretell-tag?" in tag_dashboard("http://grafana", "level", Span(NOW - HOUR, NOW))
