"""The plant and its tags in a real browser."""

import re

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


WATCH = """() => {
  window.changed = [];
  const tag = change => change.target.closest?.('tr')?.dataset.tag ?? 'elsewhere';
  const note = seen => window.changed.push(...seen.map(tag));
  new MutationObserver(note).observe(document.querySelector('.tree tbody'), {subtree: true, childList: true});
}"""
"""Notes of which tags rows change from now on."""


def row(page, tag):
    return page.locator(f'tr[data-tag="{tag}"]')


def tell(own_tank, sentence):
    """Make something happen in the tank."""
    said = {"question": sentence}
    httpx.post(f"{own_tank}/v1/ask", json=said, headers={"X-API-Key": KEY}, timeout=30).raise_for_status()


def chart(page, tag):
    return page.locator(f'.nicegui-echart[aria-label^="{tag}: "]')


def test_the_tree_shows_values_units_quality_and_deviation(page, own_tank):
    page.goto(f"{own_tank}/plant")
    expect(row(page, "level").locator(".value")).to_have_text(re.compile(r"^5\d\.?\d* %$"))
    expect(row(page, "level").locator("td.quality")).to_have_text("✓ good")
    expect(row(page, "level").locator(".deviation")).to_contain_text("σ")
    expect(row(page, "flow").locator('svg[aria-label^="last 8 h: 19"] path')).to_have_attribute("d", re.compile("^M"))
    expect(row(page, "mv.valve").locator(".deviation")).to_have_text("–")


def test_a_tag_of_bad_quality_is_bad_until_it_is_mended_and_then_changes_by_itself(page, own_tank):
    page.goto(f"{own_tank}/plant")
    ph, head = row(page, "ph"), page.locator('[data-asset="site"] > summary')
    expect(ph.locator("td.quality")).to_have_text("✕ bad")
    expect(ph.locator(".value")).to_have_text("–")
    expect(head).to_contain_text("✕ 1 not good")
    tell(own_tank, "mend the meter")
    expect(ph.locator("td.quality")).to_have_text("✓ good")
    expect(ph.locator(".value")).to_have_text("7.25")
    expect(head).not_to_contain_text("not good")


def test_only_what_changed_is_drawn_anew(page, own_tank):
    page.goto(f"{own_tank}/plant")
    expect(row(page, "level").locator("svg")).to_be_visible()
    page.evaluate(WATCH)
    tell(own_tank, "mend the meter again")
    expect(row(page, "ph").locator(".value")).to_have_text("7.5")
    changed = page.evaluate("window.changed")
    assert changed
    assert set(changed) == {"ph"}


def test_open_events_are_counted_up_to_the_top(page, own_tank):
    page.goto(f"{own_tank}/plant")
    tell(own_tank, "leave an event open")
    for asset in ("tank", "site"):
        expect(page.locator(f'[data-asset="{asset}"] > summary')).to_contain_text("◆ 1 open event")
    page.get_by_role("link", name="Events of tank").click()
    expect(page.locator('.event-list [data-event="going"]')).to_contain_text("still open")


def test_a_search_leaves_the_tags_that_hold_its_words(page, own_tank):
    page.goto(f"{own_tank}/plant")
    expect(row(page, "flow")).to_be_visible()
    page.get_by_label("Find a tag").fill("feed")
    expect(row(page, "level")).to_be_hidden()
    expect(row(page, "flow")).to_be_visible()
    page.get_by_label("Find a tag").fill("turbine")
    expect(page.get_by_text("No tag has these words.")).to_be_visible()
    page.get_by_label("Find a tag").fill("")
    expect(row(page, "level")).to_be_visible()


