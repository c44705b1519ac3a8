"""The tables of the historian, as SQLAlchemy Core knows them; docs/historian.md describes every column."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    literal_column,
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
)

SAMPLE = Table(
    "sample",
    METADATA,
    Column("time", _INSTANT, nullable=False),
    Column("tag_id", Integer, nullable=False),
    Column("value", Double),
    Column("quality", SmallInteger, nullable=False),
    PrimaryKeyConstraint("tag_id", "time"),
)

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
    PrimaryKeyConstraint("tag_id", "time"),
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
)
