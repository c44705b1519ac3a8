"""Which events a list shows; the address of the page says it, so that a link shows the same list again."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from api.console.events.states import UNUSUAL, Entry, State
from twin.errors import InvalidInput
from twin.event import Kind, Severity
from twin.plant import Plant

Chosen = TypeVar("Chosen", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class EventFilter:
    """What an event must be to be listed; an empty set asks for nothing.

    Attributes:
        asset: events of this asset and of everything below it.
        text: every word must occur in the event's message, name, tags, asset or id.
    """

    kinds: frozenset[Kind] = frozenset()
    severities: frozenset[Severity] = frozenset()
    states: frozenset[State] = UNUSUAL
    asset: str | None = None
    text: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str], plant: Plant) -> "EventFilter":
        """What an address asks for; raises InvalidInput when it names what is not there."""
        asset = query.get("asset") or None
        if asset is not None and asset not in {item.name for item in plant.assets}:
            raise InvalidInput(f"{plant.name} has no asset {asset!r}", field="asset", value=asset)
        return cls(
            kinds=_read(query, "kind", Kind),
            severities=_read(query, "severity", Severity),
            states=_read(query, "state", State) if "state" in query else UNUSUAL,
            asset=asset,
            text=query.get("text", ""),
        )

    def query(self) -> dict[str, str]:
        """How an address asks for it; what is as usual is not named."""
        chosen = {"kind": self.kinds, "severity": self.severities}
        asked = {name: ",".join(sorted(items)) for name, items in chosen.items() if items}
        if self.states != UNUSUAL:
            asked["state"] = ",".join(sorted(self.states))
        return asked | {name: value for name, value in (("asset", self.asset), ("text", self.text)) if value}

    def admits(self, entry: Entry, plant: Plant, said: str = "") -> bool:
        """Whether the event is to be listed; words are looked for in what is `said` of it to the reader, too."""
        event, told = entry.event, f"{said} {_told(entry)}".lower()
        return (
            (not self.kinds or event.kind in self.kinds)
            and (not self.severities or event.severity in self.severities)
            and (not self.states or bool(self.states & entry.states))
            and (self.asset is None or self.asset in _above(event.asset, plant))
            and all(word in told for word in self.text.lower().split())
        )


def _read(query: Mapping[str, str], name: str, kind: type[Chosen]) -> frozenset[Chosen]:
    asked = frozenset(filter(None, query.get(name, "").split(",")))
    known = frozenset(kind)
    if unknown := asked - {item.value for item in known}:
        raise InvalidInput(
            f"there is no {name} {', '.join(sorted(unknown))}; there are {', '.join(sorted(known))}",
            field=name,
            value=sorted(unknown),
        )
    return frozenset(kind(item) for item in asked)


def _above(asset: str, plant: Plant) -> Iterator[str]:
    """The asset and those that it is a part of."""
    parents = {item.name: item.parent for item in plant.assets}
    above: str | None = asset
    while above is not None:
        yield above
        above = parents.get(above)


def _told(entry: Entry) -> str:
    """Everything of an event that words are looked for in."""
    event = entry.event
    tags = (item.tag for item in event.contributions)
    parts = (event.message, entry.handling.label or "", event.asset, event.first_mover, event.id, event.kind, *tags)
    return " ".join(parts)
