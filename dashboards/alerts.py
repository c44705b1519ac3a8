"""Alert rules, in both forms that Grafana takes: provisioning file and API. The reasons: docs/grafana-alerts.md."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from dashboards.query import SOURCE_UID, PostgresQuery

FOLDER = "Foretell alerts"
"""Of the rules' own: their files name folders by title alone, and are read before the dashboards' folder is made."""
FOLDER_UID = "foretell-alerts"
GROUP = "foretell"
INTERVAL = timedelta(minutes=1)
ORGANISATION = 1
OURS = {"source": "foretell"}
"""The label by which the notification policy knows our alerts."""
RUNBOOKS = "/runbooks"

LAG_S = 300
"""A source that is not connected counts as a second beyond it."""
STALE_S = 900

UNUSUAL_EVENTS = """
SELECT id AS event, kind, asset, score::float8 AS value
FROM grafana.event
WHERE open AND kind <> 'silence' AND (shelved_until IS NULL OR shelved_until <= now())
ORDER BY "time"
"""
DEAD_TAGS = """
SELECT s.tag, coalesce(s.asset, 'none') AS asset, s.age_s AS value
FROM grafana.silent s
WHERE s.dead AND NOT EXISTS (
    SELECT FROM grafana.event e JOIN grafana.contribution c ON c.event_id = e.id
    WHERE e.kind = 'silence' AND e.end_time IS NULL AND e.shelved_until > now() AND c.tag = s.tag
)
ORDER BY s.tag
"""
INGEST_LAG = """
SELECT source,
       (CASE WHEN connected THEN coalesce(lag_s, 0) WHEN connected IS NULL THEN 0 ELSE greatest(lag_s, 301) END
        + extract(epoch FROM now() - "time"))::float8 AS value
