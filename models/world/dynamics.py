"""What every dynamics family offers to the ensemble, on the model's scale."""

from dataclasses import dataclass
from typing import Protocol, TypeVar

import torch
from torch import Tensor

State = TypeVar("State")


@dataclass(frozen=True, eq=False, slots=True)
class Noise:
    """Standard normal numbers in a fixed order.

    Attributes:
        generator: where they come from.
        quiet: how many get none, the first ones of every group.
        groups: equal parts of a batch, one after another, that get the same numbers.
    """

    generator: torch.Generator
    quiet: int = 0
    groups: int = 1

    @classmethod
    def seeded(cls, seed: int, quiet: int = 0) -> "Noise":
        """The same numbers for the same seed, on every device."""
        return cls(torch.Generator().manual_seed(seed), quiet)

    def like(self, tensor: Tensor) -> Tensor:
        """(member, batch, …) numbers of that shape; a rollout's draws do not depend on its moves."""
        members, batch, *rest = tensor.shape
        drawn = self.draw(torch.Size((members, batch // self.groups, *rest)), tensor)
        return drawn if self.groups == 1 else drawn.repeat(1, self.groups, *(1 for _ in rest))

    def draw(self, shape: torch.Size, like: Tensor) -> Tensor:
        """Numbers for one group, on the device of `like`."""
        draws = torch.randn(shape, generator=self.generator)
        draws[:, : self.quiet] = 0.0
        return draws.to(like.device)


class Dynamics(Protocol[State]):
    """Members that share their data: every tensor of theirs starts with the axes member, batch."""

    @property
    def members(self) -> int:
        """How many."""
        ...

    def start(self, batch: int) -> State:
        """The prior."""
        ...

    def observe(self, state: State, moves: Tensor, values: Tensor, valid: Tensor) -> tuple[State, Tensor]:
        """The state after one row, and the mean (member, batch, tag) that was expected of it before.

        `moves` (batch, move) are in force during the row's interval; `values` and `valid` are (batch, tag).
        """
        ...

    def imagine(self, state: State, moves: Tensor, noise: Noise | None = None) -> Tensor:
        """(member, batch, horizon, tag) future under `moves` (batch, horizon, move); noise-free without noise."""
        ...

    def repeat(self, state: State, batch: int) -> State:
        """The state of one belief, `batch` times."""
        ...

    def complete(self, state: State) -> Tensor:
        """(tag,) bool: whether the first belief of the batch has seen enough for a one-step prediction."""
        ...
