"""Scores of abduction and verdict, worked by hand."""

import numpy as np
import pytest

from bench.abduction import Answers, scores
from bench.verdict import Judged, auroc, spearman
from bench.verdict import scores as verdict_scores
from twin.scenario import Support, Verdict


@pytest.mark.parametrize(
    ("score", "area"), [([1, 2, 3, 4], 1.0), ([4, 3, 2, 1], 0.0), ([1, 3, 2, 4], 0.75), ([1, 1, 1, 1], 0.5)]
)
def test_the_area_is_the_chance_that_an_outsider_has_the_higher_doubt(score, area):
    assert auroc(np.array(score, float), np.array([False, False, True, True])) == area


def test_ranks_are_compared_and_not_values():
    assert spearman(np.array([1.0, 2.0, 3.0]), np.array([1.0, 100.0, 101.0])) == pytest.approx(1)
    assert spearman(np.array([1.0, 2.0, 3.0]), np.array([3.0, 2.0, 1.0])) == pytest.approx(-1)
    assert spearman(np.array([1.0, 1.0, 2.0, 2.0]), np.array([1.0, 2.0, 1.0, 2.0])) == pytest.approx(0)


def test_errors_are_told_by_verdict():
    def item(support, doubt, error):
        return Judged(Verdict(support=support, reasons=(), doubt=doubt), error, 2 * error)

    found = [
        item(Support.SUPPORTED, 0.1, 1.0),
        item(Support.SUPPORTED, 0.2, 3.0),
        item(Support.REFUSED, 0.9, 5.0),
    ]
    report = verdict_scores(found, np.array([False, False, True]))
    assert report["auroc_out_of_range"] == 1
    assert report["rank_correlation"]["effect"] == {"all": 1, "in_range": 1}
    assert report["verdicts"]["in_range"] == {"supported": {"pairs": 2, "level_error": 2, "effect_error": 4}}
    assert report["verdicts"]["out_of_range"] == {"refused": {"pairs": 1, "level_error": 5, "effect_error": 10}}


def test_only_the_chosen_cells_and_the_rows_with_news_count():
    truth = np.zeros((2, 4, 2))
    truth[:, 1::2, 1] = np.nan
    kept, forecast = np.full_like(truth, 1.0), np.full_like(truth, 4.0)
    kept[1], kept[0, 1::2, 1] = 100.0, 50.0
    bands = (np.stack([kept - 2, kept + 2]), np.stack([forecast - 2, forecast + 2]))
    cells = np.array([[True, True], [False, False]])
    found = scores(Answers(kept, forecast, *bands), truth, np.array([1.0, 2.0]), cells)
    errors = np.sqrt((4 * 1.0 + 2 * 0.25) / 6)
    assert found["abduction"] == pytest.approx(errors, abs=1e-4)
    assert found["forecast"] == pytest.approx(4 * errors, abs=1e-4)
    assert found["ratio"] == pytest.approx(0.25, abs=1e-4)
    assert (found["abduction_cover90"], found["forecast_cover90"]) == (1, 0)
    assert scores(Answers(kept, forecast, *bands), truth, np.ones(2), ~cells & cells) == {"cells": 0}
