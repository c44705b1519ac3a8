"""What several kinds of questions look up."""

from collections.abc import Sequence

from api.language.run.steps import Steps
from twin.answer import Series, TimeWindow
from twin.clock import Span
from twin.event import EventFrame, Kind
from twin.operations.describe import TagSummary, describe_tag, history
from twin.plant import Plant
from twin.protocols import Twin

CHARTED = 4
NAMED = 5
"""Contributions of an event that it is about."""


def around_of(plant: Plant, tags: Sequence[str], assets: Sequence[str]) -> frozenset[str] | None:
    """The tags that a question is about; None: all of them."""
    if not tags and not assets:
        return None
    return frozenset([*tags, *(tag.name for asset in assets for tag in plant.tags_of(asset))])


def concerns(frame: EventFrame, tags: frozenset[str] | None) -> bool:
    """Whether an event is about one of these tags; None is any."""
    named = frame.contributions if frame.kind is Kind.SILENCE else frame.contributions[:NAMED]
    return tags is None or any(item.tag in tags for item in named)


def summary_of(steps: Steps, tag: str, span: Span) -> TagSummary:
    """Statistics of one tag, as an operation of the plan."""
    return steps.run(
        "describe_tag", lambda: describe_tag(steps.twin, tag, span), tag=tag, start=span.start, end=span.end
    )


def measured(twin: Twin, tags: Sequence[str], span: Span) -> tuple[Series, ...]:
    """Measured values of the first tags, for the chart."""
    return tuple(history(twin, tag, span) for tag in tags[:CHARTED])


def version_of(twin: Twin) -> str | None:
    """The version of the world model in use."""
    return twin.model.card.version if twin.model else None


def span_of(window: TimeWindow) -> Span:
    """The window as the operations take it."""
    return Span(window.start, window.end)
