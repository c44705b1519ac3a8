"""The what-if bench in a real browser, over a tank in memory."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.integration

BENCH = "/what-if"


@pytest.fixture
def bench(visitor):
    """A bench on which nothing was done yet; whatever is done on it, the browser has nothing to complain about."""
    opened = visitor(BENCH)
    ready(opened)
    yield opened
    assert opened.complaints == []
    opened.close()


def ready(page):
    """The levels at the start are read, and the past is drawn and can be drawn on."""
    expect(page.locator(".past .armed svg")).to_be_visible()
    expect(page.locator(".bench-move").first).to_contain_text("at the start 5")


def amount(page, value, kind=None):
    """Write how far the selected scenario's move goes; another kind first says the same level in its own way."""
    number = page.get_by_label("Amount", exact=True)
    if kind is not None:
        before = number.input_value()
        page.get_by_role("button", name=kind, exact=True).click()
        expect(page.get_by_role("button", name=kind, exact=True)).to_have_attribute("aria-pressed", "true")
        if before:
            expect(number).not_to_have_value(before)
    number.fill(str(value))


def another(page, letter, value, kind=None):
    """A copy of the selected scenario, with another amount."""
    page.get_by_role("button", name="Duplicate").click()
    expect(page.get_by_role("button", name=f"Scenario {letter}")).to_have_attribute("aria-pressed", "true")
    amount(page, value, kind)


def compare(page):
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("button", name="Cancel")).to_be_hidden()
    expect(page.locator(".verdict").first).to_be_visible()


def curve(page, names, tag="level"):
    """The chart of a tag, by the lines that a screen reader would name."""
    return page.locator(f'.nicegui-echart[aria-label^="{tag}: {names} over time"]')


def strokes(chart):
    """Colour and path of every line of a chart."""
    expect(chart.locator("svg path").first).to_be_attached()
    found = chart.locator('svg path[stroke^="var(--"]').evaluate_all(
        "paths => paths.map(path => [path.getAttribute('stroke'), path.getAttribute('d')])"
    )
    return sorted((stroke, path) for stroke, path in found if "scenario" in stroke or "baseline" in stroke)


def banner(page, letter):
    return page.locator(f".verdict.mark-{letter.lower()}")


def effect(page, tag="level"):
    return page.get_by_label("Effects").get_by_role("row").filter(has=page.get_by_role("cell", name=tag, exact=True))


def test_two_scenarios_are_compared_in_one_chart_and_one_table(bench):
    amount(bench, 5)
    bench.get_by_label("Name of A").fill("Higher")
    another(bench, "B", -4)
    compare(bench)
    for letter in "AB":
        expect(banner(bench, letter)).to_contain_text("Supported. The twin stands behind this forecast.")
        expect(banner(bench, letter)).to_contain_text("By rollout")
    expect(banner(bench, "A")).to_contain_text("Higher")
    expect(banner(bench, "B")).to_contain_text("(sp.level): 53 % → 49 %, Tue 10 Mar 13:00 to 21:00 CET")
    chart = curve(bench, "baseline, A Higher, B, measured")
    expect(chart.locator("svg")).to_be_visible()
    drawn = {stroke for stroke, _ in strokes(chart)}
    assert {"var(--baseline)", "var(--scenario-a)", "var(--scenario-b)"} <= drawn
    expect(effect(bench)).to_contain_text("+5 %")
    expect(effect(bench)).to_contain_text("−4 %")
    risks = bench.get_by_label("Limit risks").get_by_role("row").filter(has_text="Hi 60 %")
    expect(risks).to_contain_text("level")


def test_bands_can_be_put_away(bench):
    amount(bench, 5)
    compare(bench)
    chart = curve(bench, "baseline, A, measured")
    areas = chart.locator('svg path[fill="var(--scenario-a)"][fill-opacity]')
    expect(areas.first).to_be_attached()
    bench.get_by_role("switch", name="90 % bands").click()
    expect(areas).to_have_count(0)
    expect(chart.locator('svg path[stroke="var(--scenario-a)"]').first).to_be_attached()


def test_a_refused_scenario_shows_its_reason_and_no_curve_beside_the_others(bench):
    amount(bench, 5)
    another(bench, "B", 95, "to")
    compare(bench)
    refused = banner(bench, "B")
    expect(refused).to_have_class(re.compile("refused"))
    expect(refused).to_contain_text("Refused. The twin refuses to forecast this, so there is no curve.")
    expect(refused).to_contain_text("outside the trained range [40, 60] %")
    expect(curve(bench, "baseline, A, measured").locator("svg")).to_be_visible()
    expect(bench.get_by_label("Effects").get_by_role("columnheader")).to_have_text(["Tag", "What", "A"])


def test_an_extrapolating_scenario_is_dashed(bench):
    amount(bench, 64, "to")
    compare(bench)
    expect(banner(bench, "A")).to_contain_text("Extrapolating. Beyond what the twin has learned")
    dashed = curve(bench, "baseline, A, measured").locator('svg path[stroke="var(--scenario-a)"][stroke-dasharray]')
    expect(dashed.first).to_be_attached()


