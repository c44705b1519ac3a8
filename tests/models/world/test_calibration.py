"""How far off rollouts and effects are, as held-out rollouts and the members' disagreement say."""

import pytest
import torch

from models.calibration import LARGEST_DOUBT, Calibration, Spreads, doubt, effect_doubt

SEGMENTS, HORIZON, TAGS = 200, 10, 3


def spreads(factor: float, seed: int = 1) -> Spreads:
    """Rollouts in which errors have the ordinary variance 1 and `factor` times the members' variance."""
    generator = torch.Generator().manual_seed(seed)
    shape = (SEGMENTS, HORIZON, TAGS)
    apart = torch.rand(shape, generator=generator).pow(4)
    errors = (1 + factor * apart) * torch.randn(shape, generator=generator).pow(2)
    return Spreads(errors, apart, apart, apart)


@pytest.mark.parametrize("factor", [4.0, 20.0])
def test_errors_that_grow_with_disagreement_are_found_by_how_much(factor: float) -> None:
    assert float(doubt(spreads(factor), 1.0)) ** 2 == pytest.approx(factor, rel=0.25)
    assert float(effect_doubt(spreads(factor), 1.0)[0]) == pytest.approx(factor, rel=0.25)


def test_unmeasured_values_do_not_count() -> None:
    holed = spreads(9.0)
    holed.errors[:, :, 0] = torch.nan
    assert float(doubt(holed, 1.0)) ** 2 == pytest.approx(9.0, rel=0.3)


def test_tests_may_widen_what_is_expected_but_not_narrow_it() -> None:
    assert float(doubt(spreads(0.0), 4.0)) == pytest.approx(2.0)
    assert float(effect_doubt(spreads(0.0), 4.0)[0]) == pytest.approx(4.0)
    assert float(doubt(spreads(400.0), 4.0)) == pytest.approx(LARGEST_DOUBT)


def test_the_effect_of_a_single_member_is_wrong_by_a_part_of_itself() -> None:
    found = spreads(2.0)
    alone = Spreads(found.errors, found.apart, 50 * found.effect, torch.zeros_like(found.effect))
    assert effect_doubt(alone, 1.0)[1] == pytest.approx(0.04, rel=0.3)


def test_the_effects_interval_is_wider_for_fewer_members() -> None:
    known = Calibration(torch.ones(1, 1), torch.ones(1), torch.tensor(1.0), torch.tensor([4.0, 0.0]))
    apart = torch.full((1, 1), 0.5)
    few, many = (float(known.effect_width(torch.zeros(1, 1), apart, members)) for members in (3, 1000))
    assert many == pytest.approx(1.645, abs=0.01)
    assert few == pytest.approx(2.92, abs=0.01)
