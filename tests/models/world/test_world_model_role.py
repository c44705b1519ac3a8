"""What every world model must do, run on the linear backbone alone and on the ensemble."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from twin.errors import InvalidInput, UnknownTag
from twin.window import Window


def changed(window: Window, row: int, tag: str, value: float, *, valid: bool = True) -> Window:
    column = window.tags.index(tag)
    values, mask = window.values.copy(), window.valid.copy()
    values[row, column], mask[row, column] = value, valid
    return replace(window, values=values, valid=mask)


def held(model, window, rows=30):
    return np.tile(window.select(model.card.moves).values[-1], (rows, 1))


def same(a, b, rows=slice(None)):
    return np.array_equal(a.predicted[rows], b.predicted[rows]) and np.array_equal(
        a.sigma[rows], b.sigma[rows], equal_nan=True
    )


def test_rows_one_by_one_give_what_all_at_once_give(model, tank):
    window = tank.window()
    whole, residual = model.observe(window)
    belief, parts = None, []
    for row in range(len(window)):
        belief, part = model.observe(window.rows(slice(row, row + 1)), belief)
        parts.append(part)
    assert np.array_equal(np.concatenate([p.predicted for p in parts]), residual.predicted)
    moves = held(model, window)
    assert np.array_equal(model.imagine(belief, moves).paths, model.imagine(whole, moves).paths)


def test_a_row_is_predicted_before_it_is_seen(model, tank):
    window = tank.window()
    _, before = model.observe(window)
    _, after = model.observe(changed(window, 40, "p", 80.0))
    assert np.array_equal(before.predicted[:41], after.predicted[:41])
    assert not np.array_equal(before.predicted[41:], after.predicted[41:])


def test_a_missing_value_changes_nothing_before_it(model, tank):
    window = tank.window()
    _, before = model.observe(window)
    _, after = model.observe(changed(window, 40, "p", np.nan, valid=False))
    assert np.array_equal(before.predicted[:41], after.predicted[:41])
    assert np.isnan(after.sigma[40, 0])


@pytest.mark.parametrize("garbage", [np.nan, 1e6, np.inf])
def test_an_invalid_value_is_never_read(model, tank, garbage):
    window = tank.window()
    _, one = model.observe(changed(window, 40, "p", 50.0, valid=False))
    _, other = model.observe(changed(window, 40, "p", garbage, valid=False))
    assert same(one, other)


def test_a_missing_value_is_held_as_its_prediction(model, tank):
    window = tank.window()
    _, complete = model.observe(window)
    as_expected = changed(window, 40, "p", float(complete.predicted[40, 0]))
    _, told = model.observe(as_expected)
    _, missing = model.observe(changed(window, 40, "p", np.nan, valid=False))
    assert np.allclose(told.predicted[41], missing.predicted[41], atol=0.5)


def test_nothing_measured_gives_no_sigma(model, tank):
    window = tank.window()
    _, residual = model.observe(window)
    assert np.array_equal(np.isnan(residual.sigma), ~window.select(model.card.tags).valid)


def test_a_fresh_belief_does_not_trust_itself(model, tank):
    _, residual = model.observe(tank.window())
    assert np.allclose(residual.noise[0], model.card.scale, rtol=1e-5)
    assert (residual.noise[-1] < residual.noise[0]).all()


def test_a_move_acts_from_its_own_row_on(model, tank):
    belief, _ = model.observe(tank.window())
    calm = held(model, tank.window())
    moved = calm.copy()
    moved[10:, 0] += 5.0
    one, other = model.imagine(belief, calm), model.imagine(belief, moved)
    assert np.array_equal(one.paths[:, :10], other.paths[:, :10])
    assert not np.array_equal(one.paths[:, 10:], other.paths[:, 10:])


def test_the_same_seed_gives_the_same_paths(model, tank):
    belief, _ = model.observe(tank.window())
    moves = held(model, tank.window())
    one, again, other = (model.imagine(belief, moves, seed=seed) for seed in (3, 3, 4))
    assert np.array_equal(one.paths, again.paths)
    assert not np.array_equal(one.paths, other.paths)


def test_without_another_move_the_effect_is_exactly_zero(model, tank):
    belief, _ = model.observe(tank.window())
    moves = held(model, tank.window())
    difference = model.imagine(belief, moves).paths - model.imagine(belief, moves.copy()).paths
    assert not difference.any()


def test_paired_paths_differ_less_than_the_noise(model, tank):
    belief, _ = model.observe(tank.window())
    calm = held(model, tank.window())
    moved = calm + np.array([5.0, 0.0])
    one, other = model.imagine(belief, calm), model.imagine(belief, moved)
    assert (other.paths - one.paths)[:, -1].std(0).mean() < one.paths[:, -1].std(0).mean()


def test_a_rollout_goes_where_the_setpoint_leads(model, tank):
    belief, _ = model.observe(tank.window())
    calm = held(model, tank.window(), 60)
    moved = calm + np.array([5.0, 0.0])
    effect = (model.imagine(belief, moved).mean - model.imagine(belief, calm).mean)[-1]
    assert effect[0] == pytest.approx(5.0, abs=1.0)
    assert abs(effect[1]) < 1.0


def test_shapes_and_times_are_those_of_the_contract(model, tank):
    window = tank.window()
    belief, _ = model.observe(window)
    future = model.imagine(belief, held(model, window), samples=7)
    assert belief.time == window.end
    assert future.paths.shape == (7, 30, 4)
    assert future.mean.shape == future.disagreement.shape == future.noise.shape == (30, 4)
    assert future.time[0] - window.time[-1] == np.timedelta64(3, "m")
    assert (future.disagreement >= 0).all()
    assert np.isfinite(future.paths).all()


def test_observing_needs_no_particular_order_of_columns(model, tank):
    window = tank.window()
    assert same(model.observe(window)[1], model.observe(window.select(window.tags[::-1]))[1])


def test_a_missing_tag_is_refused_by_name(model, tank):
    window = tank.window()
    with pytest.raises(UnknownTag, match=r"sp\.l"):
        model.observe(window.select([name for name in window.tags if name != "sp.l"]))


def test_an_unknown_move_level_is_refused(model, tank):
    with pytest.raises(InvalidInput, match=r"sp\.p has no value"):
        model.observe(changed(tank.window(), 0, "sp.p", np.nan, valid=False))


def test_a_jump_in_time_is_refused(model, tank):
    window = tank.window()
    belief, _ = model.observe(window.rows(slice(0, 40)))
    with pytest.raises(InvalidInput, match="next row"):
        model.observe(window.rows(slice(42, 50)), belief)


def test_another_step_is_refused(model, tank):
    with pytest.raises(InvalidInput, match="step"):
        model.observe(replace(tank.window(), step=timedelta(minutes=1)))


@pytest.mark.parametrize("levels", [np.zeros((5, 1)), np.zeros((0, 2)), np.full((5, 2), np.nan)])
def test_moves_that_do_not_fit_are_refused(model, tank, levels):
    belief, _ = model.observe(tank.window())
    with pytest.raises(InvalidInput):
        model.imagine(belief, levels)


def test_a_long_gap_keeps_the_belief_alive(model, tank):
    window = tank.window(60)
    mask = window.valid.copy()
    mask[20:50, :4] = False
    belief, residual = model.observe(replace(window, valid=mask))
    assert np.isfinite(residual.predicted).all()
    assert np.isfinite(model.imagine(belief, held(model, window)).paths).all()
