"""The console in a real browser, over a tank in memory."""

import re
from contextlib import suppress
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.integration


@pytest.fixture
def page(visitor):
    """The console, logged in; every request it makes and every complaint of the page is kept."""
    opened = visitor()
    yield opened
    opened.close()


def ask(page, question):
    box = page.get_by_label("Your question")
    box.fill(question)
    box.press("Enter")


def newest(page):
    """The answer to the question asked last."""
    return page.locator(".answer").first


def chart(page, description):
    """A drawn chart, by the words that a screen reader would say."""
    return page.locator(f'.nicegui-echart[aria-label*="{description}"]')


def click_until_it_opens(page, area):
    """Click again, as a person does, when the chart was still moving."""
    dialog = page.get_by_role("dialog")
    for _ in range(6):
        box = area.bounding_box()
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        with suppress(AssertionError):
            expect(dialog).to_be_visible(timeout=5_000)
            return


def test_the_night_question_shows_the_event_its_window_its_chart_and_its_evidence(page):
    ask(page, "were there any unusual events last night?")
    answer = newest(page)
    expect(answer.locator(".said")).to_contain_text("one unusual event last night")
    expect(answer).to_contain_text("Window: last night, Mon 22:00 to Tue 06:00 CET")
    expect(answer.locator("[data-event]")).to_have_count(1)
    expect(answer.locator('[data-event="fault"]')).to_contain_text("Tue 10 Mar 05:00 to 06:00 CET")
    expect(chart(answer, "level: measured, predicted over time in %").locator("svg")).to_be_visible()
    answer.get_by_text("Evidence: 1 fact").click()
    expect(answer.get_by_role("row").filter(has_text="Deviation")).to_contain_text("explain_event fault")


def test_an_event_opens_from_the_keyboard_and_explains_itself(page):
    page.locator('.timeline-list [data-event="fault"]').press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("No logged move explains this.")
    expect(dialog).to_contain_text("First mover: Level of the tank (level)")
    expect(chart(dialog, "Contributions to the event's score: level 80 %, flow 20 %")).to_be_visible()
    expect(chart(dialog, "level: measured, predicted over time in %, times in CET")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_the_response_to_a_move_is_not_among_the_unusual_events(page):
    listed = page.locator(".timeline-list")
    expect(listed.locator('[data-event="fault"]')).to_be_visible()
    expect(listed.locator('[data-event="response"]')).to_be_hidden()
    listed.get_by_text("1 event explained by logged moves").click()
    listed.locator('[data-event="response"]').click()
    expect(page.get_by_role("dialog")).to_contain_text("Explained by a logged move: Sp.level of the tank")


def test_a_marked_region_of_the_timeline_opens_its_event(page):
    timeline = chart(page, "Detection score over 24 h")
    expect(timeline.locator("svg")).to_be_visible()
    click_until_it_opens(page, timeline.locator('svg path[fill="var(--high)"]').first)
    expect(page.get_by_role("dialog")).to_contain_text("No logged move explains this.")


def test_what_people_say_of_an_event_is_kept(page, tank_url):
    page.goto(f"{tank_url}/events/fault")
    page.get_by_label("Comment (optional)").fill("valve was blocked")
    page.get_by_role("button", name="True event").click()
    expect(page.get_by_text("True event: valve was blocked")).to_be_visible()
    page.reload()
    expect(page.get_by_text("True event: valve was blocked").first).to_be_visible()


def test_an_error_shows_its_candidates_and_an_unforeseen_one_leaves_the_page_alive(page):
    ask(page, "how is the pressure?")
    expect(newest(page).locator("[role=alert]")).to_contain_text("Did you mean: level?")
    ask(page, "something that breaks")
    expect(newest(page).locator("[role=alert]")).to_contain_text("The rest of the page goes on.")
    ask(page, "any unusual events?")
    expect(newest(page).locator(".said")).to_be_visible()


def test_a_question_asked_back_offers_its_candidates_as_buttons(page):
    ask(page, "what about it")
    newest(page).get_by_role("button", name="unusual level?").click()
    expect(newest(page).locator(".said")).to_contain_text("one unusual event")


def test_a_conversation_stays_on_the_page_newest_first(page):
    ask(page, "any unusual events?")
    expect(newest(page).locator(".said")).to_contain_text("one unusual event")
    ask(page, "and what if the level goes up?")
    expect(newest(page).locator(".said")).to_contain_text("Level would rise")
    expect(page.locator(".answer .asked")).to_have_text(["and what if the level goes up?", "any unusual events?"])
    expect(page.locator(".answer").nth(1).locator("[data-event]")).to_have_count(1)


def test_an_answer_comes_in_stages_and_can_be_stopped(page):
    ask(page, "take your time")
    expect(newest(page).locator("[role=status]")).to_contain_text("find_events …")
    expect(newest(page).locator(".said")).to_have_text("So far there is")
    page.get_by_role("button", name="Stop").click()
    expect(newest(page).locator(".said")).to_have_text("It was stopped.")
    expect(page.get_by_role("button", name="Stop")).to_be_hidden()


def test_the_timeline_shows_a_new_event_by_itself(page):
    timeline = chart(page, "Detection score over 24 h")
    expect(timeline.locator("svg")).to_be_visible()
    ask(page, "raise an alarm")
    expect(page.locator('.timeline-list [data-event="late"]')).to_contain_text("medium")
    expect(timeline).to_have_attribute("aria-label", re.compile("2 events marked"))
    expect(timeline.locator('svg path[fill="var(--medium)"]').first).to_be_attached()


def test_nothing_is_fetched_from_elsewhere_and_the_page_does_not_complain(page, tank_url):
    ask(page, "what if the level goes up?")
    expect(page.locator(".answer .verdict")).to_be_visible()
    page.locator('.timeline-list [data-event="fault"]').click()
    expect(page.get_by_role("dialog").locator(".nicegui-echart svg").first).to_be_visible()
    here = urlsplit(tank_url).netloc
    assert {urlsplit(url).netloc for url in page.requested if not url.startswith("data:")} == {here}
    assert page.complaints == []


def test_without_the_key_there_is_no_page_no_asset_and_no_socket(tank_url):
    for path in ("/", "/events/fault", "/_nicegui_ws/socket.io/?EIO=4&transport=polling"):
        assert httpx.get(tank_url + path).status_code == 401
