"""The frame in a real browser: pages, keyboard, language, colours, a question in the address, things taken away."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.integration

NAVIGATION = {"Ask": "/", "Events": "/events", "Plant": "/plant", "What if": "/what-if"}
BOX = "Your question"


@pytest.fixture
def page(visitor):
    opened = visitor()
    connected(opened)
    yield opened
    opened.close()


def connected(page):
    """Wait until the page answers: its status has come."""
    expect(page.locator("header .status .hint").first).to_be_visible()


def newest(page):
    return page.locator(".answer").first


def test_every_page_is_a_click_away_and_knows_its_place(page):
    for name, address in NAVIGATION.items():
        page.get_by_role("navigation").get_by_role("link", name=name, exact=True).click()
        expect(page).to_have_url(re.compile(f"{address}$"))
        expect(page.locator("[aria-current=page]")).to_have_text(name)
        expect(page).to_have_title(f"{name} · Foretell · tank")
        connected(page)
    assert page.complaints == []


def test_the_keyboard_skips_to_the_content(visitor):
    page = visitor("/events")
    connected(page)
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()
    page.close()


def test_a_slash_asks_and_stays_a_slash_where_somebody_types(page):
    box = page.get_by_label(BOX)
    box.fill("in m3")
    box.press("/")
    expect(box).to_have_value("in m3/")
    page.locator("#content").focus()
    expect(box).not_to_be_focused()
    page.keyboard.press("/")
    expect(box).to_be_focused()
    expect(box).to_have_value("in m3/")


def test_who_reads_german_gets_german_and_keeps_what_they_choose(visitor):
    page = visitor("/events?state=open", locale="de-AT")
    connected(page)
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.locator("[aria-current=page]")).to_have_text("Ereignisse")
    expect(page.locator("header .status")).to_contain_text("Daten 1 min alt, neueste Di 10. März 12:59 CET")
    page.get_by_role("button", name="Sprache").click()
    page.get_by_text("English", exact=True).click()
    expect(page.locator("[aria-current=page]")).to_have_text("Events")
    assert page.url.endswith("/events?state=open")
    page.goto(page.url.replace("/events?state=open", "/"))
    connected(page)
    expect(page.locator("html")).to_have_attribute("lang", "en-US")
    expect(page.get_by_label(BOX)).to_be_visible()
    page.close()


def test_an_address_may_choose_the_language_and_an_unknown_one_changes_nothing(visitor):
    page = visitor("/?lang=de", viewport={"width": 1200, "height": 900})
    expect(page.get_by_label("Ihre Frage")).to_be_visible()
    page.goto(f"{page.url}?lang=xx")
    expect(page.get_by_label("Ihre Frage")).to_be_visible()
    page.close()


def test_colours_follow_the_system_until_somebody_chooses_and_stay_chosen(visitor):
    page = visitor("/", color_scheme="dark")
    body = page.locator("body")
    connected(page)
    expect(body).to_have_class(re.compile("body--dark"))
    page.get_by_role("button", name="Light or dark").click()
    page.get_by_text("Light", exact=True).click()
    expect(body).to_have_class(re.compile("body--light"))
    page.get_by_role("link", name="Events", exact=True).click()
    expect(page.locator("[aria-current=page]")).to_have_text("Events")
    expect(body).to_have_class(re.compile("body--light"))
    page.close()


def test_a_question_in_the_address_is_asked_once(visitor):
    page = visitor("/?question=any+unusual+events%3F")
    expect(newest(page).locator(".said")).to_contain_text("one unusual event")
    expect(page).to_have_url(re.compile("/$"))
    page.reload()
    connected(page)
    expect(page.locator(".answer")).to_have_count(0)
    page.close()


def test_after_an_answer_the_suggestions_are_about_its_event(page):
    page.get_by_label(BOX).fill("any unusual events?")
    page.get_by_label(BOX).press("Enter")
    suggestions = page.get_by_role("group", name="Suggestions")
    expect(suggestions.get_by_role("button", name="Why did event fault happen?")).to_be_visible()


def test_a_chart_is_taken_as_numbers_and_as_a_picture(page):
    page.get_by_label(BOX).fill("any unusual events?")
    page.get_by_label(BOX).press("Enter")
    tools = newest(page).locator(".chart-tools").first
    with page.expect_download() as numbers:
        tools.get_by_role("button", name="Numbers (CSV) of level").click()
    assert numbers.value.suggested_filename == "level.csv"
    assert numbers.value.path().read_text().startswith("time [Europe/Berlin],level Level of the tank [%]\n2026-03-")
    with page.expect_download() as picture:
        tools.get_by_role("button", name="Picture (PNG) of level").click()
    drawn = picture.value.path().read_bytes()
    assert drawn.startswith(b"\x89PNG")
    assert int.from_bytes(drawn[16:20]) == 2000
    assert len(drawn) > 20_000


def test_an_answer_is_copied_with_its_evidence(visitor):
    page = visitor("/", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_label(BOX).fill("any unusual events?")
    page.get_by_label(BOX).press("Enter")
    newest(page).get_by_role("button", name="Copy as Markdown").click()
    expect(page.get_by_text("Copied, with its evidence")).to_be_visible()
    text = page.evaluate("navigator.clipboard.readText()")
    assert text.startswith("> any unusual events?\n\nThere was one unusual event last night")
    assert "| Deviation | 8 | % | level | explain_event fault |" in text
    page.close()


def asked(page, question):
    page.get_by_label(BOX).fill(question)
    page.get_by_label(BOX).press("Enter")
    return newest(page).locator(".said")


def test_a_conversation_goes_on_from_page_to_page_of_its_tab_until_another_is_begun(visitor, tank_url):
    page = visitor("/")
    expect(asked(page, "unusual events?")).to_contain_text("one unusual event")
    page.goto(f"{tank_url}/events")
    connected(page)
    page.goto(f"{tank_url}/tags/level")
    follows = page.locator(".follows")
    expect(follows).to_contain_text("Goes on from “unusual events?”")
    expect(asked(page, "and before?")).to_have_text("Before: unusual events?.")
    page.reload()
    expect(follows).to_contain_text("Goes on from “and before?”")
    expect(asked(page, "and before?")).to_have_text("Before: and before?.")
    other = visitor("/")
    expect(asked(other, "and before?")).to_have_text("Before: None.")
    other.close()
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".answer")).to_have_count(0)
    expect(follows).to_be_hidden()
    expect(asked(page, "and before?")).to_have_text("Before: None.")
    assert page.complaints == []
    page.close()
