"""Claims about the dynamics families below units and time."""

from dataclasses import replace

import pytest
import torch

from models.dataset import encode
from models.world.dynamics import Noise
from models.world.latent import Gaussian
from models.world.sampling import sample


def settled(dynamics, batch):
    state, means = dynamics.start(len(batch)), []
    for t in range(batch.rows):
        state, mean = dynamics.observe(state, batch.moves[:, t], batch.values[:, t], batch.valid[:, t])
        means.append(mean)
    return state, torch.stack(means)


@pytest.fixture
def batch(model, tank):
    return encode(tank.window(), model.normalizer)


def test_what_stands_under_the_mask_is_never_read(model, batch):
    garbage = replace(batch, values=torch.where(batch.valid, batch.values, 7.0))
    assert torch.equal(settled(model.dynamics, batch)[1], settled(model.dynamics, garbage)[1])


def test_members_predict_differently(model, batch):
    _, means = settled(model.dynamics, batch)
    assert means[-1].std(0).min() > 0


def test_each_stretch_of_a_batch_is_on_its_own(model, batch):
    other = replace(batch, values=batch.values + 1.0)
    both = replace(
        batch,
        **{name: torch.cat([getattr(batch, name), getattr(other, name)]) for name in ("values", "valid", "moves")},
    )
    assert torch.allclose(settled(model.dynamics, both)[1][:, :, :1], settled(model.dynamics, batch)[1], atol=1e-5)


def test_more_samples_do_not_move_the_mean(model, batch):
    state, _ = settled(model.dynamics, batch)
    few, many = (sample(model.dynamics, state, batch.moves[:, -20:], n, Noise.seeded(1, quiet=1)) for n in (4, 40))
    assert torch.allclose(few.mean, many.mean, atol=1e-5)
    assert torch.allclose(few.disagreement, many.disagreement, atol=1e-5)


def test_doubt_widens_the_effect_and_leaves_its_mean(linear, tank):
    batch = encode(tank.window(), linear.normalizer)
    state, _ = settled(linear.dynamics, batch)
    calm = batch.moves[:, -1:].expand(-1, 20, -1)

    def effect(doubt):
        futures = [sample(linear.dynamics, state, m, 60, Noise.seeded(1, quiet=1), doubt) for m in (calm, calm + 1.0)]
        return futures[1].paths - futures[0].paths, futures[1].mean - futures[0].mean

    (narrow, mean), (wide, same) = effect(1.0), effect(3.0)
    assert torch.equal(mean, same)
    assert torch.allclose((wide - mean) / 3.0, narrow - mean, atol=1e-3)


def test_the_loss_names_its_terms_and_teaches_every_weight(ensemble, tank):
    rssm = ensemble.dynamics.requires_grad_(requires_grad=True)
    segments = encode(tank.window(80), ensemble.normalizer)
    terms = rssm.loss(segments, 60, torch.ones(4), Noise.seeded(0))
    assert set(terms) == {"nll", "kl", "overshoot", "total"}
    gradients = torch.autograd.grad(terms["total"], list(rssm.parameters()), allow_unused=True)
    rssm.requires_grad_(requires_grad=False)
    assert all(gradient is not None and torch.isfinite(gradient).all() for gradient in gradients)


def test_divergence_is_zero_only_from_oneself():
    one = Gaussian(torch.zeros(1, 1, 3), torch.ones(1, 1, 3))
    other = Gaussian(torch.ones(1, 1, 3), torch.full((1, 1, 3), 2.0))
    expected = torch.distributions.kl_divergence(
        torch.distributions.Normal(one.mean, one.deviation), torch.distributions.Normal(other.mean, other.deviation)
    ).sum(-1)
    assert one.divergence(one).item() == 0.0
    assert torch.allclose(one.divergence(other), expected)
