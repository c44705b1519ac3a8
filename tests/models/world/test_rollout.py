"""Claims about rollouts: prepared ones on a device, many scenarios at once, the backbone's short cut."""

from dataclasses import replace

import pytest
import torch

from models.dataset import encode
from models.validation import settle
from models.world.dynamics import Noise
from models.world.rollout import DeviceConfig, OnDevice, Prepared, leaves, mapped
from models.world.sampling import sample, sample_each

HERE = DeviceConfig("cpu", torch.float32)


@pytest.fixture
def state(model, tank):
    return settle(model.dynamics, encode(tank.window(), model.normalizer))


@pytest.fixture
def moves():
    return torch.randn(3, 12, 2, generator=torch.Generator().manual_seed(0))


def quiet(seed=1):
    return Noise.seeded(seed, quiet=1)


def test_a_linear_rollout_is_its_rows_one_by_one(linear, tank, moves):
    line = linear.dynamics
    state = settle(line, encode(tank.window(), linear.normalizer))
    noise, rows, now = quiet(), [], line.repeat(state, 3)
    for h in range(12):
        now = line.enter(now, moves[:, h])
        row = line.predict(now)
        row = row + line.spread * (noise.like(row) @ line.mixing.T)
        now = line.advance(now, row)
        rows.append(row)
    assert torch.allclose(line.imagine(line.repeat(state, 3), moves, quiet()), torch.stack(rows, 2), atol=1e-5)


def test_a_linear_rollout_from_the_prior_holds_the_first_levels(linear, moves):
    line = linear.dynamics
    state = line.start(3)
    first = line.imagine(state, moves)[:, :, 0]
    assert torch.allclose(first, line.predict(line.enter(state, moves[:, 0])), atol=1e-5)


def test_scenarios_together_are_those_one_by_one(model, state, moves):
    together = sample_each(model.dynamics, state, moves, 7, quiet(), 1.5)
    for each, own in zip(together, moves, strict=True):
        alone = sample(model.dynamics, state, own[None], 7, quiet(), 1.5)
        assert torch.allclose(each.paths, alone.paths, atol=1e-5)
        assert torch.allclose(each.disagreement, alone.disagreement, atol=1e-5)


def test_on_a_device_the_mean_is_the_same(model, state, moves):
    device = OnDevice(model.dynamics, HERE)
    assert torch.equal(device.imagine(state, moves[:1]), model.dynamics.imagine(state, moves[:1]))


def test_a_prepared_rollout_takes_the_new_state_and_the_new_moves(model, tank, moves):
    device, dynamics = OnDevice(model.dynamics, HERE), model.dynamics
    batch = encode(tank.window(), model.normalizer)
    for rows, levels in ((50, moves[:1]), (57, moves[1:2])):
        state = settle(dynamics, batch.between(0, rows))
        assert torch.equal(device.imagine(state, levels), dynamics.imagine(state, levels))


def test_on_a_device_the_seed_decides(model, state, moves):
    device = OnDevice(model.dynamics, HERE)
    start = device.repeat(state, 3)
    one, again, other = (device.imagine(start, moves, quiet(seed)) for seed in (3, 3, 4))
    assert torch.equal(one, again)
    assert not torch.allclose(one[:, 1:], other[:, 1:])
    assert torch.allclose(one[:, 0], model.dynamics.imagine(state, moves[:1])[:, 0], atol=1e-5)


def test_expanded_moves_and_moves_of_their_own_are_not_taken_for_one_another(model, state, moves):
    device = OnDevice(model.dynamics, HERE)
    start = device.repeat(state, 3)
    same = device.imagine(start, moves[:1].expand(3, -1, -1))
    own = device.imagine(start, moves)
    assert torch.allclose(same, same[:, :1].expand_as(same), atol=1e-5)
    assert torch.allclose(own, model.dynamics.imagine(start, moves), atol=1e-5)
    assert not torch.allclose(own[:, 1], own[:, 0])


