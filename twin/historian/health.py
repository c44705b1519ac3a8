"""What is summed up of predictions: by hour and tag, by asset and quarter of an hour, and by model version."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, text

from twin.clock import Span
from twin.lifecycle import ModelHealth

_HOURS = text("""
    INSERT INTO expected_1h (bucket, mean, noise, tag_id)
    SELECT date_bin('1 hour', time, '1970-01-01Z') AS bucket, avg(mean), avg(noise), tag_id
    FROM prediction
    WHERE tag_id = ANY (ARRAY(SELECT id FROM tag))
        AND time >= date_bin('1 hour', :first, '1970-01-01Z')
        AND time < date_bin('1 hour', :last, '1970-01-01Z') + INTERVAL '1 hour'
    GROUP BY tag_id, bucket ORDER BY tag_id, bucket
    ON CONFLICT (tag_id, bucket) DO UPDATE SET mean = excluded.mean, noise = excluded.noise
""")
_BLOCKS = text("""
    INSERT INTO asset_residual (time, asset, peak)
    SELECT block, asset, max(abs(mean))
    FROM (
        SELECT date_bin('15 minutes', p.time, '1970-01-01Z') AS block, t.asset, avg(p.sigma) AS mean
        FROM prediction p JOIN tag t ON t.id = p.tag_id
        WHERE p.tag_id = ANY (ARRAY(SELECT id FROM tag)) AND p.sigma IS NOT NULL AND t.asset IS NOT NULL
            AND p.time >= date_bin('15 minutes', :first, '1970-01-01Z')
            AND p.time < date_bin('15 minutes', :last, '1970-01-01Z') + INTERVAL '15 minutes'
        GROUP BY block, t.id
    ) of_tag
    GROUP BY block, asset
    ON CONFLICT (time, asset) DO UPDATE SET peak = excluded.peak
""")
_FORGET = text("""
    DELETE FROM model_health WHERE time >= :start AND time < :end AND (time, model_version) NOT IN (
        SELECT DISTINCT date_bin('1 hour', time, '1970-01-01Z'), model_version FROM prediction
        WHERE tag_id = ANY (ARRAY(SELECT id FROM tag)) AND time >= :start AND time < :end)
""")
_SUM_UP = text("""
    INSERT INTO model_health (time, model_version, rows, nll, coverage, drifted, budget_per_week)
    SELECT date_bin('1 hour', p.time, '1970-01-01Z') AS hour, p.model_version, count(DISTINCT p.time),
           avg(p.sigma ^ 2 / 2 + ln(p.noise / s.scale) + ln(2 * pi()) / 2) FILTER (WHERE p.sigma IS NOT NULL),
           avg((abs(p.sigma) <= 1.645)::integer) FILTER (WHERE p.sigma IS NOT NULL),
           COALESCE(:drifted, false), :budget
    FROM prediction p
    JOIN tag t ON t.id = p.tag_id
    JOIN unnest(CAST(:names AS text[]), CAST(:scales AS float8[])) AS s (name, scale) ON s.name = t.name
    WHERE p.tag_id = ANY (ARRAY(SELECT id FROM tag WHERE name = ANY (:names)))
        AND p.time >= :start AND p.time < :end AND p.model_version IS NOT NULL AND p.noise > 0 AND s.scale > 0
    GROUP BY hour, p.model_version
    ON CONFLICT (time, model_version) DO UPDATE SET
        rows = excluded.rows, nll = excluded.nll, coverage = excluded.coverage,
        drifted = COALESCE(:drifted, model_health.drifted), budget_per_week = excluded.budget_per_week
""")
_HEALTH = text("""
    SELECT time, model_version, rows, nll, coverage, drifted, budget_per_week FROM model_health
    WHERE time >= :start AND time < :end ORDER BY time, model_version
""")


def roll_up_predictions(connection: Connection, first: datetime, last: datetime) -> None:
    """Bring hours and blocks in line with the predictions of rows from `first` to `last`."""
    for statement in (_HOURS, _BLOCKS):
        connection.execute(statement, {"first": first, "last": last})


def sum_up_hours(
    connection: Connection, hours: Span, scale: Mapping[str, float], budget: float, drifted: bool | None
) -> None:
    """Sum up whole hours, see EventLog; a version that no row is left of is forgotten."""
    named = {"names": list(scale), "scales": list(scale.values())}
    bounds = {"start": hours.start, "end": hours.end}
    connection.execute(_FORGET, bounds)
    connection.execute(_SUM_UP, {**bounds, **named, "budget": budget, "drifted": drifted})


def health_during(connection: Connection, span: Span) -> tuple[ModelHealth, ...]:
    """Hours that begin in [start, end)."""
    rows = connection.execute(_HEALTH, {"start": span.start, "end": span.end}).mappings()
    return tuple(ModelHealth.model_validate(dict(row)) for row in rows)
