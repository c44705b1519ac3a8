"""World models of latentplant (PyPI, extra `bench`) as forecasters, trained on a folder's log as they come.

Sizes and optimisers are its own defaults. Rollouts of A and B share their seed: their difference, path by path, is
the effect that it would answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.answers import LEVELS, Answer
from bench.folder import Folder, Meta, Pair
from bench.references import held, segments
from twin.errors import InvalidInput

SAMPLES = 64


@dataclass(frozen=True, slots=True)
class Plan:
    """Which class, with how many members, and what it is fitted to: its epochs, and rows between two windows."""

    kind: str
    members: int
    epochs: int
    stride: int


RIVALS: Mapping[str, Plan] = {
    "latentplant_ensemble": Plan("ProbabilisticEnsemble", members=5, epochs=60, stride=280),
    "latentplant_rssm": Plan("RSSMEnsemble", members=3, epochs=40, stride=40),
}
"""One learns rows, of which windows need no overlap; the other learns windows."""


@dataclass(frozen=True, eq=False, slots=True)
class Rival:
    """A trained model of latentplant as a Forecaster."""

    model: Any
    meta: Meta

    @classmethod
    def fit(cls, name: str, folder: Folder, context: int, horizon: int) -> "Rival":
        """Trained on the folder's training runs; raises InvalidInput where latentplant is not installed."""
        try:
            import latentplant
        except ImportError as error:
            raise InvalidInput(
                f"{name} needs latentplant, which the extra `bench` installs", field="model", value=name
            ) from error
        plan = RIVALS[name]
        obs, act, future, came = segments(folder.train, folder.meta, context, horizon, plan.stride)
        past, after = (np.zeros((*part.shape[:2], 0)) for part in (act, future))
        windows = latentplant.WindowSet(obs, act, past, came, future, after, np.ones(came.shape, bool))
        model = getattr(latentplant, plan.kind)(obs.shape[2], act.shape[2], 0, n_members=plan.members)
        model.fit(windows, epochs=plan.epochs, seed=0)
        return cls(model, folder.meta)

    def __call__(self, pair: Pair) -> Answer:
        """See Forecaster."""
        obs, act = held(pair.context, self.meta)
        a, b = (self._paths(obs, act, levels) for levels in (pair.a, pair.b))
        quantiles, effect = (np.quantile(paths, LEVELS, axis=0) for paths in (b, b - a))
        return Answer(a.mean(0), b.mean(0), quantiles, effect)

    def _paths(
        self, obs: NDArray[np.float64], act: NDArray[np.float64], levels: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """(sample, horizon, tag)."""
        past, after = (np.zeros((1, len(rows), 0)) for rows in (act, levels))
        found = self.model.rollout(obs[None], act[None], past, levels[None], after, n_samples=SAMPLES, seed=0)
        paths: NDArray[np.float64] = np.asarray(found.samples, float)[:, 0]
        return paths
