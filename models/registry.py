"""The registry of world models: a folder of checkpoints beside a small state file, one folder per plant.

Whoever reads sees either the old state or the new one: the file is written aside and renamed. Whoever writes holds a
lock that the kernel takes back when its holder dies. No torch is needed to look at it.
"""

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError
from safetensors import SafetensorError, safe_open

from twin.errors import CheckpointError, InvalidInput, NotFound, StoreUnavailable
from twin.files import write_whole
from twin.historian.filelock import FileLock
from twin.lifecycle import BandReport, DriftReport, GateDecision, ModelStatus, ModelVersion, Promotion
from twin.world import ModelCard

STATE, LOCK, DRIFT = "registry.json", "registry.lock", "drift.json"
FORMAT = 1
SUFFIX, BANDS = ".safetensors", ".bands.json"
KEPT_DECISIONS = 200
FORETELL, FIRST = "foretell", "the first model of this plant"

_WAIT_S, _PAUSE_S = 10.0, 0.05
_MARK = "foretell"


class RegistryState(BaseModel):
    """What the state file holds. `champion` is None as long as the shipped checkpoint answers, or nothing does."""

    model_config = ConfigDict(frozen=True)

    format: int = FORMAT
    plant: str
    champion: str | None = None
    versions: tuple[ModelVersion, ...] = ()
    promotions: tuple[Promotion, ...] = ()
    decisions: tuple[GateDecision, ...] = ()


def read_card(path: Path) -> ModelCard:
    """The card inside a checkpoint, without its tensors; raises CheckpointError."""
    if not path.is_file():
        raise CheckpointError(f"there is no checkpoint {path}", field="checkpoint", value=str(path))
    try:
        with safe_open(path, framework="np") as file:
            about = json.loads((file.metadata() or {}).get(_MARK, "{}"))
        return ModelCard.model_validate(about["card"])
    except (SafetensorError, OSError, ValueError, KeyError) as error:
        raise CheckpointError(
            f"{path} is damaged or no checkpoint of Foretell: {error}", field="checkpoint", value=str(path)
        ) from error


def folder_of(root: Path, plant: str) -> Path:
    """Where the models of one plant lie."""
    return root / (re.sub(r"[^a-z0-9]+", "-", plant.lower()).strip("-") or "plant")


