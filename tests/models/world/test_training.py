from dataclasses import replace

import numpy as np
import pytest
import torch

from models.dataset import DatasetConfig, cut, encode, pad, read_episodes, split
from models.normalizer import Normalizer
from models.training import train
from models.world.corrected import CorrectedLine
from models.world.ridge import hold_last
from twin.clock import Span
from twin.errors import EmptyWindow, InvalidInput, UnknownTag
from twin.plant import Gain

from .conftest import EPISODES, ROWS, START, STEP, TINY, TINY_CORRECTED

CONFIG = TINY.dataset


@pytest.fixture(scope="module")
def windows(tank):
    return read_episodes(tank.historian, tank.plant, tank.span, CONFIG)


def test_training_repeats_itself_and_tells_its_progress(ensemble, tank):
    told: list[float] = []
    again = train(tank.historian, tank.plant, tank.span, TINY_CORRECTED, told.append)
    assert again.card.version == ensemble.card.version
    assert torch.equal(again.calibration.stretch, ensemble.calibration.stretch)
    assert told[-1] == 1.0
    assert told == sorted(told)


def test_another_seed_gives_another_model(linear, tank):
    assert tank.train(replace(TINY, seed=2)).card.version != linear.card.version


def test_a_trained_model_beats_persistence_clearly(model):
    assert model.card.skill["skill"] > 0.4


def test_the_neural_part_never_makes_held_back_rollouts_worse(ensemble):
    skill = ensemble.card.skill
    assert skill["nrmse"] <= skill["nrmse_backbone"] * 1.001


def test_an_untrained_neural_part_is_its_backbone(linear, tank):
    backbone = linear.dynamics
    rssm = CorrectedLine(TINY_CORRECTED.dynamics, backbone)
    batch = encode(tank.window(), linear.normalizer)
    state, plain = rssm.start(1), backbone.start(1)
    for t in range(batch.rows):
        row = batch.moves[:, t], batch.values[:, t], batch.valid[:, t]
        (state, mean), (plain, line) = rssm.observe(state, *row), backbone.observe(plain, *row)
        assert torch.equal(mean, line)


def test_the_band_covers_nine_tenths_of_held_back_values(model):
    assert 0.85 <= model.card.skill["coverage90"] <= 0.96


def test_the_one_step_spread_is_that_of_the_errors(model, tank):
    _, residual = model.observe(tank.window(250))
    late = residual.sigma[40:]
    assert 0.7 < np.sqrt(np.nanmean(late**2)) < 1.4


def test_the_card_says_what_the_log_covered(linear, tank, windows):
    kept, _ = split(windows, CONFIG)
    levels = np.concatenate([window.column("sp.p") for window in kept])
    envelope = next(e for e in linear.card.envelope if e.tag == "sp.p")
    assert (envelope.low, envelope.high) == (levels.min(), levels.max())
    assert linear.card.data_start == kept[0].start


def test_a_gap_ends_an_episode(windows):
    assert len(windows) == EPISODES
    assert all(len(window) == ROWS for window in windows)


def test_held_back_episodes_share_no_row_with_training(windows):
    kept, held = split(windows, CONFIG)
    rows = [set(np.concatenate([w.time for w in part]).tolist()) for part in (kept, held)]
    assert not rows[0] & rows[1]
    assert len(kept) + len(held) == EPISODES


def test_one_long_episode_is_split_with_a_guard(windows):
    kept, held = split(windows[:1], replace(CONFIG, guard=40))
    assert held[0].time[0] - kept[0].time[-1] == 41 * np.timedelta64(STEP)


def test_an_episode_too_short_to_split_is_refused(windows):
    with pytest.raises(InvalidInput, match="too short"):
        split(windows[:1], replace(CONFIG, guard=150))


def test_too_little_history_is_refused(tank):
    with pytest.raises(EmptyWindow):
        read_episodes(tank.historian, tank.plant, Span(START, START + 50 * STEP), DatasetConfig())


def test_the_normaliser_learns_nothing_from_held_back_rows(tank, windows):
    kept, held = split(windows, CONFIG)
    one = Normalizer.fit(tank.plant, kept)
    wild = [replace(window, values=window.values * 100) for window in held]
    assert np.array_equal(one.tag_mean, Normalizer.fit(tank.plant, kept).tag_mean)
    assert not np.array_equal(one.tag_mean, Normalizer.fit(tank.plant, [*kept, *wild]).tag_mean)


def test_the_normaliser_undoes_itself(tank, windows):
    normalizer = Normalizer.fit(tank.plant, windows)
    values = windows[0].select(normalizer.tags).values
    assert np.allclose(
        normalizer.decode_tags(normalizer.encode_tags(values)), values, atol=1e-4, equal_nan=False
    ) or (np.isnan(values).any())
    known = ~np.isnan(values)
    assert np.allclose(normalizer.decode_tags(normalizer.encode_tags(values))[known], values[known], atol=1e-4)


def test_a_stated_gain_means_the_same_on_the_models_scale(tank, windows):
    normalizer = Normalizer.fit(tank.plant, windows)
    (gain,) = normalizer.encode_gains([Gain("sp.l", "t", -1, -0.5)])
    raised = float(normalizer.encode_moves(np.array([[0.0, 0.0], [0.0, 1.0]]))[:, gain.move].diff())
    moved = normalizer.decode_spread(torch.tensor([[0.0, 0.0, gain.value * raised, 0.0]]))
    assert (gain.move, gain.tag, gain.sign) == (1, 2, -1)
    assert moved[0, gain.tag] == pytest.approx(-0.5, rel=1e-4)
    with pytest.raises(UnknownTag, match=r"sp\.x is not one of"):
        normalizer.encode_gains([Gain("sp.x", "t", 1)])


def test_a_tag_that_never_moved_keeps_a_scale(tank, windows):
    still = [replace(window, values=np.where(window.valid, 7.0, np.nan)) for window in windows]
    assert (Normalizer.fit(tank.plant, still).tag_scale > 0).all()


def test_padding_adds_only_invalid_rows(tank, windows):
    normalizer = Normalizer.fit(tank.plant, windows)
    long, short = (encode(windows[0].rows(slice(0, n)), normalizer) for n in (50, 30))
    batch = pad([long, short])
    assert not batch.valid[1, 30:].any()
    assert torch.equal(batch.valid[1, :30], short.valid[0])


def test_segments_lie_inside_their_episode(tank, windows):
    normalizer = Normalizer.fit(tank.plant, windows)
    segments = cut([encode(window, normalizer) for window in windows], 100, 50)
    assert segments.rows == 100
    assert len(segments) == EPISODES * 4


def test_a_gap_is_held_before_the_first_fit(tank, windows):
    normalizer = Normalizer.fit(tank.plant, windows)
    held = hold_last(encode(windows[0], normalizer))
    assert torch.equal(held[1::2, 3], held[0:-1:2, 3])
