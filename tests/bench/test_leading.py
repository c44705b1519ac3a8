"""Whether the leading tags at detection belong to the cause."""

import numpy as np
import pytest

from bench.scoring.leading import score_leading
from bench.tep.causes import CAUSES
from bench.tep.description import observed

from .kiln import ROW_MINUTES, Kiln

CAUSE = {1: ("lime",), 2: ("fan",)}


def test_causes_name_tags_of_the_plant():
    assert {tag for tags in CAUSES.values() for tag in tags} <= {str(tag["name"]) for tag in observed(3.0)}
    assert set(CAUSES) == set(range(1, 29)) - {20}


@pytest.fixture
def answers(kiln: Kiln):
    """Three faulty runs found at row 52: the first led by its cause, the second only later, the third has none."""
    kiln.files["faults"] |= {
        "obs": np.zeros((3, 100, 5), np.float32),
        "act": np.zeros((3, 100, 2), np.float32),
        "idv": np.array([1, 2, 7]),
        "moving": np.zeros(3, bool),
        "onset_h": np.float32(50 * ROW_MINUTES / 60),
        "valid_len": np.full(3, 100),
    }
    score = np.zeros((3, 100))
    score[:, 50:] = 2.0
    leading = np.tile(np.array([0, 1, 2]), (3, 100, 1))
    leading[0, 52, 2] = 3
    leading[1, 53:, 2] = 4
    return kiln.write(), {"score": score, "threshold_steady": np.array(1.0), "leading": leading}


def test_only_faults_with_a_known_cause_are_counted_at_detection_and_in_the_hour_after_it(answers):
    found = score_leading(*answers, CAUSE)
    assert found == {
        "steady": {"faults": 2, "at_detection": 0.5, "first_hour": 0.5, "missed_in_first_hour": [1]},
    }


def test_a_fault_that_was_not_found_is_not_counted(answers):
    folder, predictions = answers
    predictions["score"][1] = 0.0
    assert score_leading(folder, predictions, CAUSE)["steady"]["faults"] == 1
