"""A world model that knows the planted gains: every effect of a move is known on paper."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from bench.questions.signals import Signals, Values, width
from twin.clock import to_datetime64
from twin.window import Window
from twin.world import Belief, Comparison, Envelope, Imagination, ModelCard, Residual

SCALE, NOISE, DISAGREEMENT = 0.05, 0.005, 0.1
"""Of a tag's ordinary width; the last one of the scale."""
HORIZON = timedelta(hours=24)
CONTEXT = timedelta(hours=6)
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, eq=False, slots=True)
class Standing:
    """Where the tags stand, how far they have answered the moves, and the levels in force."""

    time: datetime
    values: Values
    answered: Values
    levels: Values


class LinearResponse:
    """Tags stay where they are, except that each follows the moves: `gain * change * (1 - exp(-t / lag))`."""

    def __init__(self, signals: Signals, created: datetime) -> None:
        plant = signals.plant
        observed, movable = plant.observed, plant.movable
        self._gain = np.array([[signals.gain.get((m.name, t.name), 0.0) for m in movable] for t in observed])
        lags = np.array([signals.lag(tag) for tag in observed])
        self._share = -np.expm1(-plant.step.total_seconds() / lags)
        self._card = ModelCard(
            version="linear-response-1",
            family="linear",
            plant=plant.name,
            tags=tuple(tag.name for tag in observed),
            moves=tuple(tag.name for tag in movable),
            step=plant.step,
            context=CONTEXT,
            horizon=HORIZON,
            scale=tuple(SCALE * width(tag) for tag in observed),
            envelope=tuple(Envelope(tag=tag.name, low=tag.low, high=tag.high) for tag in movable),
            disagreement_limit=1.0,
            data_start=created - timedelta(days=90),
            data_end=created,
            data_hours=90 * 24,
            created=created,
            seed=signals.seed,
            skill={"nrmse": 0.3},
        )

    @property
    def card(self) -> ModelCard:
        """See WorldModel."""
        return self._card

    def observe(self, window: Window, belief: Belief | None = None) -> tuple[Standing, Residual]:
        """See WorldModel; without a belief the plant is taken to have answered all earlier moves."""
        values = window.select(self.card.tags).values
        levels = _held(window.select(self.card.moves).values)
        before = belief if isinstance(belief, Standing) else self._settled(values, levels)
        answers = self._answers(before.answered, levels)
        known = _held(np.vstack([before.values, values]))
        predicted = known[:-1] + np.diff(np.vstack([before.answered, answers]), axis=0)
        noise = np.tile(self._noise, (len(values), 1))
        residual = Residual(self.card.tags, window.time, predicted, noise, (values - predicted) / noise)
        return Standing(window.end, known[-1], answers[-1], levels[-1]), residual

    def imagine(self, belief: Belief, moves: NDArray[np.float64], *, samples: int = 64, seed: int = 0) -> Imagination:
        """See WorldModel."""
        if not isinstance(belief, Standing):
            raise TypeError(f"not a belief of this model: {belief!r}")
        mean = np.nan_to_num(belief.values) + self._answers(belief.answered, moves) - belief.answered
        drawn = np.random.default_rng(seed).normal(size=(samples, *mean.shape))
        time = to_datetime64(belief.time) + np.arange(1, len(moves) + 1) * np.timedelta64(self.card.step)
        spread = np.full(mean.shape, DISAGREEMENT) * np.array(self.card.scale)
        noise = np.tile(self._noise, (len(mean), 1))
        return Imagination(self.card.tags, time, (mean + drawn * noise).astype(np.float32), mean, spread, noise)

    def compare(
        self,
        belief: Belief,
        baseline: NDArray[np.float64],
        scenario: NDArray[np.float64],
        *,
        samples: int = 64,
        seed: int = 0,
    ) -> Comparison:
        """See WorldModel; nothing is unknown of an effect."""
        one, other = (self.imagine(belief, moves, samples=samples, seed=seed) for moves in (baseline, scenario))
        return Comparison.paired(one, other, np.zeros_like(one.mean))

    @property
    def _noise(self) -> Values:
        return np.array(self.card.scale) * NOISE / SCALE

    def _settled(self, values: Values, levels: Values) -> Standing:
        return Standing(_NEVER, np.full(values.shape[1], np.nan), self._gain @ levels[0], levels[0])

    def _answers(self, answered: Values, levels: Values) -> Values:
        """(row, tag) how far the tags have answered; row h's levels are in force in the step that ends at row h."""
        rows = []
        for wanted in np.asarray(levels, dtype=np.float64) @ self._gain.T:
            answered = answered + (wanted - answered) * self._share
            rows.append(answered)
        return np.array(rows)


def _held(values: Values) -> Values:
    """(row, column) with the last known value where there is none."""
    rows = np.where(np.isfinite(values), np.arange(len(values))[:, None], 0)
    np.maximum.accumulate(rows, axis=0, out=rows)
    held: Values = np.take_along_axis(values, rows, axis=0)
    return held
