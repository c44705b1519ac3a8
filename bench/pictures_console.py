"""Pictures of the console for README and docs, taken from the demo of a certain morning in real Chromium.

Run it with `python -m bench.pictures_console`. They are for the eye: nothing checks that they are new.
"""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from PIL import Image
from playwright.sync_api import Page, expect

from api.runfile import Run
from bench.campaign import ROOT
from bench.morning import NIGHT_QUESTION, PATIENCE_MS, chromium, passing_morning, visit

FOLDER = ROOT / "docs" / "images"
COLOURS = 192
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}
DARK = {"color_scheme": "dark"}
STARTED = "2026-03-03T01:00:00Z"
SCENARIOS = (
    ("Pressure down 20 kPa", {"tag": "sp.reactor_pressure", "change": "by", "amount": -20}),
    ("A feed 10 % less", {"tag": "bias.a_feed", "change": "times", "amount": 0.9}),
)


@dataclass(frozen=True, slots=True)
class Scene:
    """A picture: where it is kept, what is looked at, how high it is, and what is done before."""

    name: str
    path: Callable[[httpx.Client], str]
    height: int
    act: Callable[[Page], None] = field(default=lambda page: None)
    options: Mapping[str, Any] = field(default_factory=dict)


def ask_about_the_night(page: Page) -> None:
    """Ask, and wait for the answer with its curves."""
    box = page.get_by_label("Your question")
    box.fill(NIGHT_QUESTION)
    box.press("Enter")
    expect(page.locator(".answer .nicegui-echart svg").first).to_be_visible(timeout=PATIENCE_MS)


def wait_for_both(page: Page) -> None:
    """Until both scenarios are imagined."""
    expect(page.locator(".verdict")).to_have_count(len(SCENARIOS), timeout=PATIENCE_MS)


def worst_event(client: httpx.Client) -> str:
    """The address of the gravest event of the night."""
    found = client.get("/v1/events", params={"start": "2026-03-02T21:00:00Z", "end": "2026-03-03T05:00:00Z"}).json()
    return f"/events/{max(found['anomalies'], key=lambda event: event['score'])['id']}"


def two_scenarios(client: httpx.Client) -> str:
    """The bench with two scenarios from the same instant of the night, named."""
    stored = []
    for name, move in SCENARIOS:
        answer = client.post("/v1/what-if", json={"moves": [move], "start": STARTED, "horizon": "PT6H"})
        answer.raise_for_status()
        stored.append(answer.headers["Location"].rpartition("/")[2])
        client.patch(f"/v1/scenarios/{stored[-1]}", json={"name": name}).raise_for_status()
    return "/what-if?" + "&".join(f"scenario={item}" for item in stored)


def at(path: str) -> Callable[[httpx.Client], str]:
    """That address."""
    return lambda _client: path


SCENES = (
    Scene("console.png", at("/"), 1440, ask_about_the_night),
    Scene("console/event.png", worst_event, 1500),
    Scene("console/plant.png", at("/plant"), 1200),
    Scene("console/tag.png", at("/tags/reactor_pressure"), 1200),
    Scene("console/what-if.png", two_scenarios, 1500, wait_for_both),
    Scene("console/phone.png", at("/"), 844, ask_about_the_night, PHONE),
    Scene("console/dark.png", worst_event, 1200, options=DARK),
)


def take(folder: Path = FOLDER) -> None:
    """All of them."""
    (folder / "console").mkdir(parents=True, exist_ok=True)
    with passing_morning() as run, chromium() as browser, _client(run) as client:
        for scene in SCENES:
            with visit(browser, run, **scene.options) as page:
                page.goto(run.url + scene.path(client))
                _settle(page)
                scene.act(page)
                _settle(page)
                _keep(page, scene, folder / scene.name)


def _client(run: Run) -> httpx.Client:
    return httpx.Client(base_url=run.url, headers={"X-API-Key": run.key}, timeout=120)


def _settle(page: Page) -> None:
    """Wait until everything that was looked up is drawn."""
    expect(page.locator("header .status .hint").first).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator(".q-spinner")).to_have_count(0, timeout=PATIENCE_MS)
    page.wait_for_function(
        "[...document.querySelectorAll('.nicegui-echart')].every(chart => chart.querySelector('path'))"
    )
    page.wait_for_load_state("networkidle")


def _keep(page: Page, scene: Scene, file: Path) -> None:
    """The top of the page in few colours, so that the file is small."""
    size = page.viewport_size or {"width": 1400}
    drawn = page.screenshot(clip={"x": 0, "y": 0, "width": size["width"], "height": scene.height}, full_page=True)
    Image.open(io.BytesIO(drawn)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)


if __name__ == "__main__":
    take()
