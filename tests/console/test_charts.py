"""What the charts show, checked on their options."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import orjson
import pytest

from api.console.charts import contribution_chart, series_chart, tag_chart, timeline_chart
from api.console.drawing import PlantTime, limit_lines, thinned
from api.console.words import Words
from api.console.writing import Writer
from twin.answer import Series
from twin.clock import Span, to_datetime64
from twin.event import Contribution, EventFrame, Kind, Severity
from twin.plant import Limits, Tag, TagRole
from twin.protocols import ScoreSeries
from twin.scenario import LoggedMove

WRITE = Writer(Words("en"), ZoneInfo("Europe/Berlin"))
GERMAN = Writer(Words("de"), WRITE.zone)
START = datetime(2026, 3, 10, 12, tzinfo=UTC)
STEP = timedelta(minutes=3)


def times(count, start=START):
    return tuple(start + index * STEP for index in range(count))


def event(identity="e1", severity=Severity.HIGH, end=START + timedelta(hours=1)):
    return EventFrame(
        id=identity,
        kind=Kind.SENSOR,
        severity=severity,
        start=START,
        end=end,
        detected_at=START + 4 * STEP,
        score=3.0,
        contributions=(
            Contribution(tag="level", share=0.7, peak_sigma=6, first_seen=START),
            Contribution(tag="flow", share=0.3, peak_sigma=-4, first_seen=START + STEP),
        ),
        first_mover="level",
        asset="tank",
        model_version="v1",
        message="level left its prediction",
    )


def named(options, name):
    return next(item for item in options["series"] if item["name"] == name)


def test_a_long_line_keeps_its_peaks_and_its_gaps_when_it_is_thinned():
    values = [0.01 * index for index in range(3000)]
    values[1500], values[2000] = 900.0, None
    drawn = Series(name="measured", tag="level", unit="percent", time=times(3000), values=values, low=values)
    few = thinned(drawn, 100)
    assert len(few.time) == len(few.values) == len(few.low) == 99 * 2 + 30
    assert few.high is None
    assert 900.0 in few.values
    whole = list(zip(drawn.time, values, values, strict=True))
    rows = list(zip(few.time, few.values, few.low, strict=True))
    assert [row for row in whole if row in set(rows)] == rows
    gap = few.values.index(None)
    assert few.time[gap - 1 : gap + 2] == drawn.time[1999:2002]
    assert thinned(drawn, 1500) is drawn
    assert len(named(series_chart([drawn], WRITE), "measured")["data"]) < 400


def test_a_missing_value_is_a_gap_not_a_bridge():
    drawn = Series(name="measured", tag="level", unit="percent", time=times(3), values=(1.0, None, 3.0))
    options = series_chart([drawn], WRITE)
    assert [value for _, value in named(options, "measured")["data"]] == [1.0, None, 3.0]
    assert named(options, "measured")["connectNulls"] is False


def test_an_analyser_without_neighbours_shows_its_points():
    drawn = Series(name="measured", tag="purity", unit="percent", time=times(3), values=(1.0, None, 3.0))
    assert named(series_chart([drawn], WRITE), "measured")["showSymbol"] is True


def test_a_band_is_drawn_from_low_to_high_whatever_the_sign():
    drawn = Series(
        name="predicted", tag="t", unit="degC", time=times(2), values=(-1.0, 1.0), low=(-3.0, -1.0), high=(1.0, 3.0)
    )
    options = series_chart([drawn], WRITE)
    low, band = named(options, "predicted low"), named(options, "predicted band")
    assert [value for _, value in low["data"]] == [-3.0, -1.0]
    assert [value for _, value in band["data"]] == [4.0, 4.0]
    assert low["stack"] == band["stack"]
    assert band["stackStrategy"] == low["stackStrategy"] == "all"
    assert options["legend"]["data"] == ["predicted"]


@pytest.mark.parametrize(("month", "name", "hour"), [(1, "CET", 13), (7, "CEST", 14)])
def test_instants_stand_on_the_plants_clock_and_the_axis_names_it(month, name, hour):
    noon = datetime(2026, month, 10, 12, tzinfo=UTC)
    drawn = Series(name="measured", tag="level", unit="percent", time=times(2, noon), values=(1.0, 2.0))
    options = series_chart([drawn], WRITE)
    shown = datetime.fromtimestamp(named(options, "measured")["data"][0][0] / 1000, UTC)
    assert options["useUTC"] is True
    assert shown.hour == hour
    assert options["xAxis"]["name"] == name


def test_time_runs_evenly_through_the_night_the_clocks_go_back():
    end = datetime(2026, 10, 25, 4, tzinfo=UTC)
    at = PlantTime(WRITE, end)
    assert at(end) - at(end - timedelta(hours=6)) == 6 * 3_600_000


def test_the_timeline_marks_every_event_with_the_id_to_open():
    span = Span(START - timedelta(hours=1), START + timedelta(hours=3))
    scores = ScoreSeries(np.array([to_datetime64(START)]), np.array([0.4]))
    events = [event("a"), event("b", Severity.LOW, end=None)]
    options = timeline_chart(scores, events, [], span, WRITE)
    areas = named(options, "score")["markArea"]["data"]
    assert [area[0]["name"] for area in areas] == ["a", "b"]
    assert [point["event"] for point in named(options, "events")["data"]] == ["a", "b"]
    assert areas[1][1]["xAxis"] == PlantTime(WRITE, span.end)(span.end), "an open event reaches the present"


def test_severities_differ_in_shape_and_not_in_colour_alone():
    span = Span(START - timedelta(hours=1), START + timedelta(hours=3))
    events = [event(severity, severity) for severity in Severity]
    options = timeline_chart(ScoreSeries(np.empty(0, "datetime64[us]"), np.empty(0)), events, [], span, WRITE)
    points = named(options, "events")["data"]
    assert len({point["symbol"] for point in points}) == 3
    assert len({point["itemStyle"]["color"] for point in points}) == 3


def test_the_timeline_shows_the_threshold_and_drops_rows_that_were_not_scored():
    span = Span(START, START + timedelta(hours=1))
    time = np.array([to_datetime64(moment) for moment in times(3)])
    options = timeline_chart(ScoreSeries(time, np.array([0.4, np.nan, 0.0])), [], [], span, WRITE)
    score = named(options, "score")
    assert score["markLine"]["data"][0]["yAxis"] == 1
    assert [value for _, value in score["data"]] == [0.4, 0.1], "the logarithmic axis ends at 0.1"


def test_logged_moves_are_marked_with_what_was_moved():
    span = Span(START, START + timedelta(hours=1))
    move = LoggedMove(tag="sp.level", time=START + STEP, before=50, after=55.5, unit="percent")
    options = timeline_chart(ScoreSeries(np.empty(0, "datetime64[us]"), np.empty(0)), [], [move], span, WRITE)
    assert named(options, "moves")["data"][0]["name"] == "sp.level: 50 % → 55.5 %"


def test_contributions_are_drawn_largest_on_top():
    options = contribution_chart(event().contributions, WRITE)
    assert options["yAxis"]["data"] == ["level", "flow"]
    assert options["yAxis"]["inverse"] is True
    assert options["series"][0]["data"] == [70.0, 30.0]


LEVEL = Tag(
    "level", "tank", TagRole.MEASURED, "percent", "Level", 0, 100, STEP, limits=Limits(lo=48.5, hi=58.0, hihi=95.0)
)


def drawn_tag(measured=(50.0, None, 52.0), predicted=(50.5, 50.5, 50.5), events=(), moves=()):
    one = Series(name="measured", tag="level", unit="percent", time=times(len(measured)), values=measured)
    band = tuple(value - 1 for value in predicted), tuple(value + 1 for value in predicted)
    other = Series(
        name="predicted",
        tag="level",
        unit="percent",
        time=times(len(predicted)),
        values=predicted,
        low=band[0],
        high=band[1],
    )
    return tag_chart(one, other, LEVEL, events, moves, Span(START, START + timedelta(hours=2)), WRITE)


def test_a_tag_is_drawn_measured_against_predicted_with_its_band():
    options = drawn_tag()
    assert options["legend"]["data"] == ["measured", "predicted"]
    assert [value for _, value in named(options, "measured")["data"]] == [50.0, None, 52.0]
    assert [row[2:] for row in named(options, "predicted")["data"]] == [[49.5, 51.5]] * 3


def test_only_limits_in_reach_of_the_curves_are_drawn():
    names = [mark["name"] for mark in drawn_tag()["series"][0]["markLine"]["data"]]
    assert names == ["Lo 48.5 %"]


def test_a_tag_without_any_value_is_an_empty_chart_with_its_events():
    options = drawn_tag((), (), [event()])
    assert [area[0]["name"] for area in options["series"][0]["markArea"]["data"]] == ["e1"]
    assert options["series"][0]["markLine"]["data"] == []


def test_what_a_move_explains_is_a_grey_region():
    move = LoggedMove(tag="sp.level", time=START, before=50, after=55, unit="percent")
    grey = event().model_copy(update={"explained_by": move})
    areas = drawn_tag(events=[event(), grey], moves=[move])["series"][0]["markArea"]["data"]
    assert [area[0]["itemStyle"]["color"] for area in areas] == ["var(--high)", "var(--bar)"]


def test_a_tags_chart_zooms_both_its_parts_and_keeps_curves_that_reach_out_of_sight():
    for zoom in drawn_tag()["dataZoom"]:
        assert zoom["xAxisIndex"] == [0, 1]
        assert zoom["filterMode"] == "none"


def test_a_place_on_the_axis_is_the_instant_that_stands_there():
    at = PlantTime(WRITE, START)
    assert at.moment(at(START)) == START


def test_every_chart_is_described_in_words_and_is_plain_json():
    span = Span(START, START + timedelta(hours=24))
    drawn = Series(name="measured", tag="level", unit="percent", time=times(2), values=(1.0, 2.0))
    charts = {
        "level: measured over time in %, times in CET.": series_chart([drawn], WRITE, [event()]),
        "Detection score over 24 h, threshold 1, 1 event marked, times in CET.": timeline_chart(
            ScoreSeries(np.empty(0, "datetime64[us]"), np.empty(0)), [event()], [], span, WRITE
        ),
        "Contributions to the event's score: level 70 %, flow 30 %.": contribution_chart(
            event().contributions, WRITE
        ),
        "level: measured, predicted over time in %, times in CET.": drawn_tag(),
    }
    for description, options in charts.items():
        assert options["aria"]["label"]["description"] == description
        assert orjson.loads(orjson.dumps(options)) == options


def test_a_chart_speaks_the_readers_language():
    drawn = Series(name="gemessen", tag="level", unit="1", time=times(2), values=(1.0, 2.0))
    options = series_chart([drawn], GERMAN)
    assert options["aria"]["label"]["description"] == "level: gemessen über der Zeit in ohne Einheit, Zeiten in CET."
    assert "{MMM}" not in options["xAxis"]["axisLabel"]["formatter"]["day"]
    limits = limit_lines(Limits(trip_hi=2.5), [drawn], "percent", GERMAN)
    assert [mark["name"] for mark in limits] == ["Abschaltung 2,5 %"]
