"""Alert rules: sound in both forms, and each fires and falls quiet on a real Postgres, asked as Grafana's role."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import yaml

from dashboards import alerts
from dashboards.alerts import RULES, Rule
from dashboards.macros import expand
from dashboards.publish import dashboards
from dashboards.routing import route, webhook
from twin.clock import Span
from twin.event import EventMark, Kind, MarkAction
from twin.historian.connection import open_engine
from twin.historian.events import PostgresEventLog
from twin.historian.ingest_log import PostgresIngestLog
from twin.historian.timescale import PostgresHistorian
from twin.intake import IngestStatus
from twin.protocols import ScoreSeries
from twin.sample import Sample, SampleBatch
from twin.scenario import LoggedMove
from twin.world import Residual

from .conftest import PASSWORD, filled
from .plant_data import frame, plant

pytestmark = pytest.mark.integration

ALERTING = Path(__file__).parents[2] / "dashboards" / "provisioning" / "alerting"
BY_UID = {rule.uid: rule for rule in RULES}
PANELS = {made["uid"]: {panel["id"] for panel in made["panels"]} for made in dashboards().values()}
NUMBERS, TEXT = {700, 701}, 25


def provisioned():
    [group] = yaml.safe_load((ALERTING / "rules.yaml").read_text())["groups"]
    return group


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.uid)
def test_a_rule_links_to_a_panel_that_is_there(rule):
    assert rule.panel in PANELS[rule.dashboard]


@pytest.mark.parametrize("rule", provisioned()["rules"], ids=lambda rule: rule["uid"])
def test_a_file_says_where_to_look_and_what_is_unknown(rule):
    notes = rule["annotations"]
    assert (notes["__dashboardUid__"], notes["__panelId__"]) == (rule["dashboardUid"], str(rule["panelId"]))
    assert notes["runbook_url"].endswith(f"/runbooks#{rule['uid']}")
    assert notes["summary"]
    assert notes["description"].endswith((".", "}}"))
    assert rule["noDataState"] in {"OK", "Alerting", "NoData"}
    assert rule["execErrState"] in {"OK", "Alerting", "Error"}
    assert rule["labels"]["severity"] in {"info", "warning", "critical"}


def test_files_leave_nothing_to_be_filled_in_where_grafana_fills_nothing_in():
    for rule in provisioned()["rules"]:
        assert "$" not in str(rule["labels"])
        assert not re.search(r"\$\{|\$[A-Z]", str(rule["annotations"]))


def test_files_and_api_say_the_same():
    in_file, posted = provisioned(), alerts.posted("http://127.0.0.1:8600")
    only_in_file = {"dashboardUid", "panelId"}
    only_posted = {"orgID": 1, "folderUID": "foretell-alerts", "ruleGroup": in_file["name"]}
    assert in_file["interval"] == f"{posted['interval'] // 60}m"
    for one, other in zip(in_file["rules"], posted["rules"], strict=True):
        assert {**one, **only_posted} == {**other, **{name: one[name] for name in only_in_file}}


def test_the_secret_is_not_in_the_files():
    [point] = yaml.safe_load((ALERTING / "contact-points.yaml").read_text())["contactPoints"]
    [receiver] = point["receivers"]
    posted = webhook("$FORETELL_ALERT_URL", "$FORETELL_ALERT_SECRET")
    assert receiver | {"name": point["name"]} == posted


def test_our_branch_of_the_policy_takes_our_alerts_and_leaves_them_to_others_too():
    branch = route()
    [[label, equals, value]] = branch["object_matchers"]
    assert equals == "="
    assert all(rule["labels"][label] == value for rule in provisioned()["rules"])
    assert branch["continue"] is True


@pytest.fixture(scope="module")
def database(grafana_urls):
    """Engines of the owner and of Grafana's role, on a database of this file's own."""
    url = grafana_urls[0].set(username="postgres", database="postgres")
    reading = filled(url.port, "foretell_alerts")
    owner = open_engine(reading.set(username="postgres").render_as_string(hide_password=False))
    reader = open_engine(reading.set(password=PASSWORD).render_as_string(hide_password=False))
    yield owner, reader
    owner.dispose()
    reader.dispose()


@pytest.fixture
def owner(database):
    """The owner's engine, on tables that are empty but for the plant's tags."""
    engine, _ = database
    with engine.begin() as connection:
        names = connection.exec_driver_sql(
            "SELECT string_agg(quote_ident(tablename), ', ') FROM pg_tables "
            "WHERE schemaname = 'public' AND tablename NOT IN ('alembic_version', 'tag')"
        ).scalar_one()
        connection.exec_driver_sql(f"TRUNCATE {names}")
    PostgresHistorian(engine, plant()).write(SampleBatch.of([Sample("level", now(), 50.0)]))
    return engine


@pytest.fixture
def firing(database):
    """What a rule fires for, by its labels; raises for rows that Grafana could not make alerts of."""
    _, reader = database

    def ask(uid: str) -> dict[tuple[str, ...], float] | None:
        rule: Rule = BY_UID[uid]
        sql = expand(rule.sql, Span(now() - rule.looks_back, now() + timedelta(seconds=1)), timedelta(minutes=1), {})
        with reader.connect() as connection:
            result = connection.exec_driver_sql(sql.replace("%", "%%"))
            kinds = {column.name: column.type_code for column in result.cursor.description}
            rows = [row._asdict() for row in result]
        assert kinds.pop("value") in NUMBERS
        assert set(kinds.values()) <= {TEXT}
        assert not {"metric", "time"} & kinds.keys()
        assert all(row["value"] is not None for row in rows)
        found = {tuple(row[name] for name in kinds): row["value"] for row in rows}
        assert len(found) == len(rows), "two rows with the same labels are an error in Grafana"
        return {labels: value for labels, value in found.items() if value > rule.above} if rows else None

    return ask


def now():
    return datetime.now(UTC)


def mark(event_id, action, **more):
    return EventMark(event_id=event_id, time=now(), action=action, author="M. Weber", **more)


def test_an_open_event_fires_until_it_is_over(owner, firing):
    log = PostgresEventLog(owner)
    assert firing("foretell-score") is None
    log.put([frame("ev-1", now() - timedelta(hours=1), None)])
    assert firing("foretell-score") == {("ev-1", "process", "tank"): 3.0}
    log.put([frame("ev-1", now() - timedelta(hours=1), now())])
    assert firing("foretell-score") is None


def test_an_event_that_is_explained_withdrawn_or_shelved_does_not_fire(owner, firing):
    log, start = PostgresEventLog(owner), now() - timedelta(hours=1)
    move = LoggedMove(tag="sp.level", time=start, before=50.0, after=55.0, unit="%")
    log.put([frame("explained", start, None, explained=move), frame("withdrawn", start, now(), withdrawn=True)])
    assert firing("foretell-score") is None
    log.put([frame("ev-1", start, None)])
    log.add_mark(mark("ev-1", MarkAction.SHELVE, until=now() + timedelta(hours=1)))
    assert firing("foretell-score") is None
    log.add_mark(mark("ev-1", MarkAction.UNSHELVE))
    assert firing("foretell-score") == {("ev-1", "process", "tank"): 3.0}


def test_a_silence_is_left_to_the_rule_for_dead_tags(owner, firing):
    PostgresEventLog(owner).put([frame("quiet", now() - timedelta(hours=1), None, kind=Kind.SILENCE)])
    assert firing("foretell-score") is None


def test_a_tag_that_falls_silent_fires_until_it_speaks(owner, firing):
    historian = PostgresHistorian(owner, plant())
    historian.write(SampleBatch.of([Sample("flow", now() - timedelta(hours=5), 20.0)]))
    [(labels, age)] = firing("foretell-dead-tags").items()
    assert labels == ("flow", "pump")
    assert age == pytest.approx(5 * 3600, abs=60)
    historian.write(SampleBatch.of([Sample("flow", now(), 20.0)]))
    assert firing("foretell-dead-tags") is None


def test_a_dead_tag_whose_silence_is_shelved_does_not_fire(owner, firing):
    log = PostgresEventLog(owner)
    PostgresHistorian(owner, plant()).write(SampleBatch.of([Sample("flow", now() - timedelta(hours=5), 20.0)]))
    log.put([frame("quiet", now() - timedelta(hours=4), None, kind=Kind.SILENCE)])
    assert firing("foretell-dead-tags")
    log.add_mark(mark("quiet", MarkAction.SHELVE, until=now() + timedelta(hours=1)))
    assert firing("foretell-dead-tags") is None


def reports(owner, *, connected=True, lag_s=2.0, age=timedelta(0)):
    PostgresIngestLog(owner).add_ingest(
        [IngestStatus(now() - age, "opcua", 60.0, connected, lag_s, 120, 118, 2, 4, 1, 512)]
    )


def test_a_source_that_lags_fires(owner, firing):
    assert firing("foretell-ingest-lag") is None
    reports(owner, age=timedelta(seconds=90))
    assert firing("foretell-ingest-lag") == {}
    reports(owner, lag_s=900.0)
    assert firing("foretell-ingest-lag") == {("opcua",): pytest.approx(900.0, abs=30)}


def test_a_source_that_is_not_connected_fires_whatever_its_lag(owner, firing):
    reports(owner, connected=False, lag_s=None)
    assert firing("foretell-ingest-lag") == {("opcua",): pytest.approx(301.0, abs=30)}


def test_a_source_that_has_come_to_its_end_does_not_fire(owner, firing):
    reports(owner, connected=None, lag_s=90_000.0)
    assert firing("foretell-ingest-lag") == {}


def test_a_pipeline_that_stops_reporting_fires(owner, firing):
    reports(owner, age=timedelta(minutes=10))
    assert firing("foretell-ingest-lag") == {("opcua",): pytest.approx(602.0, abs=30)}


def scored(owner, at, sigma=0.0):
    time = np.array([at.replace(tzinfo=None)], "M8[us]")
    values = np.array([[sigma]])
    residual = Residual(("level",), time, values, np.ones((1, 1)), values)
    PostgresEventLog(owner).record("v1", ScoreSeries(time, np.array([0.5])), residual)


def test_no_score_of_late_fires(owner, firing):
    assert firing("foretell-not-ready") is None
    scored(owner, now() - timedelta(hours=1))
    assert firing("foretell-not-ready") == {(): pytest.approx(3600.0, abs=60)}
    scored(owner, now())
    assert firing("foretell-not-ready") == {}


@pytest.mark.parametrize("drifted", [True, False])
def test_drift_fires_for_the_newest_hour(owner, firing, drifted):
    with owner.begin() as connection:
        for age, value in ((3, not drifted), (1, drifted)):
            connection.exec_driver_sql(
                "INSERT INTO model_health (time, model_version, rows, nll, coverage, drifted, budget_per_week) "
                f"VALUES (now() - interval '{age} hours', 'v1', 20, 1.5, 0.9, {value}, 2.0)"
            )
    assert firing("foretell-drift") == ({("v1",): 1.0} if drifted else {})


def test_without_rows_a_rule_is_what_its_settings_say(owner, firing):
    for rule in RULES:
        assert firing(rule.uid) is None, rule.uid
    assert {rule.uid for rule in RULES if rule.no_data == "Alerting"} == {"foretell-ingest-lag", "foretell-not-ready"}
