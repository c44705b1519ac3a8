"""Trains challengers and puts them through the gate: from the historian, from files, from the demo's training log."""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict

from api.lifecycle.loading import Loaded, load_file
from models.registry import FORETELL, ModelRegistry
from twin.clock import Span
from twin.errors import EmptyWindow, InvalidInput
from twin.files import write_whole
from twin.historian.filelock import FileLock
from twin.lifecycle import GateDecision, TrainingRequest
from twin.plant import Plant
from twin.protocols import EventLog, Historian, Twin
from twin.settings import Settings
from twin.window import Window
from twin.world import ModelCard

if TYPE_CHECKING:
    from models.checkpoint import Served
    from models.course import Keeper, Step, TrainingConfig
    from models.keeper import FileKeeper

RECIPE, STATE, LOCK = "unfinished.json", "unfinished.pt", "training.lock"
SLUG = re.compile(r"[^A-Za-z0-9]+")
HOLD = timedelta(hours=48)
"""Newest operation that a scheduled training leaves to the gate."""


class Recipe(BaseModel):
    """Everything that a training depends on besides code and samples; kept until it is finished."""

    model_config = ConfigDict(frozen=True)

    request: TrainingRequest
    start: AwareDatetime
    end: AwareDatetime
    excluded: tuple[tuple[AwareDatetime, AwareDatetime], ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """Whom a training tells how it goes.

    Attributes:
        share: the part done, up to 1.
        line: what happened, in words.
    """

    share: Callable[[float], None]
    line: Callable[[str], None]


@dataclass(frozen=True, eq=False, slots=True)
class Trained:
    """A trained model with its detector's calibration, not yet in any file."""

    model: "Served"
    parts: dict[str, Any]

    @property
    def card(self) -> ModelCard:
        """The model's."""
        return self.model.card

    def write(self, path: Path) -> None:
        """One checkpoint with both."""
        from models.anomaly.calibration import DETECTOR
        from models.checkpoint import save

        save(self.model, path, {DETECTOR: self.parts})


def recipe_of(request: TrainingRequest, historian: Historian, events: EventLog | None) -> Recipe:
    """What to train on: all of the history but its newest `hold` hours, and no row of an abnormal stretch.

    Raises EmptyWindow when there is nothing.
    """
    from models.exclusion import abnormal

    extent = historian.extent()
    if extent is None:
        raise EmptyWindow("the historian holds no samples to train on", field="hours", value=request.hours)
    end = extent.end - timedelta(hours=request.hold)
    start = extent.start if request.hours is None else max(extent.start, end - timedelta(hours=request.hours))
    if start >= end:
        raise EmptyWindow(
            f"without its newest {request.hold:g} h nothing is left of the history", field="hold", value=request.hold
        )
    found = abnormal(events, Span(start, end)) if events is not None else ()
    return Recipe(request=request, start=start, end=end, excluded=tuple((span.start, span.end) for span in found))


def trained(
    historian: Historian,
    plant: Plant,
    recipe: Recipe,
    told: Told,
    unfinished: Path | None = None,
    ordinary: Historian | None = None,
) -> Trained:
    """A world model by the recipe, its detector calibrated by what training held back, or by `ordinary` operation.

    `unfinished` is the file that keeps a training which is cut off. Raises EmptyWindow and InvalidInput when there is
    too little to train on, and for a recipe to resume whose data has changed.
    """
    from models.anomaly.calibrate import calibrate
    from models.dataset import read_episodes, split
    from models.exclusion import hours, without

    config = _config(recipe.request)
    read = read_episodes(historian, plant, Span(recipe.start, recipe.end), config.dataset)
    normal = without(read, [Span(*pair) for pair in recipe.excluded], config.dataset.min_rows)
    excluded = hours(read) - hours(normal)
    units = recipe.request.units or plant.units
    each = f", a model each for {', '.join(units)}" if units else ""
    told.line(f"{hours(normal):.0f} h of history, {excluded:.1f} h of events left out; family {config.family}{each}")
    train, held_back = split(normal, config.dataset)
    began = time.process_time()
    keepers = _Keepers(config, [*train, *held_back], recipe, told, unfinished)
    model = _fitted(train, held_back, plant, units, config, told, keepers)
    aside = ordinary.extent() if ordinary is not None else None
    if ordinary is not None and aside is not None:
        held_back = read_episodes(ordinary, plant, aside, config.dataset)
    parts = calibrate(model, held_back, plant).parts()
    told.share(1.0)
    keepers.forget()
    card = _card(model.card, normal, excluded)
    return Trained(
        model.described(card.model_copy(update={"training_cpu_s": round(time.process_time() - began, 1)})), parts
    )


def _fitted(
    train: Sequence[Window],
    held_back: Sequence[Window],
    plant: Plant,
    units: Sequence[str],
    config: "TrainingConfig",
    told: Told,
    keepers: "_Keepers",
) -> "Served":
    """A model of the plant, or one of each of the units."""
    from models.training import fit
    from models.units import fit_units

    def share(part: float) -> None:
        told.share(0.8 * part)

    if units:
        return fit_units(train, held_back, plant, units, config, share, keepers.of)
    return fit(train, held_back, plant, config, share, keepers.of())


class _Keepers:
    """What keeps an unfinished training: a file for each model; none without a place for them."""

    def __init__(
        self, config: "TrainingConfig", windows: Sequence[Window], recipe: Recipe, told: Told, place: Path | None
    ) -> None:
        from models.keeper import mark_of

        self._resume, self._told, self._place = recipe.request.resume, told, place
        self._mark = "" if place is None else mark_of(config, windows)
        self._made: list[FileKeeper] = []

    def of(self, unit: str = "") -> "Keeper":
        """That of the plant's model, or of a unit's."""
        from models.course import NoKeeper
        from models.keeper import FileKeeper

        if self._place is None:
            return NoKeeper()
        path = self._place.with_stem(f"{self._place.stem}-{SLUG.sub('-', unit)}") if unit else self._place

        def hearing(step: "Step") -> None:
            self._told.line(f"{unit} {line_of(step)}" if unit else line_of(step))

        keeper = FileKeeper(path, f"{self._mark}{unit}", hearing, resume=self._resume)
        self._made.append(keeper)
        return keeper

    def forget(self) -> None:
        """The training is over."""
        for keeper in self._made:
            keeper.forget()


def line_of(step: "Step") -> str:
    """A line of the live loss."""
    terms = "  ".join(f"{name} {value:.3f}" for name, value in step.terms.items())
    return f"update {step.update}/{step.updates}  {terms}  held-back {step.error:.4f} (best {step.best:.4f})"


def _config(request: TrainingRequest) -> "TrainingConfig":
    from models.course import TrainingConfig

    config = TrainingConfig(seed=request.seed)
    return config if request.family is None else replace(config, family=request.family)


def _card(card: ModelCard, windows: Sequence[Window], excluded: float) -> ModelCard:
    """The card, its data span that of everything which the model has seen in training and calibration."""
    seen = {"data_start": min(w.start for w in windows), "data_end": max(w.end for w in windows)}
    return card.model_copy(update={**seen, "excluded_hours": round(excluded, 3)})


class Trainer:
    """Fills a plant's registry. One training at a time, whatever process it runs in."""

    def __init__(self, settings: Settings, twin: Twin, registry: ModelRegistry) -> None:
        self._settings, self._twin, self._registry = settings, twin, registry

    def train(
        self, request: TrainingRequest, told: Told, target: Path | None = None, ordinary: Historian | None = None
    ) -> ModelCard:
        """A new version in the registry, or a checkpoint in `target`.

        `ordinary` is operation that calibrates the detector, in place of what training held back. Raises InvalidInput
        while another training runs.
        """
        folder = self._registry.folder
        with alone(folder):
            recipe = self._recipe(request)
            write_whole(folder / RECIPE, recipe.model_dump_json(indent=1).encode())
            model = trained(self._twin.historian, self._twin.plant, recipe, told, folder / STATE, ordinary)
            if target is None:
                self._registry.add(model.write)
            else:
                model.write(target)
            (folder / RECIPE).unlink(missing_ok=True)
        return model.card

    def compare(self, version: str) -> GateDecision:
        """Put a version through the gate against the champion, and keep what it said.

        Raises NotFound, InvalidInput when there is no other champion, or too little data that neither was trained on.
        """
        champion, challenger = self._contenders(version)
        from models.gate import Contender, GateConfig, judge
        from models.recency import newest, normal_operation

        twin, config = self._twin, GateConfig()
        since = max(champion.model.card.data_end, challenger.model.card.data_end)
        context = max(champion.model.card.context, challenger.model.card.context)
        now = twin.clock.now()
        before = max(now - since, timedelta(0)) + config.warm_up + context
        windows = normal_operation(
            twin.historian, twin.events, twin.plant, newest(now, before), context + config.rollout.horizon
        )
        decision = judge(
            Contender(champion.model, champion.detector),
            Contender(challenger.model, challenger.detector),
            windows,
            since,
            now,
            config,
        )
        self._registry.decide(decision)
        return decision

    def gate(self, version: str) -> GateDecision | None:
        """Promote a version if it passes the gate; None when it is champion already. Raises as `compare` does."""
        if self._registry.champion() == version:
            return None
        decision = self.compare(version)
        if decision.passed and self._settings.checkpoint is None:
            numbers = f"error {decision.challenger.nrmse:.3f} against {decision.champion.nrmse:.3f}"
            self._registry.promote(version, FORETELL, f"passed the gate: {numbers}")
        return decision

    def _contenders(self, version: str) -> tuple[Loaded, Loaded]:
        champion = self._registry.champion()
        if champion is None or champion == version:
            raise InvalidInput(f"{version} has no other champion to be compared with", field="version", value=version)
        paths = self._registry.path(champion), self._registry.path(version)
        first, second = (load_file(path, self._twin.plant, self._settings) for path in paths)
        return first, second

    def _recipe(self, request: TrainingRequest) -> Recipe:
        path = self._registry.folder / RECIPE
        if not request.resume:
            return recipe_of(request, self._twin.historian, self._twin.events)
        if not path.is_file():
            raise InvalidInput("no training was cut off: there is nothing to resume", field="resume", value=True)
        kept = Recipe.model_validate_json(path.read_bytes())
        return kept.model_copy(update={"request": kept.request.model_copy(update={"resume": True})})


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """The right to train in this folder; raises InvalidInput while somebody else does."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / LOCK)
    if not lock.acquire():
        raise InvalidInput(f"another training runs on {folder}", field="train", value=str(folder))
    try:
        yield
    finally:
        lock.release()


def someone_trains(folder: Path) -> bool:
    """Whether a training runs on this folder, in whatever process."""
    try:
        with alone(folder):
            return False
    except InvalidInput:
        return True
