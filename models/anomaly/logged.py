"""The logged move that explains an event, as the historian has it."""

from datetime import timedelta

from twin.clock import Span
from twin.event import EventFrame
from twin.protocols import Historian


def with_logged_move(frame: EventFrame, historian: Historian, step: timedelta) -> EventFrame:
    """The frame with the move's own time: the detector knows it to a row."""
    move = frame.explained_by
    if move is None:
        return frame
    span = Span(move.time - step, move.time + timedelta(microseconds=1))
    logged = [sample for sample, _ in historian.changes([move.tag], span) if sample.value == move.after]
    if not logged:
        return frame
    return frame.model_copy(update={"explained_by": move.model_copy(update={"time": logged[-1].time})})
