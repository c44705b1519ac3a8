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
    """Mean values of each tag in at most `rows` rows of equal length, by at most two queries; gaps are None.

    A tag that is logged on change holds its last value.
    """
    held = [name for name in tags if twin.plant.tag(name).cadence is None]
    measured = [name for name in tags if twin.plant.tag(name).cadence is not None]
    found: dict[str, tuple[float | None, ...]] = {}
    for names, fill in ((measured, Fill.NULL), (held, Fill.LAST)):
        if names:
            series = twin.historian.series(names, span, rows=rows, fill=fill)
            found |= {
                name: tuple(float(v) if np.isfinite(v) else None for v in series.mean[:, column])
                for column, name in enumerate(series.tags)
            }
    return {name: found[name] for name in tags}
