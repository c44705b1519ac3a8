"""What every dynamics family must do, whatever it is inside; the families come from the registry."""

import pickle
from dataclasses import replace

import numpy as np
import pytest
import torch

from models.checkpoint import load, save
from models.world.dynamics import Noise
from twin.errors import InvalidInput
from twin.plant import Tag
from twin.window import Window

from .conftest import settled, short_config


def test_it_beats_persistence_after_a_short_training(subject):
    assert subject.model.card.skill["skill"] > 0.15


def test_its_card_names_the_family(subject):
    assert subject.model.card.family == subject.name
    assert subject.model.card.version.startswith(f"{subject.name}-")


def test_the_same_seed_gives_the_same_weights_and_another_one_others(subject):
    short = short_config(subject)
    one, again, other = (subject.fit(replace(short, seed=seed)) for seed in (1, 1, 2))
    assert one.card.version == again.card.version
    assert one.card.version != other.card.version


def test_shapes_are_those_of_the_protocol(subject):
    dynamics, batch = subject.dynamics, subject.batch(count=3)
    state, means = settled(dynamics, batch)
    future = dynamics.imagine(state, batch.moves[:, :7], Noise.seeded(0))
    assert dynamics.members == subject.config.members
    assert means.shape == (60, dynamics.members, 3, 4)
    assert future.shape == (dynamics.members, 3, 7, 4)
    assert torch.isfinite(means).all()
    assert torch.isfinite(future).all()


def test_twice_the_same_gives_the_same_bits(subject):
    dynamics, batch = subject.dynamics, subject.batch()
    (one, means), (other, again) = settled(dynamics, batch), settled(dynamics, batch)
    assert torch.equal(means, again)
    moves = batch.moves[:, :20]
    assert torch.equal(dynamics.imagine(one, moves, Noise.seeded(3)), dynamics.imagine(other, moves, Noise.seeded(3)))


def test_members_differ(subject):
    _, means = settled(subject.dynamics, subject.batch())
    assert means[-1].std(0).min() > 0


def test_a_batch_of_one_is_a_row_of_a_batch(subject):
    dynamics, batch = subject.dynamics, subject.batch(count=3)
    state, means = settled(dynamics, batch)
    future = dynamics.imagine(state, batch.moves[:, :20])
    for i in range(3):
        single = batch.take(torch.tensor([i]))
        alone, mean = settled(dynamics, single)
        assert torch.allclose(means[:, :, i : i + 1], mean, atol=1e-4)
        assert torch.allclose(future[:, i : i + 1], dynamics.imagine(alone, single.moves[:, :20]), atol=1e-3)


def test_one_belief_repeated_is_that_many(subject):
    dynamics, batch = subject.dynamics, subject.batch()
    state, _ = settled(dynamics, batch)
    moves = batch.moves[:, :9]
    many = dynamics.imagine(dynamics.repeat(state, 4), moves.expand(4, -1, -1))
    assert torch.allclose(many, dynamics.imagine(state, moves).expand(-1, 4, -1, -1), atol=1e-4)


@pytest.mark.parametrize("garbage", [7.0, 1e9, torch.nan, torch.inf])
def test_what_stands_under_the_mask_is_never_read(subject, garbage):
    batch = subject.batch()
    other = replace(batch, values=torch.where(batch.valid, batch.values, garbage))
    assert torch.equal(settled(subject.dynamics, batch)[1], settled(subject.dynamics, other)[1])


def test_a_value_is_not_known_before_its_row(subject):
    batch = subject.batch()
    values = batch.values.clone()
    values[:, 40:] += 1.0
    one, other = (settled(subject.dynamics, b)[1] for b in (batch, replace(batch, values=values)))
    assert torch.equal(one[:41], other[:41])
    assert not torch.equal(one[41:], other[41:])


def test_a_tag_that_never_came_is_never_complete(subject):
    batch = subject.batch()
    valid = batch.valid.clone()
    valid[..., 1] = False
    state, means = settled(subject.dynamics, replace(batch, valid=valid))
    assert subject.dynamics.complete(state).tolist() == [True, False, True, True]
    assert torch.isfinite(means).all()


def test_a_fresh_belief_is_not_complete(subject):
    assert not subject.dynamics.complete(settled(subject.dynamics, subject.batch(rows=2))[0]).any()


def test_a_bad_value_is_forgotten(subject):
    batch = subject.batch(rows=160)
    values = batch.values.clone()
    values[:, 20, 0] = 50.0
    one, other = (settled(subject.dynamics, b)[1] for b in (batch, replace(batch, values=values)))
    assert torch.isfinite(other).all()
    assert (one - other)[-1].abs().max() < 0.1 * (one - other)[21].abs().max()


