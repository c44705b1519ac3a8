"""The operators' moves, as the historian recorded them."""

from twin.clock import Span
from twin.protocols import Twin
from twin.scenario import LoggedMove


def logged_moves(twin: Twin, span: Span) -> tuple[LoggedMove, ...]:
    """Changes of the movable tags in [start, end), oldest first."""
    names = [tag.name for tag in twin.plant.movable]
    return tuple(
        LoggedMove(
            tag=sample.tag,
            time=sample.time,
            before=before,
            after=sample.value,
            unit=twin.plant.tag(sample.tag).unit,
        )
        for sample, before in twin.historian.changes(names, span)
    )
