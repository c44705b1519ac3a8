"""The event log on Postgres."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import Engine, RowMapping, func, insert, or_, select, text, true, update
from sqlalchemy.dialects.postgresql import insert as insert_or_update
from sqlalchemy.exc import IntegrityError

from twin.clock import Span, from_datetime64
from twin.errors import NotFound
from twin.event import EventFrame, EventMark, Feedback, Shelving
from twin.historian.bulk import Columns, copy_out, stage
from twin.historian.connection import store_errors
from twin.historian.health import health_during, roll_up_predictions, sum_up_hours
from twin.historian.marks import keep_mark, keep_traits, marks_of, shelvings_at
from twin.historian.tables import BOOKMARK, EVENT, FEEDBACK, NAN, PREDICTION, SCORE, TAG, THRESHOLD_CHANGE
from twin.historian.tags import tag_ids
from twin.lifecycle import ModelHealth, ThresholdChange, undo, whole_hours
from twin.protocols import Bookmark, Prediction, ScoreSeries
from twin.world import Residual

_KEEP_SCORES = text("""
    INSERT INTO score (time, score, model_version) SELECT time, score, :model_version FROM arrived_score
    ON CONFLICT (time) DO UPDATE SET score = excluded.score, model_version = excluded.model_version
""")
_KEEP_PREDICTIONS = text("""
    INSERT INTO prediction (time, tag_id, mean, noise, sigma, model_version)
    SELECT time, tag_id, mean, noise, NULLIF(sigma, 'NaN'), :model_version FROM arrived_prediction
    ON CONFLICT (tag_id, time) DO UPDATE
    SET mean = excluded.mean, noise = excluded.noise, sigma = excluded.sigma, model_version = excluded.model_version
