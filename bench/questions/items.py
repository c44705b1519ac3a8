"""Items: what is said, and the plans that it stands for. Format: docs/question-bench.md."""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from bench.questions.planted import Library, instant, mistakes
from twin.answer import Status
from twin.duration import parse_duration
from twin.plant import Plant
from twin.query import INTENTS, PLAN, CounterfactualPlan, Limit, OutOfScopePlan, Plan, WhatIfPlan
from twin.units import convert

STYLES = (
    "plain",
    "terse",
    "wordy",
    "typo",
    "compound",
    "followup",
    "ambiguous",
    "unknown",
    "wrong_unit",
    "unanswerable",
    "hostile",
)
_DEFAULT_HOURS = {"events": 24, "explain": 24, "moves": 24, "log": 24, "describe": 8, "trend": 8, "compare": 8}
_LIMIT_NAMES = ("lo", "lolo", "trip_lo", "hi", "hihi", "trip_hi")


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Said(_Entry):
    say: str
    plans: tuple[dict[str, Any], ...] = ()
    status: Status | None = None
    field: str | None = None
    candidates: tuple[str, ...] = ()
    style: tuple[str, ...] = ()

    @field_validator("style")
    @classmethod
    def _known(cls, style: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := set(style) - set(STYLES):
            raise ValueError(f"no such style: {', '.join(sorted(unknown))}; there are {', '.join(STYLES)}")
        return style


class _Item(_Said):
    turns: tuple[_Said, ...] = ()
    world: str | None = None
    language: str | None = None


class _File(_Entry):
    author: str
    date: object
    world: str | None = None
    language: str = "en"
    items: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One question, or one turn of a conversation, and what is right.

    Attributes:
        id: "set/file-number", and "/turn" from the second turn on.
        session: the turns of a conversation share it.
        status: what the author says; the reference finds out whether an answered one is empty.
        candidates: when asked back, what has to be offered.
    """

    id: str
    session: str
    turn: int
    say: str
    world: str
    language: str
    style: tuple[str, ...]
    plans: tuple[Plan, ...]
    status: Status
    field: str | None = None
    candidates: tuple[str, ...] = ()

    @property
    def intents(self) -> tuple[str, ...]:
        """Of its plans."""
        return tuple(plan.intent for plan in self.plans)


@dataclass(frozen=True, slots=True)
class Place:
    """What short forms of a plan are read against."""

    plant: Plant
    now: datetime

    @property
    def zone(self) -> ZoneInfo:
        """The plant's."""
        return self.plant.time_zone


def load(folder: Path, library: Library | None = None) -> tuple[Item, ...]:
    """Every item of a folder's files, in order; raises ValueError that names file, item and field of all mistakes."""
    library = library or Library()
    items: list[Item] = []
    wrong: list[str] = []
    for file in sorted(folder.rglob("*.yaml")):
        found, mistaken = _read(file, folder.name, library)
        items += found
        wrong += mistaken
    if wrong:
        raise ValueError("\n".join(wrong))
    return tuple(items)


def spread(items: Sequence[Item]) -> list[Item]:
    """In an order that depends on their ids alone, so that every beginning of it is a sample."""
    return sorted(items, key=lambda item: zlib.crc32(item.id.encode()))


def place_of(world: str, library: Library) -> Place:
    """Plant and present of a world, without building it."""
    planted = library.planted(world)
    plant = library.plant(planted.plant)
    return Place(plant, instant(planted.now, plant.time_zone))


def plan_of(short: Mapping[str, Any], place: Place) -> Plan:
    """The plan that a short form stands for; raises ValueError, ValidationError, UnknownTag."""
    intent = short.get("intent")
    if intent not in INTENTS:
        raise ValueError(f"intent: {intent!r} is none of {', '.join(INTENTS)}")
    full = dict(short)
    for name in ("window", "other", "undone"):
        if isinstance(full.get(name), str):
            full[name] = _window(full[name], place)
    if "window" not in full and intent in _DEFAULT_HOURS:
        hours = 1 if full.get("aggregation") == "now" else _DEFAULT_HOURS[intent]
        full["window"] = {"start": place.now - timedelta(hours=hours), "end": place.now, "basis": "default"}
    for name in ("limit", "goal"):
        if isinstance(full.get(name), str):
            full[name] = _limit(full[name])
    if "horizon" in full:
        full["horizon"] = _length(full["horizon"])
    if isinstance(full.get("start"), str):
        full["start"] = instant(full["start"], place.zone)
    if "moves" in full:
        full["moves"] = [_move(move, place) for move in full["moves"]]
    plan = PLAN.validate_python(full)
    _check(plan, place.plant)
    return plan


def _read(file: Path, name: str, library: Library) -> tuple[list[Item], list[str]]:
    """The items of one file, and what is wrong with it."""
    try:
        entry = _File.model_validate(yaml.load(file.read_text(), yaml.CSafeLoader))
    except ValidationError as error:
        return [], [f"{file.name}: {line}" for line in mistakes(error)]
    except yaml.YAMLError as error:
        return [], [f"{file.name}: {' '.join(str(error).split())}"]
    items: list[Item] = []
    wrong: list[str] = []
    for number, raw in enumerate(entry.items, 1):
        identity = f"{name}/{file.stem}-{number:03d}"
        try:
            items += _conversation(identity, _Item.model_validate(raw), entry, library)
        except ValidationError as error:
            wrong += [f"{file.name}: {identity}: {line}" for line in mistakes(error)]
        except Exception as error:  # whatever a file can hold wrong is told with its place
            wrong.append(f"{file.name}: {identity}: {error}")
    return items, wrong


def _conversation(identity: str, item: _Item, file: _File, library: Library) -> Iterator[Item]:
    world = item.world or file.world
    if world is None:
        raise ValueError("world: neither the item nor the file names one")
    place = place_of(world, library)
    for turn, said in enumerate((item, *item.turns)):
        style = said.style or (("followup",) if turn else ("plain",))
        yield Item(
            id=f"{identity}/{turn + 1}" if turn else identity,
            session=identity,
            turn=turn,
            say=said.say,
            world=world,
            language=item.language or file.language,
            style=style,
            plans=tuple(_named(said.plans, place)),
            status=said.status or _status(said),
            field=said.field,
            candidates=said.candidates,
        )


def _named(plans: Sequence[Mapping[str, Any]], place: Place) -> Iterator[Plan]:
    for number, short in enumerate(plans, 1):
        try:
            yield plan_of(short, place)
        except ValidationError as error:
            raise ValueError("; ".join(f"plan {number}: {line}" for line in mistakes(error))) from error
        except Exception as error:
            raise ValueError(f"plan {number}: {error}") from error


def _status(said: _Said) -> Status:
    """Of an item that names none."""
    if not said.plans:
        raise ValueError("status: an item without plans names its status")
    reasons = {plan.get("reason", "other_topic") for plan in said.plans if plan.get("intent") == "out_of_scope"}
    if len(said.plans) > 1 or not reasons:
        return Status.ANSWERED
    return Status.NOT_UNDERSTOOD if reasons & {"other_topic", "unreadable"} else Status.REFUSED


def _window(text: str, place: Place) -> dict[str, datetime]:
    start, slash, end = text.partition("/")
    if not slash:
        raise ValueError(f"{text!r} is no window: START/END")
    return {"start": instant(start, place.zone), "end": instant(end, place.zone)}


def _limit(text: str) -> dict[str, Any]:
    words = text.split()
    if len(words) != 3 or words[0] not in {"above", "below"}:
        raise ValueError(f"{text!r} is no limit: above TAG VALUE, or below TAG NAME")
    side, tag, value = words
    limit = {"tag": tag, "side": side}
    return limit | ({"name": value} if value in _LIMIT_NAMES else {"value": float(value)})


def _length(text: object) -> object:
    if not isinstance(text, str):
        return text
    amount, _, unit = text.strip().partition(" ")
    parse_duration(text)
    return {"amount": float(amount), "unit": unit}


def _move(move: Mapping[str, Any], place: Place) -> dict[str, Any]:
    full = dict(move)
    if "duration" in full:
        full["duration"] = _length(full["duration"])
    if isinstance(full.get("at"), str):
        full["at"] = instant(full["at"], place.zone)
    return full


def _check(plan: Plan, plant: Plant) -> None:
    """Raises UnknownTag, UnitMismatch, KeyError, ValueError for what the plant does not have."""
    limits = [getattr(plan, name, None) for name in ("limit", "goal")]
    moves = plan.moves if isinstance(plan, WhatIfPlan | CounterfactualPlan) else ()
    names = [*plan.tags, *(limit.tag for limit in limits if isinstance(limit, Limit))]
    for name in names:
        plant.tag(name)
    for asset in plan.assets:
        if asset not in {item.name for item in plant.assets}:
            raise ValueError(f"assets: {plant.name} has no asset {asset!r}")
    for name in (*(move.tag for move in moves), *getattr(plan, "handles", ()), *getattr(plan, "undone_tags", ())):
        if not plant.tag(name).movable:
            raise ValueError(f"{name} is no movable tag")
    for move in moves:
        if move.change != "times":
            convert(move.amount, move.unit, plant.tag(move.tag), difference=move.change == "by")


def is_declined(plans: Sequence[Plan]) -> bool:
    """Whether all that is asked is out of scope."""
    return bool(plans) and all(isinstance(plan, OutOfScopePlan) for plan in plans)