class ModelRegistry:
    """The versions of one plant's world model: which answers, which waits, and who decided that.

    A version is champion, challenger (newer than the champion and not yet decided on) or retired. `shipped` is a
    checkpoint that came with Foretell: it is champion until another one is promoted, and is never removed.
    """

    def __init__(
        self,
        root: Path,
        plant: str,
        shipped: Path | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.folder = folder_of(root, plant)
        self._plant, self._shipped, self._now = plant, shipped, now

    @property
    def mark(self) -> tuple[int, int]:
        """Changes whenever the state file does; cheap enough to ask every second."""
        try:
            found = (self.folder / STATE).stat()
        except FileNotFoundError:
            return 0, 0
        return found.st_mtime_ns, found.st_ino

    def state(self) -> RegistryState:
        """What the state file says; raises CheckpointError when it is damaged or another plant's."""
        path = self.folder / STATE
        try:
            state = RegistryState.model_validate_json(path.read_bytes())
        except FileNotFoundError:
            return RegistryState(plant=self._plant)
        except (OSError, ValidationError) as error:
            raise CheckpointError(f"{path} is damaged: {error}", field="registry", value=str(path)) from error
        if state.plant != self._plant or state.format != FORMAT:
            raise CheckpointError(
                f"{path} is of the plant {state.plant!r} in format {state.format}, expected were {self._plant!r} and "
                f"format {FORMAT}",
                field="registry",
                value=state.plant,
                limit=self._plant,
            )
        return state

    def versions(self) -> tuple[ModelVersion, ...]:
        """All of them, the newest first, with their status."""
        state, shipped = self.state(), self._shipped_version()
        known = (*state.versions, *((shipped,) if shipped is not None else ()))
        champion = self._champion(state, shipped)
        ranked = (self._ranked(version, champion, state) for version in known)
        return tuple(sorted(ranked, key=lambda version: version.created, reverse=True))

    def get(self, version: str) -> ModelVersion:
        """The version of that name; raises NotFound, with the names there are."""
        known = self.versions()
        found = next((item for item in known if item.version == version), None)
        if found is None:
            names = tuple(item.version for item in known)
            raise NotFound(f"there is no model {version!r}", field="version", value=version, candidates=names)
        return found

    def champion(self) -> str | None:
        """The version that answers; None for a plant that has no model yet."""
        return self._champion(self.state(), self._shipped_version())

    def path(self, version: str) -> Path:
        """Its checkpoint; raises NotFound."""
        if self.get(version).origin == "shipped" and self._shipped is not None:
            return self._shipped
        return self.folder / f"{version}{SUFFIX}"

    def card(self, version: str) -> ModelCard:
        """What the checkpoint says about itself; raises NotFound, CheckpointError."""
        return read_card(self.path(version))

    def add(self, write: Callable[[Path], None]) -> ModelVersion:
        """Take in the checkpoint that `write` puts where it is told: as challenger; the very first one is champion.

        The same weights again are the same version: its file is replaced, its status stays.
        """
        with self._changing() as state:
            draft = self.folder / "incoming.tmp"
            write(draft)
            card, parent = read_card(draft), self.champion()
            if card.plant != self._plant:
                raise CheckpointError(
                    f"the model is of the plant {card.plant!r}, not of {self._plant!r}",
                    field="plant",
                    value=card.plant,
                    limit=self._plant,
                )
            draft.replace(self.folder / f"{card.version}{SUFFIX}")
            taken = _with(state, card, parent)
            first = parent is None
            self._write(self._crowned(taken, card.version, None, FORETELL, FIRST) if first else taken)
        return self.get(card.version)

    def promote(self, version: str, who: str, reason: str) -> Promotion:
        """Make a version champion; raises NotFound, InvalidInput when it is already, CheckpointError for its file."""
        return self._promote(version, who, reason)

    def rollback(self, who: str, reason: str) -> Promotion:
        """Make the champion before this one champion again; once more goes one further back.

        Raises InvalidInput when there is none, NotFound when it was removed.
        """
        line = _line(self.state().promotions)
        before = line[-2] if len(line) > 1 else None
        if before is None:
            raise InvalidInput("there is no champion before this one to roll back to", field="version")
        return self._promote(before, who, reason, rollback=True)

    def remove(self, version: str) -> ModelVersion:
        """Delete a version and its file; raises NotFound, InvalidInput for the champion and the shipped one."""
        with self._changing() as state:
            found = self.get(version)
            if found.status is ModelStatus.CHAMPION or found.origin != "trained":
                what = "the champion" if found.status is ModelStatus.CHAMPION else "part of Foretell"
                raise InvalidInput(f"{version} is {what} and stays", field="version", value=version)
            self._write(
                state.model_copy(update={"versions": tuple(v for v in state.versions if v.version != version)})
            )
            for kept in (SUFFIX, BANDS):
                (self.folder / f"{version}{kept}").unlink(missing_ok=True)
        return found

    def decide(self, decision: GateDecision) -> None:
        """Keep what the gate said; the oldest decisions of very many are forgotten."""
        with self._changing() as state:
            kept = (*state.decisions, decision)[-KEPT_DECISIONS:]
            self._write(state.model_copy(update={"decisions": kept}))

    def drift(self) -> DriftReport | None:
        """The newest drift report about the champion."""
        try:
            report = DriftReport.model_validate_json((self.folder / DRIFT).read_bytes())
        except (FileNotFoundError, ValidationError):
            return None
        return report if report.version == self.champion() else None

    def keep_drift(self, report: DriftReport) -> None:
        """Keep a drift report in place of the one before."""
        write_whole(self.folder / DRIFT, report.model_dump_json(indent=1).encode())

    def bands(self, version: str) -> BandReport | None:
        """What live coverage has made of that version's bands; None while nobody has looked."""
        try:
            report = BandReport.model_validate_json((self.folder / f"{version}{BANDS}").read_bytes())
        except (FileNotFoundError, ValidationError):
            return None
        return report if report.version == version else None

    def keep_bands(self, report: BandReport) -> None:
        """Keep what became of a version's bands in place of what was known before."""
        write_whole(self.folder / f"{report.version}{BANDS}", report.model_dump_json(indent=1).encode())

    def _shipped_version(self) -> ModelVersion | None:
        if self._shipped is None:
            return None
        return ModelVersion.of(read_card(self._shipped), ModelStatus.RETIRED, origin="shipped")

    def _champion(self, state: RegistryState, shipped: ModelVersion | None) -> str | None:
        """A shipped champion of an older Foretell gives way to that of this one."""
        known = {item.version for item in state.versions}
        if state.champion in known:
            return state.champion
        return None if shipped is None else shipped.version

    def _ranked(self, version: ModelVersion, champion: str | None, state: RegistryState) -> ModelVersion:
        if version.version == champion:
            status = ModelStatus.CHAMPION
        elif version.origin == "shipped" or version.version in _had_their_time(state):
            status = ModelStatus.RETIRED
        else:
            status = ModelStatus.CHALLENGER
        return version.model_copy(update={"status": status})

    def _promote(self, version: str, who: str, reason: str, *, rollback: bool = False) -> Promotion:
        with self._changing() as state:
            self.card(version)
            before = self.champion()
            if version == before:
                raise InvalidInput(f"{version} is already champion", field="version", value=version)
            crowned = self._crowned(state, version, before, who, reason, rollback=rollback)
            self._write(crowned)
        return crowned.promotions[-1]

    def _crowned(
        self, state: RegistryState, version: str, before: str | None, who: str, reason: str, *, rollback: bool = False
    ) -> RegistryState:
        made = Promotion(
            version=version, previous=before, time=self._now(), who=who, reason=reason, rollback=rollback
        )
        return state.model_copy(update={"champion": version, "promotions": (*state.promotions, made)})

    def _write(self, state: RegistryState) -> None:
        write_whole(self.folder / STATE, state.model_dump_json(indent=1).encode())

    @contextmanager
    def _changing(self) -> Iterator[RegistryState]:
        """The state while nobody else changes it; raises StoreUnavailable after ten seconds of waiting."""
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.folder / LOCK)
        until = time.monotonic() + _WAIT_S
        while not lock.acquire():
            if time.monotonic() > until:
                raise StoreUnavailable(
                    f"{self.folder / LOCK} is held by another process", field="registry", limit=_WAIT_S, unit="s"
                )
            time.sleep(_PAUSE_S)
        try:
            yield self.state()
        finally:
            lock.release()


def _with(state: RegistryState, card: ModelCard, champion: str | None) -> RegistryState:
    """The state with that version in it; its parent is the champion of the time when it first came."""
    before = next((item for item in state.versions if item.version == card.version), None)
    parent = champion if before is None else before.parent
    entry = ModelVersion.of(card, ModelStatus.CHALLENGER, parent=parent)
    others = tuple(item for item in state.versions if item.version != card.version)
    return state.model_copy(update={"versions": (*others, entry)})


def _line(promotions: tuple[Promotion, ...]) -> list[str | None]:
    """The champions one above the other: a promotion adds one, a rollback takes the newest away."""
    line: list[str | None] = []
    for made in promotions:
        if not line:
            line.append(made.previous)
        line = line[:-1] if made.rollback else [*line, made.version]
    return line


def _had_their_time(state: RegistryState) -> set[str | None]:
    """Former champions, and challengers that the gate has refused."""
    refused = {decision.challenger.version for decision in state.decisions if not decision.passed}
    return {made.previous for made in state.promotions} | refused
