"""How soon the console shows something: first paint, and a chart of 24 h of four tags, in real Chromium.

Run it with `python -m bench.console`, beside nothing else. Server and browser share this machine. First paint is the
browser's own "first-contentful-paint", from the start of the navigation: with an empty cache and with a full one. The
chart's time begins when its element enters the page, with its options, and ends with the frame after its last curve.
"""

import statistics
import time
from collections.abc import Sequence
from typing import Any

from playwright.sync_api import Browser, Page, expect

from api.runfile import Run
from bench.morning import PATIENCE_MS, chromium, passing_morning, visit
from bench.report import save

ROUNDS = 10
PACKAGES = ("foretell", "nicegui", "playwright")
PAGES = {"home": "/", "events": "/events", "plant": "/plant", "what if": "/what-if"}
TAGS = ("reactor_pressure", "reactor_level", "separator_level", "stripper_level")
QUESTION = f"How did {', '.join(TAGS[:-1])} and {TAGS[-1]} behave in the last 24 hours?"
PAINT = """() => new Promise(resolve => new PerformanceObserver(list => {
    const found = list.getEntriesByName('first-contentful-paint')
    if (found.length) resolve(found[0].startTime)
}).observe({type: 'paint', buffered: true}))"""
WATCH = """() => {
    window.drawn = {first: null, last: null}
    const curves = chart => [...chart.querySelectorAll('svg path')].some(path => path.getAttribute('d').length > 1000)
    const look = () => {
        const charts = [...document.querySelectorAll('.answer .nicegui-echart')]
        if (charts.length && window.drawn.first === null) window.drawn.first = performance.now()
        if (charts.length >= COUNT && charts.every(curves) && window.drawn.last === null) {
            window.drawn.last = 0
            requestAnimationFrame(() => setTimeout(() => { window.drawn.last = performance.now() }))
        }
    }
    new MutationObserver(look).observe(document.body, {childList: true, subtree: true})
}""".replace("COUNT", str(len(TAGS)))


def measure() -> dict[str, object]:
    """Both, and write bench/results/console.json."""
    began = time.perf_counter()
    with passing_morning() as run, chromium() as browser:
        version = browser.version
        cold = {name: [_cold(browser, run, path) for _ in range(ROUNDS)] for name, path in PAGES.items()}
        with visit(browser, run) as page:
            warm = {name: _warm(page, run, path) for name, path in PAGES.items()}
            charts, points = _charts(page, run)
    return save(
        "console",
        began,
        PACKAGES,
        chromium=version,
        rounds=ROUNDS,
        first_paint_ms={name: {"empty_cache": _told(cold[name]), "full_cache": _told(warm[name])} for name in PAGES},
        chart={"tags": len(TAGS), "hours": 24, "points": points, "ms": _told(charts)},
    )


def _cold(browser: Browser, run: Run, path: str) -> float:
    with visit(browser, run) as page:
        page.goto(run.url + path)
        return float(page.evaluate(PAINT))


def _warm(page: Page, run: Run, path: str) -> list[float]:
    page.goto(run.url + path)
    page.evaluate(PAINT)
    found = []
    for _ in range(ROUNDS):
        page.goto(run.url + path)
        found.append(float(page.evaluate(PAINT)))
    return found


def _charts(page: Page, run: Run) -> tuple[list[float], int]:
    """Milliseconds of each round, and the points that were drawn."""
    found, points = [], 0
    for _ in range(ROUNDS):
        page.goto(run.url)
        expect(page.locator("header .status .hint").first).to_be_visible(timeout=PATIENCE_MS)
        page.evaluate(WATCH)
        box = page.get_by_label("Your question")
        box.fill(QUESTION)
        box.press("Enter")
        page.wait_for_function("window.drawn.last > 0")
        drawn: dict[str, float] = page.evaluate("window.drawn")
        found.append(drawn["last"] - drawn["first"])
        points = _points(page)
    return found, points


def _points(page: Page) -> int:
    """Of the curves, without axes and ticks: the commands of their paths."""
    paths: list[str] = page.locator(".answer .nicegui-echart svg path").evaluate_all(
        "paths => paths.map(path => path.getAttribute('d'))"
    )
    return sum(path.count("L") + path.count("C") for path in paths if len(path) > 1000)


def _told(values: Sequence[float]) -> dict[str, Any]:
    return {
        "median": round(statistics.median(values)),
        "lowest": round(min(values)),
        "highest": round(max(values)),
    }


if __name__ == "__main__":
    measure()
