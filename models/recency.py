"""What a world model makes of recent data, read from the historian as training reads it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np

from models.dataset import DatasetConfig, read_episodes
from models.exclusion import abnormal, without
from twin.clock import Span
from twin.errors import EmptyWindow
from twin.plant import Plant
from twin.protocols import EventLog, Historian, WorldModel
from twin.window import Window
from twin.world import Residual


def normal_operation(
    historian: Historian, events: EventLog, plant: Plant, span: Span, least: timedelta
) -> tuple[Window, ...]:
    """Unbroken stretches of at least `least` without open and confirmed events; empty when there are none."""
    rows = max(1, round(least / plant.step))
    try:
        found = read_episodes(historian, plant, span, replace(DatasetConfig(), min_rows=rows))
    except EmptyWindow:
        return ()
    return without(found, abnormal(events, span), rows)


def settled(model: WorldModel, windows: Sequence[Window]) -> list[tuple[Window, Residual]]:
    """Each window with its residuals, without those of rows from which the belief was inferred."""
    warm = int(model.card.context / model.card.step)
    return [(window, _settled(model.observe(window)[1], warm)) for window in windows]


def newest(end: datetime, length: timedelta) -> Span:
    """The last stretch of that length, up to and with `end`."""
    return Span(end - length, end + timedelta(microseconds=1))


def _settled(residual: Residual, warm: int) -> Residual:
    sigma = residual.sigma.copy()
    sigma[:warm] = np.nan
    return replace(residual, sigma=sigma)
