"""Every query of every dashboard runs on a real Postgres as Grafana's role, its macros expanded as Grafana does."""

import json
import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from dashboards.macros import expand, interval_of
from dashboards.queries import chosen, queries, repeated
from twin.clock import Span
from twin.errors import ConfigurationError

from .plant_data import NOW, ago

pytestmark = pytest.mark.integration

FOLDER = Path(__file__).parents[2] / "dashboards" / "provisioning" / "dashboards"
FILES = {made["uid"]: made for made in (json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json")))}
PANELS = {(uid, panel["id"]): panel for uid, made in FILES.items() for panel in made["panels"]}
ASKED = {f"{item.dashboard} {item.title} {item.ref}": item for made in FILES.values() for item in queries(made)}
SPAN = Span(ago(hours=24), NOW + timedelta(minutes=1))
NUMBERS = {"int2", "int4", "int8", "float4", "float8", "numeric", "bool"}
OIDS = {16: "bool", 20: "int8", 21: "int2", 23: "int4", 25: "text", 700: "float4", 701: "float8", 1700: "numeric"}
MOMENT = 1184


class Found:
    """Rows as Grafana's data source would see them: the columns' names and types are the server's."""

    def __init__(self, connection, sql):
        result = connection.exec_driver_sql(sql.replace("%", "%%"))
        described = result.cursor.description
        self.columns = [column.name for column in described]
        self.oids = dict(zip(self.columns, (column.type_code for column in described), strict=True))
        self.rows = [dict(row) for row in result.mappings()]

    def is_number(self, column):
        return OIDS.get(self.oids[column]) in NUMBERS

    def is_text(self, column):
        return OIDS.get(self.oids[column]) == "text"


def values_of(connection, uid, **more):
    made = FILES[uid]
    return {**repeated(made, chosen(made, SPAN, lambda sql: Found(connection, sql).rows)), **more}


def found(connection, name, span=SPAN, **more):
    item = ASKED[name]
    return Found(connection, item.sent(span, values_of(connection, item.dashboard, **more)))


def of_kind(*kinds):
    return pytest.mark.parametrize("name", [name for name, item in ASKED.items() if item.kind in kinds])


@pytest.mark.parametrize("name", ASKED)
def test_every_query_finds_the_plants_data(reader, name):
    assert found(reader, name).rows


@pytest.mark.parametrize("name", ASKED)
def test_no_query_fails_where_nothing_has_happened_yet(reader_of_nothing, name):
    found(reader_of_nothing, name)


@pytest.mark.parametrize("name", ASKED)
def test_every_query_bears_a_name_that_holds_a_quote(reader, name):
    values = {key: ["it's"] for key in values_of(reader, ASKED[name].dashboard)}
    Found(reader, ASKED[name].sent(SPAN, values))


@of_kind("timeseries", "status-history")
def test_a_time_series_is_one_as_grafana_reads_it(reader, name):
    """A column time without nulls, rising; a column metric beside one value names the series, or columns do."""
    result, item = found(reader, name), ASKED[name]
    if item.ref == "unit":
        assert result.columns == ["unit"]
        assert [row["unit"].startswith("suffix:") for row in result.rows] == [True]
        return
    times = [row["time"] for row in result.rows]
    assert None not in times
    assert times == sorted(times)
    assert result.oids["time"] == MOMENT or result.is_number("time")
    rest = [column for column in result.columns if column not in {"time", "metric"}]
    assert all(result.is_number(column) for column in rest)
    if "metric" in result.columns:
        assert result.is_text("metric")
        assert len(rest) == 1


@of_kind("stat")
def test_a_number_is_one_number_and_a_word_one_word(reader, name):
    result = found(reader, name)
    panel = PANELS[ASKED[name].dashboard, int(ASKED[name].part.split()[1])]
    assert len(result.rows) == len(result.columns) == 1
    is_word = panel["fieldConfig"]["defaults"]["unit"] == "string"
    assert result.is_text(result.columns[0]) is is_word
    assert result.rows[0][result.columns[0]] is not None


@of_kind("barchart")
def test_bars_are_named_by_the_first_column(reader, name):
    result = found(reader, name)
    first, *rest = result.columns
    assert result.is_text(first)
    assert all(result.is_number(column) for column in rest)


@of_kind("annotation")
def test_an_annotation_has_a_time_and_a_text_and_a_region_its_end(reader, name):
    result = found(reader, name)
    assert {"time", "text"} <= set(result.columns) <= {"time", "timeend", "text", "tags"}
    for row in result.rows:
        assert isinstance(row["time"], datetime)
        assert row["text"]
        assert "timeend" not in row or row["timeend"] >= row["time"]


@of_kind("variable")
def test_a_variable_is_a_column_or_a_text_and_a_value(reader, name):
    assert len(found(reader, name).columns) == 1 or set(found(reader, name).columns) == {"__text", "__value"}


TABLES = [name for name, item in ASKED.items() if item.kind == "table"]


@pytest.mark.parametrize("name", TABLES)
def test_columns_that_a_table_dresses_and_links_to_are_there_once(reader, name):
    result, item = found(reader, name), ASKED[name]
    panel = PANELS[item.dashboard, int(item.part.split()[1])]
    dressed = [override["matcher"]["options"] for override in panel["fieldConfig"]["overrides"]]
    assert set(dressed) <= set(result.columns)
    assert len(dressed) == len(set(dressed))
    assert set(re.findall(r"__data\.fields\.(\w+)", json.dumps(panel))) <= set(result.columns)
    for column in {"id", "shown_from", "shown_to"} & set(result.columns):
        assert result.is_text(column), f"{column} would be written with a unit"


@pytest.mark.parametrize("name", TABLES)
def test_every_number_of_a_table_says_its_unit_or_has_a_column_that_does(reader, name):
    result, item = found(reader, name), ASKED[name]
    panel = PANELS[item.dashboard, int(item.part.split()[1])]
    said = {
        override["matcher"]["options"]
        for override in panel["fieldConfig"]["overrides"]
        if {item["id"] for item in override["properties"]} & {"unit", "mappings"}
    }
    counts = {"rows", "asked", "statements", "withheld", "waiting", "spooled"}
    numbers = {column for column in result.columns if result.is_number(column)}
    assert numbers <= said | counts


def test_the_role_has_a_time_limit_and_cannot_write(reader):
    assert reader.exec_driver_sql("SHOW statement_timeout").scalar() == "30s"
    assert reader.exec_driver_sql("SHOW default_transaction_read_only").scalar() == "on"


def test_an_event_that_began_before_the_range_and_goes_on_is_shown(reader):
    regions = {row["text"] for row in found(reader, "foretell-overview Events Anno").rows}
    shown = {row["id"]: row["state"] for row in found(reader, "foretell-overview Events A").rows}
    assert shown == {
        "ongoing": "open",
        "acknowledged": "acknowledged",
        "shelved": "shelved",
        "over": "over",
        "silence": "over",
    }
    assert regions == {f"level left its prediction ({event})" for event in shown}


def test_what_is_shelved_explained_or_withdrawn_does_not_count_as_open(reader):
    assert found(reader, "foretell-overview Open events A").rows == [{"open": 2}]
    assert found(reader, "foretell-overview Not acknowledged A").rows == [{"open": 1}]


def test_the_budget_is_used_by_what_people_called_false_alarms(reader):
    assert found(reader, "foretell-overview False-alarm budget used A").rows == [{"used": 0.5}]


def test_a_change_of_version_is_marked_once(reader):
    assert [row["text"] for row in found(reader, "foretell-model Model versions Anno").rows] == ["model v2"]


def test_a_source_that_was_away_is_seen(reader):
    rows = found(reader, "foretell-ingest Connection by source A").rows
    assert {row["metric"] for row in rows if row["connected"] == 0} == {"mqtt"}


def test_grounding_failures_are_a_share_of_the_statements(reader):
    assert found(reader, "foretell-questions Grounding failures A").rows == [{"withheld": 0.125}]


def test_the_effect_of_a_scenario_is_scenario_minus_baseline_with_its_band(reader):
    rows = found(reader, "foretell-what-if Effects A").rows
    told = {(row["tag"], row["unit"], row["at_the_end"], row["low"], row["high"]) for row in rows}
    assert told == {("level", "%", 2.0, 1.0, 3.0), ("flow", "m^3/h", -1.0, -2.0, 0.0)}


def test_moves_are_marked_with_what_was_moved(reader):
    assert [row["text"] for row in found(reader, "foretell-tag Operators' moves Anno").rows] == [
        "sp.level: 50 to 55 %"
    ]


def test_the_band_lies_either_side_of_the_prediction(reader):
    rows = found(reader, "foretell-tag $tag B").rows
    assert all(row["low"] < row["predicted"] < row["high"] for row in rows)


def test_limits_reach_from_edge_to_edge_and_only_those_that_the_plant_has(reader):
    rows = found(reader, "foretell-tag $tag C", tag=["level"]).rows
    assert {(row["metric"], row["value"]) for row in rows} == {("low limit", 20.0), ("high limit", 80.0)}
    assert {row["time"] for row in rows} == {SPAN.start, SPAN.end}


def test_the_unit_is_that_of_the_tag(reader):
    assert found(reader, "foretell-tag $tag unit", tag=["flow"]).rows == [{"unit": "suffix:m^3/h"}]


def test_the_tag_that_led_the_latest_event_is_drawn_first(reader):
    assert [row["tag"] for row in found(reader, "foretell-tag tag A").rows] == ["level", "flow", "purity"]


def test_tags_of_other_assets_are_not_offered(reader):
    assert [row["tag"] for row in found(reader, "foretell-tag tag A", asset=["pump"]).rows] == ["flow"]


def test_the_first_mover_heads_the_order_of_departure(reader):
    rows = found(reader, "foretell-event First mover A", event=["over"]).rows
    assert [(row["tag"], float(row["after"])) for row in rows] == [("level", 0.0), ("flow", 540.0)]


def test_propagation_says_from_where_an_event_came(reader):
    rows = found(reader, "foretell-event Propagation A", event=["over"]).rows
    assert [(row["asset"], row["came_from"]) for row in rows] == [("tank", None), ("pump", "tank")]


def test_a_wide_range_takes_wide_buckets_and_never_a_year_s_worth_of_minutes(reader):
    year = Span(NOW - timedelta(days=365), NOW)
    rows = found(reader, "foretell-tag $tag A", year).rows
    assert 1 <= len(rows) <= 1200


def test_a_time_group_before_a_comma_becomes_a_column_everywhere_in_the_statement():
    grouped = 'floor(extract(epoch from "time")/60)*60'
    sql = 'SELECT $__timeGroup("time",$__interval), max(score) FROM s GROUP BY $__timeGroup("time",$__interval)'
    sent = expand(sql, SPAN, timedelta(minutes=1), {})
    assert sent == f'SELECT {grouped} AS "time", max(score) FROM s GROUP BY {grouped} AS "time"'
    alone = expand('SELECT $__timeGroup("time",$__interval) AS "time"', SPAN, timedelta(minutes=1), {})
    assert alone == f'SELECT {grouped} AS "time"'


@pytest.mark.parametrize(
    "sql",
    [
        '$__timeFilter(lower("time"))',
        "$__timeRange(x)",
        "$__unixEpochFilter(t)",
        "${area:sqlstring}",
        "${tag}",
        "$__now",
    ],
)
def test_what_grafana_would_not_understand_is_refused(sql):
    with pytest.raises(ConfigurationError):
        expand(sql, SPAN, timedelta(minutes=1), {"tag": ["a", "b"]})


@pytest.mark.parametrize(
    ("hours", "points", "least", "width"),
    [(1, 1000, 60, 60), (24, 1000, 60, 60), (24, 120, 60, 600), (24 * 7, 1200, 60, 600), (24 * 365, 1200, 60, 21600)],
)
def test_buckets_are_as_wide_as_grafana_s(hours, points, least, width):
    span = Span(NOW - timedelta(hours=hours), NOW)
    assert interval_of(span, points, timedelta(seconds=least)) == timedelta(seconds=width)


def test_a_bucket_of_less_than_a_minute_is_written_as_grafana_writes_it():
    assert expand("$__interval $__interval_ms", SPAN, timedelta(seconds=30), {}) == "30s 30000"
    assert replace(ASKED["foretell-tag $tag A"], sql="$__interval").sent(SPAN, {}) == "1m"
