"""The champion family: ramps, limits, held values, and gains that noise does not shrink."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
import torch
from torch import Tensor

from models.course import Course, Fitted
from models.dataset import Batch
from models.normalizer import ScaledGain
from models.training import TrainingConfig
from models.world.narx import Narx, NarxConfig, limited, octaves
from models.world.narx_fit import Penalty, fit_narx
from models.world.narx_gains import steady_response
from twin.errors import InvalidInput

ROWS = 300
CONFIG = TrainingConfig(family="narx", members=2, context=40, horizon=40, imagined=20, stride=20, samples=10)
LINE = NarxConfig(directions=0)


def levels(seed: int, moves: int = 1, rows: int = ROWS) -> Tensor:
    """(1, time, move) levels that change now and then."""
    generator = torch.Generator().manual_seed(seed)
    held = torch.randn(1, -(-rows // 15), moves, generator=generator)
    return held.repeat_interleave(15, dim=1)[:, :rows]


def respond(drive: Tensor, noise: float, seed: int, pole: float = 0.9) -> Batch:
    """A first-order response to `drive` (1, time, tag), its gain 1, measured with white noise."""
    state, rows = torch.zeros(drive.shape[2]), []
    for wanted in drive[0]:
        state = pole * state + (1 - pole) * wanted
        rows.append(state)
    clean = torch.stack(rows)[None]
    measured = clean + noise * torch.randn(clean.shape, generator=torch.Generator().manual_seed(seed))
    return Batch(measured, torch.ones_like(measured, dtype=torch.bool), drive)


def trained(episodes: list[Batch], own: NarxConfig = LINE, stated: Sequence[ScaledGain] = ()) -> Fitted[Narx]:
    config = replace(CONFIG, dynamics=own)
    return fit_narx(Course(episodes[:-1], episodes[-1:], episodes[-1], stated, config))


def steady(model: Narx, moves: Tensor, rows: int = 200) -> Tensor:
    """(tag,) where the plant comes to rest under `moves` (move,)."""
    state = model.start(1)
    held = moves.expand(1, rows, -1)
    state, _ = model.observe(
        state, torch.zeros(1, len(moves)), torch.zeros(1, model.tags), torch.ones(1, model.tags, dtype=torch.bool)
    )
    return model.imagine(state, held).mean(0)[0, -1]


def gains(model: Narx, moves: list[float]) -> list[float]:
    """(tag,) where the plant comes to rest under `moves`, from where it rests without."""
    change: list[float] = (steady(model, torch.tensor(moves)) - steady(model, torch.zeros(len(moves)))).tolist()
    return change


def test_lags_are_averaged_over_octaves() -> None:
    assert octaves(1, 16) == ((1, 1), (2, 2), (3, 4), (5, 8), (9, 16))
    assert octaves(0, 8) == ((0, 0), (1, 1), (2, 2), (3, 4), (5, 8))


def test_a_setpoint_that_its_controller_ramps_is_found_with_its_rate() -> None:
    episodes = []
    for seed in range(6):
        moves = levels(seed, moves=2, rows=600)
        taken = limited(moves[:, 0], moves, torch.tensor([0.05, torch.inf]))
        episodes.append(replace(respond(taken, 0.05, seed), moves=moves))
    rate = trained(episodes).dynamics.rate
    assert float(rate[0]) == pytest.approx(0.05, rel=0.15)
    assert rate[1].isinf()


def test_noise_in_the_measurements_hardly_shrinks_the_gain() -> None:
    episodes = [respond(levels(seed), 1.5, seed) for seed in range(6)]
    assert float(steady(trained(episodes).dynamics, torch.ones(1))) == pytest.approx(1.0, abs=0.05)


def test_a_gain_that_depends_on_the_operating_point_is_learned_by_products() -> None:
    episodes = []
    for seed in range(6):
        moves = levels(seed, moves=2)
        drive = torch.stack([moves[..., 0] * (1 + 0.5 * moves[..., 1]), moves[..., 1]], dim=-1)
        episodes.append(replace(respond(drive, 0.02, seed), moves=moves))
    bent = trained(episodes, NarxConfig(directions=2)).dynamics
    here, there = (float(steady(bent, torch.tensor([1.0, level]))[0]) for level in (-1.0, 1.0))
    assert here == pytest.approx(0.5, abs=0.15)
    assert there == pytest.approx(1.5, abs=0.15)


@pytest.mark.parametrize("value", [0.7, -0.4])
def test_a_stated_gain_is_that_of_the_model_though_the_log_never_moved_the_setpoint(value: float) -> None:
    episodes = []
    for seed in range(6):
        moves = levels(seed, moves=2) * torch.tensor([1.0, 0.0])
        episodes.append(replace(respond(moves[..., :1], 0.3, seed), moves=moves))
    model = trained(episodes, stated=[ScaledGain(1, 0, 0, value)]).dynamics
    assert gains(model, [0.0, 1.0]) == pytest.approx([value], abs=0.02)
    assert gains(model, [1.0, 0.0]) == pytest.approx([1.0], abs=0.1)


@pytest.mark.parametrize(("sign", "gain"), [(1, 1.0), (-1, 0.0), (0, 0.0)])
def test_a_gain_is_never_of_another_sign_than_the_plant_file_states(sign: int, gain: float) -> None:
    episodes = [respond(levels(seed), 0.3, seed) for seed in range(6)]
    model = trained(episodes, stated=[ScaledGain(0, 0, sign, None)]).dynamics
    assert float(steady_response(model, 0)) == pytest.approx(gain, abs=0.05)


def test_a_tag_that_stood_at_its_limit_is_never_imagined_beyond_it() -> None:
    episodes = []
    for seed in range(6):
        free = respond(levels(seed), 0.02, seed)
        episodes.append(replace(free, values=free.values.clamp(max=0.6)))
    model = trained(episodes).dynamics
    assert float(model.high[0]) == pytest.approx(0.6)
    assert float(steady(model, torch.tensor([3.0]))) == pytest.approx(0.6, abs=1e-4)


def test_a_value_is_held_until_the_next_one_is_due_and_predicted_from_then_on() -> None:
    model = Narx(NarxConfig(directions=0), 1, 1, 1)
    model.patience = torch.tensor([2])
    model.bias = torch.full((1, 1), 7.0)
    state, here, gone = model.start(1), torch.ones(1, 1, dtype=torch.bool), torch.zeros(1, 1, dtype=torch.bool)
    state, _ = model.observe(state, torch.zeros(1, 1), torch.full((1, 1), 3.0), here)
    kept = []
    for _ in range(4):
        state, _ = model.observe(state, torch.zeros(1, 1), torch.zeros(1, 1), gone)
        kept.append(float(state.past[0, 0, -1, 0]))
    assert kept == [3.0, 3.0, 7.0, 7.0]


def test_every_test_is_done_by_members_that_never_saw_it() -> None:
    episodes = [respond(levels(seed), 0.1, seed) for seed in range(5)]
    whole = trained(episodes)
    assert len(whole.held_out) == 5
    weights = [test.dynamics.tag_weights for test in whole.held_out]
    assert not any(torch.equal(one, other) for one, other in pairwise(weights))
    assert all(not torch.equal(test.dynamics.tag_weights, whole.dynamics.tag_weights) for test in whole.held_out)


def test_a_log_too_short_to_leave_a_part_out_is_refused_in_words() -> None:
    short = [respond(levels(seed, rows=70), 0.1, seed) for seed in range(3)]
    with pytest.raises(InvalidInput, match="has 70 rows; two of 80 rows are needed"):
        trained(short)


def test_members_penalties_are_spread_evenly_about_the_chosen_ones() -> None:
    found = torch.tensor([(one.lags, one.products) for one in Penalty(3.0, 40.0).about(5)]).log10()
    assert found.mean(0).tolist() == pytest.approx(torch.tensor([3.0, 40.0]).log10().tolist())
    for column in found.T:
        assert column.sort().values.diff().tolist() == pytest.approx([0.5] * 4, abs=1e-5)
    assert abs(float(torch.corrcoef(found.T)[0, 1])) < 0.5
    assert Penalty(3.0, 40.0).about(1) == [Penalty(3.0, 40.0)]
