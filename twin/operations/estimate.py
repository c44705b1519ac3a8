"""Virtual sensors: what a tag that is missing or bad should show, from all the others and its own past."""

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from twin.clock import Span, from_datetime64
from twin.errors import InvalidInput, OutsideData
from twin.operations.bounds import floor
from twin.operations.numbers import hours
from twin.operations.rollout import ready, resolved_start
from twin.plant import Tag
from twin.protocols import Twin, WorldModel
from twin.scenario import Band
from twin.window import Window

REACH = timedelta(days=7)
"""How long ago a tag's last good value may be."""
LEFT_OUT = timedelta(hours=1)
"""What is left out of a tag that is well, so that there is something to compare it with."""
REHEARSED_ROWS = 1200
"""Rows gone through again to see how good such estimates have been: about a second on one core."""
LONGEST_REHEARSAL = 160
FEWEST_ERRORS = 10
SHARE, NORMAL = 0.9, 1.645
"""What the band shall hold, and half its width in standard deviations of a normal distribution."""

Values = NDArray[np.float64]


class Estimate(BaseModel):
    """A tag's value as the world model infers it without the tag's own values after `since`."""

    model_config = ConfigDict(frozen=True)

    tag: str
    unit: str
    time: AwareDatetime
    value: float
    p05: float
    p95: float
    measured: float | None = Field(description="What was measured in that row, which the estimate has not seen")
    since: AwareDatetime = Field(description="Values of the tag after this instant were left out")
    errors: int = Field(description="Past values that such estimates were held against; the band holds 90 % of them")
    rows: tuple[AwareDatetime, ...] = Field(description="The steps after `since`")
    band: Band = Field(description="The estimate of every one of them")
    model_version: str


def estimate(twin: Twin, tag: str, *, at: datetime | None = None, since: datetime | None = None) -> Estimate:
    """The tag at the last whole step before `at` (None: now), its values after `since` left out.

    Without `since` these are the values after its last good one, or those of the last hour when it is well. The band
    is measured: the same is done at earlier times, when the tag was well, and the errors after as many steps are
    looked at (split conformal, Lei et al. 2018). Where there are too few of them, the model's one-step deviation
    widens with the square root of the steps. Raises UnknownTag, InvalidInput for a tag that operators set,
    OutsideData, OutsideRetention, ModelNotReady.
    """
    model = ready(twin)
    item = _estimable(twin, model, tag)
    step = model.card.step
    end = floor(resolved_start(twin, at), step)
    begin = _last_used(twin, item, end, step) if since is None else floor(since, step)
    if not end - REACH <= begin < end:
        raise InvalidInput(
            f"values can be left out from {hours(REACH)} to {hours(step)} before {end.isoformat()}",
            field="since",
            value=begin.isoformat(),
        )
    rows = (end - begin) // step
    shown = _without(_window(twin, model, begin, end), tag, rows)
    _, residual = model.observe(shown)
    column = model.card.tags.index(tag)
    mean, noise = residual.predicted[-rows:, column], residual.noise[-rows:, column]
    errors = _rehearsed(twin, model, tag, begin, min(rows, LONGEST_REHEARSAL))
    half = np.array([_half_width(errors, lead, float(noise[lead - 1])) for lead in range(1, rows + 1)])
    latest = twin.historian.window([tag], Span(end - step, end), step).values[-1, 0]
    return Estimate(
        tag=tag,
        unit=item.unit,
        time=end,
        value=float(mean[-1]),
        p05=float(mean[-1] - half[-1]),
        p95=float(mean[-1] + half[-1]),
        measured=float(latest) if np.isfinite(latest) else None,
        since=begin,
        errors=int(np.isfinite(errors).sum()),
        rows=tuple(from_datetime64(moment) for moment in shown.time[-rows:]),
        band=Band(
            tag=tag,
            unit=item.unit,
            mean=tuple(mean.tolist()),
            p05=tuple((mean - half).tolist()),
            p50=tuple(mean.tolist()),
            p95=tuple((mean + half).tolist()),
        ),
        model_version=model.card.version,
    )


def _estimable(twin: Twin, model: WorldModel, tag: str) -> Tag:
    item = twin.plant.tag(tag)
    if tag not in model.card.tags:
        raise InvalidInput(f"{tag} is set by operators: nothing else says where it stands", field="tag", value=tag)
    return item


def _last_used(twin: Twin, tag: Tag, end: datetime, step: timedelta) -> datetime:
    """The row of the tag's last good value; an hour before the end when the tag is well."""
    window = twin.historian.window([tag.name], Span(end - REACH, end), step)
    good = np.flatnonzero(window.valid[:, 0])
    if not len(good):
        raise OutsideData(
            f"{tag.name} had no good value in the {hours(REACH)} before {end.isoformat()}",
            field="tag",
            value=tag.name,
        )
    last = from_datetime64(window.time[good[-1]])
    well = end - last <= max(2 * (tag.cadence or step), step)
    return end - max(1, LEFT_OUT // step) * step if well else last


def _window(twin: Twin, model: WorldModel, begin: datetime, end: datetime) -> Window:
    card = model.card
    return twin.historian.window((*card.tags, *card.moves), Span(begin - card.context, end), card.step)


def _without(window: Window, tag: str, rows: int) -> Window:
    """The window without the tag's values in its last rows."""
    values, valid = window.values.copy(), window.valid.copy()
    column = window.tags.index(tag)
    values[-rows:, column], valid[-rows:, column] = np.nan, False
    return replace(window, values=values, valid=valid)


def _rehearsed(twin: Twin, model: WorldModel, tag: str, begin: datetime, rows: int) -> Values:
    """(rehearsal, rows) measured minus estimated over stretches that end before `begin`, NaN where not measured.

    Stretches in which the moves are not known are left out.
    """
    card = model.card
    context = card.context // card.step
    count = max(1, REHEARSED_ROWS // (context + rows))
    extent = twin.historian.extent()
    starts = [begin - (i + 1) * rows * card.step for i in range(count)]
    possible = [start for start in starts if extent is not None and start - card.context >= extent.start]
    errors = []
    for start in possible:
        window = _window(twin, model, start, start + rows * card.step)
        if window.select(card.moves).valid.all():
            _, residual = model.observe(_without(window, tag, rows))
            errors.append(window.column(tag)[-rows:] - residual.predicted[-rows:, card.tags.index(tag)])
    return np.array(errors).reshape(-1, rows)


def _half_width(errors: Values, lead: int, noise: float) -> float:
    """Half of the band after so many steps: what held SHARE of the errors after about as many."""
    last = min(max(lead, 5), errors.shape[1])
    near = np.abs(errors[:, last // 2 : last])
    known = near[np.isfinite(near)]
    if len(known) < FEWEST_ERRORS:
        return float(NORMAL * noise * np.sqrt(lead))
    return float(np.quantile(known, min(1.0, SHARE * (1 + 1 / len(known)))))
