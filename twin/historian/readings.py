"""Queries on samples, wherever they lie: alone, in snapshots, or replaced since. Results come as numpy columns."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import LiteralString

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from twin.historian.arrays import array, fetch
from twin.historian.bulk import Columns, driver
from twin.historian.rollups import LEVELS

_PRESENT: LiteralString = "reading"
_PAST: LiteralString = """(
    SELECT time, tag_id, value, quality FROM reading WHERE stored_at <= %(known)s
    UNION ALL
    SELECT time, tag_id, value, quality FROM correction WHERE stored_at <= %(known)s AND replaced_at > %(known)s
)"""
_DURING: LiteralString = "tag_id = ANY(%(tags)s) AND time >= %(start)s AND time < %(end)s"

_POINTS: LiteralString = """
    SELECT tag_id, time, value FROM {readings} r WHERE {during} AND quality = 2 ORDER BY tag_id, time
"""
_MINUTES: LiteralString = """
    SELECT tag_id, first_time, first, last_time, last FROM rollup_1m(%(start)s, %(end)s)
    WHERE tag_id = ANY(%(tags)s) AND count > 0
"""
_SAMPLES: LiteralString = """
    SELECT tag_id, time, value, quality FROM {readings} r WHERE {during} ORDER BY time LIMIT %(limit)s
"""
_LATEST: LiteralString = """
    SELECT tag_id, time, value, quality FROM latest WHERE tag_id = ANY(%(tags)s) AND time > '-infinity'
"""
_TOTALS: LiteralString = """
    SELECT tag_id, count(*) FILTER (WHERE quality = 2) AS count, count(*) FILTER (WHERE quality <> 2) AS bad,
        avg(value) FILTER (WHERE quality = 2) AS mean, stddev_pop(value) FILTER (WHERE quality = 2) AS std,
        min(value) FILTER (WHERE quality = 2) AS low, max(value) FILTER (WHERE quality = 2) AS high
    FROM {readings} r WHERE {during} GROUP BY tag_id
"""
_BUCKETS_OF_SAMPLES: LiteralString = """
    SELECT tag_id, date_bin(%(width)s, time, '1970-01-01Z') AS bucket,
        count(*) FILTER (WHERE quality = 2) AS count, count(*) FILTER (WHERE quality <> 2) AS bad,
        sum(value) FILTER (WHERE quality = 2) AS total,
        min(value) FILTER (WHERE quality = 2) AS low, max(value) FILTER (WHERE quality = 2) AS high,
        (array_agg(value ORDER BY time) FILTER (WHERE quality = 2))[1] AS first,
        min(time) FILTER (WHERE quality = 2) AS first_time,
        (array_agg(value ORDER BY time) FILTER (WHERE quality = 2))[count(*) FILTER (WHERE quality = 2)] AS last,
        max(time) FILTER (WHERE quality = 2) AS last_time
    FROM {readings} r WHERE {during} GROUP BY 1, 2
"""
_BUCKETS_OF_ROLLUP: LiteralString = """
    SELECT tag_id, date_bin(%(width)s, bucket, '1970-01-01Z') AS bucket,
        sum(count)::bigint AS count, sum(bad + uncertain)::bigint AS bad,
        sum(total) AS total, min(low) AS low, max(high) AS high,
        (array_agg(first ORDER BY bucket) FILTER (WHERE count > 0))[1] AS first,
        min(first_time) AS first_time,
        (array_agg(last ORDER BY bucket) FILTER (WHERE count > 0))[count(*) FILTER (WHERE count > 0)] AS last,
        max(last_time) AS last_time
    FROM rollup_{level}(%(start)s, %(end)s)
    WHERE tag_id = ANY(%(tags)s) GROUP BY tag_id, date_bin(%(width)s, bucket, '1970-01-01Z')
"""
_ROLLUP: LiteralString = """
    SELECT tag_id, bucket, count, bad + uncertain AS bad, total, low, high, first, first_time, last, last_time
    FROM rollup_{level}(%(start)s, %(end)s) WHERE tag_id = ANY(%(tags)s)
"""

# each arm goes along its own index and stops at the first sample
_EDGE: LiteralString = """
    SELECT wanted.tag_id, edge.time, edge.value, edge.quality
    FROM unnest(%(tags)s) AS wanted (tag_id)
    CROSS JOIN LATERAL (
        SELECT * FROM (
            (
                SELECT time, value, quality FROM sample
                WHERE tag_id = wanted.tag_id AND {where} ORDER BY time {order} LIMIT 1
            )
            UNION ALL
            SELECT whole.* FROM snapshot_member m CROSS JOIN LATERAL (
                SELECT time, value, quality FROM (
                    SELECT time, NULLIF(value[m.position], 'NaN') AS value,
                        COALESCE(get_byte(quality, m.position - 1), 2)::int2 AS quality,
                        COALESCE(changed_at[m.position], stored_at) AS stored_at
                    FROM snapshot WHERE unit_id = m.unit_id
                ) place WHERE quality <> 3 AND {where} ORDER BY time {order} LIMIT 1
            ) whole WHERE m.tag_id = wanted.tag_id
            {replaced}
        ) found ORDER BY time {order} LIMIT 1
    ) edge ORDER BY tag_id
"""
_REPLACED: LiteralString = """
    UNION ALL (
        SELECT time, value, quality FROM correction
        WHERE tag_id = wanted.tag_id AND replaced_at > %(known)s AND {where} ORDER BY time {order} LIMIT 1
    )
