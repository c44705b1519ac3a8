from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from twin.clock import Span
from twin.errors import HorizonTooLong
from twin.operations.hindsight import hindsight

DAY = timedelta(hours=24)
START = datetime(2026, 11, 21, 23, 0, tzinfo=UTC)
AFTER = Span(START, START + timedelta(hours=4))
PRESSURE = "reactor_pressure"


def looked_back(twin, start=START, hours=4):
    return hindsight(twin, start, timedelta(hours=hours), max_horizon=DAY)


def expected(twin):
    """What the model imagines of the pressure from the start, under the moves that were logged."""
    card = twin.model.card
    belief, _ = twin.model.observe(
        twin.historian.window((*card.tags, *card.moves), Span(START - card.context, START), card.step)
    )
    made = twin.historian.window(card.moves, AFTER, card.step).values
    return twin.model.imagine(belief, made, samples=64, seed=0)


def test_the_error_is_what_came_against_what_was_imagined_under_the_moves_really_made(twin):
    imagined = expected(twin)
    column = imagined.tags.index(PRESSURE)
    came = twin.historian.window([PRESSURE], AFTER, twin.model.card.step).column(PRESSURE)
    low, high = np.quantile(imagined.paths[:, :, column], (0.05, 0.95), axis=0, method="weibull")
    known = np.isfinite(came)
    assert known.any()
    found = looked_back(twin).of(PRESSURE)
    assert found.count == known.sum()
    assert found.mean == pytest.approx(np.abs(came - imagined.mean[:, column])[known].mean())
    assert found.inside == pytest.approx(((low <= came) & (came <= high))[known].mean())
    assert found.mean > 0, "the night had a fault in it"


def test_only_what_lies_behind_us_is_judged(twin):
    now, step = twin.clock.now(), twin.model.card.step
    found = looked_back(twin, now - 10 * step, hours=8)
    assert 0 < found.of(PRESSURE).count <= 10
    assert found.model_version == twin.model.card.version


def test_a_start_after_which_nothing_came_says_nothing(twin):
    assert looked_back(twin, twin.clock.now()) is None


def test_a_horizon_that_is_too_long_is_refused_as_for_a_what_if(twin):
    with pytest.raises(HorizonTooLong):
        looked_back(twin, hours=25)
