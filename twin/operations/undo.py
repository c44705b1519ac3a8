"""Taking a logged move back: the scenario in which it was not made."""

from collections.abc import Sequence
from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field

from twin.answer import TimeWindow
from twin.clock import Span
from twin.operations.bounds import echoed, floor, kept
from twin.operations.moves import logged_moves
from twin.operations.rollout import ready
from twin.protocols import Twin
from twin.scenario import Change, LoggedMove, Move, Scenario

HORIZON = timedelta(hours=8)
_INSTANT = timedelta(microseconds=1)


class Undone(BaseModel):
    """The last logged move of a window, and the scenario without it; both None when there was none."""

    model_config = ConfigDict(frozen=True)

    window: TimeWindow
    tags: tuple[str, ...] = Field(description="The movable tags that were looked at; empty: all")
    move: LoggedMove | None
    scenario: Scenario | None = Field(description="From just before the move on its tag keeps the level before it")
    others: tuple[LoggedMove, ...] = Field(description="Further moves of the window, oldest first; they are kept")


def undone(twin: Twin, span: Span, tags: Sequence[str] = (), horizon: timedelta = HORIZON) -> Undone:
    """The last move that was logged in the window, on one of the tags (or on their handles), taken back.

    Raises ModelNotReady, UnknownTag, OutsideData, OutsideRetention.
    """
    span = kept(twin, span)
    handles = tuple(dict.fromkeys(tag.handle or tag.name for tag in map(twin.plant.tag, tags)))
    moves = [move for move in logged_moves(twin, span) if not handles or move.tag in handles]
    last = moves[-1] if moves else None
    return Undone(
        window=echoed(twin, span),
        tags=handles,
        move=last,
        scenario=_without(twin, last, horizon) if last else None,
        others=tuple(moves[:-1]),
    )


def _without(twin: Twin, move: LoggedMove, horizon: timedelta) -> Scenario:
    kept_level = Move(tag=move.tag, change=Change.TO, amount=move.before)
    start = floor(move.time - _INSTANT, ready(twin).card.step)
    return Scenario(moves=(kept_level,), start=start, horizon=horizon)
