"""Tags: what they are, what they did."""

import math
from typing import Annotated

import numpy as np
from fastapi import APIRouter, Query
from numpy.typing import NDArray
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.dependencies import AskedSpan, State
from api.openapi import problems
from api.routes.plant import TagView
from twin.answer import Series
from twin.clock import from_datetime64
from twin.duration import Duration
from twin.operations.describe import LatestValue, TagSummary, describe_tag, history, latest
from twin.operations.estimate import Estimate, estimate
from twin.plant import TagRole
from twin.protocols import Fill
from twin.protocols import Series as TagSeries

router = APIRouter(prefix="/tags", tags=["tags"])


class TagDetail(BaseModel):
    """A tag with the statistics of a window and its newest value."""

    model_config = ConfigDict(frozen=True)

    tag: TagView
    latest: LatestValue | None = Field(description="Null while the tag has no sample")
    summary: TagSummary


@router.get("", responses=problems(404, 503))
def list_tags(
    state: State,
    asset: Annotated[str | None, Query(description="Only tags of this asset and of everything below it")] = None,
    role: Annotated[TagRole | None, Query(description="Only tags of this role")] = None,
    movable: Annotated[bool | None, Query(description="Only tags that an operator sets, or only the others")] = None,
) -> tuple[TagView, ...]:
    """The plant's tags, in the plant file's order."""
    plant = state.twin.plant
    inside = plant.tags if asset is None else plant.tags_of(asset)
    return tuple(
        TagView.of(tag)
        for tag in inside
        if (role is None or tag.role == role) and (movable is None or tag.movable == movable)
    )


@router.get("/{tag}", responses=problems(404, 503))
def get_tag(state: State, tag: str, span: AskedSpan) -> TagDetail:
    """One tag: its description, its newest value, its statistics in a window."""
    item = state.twin.plant.tag(tag)
    newest = next((value for value in latest(state.twin) if value.tag == tag), None)
    return TagDetail(tag=TagView.of(item), latest=newest, summary=describe_tag(state.twin, tag, span))


class SeriesView(BaseModel):
    """One tag's history at one resolution; a row stands for [time, time + resolution), good samples only."""

    model_config = ConfigDict(frozen=True)

    tag: str
    unit: str
    resolution_s: float
    fill: Fill = Field(description="What stands in a row without a good sample: null, the last value, or a line")
    time: list[AwareDatetime]
    mean: list[float | None]
    low: list[float | None]
    high: list[float | None]
    first: list[float | None]
    last: list[float | None]
    count: list[int] = Field(description="Good samples in the row")
    bad: list[int] = Field(description="Samples of other quality in the row")
    filled: list[bool] = Field(description="Whether the values of the row were filled in")

    @classmethod
    def of(cls, series: TagSeries, unit: str) -> "SeriesView":
        """The only tag of a series."""
        columns = {name: _column(getattr(series, name)) for name in ("mean", "low", "high", "first", "last")}
        return cls(
            tag=series.tags[0],
            unit=unit,
            resolution_s=series.resolution.total_seconds(),
            fill=series.fill,
            time=[from_datetime64(moment) for moment in series.time],
            count=series.count[:, 0].tolist(),
            bad=series.bad[:, 0].tolist(),
            filled=series.filled[:, 0].tolist(),
            **columns,
        )


def _column(values: NDArray[np.float64]) -> list[float | None]:
    return [value if math.isfinite(value) else None for value in values[:, 0].tolist()]


@router.get("/{tag}/series", responses=problems(404, 503))
def get_series(
    state: State,
    tag: str,
    span: AskedSpan,
    resolution: Annotated[
        Duration | None, Query(description="Length of a row, such as 10 min; default: by the span")
    ] = None,
    rows: Annotated[
        int, Query(ge=1, le=100_000, description="At most so many rows, when no resolution is given")
    ] = 1000,
    fill: Annotated[Fill, Query(description="What stands in a row without a good sample")] = Fill.NULL,
    as_of: Annotated[AwareDatetime | None, Query(description="As it was known then: without later samples")] = None,
) -> SeriesView:
    """One tag's history at a resolution that its span chooses; every row says how many samples it holds."""
    item = state.twin.plant.tag(tag)
    historian = state.twin.historian if as_of is None else state.twin.historian.as_of(as_of)
    return SeriesView.of(historian.series([tag], span, resolution=resolution, rows=rows, fill=fill), item.unit)


@router.get("/{tag}/estimate", responses=problems(404, 503))
def get_estimate(
    state: State,
    tag: str,
    at: Annotated[AwareDatetime | None, Query(description="Default: now")] = None,
    since: Annotated[
        AwareDatetime | None,
        Query(description="Leave out the tag's values after it; default: after its last good one, or the last hour"),
    ] = None,
) -> Estimate:
    """A virtual sensor: what the tag should show by all the others, with a band, without its own newest values."""
    return estimate(state.twin, tag, at=at, since=since)


@router.get("/{tag}/samples", responses=problems(404, 503))
def get_samples(
    state: State,
    tag: str,
    span: AskedSpan,
    max_points: Annotated[int, Query(ge=2, le=10_000, description="Longer windows come in as many buckets")] = 500,
) -> Series:
    """One tag's history: every value, or the mean, lowest and highest of each bucket; gaps are null."""
    return history(state.twin, tag, span, max_points)
