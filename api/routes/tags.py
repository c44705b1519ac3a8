"""Tags: what they are, what they did."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from api.dependencies import AskedSpan, State
from api.openapi import problems
from api.routes.plant import TagView
from twin.answer import Series
from twin.operations.describe import LatestValue, TagSummary, describe_tag, history, latest
from twin.plant import TagRole

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


@router.get("/{tag}/samples", responses=problems(404, 503))
def get_samples(
    state: State,
    tag: str,
    span: AskedSpan,
    max_points: Annotated[int, Query(ge=2, le=10_000, description="Longer windows come in as many buckets")] = 500,
) -> Series:
    """One tag's history: every value, or the mean, lowest and highest of each bucket; gaps are null."""
    return history(state.twin, tag, span, max_points)
