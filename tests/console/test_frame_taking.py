"""What is taken away from the console, by value: numbers of a chart, an answer as Markdown, colours of a picture."""

import csv
import io
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from api.console.columns import Columns, columns_of, score_columns
from api.console.reader import accepted
from api.console.taking import Asked, answer_markdown, coloured, palette, titled
from api.console.words import Words
from api.console.writing import Writer
from twin.answer import Answer, Evidence, Fact, Grounding, Link, Series, Status, TimeWindow
from twin.protocols import ScoreSeries

ZONE = ZoneInfo("Europe/Berlin")
START = datetime(2026, 10, 25, 0, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
ASKED = Asked("were there any | unusual events?", START)
ANSWER = Answer(
    text="One unusual event.\nIt ended at 03:10.",
    status=Status.ANSWERED,
    window=TimeWindow(start=START, end=START + HOUR, text="last night"),
    evidence=(
        Evidence(name="Deviation", value=8.25, unit="degC", tag="level", source="explain_event a|b"),
        Evidence(name="End", value=START + HOUR, source="find_events", kind=Fact.TIME),
        Evidence(name="No other", value="none", source="find_events", kind=Fact.CLAIM),
    ),
    grounding=Grounding(checked=3, unmatched=()),
    model_version="rssm-4",
    confidence=0.93,
    links=(Link(text="Event a", url="/events/a"), Link(text="Grafana", url="https://grafana.example/d/x")),
    unchecked=("Nobody looked at the flow.",),
)


def lines(text):
    return list(csv.reader(io.StringIO(text, newline="")))


def test_a_file_of_numbers_has_units_and_zone_in_its_heading_and_gaps_left_open():
    measured = Series(name="measured", tag="level", unit="percent", time=(START, START + HOUR), values=(1.5, None))
    predicted = Series(
        name="predicted", tag="level", unit="percent", time=(START + HOUR,), values=(2.0,), low=(1.0,), high=(3.0,)
    )
    assert lines(columns_of([measured, predicted], ZONE).csv) == [
        [
            "time [Europe/Berlin]",
            "level measured [%]",
            "level predicted [%]",
            "level predicted low [%]",
            "level predicted high [%]",
        ],
        ["2026-10-25T02:00:00+02:00", "1.5", "", "", ""],
        ["2026-10-25T02:00:00+01:00", "", "2.0", "1.0", "3.0"],
    ]


def test_a_ratio_has_no_unit_and_a_name_with_a_comma_stays_one_cell():
    series = Series(name="a, b", tag="a, b", unit="1", time=(START,), values=(0.1,))
    assert lines(columns_of([series], ZONE).csv)[0] == ["time [Europe/Berlin]", "a, b"]
    assert Columns(("tag", "share"), (("x", None),)).csv == "tag,share\r\nx,\r\n"


def test_scores_are_taken_with_their_gaps():
    scores = ScoreSeries(
        np.array(["2026-10-25T00:00", "2026-10-25T00:03"], "datetime64[us]"), np.array([0.25, np.nan])
    )
    assert score_columns(scores, ZONE).csv == (
        "time [Europe/Berlin],score\r\n2026-10-25T02:00:00+02:00,0.25\r\n2026-10-25T02:03:00+02:00,\r\n"
    )


def test_an_answer_is_copied_with_what_it_stands_on():
    text = answer_markdown(ANSWER, ASKED, Writer(Words("en"), ZONE), "http://plant:8600")
    assert text == (
        "> were there any | unusual events?\n\n"
        "One unusual event.\nIt ended at 03:10.\n\n"
        "Not checked: Nobody looked at the flow.\n\n"
        "Asked Sun 25 Oct 02:00 CEST · Window: last night · Answered · 3 statements checked against the evidence · "
        "read by rules, 93 % sure · world model rssm-4\n\n"
        "| Fact | Value | Unit | Tag | From |\n"
        "| --- | --- | --- | --- | --- |\n"
        "| Deviation | 8.25 | °C | level | explain_event a\\|b |\n"
        "| End | Sun 25 Oct 02:00 CET |  |  | find_events |\n\n"
        "- [Event a](http://plant:8600/events/a)\n- [Grafana](https://grafana.example/d/x)\n"
    )


def test_a_copied_answer_speaks_german_to_who_reads_german():
    text = answer_markdown(ANSWER, ASKED, Writer(Words("de"), ZONE))
    assert "Gefragt So 25. Okt. 02:00 CEST · Zeitraum: last night · Beantwortet" in text
    assert "| Deviation | 8,25 | °C | level | explain_event a\\|b |" in text


def test_an_answer_without_evidence_has_no_table():
    bare = Answer(text="I did not understand.", status=Status.NOT_UNDERSTOOD)
    assert answer_markdown(bare, ASKED, Writer(Words("en"), ZONE)).count("\n\n") == 2


def test_a_picture_has_the_colours_of_the_light_page_and_no_variable_left():
    options = {"a": ["var(--ink)", 1], "b": {"c": "1px solid var(--grid)"}}
    assert coloured(options) == {"a": [palette()["--ink"], 1], "b": {"c": f"1px solid {palette()['--grid']}"}}


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("de-AT,de;q=0.9,en;q=0.5", "de"),
        ("fr-FR,fr;q=0.9,de;q=0.4,en;q=0.3", "de"),
        ("de;q=0.2, en-GB;q=0.8", "en"),
        ("de;q=0, fr", "en"),
        ("*", "en"),
        ("", "en"),
        ("de;q=often", "en"),
    ],
)
def test_the_browsers_liking_chooses_the_language(header, language):
    assert accepted(header) == language


@pytest.mark.parametrize(("top", "moved", "more"), [(10, 34, 24), (38, 38, 0)])
def test_a_picture_has_room_for_its_title_above_the_curves(top, moved, more):
    options, higher = titled({"grid": {"top": top, "left": 8}}, "level")
    assert options["grid"] == {"top": moved, "left": 8}
    assert options["title"]["text"] == "level"
    assert higher == more
