"""Small networks for several members at once: every weight and every tensor starts with the axis member."""

import math

import torch
from torch import Tensor, nn


class StackedLinear(nn.Module):
    """y = x W + b per member: (member, batch, inputs) -> (member, batch, outputs)."""

    def __init__(self, members: int, inputs: int, outputs: int, *, zero: bool = False) -> None:
        super().__init__()
        bound = 0.0 if zero else 1 / math.sqrt(inputs)
        self.weight = nn.Parameter(torch.empty(members, inputs, outputs).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.zeros(members, 1, outputs))

    def forward(self, inputs: Tensor) -> Tensor:
        """(member, batch, outputs)."""
        return torch.baddbmm(self.bias, inputs, self.weight)


class StackedMLP(nn.Module):
    """One hidden layer of SiLU units per member; with `zero` its output is 0 until it is trained."""

    def __init__(self, members: int, inputs: int, hidden: int, outputs: int, *, zero: bool = False) -> None:
        super().__init__()
        self.inner = StackedLinear(members, inputs, hidden)
        self.outer = StackedLinear(members, hidden, outputs, zero=zero)

    def forward(self, inputs: Tensor) -> Tensor:
        """(member, batch, outputs)."""
        result: Tensor = self.outer(nn.functional.silu(self.inner(inputs)))
        return result


class StackedGRU(nn.Module):
    """A gated recurrent unit per member (Cho et al. 2014, eq. 5-8)."""

    def __init__(self, members: int, inputs: int, hidden: int) -> None:
        super().__init__()
        self.gates = StackedLinear(members, inputs + hidden, 2 * hidden)
        self.candidate = StackedLinear(members, inputs + hidden, hidden)

    def forward(self, inputs: Tensor, hidden: Tensor) -> Tensor:
        """(member, batch, hidden) after one step."""
        reset, update = torch.sigmoid(self.gates(torch.cat([inputs, hidden], dim=-1))).chunk(2, dim=-1)
        new = torch.tanh(self.candidate(torch.cat([inputs, reset * hidden], dim=-1)))
        return (1 - update) * hidden + update * new
