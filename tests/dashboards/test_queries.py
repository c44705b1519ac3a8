"""Every query of the dashboard runs on a real Postgres, its macros expanded as Grafana expands them."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from twin.historian.migrations import migrate
from twin.historian.timescale import PostgresHistorian
from twin.sample import Sample, SampleBatch

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[2]
DASHBOARD = json.loads((ROOT / "dashboards/provisioning/dashboards/overview.json").read_text())
END = datetime(2026, 3, 10, 12, tzinfo=UTC)
START = END - timedelta(hours=24)
INTERVAL_S = 60


def queries():
    for panel in DASHBOARD["panels"]:
        for target in panel["targets"]:
            yield f"{panel['title']} {target['refId']}", target["rawSql"]
    for annotation in DASHBOARD["annotations"]["list"]:
        yield annotation["name"], annotation["target"]["rawSql"]
    for variable in DASHBOARD["templating"]["list"]:
        if variable["type"] == "query":
            yield f"variable {variable['name']}", variable["query"]


QUERIES = dict(queries())


def expand(sql, tag="level"):
    """The statement that Grafana sends, after its PostgreSQL macros (pkg/tsdb/grafana-postgresql-datasource)."""
    sql = sql.replace("${tag:sqlstring}", f"'{tag}'").replace("$__interval", f"{INTERVAL_S}s")
    first, last = (f"'{moment:%Y-%m-%dT%H:%M:%SZ}'" for moment in (START, END))

    def macro(match):
        name, arguments = match[1], [part.strip() for part in match[2].split(",")]
        comma = match[3] or ""
        if name == "timeFilter":
            return f"{arguments[0]} BETWEEN {first} AND {last}{comma}"
        if name in {"timeFrom", "timeTo"}:
            return f"{first if name == 'timeFrom' else last}{comma}"
        assert name == "timeGroup", name
        seconds = int(arguments[1].removesuffix("s"))
        alias = ' AS "time"' if comma else ""
        return f"floor(extract(epoch from {arguments[0]})/{seconds})*{seconds}{alias}{comma}"

    return re.sub(r"\$__(\w+)\(([^()]*)\)(,)?", macro, sql)


@pytest.fixture
def plant_data(engine, small_plant):
    """A level and its setpoint, an open and an explained event, scores and predictions, in the last hours."""
    migrate(engine)
    minutes = range(0, 60, 3)
    levels = [Sample("level", END - timedelta(minutes=minute), 50.0 + minute) for minute in minutes]
    moves = [Sample("sp.level", END - timedelta(hours=hours), value) for hours, value in ((10, 50.0), (2, 55.0))]
    PostgresHistorian(engine, small_plant).write(SampleBatch.of([*levels, *moves]))
    with engine.begin() as connection:
        for sample in levels:
            row = {"time": sample.time, "value": sample.value}
            connection.execute(
                text(
                    "INSERT INTO prediction (time, tag_id, mean, noise, sigma) "
                    "SELECT :time, id, :value, 2.0, 0.5 FROM tag WHERE name = 'level'"
                ),
                row,
            )
            connection.execute(text("INSERT INTO score VALUES (:time, 'v1', 0.4)"), {"time": sample.time})
        for identity, start, explained in (("before", 30, None), ("explained", 3, '{"tag": "sp.level"}')):
            connection.execute(
                text(
                    "INSERT INTO event VALUES (:id, 'process', 'high', :start, NULL, :start, 3.0, '[]', "
                    "'level', 'tank', CAST(:explained AS jsonb), 'v1', 'level left its prediction')"
                ),
                {"id": identity, "start": END - timedelta(hours=start), "explained": explained},
            )
    return engine


def rows(engine, name):
    with engine.connect() as connection:
        found = connection.exec_driver_sql(expand(QUERIES[name]).replace("%", "%%"))
        return [row._asdict() for row in found]


@pytest.mark.parametrize("name", QUERIES)
def test_every_query_runs_and_finds_the_plants_data(plant_data, name):
    assert rows(plant_data, name)


def test_an_event_that_began_before_the_range_and_goes_on_is_shown(plant_data):
    assert [row["text"] for row in rows(plant_data, "Events")] == ["level left its prediction"]
    assert [row["id"] for row in rows(plant_data, "Events A")] == ["before"]


def test_an_explained_event_does_not_count_as_open(plant_data):
    assert rows(plant_data, "Open events A") == [{"open": 1}]


def test_moves_are_marked_with_what_was_moved(plant_data):
    assert [row["text"] for row in rows(plant_data, "Operators' moves")] == ["sp.level: 50 to 55 %"]


def test_the_band_lies_either_side_of_the_prediction(plant_data):
    assert all(row["low"] < row["predicted"] < row["high"] for row in rows(plant_data, "$tag B"))


def test_a_tag_that_never_sent_anything_heads_the_list_of_the_silent(plant_data):
    assert [row["tag"] for row in rows(plant_data, "Oldest last samples A")] == ["flow", "purity", "level"]


def test_the_tag_that_led_the_latest_event_is_drawn_first(plant_data):
    assert [row["tag"] for row in rows(plant_data, "variable tag")] == ["level", "flow", "purity"]
