"""What a training depends on: the course that a dynamics family is fitted by."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from models.dataset import Batch, DatasetConfig
from models.normalizer import ScaledGain
from twin.errors import InvalidInput

Config = TypeVar("Config")
Model = TypeVar("Model", covariant=True)
Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """Everything training depends on besides the data; rows are steps of the plant file.

    Attributes:
        family: name of the dynamics family, see `models.world.families`.
        dynamics: config of the family, such as LinearConfig; None for the family's own defaults.
        members: size of the ensemble.
        seed: of weights, bootstrap, segments and noise.
        updates: gradient steps at most.
        seconds: gradient steps end after so much CPU time, and the best weights until then are kept; None: no limit.
            A training that it ends early does not repeat itself.
        batch: segments per step.
        warm, imagined: rows of a training segment that are observed, and those imagined after them.
        learning_rate, weight_decay, clip: of AdamW, whose rate falls to 0 along a cosine; largest gradient norm.
        averaging: part of the running mean of the weights that one update leaves; the mean is what is kept.
        validate_every: updates between two validations on held-back rollouts.
        patience: validations without progress before training stops.
        context, horizon: rows observed and imagined in validation and calibration.
        stride: rows between two held-back segments.
        samples: paths per segment in calibration.
        device: where torch trains; "cpu" or "cuda".
    """

    family: str = "narx"
    dynamics: Any = None
    members: int = 5
    seed: int = 1
    updates: int = 500
    seconds: float | None = None
    batch: int = 32
    warm: int = 70
    imagined: int = 80
    learning_rate: float = 2e-3
    weight_decay: float = 1e-2
    clip: float = 1.0
    averaging: float = 0.98
    validate_every: int = 25
    patience: int = 6
    context: int = 120
    horizon: int = 240
    stride: int = 40
    samples: int = 60
    device: str = "cpu"
    dataset: DatasetConfig = field(default_factory=DatasetConfig)

    def of(self, kind: type[Config]) -> Config:
        """The family's config, which is of that kind; raises InvalidInput when it is that of another family."""
        if self.dynamics is None:
            return kind()
        if isinstance(self.dynamics, kind):
            return self.dynamics
        raise InvalidInput(
            f"the family {self.family} takes a {kind.__name__}, not a {type(self.dynamics).__name__}",
            field="dynamics",
        )


@dataclass(frozen=True, slots=True)
class Step:
    """How far the gradient steps have come.

    Attributes:
        update: how many were made.
        updates: how many there are at most.
        terms: the loss's named terms and its `total`, mean since the last validation.
        error: root mean square error of held-back rollouts, in training standard deviations.
        best: smallest such error so far.
    """

    update: int
    updates: int
    terms: dict[str, float]
    error: float
    best: float


class Keeper(Protocol):
    """Hears of every validation, and keeps an unfinished training so that it can go on where it was cut off."""

    def restore(self) -> dict[str, Any] | None:
        """What `keep` was given last, or None to begin anew."""
        ...

    def keep(self, state: dict[str, Any]) -> None:
        """Keep the whole state: tensors, numbers and containers of them, as torch.save takes them."""
        ...

    def hear(self, step: Step) -> None:
        """Told after every validation."""
        ...


class NoKeeper:
    """Keeps nothing."""

    def restore(self) -> dict[str, Any] | None:
        """Nothing."""
        return None

    def keep(self, state: dict[str, Any]) -> None:
        """Nothing."""

    def hear(self, step: Step) -> None:
        """Nothing."""


@dataclass(frozen=True, eq=False, slots=True)
class Course:
    """All that a family is fitted to, on the model's scale.

    Attributes:
        episodes: training stretches, batches of one, of any length.
        held_back: stretches that `segments` are cut from; a family that tests itself by folds may learn them.
        segments: held-back stretches of `config.context` observed rows and a horizon, for choosing and stopping.
        gains: what the plant file states about the effects of moves.
        config: of the training.
        progress: told the part done, up to 1.
        keeper: keeps an unfinished training.
    """

    episodes: Sequence[Batch]
    held_back: Sequence[Batch]
    segments: Batch
    gains: Sequence[ScaledGain]
    config: TrainingConfig
    progress: Progress = lambda done: None
    keeper: Keeper = field(default_factory=NoKeeper)


@dataclass(frozen=True, eq=False, slots=True)
class HeldOut(Generic[Model]):
    """Segments of `config.context` observed rows and a horizon, with dynamics that were not fitted to them."""

    dynamics: Model
    segments: Batch


@dataclass(frozen=True, eq=False, slots=True)
class Fitted(Generic[Model]):
    """What a family gives: dynamics to serve, and held-out tests that tell how good such dynamics are.

    Attributes:
        dynamics: to serve.
        held_out: the tests.
        doubt: variance of the truth about the members' mean, in variances of the members, as the way they were made
            lets expect it; tests that can tell overrule it.
    """

    dynamics: Model
    held_out: tuple[HeldOut[Model], ...]
    doubt: float = 1.0
