"""Rollouts on a device: any dynamics in the device's precision, prepared once for a shape and then run again.

On CUDA a prepared rollout is one CUDA graph: its hundreds of small kernels cost one launch.
"""

from collections import deque
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field, fields, is_dataclass
from itertools import accumulate, pairwise
from math import prod
from threading import Lock
from typing import Any, Generic, cast

import torch
from torch import Tensor, nn

from models.world.dynamics import Dynamics, Noise, State

_CAPTURING = Lock()
"""One capture at a time in a process: units' models prepare their rollouts in several threads."""


@dataclass(frozen=True, slots=True)
class DeviceConfig:
    """Where rollouts run and how exactly.

    Attributes:
        device: as torch names it, such as "cpu" or "cuda".
        dtype: of weights, states and rows while imagining; torch.bfloat16 is enough for it.
        kept: prepared shapes that are kept; the one used longest ago goes first.
    """

    device: str = "cuda"
    dtype: torch.dtype = torch.bfloat16
    kept: int = 4


@dataclass(frozen=True, eq=False, slots=True)
class Tape(Noise):
    """Noise in fixed memory, which a CUDA graph can read: given out in the order in which it was first asked for.

    Attributes:
        numbers: all of them in one row.
        views: pieces of `numbers`, the next one first.
    """

    numbers: Tensor = field(default_factory=lambda: torch.empty(0))
    views: deque[Tensor] = field(default_factory=deque)

    @classmethod
    def of(cls, shapes: list[torch.Size], noise: Noise, like: Tensor) -> "Tape":
        """Room for numbers of these shapes, of the device and dtype of `like`."""
        ends = list(accumulate((prod(shape) for shape in shapes), initial=0))
        numbers = like.new_zeros(ends[-1])
        views = (numbers[a:b].view(shape) for (a, b), shape in zip(pairwise(ends), shapes, strict=True))
        return cls(torch.Generator(like.device), noise.quiet, noise.groups, numbers, deque(views))

    def draw(self, shape: torch.Size, like: Tensor) -> Tensor:
        """The next piece, which must have that shape; after the last comes the first again."""
        view = self.views.popleft()
        self.views.append(view)
        if view.shape != shape:
            raise ValueError(f"noise of the shape {tuple(shape)} was asked for, {tuple(view.shape)} was recorded")
        return view

    def fill(self, noise: Noise) -> None:
        """Draw anew on the device, from a seed that is the next number of `noise`."""
        self.generator.manual_seed(int(torch.randint(2**62, (), generator=noise.generator)))
        self.numbers.normal_(generator=self.generator)
        if self.quiet:
            for view in self.views:
                view[:, : self.quiet] = 0.0


@dataclass(frozen=True, eq=False, slots=True)
class Recorder(Noise):
    """Noise that remembers what was asked for."""

    shapes: list[torch.Size] = field(default_factory=list)

    def draw(self, shape: torch.Size, like: Tensor) -> Tensor:
        """Zeros of that shape."""
        self.shapes.append(shape)
        return like.new_zeros(shape)


class Prepared(Generic[State]):
    """Rollouts of one shape with memory of their own: what changes is copied in, then all runs again.

    What a state holds besides tensors is that of the state it was prepared with: `imagine` must not depend on it.
    """

    def __init__(
        self,
        dynamics: Dynamics[State],
        state: State,
        moves: Tensor,
        noise: Noise | None,
        like: Tensor | None = None,
    ) -> None:
        """Prepares for shapes like these where `dynamics` is: on the device and in the dtype of `like` or `moves`."""
        like = moves if like is None else like
        self._dynamics = dynamics
        self._levels = _copied(moves[: _different(moves)], like)
        self._moves = self._levels.expand(len(moves), -1, -1)
        self._state = mapped(state, lambda tensor: _copied(tensor, like))
        self._tape = None if noise is None else self._recorded(noise)
        self._graph = self._captured() if like.is_cuda else None

    def run(self, state: State, moves: Tensor, noise: Noise | None) -> Tensor:
        """(member, batch, horizon, tag), like `Dynamics.imagine`; on CUDA only until the next run."""
        for own, given in zip(leaves(self._state), leaves(state), strict=True):
            own.copy_(given, non_blocking=True)
        self._levels.copy_(moves[: len(self._levels)], non_blocking=True)
        if self._tape is not None and noise is not None:
            self._tape.fill(noise)
        return self.replay()

    def replay(self) -> Tensor:
        """The same once more: same state, moves and numbers."""
        if self._graph is None:
            return self.eager()
        self._graph.replay()
        return self._rows

    def eager(self) -> Tensor:
        """The same once more, kernel by kernel."""
        return self._imagine(self._tape)

    def inputs(self) -> Iterator[Tensor]:
        """The memory that a run reads: state, moves, noise."""
        yield from leaves(self._state)
        yield self._levels
        if self._tape is not None:
            yield self._tape.numbers

    @torch.no_grad()
    def _imagine(self, noise: Noise | None) -> Tensor:
        return self._dynamics.imagine(self._state, self._moves, noise)

    def _recorded(self, noise: Noise) -> Tape:
        recorder = Recorder(noise.generator, noise.quiet, noise.groups)
        self._imagine(recorder)
        return Tape.of(recorder.shapes, noise, self._moves)

    def _captured(self) -> torch.cuda.CUDAGraph:
        # what is made lazily (cuBLAS handles, workspaces) must be there before the capture, made on another stream
        aside = torch.cuda.Stream()  # type: ignore[no-untyped-call]
        aside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(aside):
            self.eager()
        torch.cuda.current_stream().wait_stream(aside)
        graph = torch.cuda.CUDAGraph()
        with _CAPTURING, torch.cuda.graph(graph, capture_error_mode="thread_local"):
            self._rows = self.eager()
        return graph