def test_two_rollouts_of_one_noise_differ(model, state, moves):
    device, noise = OnDevice(model.dynamics, HERE), Noise.seeded(1)
    start = device.repeat(state, 3)
    assert not torch.allclose(device.imagine(start, moves, noise), device.imagine(start, moves, noise))


def test_the_noise_on_a_device_is_as_wide_as_elsewhere(model, state, moves):
    start, calm = model.dynamics.repeat(state, 400), moves[:1].expand(400, -1, -1)
    here, there = (d.imagine(start, calm, Noise.seeded(5)) for d in (model.dynamics, OnDevice(model.dynamics, HERE)))
    assert torch.allclose(here.std(1), there.std(1), rtol=0.25)


def test_scenarios_on_a_device_have_the_same_noise(model, state, moves):
    device = OnDevice(model.dynamics, HERE)
    one, same = sample_each(device, state, moves[:1].expand(2, -1, -1), 7, quiet())
    assert torch.equal(one.paths, same.paths)
    assert one.paths.std(0).min() > 0


def test_an_ensemble_on_a_device_answers_in_units(model, tank, moves):
    device = type(model)(OnDevice(model.dynamics, HERE), model.normalizer, model.calibration, model.card)
    belief, _ = model.observe(tank.window())
    levels = model.normalizer.decode_tags(torch.zeros(1, 4))[0]
    same, _ = device.observe(tank.window())
    calm = tank.window().select(model.card.moves).values[-1:].repeat(12, 0)
    assert device.imagine(same, calm).mean == pytest.approx(model.imagine(belief, calm).mean, rel=1e-5)
    assert device.imagine(same, calm).paths.shape == (64, 12, len(levels))


def test_bf16_is_enough_for_a_rollout(model, state, moves):
    exact = model.dynamics.imagine(state, moves[:1])
    rough = OnDevice(model.dynamics, replace(HERE, dtype=torch.bfloat16)).imagine(state, moves[:1])
    assert rough.dtype == torch.float32
    assert not torch.equal(rough, exact)
    assert (rough - exact).abs().max() < 0.1


def test_only_so_many_shapes_are_kept_and_a_forgotten_one_is_prepared_anew(model, state, moves):
    device = OnDevice(model.dynamics, replace(HERE, kept=1))
    for horizon in (4, 6, 4):
        assert device.imagine(state, moves[:1, :horizon]).shape[2] == horizon
        assert len(device._prepared) == 1


def test_a_replay_repeats_the_run(model, state, moves):
    prepared = Prepared(model.dynamics, state, moves[:1], Noise.seeded(0))
    assert torch.equal(prepared.run(state, moves[:1], Noise.seeded(2)), prepared.replay())


def test_noise_asked_for_in_another_shape_is_refused(linear, state, moves):
    prepared = Prepared(linear.dynamics, linear.dynamics.repeat(linear.dynamics.start(1), 3), moves, Noise.seeded(0))
    with pytest.raises(ValueError, match="was recorded"):
        prepared._tape.like(torch.zeros(3, 5, 4))


def test_what_is_no_torch_module_is_refused():
    with pytest.raises(TypeError, match="str is no torch module"):
        OnDevice("model", HERE)


def test_a_changed_state_keeps_its_form(model, state):
    doubled = mapped(state, lambda tensor: tensor if tensor.dtype == torch.bool else 2 * tensor)
    assert type(doubled) is type(state)
    for new, old in zip(leaves(doubled), leaves(state), strict=True):
        assert torch.equal(new, old if old.dtype == torch.bool else 2 * old)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_a_graph_gives_what_the_eager_rollout_gives(model, state, moves):
    device = OnDevice(model.dynamics, DeviceConfig("cuda", torch.float32))
    for levels in (moves, moves + 1.0):
        start = device.repeat(state, 3)
        found = device.imagine(start, levels, quiet())
        prepared = device._ready(start, levels, quiet())
        assert torch.equal(found, prepared.eager().cpu())
        assert torch.allclose(found[:, 0], model.dynamics.imagine(start, levels)[:, 0], atol=1e-2)
