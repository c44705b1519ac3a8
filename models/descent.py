"""The one trainer of all neural families: gradient steps, averaged weights, early stopping on held-back rollouts."""

import math
import time
from collections.abc import Iterator
from copy import deepcopy
from typing import Any, Protocol, Self, TypeVar

import torch
from torch import Tensor, nn

from models.course import Course, Step
from models.dataset import Batch, cut
from models.validation import open_loop_errors, rms
from models.world.dynamics import Dynamics, Noise

STRIDE = 5
"""Rows between the starts of two training segments."""


class Network(Dynamics[Any], Protocol):
    """A dynamics family with a loss: a torch module."""

    def loss(self, batch: Batch, context: int, weight: Tensor, noise: Noise) -> dict[str, Tensor]:
        """Named terms and their `total`; the first `context` rows are observed, the others imagined.

        `weight` (tag,) is what a squared error of a rollout costs.
        """
        ...

    def parameters(self) -> Iterator[nn.Parameter]:
        """What is trained."""
        ...

    def state_dict(self) -> dict[str, Any]:
        """All tensors by name."""
        ...

    def load_state_dict(self, state_dict: dict[str, Any]) -> object:
        """The inverse of `state_dict`."""
        ...

    def to(self, device: torch.device) -> Self:
        """The same on another device."""
        ...

    def eval(self) -> Self:
        """The same, ready to serve."""
        ...

    def requires_grad_(self, requires_grad: bool) -> Self:
        """The same, with gradients or without."""
        ...


Net = TypeVar("Net", bound=Network)


def descend(network: Net, course: Course, baseline: Tensor) -> Net:
    """The network with the averaged weights whose held-back rollouts were best, on the CPU and ready to serve.

    The same course gives the same weights, also when it was cut off and restored by its keeper, unless `seconds`
    ends it. `baseline` (tag,) is the rollout error that each tag's error is measured by in the loss.
    """
    descent = _Descent(network.to(torch.device(course.config.device)), course, baseline)
    kept = course.keeper.restore()
    if kept is not None:
        descent.load(kept)
    descent.run()
    network.load_state_dict(descent.kept)
    return network.to(torch.device("cpu")).eval().requires_grad_(requires_grad=False)


class _Descent:
    """Gradient steps and all they depend on."""

    def __init__(self, network: Network, course: Course, baseline: Tensor) -> None:
        config = course.config
        self.network, self.course, self.config = network, course, config
        device = next(network.parameters()).device
        self.weight = 0.5 / torch.nan_to_num(baseline, nan=1.0).clamp_min(1e-3).to(device) ** 2
        self.pieces = cut(course.episodes, config.warm + config.imagined, STRIDE).to(device)
        self.segments = course.segments.to(device)
        self.averaged = deepcopy(network)
        self.optimiser = torch.optim.AdamW(
            network.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay
        )
        self.noise, self.picker = Noise.seeded(config.seed), torch.Generator().manual_seed(config.seed)
        self.update, self.stale, self.spent = 0, 0, 0.0
        self.best, self.kept = self.rollout_error(), _copy(network)
        self.terms: list[dict[str, Tensor]] = []

    @property
    def done(self) -> float:
        """Part of the updates or of the time that is used up, whichever is more."""
        limit = self.config.seconds
        return max(self.update / self.config.updates, 0.0 if limit is None else self.spent / limit)

    def run(self) -> None:
        """Descend until the updates, the time or the patience is used up."""
        while self.done < 1 and self.stale < self.config.patience:
            began = time.process_time()
            self.step()
            if self.update % self.config.validate_every == 0:
                self.validate()
            self.spent += time.process_time() - began
            self.course.progress(min(1.0, self.done))
        if self.update % self.config.validate_every:
            self.validate()

    def step(self) -> None:
        """One update of the weights and of their mean."""
        rate = self.config.learning_rate * 0.5 * (1 + math.cos(math.pi * self.done))
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        index = torch.randint(len(self.pieces), (self.config.batch,), generator=self.picker)
        batch = self.pieces.take(index.to(self.weight.device))
        terms = self.network.loss(batch, self.config.warm, self.weight, self.noise)
        self.optimiser.zero_grad()
        torch.autograd.backward(terms["total"])
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), self.config.clip)
        self.optimiser.step()
        self.follow()
        self.update += 1
        self.terms.append({name: term.detach() for name, term in terms.items()})

    @torch.no_grad()
    def follow(self) -> None:
        """The mean of the weights goes a part of the way; it is as wide as the updates so far allow."""
        keep = min(self.config.averaging, (1 + self.update) / (10 + self.update))
        for mean, parameter in zip(self.averaged.parameters(), self.network.parameters(), strict=True):
            mean.lerp_(parameter, 1 - keep)

    def validate(self) -> None:
        """Keep the mean of the weights if its held-back rollouts are the best so far."""
        error = self.rollout_error()
        self.stale = 0 if error < self.best else self.stale + 1
        if error < self.best:
            self.best, self.kept = error, _copy(self.averaged)
        means = {name: float(torch.stack([t[name] for t in self.terms]).mean()) for name in self.terms[0]}
        self.terms.clear()
        self.course.keeper.hear(Step(self.update, self.config.updates, means, error, self.best))
        self.course.keeper.keep(self.state())

    def rollout_error(self) -> float:
        """Mean over tags of the root mean square error of held-back rollouts."""
        errors = open_loop_errors(self.averaged, self.segments, self.config.context)
        return float(torch.nanmean(rms(errors, (0, 1))))

    def state(self) -> dict[str, Any]:
        """All that a training needs to go on; lists and tensors only."""
        return {
            "network": _copy(self.network),
            "averaged": _copy(self.averaged),
            "kept": self.kept,
            "optimiser": deepcopy(self.optimiser.state_dict()),
            "noise": self.noise.generator.get_state(),
            "picker": self.picker.get_state(),
            "counts": (self.update, self.stale, self.spent, self.best),
        }

    def load(self, state: dict[str, Any]) -> None:
        """The inverse of `state`."""
        self.network.load_state_dict(state["network"])
        self.averaged.load_state_dict(state["averaged"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.noise.generator.set_state(state["noise"])
        self.picker.set_state(state["picker"])
        self.kept = state["kept"]
        self.update, self.stale, self.spent, self.best = state["counts"]


def _copy(network: Network) -> dict[str, Tensor]:
    return {name: tensor.detach().clone() for name, tensor in network.state_dict().items()}