def drag_over_the_past(page, begin, end):
    """From one part of the past's width to another."""
    box = page.locator(".past .nicegui-echart").bounding_box()
    left, width, y = box["x"] + 56, box["width"] - 74, box["y"] + 50
    page.mouse.move(left + begin * width, y)
    page.mouse.down()
    page.mouse.move(left + end * width, y, steps=6)
    page.mouse.up()


def test_a_past_start_is_dragged_on_the_chart_and_the_truth_is_drawn_over_it(bench):
    drag_over_the_past(bench, 0.5, 0.75)
    expect(bench.get_by_label("Start in CET")).to_have_value("2026-03-10T01:00")
    expect(bench.get_by_label("Horizon in hours")).to_have_value("6")
    expect(bench.locator(".bench-move")).to_contain_text("at the start 50 %")
    amount(bench, 5)
    compare(bench)
    expect(banner(bench, "A")).to_contain_text("By abduction: the baseline is what was measured")
    expect(banner(bench, "A")).to_contain_text("50 % → 55 %, Tue 10 Mar 01:00 to 07:00 CET")
    expect(curve(bench, "baseline, A, measured").locator("svg")).to_be_visible()
    expect(bench.locator(".hindsight").first).to_contain_text(
        re.compile(r"would have been off by \d[\d.]* % on average \(120 values, \d+ % of them inside")
    )


def test_a_past_start_is_clicked_on_the_chart_or_written(bench):
    drag_over_the_past(bench, 0.25, 0.25)
    expect(bench.get_by_label("Start in CET")).to_have_value("2026-03-09T19:00")
    expect(bench.get_by_label("Horizon in hours")).to_have_value("8")
    bench.get_by_label("Start in CET").fill("2026-03-10T14:00")
    expect(bench.locator(".bench-form")).to_contain_text("lies in the future")
    bench.get_by_label("Start in CET").fill("2026-03-10T05:30")
    expect(bench.locator(".bench-form")).not_to_contain_text("lies in the future")
    expect(bench.locator(".bar-row")).to_contain_text("Tue 10 Mar 05:30 to 13:30 CET")
    bench.get_by_label("Start in CET").fill("2026-03-09T12:30")
    days = bench.get_by_label("Time range")
    expect(days.get_by_role("button", name="4 days", exact=True)).to_have_attribute("aria-pressed", "true")


def test_other_tags_are_drawn_when_they_are_chosen_and_the_past_shows_the_first_of_them(bench):
    expect(curve(bench, "measured")).to_be_visible()
    bench.get_by_role("combobox", name="Tags to draw").press("Backspace")
    bench.get_by_role("combobox", name="Tags to draw").fill("flow")
    bench.get_by_role("option").filter(has_text="Flow of the tank").click()
    expect(curve(bench, "measured", tag="flow")).to_be_visible()
    expect(curve(bench, "measured")).to_have_count(0)
    expect(bench.locator('.past .nicegui-echart[aria-label^="flow in the past"]')).to_be_visible()


def test_the_past_is_taken_as_numbers_and_as_a_picture(bench):
    past = bench.locator(".past")
    with bench.expect_download() as numbers:
        past.get_by_role("button", name="Numbers (CSV) of level in the past").click()
    assert numbers.value.suggested_filename == "level_in_the_past.csv"
    heading, first, *_ = numbers.value.path().read_text().splitlines()
    assert heading.startswith("time [Europe/Berlin],level Level of the tank [%]")
    assert first.startswith("2026-03-09T13:0")
    with bench.expect_download() as picture:
        past.get_by_role("button", name="Picture (PNG) of level in the past").click()
    drawn = picture.value.path().read_bytes()
    assert [int.from_bytes(drawn[at : at + 4]) for at in (16, 20)] == [2000, 268]


def test_what_was_saved_opens_from_its_link_with_the_same_curves_in_the_language_of_whoever_opens_it(
    bench, visitor, tank_url
):
    amount(bench, 2.5)
    another(bench, "B", -2)
    compare(bench)
    bench.get_by_role("button", name="Save A with a name").click()
    dialog = bench.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Versuch")
    dialog.get_by_label("Name").press("Enter")
    expect(banner(bench, "A")).to_contain_text("Saved as Versuch.")
    expect(bench.locator(".saved-line").first).to_contain_text("Versuch")
    link = bench.get_by_role("link", name="Link to this comparison").get_attribute("href")
    assert bench.url == tank_url + link
    assert link.count("scenario=") == 2
    drawn = curve(bench, "baseline, A Versuch, B, measured")
    expect(drawn.locator("svg")).to_be_visible()
    before = strokes(drawn)
    fresh = visitor(link, locale="de-DE")
    again = fresh.locator('.nicegui-echart[aria-label^="level: ohne Eingriff, A Versuch, B, gemessen über der Zeit"]')
    expect(again.locator("svg")).to_be_visible()
    assert strokes(again) == before
    expect(fresh.get_by_label("Wirkungen")).to_contain_text("+2,5 %")
    expect(banner(fresh, "A")).to_contain_text("Gestützt. Der Zwilling steht hinter dieser Vorhersage.")
    expect(banner(fresh, "A")).to_contain_text("Eingriffe im gelernten Bereich")
    expect(fresh.get_by_label("Betrag", exact=True)).to_have_value("2.5")
    expect(fresh.locator(".bench-move")).to_contain_text("führt auf 55,5 %")
    expect(fresh.get_by_label("Name von A")).to_have_value("Versuch")
    expect(fresh.locator(".stale")).to_be_hidden()
    fresh.close()


