"""Whether a tag rises, falls or holds, and how fast: a robust slope with an interval that owns up to slow noise."""

from datetime import timedelta
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field
from scipy.stats import theilslopes

from twin.answer import TimeWindow
from twin.clock import Span, to_datetime64
from twin.errors import EmptyWindow
from twin.operations.bounds import echoed, kept
from twin.operations.events import model_step
from twin.plant import Tag
from twin.protocols import Twin

FEWEST, MOST, NATIVE = 8, 400, 50_000
"""Values that a slope stands on, and rows that are read to make them."""
LONG_ENOUGH = 0.5
"""Of the window, from the first to the last value."""
CONFIDENCE = 0.9
MOST_ALIKE = 0.99
"""Largest correlation of neighbours that is counted with: beyond it nothing at all could be said."""
HOUR = timedelta(hours=1)

Floats = NDArray[np.float64]
Direction = Literal["rising", "falling", "steady"]

_NUMBERS = ("slope", "low", "high", "change", "change_low", "change_high", "r2")


class Trend(BaseModel):
    """The slope of one tag's good values over a window; the numbers are None when there is not enough data."""

    model_config = ConfigDict(frozen=True)

    tag: str
    unit: str
    description: str
    window: TimeWindow
    direction: Direction | None = Field(description="steady: the slope's interval holds 0; null: not enough data")
    slope: float | None = Field(description="Median slope (Theil and Sen), in the tag's unit an hour")
    low: float | None = Field(description="5 % bound of the slope, wider where the values hang together in time")
    high: float | None = Field(description="95 % bound of the slope")
    change: float | None = Field(description="Slope times the time from the first to the last value, in `unit`")
    change_low: float | None
    change_high: float | None
    r2: float | None = Field(description="Share of the values' variance that the line explains; 0 at least")
    sigma: float | None = Field(
        default=None, description="The change in standard deviations of the tag's ordinary movement; null: no model"
    )
    count: int = Field(description="Values that the slope stands on, at most 400 of the window")
    enough: bool = Field(description="At least 8 values over at least half of the window")


def trend(twin: Twin, tag: str, span: Span) -> Trend:
    """The trend of one tag in a window, cut at the present.

    Raises UnknownTag, OutsideData, OutsideRetention.
    """
    item, span = twin.plant.tag(tag), kept(twin, span)
    hours, values = _points(twin, item, span)
    common = {"tag": tag, "unit": item.unit, "description": item.description, "window": echoed(twin, span)}
    lasting = float(hours[-1] - hours[0]) if len(hours) else 0.0
    if len(hours) < FEWEST or lasting < LONG_ENOUGH * (span.end - span.start) / HOUR:
        return Trend(**common, **dict.fromkeys(_NUMBERS), direction=None, count=len(hours), enough=False)
    slope, low, high = slope_of(hours, values)
    change = slope * lasting
    return Trend(
        **common,
        direction="steady" if low <= 0 <= high else "rising" if slope > 0 else "falling",
        slope=slope,
        low=low,
        high=high,
        change=change,
        change_low=low * lasting,
        change_high=high * lasting,
        r2=_explained(hours, values, slope),
        sigma=_in_sigma(twin, tag, change),
        count=len(hours),
        enough=True,
    )


def slope_of(time: Floats, values: Floats) -> tuple[float, float, float]:
    """Median slope of values over time with its 5 and 95 % bounds.

    The slope and its bounds are Sen's (1968). Those hold for independent errors; where neighbouring residuals
    correlate by rho they are widened by sqrt((1 + rho) / (1 - rho)), as for a first-order autoregression.
    """
    slope, intercept, low, high = map(float, theilslopes(values, time, CONFIDENCE))
    residual = values - intercept - slope * time
    wider = _inflation(residual)
    return slope, slope - wider * (slope - low), slope + wider * (high - slope)


def _inflation(residual: Floats) -> float:
    centred = residual - residual.mean()
    power = float(centred @ centred)
    rho = float(centred[1:] @ centred[:-1]) / power if power > 0 else 0.0
    rho = min(max(rho, 0.0), MOST_ALIKE)
    return float(np.sqrt((1 + rho) / (1 - rho)))


def _points(twin: Twin, tag: Tag, span: Span) -> tuple[Floats, Floats]:
    """Hours since the window's start and values, at most `MOST` means of equal stretches."""
    step = tag.cadence or model_step(twin)
    step *= max(1, -(-(span.end - span.start) // (step * NATIVE)))
    try:
        window = twin.historian.window([tag.name], span, step)
    except EmptyWindow:
        return np.empty(0), np.empty(0)
    values = window.values[:, 0]
    size = -(-len(values) // MOST)
    hours = (window.time - to_datetime64(span.start)) / np.timedelta64(1, "h")
    padded = np.full((2, -(-len(values) // size) * size), np.nan)
    padded[:, : len(values)] = np.where(np.isfinite(values), (hours, values), np.nan)
    blocks = padded.reshape(2, -1, size)
    whole = np.isfinite(blocks[1]).any(axis=1)
    means = np.nanmean(blocks[:, whole], axis=2)
    return means[0], means[1]


def _explained(time: Floats, values: Floats, slope: float) -> float:
    centred = values - values.mean()
    left = centred - slope * (time - time.mean())
    power = float(centred @ centred)
    return max(0.0, 1 - float(left @ left) / power) if power > 0 else 0.0


def _in_sigma(twin: Twin, tag: str, change: float) -> float | None:
    card = twin.model.card if twin.model else None
    return change / card.scale[card.tags.index(tag)] if card and tag in card.tags else None