FROM (
    SELECT DISTINCT ON (source) source, "time", connected, lag_s
    FROM grafana.ingest WHERE $__timeFilter("time") ORDER BY source, "time" DESC
) newest
ORDER BY source
"""
DRIFT = """
SELECT model_version, coalesce(drifted, false)::int::float8 AS value
FROM grafana.model_health WHERE $__timeFilter("time") ORDER BY "time" DESC LIMIT 1
"""
LAST_SCORE = """
SELECT extract(epoch FROM now() - max("time"))::float8 AS value FROM grafana.score HAVING max("time") IS NOT NULL
"""


class Unknown(StrEnum):
    """What a rule becomes when its query finds nothing, or fails."""

    OK = "OK"
    ALERTING = "Alerting"
    NO_DATA = "NoData"
    ERROR = "Error"


@dataclass(frozen=True)
class Rule:
    """One alert rule: it fires for every row of `sql` whose `value` is above `above` for as long as `pending`."""

    uid: str
    title: str
    sql: str
    above: float
    pending: timedelta
    looks_back: timedelta
    severity: str
    no_data: Unknown
    error: Unknown
    summary: str
    description: str
    dashboard: str
    panel: int


RULES = (
    Rule(
        uid="foretell-score",
        title="Unusual event",
        sql=UNUSUAL_EVENTS,
        above=0,
        pending=timedelta(0),
        looks_back=timedelta(minutes=10),
        severity="warning",
        no_data=Unknown.OK,
        error=Unknown.ERROR,
        summary="Unusual event in {{ $labels.asset }} ({{ $labels.kind }}), score {{ humanize $values.A.Value }}",
        description="The plant does what the world model did not expect, and no logged move explains it. "
        "Open {console}/events/{{ $labels.event }}",
        dashboard="foretell-overview",
        panel=5,
    ),
    Rule(
        uid="foretell-dead-tags",
        title="Dead tag",
        sql=DEAD_TAGS,
        above=0,
        pending=timedelta(minutes=5),
        looks_back=timedelta(minutes=10),
        severity="warning",
        no_data=Unknown.OK,
        error=Unknown.ERROR,
        summary="{{ $labels.tag }} has been silent for {{ humanizeDuration $values.A.Value }}",
        description="No sample of {{ $labels.tag }} for longer than it may stay silent. "
        "Open {console}/tags/{{ $labels.tag }}",
        dashboard="foretell-ingest",
        panel=14,
    ),
    Rule(
        uid="foretell-ingest-lag",
        title="Samples arrive late",
        sql=INGEST_LAG,
        above=LAG_S,
        pending=timedelta(minutes=5),
        looks_back=timedelta(hours=24),
        severity="critical",
        no_data=Unknown.ALERTING,
        error=Unknown.ALERTING,
        summary="{{ with $labels.source }}{{ . }}{{ else }}Every source{{ end }}: samples are late or missing",
        description=f"More than {LAG_S // 60} minutes behind, or not connected, or the pipeline does not report.",
        dashboard="foretell-ingest",
        panel=8,
    ),
    Rule(
        uid="foretell-drift",
        title="The world model drifts",
        sql=DRIFT,
        above=0,
        pending=timedelta(0),
        looks_back=timedelta(hours=26),
        severity="info",
        no_data=Unknown.OK,
        error=Unknown.ERROR,
        summary="The plant no longer follows world model {{ $labels.model_version }}",
        description="Its predictions have become worse than they were on the data that it was calibrated on.",
        dashboard="foretell-model",
        panel=8,
    ),
    Rule(
        uid="foretell-not-ready",
        title="Nothing is scored",
        sql=LAST_SCORE,
        above=STALE_S,
        pending=timedelta(minutes=10),
        looks_back=timedelta(minutes=10),
        severity="critical",
        no_data=Unknown.ALERTING,
        error=Unknown.ALERTING,
        summary="The world model has scored nothing of late",
        description=f"No score is newer than {STALE_S // 60} minutes: unusual events would not be noticed.",
        dashboard="foretell-overview",
        panel=4,
    ),
)


def provisioned(console: str) -> dict[str, Any]:
    """The rules as a provisioning file holds them. Grafana expands no variables in annotations of files."""
    rules = [
        _rule(rule, console) | {"dashboardUid": rule.dashboard, "panelId": rule.panel, "for": _duration(rule.pending)}
        for rule in RULES
    ]
    group = {
        "orgId": ORGANISATION,
        "name": GROUP,
        "folder": FOLDER,
        "interval": _duration(INTERVAL),
        "rules": rules,
    }
    return {"apiVersion": 1, "groups": [group]}


def posted(console: str) -> dict[str, Any]:
    """The rules as `PUT /v1/provisioning/folder/…/rule-groups/…` takes them."""
    place = {"orgID": ORGANISATION, "folderUID": FOLDER_UID, "ruleGroup": GROUP}
    rules = [_rule(rule, console) | place | {"for": _duration(rule.pending)} for rule in RULES]
    return {"title": GROUP, "folderUid": FOLDER_UID, "interval": int(INTERVAL.total_seconds()), "rules": rules}


def _rule(rule: Rule, console: str) -> dict[str, Any]:
    """What both forms have in common."""
    return {
        "uid": rule.uid,
        "title": rule.title,
        "condition": "B",
        "data": [_query(rule), _threshold(rule)],
        "noDataState": rule.no_data.value,
        "execErrState": rule.error.value,
        "annotations": _annotations(rule, console),
        "labels": {"severity": rule.severity, **OURS},
        "isPaused": False,
    }


def _annotations(rule: Rule, console: str) -> Mapping[str, str]:
    return {
        "summary": rule.summary,
        "description": rule.description.replace("{console}", console),
        "runbook_url": f"{console}{RUNBOOKS}#{rule.uid}",
        "__dashboardUid__": rule.dashboard,
        "__panelId__": str(rule.panel),
    }


def _query(rule: Rule) -> dict[str, Any]:
    return {
        "refId": "A",
        "datasourceUid": SOURCE_UID,
        "queryType": "",
        "relativeTimeRange": {"from": int(rule.looks_back.total_seconds()), "to": 0},
        "model": PostgresQuery(rule.sql.strip()).to_json() | {"intervalMs": 60_000, "maxDataPoints": 43_200},
    }


def _threshold(rule: Rule) -> dict[str, Any]:
    condition = {
        "type": "query",
        "evaluator": {"type": "gt", "params": [rule.above]},
        "operator": {"type": "and"},
        "query": {"params": ["B"]},
        "reducer": {"type": "last", "params": []},
    }
    model = {
        "refId": "B",
        "type": "threshold",
        "expression": "A",
        "datasource": {"type": "__expr__", "uid": "__expr__"},
        "conditions": [condition],
        "intervalMs": 1000,
        "maxDataPoints": 43_200,
    }
    return {
        "refId": "B",
        "datasourceUid": "__expr__",
        "queryType": "",
        "relativeTimeRange": {"from": 0, "to": 0},
        "model": model,
    }


def _duration(time: timedelta) -> str:
    """As Grafana writes durations, for example 5m."""
    minutes, seconds = divmod(int(time.total_seconds()), 60)
    return f"{minutes}m" if minutes and not seconds else f"{minutes * 60 + seconds}s"
