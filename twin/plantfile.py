"""Reads plant.yaml: every mistake in it is named with file, line, field, value and what was expected."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import time, timedelta
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from twin import yaml_lines
from twin.clock import Shift
from twin.duration import Duration, parse_duration
from twin.errors import PlantFileError
from twin.formula import Formula
from twin.mistakes import Mistake, file_error, mistakes_of_form
from twin.plant import Asset, Gain, Kpi, Limits, Plant, Retention, Tag, TagRole
from twin.units import is_unit
from twin.yaml_lines import FieldPath

_ON_CHANGE = "on change"
_DAY = timedelta(days=1)
_SIGNS = {"positive": 1, "negative": -1, "none": 0}

SHORTEST_RETENTION = timedelta(days=14)
"""Twice as long as the latest sample is accepted; rollups of older samples are final."""


def _cadence(text: object) -> timedelta | None:
    if text == _ON_CHANGE:
        return None
    try:
        return parse_duration(text)
    except ValueError as error:
        raise ValueError(f"{error}, or {_ON_CHANGE}") from error


def _time_of_day(text: object) -> time:
    try:
        moment = time.fromisoformat(str(text))
    except ValueError as error:
        raise ValueError("a time of day such as 06:00") from error
    if moment.tzinfo is not None:
        raise ValueError("a time of day in the plant's zone, without a zone of its own, such as 06:00")
    return moment


def _zone(text: object) -> ZoneInfo:
    try:
        return ZoneInfo(str(text))
    except (KeyError, ValueError, OSError) as error:
        raise ValueError("a time zone of the IANA data base, such as Europe/Berlin") from error


def _unit(text: object) -> str:
    if not str(text) or not is_unit(str(text)):
        raise ValueError('an engineering unit that pint reads, such as kPa, m3/h, mol%, kscmh, or "1" for a ratio')
    return str(text)


def _formula(text: object) -> Formula:
    return Formula.parse(str(text))


Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.\-]*$", max_length=120)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Aliases = tuple[Annotated[str, Field(min_length=1, max_length=120)], ...]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class _Shift(_Entry):
    name: Name
    start: Annotated[time, BeforeValidator(_time_of_day)]
    end: Annotated[time, BeforeValidator(_time_of_day)]


class _Asset(_Entry):
    name: Name
    description: str
    parent: Name | None = None
    aliases: Aliases = ()
    unit: bool = False
    feeds: Annotated[tuple[Name, ...], Field(max_length=50)] = ()


class _Limits(_Entry):
    trip_lo: Finite | None = None
    lolo: Finite | None = None
    lo: Finite | None = None
    hi: Finite | None = None
    hihi: Finite | None = None
    trip_hi: Finite | None = None


class _Tag(_Entry):
    name: Name
    asset: Name
    role: TagRole
    unit: Annotated[str, BeforeValidator(_unit)]
    description: str
    range: tuple[Finite, Finite]
    cadence: Annotated[timedelta | None, BeforeValidator(_cadence)]
    movable: bool = False
    handle: Name | None = None
    limits: _Limits = _Limits()
    aliases: Aliases = ()
    max_silence: Duration | None = None

    def as_limits(self) -> Limits:
        return Limits(**self.limits.model_dump())


class _Retention(_Entry):
    samples: Duration | None = None
    rollups: Duration | None = None


class _Gain(_Entry):
    move: Name
    tag: Name
    sign: Literal["positive", "negative", "none"]
    gain: Finite | None = None

    def as_gain(self) -> Gain:
        return Gain(self.move, self.tag, _SIGNS[self.sign], self.gain)


class _Kpi(_Entry):
    name: Name
    unit: Annotated[str, Field(min_length=1, max_length=40)]
    description: str
    formula: Annotated[Formula, BeforeValidator(_formula)]

    def as_kpi(self) -> Kpi:
        return Kpi(self.name, self.unit, self.description, self.formula)


class _Plant(_Entry):
    name: Name
    description: str
    time_zone: Annotated[ZoneInfo, BeforeValidator(_zone)]
    step: Duration
    shifts: tuple[_Shift, ...] = Field(min_length=1)
    night_shift: Name
    assets: tuple[_Asset, ...] = Field(min_length=1)
    tags: tuple[_Tag, ...] = Field(min_length=1)
    retention: dict[TagRole, _Retention] = Field(default_factory=dict)
    gains: tuple[_Gain, ...] = ()
    kpis: tuple[_Kpi, ...] = ()


def load_plant(path: Path) -> Plant:
    """The plant that a plant file describes; raises PlantFileError that names every mistake in it, one a line."""
    document = yaml_lines.read(path, PlantFileError)
    try:
        entry = _Plant.model_validate(document.content)
    except ValidationError as error:
        raise file_error(PlantFileError, document, mistakes_of_form(error)) from error
    problems = list(_mistakes_of_meaning(entry))
    if problems:
        raise file_error(PlantFileError, document, problems)
    return _plant(entry)


def _plant(entry: _Plant) -> Plant:
    return Plant(
        name=entry.name,
        description=entry.description,
        time_zone=entry.time_zone,
        step=entry.step,
        night_shift=entry.night_shift,
        shifts=tuple(Shift(item.name, item.start, item.end) for item in entry.shifts),
        assets=tuple(
            Asset(item.name, item.description, item.parent, item.aliases, item.unit, item.feeds)
            for item in _from_top(entry.assets)
        ),
        tags=tuple(_tag(item) for item in entry.tags),
        retention={role: Retention(item.samples, item.rollups) for role, item in entry.retention.items()},
        gains=tuple(item.as_gain() for item in entry.gains),
        kpis=tuple(item.as_kpi() for item in entry.kpis),
    )


def _tag(entry: _Tag) -> Tag:
    return Tag(
        name=entry.name,
        asset=entry.asset,
        role=entry.role,
        unit=entry.unit,
        description=entry.description,
        low=entry.range[0],
        high=entry.range[1],
        cadence=entry.cadence,
        movable=entry.movable,
        handle=entry.handle,
        limits=entry.as_limits(),
        aliases=entry.aliases,
        max_silence=entry.max_silence,
    )


def _depth(asset: _Asset, by_name: dict[str, _Asset]) -> int | None:
    """How many parents an asset has; None when they go round in a circle."""
    depth = 0
    while asset.parent in by_name:
        asset, depth = by_name[asset.parent], depth + 1
        if depth > len(by_name):
            return None
    return depth


def _from_top(assets: Sequence[_Asset]) -> list[_Asset]:
    by_name = {asset.name: asset for asset in assets}
    return sorted(assets, key=lambda asset: _depth(asset, by_name) or 0)


def _mistakes_of_meaning(plant: _Plant) -> Iterator[Mistake]:
    yield from _repeated("shifts", [item.name for item in plant.shifts])
    yield from _repeated("assets", [item.name for item in plant.assets])
    yield from _repeated("tags", [item.name for item in plant.tags])
    yield from _shift_mistakes(plant)
    yield from _asset_mistakes(plant)
    yield from _retention_mistakes(plant)
    tags = {tag.name: tag for tag in plant.tags}
    assets = {asset.name for asset in plant.assets}
    names = {name.casefold(): name for name in tags}
    for i, tag in enumerate(plant.tags):
        at: FieldPath = ("tags", i)
        if tag.asset not in assets:
            yield Mistake((*at, "asset"), tag.asset, f"one of the assets {', '.join(sorted(assets))}")
        yield from _range_mistakes(at, tag)
        yield from _control_mistakes(at, tag, tags)
        for j, alias in enumerate(tag.aliases):
            other = names.get(alias.casefold(), tag.name)
            if other != tag.name:
                yield Mistake((*at, "aliases", j), alias, f"an alias that is not the name of the tag {other}")
    yield from _gain_mistakes(plant, tags)
    yield from _kpi_mistakes(plant, tags)


def _repeated(kind: str, names: list[str]) -> Iterator[Mistake]:
    count = Counter(name.casefold() for name in names)
    for i, name in enumerate(names):
        if count[name.casefold()] > 1:
            yield Mistake((kind, i, "name"), name, f"a name that no other of the {kind} has")


def _shift_mistakes(plant: _Plant) -> Iterator[Mistake]:
    names = [shift.name for shift in plant.shifts]
    if plant.night_shift not in names:
        yield Mistake(("night_shift",), plant.night_shift, f"one of the shifts {', '.join(names)}")
    for i, shift in enumerate(plant.shifts):
        if shift.start == shift.end:
            yield Mistake(("shifts", i, "end"), shift.end.isoformat("minutes"), "another time than the start")


def _asset_mistakes(plant: _Plant) -> Iterator[Mistake]:
    by_name = {asset.name: asset for asset in plant.assets}
    for i, asset in enumerate(plant.assets):
        at: FieldPath = ("assets", i, "parent")
        if asset.parent is not None and asset.parent not in by_name:
            yield Mistake(at, asset.parent, f"one of the assets {', '.join(sorted(by_name))}")
        elif _depth(asset, by_name) is None:
            yield Mistake(at, asset.parent, "a parent that is not below the asset itself (they go round in a circle)")
        for j, fed in enumerate(asset.feeds):
            if fed not in by_name or fed == asset.name:
                others = sorted(by_name.keys() - {asset.name})
                yield Mistake(("assets", i, "feeds", j), fed, f"one of the other assets {', '.join(others)}")


def _retention_mistakes(plant: _Plant) -> Iterator[Mistake]:
    for role, entry in plant.retention.items():
        at: FieldPath = ("retention", role.value)
        if entry.samples is not None and entry.samples < SHORTEST_RETENTION:
            yield Mistake(
                (*at, "samples"),
                f"{entry.samples / _DAY:g} d",
                f"{SHORTEST_RETENTION / _DAY:g} d or more: what comes late has to find the samples around it",
            )
        if entry.rollups is not None and (entry.samples is None or entry.rollups < entry.samples):
            yield Mistake(
                (*at, "rollups"), f"{entry.rollups / _DAY:g} d", "no less than samples, which are given as well"
            )


def _range_mistakes(at: FieldPath, tag: _Tag) -> Iterator[Mistake]:
    low, high = tag.range
    if low >= high:
        yield Mistake((*at, "range"), f"[{low:g}, {high:g}]", "[low, high] with low below high")
        return
    previous: tuple[str, float] | None = None
    for name, value in tag.as_limits().items():
        field = (*at, "limits", name)
        if not low <= value <= high:
            yield Mistake(field, value, f"a limit inside the range [{low:g}, {high:g}] {tag.unit}")
        if previous is not None and value <= previous[1]:
            yield Mistake(field, value, f"more than {previous[0]}, which is {previous[1]:g} {tag.unit}")
        previous = name, value


def _control_mistakes(at: FieldPath, tag: _Tag, tags: dict[str, _Tag]) -> Iterator[Mistake]:
    if tag.movable and tag.role not in (TagRole.SETPOINT, TagRole.MV):
        yield Mistake(
            (*at, "movable"), "true", f"false for a tag of role {tag.role} (only setpoint and mv are moved)"
        )
    if tag.handle is None:
        return
    if tag.handle not in tags:
        yield Mistake((*at, "handle"), tag.handle, "the name of a movable tag; there is no tag of that name")
    elif not tags[tag.handle].movable:
        yield Mistake((*at, "handle"), tag.handle, "the name of a movable tag; this one is not movable")


def _gain_mistakes(plant: _Plant, tags: dict[str, _Tag]) -> Iterator[Mistake]:
    seen: set[tuple[str, str]] = set()
    for i, entry in enumerate(plant.gains):
        at: FieldPath = ("gains", i)
        if entry.move not in tags or not tags[entry.move].movable:
            yield Mistake((*at, "move"), entry.move, "the name of a movable tag")
        if entry.tag not in tags or tags[entry.tag].movable:
            yield Mistake((*at, "tag"), entry.tag, "the name of a tag that is not movable")
        if (entry.move, entry.tag) in seen:
            yield Mistake((*at, "tag"), entry.tag, f"one statement about what {entry.move} does to it")
        seen.add((entry.move, entry.tag))
        if entry.gain is not None and _sign(entry.gain) != _SIGNS[entry.sign]:
            yield Mistake((*at, "gain"), entry.gain, f"a gain of the sign that is stated, which is {entry.sign}")


def _kpi_mistakes(plant: _Plant, tags: dict[str, _Tag]) -> Iterator[Mistake]:
    for i, entry in enumerate(plant.kpis):
        for unknown in (tag for tag in entry.formula.tags if tag not in tags):
            yield Mistake(("kpis", i, "formula"), unknown, "names of tags in braces; there is no tag of that name")
    yield from _repeated("kpis", [item.name for item in plant.kpis])


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)