class OnDevice(Generic[State]):
    """Dynamics whose rollouts run on a device; a Dynamics itself, so that an Ensemble can hold it.

    Beliefs stay where they were, exact: only what `imagine` needs travels, and float32 on the CPU comes back. The
    same seed gives the same paths on the same kind of device, not those of another.
    """

    def __init__(self, dynamics: Dynamics[State], config: DeviceConfig) -> None:
        self._dynamics, self._config = dynamics, config
        self._placed = placed(dynamics, torch.device(config.device), config.dtype)
        self._prepared: dict[object, Prepared[State]] = {}
        self._lock = Lock()

    @property
    def members(self) -> int:
        """How many."""
        return self._dynamics.members

    def start(self, batch: int) -> State:
        """The prior."""
        return self._dynamics.start(batch)

    def observe(self, state: State, moves: Tensor, values: Tensor, valid: Tensor) -> tuple[State, Tensor]:
        """As the dynamics do it, where they are."""
        return self._dynamics.observe(state, moves, values, valid)

    def imagine(self, state: State, moves: Tensor, noise: Noise | None = None) -> Tensor:
        """(member, batch, horizon, tag) float32 on the CPU; the first rollout of a shape prepares it."""
        with self._lock:
            return self._ready(state, moves, noise).run(state, moves, noise).float().cpu()

    def repeat(self, state: State, batch: int) -> State:
        """The state of one belief, `batch` times."""
        return self._dynamics.repeat(state, batch)

    def complete(self, state: State) -> Tensor:
        """(tag,) bool: whether the first belief of the batch has seen enough for a one-step prediction."""
        return self._dynamics.complete(state)

    def _ready(self, state: State, moves: Tensor, noise: Noise | None) -> Prepared[State]:
        shapes = tuple(tensor.shape for tensor in leaves(state))
        key = (shapes, moves.shape, _different(moves), noise and (noise.quiet, noise.groups))
        found = self._prepared.pop(key, None)
        if found is None:
            like = torch.empty(0, device=self._config.device, dtype=self._config.dtype)
            found = Prepared(self._placed, state, moves, noise, like)
        self._prepared[key] = found
        if len(self._prepared) > self._config.kept:
            del self._prepared[next(iter(self._prepared))]
        return found


def placed(dynamics: Dynamics[State], device: torch.device, dtype: torch.dtype) -> Dynamics[State]:
    """A copy of the dynamics, which must be a torch module, on that device and in that dtype."""
    if not isinstance(dynamics, nn.Module):
        raise TypeError(f"{type(dynamics).__name__} is no torch module, so it cannot be moved to {device}")
    return cast("Dynamics[State]", deepcopy(dynamics).to(device, dtype))


def mapped(state: State, change: Callable[[Tensor], Tensor]) -> State:
    """The state with every tensor in it changed: dataclasses, tuples and tensors are looked into."""
    if isinstance(state, Tensor):
        return cast("State", change(state))
    if isinstance(state, tuple):
        return cast("State", tuple(mapped(part, change) for part in state))
    if not is_dataclass(state):
        return state
    parts = {part.name: mapped(getattr(state, part.name), change) for part in fields(state)}
    return cast("State", cast("Any", type(state))(**parts))


def leaves(state: object) -> Iterator[Tensor]:
    """The tensors that `mapped` changes, in its order."""
    if isinstance(state, Tensor):
        yield state
    elif isinstance(state, tuple):
        for part in state:
            yield from leaves(part)
    elif is_dataclass(state):
        for part in fields(state):
            yield from leaves(getattr(state, part.name))


def _different(moves: Tensor) -> int:
    """How many rows of the batch there really are: one where it was expanded."""
    return len(moves) if moves.stride(0) else 1


def _copied(tensor: Tensor, like: Tensor) -> Tensor:
    dtype = like.dtype if tensor.is_floating_point() else tensor.dtype
    return tensor.to(like.device, dtype, copy=True).contiguous()
