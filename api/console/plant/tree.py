"""The plant's assets as a tree, and what it needs for a look at all of them: open events, troubled tags."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from twin.event import EventFrame
from twin.operations.standing import Standing
from twin.plant import Asset, Plant, Tag


@dataclass(frozen=True, slots=True)
class Node:
    """An asset with its own tags and the assets below it."""

    asset: Asset
    tags: tuple[Tag, ...]
    below: tuple["Node", ...]

    def names(self) -> frozenset[str]:
        """Its own name and those of everything below it."""
        return frozenset({self.asset.name}).union(*(node.names() for node in self.below))


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with an asset and everything below it."""

    open_events: int = 0
    passed: int = 0
    unsound: int = 0


def tree(plant: Plant, parent: str | None = None) -> tuple[Node, ...]:
    """The assets below one, or those at the top, in the plant file's order."""
    return tuple(
        Node(asset, tuple(tag for tag in plant.tags if tag.asset == asset.name), tree(plant, asset.name))
        for asset in plant.assets
        if asset.parent == parent
    )


def troubles(
    nodes: Iterable[Node], standings: Mapping[str, Standing], open_events: Sequence[EventFrame]
) -> dict[str, Trouble]:
    """What is wrong with every asset of the trees, by its name."""
    found: dict[str, Trouble] = {}
    for node in nodes:
        found |= troubles(node.below, standings, open_events)
        own = [standings[tag.name] for tag in node.tags if tag.name in standings]
        below = [found[child.asset.name] for child in node.below]
        found[node.asset.name] = Trouble(
            open_events=sum(event.asset == node.asset.name for event in open_events)
            + sum(item.open_events for item in below),
            passed=sum(1 for item in own if item.newest and item.newest.passed) + sum(item.passed for item in below),
            unsound=sum(1 for item in own if unsound(item)) + sum(item.unsound for item in below),
        )
    return found


def unsound(standing: Standing) -> bool:
    """Whether the newest value cannot be relied on: bad, uncertain, silent for too long, or never sent."""
    newest = standing.newest
    if newest is None:
        return standing.tag.cadence is not None
    return newest.stale or newest.quality != "good"


def matches(tag: Tag, words: str) -> bool:
    """Whether every word occurs in a tag's name, description or aliases."""
    told = " ".join((tag.name, tag.description, *tag.aliases)).lower()
    return all(word in told for word in words.lower().split())
