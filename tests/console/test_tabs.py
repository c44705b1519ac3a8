"""Twenty people look at the plant at once."""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.integration, pytest.mark.timeout(900)]

TABS = 20
BOX = "Your question"
PATIENCE_MS = 300_000


@pytest.fixture
def tabs(browser, own_tank):
    context = browser.new_context(viewport={"width": 1200, "height": 900}, locale="en-GB")
    context.set_default_timeout(PATIENCE_MS)
    context.request.get(f"{own_tank}/?key=tank-key")
    opened = []
    for _ in range(TABS):  # one after another: a busy machine gets there too
        page = context.new_page()
        page.goto(own_tank)
        expect(page.locator("header .status .hint").first).to_be_visible(timeout=PATIENCE_MS)
        opened.append(page)
    yield opened
    context.close()


def test_all_tabs_answer_and_all_hear_of_a_new_event(tabs):
    for page in tabs:
        box = page.get_by_label(BOX)
        box.fill("any unusual events?")
        box.press("Enter")
    for page in tabs:
        expect(page.locator(".answer .said")).to_contain_text("one unusual event", timeout=PATIENCE_MS)
    first = tabs[0]
    first.get_by_label(BOX).fill("raise an alarm")
    first.get_by_label(BOX).press("Enter")
    for page in tabs:
        expect(page.locator('.timeline-list [data-event="late"]')).to_be_visible(timeout=PATIENCE_MS)
