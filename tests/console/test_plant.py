"""The tree of the plant, the cells of its tags and their small lines."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from api.console.plant.cells import CELLS, cells, name_cell, quality_of
from api.console.plant.sparkline import HEIGHT, MARGIN, WIDTH, path, sparkline
from api.console.plant.tree import Trouble, matches, tree, troubles
from api.console.view import View
from api.console.words import Words
from twin.operations.describe import LatestValue
from twin.operations.standing import Standing
from twin.plant import Asset, Limits, Plant, Tag, TagRole
from twin.protocols import Prediction

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def tag(name, asset, cadence=MINUTE, **more):
    return Tag(name, asset, TagRole.MEASURED, "degC", f"{name} <of> it", 0, 100, cadence, **more)


LEVEL = tag("level", "tank", limits=Limits(hi=60), aliases=("stand",))
PLANT = Plant(
    name="works",
    description="",
    time_zone=ZoneInfo("Europe/Berlin"),
    step=3 * MINUTE,
    night_shift="night",
    shifts=(),
    assets=(Asset("site", "", None), Asset("tank", "", "site"), Asset("pump", "", "tank")),
    tags=(LEVEL, tag("speed", "pump"), tag("sp.speed", "pump", cadence=None)),
)


def view(language="en"):
    return View(SimpleNamespace(twin=SimpleNamespace(plant=PLANT)), Words(language))


def standing(item=LEVEL, value=50.5, quality="good", age=MINUTE, sigma=None, **more):
    newest = LatestValue(
        tag=item.name,
        unit=item.unit,
        description="",
        asset=item.asset,
        value=value,
        time=NOW - age,
        quality=quality,
        stale=more.get("stale", False),
        passed=more.get("passed"),
    )
    expected = None if sigma is None else Prediction(NOW, 50.0, 1.0, sigma)
    return Standing(item, newest, expected)


def told(found, recent=None, language="en"):
    return cells(view(language), found, recent, NOW)


def open_event(asset):
    return SimpleNamespace(asset=asset)


def test_the_tree_has_every_asset_below_its_own_with_its_own_tags():
    site = tree(PLANT)[0]
    pump = site.below[0].below[0]
    assert [tag.name for tag in pump.tags] == ["speed", "sp.speed"]
    assert site.tags == ()
    assert site.names() == {"site", "tank", "pump"}


def test_trouble_is_summed_up_to_the_top():
    found = {
        "level": standing(passed="hi"),
        "speed": standing(PLANT.tags[1], quality="bad", value=None),
        "sp.speed": Standing(PLANT.tags[2], None, None),
    }
    events = [open_event("pump"), open_event("tank"), open_event("pump")]
    assert troubles(tree(PLANT), found, events) == {
        "pump": Trouble(open_events=2, passed=0, unsound=1),
        "tank": Trouble(open_events=3, passed=1, unsound=1),
        "site": Trouble(open_events=3, passed=1, unsound=1),
    }


@pytest.mark.parametrize(
    ("found", "quality", "sign"),
    [
        (standing(), "good", "✓"),
        (standing(quality="uncertain"), "uncertain", "?"),
        (standing(quality="bad", value=None), "bad", "✕"),
        (standing(quality="bad", value=None, stale=True), "bad", "✕"),
        (standing(stale=True), "silent", "⏸"),
        (Standing(LEVEL, None, None), "never", "○"),
    ],
)
def test_quality_is_a_sign_and_a_word(found, quality, sign):
    assert quality_of(found) == quality
    cell = told(found)["quality"]
    assert sign in cell
    assert ("ordinary" in cell) is (quality == "good")


def test_a_tag_without_a_usable_value_shows_none():
    assert told(standing(quality="bad", value=None))["value"] == '<span class="mono">–</span>'
    assert told(Standing(LEVEL, None, None))["value"] == '<span class="mono">–</span>'


def test_numbers_and_ages_are_written_for_the_reader():
    assert "50,5 °C" in told(standing(), language="de")["value"]
    assert "&lt; 1 min" in told(standing(age=timedelta(seconds=20)))["age"]
    assert "12 min" in told(standing(age=12 * MINUTE))["age"]


def test_the_age_does_not_change_within_a_minute():
    ages = {told(standing(age=timedelta(seconds=seconds)))["age"] for seconds in (3, 30, 57)}
    assert len(ages) == 1


@pytest.mark.parametrize(
    ("sigma", "shown", "marked"), [(0.4, "+0.4 σ", False), (-2.9, "−2.9 σ", False), (-3.2, "▼ −3.2 σ", True)]
)
def test_a_deviation_is_marked_from_three_sigma(sigma, shown, marked):
    cell = told(standing(sigma=sigma))["deviation"]
    assert shown in cell
    assert ("badge" in cell) is marked


def test_a_limit_that_is_passed_is_named_and_none_says_nothing():
    assert "◆ Hi" in told(standing(passed="hi"))["limit"]
    assert "badge high" in told(standing(passed="trip_hi"))["limit"]
    assert told(standing())["limit"] == ""


def test_every_column_has_a_cell():
    assert tuple(told(standing())) == CELLS


def test_names_of_the_plant_file_are_escaped():
    assert "&lt;of&gt;" in name_cell(LEVEL)
    assert 'href="/tags/a%2Fb"' in name_cell(tag("a/b", "tank"))


def test_a_small_line_goes_from_edge_to_edge_and_from_bottom_to_top():
    assert path((1.0, 3.0)) == f"M0.0 {HEIGHT - MARGIN:.1f}L{WIDTH:.1f} {MARGIN:.1f}"


def test_a_gap_in_a_small_line_stays_open_and_a_lone_value_is_seen():
    drawn = path((1.0, 2.0, None, 3.0))
    assert drawn.count("M") == 2
    assert drawn.endswith("h1")
    assert path((None, None)) == path(()) == ""


def test_a_constant_is_a_line_in_the_middle():
    assert path((5.0, 5.0)) == f"M0.0 {HEIGHT / 2:.1f}L{WIDTH:.1f} {HEIGHT / 2:.1f}"


def test_a_small_line_says_its_range():
    cell = told(standing(), (48.0, None, 52.0))["spark"]
    assert 'aria-label="last 8 h: 48 to 52 °C"' in cell
    assert "&lt;" in sparkline((1.0,), "<")
    assert "no values" in told(standing(), (None,))["spark"]


def test_a_tag_is_found_by_all_its_words_in_name_description_or_alias():
    assert matches(LEVEL, "STAND level")
    assert not matches(LEVEL, "level pump")
    assert matches(LEVEL, "")
