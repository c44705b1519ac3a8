"""How every tag stands now: its newest value, what was expected of it, and its last hours in few numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from twin.clock import Span
from twin.operations.describe import LatestValue, latest
from twin.plant import Tag
from twin.protocols import Fill, Prediction, Twin

EXPECTED_WITHIN = timedelta(hours=1)
"""How old a prediction may be to say something about now."""
RECENT_ROWS = 100


@dataclass(frozen=True, slots=True)
class Standing:
    """One tag now.

    Attributes:
        tag: as the plant file has it.
        newest: its newest sample; None: it never sent one.
        expected: the newest row of which something was expected, at most an hour old; None: there is none.
    """

    tag: Tag
    newest: LatestValue | None
    expected: Prediction | None


def standings(twin: Twin) -> tuple[Standing, ...]:
    """Every tag of the plant in the plant file's order, by two queries."""
    now = twin.clock.now()
    values = {value.tag: value for value in latest(twin)}
    expected = twin.events.newest_predictions(Span(now - EXPECTED_WITHIN, now))
    return tuple(Standing(tag, values.get(tag.name), expected.get(tag.name)) for tag in twin.plant.tags)


def recent_values(
    twin: Twin, tags: Sequence[str], span: Span, rows: int = RECENT_ROWS
) -> dict[str, tuple[float | None, ...]]:
    """Mean values of each tag in at most `rows` rows of equal length, by at most three queries; gaps are None.

    A tag that is logged on change holds its last value; one whose values come less often than the rows has longer
    rows.
    """
    width = (span.end - span.start) / rows
    cadence = {name: twin.plant.tag(name).cadence for name in tags}
    held = [name for name in tags if cadence[name] is None]
    slow = {name: length for name in tags if (length := cadence[name]) is not None and length > width}
    fast = [name for name in tags if name not in slow and name not in held]
    found = _means(twin, fast, span, rows, Fill.NULL) | _means(twin, held, span, rows, Fill.LAST)
    if slow:
        fewer = max(1, (span.end - span.start) // max(slow.values()))
        found |= _means(twin, list(slow), span, fewer, Fill.NULL)
    return {name: found[name] for name in tags}


def _means(twin: Twin, tags: Sequence[str], span: Span, rows: int, fill: Fill) -> dict[str, tuple[float | None, ...]]:
    if not tags:
        return {}
    series = twin.historian.series(tags, span, rows=rows, fill=fill)
    return {
        name: tuple(float(value) if np.isfinite(value) else None for value in series.mean[:, column])
        for column, name in enumerate(series.tags)
    }
