"""Links of an answer: they lead to what it speaks of, at its window."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from api.language.run import Limits, run
from api.language.wording.links import EVENT, OVERVIEW, TAG_TREND, links_of
from dashboards.event import event
from dashboards.overview import overview
from dashboards.tag import tag
from twin.query import DescribePlan, EventsPlan, ExplainPlan, ForecastPlan, HelpPlan, Length, Window

GRAFANA = "https://grafana.example/"


@pytest.fixture
def linked(twin, fake):
    end = fake.NOW.replace(hour=5, minute=0)
    night = Window(start=end - timedelta(hours=8), end=end)

    def made(kind, grafana=GRAFANA, **fields):
        plan = kind(**fields) if kind in {ForecastPlan, HelpPlan} else kind(window=night, **fields)
        found = run(plan, twin, Limits(), (), lambda _: None)
        return found, links_of(found, grafana)

    return made


def test_every_event_is_linked_by_its_id(linked):
    _, links = linked(EventsPlan)
    assert [link.url for link in links[:2]] == ["/events/fault", "/events/stuck"]


def test_the_console_opens_at_the_answers_window(linked):
    found, links = linked(EventsPlan)
    [console] = [link for link in links if link.url.startswith("/?")]
    asked = parse_qs(urlsplit(console.url).query)
    assert datetime.fromisoformat(asked["start"][0]) == found.window.start
    assert datetime.fromisoformat(asked["end"][0]) == found.window.end


def test_grafana_draws_the_tags_asked_about_at_the_window(linked):
    found, links = linked(DescribePlan, tags=("reactor_pressure", "separator_level"))
    asked = parse_qs(urlsplit(links[-1].url).query)
    assert urlsplit(links[-1].url).path == f"/d/{TAG_TREND}"
    assert asked["var-tag"] == ["reactor_pressure", "separator_level"]
    assert datetime.fromtimestamp(int(asked["from"][0]) / 1000, UTC) == found.window.start


def test_grafana_shows_an_event_and_the_time_around_it(linked):
    found, links = linked(ExplainPlan)
    asked = parse_qs(urlsplit(links[-1].url).query)
    assert urlsplit(links[-1].url).path == f"/d/{EVENT}"
    assert asked["var-event"] == ["fault"]
    assert int(asked["from"][0]) / 1000 < found.window.start.timestamp()
    assert int(asked["to"][0]) / 1000 > found.window.end.timestamp()


def test_grafana_shows_several_events_on_the_overview(linked):
    _, links = linked(EventsPlan)
    assert urlsplit(links[-1].url).path == f"/d/{OVERVIEW}"


@pytest.mark.parametrize(
    ("uid", "made", "variable"), [(OVERVIEW, overview, "asset"), (EVENT, event, "event"), (TAG_TREND, tag, "tag")]
)
def test_the_dashboards_and_their_variables_are_those_that_are_provisioned(uid, made, variable):
    provisioned = made()
    assert provisioned.uid == uid
    assert variable in {item.name for item in provisioned.templating.list_val}


def test_without_grafana_only_the_console_is_linked(linked):
    _, links = linked(EventsPlan, grafana=None)
    assert all(link.url.startswith("/") for link in links)


def test_the_future_has_no_place_on_the_console(linked):
    _, links = linked(ForecastPlan, horizon=Length(amount=2, unit="h"), tags=("reactor_pressure",))
    assert not any(link.url.startswith("/?") for link in links)


def test_an_answer_about_no_window_has_no_links(linked):
    assert linked(HelpPlan)[1] == ()


def test_a_links_text_is_in_the_answers_language(linked):
    found, _ = linked(ExplainPlan)
    assert links_of(found, None, "de")[0].text == "Ereignis fault"