def test_a_long_silence_keeps_it_finite(subject):
    batch = subject.batch(rows=200)
    valid = batch.valid.clone()
    valid[:, 30:] = False
    state, means = settled(subject.dynamics, replace(batch, valid=valid))
    assert torch.isfinite(means).all()
    assert torch.isfinite(subject.dynamics.imagine(state, batch.moves[:, :50], Noise.seeded(0))).all()


def test_a_quiet_path_is_the_noise_free_one(subject):
    dynamics, batch = subject.dynamics, subject.batch()
    state, _ = settled(dynamics, batch)
    moves = batch.moves[:, :20].expand(3, -1, -1)
    noisy = dynamics.imagine(dynamics.repeat(state, 3), moves, Noise.seeded(0, quiet=1))
    plain = dynamics.imagine(dynamics.repeat(state, 3), moves)
    assert torch.allclose(noisy[:, :1], plain[:, :1], atol=1e-4)
    assert (noisy[:, 1] - noisy[:, 2]).abs().max() > 0


def test_a_move_acts_from_its_own_row_on_and_under_the_same_noise(subject):
    dynamics, batch = subject.dynamics, subject.batch()
    state, _ = settled(dynamics, batch)
    calm = batch.moves[:, -1:].expand(-1, 20, -1)
    moved = calm.clone()
    moved[:, 10:, 0] += 1.0
    one, other = (dynamics.imagine(state, moves, Noise.seeded(5)) for moves in (calm, moved))
    assert torch.equal(one[:, :, :10], other[:, :, :10])
    assert (one - other)[:, :, 10:].abs().max() > 0


def test_a_pickle_predicts_the_same(subject):
    batch = subject.batch()
    again = pickle.loads(pickle.dumps(subject.dynamics))
    assert torch.equal(settled(subject.dynamics, batch)[1], settled(again, batch)[1])


def test_a_checkpoint_predicts_the_same(subject, tmp_path):
    path = tmp_path / "model.safetensors"
    save(subject.model, path)
    again, window = load(path, subject.plant), subject.held_back[0].rows(slice(0, 60))
    moves = window.select(subject.model.card.moves).values[:20]
    (one, seen), (other, seen_again) = subject.model.observe(window), again.observe(window)
    assert again.card == subject.model.card
    assert again.dynamics.config == subject.dynamics.config
    assert np.array_equal(seen.predicted, seen_again.predicted)
    assert np.array_equal(subject.model.imagine(one, moves).paths, again.imagine(other, moves).paths)


def test_other_engineering_units_give_the_same_plant(subject):
    factors, offsets = np.float64([1.8, 0.01, 1, 1, 10, 1]), np.float64([32, 0, -40, 0, 5, 0])
    units = dict(zip(subject.train[0].tags, zip(factors, offsets, strict=True), strict=True))

    def converted(window: Window) -> Window:
        return replace(window, values=factors * window.values + offsets)

    def told(tag: Tag) -> Tag:
        factor, offset = units[tag.name]
        return replace(tag, low=factor * tag.low + offset, high=factor * tag.high + offset)

    other = replace(
        subject,
        plant=replace(subject.plant, tags=tuple(map(told, subject.plant.tags))),
        train=tuple(map(converted, subject.train)),
        held_back=tuple(map(converted, subject.held_back)),
    )
    short = replace(short_config(subject), learning_rate=1e-5)
    window = subject.held_back[0].rows(slice(0, 60))
    one = subject.fit(short).observe(window)[1].predicted
    two = other.fit(short).observe(converted(window))[1].predicted
    assert np.allclose(factors[:4] * one + offsets[:4], two, rtol=1e-3, atol=1e-3)


def test_predictions_are_in_the_tags_units(subject):
    window = subject.held_back[0]
    _, residual = subject.model.observe(window)
    error = residual.predicted[60:] - window.select(residual.tags).values[60:]
    assert np.sqrt(np.nanmean(error**2, axis=0)).max() < 6.0
    assert residual.predicted[60:].mean() == pytest.approx(50.0, abs=8.0)


def test_a_neural_family_names_its_terms_and_teaches_every_weight(subject):
    dynamics = pickle.loads(pickle.dumps(subject.dynamics))
    if not hasattr(dynamics, "loss"):
        pytest.skip("this family is not trained by gradient steps")
    dynamics.requires_grad_(requires_grad=True)
    terms = dynamics.loss(subject.batch(80, 3), 60, torch.ones(4), Noise.seeded(0))
    total = terms.pop("total")
    assert len(terms) >= 2
    assert all(torch.isfinite(term) for term in terms.values())
    gradients = torch.autograd.grad(total, list(dynamics.parameters()), allow_unused=True)
    assert all(g is not None and torch.isfinite(g).all() for g in gradients)


def test_the_config_of_another_family_is_refused(subject):
    with pytest.raises(InvalidInput, match=f"the family {subject.name} takes a"):
        subject.fit(replace(subject.config, dynamics=object()))
