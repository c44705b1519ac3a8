"""The tables of the historian, as SQLAlchemy Core knows them; docs/historian.md describes every column."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Interval,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    column,
    false,
    func,
    literal_column,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

METADATA = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "uq": "%(table_name)s_%(column_0_name)s_key",
        "fk": "%(table_name)s_%(column_0_name)s_fkey",
        "ix": "%(table_name)s_%(column_0_name)s_idx",
    }
)

NAN = literal_column("'NaN'::float8", Double)

_INSTANT = DateTime(timezone=True)
_NOW = func.now()

TAG = Table(
    "tag",
    METADATA,
    Column("id", Integer, Identity(), primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("asset", Text),
    Column("role", Text),
    Column("unit", Text),
    Column("description", Text),
    Column("low", Double),
    Column("high", Double),
    Column("movable", Boolean),
    Column("lo_lo", Double),
    Column("lo", Double),
    Column("hi", Double),
    Column("hi_hi", Double),
    Column("max_silence", Interval),
)

SAMPLE = Table(
    "sample",
    METADATA,
    Column("time", _INSTANT, nullable=False),
    Column("stored_at", _INSTANT, nullable=False, server_default=_NOW),
    Column("value", Double),
    Column("tag_id", Integer, nullable=False),
    Column("quality", SmallInteger, nullable=False),
    PrimaryKeyConstraint("tag_id", "time"),
)

SNAPSHOT_UNIT = Table(
    "snapshot_unit",
    METADATA,
    Column("id", Integer, Identity(), primary_key=True),
    Column("since", _INSTANT, nullable=False),
)

SNAPSHOT_MEMBER = Table(
    "snapshot_member",
    METADATA,
    Column("tag_id", Integer, primary_key=True, autoincrement=False),
    Column("unit_id", Integer, ForeignKey("snapshot_unit.id"), nullable=False, index=True),
    Column("position", Integer, nullable=False),
)

SNAPSHOT = Table(
    "snapshot",
    METADATA,
    Column("time", _INSTANT, nullable=False),
    Column("stored_at", _INSTANT, nullable=False, server_default=_NOW),
    Column("unit_id", Integer, nullable=False),
    Column("value", ARRAY(Double), nullable=False),
    Column("quality", LargeBinary),
    Column("changed_at", ARRAY(_INSTANT)),
    PrimaryKeyConstraint("unit_id", "time"),
)

READING = table(
    "reading",
    column("time", _INSTANT),
    column("tag_id", Integer),
    column("value", Double),
    column("quality", SmallInteger),
    column("stored_at", _INSTANT),
)
"""The view of all samples, wherever they lie: what every reader uses."""

CORRECTION = Table(
    "correction",
    METADATA,
    Column("time", _INSTANT, nullable=False),
    Column("stored_at", _INSTANT, nullable=False),
    Column("replaced_at", _INSTANT, nullable=False),
    Column("value", Double),
    Column("tag_id", Integer, nullable=False),
    Column("quality", SmallInteger, nullable=False),
    Index(None, "tag_id", "time"),
)

LATEST = Table(
    "latest",
    METADATA,
    Column("time", _INSTANT, nullable=False),
    Column("stored_at", _INSTANT, nullable=False),
    Column("value", Double),
    Column("tag_id", Integer, primary_key=True, autoincrement=False),
    Column("quality", SmallInteger, nullable=False),
)

MOVE = Table(
    "move",
    METADATA,
    Column("time", _INSTANT, nullable=False, index=True),
    Column("before", Double, nullable=False),
    Column("after", Double, nullable=False),
    Column("tag_id", Integer, nullable=False),
    PrimaryKeyConstraint("tag_id", "time"),
)

BACKFILL = Table(
    "backfill",
    METADATA,
    Column("number", BigInteger, Identity(), primary_key=True),
    Column("start_time", _INSTANT, nullable=False),
    Column("end_time", _INSTANT, nullable=False),
    Column("tag_ids", ARRAY(Integer), nullable=False),
    Column("stored_at", _INSTANT, nullable=False, server_default=_NOW),
)

ROLLUP_DIRTY = Table(
    "rollup_dirty",
    METADATA,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("start_time", _INSTANT, nullable=False),
    Column("end_time", _INSTANT, nullable=False),
    Column("tag_id", Integer),
    Column("level", SmallInteger, nullable=False),
)


RETENTION_EDGE = Table(
    "retention_edge",
    METADATA,
    Column("role", Text, primary_key=True),
    Column("time", _INSTANT, nullable=False),
)


def _refreshed(level: str) -> Table:
    return Table(
        f"refreshed_{level}",
        METADATA,
        Column("bucket", _INSTANT, nullable=False),
        Column("first_time", _INSTANT),
        Column("last_time", _INSTANT),
        Column("count", BigInteger, nullable=False),
        Column("bad", BigInteger, nullable=False),
        Column("uncertain", BigInteger, nullable=False),
        Column("total", Double),
        Column("low", Double),
        Column("high", Double),
        Column("first", Double),
        Column("last", Double),
        Column("tag_id", Integer, nullable=False),
        PrimaryKeyConstraint("tag_id", "bucket"),
    )


REFRESHED = {level: _refreshed(level) for level in ("1m", "1h", "1d")}

SCORE = Table(
    "score",
    METADATA,
    Column("time", _INSTANT, primary_key=True),
    Column("model_version", Text, nullable=False),
    Column("score", Double, nullable=False),
)

PREDICTION = Table(
    "prediction",
    METADATA,
    Column("time", _INSTANT, nullable=False),
    Column("tag_id", Integer, nullable=False),
    Column("mean", Double, nullable=False),
    Column("noise", Double, nullable=False),
    Column("sigma", Double),
    Column("model_version", Text),
    PrimaryKeyConstraint("tag_id", "time"),
)

EXPECTED_1H = Table(
    "expected_1h",
    METADATA,
    Column("bucket", _INSTANT, nullable=False),
    Column("mean", Double, nullable=False),
    Column("noise", Double, nullable=False),
    Column("tag_id", Integer, nullable=False),
    PrimaryKeyConstraint("tag_id", "bucket"),
)

ASSET_RESIDUAL = Table(
    "asset_residual",
    METADATA,
    Column("time", _INSTANT, nullable=False),
    Column("asset", Text, nullable=False),
    Column("peak", Double, nullable=False),
    PrimaryKeyConstraint("time", "asset"),
)

MODEL_HEALTH = Table(
    "model_health",
    METADATA,
    Column("time", _INSTANT, nullable=False),
    Column("model_version", Text, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("nll", Double),
    Column("coverage", Double),
    Column("drifted", Boolean, nullable=False),
    Column("budget_per_week", Double, nullable=False),
    PrimaryKeyConstraint("time", "model_version"),
)

INGEST_STATUS = Table(
    "ingest_status",
    METADATA,
    Column("time", _INSTANT, nullable=False),
    Column("source", Text, nullable=False),
    Column("seconds", Double, nullable=False),
    Column("connected", Boolean),
    Column("lag_s", Double),
    Column("read", BigInteger, nullable=False),
    Column("accepted", BigInteger, nullable=False),
    Column("rejected", BigInteger, nullable=False),
    Column("waiting", BigInteger, nullable=False),
    Column("spooled", BigInteger, nullable=False),
    Column("spooled_bytes", BigInteger, nullable=False),
    PrimaryKeyConstraint("time", "source"),
)

EVENT = Table(
    "event",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("start_time", _INSTANT, nullable=False),
    Column("end_time", _INSTANT),
    Column("detected_at", _INSTANT, nullable=False),
    Column("score", Double, nullable=False),
    Column("contributions", JSONB, nullable=False),
    Column("first_mover", Text, nullable=False),
    Column("asset", Text, nullable=False),
    Column("explained_by", JSONB(none_as_null=True)),
    Column("model_version", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("backfilled_at", _INSTANT),
    Column("withdrawn", Boolean, nullable=False, server_default=false()),
    Column("suspected_move", JSONB(none_as_null=True)),
    Column("propagation", JSONB, nullable=False, server_default=text("'[]'::jsonb")),
    Column("fingerprint", JSONB, nullable=False, server_default=text("'[]'::jsonb")),
    Index(None, "start_time"),
)

FEEDBACK = Table(
    "feedback",
    METADATA,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("event_id", Text, ForeignKey("event.id"), nullable=False, index=True),
    Column("time", _INSTANT, nullable=False),
    Column("label", Text, nullable=False),
    Column("comment", Text, nullable=False),
    Column("author", Text, nullable=False, server_default=""),
)

EVENT_TRAIT = Table(
    "event_trait",
    METADATA,
    Column("event_id", Text, ForeignKey("event.id"), nullable=False),
    Column("tag", Text, nullable=False),
    Column("residual", Double, nullable=False),
    Column("shift", Double, nullable=False),
    PrimaryKeyConstraint("event_id", "tag"),
)
"""What an event is compared by: its fingerprint, or its contributions where none was kept."""

EVENT_MARK = Table(
    "event_mark",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("event_id", Text, ForeignKey("event.id"), nullable=False, index=True),
    Column("time", _INSTANT, nullable=False, index=True),
    Column("action", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("until", _INSTANT),
)

THRESHOLD_CHANGE = Table(
    "threshold_change",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("time", _INSTANT, nullable=False),
    Column("who", Text, nullable=False),
    Column("event_id", Text, ForeignKey("event.id"), nullable=False, index=True),
    Column("model_version", Text, nullable=False),
    Column("statistic", Text, nullable=False),
    Column("old", Double, nullable=False),
    Column("new", Double, nullable=False),
    Column("base", Double, nullable=False),
    Column("half_life", Interval, nullable=False),
    Column("reason", Text, nullable=False),
    Column("undone_at", _INSTANT),
    Column("undone_by", Text),
)

BOOKMARK = Table(
    "bookmark",
    METADATA,
    Column("reader", Text, primary_key=True),
    Column("backfill", BigInteger, nullable=False),
    Column("moment", _INSTANT, nullable=False),
)

LOG_ENTRY = Table(
    "log_entry",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("time", _INSTANT, nullable=False, index=True),
    Column("author", Text, nullable=False),
    Column("tag", Text),
    Column("asset", Text),
    Column("text", Text, nullable=False),
    Column("stored_at", _INSTANT, nullable=False, server_default=_NOW),
)

ANSWER = Table(
    "answer",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("time", _INSTANT, nullable=False, index=True),
    Column("question", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("engine", Text, nullable=False),
    Column("model_version", Text),
    Column("body", JSONB, nullable=False),
    Column("session", Text),
    Column("intent", Text),
    Column("latency_s", Double),
    Column("statements", Integer),
    Column("withheld", Integer),
)

SCENARIO = Table(
    "scenario",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("created_at", _INSTANT, nullable=False, index=True),
    Column("question", Text),
    Column("model_version", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("body", JSONB, nullable=False),
    Column("name", Text),
    Column("author", Text, nullable=False, server_default=""),
    Column("rerun_of", Text),
    Column("start_time", _INSTANT, nullable=False),
    Column("horizon", Interval, nullable=False),
    Column("moves", Text, nullable=False),
)

ALERT_NOTICE = Table(
    "alert_notice",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("received_at", _INSTANT, nullable=False, index=True),
    Column("status", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("starts_at", _INSTANT, nullable=False),
    Column("ends_at", _INSTANT),
    Column("labels", JSONB, nullable=False),
    Column("annotations", JSONB, nullable=False),
    Column("values", JSONB, nullable=False),
    UniqueConstraint("fingerprint", "status", "starts_at", name="alert_notice_fingerprint_key"),
)
