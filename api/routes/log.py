"""The journal: what people wrote down, what was asked and answered, what was moved."""

from typing import Annotated

from fastapi import APIRouter, Body, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.dependencies import AskedSpan, State
from api.openapi import problems
from twin.errors import InvalidInput, NotFound
from twin.journal import AnsweredQuestion, LogEntry
from twin.operations.moves import logged_moves
from twin.plant import Plant
from twin.scenario import LoggedMove

router = APIRouter(tags=["journal"])

Limit = Annotated[int, Query(ge=1, le=1000, description="At most so many, the newest ones")]
OfTag = Annotated[str | None, Query(description="Only what is about this tag")]
OfAsset = Annotated[str | None, Query(description="Only what is about this asset")]
Text = Annotated[str, Field(pattern=r"^[^\x00]*[^\x00\s][^\x00]*$")]


class LogEntryIn(BaseModel):
    """Something worth writing down, about a tag, an asset or the plant."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={
            "example": {
                "time": "2026-03-02T02:05:00+01:00",
                "author": "M. Weber, shift B",
                "asset": "reactor",
                "text": "Cooling water pump changed over to B",
            }
        },
    )

    time: AwareDatetime | None = Field(default=None, description="The instant that it is about; default: now")
    author: Text = Field(max_length=200)
    text: Text = Field(max_length=10_000)
    tag: str | None = None
    asset: str | None = None


class AnswersFound(BaseModel):
    """Questions of a window and what was said, oldest first."""

    answers: tuple[AnsweredQuestion, ...]
    left_out: int = Field(description="Older ones of the window, beyond the limit")


@router.get("/answers", responses=problems(503))
def list_answers(
    state: State,
    span: AskedSpan,
    limit: Limit = 100,
    whole: Annotated[bool, Query(description="With series and the operations' own results")] = False,
) -> AnswersFound:
    """What was asked in a window, and every answer with its evidence, tools and model version."""
    found = state.notebook.journal.answers(span)
    told = found[-limit:] if whole else tuple(map(_without_curves, found[-limit:]))
    return AnswersFound(answers=told, left_out=len(found) - len(told))


@router.get("/log", responses=problems(404, 503))
def list_entries(state: State, span: AskedSpan, tag: OfTag = None, asset: OfAsset = None) -> tuple[LogEntry, ...]:
    """What people wrote down about instants of a window, oldest first."""
    _check(state.twin.plant, tag, asset)
    entries = state.notebook.journal.entries(span)
    return tuple(entry for entry in entries if tag in (None, entry.tag) and asset in (None, entry.asset))


@router.post("/log", status_code=201, responses=problems(404, 503))
def add_entry(state: State, given: Annotated[LogEntryIn, Body()]) -> LogEntry:
    """Write something down; it is kept when the answer arrives."""
    _check(state.twin.plant, given.tag, given.asset)
    moment = given.time or state.twin.clock.now()
    entry = LogEntry(time=moment, author=given.author, text=given.text, tag=given.tag, asset=given.asset)
    state.notebook.journal.add_entry(entry)
    return entry


@router.get("/moves", responses=problems(404, 503))
def list_moves(state: State, span: AskedSpan, tag: OfTag = None) -> tuple[LoggedMove, ...]:
    """What the operators moved in a window, oldest first: each change of a movable tag with its value before."""
    if tag is not None and not state.twin.plant.tag(tag).movable:
        raise InvalidInput(f"{tag} is not moved by an operator", field="tag", value=tag)
    return tuple(move for move in logged_moves(state.twin, span) if tag in (None, move.tag))


def _check(plant: Plant, tag: str | None, asset: str | None) -> None:
    """Raise UnknownTag or NotFound for what the plant does not have."""
    if tag is not None:
        plant.tag(tag)
    names = tuple(known.name for known in plant.assets)
    if asset is not None and asset not in names:
        raise NotFound(f"there is no asset {asset}", field="asset", value=asset, candidates=names)


def _without_curves(answered: AnsweredQuestion) -> AnsweredQuestion:
    return answered.model_copy(update={"answer": answered.answer.model_copy(update={"series": (), "result": None})})
