"""The demo as a person meets it: real Postgres, real simulator, shipped world model, real browser."""

import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import expect

from bench.morning import NIGHT_QUESTION, morning
from ingest.demo.incidents import Truth
from twin.answer import Answer
from twin.operations.explain import Explanation

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]

PATIENCE_MS = 60_000
NEAR = timedelta(minutes=30)


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The demo of one certain morning: where it answers, and its data folder."""
    folder = tmp_path_factory.mktemp("demo")
    with morning(folder) as run:
        yield run, folder


@pytest.fixture(scope="module")
def truth(demo):
    """What was really done to the plant last night."""
    return Truth.read(demo[1] / "demo" / "truth.json")


@pytest.fixture(scope="module")
def page(browser, demo):
    """The console; every request and every complaint of the page is kept."""
    url, key = demo[0].url, demo[0].key
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    opened = context.new_page()
    opened.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    opened.requested, opened.complaints = [], []
    opened.on("request", lambda request: opened.requested.append(request.url))
    opened.on("pageerror", lambda error: opened.complaints.append(str(error)))
    opened.on("console", lambda said: opened.complaints.append(said.text) if said.type == "error" else None)
    opened.goto(f"{url}/?key={key}")
    yield opened
    context.close()


WATCH = """() => {
  window.stages = [];
  const look = () => {
    const state = document.querySelector('.answer .state[role=status]');
    if (state && window.stages.at(-1) !== state.innerText) window.stages.push(state.innerText);
  };
  new MutationObserver(look).observe(document.querySelector('.conversation'), {subtree: true, childList: true});
}"""


def asked(page, question):
    """The newest answer, once it is whole, and the stages that were seen before it."""
    page.evaluate("window.stages = []")
    box = page.get_by_label("Your question")
    box.fill(question)
    box.press("Enter")
    newest = page.locator(".answer").first
    expect(newest.locator(".asked")).to_have_text(question)
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_enabled()
    return newest, page.evaluate("window.stages")


@pytest.fixture(scope="module")
def shown(page, demo):
    """The events that the console names when it is asked for the night, in full, by id."""
    url, key = demo[0].url, demo[0].key
    page.evaluate(WATCH)
    asked(page, NIGHT_QUESTION)
    ids = page.locator(".answer [data-event]").evaluate_all("cards => cards.map(card => card.dataset.event)")
    with httpx.Client(base_url=url, headers={"X-API-Key": key}) as client:
        return {found: Explanation.model_validate(client.get(f"/v1/events/{found}").json()).event for found in ids}


def started_near(frames, moment: datetime):
    """Events that began within half an hour of an instant."""
    return [frame for frame in frames if abs(frame.start - moment) <= NEAR]


def test_both_faults_of_the_night_are_shown(shown, truth):
    assert started_near(shown.values(), truth.process_fault.start), shown
    assert started_near(shown.values(), truth.transmitter_fault.start), shown


def test_the_setpoint_change_is_not_shown_as_unusual(shown, truth):
    change = truth.setpoint_change
    blamed = [frame for frame in started_near(shown.values(), change.time) if truth.is_quiet(frame.start)]
    assert blamed == []
    faults = [truth.process_fault.start, truth.transmitter_fault.start]
    high = [frame for frame in shown.values() if frame.severity == "high"]
    assert all(any(frame in started_near([frame], start) for start in faults) for frame in high)


def test_the_transmitters_own_tag_leads_its_event(page, shown, truth):
    fault = truth.transmitter_fault
    event = started_near(shown.values(), fault.start)[0]
    page.locator(f'.answer [data-event="{event.id}"]').click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("No logged move explains this.")
    expect(dialog.locator(f'[aria-label^="Contributions to the event\'s score: {fault.tag} "]')).to_be_visible()
    expect(dialog.locator(f'[aria-label^="{fault.tag}: measured, predicted"] svg')).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_a_what_if_shows_both_curves(page, demo):
    bench = page.context.new_page()
    bench.goto(f"{demo[0].url}/what-if?tag=sp.reactor_pressure")
    bench.get_by_label("Amount", exact=True).fill("40")
    bench.get_by_role("button", name="Compare").click()
    expect(bench.locator(".verdict").first).to_contain_text("Supported")
    curves = bench.locator('.nicegui-echart[aria-label^="reactor_pressure: baseline, A"]')
    expect(curves.locator('svg path[stroke="var(--baseline)"]').first).to_be_attached()
    expect(curves.locator('svg path[stroke="var(--scenario-a)"]').first).to_be_attached()
    effects = bench.get_by_label("Effects").get_by_role("row").filter(has_text="reactor_pressure")
    expect(effects.first).to_contain_text("kPa")
    bench.close()


def test_a_conversation_goes_on_from_what_was_said(page, shown):
    questions = (
        "explain the first one",
        "what would have happened to reactor pressure if we had raised its setpoint by 2 % at 02:00?",
        "make it 1 %",
    )
    answers = [asked(page, question) for question in questions]
    stages = [" ".join(seen) for _, seen in answers]
    assert "explain_event" in stages[0]
    assert "what_if" in stages[1]
    assert "what_if" in stages[2]
    said = page.locator(".answer .asked").all_inner_texts()
    assert said == [*reversed(questions), NIGHT_QUESTION]


def test_the_first_event_of_the_night_is_explained_with_its_curves(page, shown):
    explained = page.locator(".answer").nth(2)
    first = min(shown.values(), key=lambda frame: frame.start)
    expect(explained.locator(".said")).to_contain_text(first.first_mover)
    expect(explained.locator(".nicegui-echart svg").first).to_be_visible()


def test_another_amount_changes_the_outcome_and_keeps_the_rest(page):
    later, earlier = (page.locator(".answer").nth(place) for place in (0, 1))
    for answer in (earlier, later):
        expect(answer.locator(".said")).to_contain_text("02:00")
        expect(answer.locator('.nicegui-echart[aria-label^="reactor_pressure"] svg').first).to_be_visible()
    assert later.locator(".said").inner_text() != earlier.locator(".said").inner_text()


def test_nothing_was_fetched_from_elsewhere(page, demo):
    here = urlsplit(demo[0].url).netloc
    assert {urlsplit(url).netloc for url in page.requested if not url.startswith("data:")} == {here}


def test_the_page_has_nothing_to_complain_about(page):
    assert page.complaints == []


def test_the_command_line_gives_the_same_answer_as_the_page(demo, shown):
    environment = {**os.environ, "FORETELL_DATA_DIR": str(demo[1])}
    command = [str(Path(sys.executable).with_name("foretell")), "ask", NIGHT_QUESTION, "--json"]
    done = subprocess.run(command, cwd=demo[1], env=environment, capture_output=True, text=True, check=True)
    answer = Answer.model_validate_json(done.stdout)
    assert {frame["id"] for frame in answer.result["find_events"]["anomalies"]} == set(shown)
