"""The plant as its plant file describes it: assets, tags, limits, shifts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from functools import cached_property
from zoneinfo import ZoneInfo

from rapidfuzz import process

from twin.clock import Shift
from twin.errors import UnknownTag
from twin.formula import Formula

SILENT_CADENCES = 5
"""Values in a row that a tag may leave out before it is silent, unless the plant file says otherwise."""


class TagRole(StrEnum):
    """What a tag is to the plant's control."""

    MEASURED = "measured"
    MV = "mv"
    SETPOINT = "setpoint"
    DISTURBANCE = "disturbance"
    ANALYSER = "analyser"


@dataclass(frozen=True, slots=True)
class Limits:
    """Alarm and trip limits in the tag's engineering unit; None where the process has none."""

    trip_lo: float | None = None
    lolo: float | None = None
    lo: float | None = None
    hi: float | None = None
    hihi: float | None = None
    trip_hi: float | None = None

    def items(self) -> Iterator[tuple[str, float]]:
        """(name, value) of every limit that is set, lowest first."""
        for name in ("trip_lo", "lolo", "lo", "hi", "hihi", "trip_hi"):
            value = getattr(self, name)
            if value is not None:
                yield name, value


@dataclass(frozen=True, slots=True)
class Tag:
    """One signal of the plant.

    Attributes:
        name: unique, as in the historian.
        asset: name of the asset it belongs to.
        role: what it is to the control of the plant.
        unit: engineering unit, as pint reads it; "1" for a ratio.
        description: for a person.
        low, high: range of the instrument or of the setpoint, in `unit`.
        cadence: distance of two new values; None for a tag that is logged on change and holds in between.
        max_silence: how long it may say nothing; None: as `Plant.max_silence` has it.
        movable: whether an operator sets it; movable tags are the moves of the world model.
        handle: the movable tag an operator reaches for to change this one, if any.
        aliases: other names people use.
    """

    name: str
    asset: str
    role: TagRole
    unit: str
    description: str
    low: float
    high: float
    cadence: timedelta | None
    movable: bool = False
    handle: str | None = None
    limits: Limits = field(default_factory=Limits)
    aliases: tuple[str, ...] = ()
    max_silence: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Retention:
    """How long the historian keeps what; None: for ever."""

    samples: timedelta | None = None
    rollups: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Asset:
    """A part of the plant; `parent` is None for the top. A `unit` has a world model of its own.

    `feeds` names the assets that matter or energy goes to from it.
    """

    name: str
    description: str
    parent: str | None
    aliases: tuple[str, ...] = ()
    unit: bool = False
    feeds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Gain:
    """What a move does to a tag in the long run, as the people who know the plant state it.

    Attributes:
        move: the movable tag.
        tag: the observed tag.
        sign: 1 when the tag rises with the move, -1 when it falls, 0 when it ends where it was.
        value: change of the tag at steady state for a change of the move by one, in units of the tag per unit of
            the move; None when only the sign is known.
    """

    move: str
    tag: str
    sign: int
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Kpi:
    """A number that says how well the plant does, such as its cost per hour: a formula over tags."""

    name: str
    unit: str
    description: str
    formula: Formula


@dataclass(frozen=True)
class Plant:
    """Everything the plant file says."""

    name: str
    description: str
    time_zone: ZoneInfo
    step: timedelta
    night_shift: str
    shifts: tuple[Shift, ...]
    assets: tuple[Asset, ...]
    tags: tuple[Tag, ...]
    retention: Mapping[TagRole, Retention] = field(default_factory=dict)
    gains: tuple[Gain, ...] = ()
    kpis: tuple[Kpi, ...] = ()

    @cached_property
    def _by_name(self) -> dict[str, Tag]:
        return {tag.name: tag for tag in self.tags}

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def tag(self, name: str) -> Tag:
        """The tag of exactly that name; raises UnknownTag with the nearest names."""
        try:
            return self._by_name[name]
        except KeyError as error:
            near = [match[0] for match in process.extract(name, list(self._by_name), limit=3, score_cutoff=60)]
            hint = f"; did you mean {', '.join(near)}?" if near else ""
            raise UnknownTag(
                f"{self.name} has no tag {name!r}{hint}", field="tag", value=name, candidates=near
            ) from error

    def max_silence(self, tag: Tag) -> timedelta | None:
        """How long a tag may say nothing; None for one that is logged on change and has no limit of its own."""
        if tag.max_silence is not None or tag.cadence is None:
            return tag.max_silence
        return max(SILENT_CADENCES * tag.cadence, self.step)

    def asset(self, name: str) -> Asset:
        """The asset of exactly that name; raises KeyError."""
        return next(asset for asset in self.assets if asset.name == name)

    @property
    def units(self) -> tuple[str, ...]:
        """Assets that have a world model of their own; empty: the plant has one model."""
        return tuple(asset.name for asset in self.assets if asset.unit)

    def neighbours(self, asset: str) -> frozenset[str]:
        """Assets that feed this one or are fed by it, that it is a part of, or that are a part of it."""
        own = self.asset(asset)
        found = {*own.feeds, *(item.name for item in self.assets if asset in item.feeds or item.parent == asset)}
        return frozenset(found if own.parent is None else {*found, own.parent})

    def tags_of(self, asset: str) -> tuple[Tag, ...]:
        """Tags of the asset and of everything below it."""
        inside = {asset}
        for item in self.assets:
            if item.parent in inside:
                inside.add(item.name)
        return tuple(tag for tag in self.tags if tag.asset in inside)

    @property
    def movable(self) -> tuple[Tag, ...]:
        """What an operator sets: the inputs of the world model."""
        return tuple(tag for tag in self.tags if tag.movable)

    @property
    def observed(self) -> tuple[Tag, ...]:
        """What the plant answers with: the outputs of the world model."""
        return tuple(tag for tag in self.tags if not tag.movable)
