"""The bars of the verifier on a fixed set: 99 % of planted corruptions caught, 1 % of true texts rejected at most."""

import pytest

from bench.grounding import answers, measured, paraphrases

EACH = 56


@pytest.fixture(scope="module")
def report():
    texts = [*paraphrases(), *answers(worlds=("boilers",))]
    return measured(texts, EACH)


def test_at_least_99_of_100_corruptions_are_caught(report):
    found = report["corruptions"]["all"]
    assert found["planted"] >= 1000
    assert found["share"] >= 0.99, report["missed"]


def test_no_kind_of_corruption_slips_through(report):
    shares = {kind: found["share"] for kind, found in report["corruptions"].items()}
    assert min(shares.values()) >= 0.9, shares


def test_at_most_1_of_100_true_texts_is_rejected(report):
    assert report["false_rejections"]["all"]["share"] <= 0.01, report["rejected"]


def test_no_template_answer_is_rejected(report):
    assert report["false_rejections"]["template"]["rejected"] == 0, report["rejected"]
