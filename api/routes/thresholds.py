"""Detection thresholds that people's judgements of events have moved."""

from typing import Annotated

from fastapi import APIRouter, Body, Path
from pydantic import BaseModel, ConfigDict, Field

from api.dependencies import State
from api.openapi import problems
from twin.lifecycle import ThresholdChange

router = APIRouter(prefix="/events/thresholds", tags=["events"])


class Thresholds(BaseModel):
    """Every change on record."""

    model_config = ConfigDict(frozen=True)

    changes: tuple[ThresholdChange, ...] = Field(description="Oldest first, undone ones too")


class Undoing(BaseModel):
    """Who undoes a change."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra={"example": {"who": "M. Weber"}})

    who: str = Field(min_length=1, max_length=200)


@router.get("", responses=problems(503))
def list_thresholds(state: State) -> Thresholds:
    """Who moved which statistic's threshold from where to where, for which event, and what was undone."""
    return Thresholds(changes=state.twin.events.threshold_changes())


@router.post("/{change_id}/undo", status_code=201, responses=problems(404, 422, 503))
def undo(
    state: State,
    change_id: Annotated[str, Path(description="The change's id, as /v1/events/thresholds gives it")],
    given: Annotated[Undoing, Body()],
) -> ThresholdChange:
    """Undo a change; it stays on record."""
    return state.twin.events.undo_threshold_change(change_id, given.who, state.twin.clock.now())
