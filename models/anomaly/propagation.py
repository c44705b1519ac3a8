"""Where an event went: the assets it reached, in order of time, along what feeds what."""

from collections.abc import Sequence

from twin.event import Contribution, Departure
from twin.plant import Plant


def propagation(contributions: Sequence[Contribution], first_mover: str, plant: Plant) -> tuple[Departure, ...]:
    """The assets of the contributors, each with the first of its tags that left its prediction; the earliest first.

    An asset comes `after` the latest neighbour that was reached before it: one that feeds it, is fed by it (a
    disturbance also goes up a pressure line), or is a part of it or it of the other.
    """
    order = sorted(contributions, key=lambda item: (item.first_seen, item.tag != first_mover, -item.share))
    path: list[Departure] = []
    for item in order:
        asset = plant.tag(item.tag).asset
        if asset in {step.asset for step in path}:
            continue
        near = plant.neighbours(asset)
        after = next((step.asset for step in reversed(path) if step.asset in near), None)
        path.append(Departure(asset=asset, tag=item.tag, time=item.first_seen, after=after))
    return tuple(path)
