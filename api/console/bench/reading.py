"""What the bench reads of the plant: levels at a start, the past of a tag, the truth after it."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import numpy as np

from api.console.bench.fields import Known
from twin.answer import Series
from twin.clock import Span
from twin.errors import EmptyWindow
from twin.operations.bounds import floor
from twin.operations.describe import history
from twin.plant import Tag
from twin.protocols import Twin

BEFORE = timedelta(hours=2)
"""What is drawn of the time before a start."""


def known_at(twin: Twin, start: datetime | None) -> Known:
    """Levels of the movable tags in force at an instant (None: now), and what the model has learned of them."""
    moment = start or twin.clock.now()
    names = [tag.name for tag in twin.plant.movable]
    step = twin.model.card.step if twin.model else twin.plant.step
    end = floor(moment, step)
    try:
        window = twin.historian.window(names, Span(end - step, end), step)
    except EmptyWindow:
        levels = {}
    else:
        last = ((name, float(window.column(name)[-1])) for name in names)
        levels = {name: value for name, value in last if np.isfinite(value)}
    return Known.of(levels, twin.model.card.envelope if twin.model else ())


def truths(twin: Twin, tags: Iterable[str], span: Span) -> Mapping[str, Series]:
    """What was measured of every tag in the part of the span that lies behind us."""
    if span.start >= twin.clock.now():
        return {}
    return {tag: history(twin, tag, span) for tag in tags}


def observed(twin: Twin) -> tuple[Tag, ...]:
    """The tags that a rollout tells of, in the model's order; without a model those that are measured."""
    if twin.model is not None:
        return tuple(twin.plant.tag(name) for name in twin.model.card.tags)
    return tuple(tag for tag in twin.plant.tags if not tag.movable)


def led_by(twin: Twin, moved: Iterable[str]) -> list[str]:
    """The tags that an operator moves through these setpoints, as far as a rollout tells of them."""
    handles = list(moved)
    return [tag.name for handle in handles for tag in observed(twin) if tag.handle == handle]
