"""Every page of the console, light and dark and on a phone: axe-core, width, targets, and what the browser says."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

pytestmark = pytest.mark.integration

PAGES = {
    "home": "/",
    "events": "/events",
    "event": "/events/fault",
    "plant": "/plant",
    "tag": "/tags/level",
    "what-if": "/what-if",
}
PHONE = {"width": 390, "height": 800}
GRAVE = {"serious", "critical"}
TARGETS = """() => [...document.querySelectorAll('a, button, input, [role=button], [role=tab], [role=switch]')]
    .filter(item => item.checkVisibility({visibilityProperty: true}) && !item.closest('.skip, [aria-hidden=true]'))
    .filter(item => !(item.tagName === 'A' && getComputedStyle(item).display === 'inline'))
    .map(item => [item.closest('.q-field__control') || item, item])
    .map(([area, item]) => [area.getBoundingClientRect(), item])
    .filter(([box]) => box.width > 1 && box.height < 43.5)
    .map(([box, item]) => [box.height, item.ariaLabel || item.innerText || item.outerHTML])"""

FADED = """() => Promise.allSettled(document.getAnimations()
    .filter(item => item instanceof CSSTransition).map(item => item.finished))"""


def settled(page):
    """Wait until the page is connected and has drawn what it looked up."""
    expect(page.locator("header .status .hint").first).to_be_visible()
    expect(page.locator(".q-spinner")).to_have_count(0)
    return page


def grave(page):
    """What axe-core calls serious or critical, in words; looked at once no colour is under way to another."""
    page.evaluate(FADED)
    return [
        f"{item['id']}: {node['target']} {node['failureSummary']}"
        for item in Axe().run(page).response["violations"]
        if item["impact"] in GRAVE
        for node in item["nodes"]
    ]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_for_everybody(visitor, name):
    """Light, dark and at a phone's width; loaded once, for loading takes longest."""
    page = settled(visitor(PAGES[name]))
    found = {"light": grave(page)}
    page.emulate_media(color_scheme="dark")
    expect(page.locator("body")).to_have_class(re.compile("body--dark"))
    found["dark"] = grave(page)
    page.set_viewport_size(PHONE)
    found["phone, dark"] = grave(page)
    page.emulate_media(color_scheme="light")
    expect(page.locator("body")).to_have_class(re.compile("body--light"))
    found["phone, light"] = grave(page)
    assert not any(found.values()), found
    assert page.complaints == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.evaluate(TARGETS) == []
    page.close()


def test_who_asks_for_less_motion_gets_none(visitor):
    page = settled(visitor("/", reduced_motion="reduce"))
    moving = page.evaluate(
        "[...document.querySelectorAll('*')].map(item => getComputedStyle(item).transitionDuration)"
    )
    assert set(re.findall(r"[\d.]+", " ".join(moving))) == {"0"}
    page.close()