def test_a_link_to_a_scenario_that_is_not_there_says_so(visitor):
    page = visitor(f"{BENCH}?scenario=nowhere")
    expect(page.locator(".told [role=alert]")).to_contain_text("there is no scenario 'nowhere'")
    ready(page)
    page.close()


def test_a_saved_scenario_is_run_again_on_the_present_model_and_shown_beside_the_old(bench):
    line = bench.locator('[data-scenario="before"]')
    expect(line).to_contain_text("world model tank-0")
    line.get_by_role("button", name="Run As it was again on tank-1").click()
    expect(banner(bench, "A")).to_contain_text("world model tank-0")
    expect(banner(bench, "B")).to_contain_text("world model tank-1")
    for letter in "AB":
        expect(banner(bench, letter)).to_contain_text("Tue 10 Mar 09:00 to 15:00 CET")
    expect(
        curve(bench, "baseline A, baseline B, A As it was (tank-0), B As it was (tank-1), measured").locator("svg")
    ).to_be_visible()
    cells = effect(bench).get_by_role("cell")
    expect(cells).to_have_count(4)
    old, new = cells.all_inner_texts()[2:]
    assert old != new, "the old model took the tank for slower"


def test_an_amount_that_leads_past_the_tags_limits_is_wrong_at_its_field_before_anything_runs(bench):
    expect(bench.locator(".bench-move")).not_to_contain_text("say an amount")
    bench.get_by_role("button", name="Compare").click()
    expect(bench.locator(".bench-move")).to_contain_text("say an amount")
    amount(bench, 140, "to")
    expect(bench.locator(".bench-move")).to_contain_text("leads to 140 %, allowed is 0 to 100 %")
    bench.get_by_role("button", name="Compare").click()
    expect(bench.locator(".told [role=alert]")).to_have_text(re.compile("First mend the fields marked in A."))
    expect(bench.locator(".verdict")).to_have_count(0)
    amount(bench, 55)
    compare(bench)
    expect(banner(bench, "A")).to_contain_text("53 % → 55 %")


def drag(page, handle, by):
    """As a hand does: a few pixels at a time."""
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + by, y, steps=by // 5)
    page.mouse.up()


def test_the_slider_changes_the_number_and_runs_nothing(bench):
    expect(bench.locator(".learned")).to_be_visible()
    expect(bench.locator(".bench-move")).to_contain_text("the model has learned 40 to 60 %")
    drag(bench, bench.locator(".track .q-slider__thumb"), 30)
    number = bench.get_by_label("Amount", exact=True)
    expect(number).not_to_have_value("")
    assert 0 < float(number.input_value()) < 47
    expect(bench.locator(".bench-move")).to_contain_text("leads to ")
    expect(bench.locator(".verdict")).to_have_count(0)


def test_a_bar_of_the_time_line_moves_the_begin_and_the_result_is_out_of_date(bench):
    amount(bench, 5)
    compare(bench)
    expect(effect(bench)).to_contain_text("+5 %")
    stale = bench.locator(".stale")
    expect(stale).to_be_hidden()
    drag(bench, bench.locator(".bar-row .q-slider__thumb").first, 150)
    begin = bench.get_by_label("Begins after (min)")
    expect(begin).not_to_have_value("0")
    expect(stale).to_contain_text("Out of date")
    begin.fill("0")
    expect(stale).to_be_hidden()


def test_everything_can_be_done_with_the_keyboard(bench):
    number = bench.get_by_label("Amount", exact=True)
    number.focus()
    bench.keyboard.type("4")
    slider = bench.get_by_label("Amount, slider")
    expect(slider).to_have_attribute("aria-valuenow", "4")
    slider.locator("[tabindex='0']").focus()
    bench.keyboard.press("ArrowRight")
    expect(number).to_have_value("4.5")
    bench.locator(".bar-row [tabindex='0'].q-slider__thumb").first.focus()
    bench.keyboard.press("ArrowRight")
    expect(bench.get_by_label("Begins after (min)")).to_have_value("3")
    bench.get_by_role("button", name="Add a move").focus()
    bench.keyboard.press("Enter")
    expect(bench.locator(".bench-move")).to_have_count(2)
    bench.get_by_role("button", name="Remove move 2").focus()
    bench.keyboard.press("Enter")
    expect(bench.locator(".bench-move")).to_have_count(1)
    number.focus()
    bench.keyboard.press("Enter")
    expect(banner(bench, "A")).to_contain_text("53 % → 57.5 %, Tue 10 Mar 13:03 to 21:00 CET")