""")
_FIELDS = {"start": "start_time", "end": "end_time"}
_NESTED = {"contributions", "explained_by", "suspected_move", "propagation", "fingerprint"}


class PostgresEventLog:
    """Keeps events, scores, predictions, feedback and marks in a database whose schema `migrate` has made."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def put(self, frames: Sequence[EventFrame]) -> None:
        """Store frames by id, replacing what is there; see EventLog."""
        if not frames:
            return
        statement = insert_or_update(EVENT)
        replaced = {column.name: statement.excluded[column.name] for column in EVENT.c if not column.primary_key}
        with store_errors(self._engine), self._engine.begin() as connection:
            connection.execute(
                statement.on_conflict_do_update(index_elements=["id"], set_=replaced), [_row(f) for f in frames]
            )
            keep_traits(connection, frames)

    def get(self, event_id: str) -> EventFrame:
        """The frame of that id; see EventLog."""
        with store_errors(self._engine), self._engine.connect() as connection:
            row = connection.execute(select(EVENT).where(EVENT.c.id == event_id)).mappings().one_or_none()
        if row is None:
            raise _no_event(event_id)
        return _frame(row)

    def between(self, span: Span) -> tuple[EventFrame, ...]:
        """Frames that overlap [start, end); see EventLog."""
        query = (
            select(EVENT)
            .where(EVENT.c.start_time < span.end, or_(EVENT.c.end_time.is_(None), EVENT.c.end_time > span.start))
            .order_by(EVENT.c.start_time, EVENT.c.id)
        )
        with store_errors(self._engine), self._engine.connect() as connection:
            return tuple(_frame(row) for row in connection.execute(query).mappings())

    def record(self, model_version: str, scores: ScoreSeries, residual: Residual) -> None:
        """Store scores and predictions of rows, replacing what is there; see EventLog."""
        with store_errors(self._engine), self._engine.begin() as connection:
            scored = ~np.isnan(scores.score)
            stage(connection, "score", {"time": scores.time[scored], "score": scores.score[scored]})
            connection.execute(_KEEP_SCORES, {"model_version": model_version})
            ids = tag_ids(connection, residual.tags)
            stage(connection, "prediction", _predicted(residual, [ids[name] for name in residual.tags]))
            connection.execute(_KEEP_PREDICTIONS, {"model_version": model_version})
            if len(residual.time):
                edges = (from_datetime64(edge) for edge in (residual.time.min(), residual.time.max()))
                roll_up_predictions(connection, *edges)

    def scores(self, span: Span) -> ScoreSeries:
        """Scores of rows in [start, end); see EventLog."""
        query = select(SCORE.c.time, SCORE.c.score).where(SCORE.c.time >= span.start, SCORE.c.time < span.end)
        with store_errors(self._engine), self._engine.connect() as connection:
            columns = copy_out(connection, query, ["time"], {"time": "M8[us]", "score": "f8"})
        return ScoreSeries(columns["time"], columns["score"])

    def predictions(self, tag: str, span: Span) -> Residual:
        """What was expected of one tag for the rows in [start, end); see EventLog."""
        row = PREDICTION.c
        query = (
            select(row.time, row.mean, row.noise, func.coalesce(row.sigma, NAN).label("sigma"))
            .join_from(PREDICTION, TAG, TAG.c.id == row.tag_id)
            .where(TAG.c.name == tag, row.time >= span.start, row.time < span.end)
        )
        kinds = {"time": "M8[us]", "mean": "f8", "noise": "f8", "sigma": "f8"}
        with store_errors(self._engine), self._engine.connect() as connection:
            columns = copy_out(connection, query, ["time"], kinds)
        mean, noise, sigma = (columns[name][:, None] for name in ("mean", "noise", "sigma"))
        return Residual((tag,), columns["time"], mean, noise, sigma)

    def newest_predictions(self, span: Span) -> dict[str, Prediction]:
        """The newest row of every tag of which something was expected; see EventLog."""
        row = PREDICTION.c
        newest = (
            select(row.time, row.mean, row.noise, row.sigma)
            .where(row.tag_id == TAG.c.id, row.time >= span.start, row.time < span.end)
            .order_by(row.time.desc())
            .limit(1)
            .lateral("newest")
        )
        query = select(TAG.c.name, newest).select_from(TAG).join(newest, true())
        with store_errors(self._engine), self._engine.connect() as connection:
            return {name: Prediction(*rest) for name, *rest in connection.execute(query)}

    def add_feedback(self, feedback: Feedback) -> None:
        """Store what a person says about an event; see EventLog."""
        try:
            with store_errors(self._engine), self._engine.begin() as connection:
                connection.execute(insert(FEEDBACK), feedback.model_dump())
        except IntegrityError as error:
            raise _no_event(feedback.event_id) from error

    def feedback(self, event_id: str) -> tuple[Feedback, ...]:
        """What people said about an event, oldest first; see EventLog."""
        query = select(FEEDBACK).where(FEEDBACK.c.event_id == event_id).order_by(FEEDBACK.c.time, FEEDBACK.c.id)
        with store_errors(self._engine), self._engine.connect() as connection:
            rows = connection.execute(query).all()
        return tuple(Feedback.model_validate(row._asdict()) for row in rows)

    def add_mark(self, mark: EventMark) -> None:
        """Keep what a person did with an event; see EventLog."""
        try:
            with store_errors(self._engine), self._engine.begin() as connection:
                keep_mark(connection, mark)
        except IntegrityError as error:
            raise _no_event(mark.event_id) from error

    def marks(self, event_ids: Sequence[str]) -> tuple[EventMark, ...]:
        """What people did with these events; see EventLog."""
        with store_errors(self._engine), self._engine.connect() as connection:
            return marks_of(connection, event_ids) if event_ids else ()

    def shelvings(self, at: datetime) -> tuple[Shelving, ...]:
        """The sources that are shelved at that instant; see EventLog."""
        with store_errors(self._engine), self._engine.connect() as connection:
            return shelvings_at(connection, at)

    def add_threshold_changes(self, changes: Sequence[ThresholdChange]) -> None:
        """Keep what a judgement moved; see EventLog."""
        if not changes:
            return
        try:
            with store_errors(self._engine), self._engine.begin() as connection:
                connection.execute(insert(THRESHOLD_CHANGE), [change.model_dump() for change in changes])
        except IntegrityError as error:
            raise _no_event(changes[0].event_id) from error

    def threshold_changes(self) -> tuple[ThresholdChange, ...]:
        """Every threshold that a judgement ever moved; see EventLog."""
        query = select(THRESHOLD_CHANGE).order_by(THRESHOLD_CHANGE.c.time, THRESHOLD_CHANGE.c.id)
        with store_errors(self._engine), self._engine.connect() as connection:
            return tuple(ThresholdChange.model_validate(dict(row)) for row in connection.execute(query).mappings())

    def undo_threshold_change(self, change_id: str, who: str, time: datetime) -> ThresholdChange:
        """Mark a change as undone; see EventLog."""
        named = THRESHOLD_CHANGE.c.id == change_id
        with store_errors(self._engine), self._engine.begin() as connection:
            row = connection.execute(select(THRESHOLD_CHANGE).where(named).with_for_update()).mappings().one_or_none()
            known = None if row is None else ThresholdChange.model_validate(dict(row))
            undone = undo(known, change_id, who, time)
            marked = undone.model_dump(include={"undone_at", "undone_by"})
            connection.execute(update(THRESHOLD_CHANGE).where(named).values(marked))
        return undone

    def sum_up(
        self, span: Span, scale: Mapping[str, float], *, budget_per_week: float, drifted: bool | None = None
    ) -> None:
        """Sum up the predictions of every hour that the span touches; see EventLog."""
        with store_errors(self._engine), self._engine.begin() as connection:
            sum_up_hours(connection, whole_hours(span), scale, budget_per_week, drifted)

    def health(self, span: Span) -> tuple[ModelHealth, ...]:
        """What was summed up of hours that begin in [start, end); see EventLog."""
        with store_errors(self._engine), self._engine.connect() as connection:
            return health_during(connection, span)

    def bookmark(self, reader: str) -> Bookmark | None:
        """How far the worker of that name has come; see EventLog."""
        query = select(BOOKMARK.c.backfill, BOOKMARK.c.moment).where(BOOKMARK.c.reader == reader)
        with store_errors(self._engine), self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else Bookmark(row.backfill, row.moment)

    def keep_bookmark(self, reader: str, bookmark: Bookmark) -> None:
        """Keep how far a worker has come; see EventLog."""
        kept = {"backfill": bookmark.backfill, "moment": bookmark.moment}
        statement = insert_or_update(BOOKMARK).values(reader=reader, **kept)
        with store_errors(self._engine), self._engine.begin() as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=["reader"], set_=kept))


def _no_event(event_id: str) -> NotFound:
    return NotFound(f"there is no event {event_id!r}", field="event_id", value=event_id)


def _row(frame: EventFrame) -> dict[str, Any]:
    nested = frame.model_dump(mode="json", include=_NESTED)
    return {_FIELDS.get(name, name): nested.get(name, value) for name, value in frame.model_dump().items()}


def _frame(row: RowMapping) -> EventFrame:
    return EventFrame.model_validate({name: row[_FIELDS.get(name, name)] for name in EventFrame.model_fields})


def _predicted(residual: Residual, ids: Sequence[int]) -> Columns:
    """One row per time and tag that has a prediction."""
    rows = len(residual.time)
    made = ~np.isnan(residual.predicted.ravel())
    return {
        "time": np.repeat(residual.time, len(ids))[made],
        "tag_id": np.tile(np.array(ids, dtype=np.int32), rows)[made],
        "mean": residual.predicted.ravel()[made],
        "noise": residual.noise.ravel()[made],
        "sigma": residual.sigma.ravel()[made],
    }
