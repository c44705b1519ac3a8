"""What every world model's comparison of two futures must do."""

import numpy as np


def levels(model, window, rows=30):
    return np.tile(window.select(model.card.moves).values[-1], (rows, 1))


def test_same_moves_have_no_effect_and_no_doubt_about_it(model, tank):
    window = tank.window()
    belief, _ = model.observe(window)
    calm = levels(model, window)
    effect = model.compare(belief, calm, calm.copy()).effect
    for part in (effect.paths, effect.mean, effect.p05, effect.p95, effect.disagreement):
        assert not part.any()


def test_nothing_differs_before_the_move(model, tank):
    window = tank.window()
    belief, _ = model.observe(window)
    calm = levels(model, window)
    moved = calm.copy()
    moved[12:, 0] += 5
    effect = model.compare(belief, calm, moved).effect
    for part in (effect.mean, effect.p05, effect.p95, effect.disagreement):
        assert not part[:12].any()
        assert part[14:].any()


def test_both_futures_are_those_that_are_imagined_alone(model, tank):
    window = tank.window()
    belief, _ = model.observe(window)
    calm = levels(model, window)
    both = model.compare(belief, calm, calm + 1, samples=9, seed=4)
    assert np.array_equal(both.baseline.paths, model.imagine(belief, calm, samples=9, seed=4).paths)
    assert np.array_equal(both.scenario.paths, model.imagine(belief, calm + 1, samples=9, seed=4).paths)


def test_the_interval_holds_the_mean_and_the_members_are_told_apart(model, tank):
    window = tank.window()
    belief, _ = model.observe(window)
    calm = levels(model, window)
    effect = model.compare(belief, calm, calm + np.array([4, 0]), samples=200).effect
    assert (effect.p05 <= effect.mean + 1e-6).all()
    assert (effect.mean <= effect.p95 + 1e-6).all()
    assert (effect.disagreement[5:] > 0).all()
