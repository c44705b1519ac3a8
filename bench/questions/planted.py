"""World files: a plant, an instant, and everything that was planted in its past. Format: docs/question-bench.md."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from bench.campaign import PLANT_FILE, ROOT
from twin.event import Kind, Severity
from twin.plant import Plant
from twin.plantfile import load_plant
from twin.scenario import Change

HERE = ROOT / "bench" / "questions"
DEMO = "tep"


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PlantedMove(_Entry):
    """A change of a movable tag, in its unit."""

    tag: str
    at: str
    before: float
    after: float


class PlantedEvent(_Entry):
    """An event frame; `tags` largest contributor first, `explained_by` an index of the moves, no end: still open."""

    id: str
    start: str
    end: str | None
    kind: Kind
    severity: Severity
    tags: tuple[str, ...]
    message: str
    explained_by: int | None = None


class PlantedEntry(_Entry):
    """What somebody wrote down."""

    time: str
    author: str
    text: str
    tag: str | None = None
    asset: str | None = None


class Gap(_Entry):
    """Tags without samples in [start, end)."""

    tags: tuple[str, ...]
    start: str
    end: str


class PlantedAnswer(_Entry):
    """A question that was asked earlier."""

    time: str
    question: str


class PlantedScenario(_Entry):
    """A scenario that was tried earlier."""

    time: str
    tag: str
    change: Change
    amount: float


class Planted(_Entry):
    """A world file; instants are local times of the plant's zone."""

    plant: str
    seed: int
    now: str
    history: str
    moves: tuple[PlantedMove, ...] = ()
    events: tuple[PlantedEvent, ...] = ()
    entries: tuple[PlantedEntry, ...] = ()
    gaps: tuple[Gap, ...] = ()
    answers: tuple[PlantedAnswer, ...] = ()
    scenarios: tuple[PlantedScenario, ...] = ()


@dataclass(frozen=True, slots=True)
class Library:
    """Where plants, worlds and items lie: this folder, or any other of the same form.

    A plant is looked for in `plants/NAME.yaml`, then `NAME.yaml`, then `plant.yaml`; "tep" is the demo's.
    """

    folder: Path = HERE

    def plant(self, name: str) -> Plant:
        """Raises FileNotFoundError, PlantFileError."""
        places = [self.folder / "plants" / f"{name}.yaml", self.folder / f"{name}.yaml", self.folder / "plant.yaml"]
        return _plant(PLANT_FILE if name == DEMO else _first(places, f"plant {name!r}"))

    def planted(self, name: str) -> Planted:
        """Raises FileNotFoundError, ValueError that names the file and the field."""
        file = _first([self.folder / "worlds" / f"{name}.yaml", self.folder / f"{name}.yaml"], f"world {name!r}")
        return read_planted(file)


@cache
def read_planted(file: Path) -> Planted:
    """A world file; raises ValueError that names the file, the field and what is wrong with it."""
    try:
        return Planted.model_validate(yaml.safe_load(file.read_text()))
    except ValidationError as error:
        raise ValueError("\n".join(f"{file.name}: {line}" for line in mistakes(error))) from error


def mistakes(error: ValidationError) -> list[str]:
    """Each as "field: what is wrong (what stood there)"."""
    return [
        f"{'.'.join(map(str, found['loc'])) or 'it'}: {found['msg']} ({_shortened(found['input'])})"
        for found in error.errors()
    ]


def instant(text: object, zone: ZoneInfo) -> datetime:
    """UTC from local time of the zone: the first of two when the clock shows it twice, unless an offset is given.

    Raises ValueError for anything else, and for a time that the clock skips.
    """
    moment = datetime.fromisoformat(str(text))
    if moment.tzinfo is not None:
        return moment.astimezone(UTC)
    there = moment.replace(tzinfo=zone).astimezone(UTC)
    if there.astimezone(zone).replace(tzinfo=None) != moment:
        raise ValueError(f"the clock of {zone.key} skips {text}")
    return there


_plant = cache(load_plant)


def _first(places: Sequence[Path], what: str) -> Path:
    for place in places:
        if place.exists():
            return place
    raise FileNotFoundError(f"no {what}: there is no {' nor '.join(map(str, places))}")


def _shortened(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
