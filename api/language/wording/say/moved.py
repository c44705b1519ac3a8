"""Moves of a scenario in words."""

from collections.abc import Sequence
from datetime import datetime

from api.language.wording.facts import Draft, Instant, Name, Worded
from api.language.wording.say.common import bare, valued
from twin.scenario import AppliedMove


def applied(draft: Draft, moves: Sequence[AppliedMove], end: datetime) -> Worded:
    """The levels that a scenario puts in force, and until when where that is before its end."""
    return draft.listed((_applied(draft, move, end) for move in moves), apart=True)


def _applied(draft: Draft, move: AppliedMove, end: datetime) -> Worded:
    tag, before, after = (
        Name(move.tag),
        bare(f"{move.tag} before", move.before, move.unit, move.tag),
        valued(f"{move.tag} after", move.after, move.unit, move.tag),
    )
    start = Instant("start of the move", move.start, day=False)
    if move.end >= end:
        return draft.part("whatif.move", tag=tag, before=before, after=after, start=start)
    until = Instant("end of the move", move.end, day=False)
    return draft.part("whatif.move_until", tag=tag, before=before, after=after, start=start, end=until)
