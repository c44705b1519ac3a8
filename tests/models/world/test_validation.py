"""How far ahead a rollout is worth more than the last value."""

import torch

from models.validation import NEAR, break_even

STEPS = 100
PERSISTENCE = torch.ones(3, STEPS, 2)


def errors(*levels: tuple[int, float]) -> torch.Tensor:
    """(batch, horizon, tag) of that size, so many steps each."""
    curve = torch.cat([torch.full((steps,), level) for steps, level in levels])
    return curve[None, :, None].expand(3, -1, 2)


def test_a_rollout_is_worth_more_than_the_last_value_until_it_is_as_wrong() -> None:
    found = break_even(errors((60, 0.5), (40, 2.0)), PERSISTENCE)
    assert 60 < found < 60 + NEAR
    assert break_even(errors((STEPS, 0.9)), PERSISTENCE) == STEPS
    assert break_even(errors((STEPS, 1.1)), PERSISTENCE) == 0


def test_first_steps_in_which_nothing_has_changed_yet_take_nothing_from_later_ones() -> None:
    assert break_even(errors((30, 1.0), (70, 0.5)), PERSISTENCE) == STEPS


def test_what_was_not_measured_does_not_count() -> None:
    holed = errors((STEPS, 0.9)).clone()
    holed[0, :, 0] = torch.nan
    assert break_even(holed, PERSISTENCE) == STEPS
