"""The log's events and those that a replay of the same rows gives again."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from twin.event import EventFrame


class Known:
    """Events that the log held when the loop started: a replay gives them again, perhaps a row earlier or later."""

    def __init__(self, logged: Sequence[EventFrame], until: datetime, same: Mapping[str, str] | None = None) -> None:
        """`until` is the last row that was scored before; `same` the log's ids of events already given again."""
        self.until = until
        self._logged = {frame.id: frame for frame in logged if not frame.withdrawn}
        self._same: dict[str, str] = dict(same or {})

    def reconcile(self, frame: EventFrame) -> EventFrame | None:
        """The frame as it goes into the log; None for one of the past that the log does not have.

        An event of the past keeps the id, the start, the detection and the mark of late samples that the log has.
        """
        if frame.detected_at > self.until:
            return frame
        logged = self._logged.get(self._same.get(frame.id, frame.id)) or self._alike(frame)
        if logged is None:
            return None
        self._same[frame.id] = logged.id
        if logged.end is not None:
            return logged
        kept = {"id": logged.id, "start": logged.start, "detected_at": logged.detected_at}
        return frame.model_copy(update={**kept, "backfilled_at": logged.backfilled_at})

    def _alike(self, frame: EventFrame) -> EventFrame | None:
        taken = set(self._same.values())
        for logged in self._logged.values():
            touches = logged.overlaps(frame.start, frame.end or self.until + timedelta(days=1))
            if logged.id not in taken and logged.kind is frame.kind and touches:
                return logged
        return None

    def close_others(self, moment: datetime) -> list[EventFrame]:
        """Events that were open in the log and that the replay does not know: they ended meanwhile."""
        lost = [f for f in self._logged.values() if f.end is None and f.id not in self._same.values()]
        self._logged = {frame.id: frame for frame in self._logged.values() if frame not in lost}
        return [
            frame.model_copy(update={"end": max(moment, frame.start + timedelta(microseconds=1))}) for frame in lost
        ]
