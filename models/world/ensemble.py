"""The world model that the house uses: an ensemble of one dynamics family, in engineering units."""

from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Generic, Self

import numpy as np
import torch
from numpy.typing import NDArray

from models.calibration import Calibration
from models.dataset import encode
from models.normalizer import Normalizer
from models.world.dynamics import Dynamics, Noise, State
from models.world.sampling import Drawn, sample
from twin.clock import from_datetime64, to_datetime64
from twin.errors import InvalidInput
from twin.window import Window
from twin.world import Belief, Comparison, Imagination, ModelCard, Residual


@dataclass(frozen=True, eq=False, slots=True)
class EnsembleBelief(Generic[State]):
    """The members' posteriors after the row at `time`."""

    time: datetime
    state: State


class Ensemble(Generic[State]):
    """Members of one dynamics family as a WorldModel: units, time, calibrated spread, common random numbers.

    A predicted row's standard deviation is that of held-back one-step errors; it is one scale (the prior's)
    for tags never seen and while the belief remembers less than it looks back on.
    """

    def __init__(
        self, dynamics: Dynamics[State], normalizer: Normalizer, calibration: Calibration, card: ModelCard
    ) -> None:
        self.dynamics = dynamics
        self.normalizer = normalizer
        self.calibration = calibration
        self._card = card

    @property
    def card(self) -> ModelCard:
        """What the model is, what it was trained on and how good it is."""
        return self._card

    def described(self, card: ModelCard) -> Self:
        """The same model with another card."""
        fresh = copy(self)
        fresh._card = card  # noqa: SLF001  the same class
        return fresh

    @torch.no_grad()
    def observe(self, window: Window, belief: Belief | None = None) -> tuple[EnsembleBelief[State], Residual]:
        """Predict, score and learn row after row. See WorldModel; raises InvalidInput for another step or a jump."""
        before = self._own(belief)
        self._check_rows(window, before)
        batch = encode(window, self.normalizer)
        state = self.dynamics.start(1) if before is None else before.state
        predicted, deviations = [], []
        for t in range(batch.rows):
            complete = self.dynamics.complete(state)
            state, mean = self.dynamics.observe(state, batch.moves[:, t], batch.values[:, t], batch.valid[:, t])
            predicted.append(mean[:, 0].mean(0))
            deviations.append(torch.where(complete, self.calibration.deviation, 1.0))
        mean, deviation = torch.stack(predicted), torch.stack(deviations)
        sigma = torch.where(batch.valid[0], (batch.values[0] - mean) / deviation, torch.nan)
        return EnsembleBelief(window.end, state), Residual(
            tags=self._card.tags,
            time=window.time,
            predicted=self.normalizer.decode_tags(mean),
            noise=self.normalizer.decode_spread(deviation),
            sigma=sigma.double().numpy(),
        )

    def imagine(self, belief: Belief, moves: NDArray[np.float64], *, samples: int = 64, seed: int = 0) -> Imagination:
        """Futures under `moves`, path by path about the mean, stretched as held-back data ask. See WorldModel."""
        start = self._started(belief)
        return self._imagination(start, self._draw(start, moves, samples, seed))

    def compare(
        self,
        belief: Belief,
        baseline: NDArray[np.float64],
        scenario: NDArray[np.float64],
        *,
        samples: int = 64,
        seed: int = 0,
    ) -> Comparison:
        """Both futures and the effect; its interval is calibrated apart from the bands of both. See WorldModel."""
        start = self._started(belief)
        one, other = (self._draw(start, moves, samples, seed) for moves in (baseline, scenario))
        apart = (other.means - one.means).std(0, correction=min(1, self.dynamics.members - 1))
        paired = Comparison.paired(
            self._imagination(start, one), self._imagination(start, other), self.normalizer.decode_spread(apart)
        )
        width = self.normalizer.decode_spread(
            self.calibration.effect_width(other.mean - one.mean, apart, self.dynamics.members)
        )
        middle = paired.effect.mean
        return replace(paired, effect=paired.effect.within(middle - width, middle + width))

    def _draw(self, start: EnsembleBelief[State], moves: NDArray[np.float64], samples: int, seed: int) -> Drawn:
        self._check_moves(moves)
        levels = self.normalizer.encode_moves(moves)[None]
        doubt = float(self.calibration.doubt)
        return sample(self.dynamics, start.state, levels, samples, Noise.seeded(seed, quiet=1), doubt)

    def _imagination(self, start: EnsembleBelief[State], drawn: Drawn) -> Imagination:
        stretch = self.calibration.at(len(drawn.mean))
        paths = drawn.mean + stretch * (drawn.paths - drawn.mean)
        steps = np.arange(1, len(drawn.mean) + 1) * np.timedelta64(self._card.step, "us")
        return Imagination(
            tags=self._card.tags,
            time=to_datetime64(start.time) + steps,
            paths=self.normalizer.decode_tags(paths).astype(np.float32),
            mean=self.normalizer.decode_tags(drawn.mean),
            disagreement=self.normalizer.decode_spread(drawn.disagreement),
            noise=self.normalizer.decode_spread(drawn.noise * stretch),
        )

    def _started(self, belief: Belief) -> EnsembleBelief[State]:
        start = self._own(belief)
        if start is None:
            raise InvalidInput("a rollout needs a belief", field="belief")
        return start

    def _own(self, belief: Belief | None) -> EnsembleBelief[State] | None:
        if belief is None or isinstance(belief, EnsembleBelief):
            return belief
        raise InvalidInput(f"a {type(belief).__name__} is no belief of this model", field="belief")

    def _check_rows(self, window: Window, belief: EnsembleBelief[State] | None) -> None:
        if window.step != self._card.step:
            raise InvalidInput(
                f"the window's step is {window.step}, the model's is {self._card.step}",
                field="step",
                value=window.step.total_seconds(),
                limit=self._card.step.total_seconds(),
                unit="s",
            )
        first = from_datetime64(window.time[0])
        if belief is not None and first != belief.time + self._card.step:
            raise InvalidInput(
                f"the window starts at {first.isoformat()}, the belief's next row is "
                f"{(belief.time + self._card.step).isoformat()}",
                field="window",
                value=first.isoformat(),
            )

    def _check_moves(self, moves: NDArray[np.float64]) -> None:
        if moves.ndim != 2 or moves.shape[1] != len(self._card.moves) or not len(moves):
            raise InvalidInput(
                f"moves have the shape {moves.shape}, expected (horizon, {len(self._card.moves)})", field="moves"
            )
        if not np.isfinite(moves).all():
            name = self._card.moves[int(np.argwhere(~np.isfinite(moves))[0][1])]
            raise InvalidInput(f"{name} has a level that is not a number", field="moves", value=name)