"""

_POINT: dict[LiteralString, str] = {"tag_id": "i4", "time": "M8[us]", "value": "f8"}
_SAMPLE: dict[LiteralString, str] = {**_POINT, "quality": "i2"}
_MINUTE: dict[LiteralString, str] = {
    "tag_id": "i4",
    "first_time": "M8[us]",
    "first": "f8",
    "last_time": "M8[us]",
    "last": "f8",
}
_TOTAL: dict[LiteralString, str] = {
    "tag_id": "i4",
    "count": "i8",
    "bad": "i8",
    "mean": "f8",
    "std": "f8",
    "low": "f8",
    "high": "f8",
}
_BUCKET: dict[LiteralString, str] = {
    "tag_id": "i4",
    "bucket": "M8[us]",
    "count": "i8",
    "bad": "i8",
    "total": "f8",
    "low": "f8",
    "high": "f8",
    "first": "f8",
    "first_time": "M8[us]",
    "last": "f8",
    "last_time": "M8[us]",
}


class Readings:
    """The samples of some tags in one transaction, as they are known or as they were known at a moment.

    Every method gives columns by name, among them `tag_id`; times are those of a stretch [start, end).
    """

    def __init__(self, connection: Connection, tags: NDArray[np.int32], known_at: datetime | None) -> None:
        self._connection = connection
        self._known_at = known_at
        self._tags = tags

    def of(self, tags: NDArray[np.int32]) -> "Readings":
        """The same for other tags."""
        return Readings(self._connection, tags, self._known_at)

    def points(self, start: datetime, end: datetime) -> Columns:
        """Good samples, in order of tag and time: time, value."""
        return self._fetch(_POINTS, _POINT, start, end)

    def minutes(self, start: datetime, end: datetime) -> Columns:
        """The first and the last good sample of every minute, in order of tag and time: time, value.

        `start` and `end` are whole minutes. Some samples come twice. Of the present only.
        """
        found = self._fetch(_MINUTES, _MINUTE, start, end)
        order = np.lexsort((found["last_time"], found["tag_id"]))
        return {
            "tag_id": np.repeat(found["tag_id"][order], 2),
            "time": np.stack([found["first_time"][order], found["last_time"][order]], axis=1).ravel(),
            "value": np.stack([found["first"][order], found["last"][order]], axis=1).ravel(),
        }

    def samples(self, start: datetime, end: datetime, limit: int) -> Columns:
        """Samples of all qualities in order of time: time, value, quality."""
        return self._fetch(_SAMPLES, _SAMPLE, start, end, limit=limit)

    def totals(self, start: datetime, end: datetime) -> Columns:
        """Of tags that have samples: count, bad, mean, std, low, high."""
        return self._fetch(_TOTALS, _TOTAL, start, end)

    def buckets(self, start: datetime, end: datetime, width: timedelta) -> Columns:
        """Rolled up, from the coarsest rollup that divides the width; `start` and `end` are multiples of it."""
        level = next((level for level in reversed(LEVELS) if not width % level.width), None)
        if level is None or self._known_at is not None:
            return self._fetch(_BUCKETS_OF_SAMPLES, _BUCKET, start, end, width=width)
        query = _ROLLUP if width == level.width else _BUCKETS_OF_ROLLUP
        return self._fetch(query.format(level=level.name), _BUCKET, start, end, width=width)

    def newest(self) -> Columns:
        """The newest sample of every tag that has one: time, value, quality."""
        return self._fetch(_LATEST, _SAMPLE) if self._known_at is None else self.last(good=False)

    def first(self, start: datetime | None, end: datetime | None, *, good: bool) -> Columns:
        """The first sample of every tag that has one, with any quality unless `good`: time, value, quality."""
        return self._edge("ASC", start, end, good=good)

    def last(self, start: datetime | None = None, end: datetime | None = None, *, good: bool) -> Columns:
        """The last one; see `first`."""
        return self._edge("DESC", start, end, good=good)

    def _edge(self, order: LiteralString, start: datetime | None, end: datetime | None, *, good: bool) -> Columns:
        where: LiteralString = "quality = 2" if good else "TRUE"
        where += "" if start is None else " AND time >= %(start)s"
        where += "" if end is None else " AND time < %(end)s"
        where += "" if self._known_at is None else " AND stored_at <= %(known)s"
        replaced: LiteralString = "" if self._known_at is None else _REPLACED.format(where=where, order=order)
        return self._fetch(_EDGE.format(where=where, order=order, replaced=replaced), _SAMPLE, start, end)

    def _fetch(
        self,
        query: LiteralString,
        kinds: Mapping[LiteralString, str],
        start: datetime | None = None,
        end: datetime | None = None,
        **more: object,
    ) -> Columns:
        """The rows of a query by columns, in its order; a number that is NULL becomes NaN, a time NaT."""
        rows = query.replace("{readings}", _PRESENT if self._known_at is None else _PAST).replace("{during}", _DURING)
        listed = ", ".join(f"array_agg({_never_null(name, kind)})" for name, kind in kinds.items())
        given = {"tags": array(self._tags), "start": start, "end": end, "known": self._known_at, **more}
        statement: LiteralString = f"SELECT {listed} FROM ({rows}) listed"  # noqa: S608 - this room's own texts
        arrays = fetch(driver(self._connection), statement, given, list(kinds.values()))
        return dict(zip(kinds, arrays, strict=True))


def _never_null(name: LiteralString, kind: str) -> LiteralString:
    if kind == "f8":
        return f"COALESCE({name}, 'NaN')"
    return f"COALESCE({name}, '-infinity')" if kind.startswith("M") else name
