"""Fits a NARX: ramps found in the log, reach and penalties by cross-validated rollouts, refined by instruments.

Ridge regression on measured lags is biased: noise in the regressors shrinks the response (errors in variables). The
refinement regresses with instruments that the model imagined itself, which carry no noise of the rows they explain
(instrumental variables: Söderström and Stoica 1983; simulated instruments: Young 1976).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from models.course import Course, Fitted, HeldOut
from models.dataset import Batch, cut
from models.normalizer import ScaledGain
from models.validation import rms
from models.world.narx import Narx, NarxConfig, NarxState, limited
from models.world.narx_data import (
    SEGMENT,
    Normal,
    Piece,
    Rows,
    ages,
    buffered,
    features,
    limits,
    normal,
    patience_of,
    pieces_of,
    segment,
    simulated,
)
from models.world.narx_gains import constraints
from models.world.ramps import find_rates
from models.world.ridge import hold_last, shape_of

FOLDS = 5
"""Parts of the log that are left out in turn."""

REACHES = (8, 16, 32)
PENALTIES = (0.1, 1.0, 10.0, 30.0, 100.0)
PRODUCT_PENALTIES = (0.03, 0.3, 1.0, 3.0)
"""What cross-validation chooses from; those of products for every row of the log."""

REFINEMENTS = 2
REFINED = 50.0
"""Penalty on what a refinement changes, as a multiple of the ridge penalty."""

BLOCK = 5
"""Segments that a bootstrap weighs alike."""

SHAPE = 4
"""Of the gamma distribution of the weights: 1 is Rubin's bootstrap, more costs the members less of the log, and makes
their variance so many times smaller than that of the estimate."""

SPREAD = 10.0
"""Members have penalties from 1/SPREAD to SPREAD times the chosen ones: what depends on them is not known."""

ROLLOUTS = 400
"""Held-out rollouts of a long log, which is tested more sparsely."""

BIAS_PENALTY = 1e-3
GOLDEN = (5**0.5 - 1) / 2


@dataclass(frozen=True, slots=True)
class Penalty:
    """Ridge penalties of a fit; products 0: there are none."""

    lags: float
    products: float = 0.0

    def of(self, model: Narx) -> Tensor:
        """(feature,) penalties."""
        config = model.config
        lags = len(config.tag_blocks) * model.tags + len(config.move_blocks) * model.move_count
        parts = [(self.lags, lags), (self.products, config.products(model.move_count)), (BIAS_PENALTY, 1)]
        return torch.cat([torch.full((count,), value, dtype=torch.float64) for value, count in parts])

    def about(self, members: int) -> list["Penalty"]:
        """One a member, evenly over the logarithms of both penalties (a Kronecker sequence); alone it is itself."""
        if members == 1:
            return [self]
        rank = torch.arange(members)
        other = (GOLDEN * (rank + 0.5) % 1.0).argsort().argsort()
        lags, products = (SPREAD ** (2 * place / (members - 1) - 1) for place in (rank, other))
        return [Penalty(self.lags * float(a), self.products * float(b)) for a, b in zip(lags, products, strict=True)]


@torch.no_grad()
def fit_narx(course: Course) -> Fitted[Narx]:
    """Members on the whole log, and for every fold members whose weights were not fitted to it.

    Limits, cadences, ramps, directions and penalties are chosen from the whole log, folds included. Raises
    InvalidInput for a log too short to leave a part of it out.
    """
    config, own = course.config, course.config.of(NarxConfig)
    episodes = pieces_of([*course.episodes, *course.held_back], 2 * config.context, FOLDS)
    tags, moves = episodes[0].values.shape[2], episodes[0].moves.shape[2]
    own = replace(own, directions=min(own.directions, tags))
    plain = Narx(replace(own, reach=min(REACHES), directions=0), 1, tags, moves)
    plain.low, plain.high = limits(episodes, own.bound)
    plain.patience = patience_of(episodes)
    plain.rate = find_rates(plain, episodes, [hold_last(episode) for episode in episodes])
    course.progress(0.1)
    pieces = _without_gaps(plain, episodes)
    folds = _folds(len(pieces))
    model, penalty = _choose(plain, own, pieces, folds, course)
    course.progress(0.4)
    rows = segment(pieces, model)
    held_out, stride = [], _stride(sum(map(len, pieces)), course)
    for number, fold in enumerate(folds):
        others = torch.tensor([i for i in range(len(pieces)) if i not in fold])
        members = _members(model, rows.of(others), penalty, course)
        segments = cut([episodes[i] for i in fold], _length(episodes, course), stride)
        held_out.append(HeldOut(members, segments))
        course.progress(0.4 + 0.5 * (number + 1) / len(folds))
    return Fitted(_members(model, rows, penalty, course), _moved(held_out), float(SHAPE))


def _moved(tests: Sequence[HeldOut[Narx]]) -> tuple[HeldOut[Narx], ...]:
    """Without the segments in which nothing was moved, where others remain: easy rollouts flatter a what-if."""
    moved = [(test.segments.moves.diff(dim=1) != 0).flatten(1).any(1) for test in tests]
    if not any(chosen.any() for chosen in moved):
        return tuple(tests)
    return tuple(
        HeldOut(test.dynamics, test.segments.take(chosen.nonzero()[:, 0]))
        for test, chosen in zip(tests, moved, strict=True)
        if chosen.any()
    )


def _folds(pieces: int) -> list[range]:
    count = min(FOLDS, pieces)
    return [range(fold, pieces, count) for fold in range(count)]


def _length(episodes: Sequence[Batch], course: Course) -> int:
    """Rows of a held-out segment: context and horizon, the horizon cut to what the shortest piece holds."""
    config = course.config
    return min(config.context + config.horizon, *(episode.rows for episode in episodes))


def _stride(rows: int, course: Course) -> int:
    """Rows between two rollouts, so that a long log has no more than ROLLOUTS of them."""
    return max(course.config.stride, rows // ROLLOUTS)


def _without_gaps(plain: Narx, episodes: Sequence[Batch]) -> list[Piece]:
    """The log with values held, longer gaps filled by predictions of a first fit, as a belief does it."""
    pieces = [_piece(plain, episode, hold_last(episode)) for episode in episodes]
    if all(piece.valid.all() for piece in pieces):
        return pieces
    rows = segment(pieces, plain)
    first = _one(plain, _equations(plain, rows), Penalty(1.0))
    return [_piece(plain, episode, _filled(first, episode)) for episode in episodes]


def _piece(model: Narx, episode: Batch, values: Tensor) -> Piece:
    known = ages(episode.valid[0]) <= model.patience
    return Piece(values, known, limited(episode.moves[:, 0], episode.moves, model.rate)[0])


def _filled(model: Narx, episode: Batch) -> Tensor:
    """(time, tag) values, predictions where nothing was measured."""
    state, rows = model.start(1), []
    for t in range(episode.rows):
        state, _ = model.observe(state, episode.moves[:, t], episode.values[:, t], episode.valid[:, t])
        rows.append(state.past[0, 0, -1])
    return torch.stack(rows)


def _choose(
    plain: Narx, own: NarxConfig, pieces: Sequence[Piece], folds: Sequence[range], course: Course
) -> tuple[Narx, Penalty]:
    """A blank model of the best reach and products, and its penalties, by rollouts of pieces left out."""
    found = []
    for reach in REACHES:
        model = _blank(plain, replace(own, reach=reach, directions=0), pieces)
        found += list(_scored(model, [Penalty(value) for value in PENALTIES], pieces, folds, course))
    best = min(found, key=lambda scored: scored[0])
    if own.directions:
        model = _blank(plain, replace(own, reach=best[1].config.reach), pieces)
        rows = sum(map(len, pieces))
        penalties = [Penalty(best[2].lags, value * rows) for value in PRODUCT_PENALTIES]
        best = min([best, *_scored(model, penalties, pieces, folds, course)], key=lambda scored: scored[0])
    return best[1], best[2]


def _blank(plain: Narx, config: NarxConfig, pieces: Sequence[Piece]) -> Narx:
    """A model without weights that shares limits and ramps with `plain`."""
    model = Narx(config, 1, plain.tags, plain.move_count)
    _share(model, plain)
    if config.directions:
        values = torch.cat([piece.values for piece in pieces]).double()
        spread, vectors = torch.linalg.eigh(torch.cov(values.T))
        scaled = vectors.flip(1) / spread.flip(0).clamp_min(1e-12).sqrt()
        model.directions = scaled[:, : config.directions].float()
    return model


def _share(model: Narx, other: Narx) -> None:
    model.low, model.high, model.rate, model.patience = other.low, other.high, other.rate, other.patience


def _scored(
    model: Narx, penalties: Sequence[Penalty], pieces: Sequence[Piece], folds: Sequence[range], course: Course
) -> Iterator[tuple[float, Narx, Penalty]]:
    """(root mean square error of rollouts, model, penalty) of every penalty."""
    rows = segment(pieces, model)
    parts = [_equations(model, rows.of(torch.tensor([i]))) for i in range(len(pieces))]
    stride = _stride(sum(map(len, pieces)), course)
    tests = [_rollouts(model, [pieces[i] for i in fold], stride, course) for fold in folds]
    for penalty in penalties:
        errors = []
        for fold, test in zip(folds, tests, strict=True):
            others = [part for i, part in enumerate(parts) if i not in fold]
            errors.append(test.errors(_one(model, sum(others[1:], others[0]), penalty)))
        yield float(rms(torch.cat(errors))), model, penalty


@dataclass(frozen=True, eq=False, slots=True)
class _Rollouts:
    """Held-out futures: belief, moves as they were made, and what came."""

    state: NarxState
    moves: Tensor
    values: Tensor
    valid: Tensor

    def errors(self, model: Narx) -> Tensor:
        """(batch, horizon, tag) imagined minus measured, NaN where not valid."""
        return torch.where(self.valid, model.imagine(self.state, self.moves)[0] - self.values, torch.nan)


def _rollouts(model: Narx, pieces: Sequence[Piece], stride: int, course: Course) -> _Rollouts:
    memory = model.config.memory
    horizon = min(course.config.horizon, min(len(piece) for piece in pieces) - memory)
    size = memory + horizon

    def stretches(series: Sequence[Tensor]) -> Tensor:
        return torch.cat([item.unfold(0, size, stride).transpose(1, 2) for item in series])

    values, moves = stretches([p.values for p in pieces]), stretches([p.moves for p in pieces])
    valid = stretches([p.valid for p in pieces])
    state = buffered(model, values[:, :memory], moves[:, :memory])
    return _Rollouts(state, moves[:, memory:], values[:, memory:], valid[:, memory:])


def _equations(model: Narx, rows: Rows) -> Normal:
    measured = features(model, rows.past, rows.moves)
    return normal(measured, measured, rows)


def _one(blank: Narx, equations: Normal, penalty: Penalty) -> Narx:
    """A single member."""
    return _weighted(blank, [equations.solve(penalty.of(blank))])


def _members(blank: Narx, rows: Rows, penalty: Penalty, course: Course) -> Narx:
    """Members that weigh blocks of the log and penalties differently.

    Weighted likelihood bootstrap (Newton and Raftery 1994), hyper-deep ensembles (Wenzel et al. 2020).
    """
    measured = features(blank, rows.past, rows.moves)
    count = course.config.members
    weights = bootstrap(len(rows.past), count, course.config.seed)
    penalties = penalty.about(count)
    solutions = [
        _refined(blank, rows, measured, course.gains, one, weight)
        for one, weight in zip(penalties, weights, strict=True)
    ]
    members = _weighted(blank, solutions)
    expected = measured @ torch.stack(solutions).mean(0)
    spread, mixing = shape_of(rows.targets - expected, rows.usable)
    members.spread, members.mixing = spread.float(), mixing.float().contiguous()
    return members


def bootstrap(segments: int, members: int, seed: int) -> Tensor:
    """(member, row) weights with mean 1, alike within a block; even ones for a single member."""
    if members == 1:
        return torch.ones(1, segments * SEGMENT, dtype=torch.float64)
    generator = torch.Generator().manual_seed(seed)
    drawn = torch.rand(SHAPE, members, -(-segments // BLOCK), generator=generator, dtype=torch.float64)
    weights = -drawn.clamp_min(1e-12).log().sum(0)
    weights = weights / weights.mean(1, keepdim=True)
    return weights.repeat_interleave(BLOCK * SEGMENT, dim=1)[:, : segments * SEGMENT]


def _refined(
    blank: Narx, rows: Rows, measured: Tensor, gains: Sequence[ScaledGain], penalty: Penalty, weight: Tensor
) -> Tensor:
    """(feature, tag) weights: ridge, then refined with instruments that the model imagines, and with stated gains."""
    plain = penalty.of(blank)
    solution = normal(measured, measured, rows, weight).solve(plain)
    products = slice(-1 - blank.config.products(blank.move_count), -1)
    pull = REFINED * plain
    pull[products] = plain[products]
    for _ in range(REFINEMENTS):
        model = _weighted(blank, [solution])
        instruments = features(model, simulated(model, rows), rows.moves)
        prior = solution.clone()
        prior[products] = 0.0
        solution = normal(instruments, measured, rows, weight).solve(pull, prior, constraints(model, gains))
    return solution


def _weighted(blank: Narx, solutions: Sequence[Tensor]) -> Narx:
    """A model with one member per solution."""
    config, tags, moves = blank.config, blank.tags, blank.move_count
    model = Narx(config, len(solutions), tags, moves)
    _share(model, blank)
    model.directions = blank.directions
    sizes = [len(config.tag_blocks) * tags, len(config.move_blocks) * moves, config.products(moves), 1]
    parts = torch.split(torch.stack(list(solutions)).float(), sizes, dim=1)
    model.tag_weights, model.move_weights, model.product_weights = parts[0], parts[1], parts[2]
    model.bias = parts[3][:, 0]
    return model
