"""The log that the shipped world model of the demo plant is trained on; `foretell train --demo` trains it again."""

from collections.abc import Callable
from datetime import UTC, datetime

from ingest.demo.history import MOVES_PER_HOUR, training_campaign
from twin.historian.memory import MemoryHistorian
from twin.plant import Plant

DENSE_HOURS, DENSE_SEED, DENSE_START = 800.0, 1, datetime(2024, 1, 1, tzinfo=UTC)
SPARSE_HOURS, SPARSE_SEED, SPARSE_START = 400.0, 2, datetime(2024, 3, 1, tzinfo=UTC)
CALIBRATION_HOURS, CALIBRATION_SEED, CALIBRATION_START = 400.0, 3, datetime(2024, 6, 1, tzinfo=UTC)


def training_log(plant: Plant, progress: Callable[[float], None] = lambda done: None) -> MemoryHistorian:
    """800 h with a move an hour, then 400 h at the operators' ordinary rate; `progress` is told the part done."""
    historian = MemoryHistorian(plant)
    total, done = DENSE_HOURS + SPARSE_HOURS, 0
    for campaign in (
        training_campaign(DENSE_SEED, DENSE_HOURS, 1.0, start=DENSE_START),
        training_campaign(SPARSE_SEED, SPARSE_HOURS, MOVES_PER_HOUR, start=SPARSE_START),
    ):
        for batch in campaign:
            historian.write(batch)
            done += 1
            progress(min(1.0, 50.0 * done / total))
    return historian


def calibration_log(plant: Plant, progress: Callable[[float], None] = lambda done: None) -> MemoryHistorian:
    """400 h at the operators' ordinary rate that no model was trained on: what the detector is calibrated by.

    Its thresholds hold for a plant that is moved about as often.
    """
    historian = MemoryHistorian(plant)
    campaign = training_campaign(CALIBRATION_SEED, CALIBRATION_HOURS, MOVES_PER_HOUR, start=CALIBRATION_START)
    for number, batch in enumerate(campaign, start=1):
        historian.write(batch)
        progress(min(1.0, 50.0 * number / CALIBRATION_HOURS))
    return historian
