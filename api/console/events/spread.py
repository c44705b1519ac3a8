"""An event's way through the plant, on the tree of its assets."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from markupsafe import Markup
from nicegui import ui

from api.console.markup import link, span
from api.console.view import View
from twin.event import Departure, EventFrame
from twin.plant import Asset, Plant

WHOLE = 15
"""Assets up to which the whole tree is drawn; of a larger plant only those on the way and what they are part of."""


@dataclass(frozen=True, slots=True)
class Reached:
    """An asset of the tree.

    Attributes:
        depth: 0 at the top.
        order: 1 for the asset that the event reached first; None for one that it never reached.
        delay: since the first one.
        step: how it got there.
    """

    asset: Asset
    depth: int
    order: int | None = None
    delay: timedelta | None = None
    step: Departure | None = None


def spread(plant: Plant, event: EventFrame) -> tuple[Reached, ...]:
    """The assets from the top down, those that the event reached with order and delay; empty when it names none."""
    if not event.propagation:
        return ()
    steps = {step.asset: (order, step) for order, step in enumerate(event.propagation, 1)}
    begin = event.propagation[0].time
    shown = _shown(plant, set(steps))
    rows = []
    for asset, depth in _tree(plant, None, 0):
        if asset.name in steps:
            order, step = steps[asset.name]
            rows.append(Reached(asset, depth, order, step.time - begin, step))
        elif asset.name in shown:
            rows.append(Reached(asset, depth))
    return tuple(rows)


def draw_spread(view: View, event: EventFrame) -> None:
    """The way through the plant, one asset a line."""
    rows = spread(view.plant, event)
    if not rows:
        return
    words = view.words
    ui.label(words("events.spread")).classes("strong")
    with ui.element("ol").classes("spread").props(f'aria-label="{words("events.spread")}"'):
        for row in rows:
            line = ui.html(spread_markup(view, row), sanitize=False, tag="li")
            line.classes("reached" if row.order else "").style(f"--depth: {row.depth}")


def spread_markup(view: View, row: Reached) -> Markup:
    """An asset of the way: order, name, delay, and the tag that left its prediction there first."""
    name = span("asset-name", row.asset.name)
    if row.order is None or row.step is None or row.delay is None:
        return name + span("hint", view.words("events.spread.not"))
    delay = "" if row.order == 1 else f"+{view.write.duration(row.delay)}"
    after = view.words("events.spread.after", asset=row.step.after) if row.step.after else ""
    return Markup("").join(
        [
            span("order", str(row.order)),
            name,
            span("mono", view.words("events.spread.first") if row.order == 1 else delay),
            link(f"/tags/{row.step.tag}", row.step.tag),
            span("hint", f"{view.write.instant(row.step.time)} {after}".strip()),
        ]
    )


def _shown(plant: Plant, reached: set[str]) -> set[str]:
    if len(plant.assets) <= WHOLE:
        return {asset.name for asset in plant.assets}
    parents = {asset.name: asset.parent for asset in plant.assets}
    shown: set[str] = set()
    for name in reached:
        above: str | None = name
        while above is not None and above not in shown:
            shown.add(above)
            above = parents[above]
    return shown


def _tree(plant: Plant, parent: str | None, depth: int) -> Iterator[tuple[Asset, int]]:
    for asset in plant.assets:
        if asset.parent == parent:
            yield asset, depth
            yield from _tree(plant, asset.name, depth + 1)
