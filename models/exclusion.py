"""What is never learned as normal: rows inside open events, and inside events that a person has confirmed."""

from collections.abc import Iterator, Sequence

import numpy as np

from twin.clock import Span, to_datetime64
from twin.event import EventFrame, Kind
from twin.protocols import EventLog
from twin.window import Window

TRUE, FALSE = "true", "false_alarm"


def abnormal(events: EventLog, span: Span) -> tuple[Span, ...]:
    """Stretches of `span` that no model may take for normal, joined and in order of time.

    An event counts when it is open or its newest feedback is `true`, and neither a logged move explains it nor late
    samples took it back nor a person called it a false alarm. A silence needs no exclusion: it left no values.
    """
    found = (frame for frame in events.between(span) if frame.anomalous and frame.kind is not Kind.SILENCE)
    counted = [frame for frame in found if _counts(frame, events)]
    spans = [Span(max(f.start, span.start), min(f.end or span.end, span.end)) for f in counted if f.start < span.end]
    return _joined(spans)


def without(windows: Sequence[Window], spans: Sequence[Span], least: int = 1) -> tuple[Window, ...]:
    """What is left of the windows outside the spans, in pieces of at least `least` rows."""
    return tuple(piece for window in windows for piece in _pieces(window, spans) if len(piece) >= least)


def hours(windows: Sequence[Window]) -> float:
    """Length of the windows together."""
    return sum(len(window) * window.step.total_seconds() for window in windows) / 3600


def _counts(frame: EventFrame, events: EventLog) -> bool:
    said = events.feedback(frame.id)
    label = said[-1].label if said else None
    return label == TRUE or (frame.open and label != FALSE)


def _joined(spans: Sequence[Span]) -> tuple[Span, ...]:
    joined: list[Span] = []
    for span in sorted(spans, key=lambda item: item.start):
        if joined and span.start <= joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(span.end, joined[-1].end))
        else:
            joined.append(span)
    return tuple(joined)


def _pieces(window: Window, spans: Sequence[Span]) -> Iterator[Window]:
    """Row t is of the interval that ends at t: a row counts as inside when any of that interval does."""
    normal = np.ones(len(window), dtype=np.bool_)
    step = np.timedelta64(window.step)
    for span in spans:
        normal &= (window.time <= to_datetime64(span.start)) | (window.time - step >= to_datetime64(span.end))
    edges = np.flatnonzero(np.diff(np.concatenate([[False], normal, [False]]).astype(np.int8)))
    for first, last in edges.reshape(-1, 2):
        yield window.rows(slice(int(first), int(last)))
