"""Events in a real browser: found, followed, acknowledged, named, shelved."""

import re
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.integration

KEY = "tank-key"
PATIENCE_MS = 20_000


@pytest.fixture(scope="module")
def window(browser, own_tank):
    """One browser window for all tests of the module, logged in."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    context.request.get(f"{own_tank}/v1/plant?key={KEY}")
    context.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    yield context
    context.close()


@pytest.fixture
def page(window):
    """A page on which nothing may be complained about."""
    opened, complaints = window.new_page(), []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    yield opened
    assert complaints == []
    opened.close()


def card(page, event):
    return page.locator(f'.event-list [data-event="{event}"]')


def stored(own_tank, event):
    """What the store knows that people did with an event."""
    with httpx.Client(base_url=own_tank, headers={"X-API-Key": KEY}) as client:
        marks = client.get(f"/v1/events/{event}/marks").json()
        return [mark["action"] for mark in marks], client.get(f"/v1/events/{event}").json()["handling"]


def choose(page, label, *options):
    """Pick options of a multiple select, and close it; closing takes the focus back, so what follows waits for it."""
    page.get_by_role("combobox", name=label).click()
    for option in options:
        page.get_by_role("option", name=option).click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_have_count(0)


def asked(page):
    """What the address asks for."""
    return {name: value[0] for name, value in parse_qs(urlsplit(page.url).query).items()}


def wait_for_address(page, **expected):
    page.wait_for_function(
        "expected => Object.entries(expected).every(([k, v]) => new URL(location).searchParams.get(k) === v)",
        arg=expected,
    )


def test_filters_stand_in_the_address_and_a_link_shows_the_same_list_again(page, own_tank):
    page.goto(f"{own_tank}/events")
    expect(card(page, "fault")).to_be_visible()
    expect(card(page, "response")).to_have_count(0)
    choose(page, "State", "explained")
    expect(card(page, "response")).to_be_visible()
    choose(page, "Severity", "low")
    wait_for_address(page, severity="low")
    page.get_by_role("button", name="4 days").click()
    wait_for_address(page, severity="low", span="4d")
    page.get_by_label("Words").fill("moved")
    wait_for_address(page, text="moved", severity="low", span="4d")
    expect(card(page, "fault")).to_have_count(0)
    expect(page.get_by_text(re.compile(r"^1 event of \d"))).to_be_visible()
    again = page.context.new_page()
    again.goto(page.url)
    expect(card(again, "response")).to_be_visible()
    expect(again.locator(".event-list .event")).to_have_count(1)
    expect(again.get_by_label("Words")).to_have_value("moved")
    again.close()


def test_an_address_that_asks_for_what_is_not_there_says_so(page, own_tank):
    page.goto(f"{own_tank}/events?severity=awful")
    expect(page.get_by_role("alert")).to_contain_text("there is no severity awful; there are high, low, medium")


def test_a_stretch_of_ones_own_is_shown_and_kept_in_the_address(page, own_tank):
    page.goto(f"{own_tank}/events")
    expect(card(page, "fault")).to_be_visible()
    page.get_by_role("button", name="Own …").click()
    page.get_by_label("From (CET)").fill("2026-03-09T11:00")
    page.get_by_label("To (CET)").fill("2026-03-09T13:00")
    page.get_by_role("button", name="Show").click()
    expect(card(page, "yesterday")).to_be_visible()
    expect(card(page, "fault")).to_have_count(0)
    assert asked(page) == {"start": "2026-03-09T10:00:00Z", "end": "2026-03-09T12:00:00Z"}
    page.get_by_label("To (CET)").fill("2026-03-09T10:00")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("alert")).to_contain_text("not after its start")


def test_a_stretch_without_any_score_says_that_nobody_looked(page, own_tank):
    page.goto(f"{own_tank}/events?start=2026-03-09T10:30:00Z&end=2026-03-09T10:31:00Z&state=open")
    expect(page.locator(".event-list")).to_have_count(1)
    page.goto(f"{own_tank}/events?start=2026-03-09T11:31:00Z&end=2026-03-09T11:32:00Z")
    expect(page.locator(".timeline")).to_contain_text("has not scored this stretch yet")


def test_the_keyboard_goes_through_the_list_opens_and_acknowledges(page, own_tank):
    page.goto(f"{own_tank}/events?span=4d")
    first, second = card(page, "fault"), card(page, "yesterday")
    first.focus()
    page.keyboard.press("ArrowDown")
    expect(second).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    expect(first).to_be_focused()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("No logged move explains this.")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    second.focus()
    page.keyboard.press("a")
    expect(second).to_contain_text("✓ acknowledged")
    expect(second).to_be_focused()
    assert stored(own_tank, "yesterday")[0] == ["acknowledge"]


def test_a_new_event_comes_by_itself_and_moves_neither_focus_nor_what_is_unfolded(page, own_tank):
    page.goto(f"{own_tank}/events")
    card(page, "fault").focus()
    page.get_by_text("1 logged move", exact=True).click()
    moves = page.locator(".move")
    expect(moves).to_be_visible()
    card(page, "fault").focus()
    answer = httpx.post(
        f"{own_tank}/v1/ask", json={"question": "raise an alarm"}, headers={"X-API-Key": KEY}, timeout=30
    )
    assert answer.status_code == 200
    expect(card(page, "late")).to_be_visible()
    expect(page.locator(".event-list .event").first).to_have_attribute("data-event", "late")
    expect(card(page, "fault")).to_be_focused()
    expect(moves).to_be_visible()
    expect(page.locator('.nicegui-echart svg path[fill="var(--medium)"]').first).to_be_attached()


def test_an_event_is_named_acknowledged_shelved_and_brought_back(page, own_tank):
    listing = page.context.new_page()
    listing.goto(f"{own_tank}/events")
    page.goto(f"{own_tank}/events/fault")
    page.get_by_label("Your name").fill("Kim")
    page.get_by_role("button", name="Acknowledge", exact=True).click()
    expect(page.locator(".facts").first).to_contain_text("✓ acknowledged")
    expect(page.get_by_role("button", name="Acknowledge", exact=True)).to_be_disabled()
    page.get_by_label("Name of the event").fill("Bubbles in the line")
    page.get_by_role("button", name="Save name").click()
    expect(page.locator(".title.event-name")).to_have_text("Bubbles in the line")
    expect(card(listing, "fault")).to_contain_text("Bubbles in the line")
    expect(card(listing, "fault")).to_contain_text("✓ acknowledged")
    page.get_by_text("Shelve …").click()
    page.get_by_role("button", name="Shelve", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("A shelving needs a reason.")
    page.get_by_text("until the next shift").click()
    page.get_by_label("Reason").fill("line is flushed on Thursday")
    page.get_by_role("button", name="Shelve", exact=True).click()
    expect(page.locator(".facts").first).to_contain_text("shelved until Tue 10 Mar 22:00")
    expect(page.locator(".marks")).to_contain_text("by Kim: line is flushed on Thursday")
    expect(card(listing, "fault")).to_have_class(re.compile("shelved"))
    assert stored(own_tank, "fault")[1]["shelf_reason"] == "line is flushed on Thursday"
    page.reload()
    expect(page.get_by_label("Your name")).to_have_value("Kim")
    page.get_by_role("button", name="Unshelve").click()
    expect(page.get_by_text("Shelve …")).to_be_visible()
    expect(card(listing, "fault")).not_to_have_class(re.compile("shelved"))
    actions, handling = stored(own_tank, "fault")
    assert actions == ["acknowledge", "label", "shelve", "unshelve"]
    assert (handling["acknowledged_by"], handling["label"]) == ("Kim", "Bubbles in the line")
    assert handling["shelved_until"] is None
    listing.close()


def test_a_shelving_of_ones_own_length_ends_within_a_week(page, own_tank):
    page.goto(f"{own_tank}/events/fault")
    page.get_by_text("Shelve …").click()
    page.get_by_text("until …", exact=True).click()
    page.get_by_label("Until (CET)").fill("2026-03-20T12:00")
    page.get_by_label("Reason").fill("too long")
    page.get_by_role("button", name="Shelve", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("at most 7 days from now")


def test_what_was_done_about_a_similar_event_is_shown_beneath_it(page, own_tank):
    page.goto(f"{own_tank}/events/fault")
    case = page.locator('[data-case="yesterday"]')
    expect(case).to_contain_text("100 % alike")
    expect(case.locator(".move").filter(has_text="mv.valve").first).to_contain_text("50 % → 45 %")
    expect(case.locator(".entry")).to_contain_text("Kim · level: Flushed the impulse line")
    expect(case).to_contain_text("True event: bubbles")


def test_the_way_through_the_plant_is_drawn_on_its_tree(page, own_tank):
    page.goto(f"{own_tank}/events/fault")
    way = page.get_by_role("list", name="Its way through the plant").get_by_role("listitem")
    expect(way).to_have_text([re.compile(r"^2.*site.*\+6 min.*after tank"), re.compile("^1.*tank.*first")])


def test_an_event_that_is_not_there_is_said_to_be_missing(page, own_tank):
    page.goto(f"{own_tank}/events/nothing")
    expect(page.get_by_role("alert")).to_contain_text("there is no event 'nothing'")


def test_events_speak_german_to_who_reads_german(browser, own_tank):
    context = browser.new_context(locale="de-DE")
    opened = context.new_page()
    opened.goto(f"{own_tank}/events?key={KEY}")
    expect(card(opened, "fault")).to_contain_text("◆ hoch", timeout=PATIENCE_MS)
    expect(card(opened, "fault")).to_contain_text("Messung · tank")
    opened.goto(f"{own_tank}/events/fault")
    expect(opened.get_by_text("Kein aufgezeichneter Stelleingriff erklärt das.")).to_be_visible(timeout=PATIENCE_MS)
    expect(opened.get_by_role("button", name="Namen sichern")).to_be_visible()
    opened.goto(f"{own_tank}/events/nothing")
    expect(opened.get_by_role("alert")).to_contain_text("Nicht gefunden", timeout=PATIENCE_MS)
    context.close()


def test_when_the_store_is_away_the_list_says_so_and_stays(page, own_tank):
    page.goto(f"{own_tank}/events")
    expect(card(page, "fault")).to_be_visible()
    httpx.post(f"{own_tank}/v1/ask", json={"question": "unplug the store"}, headers={"X-API-Key": KEY}, timeout=30)
    expect(page.get_by_role("alert")).to_contain_text("The historian is not reachable")
    expect(card(page, "fault")).to_be_visible()
    fresh = page.context.new_page()
    fresh.goto(f"{own_tank}/events")
    expect(fresh.get_by_role("alert")).to_contain_text("The historian is not reachable")
    httpx.post(f"{own_tank}/v1/ask", json={"question": "plug the store in"}, headers={"X-API-Key": KEY}, timeout=30)
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(card(fresh, "fault")).to_be_visible()
    fresh.close()