def test_a_folded_asset_stays_folded_while_values_come(page, own_tank):
    page.goto(f"{own_tank}/plant")
    tank = page.locator('[data-asset="tank"]')
    expect(row(page, "level").locator(".value")).to_contain_text("%")
    tank.locator("> summary").click()
    expect(row(page, "level")).to_be_hidden()
    tell(own_tank, "another level")
    tank.locator("> summary").click()
    expect(row(page, "level").locator(".value")).to_have_text("61.5 %")
    expect(row(page, "level").locator(".limit")).to_have_text("◆ Hi")


def test_a_tags_page_draws_limits_regions_and_prediction(page, own_tank):
    page.goto(f"{own_tank}/tags/level")
    drawn = chart(page, "level")
    expect(drawn).to_have_attribute("aria-label", "level: measured, predicted over time in %, times in CET.")
    expect(drawn.locator("svg text").filter(has_text="Hi 60 %")).to_be_attached()
    expect(drawn.locator('svg path[fill="var(--high)"]').first).to_be_attached()
    expect(drawn.locator('svg path[stroke="var(--scenario)"]').first).to_be_attached()
    expect(page.locator(".statistics")).to_contain_text(re.compile(r"Mean50\.\d+ %"))
    expect(page.locator(".tag-facts")).to_contain_text("limits: Lo 20 %, Hi 60 %")
    expect(page.locator(".tag-facts").get_by_role("link", name="sp.level")).to_be_visible()
    expect(page.locator('[data-event="fault"]')).to_be_visible()


def test_a_tags_stretch_stands_in_the_address(page, own_tank):
    page.goto(f"{own_tank}/tags/level")
    expect(chart(page, "level")).to_be_visible()
    page.get_by_role("button", name="4 days").click()
    expect(page.locator('[data-event="yesterday"]')).to_be_visible()
    expect(page.locator(".entry")).to_contain_text("Kim: Flushed the impulse line")
    page.wait_for_function("location.search === '?span=4d'")
    page.reload()
    expect(page.locator('[data-event="yesterday"]')).to_be_visible()


def test_a_click_on_the_curve_begins_a_what_if_there(page, own_tank):
    page.goto(f"{own_tank}/tags/level")
    link = page.get_by_role("link", name="What if … from here")
    expect(link).to_have_attribute("href", "/what-if?tag=sp.level")
    drawn = chart(page, "level")
    expect(drawn.locator('svg path[stroke="var(--scenario)"]').first).to_be_attached()
    whole = drawn.bounding_box()
    page.mouse.move(whole["x"] + 0.4 * whole["width"], whole["y"] + 120)
    point = drawn.locator('svg path[d^="M1 0A1"][fill="var(--ink)"]').bounding_box()
    page.mouse.click(point["x"] + point["width"] / 2, point["y"] + point["height"] / 2)
    expect(page.get_by_label("Start of a what-if")).to_have_value(re.compile("2026-03-09T2[12]:"))
    expect(link).to_have_attribute("href", re.compile(r"tag=sp\.level&start=2026-03-09T2[12]%3A\d\d%3A00%2B01%3A00"))


def test_a_tag_that_is_not_there_names_its_neighbours(page, own_tank):
    page.goto(f"{own_tank}/tags/levle")
    expect(page.get_by_role("alert")).to_contain_text("Did you mean: level, sp.level, mv.valve?")


def test_a_stretch_without_values_says_so(page, own_tank):
    page.goto(f"{own_tank}/tags/purity?start=2026-03-09T11:00:30Z&end=2026-03-09T11:01:00Z")
    expect(page.get_by_text("There are no values in this stretch")).to_be_visible()


def test_when_the_store_is_away_the_page_says_so_and_keeps_what_it_showed(page, own_tank):
    page.goto(f"{own_tank}/plant")
    expect(row(page, "level").locator(".value")).to_contain_text("%")
    tell(own_tank, "unplug the store")
    expect(page.get_by_role("alert")).to_contain_text("The historian is not reachable")
    expect(row(page, "level").locator(".value")).to_contain_text("%")
    tell(own_tank, "plug the store in")
    expect(page.get_by_role("alert")).to_have_count(0)
